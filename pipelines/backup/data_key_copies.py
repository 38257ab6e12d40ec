"""Copies of the wrapped keys of sealed things, apart from backups, and only the newest few.

An old backup holds evidence as ciphertext; what opens it is here. When a key was shredded, no copy younger than that
has it, and after three backups none has it at all: what was erased does not come back with an old backup. The key that
signs checkpoints, where it lies in the home, is kept here as well: a backup has no key in it.
"""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.fernet import InvalidToken, MultiFernet

import keys
from configs.atomic_files import write_whole
from configs.settings import settings
from registry.errors import RegistryError

FOLDER = "ridni-data-keys"
CHECKPOINT_KEY = "checkpoint.key"
KEPT = 3


@dataclass(frozen=True)
class Copy:
    """What a copy holds: rows of wrapped keys, and the key of checkpoints if it lies in the home."""

    rows: list[tuple[str, str, bytes, int]]
    checkpoint_key: bytes | None


def write(beside: Path) -> int:
    """Copy the wrapped keys to their folder, drop the oldest copies, and return how many keys there are.

    Args:
        beside: The folder of the backups, where no other folder is set (`RIDNI_DATA_KEY_COPIES`).
    """
    from registry import data_keys  # a restore reads a copy before there is a database

    folder = settings().data_key_copies or beside / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    ring = keys.opened().sealed.number
    rows = [
        (kind, place, base64.b64encode(wrapped).decode(), number)
        for kind, place, wrapped, number in data_keys.wrapped()
    ]
    at_home = settings().home.resolve() / CHECKPOINT_KEY
    told = {"rows": rows, "checkpoint_key": at_home.read_text() if at_home.exists() else None}
    name = f"{ring}-{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(2)}.keys"
    write_whole(folder / name, _sealing(ring).encrypt(json.dumps(told).encode()))
    for old in _of_ring(folder, ring)[:-KEPT]:
        old.unlink(missing_ok=True)
    return len(rows)


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
    try:
        told = json.loads(_sealing(ring).decrypt(found[0].read_bytes()))
    except InvalidToken:
        raise RegistryError(
            "This copy of keys is another ring's, or damaged", str(found[0]), "Take another copy"
        ) from None
    rows = [(kind, place, base64.b64decode(wrapped), number) for kind, place, wrapped, number in told["rows"]]
    key = told["checkpoint_key"]
    return Copy(rows, key.encode() if key else None)


def _of_ring(folder: Path, ring: str) -> list[Path]:
    return sorted(folder.glob(f"{ring}-*.keys"))


def _sealing(ring: str) -> MultiFernet:
    return keys.fernet(keys.Purpose.BACKUPS, f"copies of data keys {ring}")
