"""The name of both records, once: whole, with what the comparison says of its parts beneath."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django.utils.translation import gettext as _

from review.pair.side import SideView
from review.presentation import cells
from review.presentation.cells import NAME_PARTS, Cell, Marked
from review.presentation.differences import Segment
from review.presentation.labels import field_label

WHOLE = "full_name"
FIELDS = (WHOLE, *NAME_PARTS)


def pair_of(left: SideView, right: SideView) -> tuple[Cell, Cell]:
    """Return the cells of the whole name: as written in one field, or put together from its parts."""
    whole = cells.pair_of(WHOLE, left, right)
    parts = [cells.pair_of(part, left, right) for part in NAME_PARTS]
    one, other = (_cell(side, whole[at], [part[at] for part in parts]) for at, side in enumerate((left, right)))
    return one, other


def _cell(side: SideView, whole: Cell, parts: list[Cell]) -> Cell:
    cell = whole if whole.values or whole.withheld else _joined(side, whole, parts)
    return replace(cell, shared=_shared(side))


def _joined(side: SideView, whole: Cell, parts: list[Cell]) -> Cell:
    written = [part for part in parts if part.values]
    places = [part.place for part in written if part.place]
    read = " ".join(str(side.values[part]) for part in NAME_PARTS if side.values.get(part))
    said = " ".join(segment.text for part in written for value in part.values for segment in value)
    return Cell(
        values=(_with_spaces(value for part in written for value in part.values),) if written else (),
        romanised=_with_spaces(part.romanised for part in written if part.romanised),
        read=(Segment(read, differs=False),) if read and read.casefold() != said.casefold() else (),
        doubts=tuple(dict.fromkeys(doubt for part in parts for doubt in part.doubts)),
        place=" – ".join(dict.fromkeys((places[0], places[-1]))) if places else "",
        language=written[0].language if written else whole.language,
        withheld=any(part.withheld for part in parts),
        beside=whole.beside,
    )


def _with_spaces(texts: Iterable[Marked]) -> Marked:
    joined: list[Segment] = []
    for text in texts:
        joined += [Segment(" ", differs=False), *text] if joined else text
    return tuple(joined)


def _shared(side: SideView) -> str:
    """Say of each part how many other rows of the list have it."""
    counted = [
        f"{field_label(part).lower()} {cells.count_in_words(side.shared[part])}"
        for part in NAME_PARTS
        if part in side.shared
    ]
    return _("others in this list: %(counts)s") % {"counts": ", ".join(counted)} if counted else ""
