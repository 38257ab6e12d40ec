"""Backups: one tar file with the database, the evidence and what is needed to read them, each file under its SHA-256.

`database.dump` is PostgreSQL's own format; `tables/*.csv` holds the same tables as plain CSV, so that nobody needs this
software to read a backup. Both are of one moment of the database. That is dumped first: evidence is only ever added, so
the dump never names bytes that are not there. What was written is read back before it takes the backup's name.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from configs import scratch
from configs.settings import settings
from registry import database
from registry.database import postgres_programs
from registry.errors import RegistryError
from registry.keys import opening, ring_file

MANIFEST = "manifest.json"
_FOLDERS = ("evidence", "sources", "runs", "checkpoints", "inbox", "jobs")
_KEYS = ("checkpoint.key", ring_file.NAME, opening.BESIDE)
_FORMAT = 1


def write(target: Path) -> int:
    """Write a backup and return how many files it holds.

    Raises:
        RegistryError: the database cannot be dumped, or the file cannot be written.
    """
    home = settings().home.resolve()
    if target.exists():
        raise RegistryError(
            "There is a file of this name already", str(target), "Name a new file; a backup replaces nothing"
        )
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    with tempfile.TemporaryDirectory(dir=scratch.folder()) as made:
        work = Path(made)
        _dump(work)
        files = {f"tables/{p.name}": p for p in sorted((work / "tables").iterdir())}
        files["database.dump"] = work / "database.dump"
        files |= {str(p.relative_to(home)): p for name in _FOLDERS for p in _files(home / name)}
        files |= {name: home / name for name in _KEYS if (home / name).exists()}
        hashes = {name: _sha256(path) for name, path in sorted(files.items())}
        (work / MANIFEST).write_text(json.dumps({"format": _FORMAT, "files": hashes}, indent=1), encoding="utf-8")
        try:
            with draft.open("xb") as stream, tarfile.open(fileobj=stream, mode="w") as tar:
                tar.add(work / MANIFEST, MANIFEST)
                for name, path in sorted(files.items()):
                    tar.add(path, name)
            draft.chmod(0o600)
            _read_back(draft, hashes)
            draft.replace(target)
        except OSError as error:
            raise RegistryError(
                f"The backup cannot be written ({error.strerror})", str(target), "Name another file"
            ) from None
        finally:
            draft.unlink(missing_ok=True)
    from registry import audit

    audit.append(
        "system",
        "backup.written",
        "backup",
        "",
        {"files": len(files), "sha256": _sha256(target), "elsewhere": _elsewhere(target)},
    )
    return len(files)


def restore(source: Path) -> int:
    """Fill an empty home from a backup once all its hashes hold; return how many files it has.

    Raises:
        RegistryError: the home is not empty, or the file is no whole backup.
    """
    home = settings().home.resolve()
    if not source.is_file():
        raise RegistryError("There is no such file", str(source), "Name the file that `ridni backup` wrote")
    if any((home / name).exists() for name in ("postgres", "evidence", opening.FORMER, ring_file.NAME)):
        raise RegistryError(
            "The home is not empty", str(home), "Set RIDNI_HOME to a new folder; a restore replaces nothing"
        )
    with tempfile.TemporaryDirectory(dir=scratch.folder()) as made:
        work = Path(made)
        hashes = _unpack(source, work)
        for folder in _FOLDERS:
            if (work / folder).exists():
                shutil.move(work / folder, home / folder)
        for name in (*_KEYS, opening.FORMER):
            if (work / name).exists():
                shutil.move(work / name, home / name)
        _refuse_filled_database()
        _pg(
            work,
            *("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error"),
            *("--dbname=service=ridni", str(work / "database.dump")),
        )
    database.prepare()
    _begin_epoch()
    return len(hashes)


def _begin_epoch() -> None:
    """Let the feed's readers notice: events after the backup are gone, and their numbers will be given again."""
    from registry import audit
    from registry.identities import feed_position

    epoch = feed_position.begin_epoch()
    audit.append("system", "feed.epoch_began", "feed", str(epoch.feed), {"epoch": str(epoch.epoch)})


