"""`ridni candidates support`: which pairs speak for which candidates."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli import startup
from pipelines.cli.console import UserError, out, thousands
from pipelines.cli.matches.candidates import write_csv

COLUMNS = (
    *("left_source", "left_key", "right_source", "right_key", "term", "bits"),
    *("by_left_source", "by_left_key", "by_right_source", "by_right_key", "standing"),
)


def support(file: Annotated[Path, typer.Argument(help="The CSV to write.")]) -> None:
    """Write the pair behind what others say of each candidate of the newest run: keys, bits, no names.

    `term` says how it speaks: the child itself in another list (own_transfer), a brother or sister found in the same
    region (kin_transfer), or one who stands beside the child in the list (kin_listed). If people refuse the supporting
    pair, the next run takes these bits back; `standing` says whether they have verified it.

    Example: ridni candidates support support.csv
    """
    startup.database()
    from pipelines.linkage.collective import support as supporting
    from registry import audit

    folder, pairs = supporting.newest()
    if folder is None:
        raise UserError("no run has left supporting pairs; run `ridni link` with a spec that has a `collective` part")
    count = write_csv(file, COLUMNS, supporting.named(pairs))
    audit.append("system", "support.exported", "run", str(folder.run_id), {"rows": count})
    out.print(f"{thousands(count)} supporting pairs of run {folder.run_id} in {file}")
