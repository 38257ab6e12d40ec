"""The file of a backup: a tar of sealed blocks that tells nothing but for whom it is and how large.

`header.json` says who opens it: holders of the ring, so many of whom have to come together, or recipients named for
this backup. Files of any length are cut into blocks of 16 MB, each sealed with a key of its own and with the backup's
id and its number bound in (AES-256-GCM), so that nothing of the content ever stands on a disk on the way. The last
block is the manifest: names, hashes and blocks of all files, signed with the ring's key for backups (Ed25519).
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

import keys
from keys.ring import stretched
from keys.ring_file import SealedRing
from registry.errors import RegistryError

HEADER: Final = "header.json"
MANIFEST: Final = "manifest"
FORMAT: Final = 2
BLOCK: Final = 16 << 20
_NONCE: Final = bytes(12)  # each key seals one block


@dataclass(frozen=True)
class Stored:
    """A file of a backup: its name in the home, its hash, and the blocks that hold it."""

    name: str
    sha256: str
    size: int
    first: int
    count: int


class Writer:
    """Writes one backup."""

    def __init__(self, stream: BinaryIO, header: SealedRing, master: bytes) -> None:
        """Begin it: the header goes first."""
        self._tar = tarfile.open(fileobj=stream, mode="w")  # noqa: SIM115 - `finish` closes it
        self._number, self._master = header.number, master
        self._header = header.to_bytes()
        self._blocks = 0
        self.files: list[Stored] = []
        self._member(HEADER, json.dumps({"format": FORMAT, "opens": self._header.decode()}).encode())

    def add(self, name: str, content: Iterable[bytes]) -> None:
        """Add a file as it streams by."""
        digest, size, first = hashlib.sha256(), 0, self._blocks
        for block in _blocks(content):
            digest.update(block)
            size += len(block)
            self._block(block)
        self.files.append(Stored(name, digest.hexdigest(), size, first, self._blocks - first))

    def finish(self, facts: dict[str, Any]) -> None:
        """Write the signed manifest and end the file."""
        told = {**facts, "files": [asdict(file) for file in self.files]}
        signed = json.dumps(told, sort_keys=True).encode()
        signature = _signing_keys()[0].sign(_signed(self._header, signed)).hex()
        content = json.dumps({"manifest": signed.decode(), "signature": signature}).encode()
        self._member(MANIFEST, _seal(self._master, self._number, MANIFEST, content))
        self._tar.close()

    def _block(self, content: bytes) -> None:
        name = block_name(self._blocks)
        self._member(name, _seal(self._master, self._number, name, content))
        self._blocks += 1

    def _member(self, name: str, content: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(content), 0o600
        self._tar.addfile(member, io.BytesIO(content))


class Reader:
    """Reads one backup."""

    def __init__(self, path: Path) -> None:
        """Open it and read who opens it.

        Raises:
            RegistryError: It is no whole backup.
        """
        self._path = path
        try:
            self._tar = tarfile.open(path, mode="r:")  # noqa: SIM115 - open as long as its reader
            self._members = {member.name: member for member in self._tar}
            told = json.loads(self._bytes(HEADER))
            from keys import ring_file

            self._header = str(told["opens"]).encode()
            self.header = ring_file.parse(self._header, path)
        except (OSError, tarfile.TarError, ValueError, KeyError, TypeError):
            raise damaged(path) from None
        self._master = b""
        self.facts: dict[str, Any] = {}
        self.files: list[Stored] = []

    def open(self, master: bytes) -> None:
        """Open the manifest, and refuse one that this deployment's ring has not signed.

        Raises:
            RegistryError: It is damaged, or another deployment's.
        """
        self._master = master
        try:
            told = json.loads(self._opened(MANIFEST))
            signed, signature = told["manifest"].encode(), bytes.fromhex(told["signature"])
            self.facts = json.loads(signed)
            self.files = [Stored(**file) for file in self.facts.pop("files")]
        except (ValueError, KeyError, TypeError):
            raise damaged(self._path) from None
        for key in _signing_keys():
            try:
                key.public_key().verify(signature, _signed(self._header, signed))
            except InvalidSignature:
                continue
            return
        raise RegistryError(
            "This backup is not signed with the keys of this ring", str(self._path), "Take the ring that belongs to it"
        )

    def content(self, file: Stored) -> Iterator[bytes]:
        """Yield a file's content block by block.

        Raises:
            RegistryError: A block is missing or changed, or the whole has another hash than the manifest says.
        """
        digest = hashlib.sha256()
        for number in range(file.first, file.first + file.count):
            block = self._opened(block_name(number))
            digest.update(block)
            yield block
        if digest.hexdigest() != file.sha256:
            raise damaged(self._path)

    def close(self) -> None:
        """Close the file."""
        self._tar.close()

    def verify(self) -> None:
        """Read every file once.

        Raises:
            RegistryError: Something is missing or changed.
        """
        for file in self.files:
            for _ in self.content(file):
                pass

    def _opened(self, name: str) -> bytes:
        try:
            return AESGCM(stretched(self._master, f"backup {name}")).decrypt(
                _NONCE, self._bytes(name), f"{self.header.number} {name}".encode()
            )
        except (InvalidTag, KeyError, OSError, tarfile.TarError):
            raise damaged(self._path) from None

    def _bytes(self, name: str) -> bytes:
        stream = self._tar.extractfile(self._members[name])
        if stream is None:
            raise KeyError(name)
        with stream:
            return stream.read()


def is_sealed(path: Path) -> bool:
    """Tell whether a file is a backup of this kind; those of before held everything in clear."""
    try:
        with tarfile.open(path, mode="r:") as tar:
            first = tar.next()
            return first is not None and first.name == HEADER
    except (OSError, tarfile.TarError):
        return False


def block_name(number: int) -> str:
    """Return the name of a block in the tar."""
    return f"{number:08d}"


def damaged(path: Path) -> RegistryError:
    """Return the error of a backup that is cut short or changed."""
    return RegistryError("This is no whole backup of Ridni", str(path), "Take another copy of it")


def _seal(master: bytes, number: str, name: str, content: bytes) -> bytes:
    return AESGCM(stretched(master, f"backup {name}")).encrypt(_NONCE, content, f"{number} {name}".encode())


def _signing_keys() -> list[Ed25519PrivateKey]:
    seeds = keys.derived_all(keys.Purpose.BACKUPS, "signatures")
    return [Ed25519PrivateKey.from_private_bytes(seed) for seed in seeds]


def _signed(header: bytes, manifest: bytes) -> bytes:
    return hashlib.sha256(header).digest() + manifest


def _blocks(content: Iterable[bytes]) -> Iterator[bytes]:
    """Cut what streams by into blocks; a file of nothing has none."""
    held = bytearray()
    for piece in content:
        held += piece
        while len(held) >= BLOCK:
            yield bytes(held[:BLOCK])
            del held[:BLOCK]
    if held:
        yield bytes(held)
