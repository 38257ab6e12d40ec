"""One field of one record on the page: as written, in Latin letters, as read, with the letters marked that differ."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from review.pair import commonness
from review.pair.side import FieldView, SideView
from review.presentation import value_labels
from review.presentation.differences import Segment, differences, script
from review.presentation.labels import (
    DATE_FIELDS,
    HIDDEN_FIELDS,
    LETTER_FIELDS,
    TEXT_FIELDS,
)
from review.presentation.one_standard import in_one_standard
from review.presentation.provenance import cell as cell_of

Marked = tuple[Segment, ...]

NAME_PARTS = ("surname", "given", "patronymic")
_LANGUAGES = frozenset({"uk", "ru", "en", "de", "pl", "fr"})
_SLAVIC = frozenset({"uk", "ru"})


@dataclass(frozen=True)
class Beside:
    """What a verified record of the same child says of a field, where this record says otherwise or nothing."""

    text: str
    language: str
    title: str


@dataclass(frozen=True)
class Cell:
    """One field of one record.

    Attributes:
        values: As written, one entry per value.
        romanised: The same in Latin letters.
        read: How the machine has read it, where that says more than the writing.
        doubts: What is doubtful about the reading, in words.
        place: The spreadsheet cell, where there is one.
        language: Language of the writing, '' when unknown.
        text: Whether it is text of several lines.
        folded: Whether such a text stays folded away until the reader asks for it.
        withheld: Whether the record has such a value that this person may not see.
        shared: How many other rows of the list have the value, in words; '' where nobody counted.
        beside: What other records of the same verified child say.
    """

    values: tuple[Marked, ...] = ()
    romanised: Marked = ()
    read: Marked = ()
    doubts: tuple[str, ...] = ()
    place: str = ""
    language: str = ""
    text: bool = False
    folded: bool = False
    withheld: bool = False
    shared: str = ""
    beside: tuple[Beside, ...] = ()

    @property
    def empty(self) -> bool:
        """Tell whether the record says nothing."""
        return not (self.values or self.read or self.withheld)

    @property
    def bare(self) -> bool:
        """Tell whether nothing is known, neither by the record nor by verified ones."""
        return self.empty and not self.beside

    @property
    def romanised_language(self) -> str:
        """Return the language mark of the Latin letters."""
        return f"{self.language}-Latn" if self.language in _SLAVIC else ""


@dataclass(frozen=True)
class _Plain:
    """A cell before it is compared with its neighbour."""

    written: tuple[str, ...]
    romanised: str
    read: str


def fields_of(side: SideView) -> frozenset[str]:
    """Return the rows that this record has something to say in."""
    told = {field for field in HIDDEN_FIELDS if value_labels.doubts(side.values, field)}
    written = {field.field for field in side.fields if field.withheld or field.field not in HIDDEN_FIELDS - told}
    if "age" in written:
        written = written - {"age"} | {"birth_date"}
    derived = {part for part in (*NAME_PARTS, "sex") if side.values.get(part)}
    verified = {field for other in side.beside for field in fields_of(other) - TEXT_FIELDS - HIDDEN_FIELDS}
    return frozenset(written | derived | verified | ({"birth_date"} if side.values.get("birth") else set()))


def pair_of(field: str, left: SideView, right: SideView) -> tuple[Cell, Cell]:
    """Return the cells of one field for both records, with what differs between them marked."""
    one, other = _plain(field, left), _plain(field, right)
    one, other = _alike(one, left, other, right), _alike(other, right, one, left)
    return _cell(field, left, one, other), _cell(field, right, other, one)


def _alike(own: _Plain, side: SideView, other: _Plain, beside: SideView) -> _Plain:
    latin = in_one_standard(own.written, other.written, own.romanised, other.romanised, side.language, beside.language)
    return replace(own, romanised=latin)


def of_one(field: str, side: SideView) -> Cell:
    """Return the cell of one field for one record, with nothing to compare it with."""
    return _cell(field, side, _plain(field, side), _Plain((), "", ""))


def _written(field: str, side: SideView) -> FieldView | None:
    return next((found for found in side.fields if found.field == field), None)


def _plain(field: str, side: SideView) -> _Plain:
    found = _written(field, side)
    written = found.written if found else ()
    romanised = found.romanised if found else ""
    read = ""
    if field in NAME_PARTS:
        read = _unlike(str(side.values.get(field, "")), written)
    elif field == "full_name" and not written:
        parts = [_written(part, side) for part in NAME_PARTS]
        read = " ".join(text for part in parts if part for text in part.written)
    elif field == "full_name":
        read = _unlike(" ".join(str(v) for part in NAME_PARTS if (v := side.values.get(part))), written)
    elif field == "birth_date":
        age = _written("age", side)
        written = (*written, *(_("age: %(age)s") % {"age": text} for text in (age.written if age else ())))
        read = value_labels.interval(str(side.values.get("birth", "")))
    elif field == "sex":
        read = value_labels.sex(side.values)
        written = () if read and len("".join(written)) == 1 else written  # a bare code says nothing more
    elif field in ("eyes", "hair") and written:
        read = value_labels.trait(side.values, field)
        read = "" if written[0].casefold() in read.casefold() else read
    if len(written) == 1 and read == written[0]:
        read = ""
    return _Plain(written, romanised, read)


def _unlike(normalised: str, written: tuple[str, ...]) -> str:
    """Return the normalised form of a name where it says more than the writing: case and order say nothing."""
    spelt = sorted(" ".join(written).casefold().split())
    return "" if sorted(normalised.casefold().split()) == spelt else normalised


def _cell(field: str, side: SideView, own: _Plain, other: _Plain) -> Cell:
    found = _written(field, side)
    cell = Cell(
        values=tuple(_unmarked(text) for text in own.written),
        romanised=_unmarked(own.romanised),
        read=_unmarked(own.read),
        doubts=value_labels.doubts(side.values, field),
        place=cell_of(found.locator) if found else "",
        language=side.language if side.language in _LANGUAGES else "",
        text=field in TEXT_FIELDS,
        folded=field in TEXT_FIELDS,
        withheld=found is not None and found.withheld,
        shared=_shared(side.shared.get(field)),
        beside=_beside(field, side, own),
    )
    if field in DATE_FIELDS:
        return _mark_date(cell, own, other)
    return _mark_letters(cell, own, other) if field in LETTER_FIELDS else cell


def _shared(others: int | None) -> str:
    """Say how many other rows of the list have the same value."""
    if others is None:
        return ""
    if not others:
        return _("no other row of this list")
    said = ngettext("%(n)s other in this list", "%(n)s others in this list", others)
    return said % {"n": count_in_words(others)}


def count_in_words(others: int) -> str:
    """Write a count of rows; where counting stopped, `+` says that there are more."""
    return number_format(others, 0, force_grouping=True) + ("+" if others >= commonness.MANY else "")


def _beside(field: str, side: SideView, own: _Plain) -> tuple[Beside, ...]:
    """Return what verified records of the same child say otherwise than this one, each saying once."""
    if field in TEXT_FIELDS | HIDDEN_FIELDS:
        return ()
    known = {text.casefold() for text in (*own.written, own.read) if text}
    found: dict[str, Beside] = {}
    for other in side.beside:
        plain = _plain(field, other)
        text = " · ".join(plain.written) or plain.read
        if text and text.casefold() not in known:
            language = other.language if other.language in _LANGUAGES else ""
            found.setdefault(text.casefold(), Beside(text, language, other.source_title))
    return tuple(found.values())


def _mark_letters(cell: Cell, own: _Plain, other: _Plain) -> Cell:
    """Mark letters in the writing when both are in one script, else in the Latin forms."""
    mine, theirs = " ".join(own.written) or own.read, " ".join(other.written) or other.read
    if not mine or not theirs:
        return cell
    if script(mine) == script(theirs):
        if own.written:
            return replace(cell, values=tuple(_against(text, theirs) for text in own.written))
        return replace(cell, read=_against(own.read, theirs))
    latin, their_latin = own.romanised or mine, other.romanised or theirs
    if script(latin) != script(their_latin):
        return cell
    if own.romanised:
        return replace(cell, romanised=_against(latin, their_latin))
    return replace(cell, values=tuple(_against(text, their_latin) for text in own.written))


def _mark_date(cell: Cell, own: _Plain, other: _Plain) -> Cell:
    """Mark digits in the dates as read, when both are equally precise."""
    mine, theirs = own.read or "".join(own.written), other.read or "".join(other.written)
    if len(mine) != len(theirs) or not mine[:1].isdigit():
        return cell
    marked = tuple(Segment(a, a != b) for a, b in zip(mine.split("."), theirs.split("."), strict=False))
    dotted = tuple(part for segment in marked for part in (segment, Segment(".", differs=False)))[:-1]
    return replace(cell, read=dotted) if own.read else replace(cell, values=(dotted,))


def _against(text: str, other: str) -> Marked:
    return differences(text, other)[0]


def _unmarked(text: str) -> Marked:
    return (Segment(text, differs=False),) if text else ()
