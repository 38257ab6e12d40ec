"""What a command needs before it can work: the database, and for flows the Prefect server."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from pipelines.cli.console import err, progress, waiting

if TYPE_CHECKING:
    from keys.holders import Holder


def database() -> None:
    """Start or reach the database and bring its tables up to date."""
    from registry import database as registry_database

    keys()
    with waiting("Starting the database"):
        registry_database.prepare()
    _seal_old_evidence()
    if registry_database.owns_tables():
        err.print(
            "Warning: Ridni works as the owner of its tables, so a fault in it could switch the database's own rules "
            "off. Set RIDNI_DATABASE_OWNER_URL to the owner and RIDNI_DATABASE_URL to a role that owns nothing.",
            soft_wrap=True,
        )


def _seal_old_evidence() -> None:
    """Seal evidence of a home of before, once."""
    from registry.evidence import store

    if store.has_unsealed():
        with progress("Sealing the evidence, once") as tell:
            store.seal_old(lambda done, total: tell("", done, total))


def keys() -> None:
    """Open the ring of keys, asking its holders where a person sits before the command; say where it lies open."""
    import keys as ring
    from keys import opening

    held = ring.opened(passphrase_if_asked())
    if opening.lies_open(held.sealed):
        err.print(
            f"Keys: {opening.BESIDE} beside the data opens them, so a copy of the home has both. "
            "`ridni keys init` puts them into people's hands.",
            soft_wrap=True,
        )


def passphrase_if_asked() -> Callable[[Holder], str] | None:
    """Return what asks a holder for their passphrase; None where nobody sits before the command."""
    return passphrase_of if sys.stdin.isatty() else None


def passphrase_of(holder: Holder) -> str:
    """Ask a holder for their passphrase; '' when they are not there."""
    return hidden(f"Passphrase of {holder.name} (Enter: not here): ")


def hidden(question: str) -> str:
    """Read a line without showing it: from the terminal, else the next one of standard input."""
    return getpass.getpass(question, sys.stderr) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")


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
