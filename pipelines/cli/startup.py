"""What a command needs before it can work: the database, and for flows the Prefect server."""

from __future__ import annotations

from pipelines.cli.console import err, waiting


def database() -> None:
    """Start or reach the database and bring its tables up to date."""
    from registry import database as registry_database

    with waiting("Starting the database"):
        registry_database.prepare()
    if registry_database.owns_tables():
        err.print(
            "Warning: Ridni works as the owner of its tables, so a fault in it could switch the database's own rules "
            "off. Set RIDNI_DATABASE_OWNER_URL to the owner and RIDNI_DATABASE_URL to a role that owns nothing.",
            soft_wrap=True,
        )


def flows() -> None:
    """Make the database and the Prefect server ready, both at once; the server then stays for the next commands."""
    from pipelines.flow_server import server

    keeper = server.begin()
    database()
    with waiting("Starting the flow server (once in a while; it then stays for the next commands)"):
        server.ensure_server(keeper)
        if server.teams_server() is None:
            _end_flows_at_once()


def _end_flows_at_once() -> None:
    """Leave out what flows of this process would wait for at their end and only a team's server has use for.

    Prefect's heartbeat sleeps a second at the end of each flow; it tells a server which runs have crashed, and on the
    local one nothing listens. Unset means off, and no environment variable can say it. Events for a local server that
    was killed would be tried ten times each, a second apart.
    """
    from prefect.context import SettingsContext, get_settings_context
    from prefect.events.clients import PrefectEventsClient
    from prefect.events.worker import EventsWorker
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY

    context = get_settings_context()
    quiet = context.settings.copy_with_update(updates={PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None})
    SettingsContext(profile=context.profile, settings=quiet).__enter__()
    EventsWorker.set_client_override(PrefectEventsClient, reconnection_attempts=0)
