"""A backup is of one moment, holds the whole home, is read back, and tells no password to the machine."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import pickle
import shutil
import subprocess
import sys
import tarfile
import threading
import time
import urllib.parse
from pathlib import Path

import psycopg
import pytest
from pyrage import x25519

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


def keys_of(ridni) -> tuple[str | Path, ...]:
    """What opens a backup of a home whose keys lie beside its data."""
    return ("--ring", ridni.home / "keyring.json", "--identity", ridni.home / "keyring.identity")


def unsealed(ridni, file: Path) -> dict[str, bytes]:
    """What a backup holds, opened with the keys of its home."""
    script = (
        "import sys, pickle; from pathlib import Path; from pipelines.backup.archive import Reader;"
        "from keys import opening; reader = Reader(Path(sys.argv[1]));"
        "reader.open(opening.master_of(reader.header, ''));"
        "sys.stdout.buffer.write(pickle.dumps({f.name: b''.join(reader.content(f)) for f in reader.files}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, file],
        env=ridni.environment() | {"DJANGO_SETTINGS_MODULE": "web.settings"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        check=True,
    )
    return pickle.loads(done.stdout)


def test_the_whole_home_comes_back_with_its_ring_and_the_keys_of_evidence(filled, other, tmp_path):
    file = tmp_path / "all.backup"
    assert "No key is in it" in filled("backup", file).stdout
    names = set(unsealed(filled, file))
    assert {"inbox/waiting.csv", "checkpoints/000000000000.json", "database.dump", "jobs/7.json"} <= names
    assert not {name for name in names if not name.startswith("tables/") and ("key" in name or "identity" in name)}
    assert "tables/registry_datakey.csv" not in names
    said = other("restore", file, code=1).stderr
    assert "No backup has the keys in it" in said and not (other.home / "postgres").exists()
    other("restore", file, *keys_of(filled))
    assert (other.home / "inbox" / "waiting.csv").exists()
    assert "whole" in other("audit", "verify").stdout
    assert "has the bytes" in other("evidence", "verify").stdout
    other("stop")


@pytest.mark.parametrize("form", ["utf-8", "utf-16-le", "cp1251", "escaped", "percent"])
def test_a_backup_says_nothing_without_its_ring(filled, tmp_path, form):
    file = tmp_path / "all.backup"
    filled("backup", file)
    words = "Вигаданенко"
    needle = {
        "escaped": words.encode("ascii", "backslashreplace"),
        "percent": urllib.parse.quote(words).encode(),
    }.get(form) or words.encode(form)
    content = file.read_bytes()
    assert needle not in content and b"waiting.csv" not in content
    if form == "utf-8":  # nor when it is opened: what rows say needs their keys, which are copied apart
        held = unsealed(filled, file)
        assert held["tables/registry_record.csv"].count(b"\n") > 1
        assert not [name for name, told in held.items() if needle in told and not name.startswith("inbox/")]


def test_a_backup_for_a_recipient_is_opened_by_them_and_by_nobody_else(filled, other, tmp_path):
    file, stick = tmp_path / "all.backup", tmp_path / "anna.txt"
    anna = x25519.Identity.generate()
    stick.write_text(str(anna))
    filled("backup", file, "--to", str(anna.to_public()))
    other("restore", file, *keys_of(filled), code=1)
    assert not (other.home / "keyring.json").exists()
    other("restore", file, *keys_of(filled), "--identity", stick)
    assert "whole" in other("audit", "verify").stdout
    other("stop")


def test_what_was_shredded_stays_so_when_an_older_backup_is_restored(filled, other, tmp_path):
    old, new = tmp_path / "old.backup", tmp_path / "new.backup"
    filled("backup", old)
    shred = (
        "from registry import database; database.prepare(); from registry.models import DataKey\n"
        "from registry.database import roles\nwith roles.as_owner(): DataKey.objects.all().delete()"
    )
    environment = filled.environment() | {"DJANGO_SETTINGS_MODULE": "web.settings"}
    copies = tmp_path / "ridni-data-keys"
    kept = [path.read_bytes() for path in copies.iterdir()]
    subprocess.run([sys.executable, "-c", shred], env=environment, cwd=Path(__file__).parents[2], check=True)
    for number in range(3):
        filled("backup", new.with_suffix(f".{number}"))
    assert len(list(copies.iterdir())) == 3 and not [path for path in copies.iterdir() if path.read_bytes() in kept]
    other("restore", old, *keys_of(filled))
    assert "damaged" in other("evidence", "verify", code=1).stderr
    other("stop")
    # Whoever kept the older copy apart still has it: the ring of copies is as short as its keepers make it.
    (tmp_path / "kept.keys").write_bytes(kept[0])
    shutil.rmtree(other.home)
    other("restore", old, *keys_of(filled), "--data-keys", tmp_path / "kept.keys")
    assert "has the bytes" in other("evidence", "verify").stdout
    restored = shred.replace(
        "from registry.database import roles\nwith roles.as_owner(): DataKey.objects.all().delete()",
        "from pathlib import Path; from pipelines.backup import data_key_copies; from registry import data_keys;"
        f"data_keys.fill(data_key_copies.read(Path({str(tmp_path / 'kept.keys')!r})).rows)",
    )
    subprocess.run([sys.executable, "-c", restored], env=environment, cwd=Path(__file__).parents[2], check=True)
    other("stop")


def test_a_killed_backup_leaves_nothing(filled, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    for wait in (1.2, 1.6, 2.0, 2.4, 2.8):
        process = filled.start("backup", folder / "all.backup")
        time.sleep(wait)
        process.kill()
        process.communicate()
    left = {path.name for path in folder.iterdir()}
    assert left <= {"all.backup", "ridni-data-keys"}
    filled("backup", folder / "whole.backup")
    assert not [path for path in filled.home.rglob("*") if path.name == "database.dump"]


def test_a_changed_cut_or_foreign_backup_is_refused(filled, other, fresh_ring, tmp_path):
    file = tmp_path / "all.backup"
    filled("backup", file)
    content = file.read_bytes()
    for place in (700, len(content) // 2, len(content) - 12_000):
        file.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        said = other("restore", file, *keys_of(filled), code=1).stderr
        assert any(why in said for why in ("no whole backup", "cannot be opened", "no whole ring", "are locked")), said
    file.write_bytes(content[: len(content) * 2 // 3])
    assert "no whole backup" in other("restore", file, *keys_of(filled), code=1).stderr
    file.write_bytes(content)
    other("restore", file, *keys_of(fresh_ring), code=1)
    assert not (other.home / "postgres").exists()


@pytest.fixture
def fresh_ring(tmp_path):
    """Another home with a ring of its own."""
    from tests.pipelines.conftest import Ridni

    ridni = Ridni(tmp_path / "third")
    ridni("keys", "status")
    return ridni


def test_a_backup_of_before_is_still_read(filled, other, tmp_path):
    """Written as they were: everything in clear, the one secret key inside."""
    parts = tmp_path / "parts"
    for name, content in unsealed(filled, sealed_now(filled, tmp_path)).items():
        if not name.startswith("evidence/"):
            (parts / name).parent.mkdir(parents=True, exist_ok=True)
            (parts / name).write_bytes(content)
    (parts / "secret.key").write_bytes(b"0123456789abcdef" * 4)
    hashes = {
        str(path.relative_to(parts)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in parts.rglob("*")
        if path.is_file()
    }
    (parts / "manifest.json").write_text(json.dumps({"format": 1, "files": hashes}))
    with tarfile.open(tmp_path / "old.tar", "w") as tar:
        for name in ("manifest.json", *hashes):
            tar.add(parts / name, name)
    other("restore", tmp_path / "old.tar")
    other("records", "changes")
    assert (other.home / "keyring.json").exists() and not (other.home / "secret.key").exists()
    other("stop")


def sealed_now(ridni, folder: Path) -> Path:
    ridni("backup", folder / "now.backup")
    return folder / "now.backup"


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
    inside = unsealed(filled, tmp_path / "all.tar")
    table = inside["tables/registry_auditentry.csv"].decode()
    (tmp_path / "database.dump").write_bytes(inside["database.dump"])
    csv.field_size_limit(10**8)
    in_table = [row["hash"] for row in csv.DictReader(io.StringIO(table))]
    dumped = subprocess.run(
        [
            *(postgres_programs.binary("pg_restore"), "--data-only", "--table=registry_auditentry", "--file=-"),
            tmp_path / "database.dump",
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


def test_a_missing_backup_is_told_as_such(other, tmp_path):
    said = other("restore", tmp_path / "nowhere.tar", code=1).stderr
    assert "no such file" in said and "no whole backup" not in said
