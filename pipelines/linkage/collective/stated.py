"""Transfers that people state, as the linker takes them."""

from __future__ import annotations

import hashlib
from datetime import date

from matching.collective.columns import place_atoms
from matching.collective.support import StatedTransfer
from matching.spec import LinkageSpec
from transliteration.dates.interval import DateError, DateInterval

UNKNOWN_PEOPLE = 10.0
"""What a statement without a number counts for, in found people: more than the background's eight."""
MOST_PEOPLE = 30.0
"""However many were moved, some of them are listed elsewhere: no statement outweighs a whole list of found records."""


def stated_transfers(spec: LinkageSpec) -> tuple[StatedTransfer, ...]:
    """Return the transfers that count, as this spec reads them."""
    from registry.judgements import stated_transfers as statements

    transfer = spec.collective.transfer if spec.collective else None
    if transfer is None:
        return ()
    return tuple(
        StatedTransfer(
            one.kind,
            place_atoms(spec, one.kind, one.origin_value),
            one.region_id,
            min(float(one.children or UNKNOWN_PEOPLE), MOST_PEOPLE),
        )
        for one in statements.standing()
        if one.kind in transfer.origins
    )


def digest_of_stated(stated: tuple[StatedTransfer, ...]) -> str | None:
    """Return a hash of the transfers that were counted; None where there was none."""
    return hashlib.sha256(repr(sorted(map(repr, stated))).encode()).hexdigest() if stated else None


def day_of(value: object) -> tuple[date, date] | None:
    """Return the days that a record's `transferred_on` may mean."""
    try:
        interval = DateInterval.from_text(str(value))
    except DateError:
        return None
    return interval.start, interval.end
