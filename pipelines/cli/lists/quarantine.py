"""`ridni quarantine`: the rows that could not become records, and the ways to mend them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from pipelines.cli import options, startup
from pipelines.cli.console import out, thousands, waiting
from pipelines.cli.masking import masked

app = typer.Typer(
    help="Rows that could not be read: where they stand, why, and how to mend them.", no_args_is_help=True
)

Row = Annotated[int, typer.Argument(help="The row's number in `ridni quarantine list`.")]


@app.command("list")
def list_rows(
    source: Annotated[str, typer.Argument(help="Only this source.")] = "",
    limit: Annotated[int, typer.Option(help="Show at most so many rows.", min=1)] = 50,
    reason: Annotated[str, typer.Option(help="Only rows with this reason, such as no_name or duplicate_key.")] = "",
    batch: Annotated[int, typer.Option(help="Only rows of this batch.")] = 0,
    resolved: Annotated[bool, typer.Option("--resolved", help="Rows that have left quarantine.")] = False,
    count: Annotated[bool, typer.Option("--count", help="Count the rows by source, batch and reason.")] = False,
) -> None:
    """List quarantined rows by source, file, place and reason; their content stays hidden.

    Example: ridni quarantine list family_reports --reason no_name
    """
    startup.database()
    from registry.ingestion import quarantine, sources
    from registry.provenance import disclosure

    if source:
        sources.named(source)
    table = Table(box=None, header_style="bold")
    if count:
        counted = quarantine.reasons(source or None)
        for column in ("source", "batch", "reason", "rows"):
            table.add_column(column, justify="right" if column == "rows" else "left")
        for slug, number, code, rows in counted:
            table.add_row(slug, str(number), code, thousands(rows))
        out.print(table if counted else "No row is in quarantine.")
        return
    columns = ["row", "source", "batch", "file", "evidence", "where", "code", "reason"]
    for column in [*columns, "became"] if resolved else columns:
        table.add_column(column, overflow="fold")
    shown, total = quarantine.page(
        source or None, limit, reason_code=reason or None, batch_id=batch or None, resolved=resolved
    )
    classes = disclosure.of_quarantined(row.id for row in shown)
    for row in (disclosure.quarantined(row, classes[row.id], disclosure.UNOPENED) for row in shown):
        where = row.locator.words()
        texts = (escape(text) for text in (row.file, row.evidence_sha256[:12], where, row.reason_code, row.reason))
        became = [row.outcome.replace("_", " ")] if resolved else []
        table.add_row(str(row.id), row.source, str(row.batch_id), *texts, *became)
    if total == 0:
        out.print("No row has left quarantine." if resolved else "No row is in quarantine.")
        return
    out.print(table)
    if total > len(shown):
        out.print(f"… and {thousands(total - len(shown))} more; --limit shows more.")


@app.command("show")
def show(
    row: Row,
    opening: options.Open = False,
    purpose_file: options.PurposeFile = None,
    by: options.By = "",
    purpose: options.Purpose = "",
) -> None:
    """Show one row: its fields as delivered, and what was done with it; values are masked unless opened.

    Example: ridni quarantine show 17 --open
    """
    purpose = options.purpose(purpose, purpose_file, opening=opening)
    startup.database()
    from registry.access import field_access
    from registry.evidence import custody
    from registry.ingestion import quarantine
    from registry.provenance import disclosure

    view = quarantine.get(row)
    if opening:
        custody.opened(view.row.evidence_sha256, options.actor(by), purpose, quarantined_row=row)
    seen = field_access.EVERYTHING if opening else disclosure.UNOPENED
    classes = disclosure.of_quarantined([row])[row]
    at = disclosure.quarantined(view.row, classes, seen)
    out.print(escape(f"{at.source}, batch {at.batch_id}, {at.file}: {at.locator.words()}"), soft_wrap=True)
    out.print(escape(f"{view.row.reason_code}: {view.row.reason}"), soft_wrap=True)
    table = Table(box=None, header_style="bold")
    for column in ("field", "stands at", "as delivered"):
        table.add_column(column, overflow="fold")
    cells = view.row.locator.cells or {}
    for name, value in view.written.items():
        text = value if isinstance(value, str) else "; ".join(map(str, value))
        table.add_row(name, str(cells.get(name, "")), escape(text if opening else masked(text)))
    out.print(table)
    key = view.key if disclosure.may_tell(classes.key, seen) else field_access.WITHHELD
    out.print(f"key: {escape(key if view.key else 'none that could be read')}")
    if view.at:
        made = f"record {view.record_id}" if view.record_id else "no data"
        out.print(escape(f"left quarantine on {view.at:%Y-%m-%d} as {made}, by {view.by}: {view.why}"), soft_wrap=True)


@app.command("fix")
def fix(
    row: Row,
    username: options.As,
    changes: options.Arguments = None,
    file: options.Values = None,
    reason_file: options.ReasonFile = None,
    reason: options.Reason = "",
    key: Annotated[str, typer.Option(help="The row's own key, where it has none or that of another row.")] = "",
    observed_on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day for which the row speaks; unset: that of the delivery."),
    ] = None,
) -> None:
    """Put in the right values by hand: the row becomes a record, with who corrected which fields and why.

    The reason and the values are typed when asked, or stand in files, one FIELD=VALUE a line; standard input may hold
    both, the reason in its first line. An empty value takes the field out.
    The row stays on file as it was delivered. Whoever corrects it never judges the record.

    Example: ridni quarantine fix 17 --values changes.txt --as olena
    """
    reason = options.reason(reason, reason_file, "Why are these the right values?")
    values = options.values(changes, file)
    startup.database()
    from pipelines.ingestion import correction

    outcome, record = correction.fix(
        row,
        values,
        actor=options.entering(username),
        reason=reason,
        key=key,
        observed_on=observed_on.date() if observed_on else None,
    )
    out.print(f"Row {row} is record {record} now ({outcome}).")


@app.command("release")
def release(row: Row, reason_file: options.ReasonFile = None, by: options.By = "", reason: options.Reason = "") -> None:
    """Declare a row to be no data (a footer, a test entry): it leaves quarantine without a record, and stays on file.

    Example: ridni quarantine release 18
    """
    reason = options.reason(reason, reason_file, "Why is this row no data?")
    startup.database()
    from registry.ingestion import quarantine

    quarantine.release(row, options.actor(by), reason)
    out.print(f"Row {row} is counted as no data now.")


@app.command("rerun")
def rerun(
    config: Annotated[str, typer.Argument(help="The changed description: a YAML file, or a name.")],
    reason_file: options.ReasonFile = None,
    by: options.By = "",
    reason: options.Reason = "",
) -> None:
    """Read the quarantined rows of a source again by a changed description; nothing else is taken, nothing twice.

    Example: ridni quarantine rerun configs/sources/family_reports.yaml --reason-file why.txt
    """
    from configs.settings import settings
    from sources.description.load import find_path, load_config

    reason = options.reason(reason, reason_file, "What was changed in the description?")
    path = find_path(config, settings().sources_dir)
    description = load_config(path)
    startup.database()
    from pipelines.ingestion import correction
    from registry.ingestion import sources

    sources.named(description.slug)  # a copy of a description under another name is another source
    with waiting("Reading the quarantined rows again"):
        taken = correction.read_again(description, path, actor=options.actor(by), reason=reason)
    out.print(
        f"{thousands(taken.new)} new, {thousands(taken.changed)} changed, {thousands(taken.unchanged)} unchanged, "
        f"{thousands(taken.non_data)} declared no data; {thousands(taken.waiting)} rows still wait."
    )
