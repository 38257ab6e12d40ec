"""`ridni feed file | files | confirm | primero`: as a person runs them, against a server on this machine."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from typer.testing import CliRunner

from pipelines.cli.main import app, known
from registry.access import accounts
from registry.models import FeedFile
from tests.casefeed.primero_double import PrimeroDouble

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "тихий-став-біля-греблі"
DESCRIPTION = "protocol: Protocol 7 of a fictional body\nuser: intake\nowned_by: intake\n"


@pytest.fixture
def ridni(monkeypatch, stock):
    monkeypatch.setattr("pipelines.cli.startup.database", lambda: None)
    monkeypatch.setenv("RIDNI_PASSWORD", PASSWORD)
    monkeypatch.setenv("RIDNI_PRIMERO_PASSWORD", "secret")
    accounts.add("olena", PASSWORD, "lead", "en")

    def run(*arguments, fails=False):
        done = CliRunner().invoke(app, ["feed", *map(str, arguments)])
        if fails:
            assert done.exit_code != 0
            return known(done.exception) or str(done.exception)
        assert done.exit_code == 0, done.exception
        assert "Вигаданенко" not in done.output
        return done.output

    return run


@pytest.fixture
def server():
    double = PrimeroDouble()

    class Handler(BaseHTTPRequestHandler):
        def answer(self):
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            url = f"http://127.0.0.1:{self.server.server_port}{self.path}"
            said = double.handle(httpx.Request(self.command, url, headers=dict(self.headers), content=body))
            self.send_response(said.status_code)
            for name in ("content-type", "content-length"):
                if name in said.headers:
                    self.send_header(name, said.headers[name])
            self.end_headers()
            self.wfile.write(said.content)

        do_GET = do_POST = do_PATCH = answer

        def log_message(self, *arguments):
            pass

    served = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=served.serve_forever, daemon=True).start()
    double.url = f"http://127.0.0.1:{served.server_port}"
    yield double
    served.shutdown()


def test_files_are_made_listed_and_confirmed(ridni, stock, tmp_path):
    stock.consumer("partner")
    stock.judge(stock.candidate(), "same", "same")
    assert "--domain" in ridni("file", "partner", "pfif", tmp_path / "a", "--as", "olena", fails=True)
    said = ridni("file", "partner", "pfif", tmp_path / "a", "--domain", "ridni.example", "--as", "olena")
    number = FeedFile.objects.get().pk
    assert f"File {number}: 1 identities" in said and (tmp_path / "a" / "manifest.json").is_file()
    ridni("confirm", number, "--as", "olena")
    assert "partner" in ridni("files")
    assert "not there yet" in ridni("file", "partner", "csv", tmp_path / "a", "--as", "olena", fails=True)


def test_a_primero_is_checked_and_brought_up_to_date(ridni, stock, server, tmp_path):
    description = tmp_path / "primero.yaml"
    description.write_text(DESCRIPTION, encoding="utf-8")
    assert "no consumer" in ridni("primero", "primero", description, "--as", "olena", fails=True)
    stock.consumer("primero", writes_to=server.url)
    identity = str(stock.judge(stock.candidate(), "same", "same").identity_id)
    assert "takes every field" in ridni("primero", "primero", description, "--check", "--as", "olena")
    assert server.cases == {}
    assert "1 written" in ridni("primero", "primero", description, "--as", "olena")
    assert server.cases[identity]["other_agency_name"] == "Ridni"
    assert "1 unchanged" in ridni("primero", "primero", description, "--as", "olena")
    server.hidden = {"name_other"}
    description.write_text(DESCRIPTION + "fields: {sex: no_such_field}\n", encoding="utf-8")
    assert "no_such_field" in ridni("primero", "primero", description, "--as", "olena", fails=True)


def test_what_is_left_for_a_person_ends_in_an_error(ridni, stock, server, tmp_path):
    description = tmp_path / "primero.yaml"
    description.write_text(DESCRIPTION, encoding="utf-8")
    stock.consumer("primero", writes_to=server.url)
    stock.judge(stock.candidate(), "same", "same")
    server.lies = True
    assert "left for a person" in ridni("primero", "primero", description, "--as", "olena", fails=True)


def test_who_holds_what_is_told(ridni, stock):
    from django.test import Client

    identity = str(stock.judge(stock.candidate(), "same", "same").identity_id)
    Client(headers={"Authorization": f"Bearer {stock.token('partner')}"}).get(f"/api/v1/identities/{identity}")
    assert "partner" in ridni("holders") and "partner" in ridni("holders", identity)
    assert "partner" not in ridni("holders", "--behind")
    assert "36 characters" in ridni("holders", "nothing", fails=True)


def test_figures_are_told_and_written(monkeypatch, stock, tmp_path):
    monkeypatch.setattr("pipelines.cli.startup.database", lambda: None)
    stock.record()
    csv, picture = tmp_path / "figures.csv", tmp_path / "figures.svg"
    asked = ["outcomes", "--csv", str(csv), "--picture", str(picture), "--until", "2030-01"]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0, done.exception
    assert "identities verified" in done.output and "#indicator+value+num" in csv.read_text(encoding="utf-8")
    assert picture.read_text(encoding="utf-8").startswith("<svg")
    assert "YYYY-MM" in CliRunner().invoke(app, ["outcomes", "--help"]).output
    assert CliRunner().invoke(app, ["outcomes", "--until", "soon"]).exit_code != 0
