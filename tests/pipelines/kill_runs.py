"""Kill an ingestion at seeded points spread over its life, run it again, and compare with a run that nobody killed.

    python tests/pipelines/kill_runs.py --runs 50 --seed 11

Each run starts from a registry that holds an older snapshot of the list, in a database and a home of its own, and is a
forked process, so that all of its life is the ingestion itself. Prints one JSON object: how many were killed in which
state, and what differs (nothing).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

YAML = """\
source_class: adoption_bank
delivery: snapshot
language: uk
legal_basis: open publication
reader: csv
key: id
fields:
  full_name: name
  birth_date: born
  last_place: town
"""
NAMES = ("Вигаданенко Зоряна", "Дописанко Лесь", "Несправжня Орися", "Тестенко Устим")

# Each table by what its rows say, without ids (a killed transaction uses some up) and times.
DUMPS = {
    "source": "SELECT slug, delivery, config_sha256 FROM registry_source",
    "evidence": "SELECT sha256, size FROM registry_evidence",
    "batch": """
        SELECT s.slug, e.sha256, b.legal_basis, b.handling_code, b.config_sha256,
               as_of, complete, late, rows_read, records_new, records_changed, records_unchanged, quarantined,
               non_data, vanished, finished_at IS NOT NULL
        FROM registry_batch b JOIN registry_source s ON s.id = b.source_id
        JOIN registry_evidence e ON e.id = b.evidence_id""",
    "record": """
        SELECT r.key, version, is_current, observed_on, locator, language, fingerprint, r.consent, e.sha256, v.as_of
        FROM registry_record r JOIN registry_evidence e ON e.id = r.evidence_id
        LEFT JOIN registry_batch v ON v.id = r.vanished_id""",
    "sighting": """
        SELECT r.key, r.version, e.sha256, g.locator FROM registry_sighting g
        JOIN registry_record r ON r.id = g.record_id JOIN registry_batch b ON b.id = g.batch_id
        JOIN registry_evidence e ON e.id = b.evidence_id""",
    "change": """
        SELECT c.key, c.kind, c.fields, f.version, t.version, e.sha256 FROM registry_recordchange c
        JOIN registry_record f ON f.id = c.from_record_id LEFT JOIN registry_record t ON t.id = c.to_record_id
        JOIN registry_batch b ON b.id = c.batch_id JOIN registry_evidence e ON e.id = b.evidence_id""",
    "quarantine": """
        SELECT e.sha256, q.locator, reason_code, reason, q.consent, key, outcome FROM registry_quarantinedrow q
        JOIN registry_batch b ON b.id = q.batch_id JOIN registry_evidence e ON e.id = b.evidence_id""",
    "custody": """
        SELECT c.id - (SELECT min(id) FROM registry_custodyentry) >= 0, e.sha256, act, actor
        FROM registry_custodyentry c JOIN registry_evidence e ON e.id = c.evidence_id""",
    "audit": """
        SELECT seq, actor, action, object_type, CASE object_type WHEN 'batch' THEN '' ELSE object_id END,
               data - 'hash' - 'entry' FROM registry_auditentry""",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--rows", type=int, default=900)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ridni-kill-") as folder:
        work = Path(folder)
        os.environ.update(RIDNI_HOME=str(work / "base"), DJANGO_SETTINGS_MODULE="web.settings")
        os.environ.pop("RIDNI_DATABASE_URL", None)
        try:
            print(json.dumps(attempt(work, options)))
        finally:
            from registry.database import embedded

            embedded.stop(work / "base" / "postgres")


def attempt(work: Path, options: argparse.Namespace) -> dict[str, object]:
    from registry import database

    database.prepare()
    (work / "cards.yaml").write_text(YAML, encoding="utf-8")
    older, newer = work / "older.csv", work / "newer.csv"
    older.write_text(listed(options.rows, 1), encoding="utf-8")
    newer.write_text(listed(options.rows, 2), encoding="utf-8")
    ingest(work, older)
    leave()
    runs = [clean_run(work, f"whole{number}", newer) for number in range(3)]
    expected, whole = runs[0][0], min(seconds for _, seconds in runs)
    rng = random.Random(options.seed)
    states: Counter[str] = Counter()
    differing: list[str] = []
    for number in range(options.runs):
        name = f"run{number}"
        begin(work, name)
        child = fork(work, name, newer)
        time.sleep((number + rng.random()) / options.runs * whole)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        states["killed" if os.WIFSIGNALED(status) else "finished before"] += 1
        states[left_behind(work / name)] += 1
        child = fork(work, name, newer)
        _, status = os.waitpid(child, 0)
        found = state(work, name) if status == 0 else {"exit": [str(status)]}
        differing += [f"{name}: {part}" for part in expected if found.get(part) != expected[part]]
        end(work, name)
    return {"runs": options.runs, "seconds_of_a_whole_run": round(whole, 2), "states": states, "differing": differing}


def listed(rows: int, edition: int) -> str:
    """A list with changed, vanished, new, unreadable and repeated rows."""
    lines = ["id,name,born,town"]
    for number in range(rows):
        if number % 19 == edition:
            continue
        name = NAMES[(number + (edition if number % 7 == 0 else 0)) % len(NAMES)]
        lines.append(f"{number},{'' if number % 50 == 3 else name},{number % 28 + 1:02}.03.2012,Вигадане")
    lines += [f"{edition}00000{edition},{NAMES[0]},01.01.2012,Вигадане", f"0,{NAMES[1]},,", "Всього,,,"]
    return "\n".join(lines) + "\n"


def ingest(work: Path, file: Path) -> None:
    from pipelines.ingestion import jobs
    from registry.evidence.custody import CollectionFacts
    from sources.description.load import load_config

    config = load_config(work / "cards.yaml")
    collected = CollectionFacts.stated("made for a test", "nowhere", "tests")
    job = jobs.prepare(config, work / "cards.yaml", file, collected)
    jobs.run(job)
    job.take_notes()


def clean_run(work: Path, name: str, file: Path) -> tuple[dict[str, list[str]], float]:
    begin(work, name)
    start = time.monotonic()
    _, status = os.waitpid(fork(work, name, file), 0)
    whole = time.monotonic() - start
    if status:
        sys.exit("the run without a kill failed")
    found = state(work, name)
    end(work, name)
    return found, whole


def begin(work: Path, name: str) -> None:
    """Copy the base: its database by template, its files one by one."""
    home = work / name
    for part in ("evidence", "sources"):
        shutil.copytree(work / "base" / part, home / part)
    for file in ("keyring.json", "keyring.identity"):
        shutil.copy2(work / "base" / file, home / file)
    (home / "postgres").symlink_to(work / "base" / "postgres")
    execute(f"CREATE DATABASE {name} TEMPLATE ridni")


def end(work: Path, name: str) -> None:
    leave()
    execute(f"DROP DATABASE {name} WITH (FORCE)")
    shutil.rmtree(work / name)


def execute(statement: str) -> None:
    import psycopg

    from registry.database import embedded

    address = embedded.ensure_running(Path(os.environ["RIDNI_HOME"]) / "postgres", "ridni")
    where = f"host={address.socket_folder} port={address.port} user={address.user} dbname=postgres"
    with psycopg.connect(where, autocommit=True) as server:
        server.execute(statement)


def fork(work: Path, name: str, file: Path) -> int:
    leave()
    child = os.fork()
    if child:
        return child
    try:
        enter(work, name)
        ingest(work, file)
        os._exit(0)
    except BaseException as error:
        print(type(error).__name__, error, file=sys.stderr)
        os._exit(1)


def enter(work: Path, name: str) -> None:
    """Let this process work in a run's own database and home."""
    from django.db import connection

    from configs.settings import settings

    connection.close()
    connection.settings_dict["NAME"] = name
    settings().home = work / name


