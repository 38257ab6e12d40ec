"""`ridni erase`: a row, an identity or a source leaves for good; one person asks, another allows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from typer.core import TyperGroup

from configs.atomic_files import write_whole
from pipelines.cli import options, startup
from pipelines.cli.console import err, out, thousands


class AskFirst(TyperGroup):
    """`ridni erase THING …` is short for `ridni erase ask THING …`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the command in where a thing is named instead."""
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            args = ["ask", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=AskFirst,
    help="Erase a row, an identity or all of a source: one person asks and sees the plan, another allows it. "
    "What stays is a tombstone without a name.",
    no_args_is_help=True,
)

Thing = Annotated[str, typer.Argument(help="A record (id or SOURCE/KEY), the id of an identity, or a source.")]
Number = Annotated[int, typer.Argument(help="Number of the erasure.")]

WORDS = {
    "rows": "rows of lists",
    "versions": "records stored of them",
    "held": "rows that a hold keeps",
    "destroyed": "pieces of evidence that hold nobody else: destroyed",
    "redacted": "lists that others stand in: a copy without the rows takes their place",
    "lost": "pieces of evidence of which no copy can be made: destroyed",
    "others_lose": "rows of others that lose their bytes by that (ask for a list without the child first)",
    "quarantined": "rows in quarantine",
    "documents": "testimonies and reports",
    "pairs": "candidate pairs with their levels",
    "verdicts": "verdicts on them, which stay without what they were about",
    "notes": "notes",
    "groups": "places in groups of siblings and transfers",
    "identities": "identities that lose a row or end",
    "receivers": "case systems that have received them and are told",
}


@app.command("plan")
def plan(thing: Thing, username: options.As) -> None:
    """Show what an erasure would take, counted by kind; nothing is named and nothing happens.

    Example: ridni erase plan 1815 --as olena
    """
    startup.database()
    from keeping.erasure import requests, targets

    _show(requests.plan_for(options.account(username), targets.named(thing)).to_json())


@app.command("ask")
def ask(
    thing: Thing,
    username: options.As,
    ground: Annotated[
        str,
        typer.Option(help="asked_by_person, asked_by_family, consent_withdrawn, unlawful, court_order or not_needed."),
    ],
) -> None:
    """Ask for an erasure, and see its plan; another person has to allow it.

    Example: ridni erase 1815 --ground asked_by_family --as olena
    """
    startup.database()
    from keeping.erasure import requests, targets

    made = requests.ask(options.account(username), targets.named(thing), ground)
    _show(made.plan)
    out.print(f"Erasure {made.pk} waits for another person: ridni erase allow {made.pk} --as NAME")


@app.command("list")
def list_erasures(username: options.As) -> None:
    """List the newest erasures, with how they stand.

    Example: ridni erase list --as olena
    """
    startup.database()
    from keeping.erasure import requests

    table = Table(box=None, header_style="bold")
    for column in ("number", "of", "ground", "asked by", "decided by", "state", "rows"):
        table.add_column(column)
    for one in requests.listing(options.account(username)):
        asked = one.asked_by.username if one.asked_by else "its term"
        decided = one.decided_by.username if one.decided_by else ""
        rows = thousands(int(one.done.get("rows", one.plan.get("rows", 0))))
        table.add_row(str(one.pk), requests.say(one), one.ground, asked, decided, requests.state(one), rows)
    out.print(table)


@app.command("allow")
def allow(
    number: Number,
    username: options.As,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask again after the plan.")] = False,
) -> None:
    """Allow an erasure that somebody else has asked for, after its plan; it is carried out at once.

    Example: ridni erase allow 3 --as petro
    """
    startup.database()
    from keeping.erasure import plan as plans
    from keeping.erasure import requests
    from pipelines.keeping import erasures
    from registry.models import Erasure

    person = options.account(username)
    waiting = Erasure.objects.filter(pk=number).first()
    if waiting is not None:
        out.print(f"{requests.say(waiting)}, ground {waiting.ground}", highlight=False)
        _show(plans.of(waiting).to_json())
    if not yes:
        typer.confirm("Nothing of this comes back. Erase it?", abort=True, err=True)
    requests.decide(person, number, allowed=True)
    erasures.carry_out([number], _told)
    out.print(f"Erasure {number} is done: ridni erase certificate {number}")


@app.command("refuse")
def refuse(number: Number, username: options.As) -> None:
    """Refuse an erasure that somebody else has asked for.

    Example: ridni erase refuse 3 --as petro
    """
    startup.database()
    from keeping.erasure import requests

    requests.decide(options.account(username), number, allowed=False)
    out.print(f"Erasure {number} is refused.")


@app.command("run")
def run() -> None:
    """Go on with allowed erasures that were killed on the way.

    Example: ridni erase run
    """
    startup.database()
    from pipelines.keeping import erasures

    done = erasures.carry_out_all(_told)
    out.print(f"{done} erasures were under way and are done." if done else "No erasure is under way.")


@app.command("certificate")
def certificate(
    number: Number,
    file: Annotated[Path | None, typer.Option("--file", help="Write it here instead of showing it.")] = None,
) -> None:
    """Give the certificate of a finished erasure: who wanted it, what went, when keys of it leave the copies.

    Example: ridni erase certificate 3 --file erasure-3.json
    """
    startup.database()
    from keeping.erasure import certificates

    text = json.dumps(certificates.of(number), ensure_ascii=False, indent=1)
    if file is None:
        out.print(text, markup=False, highlight=False, soft_wrap=True)
        return
    write_whole(file, text.encode() + b"\n")
    out.print(f"The certificate of erasure {number} is in {file}")


def _show(counts: dict[str, int]) -> None:
    for name, words in WORDS.items():
        if counts.get(name):
            out.print(f"{thousands(counts[name]):>9}  {words}", highlight=False, soft_wrap=True)


def _told(step: str) -> None:
    err.print(f"Erasing from {step} …")
