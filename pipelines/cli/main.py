"""`ridni`: the command line of data teams and administrators."""

from __future__ import annotations

import signal
import sys
import traceback
from pathlib import Path
from types import FrameType

import typer

from configs import process_guard
from pipelines.cli import demo
from pipelines.cli.console import err
from pipelines.cli.keeping import erase, hold, packet, retention
from pipelines.cli.lists import (
    evidence,
    ingest,
    profile,
    quarantine,
    records,
    reread,
    sources,
    testimony,
)
from pipelines.cli.matches import calibrate, candidates, identities, link, support, transfers
from pipelines.cli.operations import (
    audit,
    backup,
    consumers,
    doctor,
    exports,
    feed,
    feed_adapters,
    keys,
    lookup,
    outcomes,
    serve,
    settings,
    stop,
    users,
)
from transliteration.errors import MendableError

_HELP = frozenset(("-h", "--help"))

app = typer.Typer(
    name="ridni",
    help="Finds the deported children of Ukraine in lists: ingest, link, two-person verification, case feed.\n\n"
    "Start with [bold]ridni demo[/bold], or [bold]ridni sources check CONFIG FILE[/bold] for a list of your own.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command("demo")(demo.demo)
app.command("ingest")(ingest.ingest)
app.command("reread")(reread.reread)
app.command("link")(link.link)
app.command("lookup")(lookup.lookup)
app.command("evaluate")(candidates.evaluate)
app.command("calibrate")(calibrate.calibrate)
app.command("profile")(profile.profile)
app.command("serve")(serve.serve)
app.command("doctor")(doctor.doctor)
app.command("settings")(settings.show)
app.command("outcomes")(outcomes.outcomes)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("stop")(stop.stop)
app.add_typer(sources.app, name="sources")
candidates.app.command("support")(support.support)
app.add_typer(candidates.app, name="candidates")
app.add_typer(identities.app, name="identities")
app.add_typer(transfers.app, name="transfers")
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(records.app, name="records")
app.add_typer(evidence.app, name="evidence")
app.add_typer(testimony.app, name="testimony")
app.add_typer(users.app, name="users")
app.add_typer(consumers.app, name="consumers")
feed.app.command("file")(feed_adapters.make)
feed.app.command("files")(feed_adapters.show)
feed.app.command("confirm")(feed_adapters.confirm)
feed.app.command("primero")(feed_adapters.primero)
app.add_typer(feed.app, name="feed")
app.add_typer(audit.app, name="audit")
app.add_typer(exports.app, name="exports")
app.add_typer(keys.app, name="keys")
app.add_typer(erase.app, name="erase")
app.add_typer(hold.app, name="hold")
app.add_typer(retention.app, name="retention")
app.add_typer(packet.app, name="packet")


def run() -> None:
    """Run the command line; what a person can mend is one line on standard error and exit code 1."""
    signal.signal(signal.SIGTERM, _terminated)
    try:
        process_guard.guard(scratch_files=not _HELP.intersection(sys.argv) and len(sys.argv) > 1)
        app()
    except KeyboardInterrupt:
        err.print("Stopped. Nothing is half done: run the same command again to go on.")
        sys.exit(130)
    except Exception as caught:
        from configs.settings import settings as settings_of_process

        error = getattr(caught, "original", caught)
        message = known(error)
        if message is None and settings_of_process().debug:
            raise error from None
        if message is None:
            err.print(f"[bold red]Defect in Ridni:[/bold red] {_plain(_defect(error))}", soft_wrap=True)
            sys.exit(70)
        err.print(f"[bold red]Error:[/bold red] {_plain(message)}", soft_wrap=True)
        sys.exit(1)


def _terminated(signum: int, frame: FrameType | None) -> None:
    """End as Ctrl-C does: the database is left in order, and stopped when nobody else uses it."""
    raise SystemExit(128 + signum)


def known(error: Exception) -> str | None:
    """Return the one clear line of an error that a person can mend, or None for a defect of the program."""
    from pydantic import ValidationError

    if isinstance(error, MendableError):
        return " ".join(str(error).split())
    if isinstance(error, ValidationError) and error.title == "Settings":
        first = error.errors(include_url=False, include_input=False)[0]
        name = "_".join(map(str, first["loc"]))
        said = first["msg"].removeprefix("Value error, ")
        return f"Setting RIDNI_{name.upper()} (or '{name}' in ridni.toml): {said}. `ridni settings` lists all."
    if type(error).__module__.partition(".")[0] in ("httpx", "prefect"):
        from pipelines.flow_server.server import PrefectUnreachable

        refused = PrefectUnreachable.from_error(error)
        return str(refused) if refused else None
    return None


def _defect(error: Exception) -> str:
    """Name a defect by kind and place; its message may quote a value and stays unsaid unless a developer asks."""
    last = traceback.extract_tb(error.__traceback__)[-1:]
    place = f" in {Path(last[0].filename).name}, line {last[0].lineno}" if last else ""
    return (
        f"{type(error).__name__}{place}. Nothing is half stored. Please report this line; "
        "RIDNI_DEBUG=true shows the whole traceback, which may quote values of records."
    )


def _plain(text: str) -> str:
    return text.replace("[", r"\[")


if __name__ == "__main__":
    run()