def _unpack(source: Path, work: Path) -> dict[str, str]:
    damaged = RegistryError("This is no whole backup of Ridni", str(source), "Take another copy of it")
    try:
        with tarfile.open(source, mode="r:") as tar:
            for member in tar:
                _extract(tar, member, work)
        manifest = json.loads((work / MANIFEST).read_text(encoding="utf-8"))
        hashes: dict[str, str] = manifest["files"]
    except (OSError, tarfile.TarError, ValueError, KeyError, TypeError):
        raise damaged from None
    for name, expected in hashes.items():
        path = work / name
        if not path.is_file() or _sha256(path) != expected:
            raise damaged
    return hashes


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, work: Path) -> None:
    """Write one member below `work`: plain files only, and none that leads elsewhere (early 3.11 has no filters)."""
    target = (work / member.name).resolve()
    content = tar.extractfile(member) if member.isreg() else None
    if content is None or not target.is_relative_to(work.resolve()):
        raise tarfile.TarError("a member that no backup has")
    target.parent.mkdir(parents=True, exist_ok=True)
    with content, target.open("wb") as stream:
        shutil.copyfileobj(content, stream)
    target.chmod(0o400 if member.name.startswith("evidence/") else 0o600)


def _refuse_filled_database() -> None:
    """Refuse to restore over a team's database that holds tables already."""
    import psycopg

    with psycopg.connect(database.url()) as connection:
        row = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    if row is None or row[0]:
        raise RegistryError(
            "The database is not empty", "RIDNI_DATABASE_URL", "Name a new database; a restore replaces nothing"
        )


def _dump(work: Path) -> None:
    """Write the database twice, as PostgreSQL's own dump and as one CSV with a header line for each table."""
    import psycopg
    from psycopg import IsolationLevel, sql

    tables = work / "tables"
    tables.mkdir()
    with psycopg.connect(database.url()) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        (snapshot,) = connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        _pg(
            work,
            *("pg_dump", "--format=custom", "--no-privileges", f"--snapshot={snapshot}"),
            *(f"--file={work / 'database.dump'}", "--dbname=service=ridni"),
        )
        names = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename ~ '^registry_' ORDER BY 1"
        ).fetchall()
        for (name,) in names:
            statement = sql.SQL("COPY (SELECT * FROM {}) TO STDOUT WITH (FORMAT csv, HEADER)").format(
                sql.Identifier(name)
            )
            with (tables / f"{name}.csv").open("wb") as stream, connection.cursor().copy(statement) as copy:
                for block in copy:
                    stream.write(block)


def _pg(work: Path, program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on the service `ridni`; its messages may quote rows: only its exit code is told.

    Address and password stand in a file of mode 0600: arguments are read by every account of the machine.
    """
    from psycopg.conninfo import conninfo_to_dict

    service = work / "pg_service.conf"
    parts = conninfo_to_dict(database.url())
    service.write_text("[ridni]\n" + "".join(f"{name}={part}\n" for name, part in parts.items()), encoding="utf-8")
    service.chmod(0o600)
    environment = {**os.environ, "PGSERVICEFILE": str(service)}
    done = subprocess.run(
        [str(postgres_programs.binary(program)), *arguments], capture_output=True, check=False, env=environment
    )
    service.unlink()
    if done.returncode:
        raise RegistryError(
            f"{program} ended with code {done.returncode}", "", "Check that the database can be reached"
        )


def _read_back(draft: Path, hashes: dict[str, str]) -> None:
    """Read what was written, and refuse it unless every file is there with its hash."""
    found: dict[str, str] = {}
    with tarfile.open(draft, mode="r:") as tar:
        for member in tar:
            content = tar.extractfile(member)
            if content is not None and member.name != MANIFEST:
                with content:
                    found[member.name] = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]
    if found != hashes:
        raise RegistryError(
            "The backup reads back otherwise than it was written", str(draft.parent), "Check the disk, write it anew"
        )


def _elsewhere(target: Path) -> bool:
    """Tell whether a backup lies on another disk than the home."""
    return target.stat().st_dev != settings().home.resolve().stat().st_dev


def _files(folder: Path) -> Iterator[Path]:
    if folder.exists():
        yield from (p for p in sorted(folder.rglob("*")) if p.is_file() and not p.name.startswith("."))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
