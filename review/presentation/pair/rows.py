"""The rows of the pair page: the fields of both records and the steps of the waterfall beside them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from review.pair.pair_view import ExplanationRow, PairView
from review.pair.side import SideView
from review.presentation import cells, score_text
from review.presentation.cells import Cell
from review.presentation.constellation.supporters import SupportingPair, supporting_pairs
from review.presentation.explanations import Sentence, sentence
from review.presentation.labels import FIELDS, TEXT_FIELDS, field_label
from review.presentation.pair import name
from review.presentation.waterfall import Step, bits_of_rivals, waterfall

START, RIVALS = "start", "rivals"
WHOLE: dict[str, Promise] = {
    START: gettext_lazy("Two records at random"),
    "scenario": gettext_lazy("Alteration and look-alikes"),
    RIVALS: gettext_lazy("Rivals"),
}
"""Rows about the pair as a whole, which are no fields."""

ABSENT, IMPLIED = "absent", "implied"
NOTHING = (ABSENT, IMPLIED, "replaced")
"""What the comparison says of fields that weigh nothing."""

SPEAKING = frozenset({"social", "media"})
"""Classes of sources whose record is what somebody wrote: the words themselves are the evidence, and public."""

_ROW_OF_EXPLANATION = {"birth": "birth_date"}
"""Fields the comparison names otherwise than the lists."""


@dataclass(frozen=True)
class Bar:
    """One bar of the waterfall with its number in words."""

    step: Step
    words: str


@dataclass(frozen=True)
class Line:
    """What the comparison says of one field; with a label where a row has several."""

    label: str
    sentence: str
    sentence_language: str
    bar: Bar | None
    supporter: SupportingPair | None = None


@dataclass(frozen=True)
class Row:
    """One field of both records, or the whole name; without cells when it is about the pair as a whole.

    `implied` where the values agree and another field says so already: they take one line.
    """

    field: str
    label: str
    cells: tuple[Cell, Cell] | None
    lines: tuple[Line, ...] = ()
    implied: bool = False

    @property
    def is_name(self) -> bool:
        """Tell whether the row holds the name, which is written larger."""
        return self.field == name.WHOLE

    @property
    def one_sided(self) -> bool:
        """Tell whether only one record says something, so that there is nothing to compare."""
        weighed = any(line.bar for line in self.lines)
        return self.cells is not None and not weighed and any(cell.bare for cell in self.cells)


@dataclass(frozen=True)
class Rows:
    """All rows of a page and the sum of their steps.

    Attributes:
        words: The posts and articles that are records themselves, in full.
        compared: What both records say, and the steps that belong to the pair as a whole.
        one_sided: What only one of them knows.
    """

    words: tuple[Row, ...]
    compared: tuple[Row, ...]
    one_sided: tuple[Row, ...]
    total: Step


def rows(view: PairView, language: str) -> Rows:
    """Make one row per field that either record knows, and some for what belongs to the pair as a whole.

    The first row is where a random pair of these two lists stands, the last is what rivals take: the sum is the score.
    """
    parts = {_ROW_OF_EXPLANATION.get(part.field, part.field): part for part in view.explanation}
    known = cells.fields_of(view.left) | cells.fields_of(view.right)
    order = [*(field for field in FIELDS if field in known), *sorted(known - set(FIELDS))]
    order += [field for field, part in parts.items() if field not in known and part.bits]
    weights = {field: bits for field in order if (bits := _weight(parts.get(field))) is not None}
    start, rivals = _ends(view)
    weights = {START: start} | weights if start is not None else weights
    weights |= {RIVALS: rivals} if rivals is not None else {}
    drawn = waterfall(list(weights.values()))
    bars = {field: Bar(step, score_text.bits(weights[field])) for field, step in zip(weights, drawn.steps, strict=True)}
    lines = _Lines(view, language, parts, bars)
    made = list(_fields(view, order, known, lines))
    made = [_of_the_whole(START, view, lines), *made] if start is not None else made
    made += [_of_the_whole(RIVALS, view, lines)] if rivals is not None else []
    words = tuple(row for row in made if _speaks(row, view))
    rest = [row for row in made if row not in words]
    return Rows(
        words=tuple(_in_full(row, view) for row in words),
        compared=tuple(row for row in rest if not row.one_sided),
        one_sided=tuple(row for row in rest if row.one_sided),
        total=drawn.total,
    )


class _Lines:
    """Makes what the comparison says of fields."""

    def __init__(self, view: PairView, language: str, parts: dict[str, ExplanationRow], bars: dict[str, Bar]) -> None:
        self._parts, self._bars, self._language = parts, bars, language
        self._behind = supporting_pairs(view.supporters)

    def of(self, field: str, label: str = "", said: Sentence | None = None) -> tuple[Line, ...]:
        """Return the line of a field, none where the comparison does not speak of it."""
        part, bar = self._parts.get(field), self._bars.get(field)
        if said is None:
            said = Sentence("") if part is None else sentence(part.code, part.sentence, self._language)
        if not said.text and bar is None:
            return ()
        supporter = self._behind.get(field) if part is not None and (part.bits or 0) > 0 else None
        return (Line(label, said.text, said.language, bar, supporter),)

    def says(self, field: str, code: str) -> bool:
        """Tell whether the comparison says this of a field."""
        part = self._parts.get(field)
        return part is not None and part.code == code


def _fields(view: PairView, order: Iterable[str], known: frozenset[str], lines: _Lines) -> Iterable[Row]:
    """Yield the rows of fields, the name and its parts as one."""
    named = [field for field in order if field in name.FIELDS]
    for field in order:
        if field not in name.FIELDS:
            both = cells.pair_of(field, view.left, view.right) if field in known else None
            label = str(WHOLE[field]) if field in WHOLE else field_label(field)
            yield Row(field, label, both, lines.of(field), implied=lines.says(field, IMPLIED))
        elif field == named[0]:
            parts = [part for part in named if not lines.says(part, ABSENT)]
            said = tuple(line for part in parts for line in lines.of(part, field_label(part)))
            yield Row(name.WHOLE, field_label(name.WHOLE), name.pair_of(view.left, view.right), said)


def _of_the_whole(field: str, view: PairView, lines: _Lines) -> Row:
    """Return the first or the last row of the waterfall."""
    said = Sentence(_("what other records that fit one of the two as well, or nearly, take from this pair"))
    if field == START and view.prior is not None:
        pairs = number_format(float(f"{1 + 2**-view.prior:.2g}"), 0, force_grouping=True)
        said = Sentence(_("of all pairs of these two lists, about one in %(pairs)s is one child") % {"pairs": pairs})
    return Row(field, str(WHOLE[field]), None, lines.of(field, said=said))


def _speaks(row: Row, view: PairView) -> bool:
    """Tell whether a row holds the words of a post or an article that is itself a record of the pair."""
    return row.field in TEXT_FIELDS and any(
        side.source_class in SPEAKING and cell.values for side, cell in _both(row, view)
    )


def _in_full(row: Row, view: PairView) -> Row:
    left, right = (replace(cell, folded=side.source_class not in SPEAKING) for side, cell in _both(row, view))
    return replace(row, cells=(left, right))


def _both(row: Row, view: PairView) -> tuple[tuple[SideView, Cell], ...]:
    return () if row.cells is None else ((view.left, row.cells[0]), (view.right, row.cells[1]))


def _ends(view: PairView) -> tuple[float | None, float | None]:
    """Return where the waterfall begins and what rivals take at its end, in bits; None where nobody knows."""
    if view.prior is None or view.weight is None or view.probability is None:
        return view.prior, None
    return view.prior, bits_of_rivals(view.prior + view.weight, view.probability)


def _weight(part: ExplanationRow | None) -> float | None:
    """Return the bits of a part that weighs something at all."""
    return None if part is None or part.code in NOTHING else part.bits
