"""`ridni feed`: webhooks of case systems: their secrets, how they stand, sending again."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

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
    from registry.identities import outbox

    table = _table("consumer", "endpoint", "waiting", "dead", "switched off", "tell again from")
    for one in outbox.standing():
        off = f"{one.off_since:%d.%m.%Y %H:%M} UTC" if one.off_since else ""
        table.add_row(one.consumer.name, one.endpoint, str(one.waiting), str(one.dead), off, str(one.since or ""))
    out.print(table)


@app.command("secret")
def secret(name: Name, username: options.As) -> None:
    """Make a secret that signs a consumer's webhooks and show it once; the one before signs beside it for a week.

    Example: ridni feed secret case-system --as olena
    """
    startup.database()
    from registry.access import permissions
    from registry.identities import outbox

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
    from registry.access import permissions
    from registry.identities import outbox

    person = options.account(username)
    permissions.require(person, permissions.CONSUMERS_ASK)
    count = outbox.replay(name, start, str(person.pk))
    if not count:
        raise UserError(f"nothing has happened since {start}; `ridni feed webhooks` shows what waits")
    out.print(f"{count} messages wait to be sent.")


@app.command("holders")
def holders(
    identity: Annotated[str, typer.Argument(help="Id of an identity; unset: how much each case system holds.")] = "",
    behind: Annotated[
        bool, typer.Option("--behind", help="Each identity with a change that a case system has not confirmed.")
    ] = False,
) -> None:
    """Show who holds which state of which identity, and who has confirmed what happened to it last.

    Example: ridni feed holders --behind
    """
    startup.database()
    from registry.identities import holders

    if not identity and not behind:
        table = _table("case system", "by", "holds", "behind", "must let go", "last given")
        for share in holders.shares():
            name = f"{share.consumer} (closed)" if share.closed else share.consumer
            counts = (str(share.held), str(share.behind), str(share.owed))
            table.add_row(name, share.way, *counts, f"{share.last_at:%d.%m.%Y %H:%M} UTC")
        out.print(table)
        return
    table = _table("identity", "case system", "by", "last state", "stands now", "given", "confirmed")
    found = holders.everywhere(behind=True, limit=1_000) if behind else holders.of_identity(_uuid(identity))
    for one in found:
        stands, confirmed = ("yes" if said else "no" for said in (one.stands, one.confirmed))
        given = f"{one.last_at:%d.%m.%Y %H:%M} UTC"
        table.add_row(str(one.identity), one.consumer, ", ".join(one.ways), one.status, stands, given, confirmed)
    out.print(table)


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="bold")
    for column in columns:
        table.add_column(column)
    return table


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise UserError("this is no id of an identity; it has 36 characters") from None
