"""How a process comes to the ring: by a file beside the data, one on another volume, an opened agent, or by people.

The order: the setting `RIDNI_SECRET_KEY` of a deployment without holders; the file beside the data (the default, for
a demo); the files of `RIDNI_KEYS_IDENTITY` and a systemd credential; the agent that `ridni keys unlock` left; and last
the people themselves, where a command may ask. Opened, the ring stays in this process's memory alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyrage import x25519

from configs.atomic_files import write_whole
from configs.settings import settings
from keys import agent, ring_file
from keys import holders as holding
from keys.errors import KeysError, KeysLocked
from keys.holders import Holder
from keys.purposes import Purpose
from keys.ring import MakeKey, Ring, derived_from, new_key, stretched
from keys.ring_file import SealedRing

Ask = Callable[[Holder], str]
"""Asks one holder for their passphrase; '' when they are not there."""

FORMER = "secret.key"
BESIDE = "keyring.identity"
CREDENTIAL = "ridni-keys"


@dataclass(frozen=True)
class Opened:
    """A ring that this process has opened, and how."""

    sealed: SealedRing
    ring: Ring
    master: bytes
    how: str


def beside() -> Path:
    """Return where the file lies that opens the ring of a demo."""
    return settings().folder("") / BESIDE


def lies_open(sealed: SealedRing) -> bool:
    """Tell whether whoever copies the home has its keys as well: a file beside the data opens them."""
    return any(holder.name == holding.OF_FILE for holder in sealed.holders)


def open_ring(ask: Ask | None = None, files: Sequence[Path] = ()) -> Opened:
    """Open the ring of this home; a home that has none gets one.

    Args:
        ask: Asks a holder for their passphrase, where a person sits before the command.
        files: Files with age identities or one passphrase each, besides those of the settings.

    Raises:
        KeysLocked: It is in people's hands, and they have not opened it.
        KeysError: It cannot be read, or what is at hand opens another ring.
    """
    sealed = ring_file.read()
    if sealed is None:
        with ring_file.changing():
            sealed = ring_file.read() or _first()
    master, how = _master_of(sealed, ask, files)
    ring = sealed.open(master)
    if ring.completed(new_key) is not ring:
        with ring_file.changing():
            sealed = ring_file.read() or sealed
            ring = sealed.open(master).completed(_maker(sealed))
            sealed = sealed.sealing(ring, master)
            ring_file.write(sealed)
    _forget_former(ring)
    return Opened(sealed, ring, master, how)


def master_of(sealed: SealedRing, label: str, ask: Ask | None = None, files: Sequence[Path] = ()) -> bytes:
    """Return the key of something else that is sealed as a ring is, such as a backup.

    Args:
        sealed: Who opens it, and how many of them.
        label: What the key of a deployment without holders is made for.
        ask: Asks a holder for their passphrase.
        files: Files with identities or passphrases.

    Raises:
        KeysLocked: Not enough of those who open it are there.
    """
    return _master_of(sealed, ask, files)[0] if sealed.holders else of_setting(label)


def _first() -> SealedRing:
    """Make the ring of a new home, or of one that has had one secret key for everything."""
    secret = settings().secret_key
    if secret is not None:
        made = derived_from(secret.get_secret_value().encode())
        sealed = SealedRing(of_setting("id")[:8].hex(), (), 0).sealing(Ring.made(made), of_setting("ring"))
        ring_file.write(sealed)
        return sealed
    former = settings().folder("") / FORMER
    make = _taking_over(former.read_bytes()) if former.exists() else new_key
    if not beside().exists():
        write_whole(beside(), f"{x25519.Identity.generate()}\n".encode())
    (identity,) = holding.identities_in(beside().read_text())
    holder = Holder(holding.OF_FILE, str(identity.to_public()))
    sealed = ring_file.shared(new_key_id(), Ring.made(make), [holder], 1, os.urandom(32))
    ring_file.write(sealed)
    return sealed


def new_key_id() -> str:
    """Return the id of a new ring."""
    return os.urandom(8).hex()


def _taking_over(former: bytes) -> MakeKey:
    """Return the keys of a home that had one: what it has digested and sealed stays readable, the rest is new."""
    before = derived_from(former)
    return lambda purpose: before(purpose) if before(purpose) == former else new_key(purpose)


def _maker(sealed: SealedRing) -> MakeKey:
    """Return what makes the keys that a ring of an older version lacks."""
    secret = settings().secret_key
    return new_key if sealed.holders or secret is None else derived_from(secret.get_secret_value().encode())


def _forget_former(ring: Ring) -> None:
    """Remove the one secret key that a home had, once the ring has it."""
    former = settings().folder("") / FORMER
    if former.exists() and former.read_bytes() in {version.key for version in ring.keys[Purpose.FINGERPRINTS]}:
        former.unlink(missing_ok=True)


def of_setting(label: str) -> bytes:
    """Return a key that the setting of a deployment without holders gives for one use.

    Raises:
        KeysLocked: It is not set.
    """
    secret = settings().secret_key
    if secret is None:
        raise KeysLocked(
            "The keys of this home were made from RIDNI_SECRET_KEY, which is not set", "", "Set it as it was"
        )
    return stretched(secret.get_secret_value().encode(), label)


def _master_of(sealed: SealedRing, ask: Ask | None, files: Sequence[Path]) -> tuple[bytes, str]:
    """Return the key that opens a ring, and how it was come by."""
    if not sealed.holders:
        return of_setting("ring"), "RIDNI_SECRET_KEY"
    found: list[x25519.Identity] = []
    for source, told in _files(files):
        found += holding.identities_in(told) or _by_passphrase(sealed, told.strip())
        if master := holding.put_together(sealed.holders, sealed.needed, found):
            return master, holding.OF_FILE if source == beside() else f"the file {source.name}"
    if (master := None if files else agent.ask(sealed.number)) and _opens(sealed, master):
        return master, "`ridni keys unlock`"
    for holder in sealed.holders if ask else ():
        if holder.by_passphrase and ask is not None and (words := ask(holder)):
            identity = holding.identity_of(holder, words)
            if identity is None:
                raise KeysError("This is not the passphrase", holder.name, "Run the same command again")
            found.append(identity)
            if master := holding.put_together(sealed.holders, sealed.needed, found):
                return master, "its holders"
    names = ", ".join(holder.name for holder in sealed.holders)
    raise KeysLocked(
        f"The keys are locked: {sealed.needed} of {len(sealed.holders)} holders ({names}) open them",
        "",
        "Run `ridni keys unlock`, or name the file of an age identity on another volume in RIDNI_KEYS_IDENTITY",
    )


def _opens(sealed: SealedRing, master: bytes) -> bool:
    try:
        sealed.open(master)
    except KeysError:
        return False
    return True


def _by_passphrase(sealed: SealedRing, words: str) -> list[x25519.Identity]:
    """Return the identities that a file with one passphrase opens."""
    found = (holding.identity_of(holder, words) for holder in sealed.holders if holder.by_passphrase and words)
    return [identity for identity in found if identity is not None]


def _files(besides: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    """Yield the files that may open the ring, with what they say.

    Raises:
        KeysError: One that a setting names is not there, such as on a volume that is not mounted.
    """
    if beside().exists():
        yield beside(), beside().read_text()
    chosen = settings().keys_identity
    for named in (*besides, *([chosen] if chosen else [])):
        try:
            found = sorted(named.iterdir()) if named.is_dir() else [named]
            yield from [(file, file.read_text()) for file in found if file.is_file() or file == named]
        except (OSError, UnicodeError) as error:
            raise KeysError(
                f"A file that is to open the keys cannot be read ({type(error).__name__})",
                str(named),
                "Mount its volume, or leave it out (RIDNI_KEYS_IDENTITY, --identity) and run `ridni keys unlock`",
            ) from None
    credentials = os.environ.get("CREDENTIALS_DIRECTORY")  # systemd.exec(5), LoadCredential=ridni-keys:FILE
    if credentials:
        yield from [(file, file.read_text()) for file in sorted(Path(credentials).glob(f"{CREDENTIAL}*"))]
