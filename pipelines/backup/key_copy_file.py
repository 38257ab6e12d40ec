"""One copy of wrapped keys as a file: sealed lines, the keys of rows some thousand a line, and how many at the end."""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final

from cryptography.fernet import InvalidToken, MultiFernet

import keys
from configs.atomic_files import draft
from registry.errors import RegistryError

_TOGETHER: Final = 20_000
_ROW: Final = struct.Struct(">hqi60s")
"""Table, number of the row, number of the ring's key, wrapped key."""

RowKey = tuple[int, int, int, bytes]


def write(path: Path, ring: str, told: dict[str, Any], rows: Iterable[RowKey]) -> int:
    """Write a copy whole, and return how many keys of rows it holds.

    Args:
        path: Its place.
        ring: Id of the ring whose keys seal it.
        told: All but the keys of rows.
        rows: Table, number, number of the ring's key and wrapped key; read once, as a stream.
    """
    count, sealing = 0, _sealing(ring)
    with draft(path.parent) as (stream, temporary):
        stream.write(sealing.encrypt(json.dumps(told).encode()))
        for piece in _pieces(rows):
            count += len(piece) // _ROW.size
            stream.write(b"\n" + sealing.encrypt(piece))
        stream.write(b"\n" + sealing.encrypt(json.dumps({"row_keys": count}).encode()))
        stream.flush()
        os.fsync(stream.fileno())
        temporary.replace(path)
    return count


def read(path: Path, ring: str) -> tuple[dict[str, Any], list[RowKey]]:
    """Return what a copy holds; one of before has no keys of rows.

    Raises:
        RegistryError: It is another ring's, or damaged.
    """
    damaged = RegistryError("This copy of keys is another ring's, or damaged", str(path), "Take another copy")
    sealing, rows = _sealing(ring), list[RowKey]()
    try:
        with path.open("rb") as stream:
            told: dict[str, Any] = json.loads(sealing.decrypt(stream.readline().rstrip()))
            *pieces, end = [sealing.decrypt(line.rstrip()) for line in stream] or [b'{"row_keys": 0}']
    except InvalidToken:
        raise damaged from None
    for piece in pieces:
        rows += _ROW.iter_unpack(piece)
    if json.loads(end).get("row_keys") != len(rows):
        raise damaged
    return told, rows


def _pieces(rows: Iterable[RowKey]) -> Iterator[bytes]:
    """Yield wrapped keys of rows as bytes, some thousand at a time."""
    rows = iter(rows)
    while some := list(islice(rows, _TOGETHER)):
        yield b"".join(_ROW.pack(*row) for row in some)


def _sealing(ring: str) -> MultiFernet:
    return keys.fernet(keys.Purpose.BACKUPS, f"copies of data keys {ring}")
