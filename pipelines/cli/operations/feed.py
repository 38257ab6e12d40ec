"""`ridni feed`: webhooks of case systems: their secrets, how they stand, sending again."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from pipelines.cli import options, startup
from pipelines.cli.console import UserError, out

app = typer.Typer(
    help="How case systems are told: webhooks, files in other formats, and writing into a Primero.",
    no_args_is_help=True,
)

Name = Annotated[str, typer.Argument(help="Name of the consumer.")]


@app.command("webhooks")
def show() -> None:
    """Show how the webhooks of each consumer stand: what waits, what is dead, which endpoints said that they are gone.

    Example: ridni feed webhooks
    """
    startup.database()
    from casefeed import outbox

    table = Table(box=None, header_style="bold")
    for column in ("consumer", "endpoint", "waiting", "dead", "switched off"):
        table.add_column(column)
    for one in outbox.standing():
        off = f"{one.off_since:%d.%m.%Y %H:%M} UTC" if one.off_since else ""
        table.add_row(one.consumer.name, one.endpoint, str(one.waiting), str(one.dead), off)
    out.print(table)


@app.command("secret")
def secret(name: Name, username: options.As) -> None:
    """Make a secret that signs a consumer's webhooks and show it once; the one before signs beside it for a week.

    Example: ridni feed secret case-system --as olena
    """
    startup.database()
    from casefeed import outbox
    from registry.access import permissions

    person = options.account(username)
    permissions.require(person, permissions.CONSUMERS_ASK)
    out.print(f"Secret of {name}, shown once:\n{outbox.new_secret(name, str(person.pk))}", soft_wrap=True)


@app.command("deliver")
def deliver() -> None:
    """Deliver the webhooks that are due, as the flow of `prefect.yaml` does every minute.

    Example: ridni feed deliver
    """
    startup.flows()
    from pipelines.flows import webhooks

    counts = webhooks.deliver()
    words = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
    out.print(words or "Nothing is due.")


@app.command("replay")
def replay(
    name: Name,
    username: options.As,
    start: Annotated[int, typer.Option("--from", min=1, help="Number of the first event that is sent again.")],
) -> None:
    """Tell a consumer again of all events from a number on; an endpoint that was switched off is switched on.

    Example: ridni feed replay case-system --from 1207 --as olena
    """
    startup.database()
    from casefeed import outbox
    from registry.access import permissions

    person = options.account(username)
    permissions.require(person, permissions.CONSUMERS_ASK)
    count = outbox.replay(name, start, str(person.pk))
    if not count:
        raise UserError(f"nothing has happened since {start}; `ridni feed webhooks` shows what waits")
    out.print(f"{count} messages wait to be sent.")
