"""`ridni records`: what changed in the lists from one delivery to the next."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from pipelines.cli import startup
from pipelines.cli.console import UserError, out, thousands

app = typer.Typer(help="What changed in the lists from one delivery to the next.", no_args_is_help=True)

_KINDS = ("changed", "vanished", "reappeared")


@app.command("changes")
def changes(
    of: Annotated[str, typer.Argument(help="A source, or one record (id or SOURCE/KEY); unset: all.")] = "",
    kind: Annotated[str, typer.Option(help="Only these: changed, vanished or reappeared.")] = "",
    limit: Annotated[int, typer.Option(help="Show at most so many.", min=1)] = 50,
) -> None:
    """List what later deliveries showed of known rows: which fields changed, which rows vanished or came back.

    No value is shown; `ridni evidence show SOURCE/KEY@VERSION` leads to each version in its own evidence.

    Example: ridni records changes adoption_cards --kind vanished
    """
    if kind and kind not in _KINDS:
        raise UserError(f"there is no kind {kind!r}; choose one of {', '.join(_KINDS)}")
    startup.database()
    from registry.ingestion import snapshots, sources
    from registry.linkage import records

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
    for change in shown:
        versions = f"{change.from_version} → {change.to_version or 'gone'}"
        where = f"batch {change.batch_id}, evidence {change.evidence_sha256[:12]}"
        named = f"{change.source}/{escape(change.key)}"
        table.add_row(f"{change.observed_on:%Y-%m-%d}", named, change.kind, versions, ", ".join(change.fields), where)
    out.print(table)
    if total > len(shown):
        out.print(f"… and {thousands(total - len(shown))} more; --limit shows more.")
