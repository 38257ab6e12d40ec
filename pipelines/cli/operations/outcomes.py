"""`ridni outcomes`: figures without identities, in the terminal, as CSV and as a picture."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from pipelines.cli import startup
from pipelines.cli.console import UserError, out, thousands, waiting


def outcomes(
    csv: Annotated[Path | None, typer.Option("--csv", help="Write all figures here, with HXL tags.")] = None,
    picture: Annotated[Path | None, typer.Option("--picture", help="Write a picture (SVG) by month here.")] = None,
    until: Annotated[
        str, typer.Option("--until", help="Count what happened before this month, YYYY-MM. Unset: this month.")
    ] = "",
    language: Annotated[str, typer.Option("--language", help="Of the definitions: en or uk.")] = "en",
) -> None:
    """Show records, proposals, verified identities, returns and reunions as figures from which nobody can be known.

    A small figure is not shown, nor what would tell it. The running month is left out.

    Example: ridni outcomes --csv figures.csv --picture figures.svg
    """
    if language not in ("en", "uk"):
        raise UserError("--language is en or uk")
    end = _month(until)
    startup.database()
    from registry.outcomes import counting, cube, forms

    with waiting("Counting"):
        made = cube.cube(end)
    table = Table(box=None, header_style="bold")
    for column in (f"before {made.until:%d.%m.%Y}", "figure", "what it is"):
        table.add_column(column)
    totals = {one.measure: one.value for one in made.of("all")}
    for one in counting.measures():
        value = totals[one.name]
        shown = "…" if value is None else thousands(value)
        table.add_row(one.called[language], shown, one.definition[language])
    out.print(table)
    out.print(f"“…”: from 1 to {made.threshold - 1}, or a figure that would tell such a one.")
    for path, text in ((csv, forms.as_csv), (picture, forms.as_picture)):
        if path is not None:
            _write(path, text(made, language))


def _month(text: str) -> date | None:
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m").date()  # a month has no zone
    except ValueError:
        raise UserError("--until names a month, such as 2026-11") from None


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as fault:
        raise UserError(f"{path}: cannot be written ({fault.strerror})") from None
    out.print(f"Written: {path}", soft_wrap=True)
