"""Writing a backup: sealed as it streams, read back, and there whole or not at all, also when it is killed."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import keys
from configs import atomic_files
from configs.settings import settings
from keys import holders as holding
from keys import opening
from keys.holders import Holder
from keys.ring_file import SealedRing
from pipelines.backup import data_key_copies, dump
from pipelines.backup.archive import Reader, Writer
from registry import audit
from registry.errors import RegistryError
from transliteration.errors import MendableError

FOLDERS = ("evidence", "sources", "runs", "checkpoints", "inbox", "jobs")
_PIECE = 1 << 20


def write(target: Path, recipients: Sequence[str] = ()) -> int:
    """Write a backup and return how many files it holds; no key is in it, nor the ring.

    Args:
        target: The file, which must not be there yet.
        recipients: Age recipients, or names of holders, each of whom opens it alone; none: the holders of the ring, so
            many of whom as open the ring.

    Raises:
        RegistryError: The database cannot be dumped, or the file cannot be written.
    """
    if target.exists():
        raise _there_already(target)
    header, master = _for_whom(recipients)
    home = settings().home.resolve()
    try:
        with _unnamed(target) as (stream, keep):
            writer = Writer(stream, header, master)
            with dump.moment() as moment:
                # The database first: evidence is only ever added, so the dump never names bytes that are not there.
                writer.add("database.dump", moment.dump())
                for name in moment.tables():
                    writer.add(f"tables/{name}.csv", moment.table(name))
            for folder in FOLDERS:
                for path in _files(home / folder):
                    writer.add(str(path.relative_to(home)), _pieces(path))
            writer.finish({"ring": keys.opened().sealed.number})
            stream.flush()
            os.fsync(stream.fileno())
            _read_back(Path(f"/proc/self/fd/{stream.fileno()}"), master)
            keep()
    except FileExistsError:
        raise _there_already(target) from None
    except OSError as error:
        raise RegistryError(
            f"The backup cannot be written ({error.strerror})", str(target), "Name another file"
        ) from None
    copied = data_key_copies.write(target.parent)
    elsewhere = target.stat().st_dev != home.stat().st_dev
    facts = {"files": len(writer.files), "id": header.number, "keys": copied, "elsewhere": elsewhere}
    audit.append("system", "backup.written", "backup", "", facts)
    return len(writer.files)


def _for_whom(recipients: Sequence[str]) -> tuple[SealedRing, bytes]:
    """Return the header of a backup and the key that seals it."""
    held = keys.opened()
    number, master = secrets.token_hex(8), secrets.token_bytes(32)
    if recipients:
        named = {holder.name: holder for holder in held.sealed.holders}
        people = [
            named[told] if told in named else holding.by_recipient(f"recipient {place}", told)
            for place, told in enumerate(recipients, 1)
        ]
        return SealedRing(number, tuple(holding.shared_out(master, people, 1)), 1), master
    people = list[Holder](held.sealed.holders)
    if not people:
        return SealedRing(number, (), 0), opening.of_setting(f"backup {number}")
    return SealedRing(number, tuple(holding.shared_out(master, people, held.sealed.needed)), held.sealed.needed), master


def _read_back(path: Path, master: bytes) -> None:
    """Read what was written, and refuse it unless every file is there with its hash."""
    try:
        with closing(Reader(path)) as written:
            written.open(master)
            written.verify()
    except MendableError:
        raise RegistryError(
            "The backup reads back otherwise than it was written", "", "Check the disk, write it anew"
        ) from None


@contextmanager
def _unnamed(target: Path) -> Iterator[tuple[BinaryIO, Callable[[], None]]]:
    """Yield a file without a name in the target's folder, and what gives it the name: a killed writer leaves nothing.

    Where the file system has no such files (network shares, sticks) a draft takes its place, which the next writer
    there sweeps away.
    """
    atomic_files.sweep(target.parent)
    descriptor = None
    with suppress(OSError, AttributeError):
        descriptor = os.open(target.parent, os.O_TMPFILE | os.O_RDWR, 0o600)
    if descriptor is None:
        with atomic_files.draft(target.parent) as (stream, path):
            yield stream, lambda: os.link(path, target)
        return
    with os.fdopen(descriptor, "w+b") as stream:
        yield stream, lambda: _name(descriptor, target)


def _name(descriptor: int, target: Path) -> None:
    """Give a file without a name one, unless there is a file of that name (open(2), linkat(2))."""
    folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        # Only with a folder of its own Python calls linkat, which follows the link to the open file.
        os.link(f"/proc/self/fd/{descriptor}", target.name, dst_dir_fd=folder, follow_symlinks=True)
        os.fsync(folder)
    finally:
        os.close(folder)


def _there_already(target: Path) -> RegistryError:
    return RegistryError(
        "There is a file of this name already", str(target), "Name a new file; a backup replaces nothing"
    )


def _files(folder: Path) -> Iterator[Path]:
    if folder.exists():
        yield from (p for p in sorted(folder.rglob("*")) if p.is_file() and not p.name.startswith("."))


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
