"""PostgreSQL's own files without what was erased: dead rows, the planner's samples, the log of writes.

A row that is deleted or overwritten stays in its page until the table is written anew; samples of its values stay in
the planner's statistics; both went through the write-ahead log. Tables are therefore written anew (`VACUUM FULL`), the
statistics after them, and the log is cut off by two checkpoints around a switch of its file; the embedded server does
not use old files of it again (`wal_recycle`).
"""

from __future__ import annotations

import psycopg
from psycopg import sql

from registry import database

TABLES = (
    "registry_record", "registry_quarantinedrow", "registry_note", "registry_goldreview", "registry_testimony",
    "registry_correction", "registry_custodyentry", "registry_recordchange", "registry_sighting", "registry_batch",
    "registry_recordbuckets", "registry_bucketpage", "registry_recordgroup", "registry_deskfacts", "registry_datakey",
    "registry_rowkey",
)  # fmt: skip
"""Those that may hold words of a list, keys of its rows, digests of them, or keys of sealed things."""

NAMELESS = ("registry_candidate", "registry_support", "registry_transfermember", "registry_transfergain")
"""Very many rows without a word in them: cleaned, but not written anew while people judge."""


def compact() -> dict[str, bool]:
    """Write the tables anew and cut the log off; the database owner's rights are needed.

    Returns:
        Whether the tables, the planner's statistics and the log were done; for what its role may not do, an
        administrator of the server has to.
    """
    done = {"tables": True, "statistics": True, "log": True}
    with psycopg.connect(database.url(), autocommit=True) as connection:
        for table in TABLES:
            connection.execute(sql.SQL("VACUUM (FULL, ANALYZE) {}").format(sql.Identifier(table)))
        for table in NAMELESS:
            connection.execute(sql.SQL("VACUUM (ANALYZE) {}").format(sql.Identifier(table)))
        done["statistics"] = _may(connection, "VACUUM FULL pg_catalog.pg_statistic")
        steps = ("CHECKPOINT", "SELECT pg_switch_wal()", "CHECKPOINT", "CHECKPOINT")
        done["log"] = all(_may(connection, step) for step in steps)
    return done


def _may(connection: psycopg.Connection, statement: str) -> bool:
    """Run a statement that only some roles may; `VACUUM` itself warns instead of failing where it may not."""
    refused: list[str] = []
    connection.add_notice_handler(lambda notice: refused.append(notice.sqlstate or ""))
    try:
        connection.execute(statement.encode())
    except psycopg.errors.InsufficientPrivilege:
        return False
    return "01000" not in refused
