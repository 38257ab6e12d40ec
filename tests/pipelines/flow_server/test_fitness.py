"""`ridni doctor` hears what is wrong with the Prefect server: of this home, or of a team."""

from __future__ import annotations

import http.server
import threading

import pytest

from configs.settings import settings
from pipelines.flow_server import fitness


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("RIDNI_HOME", str(tmp_path))
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


def answering(status: int) -> http.server.HTTPServer:
    """Start a server that answers every question with one status."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

    server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def test_no_server_is_no_door(home):
    assert fitness.weaknesses() == []


def test_a_folder_that_others_read_is_told(home):
    (home / "prefect").mkdir(mode=0o755)
    (home / "prefect").chmod(0o755)
    (told,) = fitness.weaknesses()
    assert "chmod 700" in told


@pytest.mark.parametrize(("status", "words"), [(200, ["answers everybody"]), (401, []), (403, [])])
def test_a_teams_server_must_ask_for_a_secret(home, monkeypatch, status, words):
    server = answering(status)
    monkeypatch.setenv("PREFECT_API_URL", f"http://127.0.0.1:{server.server_port}/api")
    told = fitness.weaknesses()
    server.shutdown()
    assert len(told) == len(words)
    assert all(word in line for word, line in zip(words, told, strict=True))


def test_a_teams_server_that_is_down_or_in_clear_text_is_told(home, monkeypatch):
    monkeypatch.setenv("PREFECT_API_URL", "http://0.0.0.0:9/api")
    clear, down = fitness.weaknesses()
    assert "not https" in clear
    assert "does not answer" in down
