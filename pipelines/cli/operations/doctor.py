"""`ridni doctor`: is this deployment fit for records of real children?"""

from __future__ import annotations

import typer
from rich.markup import escape

from pipelines.cli import startup
from pipelines.cli.console import err, out


def doctor() -> None:
    """Tell what this deployment lacks for records of real children, one line each with how to mend it.

    The exit code is 1 when something is missing. Versions are held against a list that each release renews.

    Example: ridni doctor
    """
    startup.database()
    from pipelines.flow_server import fitness
    from registry.fitness import checks, versions

    door = [checks.Answer("flow server", *_parted(weakness)) for weakness in fitness.weaknesses()]
    found = [*checks.answers(), *(door or [checks.Answer("flow server", "", "")])]
    width = max(len(answer.title) for answer in found)
    for answer in found:
        words = "fit" if answer.fit else f"{answer.fault}. Mend: {answer.mend}"
        out.print(escape(f"{'ok ' if answer.fit else 'NO '} {answer.title:<{width}}  {words}"), soft_wrap=True)
    missing = sum(not answer.fit for answer in found)
    out.print(f"Known flaws are those up to {versions.newest_entry()}.")
    if missing:
        kept = "It holds records that no demo has written." if checks.holds_real_data() else "It holds no real records."
        err.print(f"Not fit for records of real children: {missing} of {len(found)} checks. {kept}", soft_wrap=True)
        raise typer.Exit(1)
    out.print("Fit for records of real children, as far as a program can tell.")


def _parted(weakness: str) -> tuple[str, str]:
    """Part a weakness of the flow server into what is wrong and how to mend it."""
    fault, _, mend = weakness.partition(": ")
    return fault, mend or "see docs/team.md"
