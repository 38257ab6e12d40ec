"""Writing files whole or not at all: what a killed process leaves behind, the next one removes."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

PREFIX = ".draft-"


@contextmanager
def draft(folder: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """Yield a new file of mode 0600 in `folder` and its path; what is left there at the end is removed.

    Its writer holds a lock on it, which ends with the process: drafts that nobody holds are removed first.
    """
    sweep(folder)
    stream, path = _locked(folder)
    try:
        with stream:
            yield stream, path
    finally:
        path.unlink(missing_ok=True)


def sweep(folder: Path) -> int:
    """Remove the drafts that killed processes left in a folder, and return how many there were."""
    removed = 0
    for path in folder.glob(f"{PREFIX}*"):
        with suppress(OSError), path.open("rb") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
            removed += 1
    return removed


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole, or as it was before."""
    with draft(path.parent) as (stream, temporary):
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
        temporary.replace(path)


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Hold a lock file alone; the lock ends with the process, however that ends."""
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _locked(folder: Path) -> tuple[BinaryIO, Path]:
    """Make a draft and lock it; one that was swept away between the two is made again."""
    while True:
        descriptor, name = tempfile.mkstemp(dir=folder, prefix=PREFIX)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        path = Path(name)
        with suppress(FileNotFoundError):
            if path.stat().st_ino == os.fstat(descriptor).st_ino:
                return os.fdopen(descriptor, "wb"), path
        os.close(descriptor)
