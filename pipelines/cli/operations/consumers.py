"""`ridni consumers`: case systems, on which terms they may receive identities, and their tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from pipelines.cli import options, startup
from pipelines.cli.console import UserError, out

if TYPE_CHECKING:
    from registry.models import ConsumerTerms

app = typer.Typer(
    help="Case systems that receive identities: one person asks, another allows; then they get tokens.",
    no_args_is_help=True,
)

As = options.As
Name = Annotated[str, typer.Argument(help="Name of the consumer: a system or body, never the name of a child.")]
Number = Annotated[int, typer.Argument(help="Number of the request.")]


@app.command("list")
def list_consumers() -> None:
    """List consumers with their terms and tokens; the tokens themselves are nowhere to be read.

    Example: ridni consumers list
    """
    startup.database()
    from registry.access import consumers

    table = Table(box=None, header_style="bold")
    for column in ("name", "state", "purpose", "basis", "scopes", "a minute", "tokens", "next ends", "last used"):
        table.add_column(column)
    waiting = []
    for one in consumers.listing():
        if one.waits is not None:
            said_by = f"Request {one.waits.pk} of {one.consumer.name} waits for another person"
            waiting.append(f"{said_by}: {_words(one.waits)}")
        terms = one.stands or one.waits
        said = (terms.purpose, terms.basis, ", ".join(terms.scopes), str(terms.rate)) if terms else ("", "", "", "")
        ends = f"{one.next_expiry:%d.%m.%Y}" if one.next_expiry else ""
        used = f"{one.last_used_at:%d.%m.%Y %H:%M}" if one.last_used_at else "never"
        table.add_row(one.consumer.name, one.state, *said, str(one.valid_tokens), ends, used)
    out.print(table)
    for line in waiting:
        out.print(line, soft_wrap=True, highlight=False)


@app.command("ask")
def ask(
    name: Name,
    username: As,
    basis: Annotated[str, typer.Option(help="The information-sharing protocol or legal basis, by name.")],
    purpose: Annotated[str, typer.Option(help="tracing, case_management, legal or research.")] = "tracing",
    scope: Annotated[
        list[str] | None,
        typer.Option(
            help="More than identities:read; one of fields:location, fields:health, fields:contact, fields:text, "
            "fields:testimony, fields:other; evidence:read tells where in the evidence a value stands. May be repeated."
        ),
    ] = None,
    endpoint: Annotated[str, typer.Option(help="Where webhooks go: https://host/path. Unset: none are sent.")] = "",
    writes_to: Annotated[
        str, typer.Option(help="The case system into which an adapter writes: https://host. Unset: none.")
    ] = "",
    rate: Annotated[int, typer.Option(help="The most requests in a minute.")] = 600,
) -> None:
    """Ask that a consumer may receive identities, or for other terms of a known one; another person has to allow it.

    Example: ridni consumers ask case-system --basis "Protocol 7 of 2026" --as olena
    """
    startup.database()
    from registry.access import consumers

    person = options.account(username)
    asked = consumers.ask(
        person, name, purpose, basis, scopes=scope or [], endpoint=endpoint, writes_to=writes_to, rate=rate
    )
    out.print(f"Request {asked.pk} waits for another person: ridni consumers allow {asked.pk} --as NAME")


@app.command("allow")
def allow(number: Number, username: As) -> None:
    """Allow terms that somebody else has asked for; they stand at once.

    Example: ridni consumers allow 7 --as petro
    """
    _decide(number, username, allowed=True)
    out.print(f"Request {number} is allowed.")


@app.command("refuse")
def refuse(number: Number, username: As) -> None:
    """Refuse terms that somebody else has asked for.

    Example: ridni consumers refuse 7 --as petro
    """
    _decide(number, username, allowed=False)
    out.print(f"Request {number} is refused.")


@app.command("token")
def token(
    name: Name,
    username: As,
    rotate: Annotated[bool, typer.Option("--rotate", help="Let the tokens it has end in a week.")] = False,
) -> None:
    """Make a token of an allowed consumer and show it once; only its hash is kept. It is good for half a year.

    Example: ridni consumers token case-system --rotate --as olena
    """
    startup.database()
    from registry.access import permissions, tokens

    person = options.account(username)
    permissions.require(person, permissions.CONSUMERS_ASK)
    made = tokens.rotate(name, str(person.pk)) if rotate else tokens.issue(name, str(person.pk))
    out.print(f"Token of {name}, shown once:\n{made}", soft_wrap=True)


@app.command("revoke")
def revoke(name: Name, username: As) -> None:
    """End all tokens of a consumer at once.

    Example: ridni consumers revoke case-system --as olena
    """
    startup.database()
    from registry.access import permissions, tokens

    person = options.account(username)
    permissions.require(person, permissions.CONSUMERS_ASK)
    if not tokens.revoke(name, str(person.pk)):
        raise UserError(f"{name} has no valid token")
    out.print(f"No token of {name} is valid any more.")


@app.command("close")
def close(name: Name, username: As) -> None:
    """End a consumer for good; its name is not used again, and what it has received stays in the log.

    Example: ridni consumers close case-system --as olena
    """
    startup.database()
    from registry.access import consumers

    consumers.close(options.account(username), name)
    out.print(f"{name} is closed.")


def _decide(number: int, username: str, *, allowed: bool) -> None:
    startup.database()
    from registry.access import consumers

    consumers.decide(options.account(username), number, allowed=allowed)


def _words(terms: ConsumerTerms) -> str:
    told = [address for address in (terms.endpoint, terms.writes_to) if address]
    return "; ".join([terms.purpose, terms.basis, ", ".join(terms.scopes), *told])
