"""The ring on disk: `keyring.json` in the home, sealed: useless without its holders, so copies may lie anywhere."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from configs.atomic_files import alone, write_whole
from configs.settings import settings
from keys import holders as holding
from keys.errors import KeysError
from keys.holders import Holder
from keys.ring import Ring

NAME = "keyring.json"
_FORMAT = 1
_NONCE = 12  # bytes; random, for a ring is sealed a few dozen times under one master key


@dataclass(frozen=True)
class SealedRing:
    """A ring as it lies on disk.

    Attributes:
        number: Its id; stays as long as the ring lives.
        holders: Who holds it; none when one setting of the deployment opens it.
        needed: How many of them have to come together.
        sealed: The ring under the master key (AES-256-GCM), with all the rest as associated data.
    """

    number: str
    holders: tuple[Holder, ...]
    needed: int
    sealed: bytes = b""

    def open(self, master: bytes) -> Ring:
        """Return the ring.

        Raises:
            KeysError: The master key is another ring's, or the file was changed.
        """
        try:
            return Ring.from_bytes(AESGCM(master).decrypt(self.sealed[:_NONCE], self.sealed[_NONCE:], self._about()))
        except InvalidTag:
            raise KeysError(
                "These keys do not open this ring, or its file was changed",
                str(path()),
                "Take the ring of these keys",
            ) from None
        except (ValueError, KeyError):
            raise KeysError(
                "The ring is of a newer version of Ridni", str(path()), "Use the version that wrote it, or a newer one"
            ) from None

    def sealing(self, ring: Ring, master: bytes) -> SealedRing:
        """Return this ring with other keys in it."""
        nonce = secrets.token_bytes(_NONCE)
        sealed = nonce + AESGCM(master).encrypt(nonce, ring.to_bytes(), self._about())
        return SealedRing(self.number, self.holders, self.needed, sealed)

    def to_bytes(self) -> bytes:
        """Return the file's content."""
        told = {**json.loads(self._about()), "sealed": base64.b64encode(self.sealed).decode()}
        return json.dumps(told, indent=1, ensure_ascii=False).encode() + b"\n"

    def _about(self) -> bytes:
        about = {
            "format": _FORMAT,
            "id": self.number,
            "needed": self.needed,
            "holders": [vars(holder) for holder in self.holders],
        }
        return json.dumps(about, sort_keys=True, ensure_ascii=False).encode()


def shared(number: str, ring: Ring, people: Sequence[Holder], needed: int, master: bytes) -> SealedRing:
    """Return a ring sealed under a master key that these holders share."""
    return SealedRing(number, tuple(holding.shared_out(master, people, needed)), needed).sealing(ring, master)


def path() -> Path:
    """Return where the ring lies."""
    return settings().folder("") / NAME


def parse(content: bytes, where: Path) -> SealedRing:
    """Read a ring's file.

    Raises:
        KeysError: It is no ring, or cut short.
    """
    try:
        told = json.loads(content)
        if told["format"] != _FORMAT:
            raise ValueError
        people = tuple(Holder(**one) for one in told["holders"])
        return SealedRing(told["id"], people, told["needed"], base64.b64decode(told["sealed"], validate=True))
    except (ValueError, KeyError, TypeError):
        raise KeysError("This is no whole ring of keys", str(where), "Put a whole copy of it there") from None


def read() -> SealedRing | None:
    """Return the ring of this home, None when there is none yet."""
    try:
        return parse(path().read_bytes(), path())
    except FileNotFoundError:
        return None


def write(sealed: SealedRing) -> None:
    """Put a ring into its place, whole or not at all."""
    write_whole(path(), sealed.to_bytes())


@contextmanager
def changing() -> Iterator[None]:
    """Hold the ring of this home alone: two changes of it come one after the other."""
    with alone(settings().folder("") / ".keyring.lock"):
        yield
