"""`ridni identities`: what two people have verified, and taking it back: one person asks, another allows."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer
from rich.table import Table

from pipelines.cli import options, startup
from pipelines.cli.console import UserError, out

app = typer.Typer(
    help="Identities: list, show, and split, merge or retract them. One person asks, another allows.",
    no_args_is_help=True,
)

As = options.As
Identity = Annotated[str, typer.Argument(metavar="ID", help="Id of the identity: 36 characters.")]
Number = Annotated[int, typer.Argument(help="Number of the request.")]


@app.command("list")
def list_identities(
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest first.")] = 50,
    ended: Annotated[bool, typer.Option(help="Those that were merged or taken back instead.")] = False,
) -> None:
    """List identities by id: no names, no dates of birth.

    Example: ridni identities list --limit 20
    """
    startup.database()
    from django.db.models import Count

    from registry.judgements import unions
    from registry.models import Identity, IdentityStatus

    unions.settle_due()
    standing = Identity.objects.filter(status=IdentityStatus.VERIFIED)
    found = Identity.objects.exclude(status=IdentityStatus.VERIFIED) if ended else standing
    table = Table(box=None, header_style="bold")
    for column in ("id", "state", "records", "since (UTC)"):
        table.add_column(column)
    for one in found.annotate(rows=Count("members")).order_by("-created_at", "-pk")[:limit]:
        state = f"{one.status} → {one.merged_into_id}" if one.merged_into_id else str(one.status)
        words = f"{state}, withheld" if one.withheld else state
        table.add_row(str(one.pk), words, str(one.rows), f"{one.created_at:%d.%m.%Y %H:%M}")
    out.print(table)
    out.print(f"{standing.count()} identities stand.")


@app.command("show")
def show(identity: Identity) -> None:
    """Show the rows of an identity and what has happened to it; names are on its page in the review app only.

    Example: ridni identities show 7d9f6c1e-5b0a-4f3e-9a55-0c1d2e3f4a5b
    """
    number = _uuid(identity)
    startup.database()
    from registry import audit
    from registry.identities import answers, identities
    from registry.judgements import unions
    from registry.models import Identity as Stored
    from registry.models import IdentityEvent, IdentityMember
    from registry.provenance import disclosure

    unions.settle_due()
    current = identities.resolve(number)
    if current != number:
        out.print(f"Merged into {current}")
    out.print(f"{current}: {Stored.objects.get(pk=current).status}", highlight=False)
    table = Table(box=None, header_style="bold")
    for column in ("row", "record", "version", "verified"):
        table.add_column(column)
    members = IdentityMember.objects.filter(identity_id=current).select_related("shown", "record").order_by("row_id")
    names = disclosure.names([member.shown_id for member in members], disclosure.UNOPENED)
    for member in members:
        row = (str(member.row_id), names[member.shown_id], str(member.shown.version), str(member.record.version))
        table.add_row(*row)
    out.print(table)
    for said in answers.of_identity(current):
        day = f" ({said.on:%d.%m.%Y})" if said.on else ""
        words = " ".join(filter(None, [f"{said.kind}{day}", said.reason, said.settlement]))
        out.print(f"{said.at:%d.%m.%Y %H:%M} UTC  {said.consumer.name}: {words}", highlight=False)
    for event in IdentityEvent.objects.filter(identity_id=current).order_by("seq"):
        out.print(f"{event.seq}  {event.at:%d.%m.%Y %H:%M} UTC  {event.kind}", highlight=False)
    audit.append("system", "identity.shown", "identity", str(current), {"rows": len(names)})


@app.command("split")
def split(
    identity: Identity,
    row: Annotated[list[int], typer.Option(help="A row of the other child, as `show` numbers it; may be repeated.")],
    username: As,
    reason: Annotated[str, typer.Option(help="two_children, siblings, slip, new_evidence or other.")] = "two_children",
    note: options.Note = "",
    note_file: options.NoteFile = None,
) -> None:
    """Ask to take an identity apart; the larger part keeps the id, and nothing happens until another person allows it.

    Example: ridni identities split 7d9f6c1e-5b0a-4f3e-9a55-0c1d2e3f4a5b --row 1815 --as olena
    """
    number, words = _uuid(identity), options.note(note, note_file)
    startup.database()
    from registry.judgements import changes
    from registry.models import IdentityMember

    held = set(IdentityMember.objects.filter(identity_id=number).values_list("row_id", flat=True))
    if strange := sorted(set(row) - held):
        raise UserError(f"Row {strange[0]} is not in this identity; `ridni identities show {number}` lists its rows")
    parts = [sorted(held - set(row)), sorted(row)]
    _asked(changes.ask(options.account(username), "split", number, reason, note=words, parts=parts).pk)


@app.command("merge")
def merge(
    identity: Identity,
    other: Annotated[str, typer.Argument(metavar="OTHER", help="Id of the other identity.")],
    username: As,
    reason: Annotated[str, typer.Option(help="one_child, new_evidence or other.")] = "one_child",
    note: options.Note = "",
    note_file: options.NoteFile = None,
) -> None:
    """Ask to make one identity of two; the elder id stays, the other becomes its alias.

    Example: ridni identities merge 7d9f6c1e-5b0a-4f3e-9a55-0c1d2e3f4a5b 0b7e53f2-4c11-4c69-8f51-1f6b2d0c9e77 --as olena
    """
    number, second, words = _uuid(identity), _uuid(other), options.note(note, note_file)
    startup.database()
    from registry.judgements import changes

    _asked(changes.ask(options.account(username), "merge", number, reason, note=words, other=second).pk)


@app.command("retract")
def retract(
    identity: Identity,
    username: As,
    reason: Annotated[
        str, typer.Option(help="two_children, slip, false_source, new_evidence, asked_by_family or other.")
    ],
    note: options.Note = "",
    note_file: options.NoteFile = None,
) -> None:
    """Ask to take an identity back; whoever has received it hears of it once another person allows it.

    Example: ridni identities retract 7d9f6c1e-5b0a-4f3e-9a55-0c1d2e3f4a5b --reason slip --as olena
    """
    number, words = _uuid(identity), options.note(note, note_file)
    startup.database()
    from registry.judgements import changes

    _asked(changes.ask(options.account(username), "retract", number, reason, note=words).pk)


@app.command("moved")
def moved(limit: Annotated[int, typer.Option(min=1, help="At most so many, the farthest first.")] = 50) -> None:
    """List the decided pairs that the newest run over everything sees otherwise, and why. They stay decided.

    A lead opens a pair again on its page. Ids and records of identities never move by a model.

    Example: ridni identities moved --limit 20
    """
    startup.database()
    from registry.linkage import agreed_verdicts as found

    table = Table(box=None, header_style="bold")
    for column in ("pair", "people said", "bits then", "bits now", "why, in bits"):
        table.add_column(column)
    for one in found.moves(limit):
        why = ", ".join(f"{field} {change:+.1f}" for field, change in one.why)
        now = "–" if one.now is None else f"{one.now:+.1f}"
        table.add_row(str(one.candidate_id), one.status, f"{one.before:+.1f}", now, why or "proposed no more")
    out.print(table)
    out.print(f"Decided pairs that the newest model sees otherwise: {found.count_moved()}.")


@app.command("requests")
def requests() -> None:
    """List the changes that wait for another person.

    Example: ridni identities requests
    """
    startup.database()
    from registry.judgements import changes

    table = Table(box=None, header_style="bold")
    for column in ("number", "what", "reason", "identity", "asked by"):
        table.add_column(column)
    for one in changes.waiting():
        table.add_row(str(one.pk), one.kind, one.reason, str(one.identity_id), one.asked_by.username)
    out.print(table)


@app.command("allow")
def allow(number: Number, username: As) -> None:
    """Allow a change that somebody else has asked for; it happens at once, and the case feed tells of it.

    Example: ridni identities allow 7 --as petro
    """
    _decide(number, username, allowed=True)
    out.print(f"Request {number} is allowed and done.")


@app.command("refuse")
def refuse(number: Number, username: As) -> None:
    """Refuse a change that somebody else has asked for.

    Example: ridni identities refuse 7 --as petro
    """
    _decide(number, username, allowed=False)
    out.print(f"Request {number} is refused.")


@app.command("disputes")
def disputes() -> None:
    """List the identities that case systems dispute; each is held until a third person has looked.

    Example: ridni identities disputes
    """
    startup.database()
    from registry.identities import answers

    table = Table(box=None, header_style="bold")
    for column in ("number", "identity", "consumer", "reason", "since (UTC)"):
        table.add_column(column)
    for one in answers.disputes():
        row = (str(one.pk), str(one.identity_id), one.consumer.name, one.reason, f"{one.at:%d.%m.%Y %H:%M}")
        table.add_row(*row)
    out.print(table)


@app.command("settle")
def settle(
    number: Annotated[int, typer.Argument(help="Number of the dispute.")],
    settlement: Annotated[str, typer.Argument(help="stands, or wrong: its retraction is asked for.")],
    username: As,
) -> None:
    """Say whether a disputed identity stands; whoever gave one of its verdicts cannot.

    Example: ridni identities settle 7 stands --as iryna
    """
    startup.database()
    from registry.identities import answers

    answers.settle(options.account(username), number, settlement)
    out.print(f"Dispute {number} is settled: {settlement}.")


def _decide(number: int, username: str, *, allowed: bool) -> None:
    startup.database()
    from registry.judgements import changes

    changes.decide(options.account(username), number, allowed=allowed)


def _asked(number: int) -> None:
    out.print(f"Request {number} waits for another person: ridni identities allow {number} --as NAME")


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise UserError(f"{text!r} is no id of an identity: it has 36 characters, as the case feed gives it") from None
