"""`ridni records`: what is stored of a list, and what changed from one delivery to the next."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from pipelines.cli import startup
from pipelines.cli.console import UserError, out, thousands
from pipelines.cli.masking import masked

app = typer.Typer(
    help="What is stored of a list, and what changed from one delivery to the next.", no_args_is_help=True
)

_KINDS = ("changed", "vanished", "reappeared")


@app.command("list")
def list_records(
    of: Annotated[str, typer.Argument(help="A source.")],
    page: Annotated[int, typer.Option(help="Which page.", min=1)] = 1,
    limit: Annotated[int, typer.Option(help="So many records a page.", min=1, max=200)] = 20,
) -> None:
    """List what is stored of a source, masked, with its doubts, page by page; keys are shown as they are.

    Example: ridni records list family_reports --page 2
    """
    startup.database()
    from registry.ingestion import sources
    from registry.linkage import records

    found, total = records.page(sources.named(of), offset=(page - 1) * limit, limit=limit)
    if not found:
        out.print("No record is stored." if not total else f"There is no page {page}.")
        return
    table = Table(box=None, header_style="bold")
    for column in ("key", "version", "as written", "birth", "in doubt"):
        table.add_column(column, overflow="fold")
    for each in found:
        written = "; ".join(f"{name} {masked(value)}" for name, value in each.written.items())
        birth = "known" if each.values.get("birth") else ""
        doubts = ", ".join(doubt.replace("_", " ") for doubt in each.values.get("doubts", ()))
        table.add_row(escape(each.key), str(each.version), escape(written), birth, doubts)
    out.print(table)
    pages = -(-total // limit)
    out.print(f"{thousands(total)} records, page {page} of {thousands(pages)}.")


@app.command("changes")
def changes(
    of: Annotated[str, typer.Argument(help="A source, or one record (id or SOURCE/KEY); unset: all.")] = "",
    kind: Annotated[str, typer.Option(help="Only these: changed, vanished or reappeared.")] = "",
    limit: Annotated[int, typer.Option(help="Show at most so many.", min=1)] = 50,
) -> None:
    """List what later deliveries showed of known rows: which fields changed, which rows vanished or came back.

    No value is shown, and of a row whose key may say who or where the record's number; `ridni evidence show` with
    SOURCE/KEY@VERSION or a number leads to each version in its own evidence.

    Example: ridni records changes adoption_cards --kind vanished
    """
    if kind and kind not in _KINDS:
        raise UserError(f"there is no kind {kind!r}; choose one of {', '.join(_KINDS)}")
    startup.database()
    from registry.ingestion import snapshots, sources
    from registry.linkage import records
    from registry.provenance import disclosure

    if "/" in of or of.isdecimal():
        found = snapshots.of_record(records.find(of))
        found = [change for change in found if not kind or change.kind == kind]
        shown, total = found[-limit:], len(found)
    else:
        shown, total = snapshots.page(sources.named(of) if of else None, kind=kind or None, limit=limit)
    if not shown:
        out.print("No change is known.")
        return
    table = Table(box=None, header_style="bold")
    for column in ("day", "record", "change", "versions", "fields", "shown by"):
        table.add_column(column, overflow="fold")
    names = disclosure.names((change.from_record for change in shown), disclosure.UNOPENED)
    for change in shown:
        versions = f"{change.from_version} → {change.to_version or 'gone'}"
        where = f"batch {change.batch_id}, evidence {change.evidence_sha256[:12]}"
        day, named = f"{change.observed_on:%Y-%m-%d}", escape(names[change.from_record])
        table.add_row(day, named, change.kind, versions, ", ".join(change.fields), where)
    out.print(table)
    if total > len(shown):
        out.print(f"… and {thousands(total - len(shown))} more; --limit shows more.")
