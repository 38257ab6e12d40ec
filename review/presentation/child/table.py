"""Records of a child in columns, as the page writes them: heads, rows, marks of what agrees and what contradicts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from review.child.columns import Column
from review.pair.side import SideView
from review.presentation import cells
from review.presentation.cells import Cell
from review.presentation.labels import FIELDS, NAME_FIELDS, field_label
from review.presentation.provenance import SOURCE_CLASSES, place
from review.presentation.timeline import EVENTS, dates_of
from review.presentation.value_labels import interval
from transliteration.dates.interval import DateError, DateInterval

_PLACES = {
    "lost_on": ("last_place", "institution"),
    "transferred_on": ("institution", "region"),
    "observed": ("region",),
    "birth": ("birthplace",),
}
"""Where it was that something happened, by what happened: the first of these fields that says something."""


@dataclass(frozen=True)
class Head:
    """The head of a column.

    Attributes:
        letter: By which the page names the record.
        seeking: Whether it comes from people who look for the child.
        corrected: What is said when the source has corrected the row since it was verified.
        contradicted: Letters of the records that cannot be the same child.
    """

    letter: str
    row: int
    title: str
    kind: str
    seeking: bool
    observed_on: date | None
    place: str
    sha256: str
    corrected: str
    contradicted: str


@dataclass(frozen=True)
class Marked:
    """One cell; `mark` is `agrees`, `contradicts` or '', with the letters of the records in question."""

    cell: Cell
    mark: str
    letters: str


@dataclass(frozen=True)
class TableRow:
    """One field of all records."""

    field: str
    label: str
    cells: tuple[Marked, ...]

    @property
    def is_name(self) -> bool:
        """Tell whether the row holds a name, which is written larger."""
        return self.field in NAME_FIELDS


@dataclass(frozen=True)
class ChildTable:
    """All records side by side; `seeking` and `found` count the columns of either kind."""

    heads: tuple[Head, ...]
    rows: tuple[TableRow, ...]
    seeking: int
    found: int


@dataclass(frozen=True)
class Moment:
    """One date of one record, with the age of the child at it and the place, where they are known."""

    when: str
    what: str
    letter: str
    age: str
    place: str


def letter(place: int) -> str:
    """Return the name of a column: A to Z, then AA and so on."""
    return (letter(place // 26 - 1) if place >= 26 else "") + chr(ord("A") + place % 26)


def letters(columns: Sequence[Column]) -> dict[int, str]:
    """Return the letter of each row."""
    return {column.row: letter(number) for number, column in enumerate(columns)}


def table(columns: Sequence[Column], apart: Iterable[tuple[int, int]] = ()) -> ChildTable:
    """Lay records out in columns.

    Args:
        columns: The records in order.
        apart: Pairs of rows that cannot be one child.
    """
    named = letters(columns)
    against: dict[int, set[str]] = {row: set() for row in named}
    for left, right in apart:
        if left in named and right in named:
            against[left].add(named[right])
            against[right].add(named[left])
    heads = tuple(_head(column, named[column.row], against[column.row]) for column in columns)
    known = {field for column in columns for field in cells.fields_of(column.side)}
    order = [*(field for field in FIELDS if field in known), *sorted(known - set(FIELDS))]
    rows = tuple(_row(field, columns, named) for field in order if _is_told(field, known, columns))
    seeking = sum(head.seeking for head in heads)
    return ChildTable(heads, rows, seeking, len(heads) - seeking)


def moments(columns: Sequence[Column]) -> tuple[Moment, ...]:
    """Return all dates of the records in order, with the age that the child had."""
    named, born = letters(columns), _born([column.side for column in columns])
    found = [
        (*span, kind, column)
        for column in columns
        for kind, span in dates_of(column.side).items()
    ]  # fmt: skip
    found.sort(key=lambda one: (one[0], one[1], one[2], named[one[3].row]))
    return tuple(
        Moment(
            interval(DateInterval.between(first, last).text),
            str(EVENTS[kind]),
            named[column.row],
            "" if kind == "birth" else _age(born, first),
            _place(column.side, kind),
        )
        for first, last, kind, column in found
    )


def _head(column: Column, name: str, against: Collection[str]) -> Head:
    side = column.side
    corrected = ""
    if column.verified_version is not None and column.verified_version != side.version:
        corrected = _("corrected by its source since: version %(verified)s was verified, this is %(now)s") % {
            "verified": column.verified_version,
            "now": side.version,
        }
    return Head(
        name,
        column.row,
        side.source_title,
        str(SOURCE_CLASSES.get(side.source_class, side.source_class)),
        side.side == "seeking",
        side.observed_on,
        place(side.locator),
        side.evidence_sha256,
        corrected,
        ", ".join(sorted(against)),
    )


def _is_told(field: str, known: Collection[str], columns: Sequence[Column]) -> bool:
    """Tell whether a row says more than the full name does: a part of a name that no record writes does not."""
    if field not in cells.NAME_PARTS or "full_name" not in known:
        return True
    return any(one.field == field for column in columns for one in column.side.fields)


def _row(field: str, columns: Sequence[Column], named: dict[int, str]) -> TableRow:
    known = {column.row: cells.of_one(field, column.side) for column in columns}
    return TableRow(field, field_label(field), tuple(_marked(field, column, known, named) for column in columns))


def _marked(field: str, column: Column, known: dict[int, Cell], named: dict[int, str]) -> Marked:
    """Mark a value against those that others give; where there is nothing to compare, nothing is marked."""
    cell = known[column.row]
    for mark, found in (("contradicts", column.contradicts), ("agrees", column.agrees)):
        others = [named[row] for row in found.get(field, ()) if row in known and not known[row].empty]
        if others and not cell.empty:
            return Marked(cell, mark, ", ".join(sorted(others)))
    return Marked(cell, "", "")


def _born(sides: Sequence[SideView]) -> DateInterval | None:
    """Return the day of birth as the most precise record has it; of equally precise ones the first."""
    spans = []
    for side in sides:
        try:
            spans.append(DateInterval.from_text(str(side.values.get("birth", ""))))
        except DateError:
            continue
    return min(spans, key=lambda span: span.end - span.start, default=None)


def _age(born: DateInterval | None, day: date) -> str:
    if born is None or day < born.start:
        return ""
    most, least = (day.year - b.year - ((day.month, day.day) < (b.month, b.day)) for b in (born.start, born.end))
    return str(most) if most == least else f"{max(least, 0)}–{most}"


def _place(side: SideView, kind: str) -> str:
    for field in _PLACES.get(kind, ()):
        found = next((one for one in side.fields if one.field == field and not one.withheld), None)
        if found is not None and found.written:
            return "; ".join(found.written)
    return ""
