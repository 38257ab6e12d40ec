"""`ridni evidence`: the original bytes, who handled them, and the place a value came from."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from pipelines.cli import options, startup
from pipelines.cli.console import UserError, err, out, progress, thousands
from pipelines.cli.lists import testimony
from pipelines.cli.masking import masked
from sources.locator import Locator

if TYPE_CHECKING:
    from registry.access.field_access import FieldClass
    from registry.models import Record
    from registry.provenance.row_in_evidence import Context
    from sources.extraction.row_around import Piece

app = typer.Typer(help="The original bytes: who handled them, and where a value stands in them.", no_args_is_help=True)

Named = Annotated[str, typer.Argument(help="A record: its id, SOURCE/KEY, or SOURCE/KEY@VERSION.")]
NamedOrHash = Annotated[str, typer.Argument(help="A record (id or SOURCE/KEY), or the start of a SHA-256.")]
_HASH = re.compile(r"[0-9a-f]{8,64}")


@app.command("list")
def list_evidence(
    source: Annotated[str, typer.Argument(help="Only this source.")] = "",
    limit: Annotated[int, typer.Option(help="Show at most so many.", min=1)] = 50,
) -> None:
    """List evidence, the newest first: where it came from, on which terms, and how often it was opened.

    Example: ridni evidence list family_reports
    """
    startup.database()
    from django.utils import timezone

    from registry.evidence import inventory
    from registry.ingestion import sources

    shown, total = inventory.page(sources.named(source) if source else None, limit)
    if not shown:
        out.print("There is no evidence.")
        return
    table = Table(box=None, header_style="bold")
    for column in ("evidence", "bytes", "source", "rows", "collected", "by", "from", "terms", "opened"):
        table.add_column(column, overflow="fold", justify="right" if column in ("bytes", "rows", "opened") else "left")
    for held in shown:
        terms = f"{held.legal_basis}; {held.handling_code}"
        day = f"{timezone.localtime(held.collected_at):%Y-%m-%d}" if held.collected_at else "?"
        figures = (thousands(held.size), held.source, thousands(held.rows), day)
        told = (escape(text) for text in (held.collected_by, held.collected_from, terms))
        table.add_row(held.sha256[:12], *figures, *told, str(held.opened))
    out.print(table)
    if total > len(shown):
        out.print(f"… and {thousands(total - len(shown))} more; --limit shows more.")


@app.command("show")
def show(
    record: Named,
    field: Annotated[str, typer.Option(help="Only this field.")] = "",
    opening: options.Open = False,
    purpose_file: options.PurposeFile = None,
    purpose: options.Purpose = "",
    by: options.By = "",
) -> None:
    """Print the cell, page, row or message that a record's values came from, read out of the evidence again.

    Values are masked unless --open is given: then a purpose is asked, and written to the custody log first.

    Example: ridni evidence show family_reports/R-0017 --open
    """
    purpose = options.purpose(purpose, purpose_file, opening=opening)
    startup.database()
    from registry.access import field_access
    from registry.evidence import custody
    from registry.linkage import records
    from registry.provenance import disclosure, row_in_evidence

    found = records.find(record)
    if opening:
        custody.opened(found.evidence.sha256, options.actor(by), purpose, found)
    seen = field_access.EVERYTHING if opening else disclosure.UNOPENED
    _head(found, seen)
    if Locator.from_json(found.locator).testimony is not None:
        testimony.passage(found, opening=opening)
        return
    _context(found, row_in_evidence.of_record(found), field, opening=opening)


@app.command("log")
def log(evidence: NamedOrHash) -> None:
    """Print the custody log of one piece of evidence: acquired, read, opened, given out.

    Example: ridni evidence log family_reports/R-0017
    """
    startup.database()
    from django.utils import timezone

    from registry.access import field_access
    from registry.evidence import custody
    from registry.provenance import disclosure

    table = Table(box=None, header_style="bold")
    for column in ("audit row", "when", "act", "who", "facts"):
        table.add_column(column, overflow="fold")
    for entry in custody.of_evidence(_sha256(evidence)):
        told = dict(entry.facts)
        if told.get("file_name") and not disclosure.may_tell(
            disclosure.file_of_source(entry.source), disclosure.UNOPENED
        ):
            told["file_name"] = field_access.WITHHELD
        facts = ", ".join(f"{name}: {value}" for name, value in told.items() if value not in ("", None))
        when = f"{timezone.localtime(entry.at):%Y-%m-%d %H:%M:%S %z}"
        table.add_row(str(entry.audit_seq), when, entry.act, escape(entry.actor), escape(facts))
    out.print(table)


@app.command("verify")
def verify() -> None:
    """Read all evidence and hold it against its SHA-256; name what was changed, is missing, or is open to others.

    Example: ridni evidence verify
    """
    startup.database()
    from registry.evidence import inventory, store

    with progress("Reading the evidence") as tell:
        damaged = store.verify(lambda done, total: tell("", done, total))
    for one in damaged:
        where = inventory.of_evidence(one.sha256)
        err.print(f"evidence {one.sha256}: {one.why} ({escape(where)})", soft_wrap=True)
    for path in store.strangers():
        err.print(f"{path}: no registered evidence; deliver the file again, or remove it", soft_wrap=True)
    if damaged:
        pieces = "1 piece of evidence is" if len(damaged) == 1 else f"{thousands(len(damaged))} pieces of evidence are"
        raise UserError(f"{pieces} damaged; restore from a backup")
    out.print("All evidence has the bytes that its hash says; only its owner can read it, and nobody can write to it.")


@app.command("export")
def export(
    evidence: NamedOrHash,
    target: Annotated[Path, typer.Argument(help="The ZIP to write.")],
    purpose_file: options.PurposeFile = None,
    purpose: options.Purpose = "",
    by: options.By = "",
) -> None:
    """Write what a court gets: the original bytes, what was read from them, and their custody log, with hashes.

    Example: ridni evidence export family_reports/R-0017 packet.zip --purpose-file purpose.txt
    """
    purpose = options.purpose(purpose, purpose_file)
    startup.database()
    from registry.linkage import records
    from registry.provenance import evidence_packet

    sha256 = _sha256(evidence)
    record = None if _HASH.fullmatch(evidence) and not evidence.isdecimal() else records.find(evidence)
    count = evidence_packet.write(target, sha256, record, options.actor(by), purpose)
    out.print(f"{target}: {count} files, readable by you alone; the export is in the custody log.")


def _sha256(named: str) -> str:
    from registry.evidence import inventory
    from registry.linkage import records

    if _HASH.fullmatch(named) and not named.isdecimal():
        return inventory.find(named)
    return records.find(named).evidence.sha256


def _head(record: Record, seen: frozenset[FieldClass]) -> None:
    from django.utils import timezone

    from registry.ingestion import quarantine
    from registry.provenance import disclosure

    batch, evidence = record.batch, record.evidence
    state = "current" if record.is_current else "superseded"
    if record.vanished_id:
        state += ", vanished from the newest list"
    out.print(
        f"[bold]{escape(disclosure.named(record, seen))}[/bold], version {record.version}, {state}, id {record.pk}"
    )
    out.print(f"evidence {evidence.sha256} ({thousands(evidence.size)} bytes)", soft_wrap=True)
    terms = f"{batch.legal_basis or 'not stated'}; handling: {batch.handling_code or 'not stated'}"
    out.print(
        escape(
            f"collected by {batch.collected_by} on {timezone.localtime(batch.collected_at):%Y-%m-%d} "
            f"from {batch.collected_from}, {batch.collected_how}; legal basis: {terms}"
        ),
        soft_wrap=True,
    )
    out.print(f"stands at: {escape(disclosure.place(record, seen).words())}")
    for made in quarantine.corrections_of(record):
        fields = f" ({', '.join(made.fields)})" if made.fields else ""
        how = "corrected by hand" if made.kind == "by_hand" else "read by a changed description"
        out.print(
            escape(f"{how}{fields} by {made.actor} on {timezone.localtime(made.at):%Y-%m-%d}: {made.reason}"),
            soft_wrap=True,
        )


def _context(record: Record, context: Context, field: str, *, opening: bool) -> None:
    from registry.access import field_access
    from registry.provenance import disclosure

    places = Locator.from_json(record.locator).cells or {}
    stored = record.payload["written"]
    corrected = set(record.payload.get("corrected", ()))
    table = Table(box=None, header_style="bold")
    for column in ("field", "stands at", "in the evidence", "as recorded", ""):
        table.add_column(column, overflow="fold")
    for name in stored:
        if field and name != field:
            continue
        now, kept = context.written.get(name, ""), stored[name]
        verdict = "corrected by hand" if name in corrected else "differs" if name in context.differing else "the same"
        verdict = "read in the text" if not now and name not in corrected else verdict
        table.add_row(name, str(places.get(name, "")), _shown(now, opening), _shown(kept, opening), verdict)
    out.print(table)
    if field and field not in stored:
        raise UserError(f"the record has no field {field!r}; it has {', '.join(stored)}")
    out.print("\nIn its context:")
    classes = disclosure.of_record(record)
    seen = field_access.EVERYTHING if opening else disclosure.UNOPENED
    for piece, mark in (*((p, " ") for p in context.before), (context.row, "▶"), *((p, " ") for p in context.after)):
        _piece(piece, mark, disclosure.masked(piece.locator, classes, seen).words(), opening=opening)
    if not opening:
        out.print("\nMasked. --open shows the values and is written to the custody log.")
    if context.differing:
        raise UserError(f"the evidence gives another {', '.join(context.differing)} than is recorded; report this")


def _piece(piece: Piece, mark: str, where: str, *, opening: bool) -> None:
    cells = " | ".join(_shown(text, opening) for text in piece.cells.values())
    out.print(f"{mark} {escape(where)}: {cells}{'  — ' + piece.note if piece.note else ''}")


def _shown(value: str | list[str], opening: bool) -> str:
    text = value if isinstance(value, str) else "; ".join(value)
    return escape(text if opening else masked(text))
