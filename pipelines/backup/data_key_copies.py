"""Copies of the wrapped keys of sealed things, apart from backups, and only the newest few.

An old backup holds evidence as ciphertext; what opens it is here. When a key was shredded, no copy younger than that
has it, and after three backups none has it at all: what was erased does not come back with an old backup. The key that
signs checkpoints, where it lies in the home, is kept here as well: a backup has no key in it.
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import keys
from configs.atomic_files import write_whole
from configs.settings import settings
from pipelines.backup import key_copy_file
from pipelines.backup.key_copy_file import RowKey
from registry.errors import RegistryError

FOLDER = "ridni-data-keys"
CHECKPOINT_KEY = "checkpoint.key"
KEPT = 3


@dataclass(frozen=True)
class Copy:
    """What a copy holds.

    Attributes:
        rows: Kind, place, wrapped key and the ring's key of each sealed thing.
        row_keys: Table, number, the ring's key and wrapped key of each sealed row.
        checkpoint_key: The key of checkpoints, if it lies in the home.
        erased: Which rows of lists were erased, so that an older backup that brings them back loses them again.
    """

    rows: list[tuple[str, str, bytes, int]]
    checkpoint_key: bytes | None
    erased: list[dict[str, Any]]
    row_keys: list[RowKey]


def write(beside: Path) -> int:
    """Copy the wrapped keys to their folder, drop the oldest copies, and return how many keys there are.

    Args:
        beside: The folder of the backups, where no other folder is set (`RIDNI_DATA_KEY_COPIES`).
    """
    folder = settings().data_key_copies or beside / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(_remembered(), str(folder.resolve()).encode())
    return _write(folder)


def forget_erased() -> int | None:
    """Write a new copy, and take out of the older ones each key that is no more: only erasures take keys out.

    Returns:
        How many copies there are; None where their folder is not known or not reached from here.
    """
    from registry import data_keys
    from registry.sealing import row_keys

    remembered = _remembered()
    folder = settings().data_key_copies or (Path(remembered.read_text()) if remembered.exists() else None)
    if folder is None or not folder.is_dir():
        return None
    _write(folder)
    ring = keys.opened().sealed.number
    present = {(kind, place) for kind, place, _, _ in data_keys.wrapped()}
    present_rows = {(kind, number) for kind, number, _, _ in row_keys.wrapped()}
    copies = _of_ring(folder, ring)
    for copy in copies:
        told, rows = key_copy_file.read(copy, ring)
        kept = [row for row in told["rows"] if (row[0], row[1]) in present]
        kept_rows = [row for row in rows if (row[0], row[1]) in present_rows]
        if len(kept) < len(told["rows"]) or len(kept_rows) < len(rows):
            key_copy_file.write(copy, ring, told | {"rows": kept}, kept_rows)
    return len(copies)


def _remembered() -> Path:
    """Return the file that says where the copies were written last."""
    return settings().home.resolve() / "data-key-copies"


def _write(folder: Path) -> int:
    from keeping.erasure import again
    from registry import data_keys  # a restore reads a copy before there is a database
    from registry.sealing import row_keys

    ring = keys.opened().sealed.number
    rows = [
        (kind, place, base64.b64encode(wrapped).decode(), number)
        for kind, place, wrapped, number in data_keys.wrapped()
    ]
    at_home = settings().home.resolve() / CHECKPOINT_KEY
    told: dict[str, Any] = {"rows": rows, "erased": again.listed()}
    told["checkpoint_key"] = at_home.read_text() if at_home.exists() else None
    name = f"{ring}-{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(2)}.keys"
    count = key_copy_file.write(folder / name, ring, told, row_keys.wrapped())
    for old in _of_ring(folder, ring)[:-KEPT]:
        old.unlink(missing_ok=True)
    return len(rows) + count


def read(where: Path) -> Copy:
    """Return what a copy holds, or the newest copy of this ring in a folder.

    Raises:
        RegistryError: There is none, or it is another ring's or damaged.
    """
    ring = keys.opened().sealed.number
    found = _of_ring(where, ring)[-1:] if where.is_dir() else [where] if where.is_file() else []
    if not found:
        raise RegistryError(
            "The copy of the keys of evidence is not there", str(where), f"Name it with --data-keys ({FOLDER})"
        )
    told, row_keys = key_copy_file.read(found[0], ring)
    rows = [(kind, place, base64.b64decode(wrapped), number) for kind, place, wrapped, number in told["rows"]]
    key = told["checkpoint_key"]
    return Copy(rows, key.encode() if key else None, told.get("erased", []), row_keys)


def _of_ring(folder: Path, ring: str) -> list[Path]:
    return sorted(folder.glob(f"{ring}-*.keys"))
