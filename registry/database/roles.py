"""Two roles of the database: the owner of the tables, who migrates them, and the program's own, which owns nothing.

A fault in the program, or words smuggled into a statement, can therefore not switch off the rules that the database
keeps by itself: no trigger can be disabled, no table altered or emptied, no row of the append-only tables touched.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from psycopg import sql

_owner: ContextVar[bool] = ContextVar("owner", default=False)

APPEND_ONLY = (
    "registry_auditentry",
    "registry_review",
    "registry_identityevent",
    "registry_withdrawal",
    "registry_escalation",
    "registry_custodyentry",
    "registry_evidence",
    "registry_correction",
    "registry_sighting",
    "registry_recordchange",
    "registry_note",
    "registry_testimony",
    "registry_judgement",
    "registry_reopening",
    "registry_feedepoch",
    "registry_tombstone",
    "registry_redaction",
    "registry_provisional",
    "registry_lookup",
)
"""Tables in which the program only adds rows."""

CHANGED_COLUMNS = {
    "registry_record": ("is_current", "vanished_id"),
    "registry_quarantinedrow": ("resolved_at", "outcome"),
    "registry_exportrequest": ("allowed", "decided_by_id", "decided_at", "fetched_at", "rows", "sha256"),
    "registry_goldreview": ("withdrawn_at",),
    "registry_identity": ("status", "merged_into_id", "withheld"),
    "registry_identitychange": ("allowed", "decided_by_id", "decided_at"),
    "registry_contradiction": ("settlement", "reason", "settled_by_id", "settled_at"),
    "registry_run": ("status", "counts", "finished_at", "layout_id"),
    "registry_apitoken": ("revoked_at", "expires_at", "last_used_at"),
    "registry_consumer": ("closed_at",),
    "registry_webhooksecret": ("ends_at", "sealed"),
    "registry_webhookendpoint": ("off_since",),
    "registry_webhookmessage": ("state", "attempts", "next_at", "last_status", "delivered_at"),
    "registry_consumeranswer": ("settlement", "settled_by_id", "settled_at"),
    "registry_delivery": ("last_at", "times", "sequence"),
    "registry_consumerposition": ("epoch_id", "sequence", "at"),
    "registry_consumerterms": ("allowed", "decided_by_id", "decided_at"),
    "registry_erasure": ("plan", "allowed", "decided_by_id", "decided_at", "done", "finished_at"),
    "registry_hold": ("lift_asked_by_id", "lift_asked_at", "lifted_by_id", "lifted_at"),
    "registry_datakey": ("wrapped", "key_number"),
    "registry_rowkey": ("wrapped", "key_number"),
}
"""Tables from which the program removes nothing, and the only columns of them that it changes."""

KEPT = ("registry_source", "registry_batch", "registry_user", "registry_golditem")
"""Tables from which the program removes nothing."""


def connects_as_owner() -> bool:
    """Tell whether connections opened now are the owner's."""
    return _owner.get()


@contextmanager
def as_owner() -> Iterator[None]:
    """Connect as the owner of the tables for a while; for migrations only."""
    from django.db import connection

    connection.close()
    token = _owner.set(True)
    try:
        yield
    finally:
        connection.close()
        _owner.reset(token)


def current() -> str:
    """Return the role of the present connection."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return str(cursor.fetchone()[0])


def owns_tables() -> bool:
    """Tell whether the present role could switch off the database's rules: it owns a table, or is a superuser."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND pg_has_role(current_user, relowner, 'MEMBER'))"
            " OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)"
        )
        return bool(cursor.fetchone()[0])


def granted() -> bool:
    """Tell whether the present role may read the tables; False before the first migration."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(has_table_privilege(to_regclass('django_migrations'), 'SELECT'), false)")
        return bool(cursor.fetchone()[0])


def grant(role: str) -> None:
    """Let a role read and write rows, and nothing more; to be called as the owner."""
    from django.db import connection, transaction

    name = sql.Identifier(role)
    with transaction.atomic(), connection.cursor() as cursor:  # nobody at work loses a right in between
        cursor.execute("SELECT current_setting('server_version_num')::int")
        version = int(cursor.fetchone()[0])
        # Refreshing the planner's figures belongs to bulk loading; before PostgreSQL 17 only owners may.
        more = [sql.SQL("MAINTAIN")] if version >= 170000 else []
        rights = sql.SQL(", ").join([sql.SQL(right) for right in ("SELECT", "INSERT", "UPDATE", "DELETE")] + more)
        for statement in (
            "GRANT USAGE ON SCHEMA public TO {role}",
            "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
            "GRANT {rights} ON ALL TABLES IN SCHEMA public TO {role}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
            "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role}",
        ):
            cursor.execute(sql.SQL(statement).format(role=name, rights=rights))
        for table in APPEND_ONLY:
            cursor.execute(sql.SQL("REVOKE UPDATE, DELETE ON {} FROM {}").format(sql.Identifier(table), name))
        for table, columns in CHANGED_COLUMNS.items():
            named = sql.SQL(", ").join(map(sql.Identifier, columns))
            held = sql.Identifier(table)
            cursor.execute(sql.SQL("REVOKE UPDATE, DELETE ON {} FROM {}").format(held, name))
            cursor.execute(sql.SQL("GRANT UPDATE ({}) ON {} TO {}").format(named, held, name))
        for table in KEPT:
            cursor.execute(sql.SQL("REVOKE DELETE ON {} FROM {}").format(sql.Identifier(table), name))
