"""The evidence store: original bytes, written once under their SHA-256, read-only from then on."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.db import transaction

from configs.settings import settings
from registry import atomic_files, audit
from registry.errors import EvidenceError
from registry.models import Evidence

CHUNK = 1 << 20
SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class StoredEvidence:
    """Bytes in the store; `new` is false when the same bytes were there already."""

    sha256: str
    path: Path
    size: int
    new: bool


@dataclass(frozen=True)
class Damaged:
    """Evidence that is not what its name says."""

    sha256: str
    why: str


def store(path: Path, *, media_type: str = "") -> StoredEvidence:
    """Copy a file's bytes into the store and register them; the same bytes twice change nothing.

    Args:
        path: The file. Its name is not kept: names of files may hold names of people.
        media_type: The media type when it is known.

    Raises:
        EvidenceError: The file cannot be read, the store cannot be written, or other bytes are stored under its hash.
    """
    root = settings().folder("evidence")
    try:
        sha256, size = _keep(path, root)
    except OSError as caught:
        raise EvidenceError(
            f"The file cannot be copied into the evidence store ({caught.strerror})",
            str(root),
            "Check that the file can be read and that the disk has room",
        ) from None
    with transaction.atomic():
        _, new = Evidence.objects.get_or_create(sha256=sha256, defaults={"size": size, "media_type": media_type})
        if new:
            audit.append("system", "evidence.stored", "evidence", sha256, {"size": size})
    return StoredEvidence(sha256, path_of(sha256), size, new)


def open(sha256: str) -> BinaryIO:
    """Open stored bytes for reading.

    Raises:
        EvidenceError: There are no such bytes.
    """
    path = path_of(sha256)
    try:
        return path.open("rb")
    except OSError as caught:
        raise EvidenceError(
            f"Evidence {sha256[:12]}… cannot be opened ({caught.strerror})", str(path), "Restore it from a backup"
        ) from None


def path_of(sha256: str) -> Path:
    """Return where bytes of this SHA-256 are stored."""
    if not SHA256.fullmatch(sha256):
        raise EvidenceError("This is not a SHA-256 (64 hexadecimal digits)")
    return settings().folder("evidence") / sha256[:2] / sha256


def verify(progress: Callable[[int, int], None] | None = None) -> list[Damaged]:
    """Read all registered evidence and return what is missing, has other bytes than its SHA-256 says, or is writable.

    Args:
        progress: Called with the number of pieces read and of all.
    """
    damaged: list[Damaged] = []
    known = list(Evidence.objects.order_by("sha256").values_list("sha256", flat=True))
    for done, sha256 in enumerate(known):
        if progress is not None:
            progress(done, len(known))
        path = path_of(sha256)
        if not path.exists():
            damaged.append(Damaged(sha256, "missing"))
        elif not is_sound(sha256):
            damaged.append(Damaged(sha256, "changed"))
        elif path.stat().st_mode & 0o377:
            damaged.append(Damaged(sha256, "open to more than reading by its owner"))
    return damaged


def is_sound(sha256: str) -> bool:
    """Tell whether stored bytes are there and still have their SHA-256."""
    path = path_of(sha256)
    if not path.exists():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256


def strangers() -> list[Path]:
    """Return files in the store that no registered evidence accounts for, such as those of a process killed too early.

    Delivering the same file again registers it.
    """
    root = settings().folder("evidence")
    found = (path for path in sorted(root.glob("[0-9a-f][0-9a-f]/*")) if path.is_file())
    known = set(Evidence.objects.values_list("sha256", flat=True))
    return [path for path in found if path.name not in known]


def _keep(path: Path, root: Path) -> tuple[str, int]:
    """Copy a file to its place in the store, safely on disk, and hash what was written.

    Two processes that store the same bytes leave one whole file.

    Raises:
        EvidenceError: What is stored under this hash are other bytes.
    """
    digest = hashlib.sha256()
    size = 0
    with atomic_files.draft(root) as (target, temporary):
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
        sha256 = digest.hexdigest()
        final = path_of(sha256)
        if final.exists():
            if final.stat().st_size != size or not is_sound(sha256):
                raise EvidenceError(
                    "The stored bytes are not those that their SHA-256 says", str(final), "Restore them from a backup"
                )
            return sha256, size
        final.parent.mkdir(mode=0o700, exist_ok=True)
        temporary.chmod(0o400)
        temporary.replace(final)
        folder = os.open(final.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    return sha256, size