def leave() -> None:
    from django.db import connection

    connection.close()


def left_behind(home: Path) -> str:
    """Say how far a killed run had come, by what it left."""
    files = [path for path in home.rglob("*") if path.is_file()]
    if any(path.name.startswith(".draft-") for path in files):
        return "left a draft"
    if any(path.parent.name == "jobs" for path in files):
        return "left a job"
    return "left two files" if sum("evidence" in path.parts for path in files) > 1 else "left nothing"


def state(work: Path, name: str) -> dict[str, list[str]]:
    """Dump what the registry and the home hold, and check that nothing in them is broken."""
    from django.db import connection

    from configs.settings import settings
    from registry import audit
    from registry.evidence import custody, store
    from registry.models import Batch, QuarantinedRow, Record, RowKey

    enter(work, name)
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        for table, statement in DUMPS.items():
            cursor.execute(f"SELECT row_to_json(d)::text FROM ({statement}) d")
            found[table] = sorted(text for (text,) in cursor.fetchall())
    held = [(row.key, row.version, row.payload) for row in Record.objects.all()]
    held += [(row.key, 0, row.payload) for row in QuarantinedRow.objects.all()]
    held += [("batch", batch.evidence.sha256, batch.payload) for batch in Batch.objects.select_related("evidence")]
    found["payloads"] = sorted(json.dumps(row, sort_keys=True) for row in held)
    found["keys"] = [str(RowKey.objects.count())]
    home = work / name
    found["files"] = sorted(f"{p.relative_to(home)} {p.stat().st_mode:o}" for p in home.rglob("*") if p.is_file())
    found["broken"] = [*map(str, store.verify()), *map(str, store.strangers()), str(custody.first_broken())]
    found["broken"].append(audit.verify().why)
    connection.close()
    connection.settings_dict["NAME"] = "ridni"
    settings().home = work / "base"
    return found


if __name__ == "__main__":
    main()
