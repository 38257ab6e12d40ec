"""`ridni backup` and `ridni restore`: the whole home in one sealed file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli import startup
from pipelines.cli.console import out, thousands, waiting


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    to: Annotated[
        list[str] | None,
        typer.Option("--to", metavar="age1…", help="Who opens it alone: a recipient, or a holder's name; repeatable."),
    ] = None,
) -> None:
    """Write database, evidence, source descriptions and runs into one sealed file, and read it back.

    The holders of the keys open it, as many of them as open the ring, unless --to names others. No key is in it: keep
    copies of keyring.json, and of the folder ridni-data-keys (or RIDNI_DATA_KEY_COPIES), apart from it.

    Example: ridni backup /mnt/backups/ridni-2026-03-01.backup
    """
    startup.database()
    import keys
    from keys import opening, ring_file
    from pipelines.backup import data_key_copies, writing

    with waiting("Writing the backup"):
        members = writing.write(file, to or [])
    out.print(f"{file}: {thousands(members)} files, {thousands(file.stat().st_size // 1024)} kB")
    needed = [ring_file.NAME, opening.BESIDE] if opening.lies_open(keys.opened().sealed) else [ring_file.NAME]
    out.print(
        f"No key is in it. To restore it one needs {' and '.join(needed)} of the home, and a copy of the keys of "
        f"evidence ({data_key_copies.FOLDER}): keep them apart from it.",
        soft_wrap=True,
    )


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `ridni backup` wrote.")],
    ring: Annotated[Path | None, typer.Option(help="The deployment's keyring.json; unset: it is in the home.")] = None,
    identity: Annotated[
        list[Path] | None, typer.Option("--identity", help="A file with an age identity, or with one passphrase.")
    ] = None,
    data_keys: Annotated[
        Path | None, typer.Option(help="Copy of the keys of evidence, or its folder; unset: beside the backup.")
    ] = None,
) -> None:
    """Fill an empty home (RIDNI_HOME) from a backup, checking every block and the signature first.

    What was erased since stays erased: its keys are in no copy any more, and its rows are erased again.

    Example: RIDNI_HOME=/srv/ridni ridni restore ridni-2026-03-01.backup --ring keyring.json --identity anna.txt
    """
    from pipelines.backup import restoring

    with waiting("Checking and restoring the backup"):
        members = restoring.restore(file, ring, identity or [], data_keys, startup.passphrase_if_asked())
    from pipelines.keeping import erasures

    again = erasures.after_restore()
    if again.rows:
        out.print(f"{thousands(again.rows)} rows that were erased since the backup are erased again.")
    if again.left:
        out.print(
            f"{thousands(again.left)} rows were erased by people who have no such account in this backup: "
            "ask for their erasure anew.",
            soft_wrap=True,
        )
    out.print(f"{thousands(members)} files restored. `ridni audit verify` checks the log and the evidence.")
