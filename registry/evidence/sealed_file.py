"""A file as ciphertext, in pieces: the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015) as age uses it.

Each piece of 64 KiB is sealed by AES-256-GCM under a key that seals this file alone; its nonce is the number of the
piece and whether it is the last, and the file's place is bound in as associated data. So a piece that was changed,
moved, taken away or put in from elsewhere, and a file under another name, are refused; and a page of a large file
costs its pieces.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from registry.errors import EvidenceError

MAGIC: Final = b"ridni sealed 1\n"
PIECE: Final = 1 << 16
_TAG = 16


def seal(source: BinaryIO, target: BinaryIO, key: bytes, place: bytes) -> None:
    """Write what `source` holds to `target` as ciphertext.

    Args:
        source: Read to its end.
        target: Written from where it stands.
        key: 32 bytes that seal nothing else.
        place: What the file is; it opens under no other.
    """
    sealing = AESGCM(key)
    target.write(MAGIC)
    number, piece = 0, source.read(PIECE)
    while True:
        following = source.read(PIECE) if len(piece) == PIECE else b""
        target.write(sealing.encrypt(_nonce(number, last=not following), piece, place))
        if not following:
            return
        number, piece = number + 1, following


def is_sealed(path: Path) -> bool:
    """Tell whether a file is one that `seal` wrote."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


class SealedFile(io.RawIOBase):
    """The content of a sealed file, opened piece by piece where it is read; may be sought in."""

    def __init__(self, path: Path, key: bytes, place: bytes) -> None:
        """Open a sealed file.

        Raises:
            OSError: It cannot be opened.
            EvidenceError: It is not sealed, or cut short.
        """
        self._opening, self._place, self._where = AESGCM(key), place, path
        self._file = path.open("rb", buffering=0)
        sealed = self._file.seek(0, io.SEEK_END) - len(MAGIC)
        self._file.seek(0)
        whole, rest = divmod(sealed, PIECE + _TAG)
        if self._file.read(len(MAGIC)) != MAGIC or sealed < _TAG or 0 < rest < _TAG:
            self._file.close()
            raise self._damaged()
        self._pieces = whole + (rest > 0)
        self.size = sealed - self._pieces * _TAG
        self._at = 0
        self._held: tuple[int, bytes] = (-1, b"")

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def seekable(self) -> bool:
        """Any byte can be read without those before it."""
        return True

    def tell(self) -> int:
        """Return the number of the next byte."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a byte, counted from the start, from here or from the end."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Read up to as many bytes as the buffer holds, of one piece.

        Raises:
            EvidenceError: The piece is not the one that was written there.
        """
        if self._at >= self.size or not len(buffer):
            return 0
        number, within = divmod(self._at, PIECE)
        part = self._piece(number)[within : within + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

    def close(self) -> None:
        """Close the file, and forget what was read."""
        if not self.closed:
            self._file.close()
            self._held = (-1, b"")
        super().close()

    def _piece(self, number: int) -> bytes:
        if self._held[0] != number:
            self._file.seek(len(MAGIC) + number * (PIECE + _TAG))
            sealed = self._file.read(PIECE + _TAG) or b""
            try:
                opened = self._opening.decrypt(_nonce(number, last=number == self._pieces - 1), sealed, self._place)
            except InvalidTag:
                raise self._damaged() from None
            self._held = (number, opened)
        return self._held[1]

    def _damaged(self) -> EvidenceError:
        return EvidenceError(
            "The stored bytes are not those that were sealed under this name", self._where.name[:12], "Restore a backup"
        )


def pieces(file: BinaryIO) -> Iterator[bytes]:
    """Yield what a file holds, a piece at a time."""
    while piece := file.read(PIECE):
        yield piece


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
