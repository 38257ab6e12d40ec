"""`ridni ingest`: delivered files into the registry."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from pipelines.cli import ready
from pipelines.cli.console import UserError, err, out, progress, thousands

_FIGURES = ("rows_read", "records_new", "records_changed", "records_unchanged", "quarantined", "non_data")


def ingest(
    config: Annotated[str, typer.Argument(help="The source: a YAML file, or the name of one in the sources folder.")],
    files: Annotated[list[Path], typer.Argument(help="The delivered files.")],
    collected_from: Annotated[
        str, typer.Option("--from", help="Where the files come from: an address or a body.")
    ] = "not stated",
    how: Annotated[str, typer.Option(help="How they were collected, in words.")] = "delivered as a file",
    by: Annotated[str, typer.Option(help="Who collected them; unset: your account on this machine.")] = "",
) -> None:
    """Read files by a source description and store what they say; the same bytes twice change nothing.

    A row that cannot be read goes to quarantine with file, sheet, row and reason; the rest goes on.

    Example: ridni ingest family_reports reports-2024-03.csv --from "hotline" --how "monthly export"
    """
    from configs.settings import settings
    from pipelines.sources.config import find_path, load_config

    missing = next((file for file in files if not file.is_file()), None)
    if missing is not None:
        raise UserError(f"{missing}: there is no such file; check the path")
    config_path = find_path(config, settings().sources_dir)
    description = load_config(config_path)
    ready.flows()
    from pipelines import ingestion
    from pipelines.flows import progress as flow_progress
    from pipelines.flows.ingest import ingest as flow

    quarantined = 0
    table = Table(box=None, header_style="bold")
    for column in ("file", "rows", "new", "changed", "unchanged", "quarantined", "no data"):
        table.add_column(column, justify="left" if column == "file" else "right")
    done = 0
    try:
        for file in files:
            job = ingestion.prepare(description, config_path, file, how=how, collected_from=collected_from, by=by)
            try:
                with progress(f"Ingesting {file.name}") as tell, flow_progress.listening(tell):
                    counts = flow(job.id)
            finally:
                job.done()  # a job outlives this command only when the command is killed
            done += 1
            quarantined += counts["quarantined"]
            name = file.name + (" (known already: nothing changed; counts of then)" if counts["repeated"] else "")
            table.add_row(name, *(thousands(counts[figure]) for figure in _FIGURES))
    finally:
        if done:
            out.print(table)
        if 0 < done < len(files):
            err.print(f"The first {done} of {len(files)} files are stored; the others are not.")
    if quarantined:
        err.print(f"{thousands(quarantined)} rows are in quarantine: ridni quarantine list {description.slug}")
