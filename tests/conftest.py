"""One embedded PostgreSQL in a temporary home for the whole session; nothing starts until a test asks for the database.

The home is made before any test module is imported. Under xdist the workers inherit it, share the server, and each
has a database of its own.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from configs.settings import settings

if "PYTEST_XDIST_WORKER" not in os.environ:
    _home = Path(tempfile.mkdtemp(prefix="ridni-test-"))
    os.environ["RIDNI_HOME"] = str(_home)
    os.environ.pop("RIDNI_DATABASE_URL", None)

    def _remove() -> None:
        from registry import embedded

        if (_home / "postgres").exists():
            embedded.stop(_home / "postgres")
        shutil.rmtree(_home, ignore_errors=True)

    atexit.register(_remove)
settings.cache_clear()


@pytest.fixture(scope="session", autouse=True)
def _flush_append_only_tables() -> Iterator[None]:
    """Let the flush after a transactional test empty tables that refuse it to everybody else."""
    from django.db.backends.postgresql.operations import DatabaseOperations

    flush = DatabaseOperations.execute_sql_flush

    def unguarded(self: DatabaseOperations, sql_list: list[str]) -> None:
        flush(self, ["SET session_replication_role = replica", *sql_list, "SET session_replication_role = origin"])

    patch = pytest.MonkeyPatch()
    patch.setattr(DatabaseOperations, "execute_sql_flush", unguarded)
    patch.setattr("django.contrib.auth.hashers.PBKDF2PasswordHasher.iterations", 1000)
    yield
    patch.undo()
