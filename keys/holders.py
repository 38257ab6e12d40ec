"""Who holds the ring: named people, each with an age recipient, so many of whom have to come together.

The ring is sealed with one master key. For each group of `needed` holders the master key is split into as many shares
that give it by exclusive or: fewer than all of a group tell nothing of it (plain n-of-n secret sharing). A holder's
slot holds their share of each group they belong to, encrypted to their recipient. Of at most eight holders there are at
most seventy groups; that is simpler than polynomials, and as strong.

A holder by passphrase has an age identity as well, which lies in the slot encrypted with the passphrase (age's scrypt):
so holders come and go without asking those who stay.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import combinations

import pyrage
from pyrage import passphrase as age_passphrase
from pyrage import x25519

from keys.errors import KeysError

MOST = 8
OF_FILE = "file beside the data"
"""The holder of a demo's ring: no person, so no person has this name."""


@dataclass(frozen=True)
class Holder:
    """One holder of the ring.

    Attributes:
        name: A name for people, unique in the ring.
        recipient: Their age recipient, `age1…`.
        identity: For a holder by passphrase, their age identity encrypted with it; else ''.
        shares: Their shares, encrypted to the recipient.
    """

    name: str
    recipient: str
    identity: str = ""
    shares: str = ""

    @property
    def by_passphrase(self) -> bool:
        """Tell whether a passphrase opens this holder's shares."""
        return bool(self.identity)


def by_recipient(name: str, recipient: str) -> Holder:
    """Return a holder by age recipient.

    Raises:
        KeysError: The recipient cannot be read, or the name is none.
    """
    recipient_of(recipient)
    return Holder(_named(name), recipient)


def by_passphrase(name: str, words: str) -> Holder:
    """Return a holder by passphrase.

    Raises:
        KeysError: The passphrase is shorter than 12 signs, or the name is none.
    """
    if len(words) < 12:
        raise KeysError("A passphrase needs at least 12 signs", name, "Take six words that nobody connects with you")
    identity = x25519.Identity.generate()
    sealed = age_passphrase.encrypt(str(identity).encode(), words)
    return Holder(_named(name), str(identity.to_public()), base64.b64encode(sealed).decode())


def recipient_of(text: str) -> x25519.Recipient:
    """Return the age recipient that a text names.

    Raises:
        KeysError: It is none; what was given is not quoted, for it may be an identity.
    """
    try:
        return x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError:
        raise KeysError(
            "This is no age recipient (age1…)", "", "Ask the holder for the line that `age-keygen` shows as public key"
        ) from None


def identities_in(text: str) -> list[x25519.Identity]:
    """Return the age identities of a file that `age-keygen` wrote."""
    lines = (line.strip() for line in text.splitlines())
    try:
        return [x25519.Identity.from_str(line) for line in lines if line.startswith("AGE-SECRET-KEY-")]
    except pyrage.IdentityError:
        raise KeysError("An age identity cannot be read", "", "Take the file as `age-keygen` wrote it") from None


def identity_of(holder: Holder, words: str) -> x25519.Identity | None:
    """Return the identity of a holder by passphrase; None when the passphrase is not theirs."""
    try:
        opened = age_passphrase.decrypt(base64.b64decode(holder.identity), words)
    except pyrage.DecryptError:
        return None
    return x25519.Identity.from_str(opened.decode())


def shared_out(master: bytes, holders: Sequence[Holder], needed: int) -> list[Holder]:
    """Return the holders with new shares of a master key.

    Raises:
        KeysError: There are no holders or too many, two of one name or recipient, or fewer than are needed.
    """
    if not 1 <= needed <= len(holders) <= MOST:
        raise KeysError(
            f"{needed} of {len(holders)} holders cannot be",
            "",
            f"Name at most {MOST}, and --need no more than those",
        )
    if len({holder.name for holder in holders}) < len(holders) or len({h.recipient for h in holders}) < len(holders):
        raise KeysError("Two holders have one name or one recipient", "", "Each person needs their own")
    shares: list[dict[str, str]] = [{} for _ in holders]
    for group in combinations(range(len(holders)), needed):
        parts = [secrets.token_bytes(len(master)) for _ in group[1:]]
        parts.insert(0, reduce(_xor, parts, master))
        for member, part in zip(group, parts, strict=True):
            shares[member][_group_name(holders[number] for number in group)] = part.hex()
    return [
        replace(holder, shares=_encrypted(json.dumps(own).encode(), holder.recipient))
        for holder, own in zip(holders, shares, strict=True)
    ]


def put_together(holders: Sequence[Holder], needed: int, identities: Iterable[x25519.Identity]) -> bytes | None:
    """Return the master key from the shares that these identities open; None when they are too few."""
    opened: dict[str, dict[str, str]] = {}
    for identity in identities:
        own = str(identity.to_public())
        for holder in holders:
            if holder.recipient == own and holder.name not in opened:
                opened[holder.name] = json.loads(_decrypted(holder.shares, identity))
    if len(opened) < needed:
        return None
    group = [holder for holder in holders if holder.name in opened][:needed]
    name = _group_name(group)
    return reduce(_xor, (bytes.fromhex(opened[holder.name][name]) for holder in group))


def _encrypted(content: bytes, recipient: str) -> str:
    return base64.b64encode(pyrage.encrypt(content, [recipient_of(recipient)])).decode()


def _decrypted(sealed: str, identity: x25519.Identity) -> bytes:
    try:
        return bytes(pyrage.decrypt(base64.b64decode(sealed), [identity]))
    except (pyrage.DecryptError, ValueError):
        raise KeysError("A holder's shares cannot be opened", "keyring.json", "Take a whole copy of the file") from None


def _group_name(group: Iterable[Holder]) -> str:
    return "+".join(holder.name for holder in group)


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def _named(name: str) -> str:
    name = name.strip()
    if not name or len(name) > 60 or "+" in name or not name.isprintable() or name == OF_FILE:
        raise KeysError("A holder needs a name of up to 60 signs, without +", "", "Write --holder NAME=age1…")
    return name
