"""The deployments of `prefect.yaml` on a real Prefect server, run by a real worker."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest

CODE = Path(__file__).parents[3]
SIMPLE = "source_class: family\nreader: csv\nkey: id\nfields:\n  full_name: name\n"


@pytest.fixture(scope="module")
def server(fresh, tmp_path_factory):
    """Run a Prefect server as a team does, with a secret of theirs; return the environment that points to it."""
    home = tmp_path_factory.mktemp("teams-prefect")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    theirs = fresh.environment() | {"PREFECT_HOME": str(home), "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
    log = (home / "server.log").open("w")
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", port, "--no-ui"]
    running = subprocess.Popen(
        command, env=theirs | {"PREFECT_SERVER_API_AUTH_STRING": "team:secret"}, stdout=log, stderr=log
    )
    url = f"http://127.0.0.1:{port}/api"
    until = time.monotonic() + 120
    while time.monotonic() < until:
        with suppress(OSError), urllib.request.urlopen(f"{url}/health", timeout=2):
            break
        time.sleep(0.2)
    yield theirs | {
        "PREFECT_API_URL": url,
        "PREFECT_API_AUTH_STRING": "team:secret",
        "RIDNI_CODE": str(CODE),
        "RIDNI_SOURCES_DIR": str(fresh.home / "descriptions"),
    }
    running.terminate()
    running.wait(60)
    log.close()


def prefect(server, *arguments: str, **more) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "prefect", "--no-prompt", *arguments]
    return subprocess.run(command, env=server, capture_output=True, text=True, timeout=120, cwd=CODE, **more)


def test_a_worker_runs_the_nightly_flows(fresh, server):
    created = prefect(server, "work-pool", "create", "ridni", "--type", "process")
    assert created.returncode == 0, created.stderr
    deployed = prefect(server, "deploy", "--all")
    assert deployed.returncode == 0, deployed.stdout + deployed.stderr
    for name in ("ingest inbox/nightly", "ingest/on-demand", "link/nightly", "publish/nightly"):
        assert name in deployed.stdout

    descriptions, inbox = fresh.home / "descriptions", fresh.home / "inbox" / "mailed"
    descriptions.mkdir(parents=True)
    inbox.mkdir(parents=True)
    (descriptions / "mailed.yaml").write_text(SIMPLE, encoding="utf-8")
    (inbox / "list.csv").write_text("id,name\n1,Гаврилюк Тарас\n2,Гаврилюк Марта\n", encoding="utf-8")
    (inbox / "broken.csv").write_text("nothing,here\n1,2\n", encoding="utf-8")

    log = (fresh.home / "worker.log").open("w")
    worker = subprocess.Popen(
        [sys.executable, "-m", "prefect", "worker", "start", "--pool", "ridni"],
        env=server,
        stdout=log,
        stderr=log,
        cwd=CODE,
    )
    try:
        for name in ("ingest inbox/nightly", "link/nightly", "publish/nightly"):
            run = prefect(server, "deployment", "run", name, "--watch", "--watch-timeout", "90")
            assert "Completed" in run.stdout, run.stdout + (fresh.home / "worker.log").read_text()
    finally:
        worker.terminate()
        try:
            worker.wait(30)
        except subprocess.TimeoutExpired:  # a worker may take its time to let go of its server
            worker.kill()
            worker.wait()
        log.close()
    assert not (inbox / "list.csv").exists(), "what is stored leaves the inbox"
    assert (inbox / "broken.csv").exists(), "what cannot be read stays"
    (checkpoint,) = (fresh.home / "checkpoints").glob("*.json")
    assert json.loads(checkpoint.read_text())["identities"] == 0
    assert "Гаврилюк" not in (fresh.home / "worker.log").read_text()
    shutil.rmtree(inbox)


def test_a_command_uses_the_teams_server_and_starts_none(fresh, server, simple):
    files = simple("by_hand", [("1", "Гаврилюк Марта", "")])
    fresh("ingest", *files, PREFECT_API_URL=server["PREFECT_API_URL"], PREFECT_API_AUTH_STRING="team:secret")
    assert not (fresh.home / "prefect" / "server.json").exists()
    runs = prefect(server, "flow-run", "ls", "--flow-name", "ingest")
    assert runs.stdout.count(" ingest-") == 2, "one run of the worker, one of the command"
    refused = fresh("ingest", *files, code=1, PREFECT_API_URL=server["PREFECT_API_URL"])
    assert "401" in refused.stderr
    assert "PREFECT_API_AUTH_STRING" in refused.stderr
