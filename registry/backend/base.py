"""Django's PostgreSQL backend with the address of the embedded server filled in at connection time.

Importing the settings therefore starts nothing: type checkers, `--help` and tests of pure code never touch a database.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base

from registry import database


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL, embedded."""

    def get_connection_params(self) -> dict[str, Any]:
        """Return the connection's parameters; starts the server when it does not run."""
        address = database.embedded_address()
        found = {"host": str(address.socket_folder), "port": address.port, "user": address.user}
        return {**super().get_connection_params(), **found}
