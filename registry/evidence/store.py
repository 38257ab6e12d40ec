"""The evidence store: original bytes, written once under their SHA-256, read-only from then on, and sealed.

Each piece has a key of its own (`registry.data_keys`); everything that reads evidence reads it through `kept`.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, cast

from django.db import transaction

from configs import atomic_files, scratch
from configs.settings import settings
from registry import audit, data_keys
from registry.data_keys import Kind
from registry.errors import EvidenceError
from registry.evidence import sealed_file
from registry.evidence.sealed_file import SealedFile
from registry.models import DataKey, Evidence, Redaction

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
        sha256, size = _keep(path)
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


@dataclass(frozen=True)
class Kept:
    """Bytes in the store, with the key that opens them: reading them asks the database nothing more.

    Attributes:
        key: None for bytes of a home of before, which the next start seals.
    """

    sha256: str
    path: Path
    key: bytes | None = field(repr=False)

    def open(self) -> BinaryIO:
        """Open the bytes; of a large file only the pieces are opened that are read.

        Raises:
            EvidenceError: There are no such bytes, or no key to them.
        """
        try:
            if not sealed_file.is_sealed(self.path):
                return self.path.open("rb")
            if self.key is None:
                raise EvidenceError(
                    f"Evidence {self.sha256[:12]}… has no key any more",
                    str(self.path),
                    "It was erased, or restore a backup",
                )
            return cast(
                BinaryIO, BufferedReader(SealedFile(self.path, self.key, self.sha256.encode()), sealed_file.PIECE)
            )
        except OSError as caught:
            raise EvidenceError(
                f"Evidence {self.sha256[:12]}… cannot be opened ({caught.strerror})",
                str(self.path),
                "Restore it from a backup",
            ) from None

    def is_sound(self) -> bool:
        """Tell whether the bytes are there and still have their SHA-256."""
        try:
            with self.open() as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == self.sha256  # type: ignore[arg-type]
        except (EvidenceError, OSError):
            return False

    @contextmanager
    def plain(self) -> Iterator[Path]:
        """Yield a file with the bytes, for readers of files; it lies among the scratch files and goes at the end.

        Raises:
            EvidenceError: There are no such bytes, no key to them, or other bytes than were sealed.
        """
        with self.open() as file, tempfile.NamedTemporaryFile(dir=scratch.folder(), prefix="evidence-") as plain:
            for piece in sealed_file.pieces(file):
                plain.write(piece)
            plain.flush()
            yield Path(plain.name)


def standing(sha256: str) -> str:
    """Return the hash of the bytes that stand for these: themselves, unless a redacted copy took their place."""
    while copy := Redaction.objects.filter(original__sha256=sha256, copy__isnull=False).values_list("copy__sha256"):
        ((sha256,),) = copy
    return sha256


def kept(sha256: str) -> Kept:
    """Return stored bytes, or the copy in their place, and what opens them; opening them shows whether they are there.

    `Kept.sha256` says which bytes these are.
    """
    sha256 = standing(sha256)
    return Kept(sha256, path_of(sha256), data_keys.of(Kind.EVIDENCE, sha256))


def open(sha256: str) -> BinaryIO:
    """Open stored bytes for reading.

    Raises:
        EvidenceError: There are no such bytes.
    """
    return kept(sha256).open()


def plain(sha256: str) -> AbstractContextManager[Path]:
    """Return a scratch file with stored bytes, for the time of a `with`."""
    return kept(sha256).plain()


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
    present = Evidence.objects.filter(redaction__isnull=True)
    known = list(present.order_by("sha256").values_list("sha256", flat=True))
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
    return kept(sha256).is_sound()


def has_unsealed() -> bool:
    """Tell whether evidence of a home of before waits to be sealed."""
    known = DataKey.objects.filter(kind=Kind.EVIDENCE).values("place")
    present = Evidence.objects.filter(redaction__isnull=True)
    return _under_way().exists() or present.exclude(sha256__in=known).exists()


def seal_old(progress: Callable[[int, int], None] | None = None) -> int:
    """Seal evidence of a home of before, and return how many pieces that were; a killed run is finished by the next.

    Args:
        progress: Called with the number of pieces sealed and of all.

    Raises:
        EvidenceError: The disk has no room.
    """
    _under_way().touch(0o600)
    old = list(Evidence.objects.order_by("pk").values_list("sha256", flat=True))
    sealed = 0
    for done, sha256 in enumerate(old):
        if progress is not None:
            progress(done, len(old))
        path = path_of(sha256)
        # Bytes that are missing or damaged stay as they are, for `ridni evidence verify` to name.
        if path.exists() and not sealed_file.is_sealed(path) and is_sound(sha256):
            _seal(path, sha256)
            sealed += 1
    _under_way().unlink(missing_ok=True)
    return sealed


def _under_way() -> Path:
    """Return the file that stands while old evidence is sealed: a kill may leave bytes whose key is there already."""
    return settings().folder("evidence") / ".sealing"


def strangers() -> list[Path]:
    """Return files in the store that no registered evidence accounts for, such as those of a process killed too early.

    Delivering the same file again registers it.
    """
    root = settings().folder("evidence")
    found = (path for path in sorted(root.glob("[0-9a-f][0-9a-f]/*")) if path.is_file())
    known = set(Evidence.objects.values_list("sha256", flat=True))
    return [path for path in found if path.name not in known]


def _keep(path: Path) -> tuple[str, int]:
    """Put a file into its place in the store, sealed, and return its hash and size.

    Two processes that store the same bytes leave one whole file: one key, one content, one ciphertext.

    Raises:
        EvidenceError: What is stored under this hash are other bytes, or the file changes while it is read.
    """
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.tell()
    if Redaction.objects.filter(original__sha256=sha256).exists():
        raise EvidenceError(
            "These bytes were erased: rows of them belong to nobody here any more",
            sha256[:12],
            "Deliver the list without those rows",
        )
    final = path_of(sha256)
    known = kept(sha256)
    if final.exists() and not (known.key is None and sealed_file.is_sealed(final)):
        if not is_sound(sha256):
            raise EvidenceError(
                "The stored bytes are not those that their SHA-256 says", str(final), "Restore them from a backup"
            )
        return sha256, size
    _seal(path, sha256)
    return sha256, size


def _seal(path: Path, sha256: str) -> None:
    """Write a file's bytes to their place in the store as ciphertext, safely on disk.

    Raises:
        EvidenceError: The file does not have this SHA-256 any more.
    """
    key = data_keys.made(Kind.EVIDENCE, sha256)
    final = path_of(sha256)
    with atomic_files.draft(settings().folder("evidence")) as (target, temporary), path.open("rb") as file:
        sealed_file.seal(file, target, key, sha256.encode())
        target.flush()
        os.fsync(target.fileno())
        written = Kept(sha256, temporary, key)
        with written.open() as again:
            if hashlib.file_digest(again, "sha256").hexdigest() != sha256:  # type: ignore[arg-type]
                raise EvidenceError("The file changes while it is read", sha256[:12], "Deliver it once it is whole")
        final.parent.mkdir(mode=0o700, exist_ok=True)
        temporary.chmod(0o400)
        temporary.replace(final)
        folder = os.open(final.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
