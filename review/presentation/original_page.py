"""The originals behind a pair as data for the page."""

from __future__ import annotations

from dataclasses import dataclass

from review.pair.originals import Line, Original
from review.pair.pair_view import PairView
from review.presentation.labels import LETTERS, field_label
from review.presentation.provenance import place
from review.presentation.surroundings import EVIDENCE


@dataclass(frozen=True)
class Column:
    """A column of a table: its letter, its heading in the file, and the field read from it."""

    letter: str
    heading: str
    label: str


@dataclass(frozen=True)
class Shown:
    """One side's original.

    Attributes:
        letter: Of the record, as on the pair page.
        title: Title of the source.
        where: The locator in words.
        sha256: Of the stored bytes; `state` how they stand today.
        sound: Whether they are what they were.
        kind: `table`, `messages`, `card`, or '' when there is nothing to show.
    """

    letter: str
    title: str
    where: str
    sha256: str
    state: str
    sound: bool
    kind: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    elsewhere: tuple[tuple[str, str, str], ...]
    agrees: bool


def originals(view: PairView, found: tuple[Original, Original]) -> tuple[Shown, ...]:
    """Put both originals into the words of the page."""
    return tuple(
        Shown(
            letter=str(LETTERS[number]),
            title=side.source_title,
            where=place(side.locator),
            sha256=side.evidence_sha256,
            state=str(EVIDENCE[one.state]),
            sound=one.state == "sound",
            kind=one.kind,
            columns=tuple(
                Column(letter, heading, field_label(field) if field else "") for letter, heading, field in one.columns
            ),
            lines=one.lines,
            elsewhere=tuple((cell, field_label(field), text) for cell, field, text in one.elsewhere),
            agrees=one.agrees,
        )
        for number, (side, one) in enumerate(zip((view.left, view.right), found, strict=True))
    )
