"""`ridni lookup`: is there anything about one child? For people who answer callers."""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines.cli import options, startup
from pipelines.cli.console import out


def lookup(
    username: options.As,
    purpose: Annotated[str, typer.Option("--purpose", help="relative, authority, partner or return.")],
    case: Annotated[str, typer.Option("--case", help="Number of the case or call: a digit in it, no name.")],
) -> None:
    """Ask whether there is anything about one child: at most three answers, each question in the log.

    The name and what else is known are asked for, never arguments: arguments stand in the list of processes.

    Example: ridni lookup --as natalia --purpose relative --case 118/26
    """
    startup.database()
    from review.lookup import asking
    from review.lookup.search import Question

    user = options.account(username)
    name = typer.prompt("Surname and given name", err=True)
    born = typer.prompt("Year of birth (empty: unknown)", default="", show_default=False, err=True).strip()
    town = typer.prompt("Town (empty: unknown)", default="", show_default=False, err=True)
    institution = typer.prompt("Institution (empty: unknown)", default="", show_default=False, err=True)
    year = int(born) if born.isascii() and born.isdecimal() and len(born) == len("2014") else None
    found = asking.ask(user, Question(name, year, town.strip(), institution.strip()), purpose, case)
    if not found:
        out.print("Nothing on file fits. That says nothing about the child.")
    for one in found:
        said = "surname one letter apart" if one.slip else "name agrees, perhaps in another spelling"
        when = f", {one.observed:%m.%Y}" if one.observed else ""
        out.print(f"{one.number}: {one.source_class}{when}: {said}; {one.stands}", highlight=False)
    out.print(f"{asking.left(user)} questions are left in these 24 hours.", highlight=False)
