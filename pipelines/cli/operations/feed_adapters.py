"""`ridni feed file | files | confirm | primero`: identities in other formats and in other systems, for a consumer."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from pipelines.cli import options, startup
from pipelines.cli.console import UserError, out, thousands, waiting
from pipelines.cli.operations.feed import Name

As = options.As


def make(
    name: Name,
    way: Annotated[str, typer.Argument(help="csv, jsonl, pfif or followthemoney.")],
    folder: Annotated[Path, typer.Argument(help="A folder that is not there yet; made for your account alone.")],
    username: As,
    domain: Annotated[str, typer.Option(help="Of PFIF: the domain under which the ids stand, which is yours.")] = "",
    author: Annotated[str, typer.Option(help="Of PFIF: who speaks; never the name of a child.")] = "Ridni",
) -> None:
    """Make files of all that a consumer may hold now, with a manifest; what was taken back stands in them too.

    Example: ridni feed file partner csv partner-2026-11 --as olena
    """
    startup.database()
    from casefeed.adapters import files, pfif

    if way == pfif.WAY and not domain:
        raise UserError("pfif: --domain names the home of the ids, such as --domain tracing.example.org")
    person = options.account(username)
    with waiting("Writing the files"):
        made = files.make(person, name, way, folder, files.Home(domain, author))
    count = f"{thousands(made.identities)} identities, {thousands(made.tombstones)} taken back"
    out.print(f"File {made.number}: {count}, in {made.folder}; SHA-256 of the manifest {made.sha256}", soft_wrap=True)
    for what, n in made.left_out.items():
        out.print(f"left out: {what}, {thousands(n)} times", soft_wrap=True)
    out.print(f"When {name} has taken it over: ridni feed confirm {made.number} --as NAME", soft_wrap=True)


def show() -> None:
    """List the newest files that were made, and which the consumer said to have taken over.

    Example: ridni feed files
    """
    startup.database()
    from registry.identities import feed_files

    table = Table(box=None, header_style="bold")
    for column in ("number", "consumer", "format", "up to", "identities", "taken back", "made", "taken over"):
        table.add_column(column)
    for one in feed_files.newest():
        taken = f"{one.confirmed_at:%d.%m.%Y}" if one.confirmed_at else ""
        counts = (str(one.sequence), thousands(one.identities), thousands(one.tombstones))
        table.add_row(str(one.pk), one.consumer.name, one.way, *counts, f"{one.made_at:%d.%m.%Y %H:%M} UTC", taken)
    out.print(table)


def confirm(number: Annotated[int, typer.Argument(help="Number of the file.")], username: As) -> None:
    """Enter that a consumer said it has taken a file over: only then the ledger counts what it was given as confirmed.

    Example: ridni feed confirm 12 --as olena
    """
    startup.database()
    from registry.identities import feed_files

    feed_files.confirm(options.account(username), number)
    out.print(f"File {number} is confirmed.")


def primero(
    name: Name,
    description: Annotated[Path, typer.Argument(help="How this instance is written to (YAML; docs/case-systems.md).")],
    username: As,
    check: Annotated[bool, typer.Option("--check", help="Only look whether the instance takes what we have.")] = False,
) -> None:
    """Bring a Primero up to date with what its consumer may hold; run it as often as you like.

    The password of the account there is asked, or comes from RIDNI_PRIMERO_PASSWORD; an identity provider's token from
    RIDNI_PRIMERO_TOKEN.

    Example: ridni feed primero case-system primero.yaml --as olena
    """
    startup.database()
    from casefeed.adapters.primero import delivery, forms, terms
    from casefeed.adapters.primero.client import Primero

    instance = terms.read(description)
    person = options.account(username)
    token = os.environ.get("RIDNI_PRIMERO_TOKEN", "")
    password = "" if token else os.environ.get("RIDNI_PRIMERO_PASSWORD") or _password(instance.user)
    with Primero(delivery.address_of(name), user=instance.user, password=password, token=token) as client:
        if check:
            forms.connect(client, instance)
            out.print("The instance takes every field and code that would be written.")
            return
        with waiting("Reading, writing and reading back"):
            report = delivery.deliver(person, name, instance, client)
    words = ", ".join(f"{thousands(count)} {state}" for state, count in sorted(report.counts.items()))
    out.print(words or "Nothing stands yet.")
    for problem in report.problems:
        out.print(problem, soft_wrap=True, highlight=False)
    if report.problems:
        raise UserError(f"{len(report.problems)} are left for a person; the next run tries them again")


def _password(user: str) -> str:
    if not user:
        raise UserError("the description names no user, and RIDNI_PRIMERO_TOKEN holds no token")
    return startup.hidden(f"Password of {user} in Primero: ")
