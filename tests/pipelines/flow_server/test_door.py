"""The local Prefect server obeys this home alone, and nobody can make it call an address."""

from __future__ import annotations

import base64
import fcntl
import http.client
import http.server
import json
import os
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest


@pytest.fixture(scope="module")
def door(fresh, tmp_path_factory):
    """Return what `home`/prefect/server.json says of the server that a first command has started."""
    folder = tmp_path_factory.mktemp("lists")
    config, file = folder / "first.yaml", folder / "first.csv"
    config.write_text("source_class: family\nreader: csv\nkey: id\nfields:\n  full_name: name\n", encoding="utf-8")
    file.write_text("id,name\n1,Гаврилюк Тарас\n", encoding="utf-8")
    fresh("ingest", config, file)
    return json.loads((fresh.home / "prefect" / "server.json").read_text())


def ask(door, method: str, path: str, body: object = None, secret: bool = True, **headers: str):
    """Send one request to the server, with the home's secret or without; return status, headers and body."""
    connection = http.client.HTTPConnection(urlsplit(door["url"]).netloc, timeout=10)
    if secret:
        headers["Authorization"] = "Basic " + base64.b64encode(door["secret"].encode()).decode()
    content = json.dumps(body) if body is not None else None
    connection.request(method, path, content, {"Content-Type": "application/json"} | headers)
    reply = connection.getresponse()
    return reply.status, dict(reply.getheaders()), reply.read()


STRANGERS = [
    ("POST", "/api/flow_runs/filter", {}),
    ("POST", "/api/flows/", {"name": "theirs"}),
    ("POST", "/api/logs/", []),
    ("POST", "/api/automations/", {}),
    ("POST", "/api/work_pools/", {"name": "theirs", "type": "process"}),
    ("GET", "/api/flow_runs/", None),
    ("GET", "/api/version", None),
]


@pytest.mark.parametrize(("method", "path", "body"), STRANGERS)
def test_a_stranger_learns_and_changes_nothing(door, method, path, body):
    assert ask(door, method, path, body, secret=False)[0] in (401, 403)
    assert ask(door | {"secret": "guess"}, method, path, body)[0] in (401, 403)


def test_the_secret_is_this_homes_alone(fresh, door):
    for name in ("server.json", "server.log", "prefect.db", "alive"):
        assert stat.S_IMODE((fresh.home / "prefect" / name).stat().st_mode) & 0o077 == 0, name
    assert len(door["secret"]) >= 32
    assert door["secret"] not in (fresh.home / "prefect" / "server.log").read_text()
    assert door["secret"].encode() not in Path(f"/proc/{door['pid']}/cmdline").read_bytes()


