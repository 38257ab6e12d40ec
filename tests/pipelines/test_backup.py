"""A backup is of one moment, holds the whole home, is read back, and tells no password to the machine."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import tarfile
import threading
import time
from pathlib import Path

import psycopg
import pytest

from registry.database import postgres_programs

PASSWORD = "geheim-4711"


def arguments_of_processes(needle: str, until: threading.Event) -> list[str]:
    """The command lines that hold the needle, looked at as fast as it goes."""
    found = []
    while not until.is_set():
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if needle in line and "postgres:" not in line:
                found.append(line)
        time.sleep(0.005)
    return found


@pytest.fixture(scope="module")
def filled(fresh, tmp_path_factory):
    folder = tmp_path_factory.mktemp("lists")
    (folder / "list.yaml").write_text("source_class: family\nreader: csv\nkey: id\nfields: {full_name: name}\n")
    rows = "".join(f"{i},Вигаданенко Зоряна {i}\n" for i in range(3_000))
    (folder / "list.csv").write_text("id,name\n" + rows)
    fresh("ingest", folder / "list.yaml", folder / "list.csv")
    (fresh.home / "inbox").mkdir(exist_ok=True)
    (fresh.home / "inbox" / "waiting.csv").write_text("id\n1\n")
    (fresh.home / "jobs").mkdir(exist_ok=True)
    (fresh.home / "jobs" / "7.json").write_text("{}")
    (fresh.home / "checkpoints").mkdir(exist_ok=True)
    (fresh.home / "checkpoints" / "000000000000.json").write_text('{"audit_rows": 0, "audit_hash": ""}')
    return fresh


def test_the_whole_home_comes_back(filled, other, tmp_path):
    filled("backup", tmp_path / "all.tar")
    with tarfile.open(tmp_path / "all.tar") as tar:
        names = set(tar.getnames())
    assert {"inbox/waiting.csv", "checkpoints/000000000000.json", "database.dump", "keyring.json"} <= names
    assert "jobs/7.json" in names
    other("restore", tmp_path / "all.tar")
    assert (other.home / "inbox" / "waiting.csv").exists()
    assert "whole" in other("audit", "verify").stdout
    other("stop")


def test_dump_and_tables_are_of_one_moment(filled, tmp_path):
    stop = threading.Event()

    def write() -> None:
        address = {"host": str(filled.home / "postgres" / "data"), "user": "postgres", "dbname": "ridni"}
        with psycopg.connect(**address, autocommit=True) as connection:
            while not stop.is_set():
                connection.execute(
                    "INSERT INTO registry_auditentry"
                    " (seq, at, actor, action, object_type, object_id, data, prev_hash, hash)"
                    " VALUES (0, now(), 'os:x', 'thing.done', 'thing', '', '{}', '', '')"
                )

    with embedded_in_use(filled):
        writer = threading.Thread(target=write)
        writer.start()
        try:
            filled("backup", tmp_path / "all.tar")
        finally:
            stop.set()
            writer.join()
    with tarfile.open(tmp_path / "all.tar") as tar:
        tar.extractall(tmp_path / "out", filter="data")
    table = (tmp_path / "out" / "tables" / "registry_auditentry.csv").read_text(encoding="utf-8")
    csv.field_size_limit(10**8)
    in_table = [row["hash"] for row in csv.DictReader(io.StringIO(table))]
    dumped = subprocess.run(
        [
            *(postgres_programs.binary("pg_restore"), "--data-only", "--table=registry_auditentry", "--file=-"),
            tmp_path / "out" / "database.dump",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert len(in_table) > 10
    assert sum(line.endswith(tuple(in_table)) for line in dumped.splitlines()) == len(in_table)
    assert not [line for line in dumped.splitlines() if line.count("\t") == 8 and line.split("\t")[8] not in in_table]


def test_no_password_stands_in_a_list_of_processes(filled, tmp_path):
    filled("records", "changes")
    address = f"postgresql://postgres:{PASSWORD}@/ridni?host={filled.home / 'postgres' / 'data'}"
    until = threading.Event()
    seen: list[str] = []
    dumps: list[str] = []
    watcher = threading.Thread(target=lambda: seen.extend(arguments_of_processes(PASSWORD, until)))
    other = threading.Thread(target=lambda: dumps.extend(arguments_of_processes("pg_dump", until)))
    watcher.start(), other.start()
    with embedded_in_use(filled):
        filled("backup", tmp_path / "all.tar", RIDNI_DATABASE_URL=address)
    until.set()
    watcher.join(), other.join()
    assert dumps, "pg_dump was never seen: the test saw nothing"
    assert not seen


def embedded_in_use(ridni):
    """Keep the embedded server of a home running, so that it can be reached by its address."""
    import contextlib

    @contextlib.contextmanager
    def kept():
        process = subprocess.Popen(
            [
                *(sys.executable, "-c"),
                "import sys; from registry import database; database.prepare(); print('up', flush=True);"
                " sys.stdin.read()",
            ],
            env=ridni.environment() | {"DJANGO_SETTINGS_MODULE": "web.settings"},
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdin and process.stdout
        assert process.stdout.readline().strip() == "up"
        try:
            yield
        finally:
            process.stdin.close()
            process.wait()

    return kept()


def test_a_backup_that_reads_back_otherwise_is_refused(tmp_path, monkeypatch):
    from pipelines import backup
    from registry.errors import RegistryError

    draft = tmp_path / "draft.tar"
    (tmp_path / "one").write_text("one")
    with tarfile.open(draft, "w") as tar:
        tar.add(tmp_path / "one", "one")
    with pytest.raises(RegistryError, match="reads back otherwise"):
        backup._read_back(draft, {"one": "0" * 64})


def test_a_missing_backup_is_told_as_such(other, tmp_path):
    said = other("restore", tmp_path / "nowhere.tar", code=1).stderr
    assert "no such file" in said and "no whole backup" not in said
