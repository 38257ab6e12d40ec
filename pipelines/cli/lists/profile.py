"""`ridni profile`: how full a delivery is, what in it means nothing, and how it differs from the last one."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from pipelines.cli import startup
from pipelines.cli.console import out, thousands, waiting


def profile(
    which: Annotated[str, typer.Argument(help="A source (its newest delivery), or the number of a batch.")],
    limit: Annotated[int, typer.Option(help="Show at most so many fields.", min=1)] = 40,
) -> None:
    """Profile one delivery, as a table here and as a page with charts in the home folder; counts only, no values.

    Example: ridni profile family_reports
    """
    startup.database()
    from configs.atomic_files import write_whole
    from configs.settings import settings
    from pipelines import delivery_report as profiles
    from pipelines.delivery_report import delivery_profile as figures
    from pipelines.delivery_report.page import page

    batch = figures.batch(int(which)) if which.isdecimal() else figures.deliveries(which)[-1]
    with waiting("Measuring the delivery"):
        measured = profiles.of_batch(batch)
        path = settings().folder("profiles") / f"{batch.source.slug}-{batch.pk}.html"
        write_whole(path, page(measured).encode())
    now = measured.now
    out.print(f"[bold]{now.source}[/bold], {now.day:%Y-%m-%d}, batch {now.batch_id}: {thousands(now.rows_read)} rows")
    out.print(
        f"{thousands(now.new)} new, {thousands(now.changed)} changed, {thousands(now.unchanged)} unchanged, "
        f"{thousands(now.quarantined)} in quarantine, {thousands(now.non_data)} no data, "
        f"{thousands(now.vanished)} vanished"
    )
    table = Table(box=None, header_style="bold")
    for column in ("field", "filled", "share", "last delivery", "placeholders"):
        table.add_column(column, justify="left" if column == "field" else "right")
    for name in measured.fields[:limit]:
        before = f"{measured.before.share(name):.0%}" if measured.before else ""
        empty = measured.placeholders.of_field(name)
        filled = thousands(now.filled.get(name, 0))
        table.add_row(name, filled, f"{now.share(name):.0%}", before, thousands(empty) if empty else "")
    out.print(table)
    total = max(sum(now.languages.values()), 1)
    languages = sorted(now.languages.items(), key=lambda item: -item[1])
    out.print("letters: " + ", ".join(f"{language} {count / total:.0%}" for language, count in languages))
    for kind, count in _kinds(measured.placeholders.counts):
        out.print(f"placeholder: {thousands(count)} × {kind}")
    if measured.placeholders.note:
        out.print(f"placeholders were not counted: {measured.placeholders.note}")
    out.print(
        f"repeated: {thousands(now.same_values)} rows all values of another, "
        f"{thousands(now.same_person)} name and birthday of another"
    )
    for drift in measured.drift:
        if drift.notable:
            out.print(f"drift: {drift.what}: {drift.before:.0%} → {drift.now:.0%}")
    out.print(f"Page: {path}", soft_wrap=True)


def _kinds(counts: dict[tuple[str, str], int]) -> list[tuple[str, int]]:
    by_kind: dict[str, int] = {}
    for (_, kind), count in counts.items():
        by_kind[kind] = by_kind.get(kind, 0) + count
    return sorted(by_kind.items(), key=lambda item: (-item[1], item[0]))
