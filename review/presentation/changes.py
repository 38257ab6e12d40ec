"""What newer lists say of the two records, field by field: a change is evidence of its own."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from review.pair.record_changes import FieldChange, RowChange
from review.pair.side import SideView
from review.presentation.differences import Segment, differences, script
from review.presentation.labels import (
    HIDDEN_FIELDS,
    LETTER_FIELDS,
    LETTERS,
    TEXT_FIELDS,
    field_label,
)

KINDS: dict[str, Promise] = {
    "changed": _("a newer list writes it otherwise"),
    "vanished": _("no longer in the list"),
    "reappeared": _("in the list again"),
}
"""What a delivery may show of a row that was known before."""


@dataclass(frozen=True)
class FieldStep:
    """One field before and after; `folded` for long texts, which stay closed until the reader asks for them."""

    label: str
    before: tuple[Segment, ...]
    after: tuple[Segment, ...]
    folded: bool
    withheld: bool


@dataclass(frozen=True)
class Step:
    """What one list showed of one record; `lost` when an earlier version is no longer kept."""

    letter: str
    right: bool
    when: str
    words: str
    fields: tuple[FieldStep, ...]
    lost: bool


def steps(left: SideView, right: SideView) -> tuple[Step, ...]:
    """Return the changes of both records, the earliest first."""
    found = [(change, side) for side, view in enumerate((left, right)) for change in view.changes]
    return tuple(_step(change, side) for change, side in sorted(found, key=lambda one: (one[0].observed_on, one[1])))


def _step(change: RowChange, side: int) -> Step:
    return Step(
        letter=str(LETTERS[side]),
        right=bool(side),
        when=f"{change.observed_on:%d.%m.%Y}",
        words=str(KINDS[change.kind]),
        fields=tuple(_field(field) for field in change.fields if field.withheld or field.field not in HIDDEN_FIELDS),
        lost=not change.kept,
    )


def _field(change: FieldChange) -> FieldStep:
    before, after = "; ".join(change.before), "; ".join(change.after)
    was: tuple[Segment, ...] = (Segment(before, differs=False),) if before else ()
    now: tuple[Segment, ...] = (Segment(after, differs=False),) if after else ()
    if change.field in LETTER_FIELDS and before and after and script(before) == script(after):
        was, now = differences(before, after)
    return FieldStep(
        label=field_label(change.field),
        before=was,
        after=now,
        folded=change.field in TEXT_FIELDS,
        withheld=change.withheld,
    )
