"""The web project: settings without side effects, a database made ready from nothing, headers, logs."""

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, RequestFactory

from registry.database import embedded
from registry.errors import RegistryError, without_payload
from web.safe_logging import SafeFormatter
from web.security_headers import HeadersMiddleware

ROOT = Path(__file__).parents[2]


def run(code, home, **environment):
    """Run Python in a fresh process with a home of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("RIDNI_", "DJANGO_", "PYTEST_"))}
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=kept | {"RIDNI_HOME": str(home), "DJANGO_SETTINGS_MODULE": "web.settings", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def home(tmp_path_factory):
    """A home that no server uses any more when the test is over."""
    folder = tmp_path_factory.mktemp("home")
    yield folder
    if (folder / "postgres").exists():
        embedded.stop(folder / "postgres")


def test_importing_the_settings_writes_and_starts_nothing(home):
    code = "import django; django.setup(); import web.urls"
    process = run(code, home / "new")
    assert process.wait(timeout=60) == 0, process.stderr.read()
    assert not (home / "new").exists()


def test_processes_that_prepare_at_once_end_with_one_whole_database(home):
    code = (
        "from registry import database; database.prepare(); database.prepare();"
        "from registry import audit; from registry.access import accounts; import os;"
        "accounts.add(f'p{os.getpid()}', 'fictional-horse-42');"
        "assert audit.verify().sound; print(database.url())"
    )
    processes = [run(code, home) for _ in range(3)]
    for process in processes:
        output, complaints = process.communicate(timeout=120)
        assert process.returncode == 0, complaints
        assert output.startswith("postgresql://postgres@/ridni?host=")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("postgresql://someone:geheim@127.0.0.1:1/ridni", "database ridni at 127.0.0.1:1"),
        ("postgresql://someone:geheim@no.such.host.invalid/ridni?sslmode=verify-full", "no.such.host.invalid"),
    ],
)
def test_an_unreachable_database_is_one_clear_error_without_the_password(home, address, said):
    code = (
        "from registry import database, errors\n"
        "try:\n    database.prepare()\n"
        "except errors.RegistryError as refused:\n    print(type(refused).__name__, refused)\n"
    )
    output, complaints = run(code, home, RIDNI_DATABASE_URL=address).communicate(timeout=60)
    assert output.startswith("DatabaseUnreachable The database cannot be reached"), complaints
    assert said in output and "RIDNI_DATABASE_URL" in output
    assert "geheim" not in output + complaints


def test_a_server_of_ones_own_serves_as_well(home):
    embedded.ensure_running(home, "cases")
    address = f"postgresql://postgres@/cases?host={home}/data&application_name=ridni"
    code = (
        "from registry import database; database.prepare(); from registry.access import accounts, consumers, tokens\n"
        "a, b = [accounts.add(name, 'fictional-horse-42', 'lead') for name in ('zoriana', 'petro')]\n"
        "asked = consumers.ask(a, 'case system', 'tracing', 'Protocol 7')\n"
        "consumers.decide(b, asked.pk, allowed=True)\n"
        "print(database.url()); print(bool(tokens.issue('case system')))"
    )
    output, complaints = run(code, home / "other", RIDNI_DATABASE_URL=address).communicate(timeout=120)
    assert output.splitlines() == [address, "True"], complaints
    assert not (home / "other" / "postgres").exists()
    embedded.stop(home)


def test_a_database_url_is_used_with_all_its_parts(home):
    code = (
        "from web import settings; d = settings.DATABASES['default'];"
        "print(d['ENGINE'], d['NAME'], d['USER'], d['HOST'], d['PORT'], d['OPTIONS'])"
    )
    address = "postgresql://u:p@db.example:5544/cases?sslmode=verify-full&application_name=ridni"
    output, complaints = run(code, home, RIDNI_DATABASE_URL=address).communicate(timeout=60)
    assert output.split(maxsplit=5)[:5] == ["django.db.backends.postgresql", "cases", "u", "db.example", "5544"], (
        complaints
    )
    assert "verify-full" in output and "application_name" in output


@pytest.mark.django_db
def test_every_page_keeps_to_itself():
    response = Client().get("/login/")
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"  # none at all would take the Origin header from forms
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Cache-Control"] == "no-store"
    for cookie in response.cookies.values():
        assert cookie["httponly"] and cookie["samesite"]
    assert settings.SESSION_COOKIE_HTTPONLY and settings.SESSION_COOKIE_SAMESITE == "Lax"


def test_the_provider_of_sign_ins_is_the_only_other_place_a_form_may_lead_to(home):
    code = "from web.security_headers import CONTENT_SECURITY_POLICY as p; print(p)"
    alone, _ = run(code, home).communicate(timeout=60)
    assert "form-action 'self';" in alone and "http" not in alone
    with_provider, _ = run(code, home, RIDNI_OIDC_SERVER_URL="https://id.example/realm").communicate(timeout=60)
    assert "form-action 'self' https://id.example;" in with_provider
    assert with_provider.count("http") == 1


def test_headers_are_added_to_errors_too():
    response = HeadersMiddleware(lambda request: HttpResponse(status=500))(RequestFactory().get("/"))
    assert response.headers["Cache-Control"] == "no-store"


def test_the_log_format_keeps_words_of_exceptions_and_paths_to_itself():
    logger = logging.getLogger("django.request")
    try:
        raise ValueError("Вигаданенко")
    except ValueError:
        record = logger.makeRecord(
            "django.request",
            logging.ERROR,
            "f",
            1,
            "Not Found: %s",
            ("/Вигаданенко",),
            sys.exc_info(),
            extra={"status_code": 404},
        )
    written = SafeFormatter().format(record)
    assert "404" in written and "ValueError" in written and "test_project.py" in written
    assert "Вигаданенко" not in written
    plain = SafeFormatter().format(logging.makeLogRecord({"name": "registry", "msg": "stored %d", "args": (3,)}))
    assert plain.endswith("registry: stored 3")


@pytest.mark.django_db
def test_database_errors_lose_the_row_they_quote(stock):
    from django.db import connection

    record = stock.record({"full_name": "Вигаданенко"})
    with pytest.raises(RegistryError) as refused, without_payload("Trying"), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO registry_record (source_id, batch_id, evidence_id, key, version, is_current, locator,"
            " language, fingerprint, sealed) SELECT source_id, batch_id, evidence_id, key, 2, false, '{}', '', '',"
            " sealed FROM registry_record WHERE id = %s",
            [record.pk],
        )
    assert "record_has_locator" in str(refused.value) and "CheckViolation" in str(refused.value)
    assert "Вигаданенко" not in f"{refused.value!r} {refused.value.__cause__!r}"
