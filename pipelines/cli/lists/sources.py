"""`ridni sources`: what descriptions there are, a draft of a new one, and what one makes of a file."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from pipelines.cli.console import UserError, out, progress, thousands, waiting
from pipelines.cli.masking import masked

if TYPE_CHECKING:
    from pipelines.cli.lists.source_check import Check

_SCHEMA = "source.schema.json"

app = typer.Typer(
    help="Source descriptions: list them, draft one from a file, check one against a file, print their schema.",
    no_args_is_help=True,
)


@app.command("list")
def list_sources() -> None:
    """List the descriptions in the sources folder.

    Example: ridni sources list
    """
    from configs.settings import settings
    from sources.description.load import load_configs

    table = Table(box=None, header_style="bold")
    for column in ("source", "class", "side", "reader", "title"):
        table.add_column(column)
    for slug, config in load_configs(settings().sources_dir).items():
        table.add_row(slug, config.source_class, config.resolved_side, config.reader.kind, config.title)
    out.print(table)


@app.command("schema")
def schema() -> None:
    """Print the JSON Schema of descriptions, for editors that complete and check YAML.

    Example: ridni sources schema > source.schema.json
    """
    import json

    from sources.description.load import json_schema

    typer.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))


@app.command("new")
def new(
    file: Annotated[Path, typer.Argument(help="A delivered file of any kind, a ZIP, or a folder.")],
    slug: Annotated[str, typer.Option(help="Short name of the source; unset: made of the file's name.")] = "",
    folder: Annotated[Path | None, typer.Option(help="Where to write it; unset: the working directory.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a description that exists.")] = False,
) -> None:
    """Look at a file and draft a description that reads it; what only a person knows is marked TODO.

    Example: ridni sources new reports-2024-03.xlsx --slug hotline_reports
    """
    from sources.description.load import load_config
    from sources.drafting import draft, slug_of
    from sources.errors import SourceError

    _exists(file)
    name = slug or slug_of(file.stem if file.is_file() else file.name)
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", name):
        raise UserError(f"'{name}' cannot be a slug; give one of Latin letters, digits and '_': --slug my_list")
    path = (folder or Path()) / f"{name}.yaml"
    if path.exists() and not force:
        raise UserError(f"{path}: a description exists already; give another --slug, or --force to write over it")
    with waiting(f"Looking at {file.name}"):
        text = draft(file, title=name.replace("_", " "))
    path.parent.mkdir(parents=True, exist_ok=True)
    text = text.replace(f"$schema={_SCHEMA}", f"$schema={_schema_from(path.parent)}", 1)
    path.write_text(text, encoding="utf-8")
    try:
        load_config(path)
    except SourceError as error:
        path.unlink()
        raise UserError(
            f"{file}: no description that can be read comes out of it ({error.what}); its headers may be damaged: "
            "ask for the list as XLSX or UTF-8, or write the description by hand (docs/sources.md)"
        ) from None
    out.print(text, markup=False, highlight=False, soft_wrap=True)
    out.print(f"Written to {path}", soft_wrap=True, markup=False)
    todo = text.count("TODO")
    out.print(f"{todo} lines are marked TODO. Then: ridni sources check {path} {file}", soft_wrap=True, markup=False)


@app.command("check")
def check(
    config: Annotated[str, typer.Argument(help="A YAML file, or the name of one in the sources folder.")],
    file: Annotated[Path, typer.Argument(help="A delivered file, a ZIP, or a folder of files.")],
) -> None:
    """Show what a description makes of a file, without storing anything: rows, fields, quarantine, masked examples.

    Example: ridni sources check configs/sources/family_reports.yaml reports.csv
    """
    from configs.settings import settings
    from pipelines.cli.lists.source_check import Check
    from sources.description.load import find_config
    from sources.extraction.reading import read_source
    from sources.readers.row_estimate import rows_about

    _exists(file)
    description = find_config(config, settings().sources_dir)
    reading = read_source(description, file)
    about = rows_about(description.reader.kind, file)
    found = Check(description)
    with progress(f"Reading {file.name}") as tell:
        for number, item in enumerate(reading):
            if number % 1_000 == 0:
                tell("rows", number, max(about, number) if about else 0)
            found.add(item)
    facts = ", ".join(f"{name} {value}" for name, value in reading.report.facts.items())
    out.print(f"{file.name} as {description.slug}", markup=False, style="bold")
    if facts:
        out.print(facts, markup=False)
    out.print(
        f"{thousands(reading.counts.rows_read)} rows read = {thousands(found.rows)} with records + "
        f"{thousands(found.quarantined)} to quarantine + {thousands(reading.counts.non_data + found.nobody)} "
        "that are no data"
    )
    if found.children != found.rows:
        out.print(
            f"{thousands(found.children)} records: some rows tell of several children (ridni ingest counts records)"
        )
    if not found.children:
        out.print("No child is found in this file: see why below, and correct the description", style="bold")
    for note in reading.report.notes:
        out.print(f"Note: {note}", markup=False)
    _print_fields(found)
    _print_doubts(found)


def _schema_from(folder: Path) -> str:
    """Return where editors find the published schema, as seen from a folder."""
    from configs.settings import CONFIGS

    if (folder / _SCHEMA).is_file():
        return _SCHEMA
    return Path(os.path.relpath(CONFIGS / "sources" / _SCHEMA, folder.resolve())).as_posix()


def _exists(file: Path) -> None:
    if not file.exists():
        raise UserError(f"{file}: there is no such file; check the path")


def _print_fields(found: Check) -> None:
    """Print how often each field is filled, with masked examples."""
    table = Table(box=None, header_style="bold")
    titles = [f"example {number}" for number in range(1, len(found.examples) + 1)]
    for column in ("field", "filled", "share", *titles):
        table.add_column(column, justify="right" if column in ("filled", "share") else "left")
    for field, count in sorted(found.filled.items(), key=lambda pair: (-pair[1], pair[0])):
        share = f"{count / max(found.children, 1):.0%}"
        table.add_row(field, thousands(count), share, *(masked(each.get(field, "")) for each in found.examples))
    out.print(table)


def _print_doubts(found: Check) -> None:
    """Print the keys, what is in doubt, and why rows go to quarantine."""
    import django

    django.setup()  # the classes of fields stand beside the tables; no database is asked
    from registry.provenance import disclosure

    keys = found.keys
    shown = f"keys: {thousands(len(keys))}, such as {', '.join(map(masked, list(keys)[:3]))}" if keys else "keys: none"
    out.print(shown, markup=False)
    if repeated := keys.total() - len(keys):
        out.print(f"quarantine: {thousands(repeated)} × duplicate_key: the key of an earlier row of this file")
    for doubt, count in found.doubts.most_common():
        out.print(f"in doubt: {thousands(count)} × {doubt.replace('_', ' ')}")
    classes = disclosure.by_description(found.config)
    for (code, why), count in found.reasons.most_common():
        place = disclosure.masked(found.first_place[code, why], classes, disclosure.UNOPENED).words()
        out.print(f"quarantine: {thousands(count)} × {code}: {why} (first: {place})", markup=False)
