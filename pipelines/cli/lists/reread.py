"""`ridni reread`: a better description reaches what is stored."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.table import Table

from pipelines.cli import options, startup
from pipelines.cli.console import out, thousands, waiting
from pipelines.cli.masking import masked

_SHOWN = 12


def reread(
    config: Annotated[str, typer.Argument(help="The changed description: a YAML file, or a name.")],
    yes: Annotated[bool, typer.Option("--yes", help="Make the changes without asking.")] = False,
    reason_file: options.ReasonFile = None,
    by: options.By = "",
    reason: options.Reason = "",
) -> None:
    """Read the stored bytes of a source again by a changed description, show what would change, and change it.

    Records get a new version under their key; verdicts, corrections by hand and the bytes stay as they are.

    Unless a file says why, the custody log says that the description was changed.

    Example: ridni reread configs/sources/family_reports.yaml --reason-file why.txt
    """
    from configs.settings import settings
    from sources.description.load import find_path, load_config

    why = "the description was changed"
    if reason or reason_file is not None:
        why = options.reason(reason, reason_file, "What was changed in the description?")
    path = find_path(config, settings().sources_dir)
    description = load_config(path)
    startup.database()
    from pipelines.ingestion import rereading

    with waiting("Reading the stored lists again"):
        plans = list(rereading.plan(description))
    table = Table(box=None, header_style="bold")
    for column in ("file", "change", "same", "by hand", "not read now", "read besides"):
        table.add_column(column, justify="left" if column == "file" else "right")
    for each in plans:
        figures = (len(each.changed), each.same, each.by_hand, each.unread, each.more)
        table.add_row(each.file, *map(thousands, figures))
    out.print(table)
    total = sum(len(each.changed) for each in plans)
    if not total:
        out.print("Nothing would change.")
        return
    fields = sum((each.fields for each in plans), start=type(plans[0].fields)())
    out.print(
        f"Fields: {', '.join(f'{name} {thousands(count)}' for name, count in fields.most_common())}", markup=False
    )
    shown = Table(box=None, header_style="bold")
    for column in ("key", "field", "stored", "read now"):
        shown.add_column(column, overflow="fold")
    for key, name, before, after in [example for each in plans for example in each.examples][:_SHOWN]:
        shown.add_row(key, name, masked(before), masked(after))
    out.print(shown)
    if not yes and not (sys.stdin.isatty() and typer.confirm(f"Make {thousands(total)} new versions?")):
        out.print("Nothing was changed; --yes makes the changes.")
        return
    done = rereading.apply(plans, description, path, actor=options.actor(by), reason=why)
    out.print(f"{thousands(done)} records have a new version; verdicts stay. Link again to match by it: ridni link")
