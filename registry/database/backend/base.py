"""Django's PostgreSQL backend with address and role filled in at connection time.

Importing the settings therefore starts nothing: type checkers, `--help` and tests of pure code never touch a database.
The role is the program's own, or the owner of the tables while they are migrated (`roles.as_owner`).
"""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base

from registry.database import connection, roles


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL, embedded or with an owner of its own."""

    def get_connection_params(self) -> dict[str, Any]:
        """Return the connection's parameters; starts the embedded server when it does not run."""
        return {**super().get_connection_params(), **connection.connection_parts(owner=roles.connects_as_owner())}
