"""`ridni sources`: what descriptions there are, and what one makes of a file."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from pipelines.cli.console import UserError, out, progress, thousands
from pipelines.cli.masking import masked

app = typer.Typer(help="Source descriptions: list them, check one against a file.", no_args_is_help=True)

_EXAMPLES = 3


@app.command("list")
def list_sources() -> None:
    """List the descriptions in the sources folder.

    Example: ridni sources list
    """
    from configs.settings import settings
    from pipelines.sources.config import load_configs

    table = Table(box=None, header_style="bold")
    for column in ("source", "class", "side", "reader", "title"):
        table.add_column(column)
    for slug, config in load_configs(settings().sources_dir).items():
        table.add_row(slug, config.source_class, config.resolved_side, config.reader.kind, config.title)
    out.print(table)


@app.command("check")
def check(
    config: Annotated[str, typer.Argument(help="A YAML file, or the name of one in the sources folder.")],
    file: Annotated[Path, typer.Argument(help="A delivered file.")],
) -> None:
    """Show what a description makes of a file, without storing anything: rows, fields, quarantine, masked examples.

    Example: ridni sources check configs/sources/family_reports.yaml reports.csv
    """
    from configs.settings import settings
    from pipelines.children import children_of
    from pipelines.sources.config import find_config
    from pipelines.sources.extract import Extracted, Problem, read_source

    if not file.is_file():
        raise UserError(f"{file}: there is no such file; check the path")
    description = find_config(config, settings().sources_dir)
    reading = read_source(description, file)
    filled: Counter[str] = Counter()
    reasons: Counter[tuple[str, str]] = Counter()
    doubts: Counter[str] = Counter()
    keys: Counter[str] = Counter()
    first_place: dict[tuple[str, str], str] = {}
    examples: list[Extracted] = []
    with progress(f"Reading {file.name}") as tell:
        for number, item in enumerate(reading):
            if number % 1_000 == 0:
                tell("rows", number, 0)
            if isinstance(item, Problem):
                reason = item.reason_code, item.reason
                reasons[reason] += 1
                first_place.setdefault(reason, _place(item.locator))
                continue
            filled.update(item.written.keys())
            for child in children_of(item, description):
                if isinstance(child, Problem):
                    reasons[child.reason_code, child.reason] += 1
                    first_place.setdefault((child.reason_code, child.reason), _place(child.locator))
                else:
                    doubts.update(child.meant.values.get("doubts", ()))
                    keys[child.item.key] += 1
            if len(examples) < _EXAMPLES:
                examples.append(item)
    counts = reading.counts
    facts = ", ".join(f"{name} {value}" for name, value in reading.report.facts.items())
    out.print(f"[bold]{file.name}[/bold] as [bold]{description.slug}[/bold] ({facts})" if facts else file.name)
    out.print(
        f"{thousands(counts.rows_read)} rows read = {thousands(counts.records)} records + "
        f"{thousands(counts.quarantined)} to quarantine + {thousands(counts.non_data)} that are no data"
    )
    for note in reading.report.notes:
        out.print(f"Note: {note}")
    table = Table(box=None, header_style="bold")
    for column in ("field", "filled", "share", *(f"example {i + 1}" for i in range(len(examples)))):
        table.add_column(column, justify="right" if column in ("filled", "share") else "left")
    for field in sorted(filled, key=lambda name: (-filled[name], name)):
        share = f"{filled[field] / max(counts.records, 1):.0%}"
        table.add_row(field, thousands(filled[field]), share, *(masked(e.written.get(field, "")) for e in examples))
    out.print(table)
    repeated = sum(count - 1 for count in keys.values())
    out.print(f"keys: {thousands(len(keys))}, such as {', '.join(list(keys)[:3])}" if keys else "keys: none")
    if repeated:
        out.print(f"quarantine: {thousands(repeated)} × duplicate_key: the key of an earlier row of this file")
    for doubt, count in doubts.most_common():
        out.print(f"in doubt: {thousands(count)} × {doubt.replace('_', ' ')}")
    for (code, why), count in reasons.most_common():
        out.print(f"quarantine: {thousands(count)} × {code}: {why} (first: {first_place[code, why]})")


def _place(locator: dict[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in locator.items() if name not in ("cells", "css"))
