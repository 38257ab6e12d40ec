"""`ridni backup` and `ridni restore`: the whole home in one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli import startup
from pipelines.cli.console import out, thousands, waiting


def backup(file: Annotated[Path, typer.Argument(help="The .tar file to write.")]) -> None:
    """Write database, evidence, source descriptions, runs and key into one file, and check it.

    The file holds everything, names included: keep it on an encrypted disk.

    Example: ridni backup ridni-2026-03-01.tar
    """
    startup.database()
    from pipelines import backup as archive

    with waiting("Writing the backup"):
        members = archive.write(file)
    out.print(f"{file}: {thousands(members)} files, {thousands(file.stat().st_size // 1024)} kB")


def restore(file: Annotated[Path, typer.Argument(help="A file that `ridni backup` wrote.")]) -> None:
    """Fill an empty home (RIDNI_HOME) from a backup, checking every file's hash first.

    Example: RIDNI_HOME=/srv/ridni ridni restore ridni-2026-03-01.tar
    """
    from pipelines import backup as archive

    with waiting("Checking and restoring the backup"):
        members = archive.restore(file)
    out.print(f"{thousands(members)} files restored. `ridni audit verify` checks the log and the evidence.")
