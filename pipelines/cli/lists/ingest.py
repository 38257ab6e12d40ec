"""`ridni ingest`: delivered files into the registry."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from pipelines.cli import startup
from pipelines.cli.console import UserError, err, out, progress, thousands

if TYPE_CHECKING:
    from sources.description.source_config import SourceConfig

_RECORDS = ("records_new", "records_changed", "records_unchanged")
_FIGURES = ("rows_read", "records_new", "records_changed", "records_unchanged", "quarantined", "non_data")


def ingest(
    config: Annotated[str, typer.Argument(help="The source: a YAML file, or the name of one in the sources folder.")],
    files: Annotated[list[Path], typer.Argument(help="The delivered files, or folders of them.")],
    collected_from: Annotated[
        str, typer.Option("--from", help="Where the files come from: an address or a body.")
    ] = "",
    how: Annotated[str, typer.Option(help="How they were collected, in words.")] = "delivered as a file",
    by: Annotated[str, typer.Option(help="Who collected them; unset: your account on this machine.")] = "",
    at: Annotated[datetime | None, typer.Option(help="When they were collected; unset: now.")] = None,
    legal_basis: Annotated[str, typer.Option(help="Legal basis of this delivery; unset: that of the source.")] = "",
    handling: Annotated[str, typer.Option(help="Handling code of this delivery; unset: that of the source.")] = "",
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day for which the lists speak; unset: what they say themselves."),
    ] = None,
) -> None:
    """Read files by a source description and store what they say; the same bytes twice change nothing.

    A row that cannot be read goes to quarantine with file, sheet, row and reason; the rest goes on. Who collected the
    files, when, how, from where and on which terms is kept with them; the setting `require_collection_facts` refuses
    files of which that is not stated.

    Example: ridni ingest family_reports reports-2024-03.csv --from "hotline" --how "monthly export"
    """
    from configs.settings import settings
    from sources.description.load import find_path, load_config

    missing = next((file for file in files if not file.exists()), None)
    if missing is not None:
        raise UserError(f"{missing}: there is no such file; check the path")
    config_path = find_path(config, settings().sources_dir)
    description = load_config(config_path)
    delivered = [_files(path, description) for path in files]
    origin, not_stated = _stated(description, collected_from, legal_basis)
    startup.flows()
    from pipelines.flows import progress as flow_progress
    from pipelines.flows.ingest import ingest as flow
    from pipelines.ingestion import jobs
    from registry.evidence.custody import CollectionFacts

    collected = CollectionFacts.stated(how, origin, by, at.astimezone() if at else None, legal_basis, handling)
    day = as_of.date() if as_of else None
    # The files of one folder are one delivery: none of them lets rows of another vanish.
    moments = [datetime.now(UTC) if len(found) > 1 else None for found in delivered]
    files_and_moments = [(file, at) for found, at in zip(delivered, moments, strict=True) for file in found]
    quarantined = 0
    notes: list[str] = []
    nobody: list[str] = []
    table = Table(box=None, header_style="bold")
    for column in ("file", "rows", "new", "changed", "unchanged", "quarantined", "no data"):
        table.add_column(column, justify="left" if column == "file" else "right")
    done = 0
    try:
        for file, together in files_and_moments:
            told = collected if at else replace(collected, collected_at=together or datetime.now(UTC))
            job = jobs.prepare(description, config_path, file, told, as_of=day)
            try:
                with progress(f"Ingesting {file.name}") as tell, flow_progress.listening(tell):
                    counts = flow(job.id)
            finally:
                job.done()  # a job outlives this command only when the command is killed
            done += 1
            quarantined += counts["quarantined"]
            name = file.name + (" (known already: nothing changed; counts of then)" if counts["repeated"] else "")
            table.add_row(name, *(thousands(counts[figure]) for figure in _FIGURES))
            notes += [f"{file.name}: {note}" for note in job.take_notes()]
            notes += _notes(file.name, counts)
            notes += _erased(file.name, counts["batch_id"])
            if not any(counts[figure] for figure in _RECORDS):
                nobody.append(_nobody(file.name, counts, description.slug))
    finally:
        if done:
            out.print(table)
        for note in notes:
            out.print(note, markup=False, soft_wrap=True)
        for nothing in nobody:
            err.print(nothing, markup=False, soft_wrap=True)
        if 0 < done < len(files_and_moments):
            err.print(f"Of {len(files_and_moments)} files, the first {done} went through; the others did not.")
    if not_stated:
        err.print(f"Not stated: {not_stated}. Evidence without it is worth less.", soft_wrap=True)
    if quarantined:
        err.print(f"{thousands(quarantined)} rows are in quarantine: ridni quarantine list {description.slug}")
    if len(nobody) == done:
        raise typer.Exit(1)


def _files(path: Path, description: SourceConfig) -> list[Path]:
    """Return a file itself, or the files of a folder that the description reads: each is evidence of its own.

    Raises:
        UserError: the folder has none, or keys would not tell its files apart.
    """
    from sources.readers.archives.bundle import of_folder

    if not path.is_dir():
        return [path]
    found, others = of_folder(path, description.reader)
    if others:
        named = ", ".join(others[:5]) + (", …" if len(others) > 5 else "")
        err.print(f"{len(others)} files of {path} are not read, for the description has no reader for them: {named}")
    if not found:
        raise UserError(f"{path}: no file in the folder is of a kind that the description reads; see `reader`")
    names = [each.name for each in found]
    if "file" in description.key_parts() and len(set(names)) < len(names):
        raise UserError(
            f"{path}: the key has {{file}}, and two files in the folder have one name; "
            "pack the folder as a ZIP, in which their folders tell them apart"
        )
    return found


def _stated(description: SourceConfig, origin: str, legal_basis: str) -> tuple[str, str]:
    """Return where the files come from, asking for it at a terminal, and what of the collection is not stated.

    Raises:
        UserError: Something is not stated, and the settings require it.
    """
    from configs.settings import settings

    if not origin and sys.stdin.isatty():
        origin = str(typer.prompt("Where do the files come from (an address or a body)"))
    missing = [] if origin else ["where the files come from (--from)"]
    if not (legal_basis or description.legal_basis):
        missing.append("the legal basis (--legal-basis, or `legal_basis` in the description)")
    if missing and settings().require_collection_facts:
        raise UserError(f"not stated: {' and '.join(missing)}; evidence is kept only with its collection facts")
    return origin or "not stated", " and ".join(missing)


def _nobody(name: str, counts: dict[str, Any], source: str) -> str:
    """Say that a file gave no record, and why."""
    if counts["quarantined"]:
        why = f"{thousands(counts['quarantined'])} rows are in quarantine (ridni quarantine list {source} says why)"
    else:
        why = f"its {thousands(counts['non_data'])} rows name nobody, or the description leaves them out"
    return (
        f"No child was found in {name}: {why}. Nothing of it will be matched; ridni sources check shows how it is read."
    )


def _erased(name: str, batch_id: int) -> Iterator[str]:
    """Tell which erased rows a file brings again: they are not kept, but its bytes hold them."""
    from registry.ingestion import erased_rows

    if rows := erased_rows.come_again(batch_id):
        numbers = ", ".join(map(str, rows[:5])) + (", …" if len(rows) > 5 else "")
        yield (
            f"{name}: {thousands(len(rows))} rows were erased before and are not kept again ({numbers}); its bytes "
            "hold them until `ridni erase NUMBER` is asked and allowed once more"
        )


def _notes(name: str, counts: dict[str, Any]) -> Iterator[str]:
    if counts["vanished"] and not counts["repeated"]:
        yield f"{name}: {thousands(counts['vanished'])} known rows are not in it any more (ridni records changes)"
    if counts["late"] and not counts["repeated"]:
        yield f"{name}: a newer delivery is known; its rows stay current"
