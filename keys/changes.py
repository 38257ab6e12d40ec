"""Changes of a ring: into people's hands, another holder, one holder less, new keys. Each is written whole or not."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import keys
from keys import agent, opening, ring_file
from keys.errors import KeysError
from keys.holders import Holder
from keys.opening import Opened
from keys.purposes import ROTATING, Purpose
from keys.ring import Ring
from keys.ring_file import SealedRing

READABLE_FOR = timedelta(days=1)
"""A retired key stays so long: no session lives longer, and every process has taken up the newer key by then."""


def to_people(people: list[Holder], needed: int) -> Opened:
    """Put a ring that lies in a file, or hangs on a setting, into people's hands, with new keys for what is new.

    Raises:
        KeysError: People hold it already, or the holders cannot be.
    """
    held = keys.opened()
    if in_hands(held.sealed):
        raise KeysError("The keys are in people's hands already", "", "Use `ridni keys add-holder` or `remove-holder`")
    return _sealed_anew(people, needed)


def add(holder: Holder, needed: int | None) -> Opened:
    """Give the ring one more holder; the others need not be there.

    Raises:
        KeysError: Nobody holds the ring yet, or the holders cannot be.
    """
    held = _in_hands()
    return _sealed_anew([*held.sealed.holders, holder], needed or held.sealed.needed, renew=False)


def remove(name: str, needed: int | None) -> Opened:
    """Take the ring out of a holder's hands: what they could open opens nothing that is sealed from now on.

    Raises:
        KeysError: There is no such holder, or the rest are fewer than are needed.
    """
    held = _in_hands()
    rest = [holder for holder in held.sealed.holders if holder.name != name]
    if len(rest) == len(held.sealed.holders):
        raise KeysError("There is no such holder", name, "`ridni keys status` names them")
    return _sealed_anew(rest, needed or min(held.sealed.needed, len(rest)))


def renew() -> Opened:
    """Put a new key in front of each purpose whose keys rotate; what is sealed stays readable."""
    return _written(lambda ring: ring.renewed(ROTATING))


def drop_unused(in_use: Mapping[Purpose, set[int]]) -> int:
    """Remove retired keys under which nothing lies any more, and return how many.

    Args:
        in_use: For each purpose whose sealed things are counted, the numbers of the keys that they need.
    """
    before = datetime.now(UTC) - READABLE_FOR
    dropped = 0

    def without(ring: Ring) -> Ring:
        nonlocal dropped
        for purpose, needed in in_use.items():
            _, *retired = ring.keys[purpose]
            old = {version.number for version in retired if datetime.fromisoformat(version.retired) < before}
            dropped += len(old - needed)
            ring = ring.without(purpose, old - needed)
        return ring

    _written(without)
    return dropped


def in_hands(sealed: SealedRing) -> bool:
    """Tell whether people hold a ring: neither a file beside the data nor a setting opens it."""
    return bool(sealed.holders) and not opening.lies_open(sealed)


def _in_hands() -> Opened:
    held = keys.opened()
    if not in_hands(held.sealed):
        raise KeysError("Nobody holds the keys yet", "", "Put them into people's hands: `ridni keys init`")
    return held


def _sealed_anew(people: list[Holder], needed: int, *, renew: bool = True) -> Opened:
    """Seal the ring under a new master key for these holders; an agent that runs gets it as well."""
    master = os.urandom(32)
    with ring_file.changing():
        ring = _present().ring
        ring = ring.renewed(ROTATING) if renew else ring
        sealed = ring_file.shared(_present().sealed.number, ring, people, needed, master)
        until = agent.until()
        ring_file.write(sealed)
        # From here on the people's ring is the one that counts; a file that a kill leaves opens nothing of it.
        opening.beside().unlink(missing_ok=True)
    if until is not None:
        agent.start(sealed.number, master, max(1.0, until - datetime.now(UTC).timestamp()))
    return _used(Opened(sealed, ring, master, "this command"))


def _written(change: Callable[[Ring], Ring]) -> Opened:
    with ring_file.changing():
        held = _present()
        ring = change(held.ring)
        sealed = held.sealed.sealing(ring, held.master)
        ring_file.write(sealed)
    return _used(Opened(sealed, ring, held.master, held.how))


def _present() -> Opened:
    """Return the ring as its file says now: another process may have changed it since this one opened it."""
    held = keys.opened()
    sealed = ring_file.read()
    if sealed is None:
        raise KeysError("The ring's file is gone", str(ring_file.path()), "Put a copy of it there")
    return Opened(sealed, sealed.open(held.master), held.master, held.how)


def _used(held: Opened) -> Opened:
    keys.use(held)
    return held
