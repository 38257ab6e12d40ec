"""The program works in a role that owns nothing: it can live its whole life and switch no rule off."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.database import embedded

ROOT = Path(__file__).parents[3]

LIFE = """
import importlib.util, sys, tempfile
from pathlib import Path
from registry import database
database.prepare()
from django.db import connection
spec = importlib.util.spec_from_file_location("review_records", sys.argv[1])
records = importlib.util.module_from_spec(spec)
sys.modules["review_records"] = records
spec.loader.exec_module(records)
from registry import audit
from registry.identities import identities
from review.queue import assignment, gold_items
from review.verdicts import decisions
from registry.linkage import candidates
from registry.access import accounts, consumers, tokens
people = [accounts.add(name, "fictional-horse-42", "lead") for name in ("maria", "petro", "iryna")]
pair, golden = records.store(Path(tempfile.mkdtemp()), records.RUSSIFIED, records.CARD)
gold_items.plant(people[2], golden.pk, "same")
for person in people[:2]:
    for _ in range(2):
        taken = assignment.take_next(person)
        decisions.decide(person, taken.pk, "same", "family_agrees")
(identity,) = identities.page()
asked = consumers.ask(people[0], "case system", "tracing", "Protocol 7")
consumers.decide(people[1], asked.pk, allowed=True)
tokens.issue("case system")
tokens.rotate("case system")
consumers.close(people[2], "case system")
assert audit.verify().sound
candidates.supersede([golden.left_id])
with connection.cursor() as cursor:
    cursor.execute("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user")
    print(*cursor.fetchone())
"""

FORBIDDEN = """
from registry import database
database.prepare()
from django.db import DatabaseError, connection, transaction
for statement in open(0).read().splitlines():
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError as caught:
        print(caught.__cause__.sqlstate, statement)
    else:
        print("done ", statement)
"""

NEVER_REMOVED = [
    "record", "evidence", "source", "batch", "quarantinedrow", "correction", "custodyentry", "sighting", "recordchange",
    "note", "testimony", "identity", "run", "apitoken", "consumer", "consumerterms", "user", "golditem",
    "identitychange", "judgement", "reopening", "contradiction", "erasure", "tombstone", "redaction", "hold", "datakey",
]  # fmt: skip
NEVER_CHANGED = [
    ("record", "sealed"),
    ("record", "key"),
    ("record", "fingerprint"),
    ("erasure", "ground"),
    ("erasure", "asked_by_id"),
    ("tombstone", "digest"),
    ("redaction", "copy_id"),
    ("hold", "basis"),
    ("datakey", "place"),
    ("record", "entered_by_id"),
    ("evidence", "sha256"),
    ("quarantinedrow", "sealed"),
    ("correction", "sealed"),
    ("custodyentry", "sealed"),
    ("sighting", "record_id"),
    ("recordchange", "kind"),
    ("note", "sealed"),
    ("testimony", "record_id"),
    ("identity", "created_at"),
    ("judgement", "says"),
    ("reopening", "after_review"),
    ("identitychange", "parts"),
    ("contradiction", "against"),
    ("exportrequest", "requested_by_id"),
    ("goldreview", "verdict"),
    ("run", "started_at"),
    ("apitoken", "token_hash"),
    ("consumer", "name"),
    ("consumerterms", "scopes"),
]
STATEMENTS = [
    "ALTER TABLE registry_auditentry DISABLE TRIGGER ALL",
    "SET session_replication_role = replica",
    "DROP TRIGGER append_only ON registry_review",
    "CREATE OR REPLACE FUNCTION registry_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "TRUNCATE registry_auditentry CASCADE",
    "TRUNCATE registry_record CASCADE",
    "UPDATE registry_auditentry SET actor = 'nobody'",
    "DELETE FROM registry_auditentry",
    "UPDATE registry_review SET verdict = 'same'",
    "DELETE FROM registry_identityevent",
    "DELETE FROM registry_withdrawal",
    "DELETE FROM registry_goldreview",
    "DELETE FROM registry_exportrequest",
    "DELETE FROM registry_judgement",
    "DELETE FROM django_migrations",
    *(f"DELETE FROM registry_{table}" for table in NEVER_REMOVED),
    *(f"UPDATE registry_{table} SET {column} = {column}" for table, column in NEVER_CHANGED),
    "DROP TABLE registry_cache",
    "CREATE TABLE mine (id int)",
    "CREATE ROLE other SUPERUSER",
    "ALTER ROLE ridni_app SUPERUSER",
    "SET ROLE postgres",
    "COPY registry_user TO PROGRAM 'cat'",
    "COPY registry_user TO '/tmp/ridni-test-copy'",
]


def run(code: str, home: Path, *arguments: str, text: str = "", **more: str) -> str:
    environment = {**os.environ, "RIDNI_HOME": str(home), "DJANGO_SETTINGS_MODULE": "web.settings", **more}
    process = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        input=text, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    assert process.returncode == 0, process.stderr
    return process.stdout


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("home")
    yield folder
    for server in (folder / "postgres", folder / "team"):
        if server.exists():
            embedded.stop(server)


def refused(output: str) -> list[str]:
    """Return the statements that were refused for want of rights."""
    return [line[6:] for line in output.splitlines() if line.startswith("42501 ")]


def test_the_embedded_database_serves_a_whole_life_and_refuses_to_be_bent(home):
    records = str(ROOT / "tests" / "review" / "records.py")
    assert run(LIFE, home, records).split() == ["ridni_app", "False"]
    output = run(FORBIDDEN, home, text="\n".join(STATEMENTS))
    assert refused(output) == STATEMENTS, output


def test_a_team_names_an_owner_of_its_own(home):
    (home / "team").mkdir()
    embedded.ensure_running(home / "team", "cases")
    where = f"host={home / 'team' / 'data'}"
    urls = {
        "RIDNI_DATABASE_URL": f"postgresql://ridni_app@/cases?{where}",
        "RIDNI_DATABASE_OWNER_URL": f"postgresql://postgres@/cases?{where}",
    }
    records = str(ROOT / "tests" / "review" / "records.py")
    assert run(LIFE, home, records, **urls).split() == ["ridni_app", "False"]
    output = run(FORBIDDEN, home, text="\n".join(STATEMENTS[:4]), **urls)
    assert refused(output) == STATEMENTS[:4], output
    assert not (home / "postgres").exists()


def test_a_home_of_an_earlier_version_is_opened_for_the_new_role(home):
    owner = "from registry.database import connection, roles\nwith roles.as_owner():\n    connection._migrate()\n"
    setup = "import django; django.setup()\n"
    run(setup + owner, home)
    assert run(
        "from registry.database import prepare, roles; prepare(); print(roles.current())",
        home,
    )
    output = run(FORBIDDEN, home, text="SELECT count(*) FROM registry_record\nDELETE FROM registry_auditentry")
    assert output.splitlines() == [
        "done  SELECT count(*) FROM registry_record",
        "42501 DELETE FROM registry_auditentry",
    ]
