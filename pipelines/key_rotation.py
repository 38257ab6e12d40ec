"""New keys for what is new, and the rest sealed again: in an order in which a kill at any point loses nothing.

First the ring has the new keys, and every process takes them up within seconds; then what the old ones sealed is opened
and sealed anew, row by row, while both are in the ring; last the old ones go, a day after they were retired, and only
those that nothing needs.
"""

from __future__ import annotations

from dataclasses import dataclass

from keys import changes
from keys.purposes import Purpose
from registry import audit, data_keys
from registry.identities import outbox
from registry.sealing import row_keys
from review.sign_in import rewrapping


@dataclass(frozen=True)
class Rotation:
    """What one rotation did: how many of each kind were sealed again, and how many old keys went."""

    sealed: dict[str, int]
    dropped: int


def rotate() -> Rotation:
    """Renew the keys of the ring and seal again what lies under old ones."""
    changes.renew()
    sealed = {
        "second factors": rewrapping.rewrap(),
        "secrets of webhooks": outbox.rewrap(),
        "keys of rows": row_keys.wrap_again(),
        "keys of evidence and notes": data_keys.wrap_again(),
    }
    needed = {purpose: set[int]() for purpose in (Purpose.PAYLOAD, Purpose.EVIDENCE, Purpose.NOTES)}
    for in_use in (row_keys.in_use(), data_keys.in_use()):
        for purpose, numbers in in_use.items():
            needed[purpose] |= numbers
    sealed_anew = {purpose: set[int]() for purpose in (Purpose.SECOND_FACTORS, Purpose.WEBHOOKS, Purpose.SESSIONS)}
    dropped = changes.drop_unused(sealed_anew | needed)
    audit.append("system", "keys.rotated", "keys", "", {"sealed": sum(sealed.values()), "dropped": dropped})
    return Rotation(sealed, dropped)
