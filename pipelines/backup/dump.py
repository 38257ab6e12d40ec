"""The database as it streams out and in: PostgreSQL's own dump, and its tables as CSV, both of one moment.

Keys of sealed things are in neither: they are copied apart (`pipelines.backup.data_key_copies`), so that what was
shredded stays so when an old backup is restored.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import IsolationLevel, sql

from configs import scratch
from registry import database
from registry.database import postgres_programs
from registry.errors import RegistryError

APART = ("registry_datakey", "registry_rowkey")
_PIECE = 1 << 20


class Moment:
    """One moment of the database, held open while it is read several times."""

    def __init__(self, connection: psycopg.Connection, snapshot: str) -> None:
        self._connection, self._snapshot = connection, snapshot

    def dump(self) -> Iterator[bytes]:
        """Yield PostgreSQL's own dump."""
        with _service() as environment:
            arguments = ("--format=custom", "--no-privileges", f"--snapshot={self._snapshot}", "--dbname=service=ridni")
            apart = (f"--exclude-table-data={table}" for table in APART)
            process = subprocess.Popen(
                [str(postgres_programs.binary("pg_dump")), *arguments, *apart],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
            )
            assert process.stdout is not None
            try:
                while piece := process.stdout.read(_PIECE):
                    yield piece
            except GeneratorExit:
                process.kill()
                raise
            finally:
                process.stdout.close()
                code = process.wait()
            if code:
                raise _ended("pg_dump", code)

    def tables(self) -> list[str]:
        """Return the names of the registry's tables, without those of keys."""
        names = self._connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename ~ '^registry_' ORDER BY 1"
        ).fetchall()
        return [name for (name,) in names if name not in APART]

    def table(self, name: str) -> Iterator[bytes]:
        """Yield a table as CSV with a header line, so that nobody needs this software to read it."""
        statement = sql.SQL("COPY (SELECT * FROM {}) TO STDOUT WITH (FORMAT csv, HEADER)").format(sql.Identifier(name))
        with self._connection.cursor().copy(statement) as copy:
            for block in copy:
                yield bytes(block)


@contextmanager
def moment() -> Iterator[Moment]:
    """Hold one moment of the database open."""
    with psycopg.connect(database.url()) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        (snapshot,) = connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        yield Moment(connection, snapshot)


def fill(dump: Iterable[bytes]) -> None:
    """Fill an empty database from a dump as it streams by.

    Raises:
        RegistryError: The database holds tables already, or the dump does not fit it.
    """
    refuse_filled()
    with _service() as environment:
        arguments = ("--no-owner", "--no-privileges", "--exit-on-error", "--dbname=service=ridni")
        process = subprocess.Popen(
            [str(postgres_programs.binary("pg_restore")), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        assert process.stdin is not None
        try:
            for piece in dump:
                process.stdin.write(piece)
            process.stdin.close()
        except BrokenPipeError:
            pass  # its exit code tells
        except BaseException:
            process.kill()
            raise
        finally:
            process.wait()
        if process.returncode:
            raise _ended("pg_restore", process.returncode)


def refuse_filled() -> None:
    """Refuse to restore over a database that holds tables already."""
    with psycopg.connect(database.url()) as connection:
        row = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    if row is None or row[0]:
        raise RegistryError(
            "The database is not empty", "RIDNI_DATABASE_URL", "Name a new database; a restore replaces nothing"
        )


@contextmanager
def _service() -> Iterator[dict[str, str]]:
    """Yield an environment in which PostgreSQL's programs find the service `ridni`.

    Address and password stand in a file of mode 0600: arguments are read by every account of the machine.
    """
    from psycopg.conninfo import conninfo_to_dict

    with tempfile.TemporaryDirectory(dir=scratch.folder()) as made:
        file = Path(made) / "pg_service.conf"
        parts = conninfo_to_dict(database.url())
        file.write_text("[ridni]\n" + "".join(f"{name}={part}\n" for name, part in parts.items()), encoding="utf-8")
        file.chmod(0o600)
        yield {**os.environ, "PGSERVICEFILE": str(file)}


def _ended(program: str, code: int) -> RegistryError:
    """Return the error of a program; its messages may quote rows, so only its exit code is told."""
    return RegistryError(f"{program} ended with code {code}", "", "Check that the database can be reached")
