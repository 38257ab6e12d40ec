"""What a command needs before it can work: the database, and for flows the Prefect server."""

from __future__ import annotations

from pipelines.cli.console import waiting


def database() -> None:
    """Start or reach the database and bring its tables up to date."""
    from registry import database as registry_database

    with waiting("Starting the database"):
        registry_database.prepare()


def flows() -> None:
    """Make the database ready, and the Prefect server: the first time in a while that takes about ten seconds."""
    from pipelines.flow_server.server import ensure_server

    database()
    with waiting("Starting the flow server (about ten seconds; it then stays for the next commands)"):
        ensure_server()
