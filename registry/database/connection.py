"""Where the database is and how it is made ready: the embedded server, or that of `RIDNI_DATABASE_URL`."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import django
import psycopg
from django.apps import apps
from psycopg.conninfo import conninfo_to_dict

from configs.settings import settings
from registry.database import embedded, roles
from registry.database.postgres_programs import APP_ROLE
from registry.errors import DatabaseUnreachable, describe

EMBEDDED_DATABASE = "ridni"
MIGRATION_LOCK = 7_201_001


def embedded_address() -> embedded.Address:
    """Return where the embedded server of this home listens, starting it when it does not run."""
    return embedded.ensure_running(settings().folder("postgres"), EMBEDDED_DATABASE)


def connection_parts(*, owner: bool) -> dict[str, Any]:
    """Return what a connection needs besides the settings: the embedded server's address, or a team's owner.

    Args:
        owner: As the owner of the tables; else in the program's own role.
    """
    configured = settings()
    if configured.database_url is None:
        address = embedded_address()
        user = address.user if owner else APP_ROLE
        return {"host": str(address.socket_folder), "port": address.port, "user": user}
    if owner and configured.database_owner_url is not None:
        return dict(conninfo_to_dict(configured.database_owner_url.get_secret_value()))
    return {}


def url() -> str:
    """Return the owner's address of the database as a `postgresql://` URL; starts the embedded server if that is meant.

    Raises:
        DatabaseUnreachable: The embedded server cannot be started.
    """
    configured = settings().database_owner_url or settings().database_url
    if configured is not None:
        return configured.get_secret_value()
    address = embedded_address()
    host = quote(str(address.socket_folder), safe="")
    return f"postgresql://{address.user}@/{EMBEDDED_DATABASE}?host={host}&port={address.port}"


def prepare() -> None:
    """Make the database ready for use: start it, set Django up, and migrate when a migration is missing.

    Several processes may call this at once; one migrates, the others wait.

    Raises:
        DatabaseUnreachable: The database cannot be started or reached, or is older than PostgreSQL 14.
    """
    if not apps.ready:
        django.setup()
    from django.db import DatabaseError, connection
    from django.db.utils import NotSupportedError

    try:
        connection.ensure_connection()
    except (DatabaseError, psycopg.Error, NotSupportedError, ValueError) as caught:
        raise DatabaseUnreachable(
            f"The database cannot be reached ({describe(caught)})",
            _where(),
            "Check RIDNI_DATABASE_URL and that the server runs, or unset it to use the embedded database",
        ) from None
    try:
        if _has_two_roles():
            if not roles.granted() or _pending():
                role = roles.current()
                with roles.as_owner():
                    _migrate(role)
        elif _pending():
            _migrate()
    except DatabaseError as caught:
        raise DatabaseUnreachable(
            f"The database's role may not use the tables ({describe(caught)})",
            _where(),
            "Let the owner of the tables be RIDNI_DATABASE_OWNER_URL, which grants the rights, or use the owner's role",
        ) from None


def owns_tables() -> bool:
    """Tell whether the program works as the owner of its tables, who can switch the database's own rules off."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_class c WHERE c.oid = to_regclass('registry_auditentry')"
            " AND pg_has_role(c.relowner, 'USAGE'))"
        )
        return bool(cursor.fetchone()[0])


def _has_two_roles() -> bool:
    """Tell whether the program works in another role than the owner's."""
    separate = settings().database_url is None or settings().database_owner_url is not None
    return separate and not roles.connects_as_owner()


def _pending() -> bool:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _migrate(role: str | None = None) -> None:
    """Bring the tables up to date, and let `role` use them; one process at a time."""
    from django.core.management import call_command
    from django.db import DatabaseError, connection

    from registry.errors import RegistryError

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        try:
            if _pending():
                call_command("migrate", interactive=False, verbosity=0)
            if role is not None:
                roles.grant(role)
        except DatabaseError as caught:
            raise RegistryError(
                f"The database's tables cannot be brought up to date ({describe(caught)})",
                _where(),
                "The owner needs the right to create tables and functions (RIDNI_DATABASE_OWNER_URL, if set)",
            ) from None
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])


def _where() -> str:
    """Say which database is meant, without its password."""
    configured = settings().database_url
    if configured is None:
        return f"embedded server in {settings().folder('postgres')}"
    try:
        parts = psycopg.conninfo.conninfo_to_dict(configured.get_secret_value())
    except psycopg.Error:
        return "RIDNI_DATABASE_URL is not a postgresql:// address"
    return f"database {parts.get('dbname', '?')} at {parts.get('host', 'localhost')}:{parts.get('port', 5432)}"