def test_doctor_finds_the_door_shut(fresh, door):
    told = subprocess.run(
        [sys.executable, "-c", "from pipelines.flow_server import fitness; print(fitness.weaknesses())"],
        env=fresh.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "[]"


@pytest.mark.parametrize("secret", [True, False])
def test_a_page_of_a_browser_gets_no_leave(door, secret):
    for method in ("GET", "OPTIONS", "POST"):
        status, headers, _ = ask(
            door, method, "/api/health", secret=secret, Origin="http://page.example",
            **{"Access-Control-Request-Method": "POST"},
        )  # fmt: skip
        assert status >= 400
        assert not [name for name in headers if name.lower().startswith("access-control-allow-o")]


WITH_THE_SECRET = [
    ("POST", "/api/automations/", {"name": "a", "trigger": {"type": "event", "posture": "Reactive", "threshold": 1}}),
    ("POST", "/api/block_documents/", {"name": "hook", "data": {"url": "http://127.0.0.1:9"}}),
    ("POST", "/api/block_types/", {"name": "hook", "slug": "hook"}),
    ("POST", "/api/work_pools/", {"name": "pool", "type": "process"}),
    ("POST", "/api/deployments/", {"name": "d"}),
    ("POST", "/api/deployments/filter", {}),
    ("POST", "/api/variables/", {"name": "v", "value": 1}),
    ("POST", "/api/events", []),
    ("DELETE", "/api/flow_runs/00000000-0000-0000-0000-000000000000", None),
    ("GET", "/api/admin/settings", None),
    ("POST", "/api/admin/database/clear", {"confirm": True}),
    ("GET", "/docs", None),
    ("GET", "/api/flows/../automations/", None),
    ("GET", "/api/flows/%2e%2e/automations/", None),
    ("GET", "/", None),
]


@pytest.mark.parametrize(("method", "path", "body"), WITH_THE_SECRET)
def test_what_could_reach_out_is_refused_even_to_this_home(door, method, path, body):
    assert ask(door, method, path, body)[0] == 403


def test_runs_stay_readable(door):
    status, _, body = ask(door, "POST", "/api/flow_runs/filter", {})
    assert status == 200
    assert [run["state"]["type"] for run in json.loads(body) if run["name"].startswith("ingest-")] == ["COMPLETED"]


class Listener(http.server.BaseHTTPRequestHandler):
    """Notes who calls; stands for an address that somebody else has chosen."""

    def do_POST(self):
        self.server.called.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()


def plain(url: str, path: str, body: object):
    """Ask an open Prefect server as Prefect ships it; 503 while its own SQLite is busy, which it asks to try again."""
    asked = urllib.request.Request(url + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
    for left in reversed(range(10)):
        try:
            with urllib.request.urlopen(asked, timeout=20) as reply:
                return json.loads(reply.read() or "null")
        except urllib.error.HTTPError as fault:
            if fault.code != 503 or not left:
                raise
            time.sleep(0.5)
    raise AssertionError


def test_an_automation_of_an_older_home_does_nothing_any_more(fresh, door, simple):
    """Before, anybody could leave a webhook in the home's database, and each run called it."""
    fresh("stop")
    (fresh.home / "prefect" / "memo_store.toml").unlink()  # or the older server would think its blocks registered
    listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    listener.called = []
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = fresh.environment() | {
        "PREFECT_HOME": str(fresh.home / "prefect"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    }
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    older = subprocess.Popen([*command, "--no-ui", "--analytics-off"], env=environment, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}/api"
    try:
        until = time.monotonic() + 120
        while time.monotonic() < until:
            with suppress(OSError), urllib.request.urlopen(f"{url}/health", timeout=2):
                break
            time.sleep(0.2)
        (kind,) = plain(url, "/block_types/filter", {"block_types": {"slug": {"any_": ["webhook"]}}})
        schemas = plain(url, "/block_schemas/filter", {"block_schemas": {"block_type_id": {"any_": [kind["id"]]}}})
        data = {"method": "POST", "url": f"http://127.0.0.1:{listener.server_port}/", "allow_private_urls": True}
        hook = plain(
            url,
            "/block_documents/",
            {"name": "theirs", "block_type_id": kind["id"], "block_schema_id": schemas[0]["id"], "data": data},
        )
        trigger = {"type": "event", "expect": ["*"], "posture": "Reactive", "threshold": 1, "within": 0}
        action = {"type": "call-webhook", "block_document_id": hook["id"], "payload": "{}"}
        plain(url, "/automations/", {"name": "theirs", "trigger": trigger, "actions": [action]})
        until = time.monotonic() + 60
        while not listener.called and time.monotonic() < until:
            now = datetime.now(UTC).isoformat()
            event = {"occurred": now, "event": "a.b", "resource": {"prefect.resource.id": "x"}, "id": str(uuid4())}
            plain(url, "/events", [event])
            time.sleep(1)
        assert listener.called, "a server as Prefect ships it calls the address: what follows means something"
    finally:
        older.terminate()
        older.wait(60)
    listener.called.clear()
    fresh("ingest", *simple("after_automation", [("1", "Гаврилюк Марта", "")]))
    time.sleep(3)
    now = json.loads((fresh.home / "prefect" / "server.json").read_text())
    assert now["secret"] != door["secret"], "each start has a secret of its own"
    fresh("stop")
    assert not listener.called
    listener.shutdown()
    with sqlite3.connect(fresh.home / "prefect" / "prefect.db", timeout=30) as database:
        assert database.execute("SELECT count(*) FROM flow_run WHERE state_type = 'COMPLETED'").fetchone()[0] >= 2
        assert database.execute("SELECT count(*) FROM task_run WHERE state_type = 'COMPLETED'").fetchone()[0] >= 4


def test_the_secret_is_not_sent_to_who_takes_the_port_of_a_killed_server(fresh, simple):
    fresh("ingest", *simple("before_the_kill", [("1", "Гаврилюк Марта", "")]))
    state = json.loads((fresh.home / "prefect" / "server.json").read_text())
    os.kill(state["pid"], signal.SIGKILL)
    port = urlsplit(state["url"]).port
    heard = []

    class Impostor(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            heard.append((self.path, dict(self.headers)))
            self.send_response(200)
            self.send_header("Content-Length", "4")
            self.end_headers()
            self.wfile.write(b"true")

        do_POST = do_GET

    impostor = None
    while impostor is None:  # the kernel takes a moment to let go of the port
        with suppress(OSError):
            impostor = http.server.HTTPServer(("127.0.0.1", port), Impostor)
    threading.Thread(target=impostor.serve_forever, daemon=True).start()
    try:
        fresh("ingest", *simple("after_the_kill", [("1", "Гаврилюк Марта", "")]))
    finally:
        impostor.shutdown()
    assert not heard
    now = json.loads((fresh.home / "prefect" / "server.json").read_text())
    assert now["url"] != state["url"]


def test_a_server_killed_in_the_middle_is_told_in_one_line(fresh, simple):
    files = simple("in_the_middle", [(str(i), "Гаврилюк Марта", "") for i in range(30_000)])
    fresh("ingest", *simple("just_before", [("1", "Гаврилюк Марта", "")]))
    running = fresh.start("ingest", *files)
    folder = fresh.home / "prefect"
    before = int(sqlite3.connect(folder / "prefect.db").execute("SELECT count(*) FROM flow_run").fetchone()[0])
    while sqlite3.connect(folder / "prefect.db").execute("SELECT count(*) FROM flow_run").fetchone()[0] == before:
        time.sleep(0.02)
    os.kill(json.loads((folder / "server.json").read_text())["pid"], signal.SIGKILL)
    out, err = running.communicate(timeout=200)
    assert running.returncode == 1, out + err
    assert "Prefect server" in err
    assert "run the same command again" in err.replace("\n", " ")
    assert "30000" in fresh("ingest", *files).stdout.replace("\u202f", "")


def test_two_commands_at_once_share_one_server(other, simple):
    first, second = simple("one", [("1", "Гаврилюк Марта", "")]), simple("two", [("1", "Гаврилюк Тарас", "")])
    try:
        running = [other.start("ingest", *first), other.start("ingest", *second)]
        for process in running:
            out, err = process.communicate(timeout=200)
            assert process.returncode == 0, out + err
        state = json.loads((other.home / "prefect" / "server.json").read_text())
        with sqlite3.connect(other.home / "prefect" / "prefect.db", timeout=30) as database:
            assert database.execute("SELECT count(*) FROM flow_run").fetchone()[0] == 2
    finally:
        assert "has stopped" in other("stop").stdout
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", urlsplit(state["url"]).port), timeout=5)
    assert "No local Prefect server" in other("stop").stdout


def test_the_server_waits_for_a_long_command_and_ends_when_idle(tmp_path):
    """Idle time counts from the end of the last command, however long that ran."""
    folder = tmp_path / "prefect"
    folder.mkdir()
    users = (folder / "users").open("w")
    fcntl.flock(users, fcntl.LOCK_SH)
    idle_seconds = 2
    environment = os.environ | {"PREFECT_HOME": str(folder)}
    keeper = subprocess.Popen(
        [sys.executable, "-m", "pipelines.flow_server.keeper", str(folder), str(idle_seconds / 60)], env=environment
    )
    try:
        until = time.monotonic() + 90
        while not (folder / "server.json").exists() and time.monotonic() < until:
            time.sleep(0.1)
        time.sleep(idle_seconds + 3)
        assert keeper.poll() is None, "a command still uses it"
        users.close()
        assert keeper.wait(30) == 0
        assert not (folder / "server.json").exists()
    finally:
        keeper.kill()
        keeper.wait()
