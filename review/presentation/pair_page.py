"""The pair page as data: rows, cells and bars, made from what the registry lets this person see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from review.pair.pair_view import ExplanationRow, PairView
from review.presentation import cells, score_text
from review.presentation.cells import Cell
from review.presentation.changes import Step as Change
from review.presentation.changes import steps
from review.presentation.constellation.supporters import SupportingPair, supporting_pairs
from review.presentation.explanations import Sentence, scenario_sentence, sentence
from review.presentation.labels import (
    FIELDS,
    NAME_FIELDS,
    OUTCOMES_SHORT,
    TWICE,
    field_label,
    reason_label,
    verdict_label,
)
from review.presentation.map import Atlas, atlas
from review.presentation.provenance import Fact, facts
from review.presentation.surroundings import (
    ESCALATIONS,
    URGENT,
    Around,
    around,
)
from review.presentation.timeline import Timeline, timeline
from review.presentation.waterfall import Step, bits_of_rivals, waterfall

STAGES: dict[str, Promise] = {
    "first": gettext_lazy("first look"),
    "second": gettext_lazy("second look"),
    "third": gettext_lazy("third look"),
}

NOTES: dict[str, Promise] = {
    "second": gettext_lazy(
        "Somebody has judged this pair before you. You see neither that verdict nor a score, so that your verdict is "
        "your own. The order of the two records is drawn by lot."
    ),
    "third": gettext_lazy("Two people have judged this pair, and their verdicts do not decide it. Yours does."),
}

_REASONS = dict(ESCALATIONS)

_START, _RIVALS = "start", "rivals"
_WHOLE: dict[str, Promise] = {
    _START: gettext_lazy("Two records at random"),
    "scenario": gettext_lazy("Alteration and look-alikes"),
    _RIVALS: gettext_lazy("Rivals"),
}
"""Rows about the pair as a whole, which are no fields."""

_ROW_OF_EXPLANATION = {"birth": "birth_date"}
"""Fields the comparison names otherwise than the lists."""


@dataclass(frozen=True)
class Bar:
    """One bar of the waterfall with its number in words."""

    step: Step
    words: str


@dataclass(frozen=True)
class Row:
    """One field of both records; without cells when it is about the pair as a whole."""

    field: str
    label: str
    cells: tuple[Cell, Cell] | None
    sentence: str
    sentence_language: str
    bar: Bar | None
    supporter: SupportingPair | None = None

    @property
    def is_name(self) -> bool:
        """Tell whether the row holds a name, which is written larger."""
        return self.field in NAME_FIELDS

    @property
    def one_sided(self) -> bool:
        """Tell whether only one record says something, so that there is nothing to compare."""
        return self.cells is not None and self.bar is None and any(cell.bare for cell in self.cells)


@dataclass(frozen=True)
class Side:
    """The head of one record's column."""

    name: str
    title: str


@dataclass(frozen=True)
class Earlier:
    """One earlier verdict, or a handing over, in words."""

    verdict: str
    reason: str
    note: str = ""


@dataclass(frozen=True)
class PairPage:
    """Everything the template writes.

    `one_sided` are the fields that only one record knows; `weighed` is false on a blind review, which has no numbers.
    """

    candidate_id: int
    stage: str
    note: str
    scenario: str
    reserved_until: datetime
    sides: tuple[Side, Side]
    rows: tuple[Row, ...]
    one_sided: tuple[Row, ...]
    total: Bar | None
    estimate: str
    facts: tuple[Fact, ...]
    earlier: tuple[Earlier, ...]
    weighed: bool
    urgent: tuple[str, ...]
    handed_over: tuple[Earlier, ...]
    reopened: str
    meeting: int | None
    may_hand_over: bool
    around: Around
    timeline: Timeline
    changes: tuple[Change, ...]
    atlas: Atlas | None
    heading: str
    twice: str


def build(view: PairView, language: str) -> PairPage:
    """Turn the registry's view of a pair into the page in one language.

    Args:
        view: What this person may see.
        language: `uk` or `en`, the active language.
    """
    rows, total = _rows(view, language)
    return PairPage(
        candidate_id=view.candidate_id,
        stage=str(STAGES[view.stage]),
        note=str(NOTES.get(view.stage, "")),
        scenario=scenario_sentence(view.scenario, {view.left.source_class, view.right.source_class}),
        reserved_until=view.reserved_until,
        sides=(Side(_("Record A"), view.left.source_title), Side(_("Record B"), view.right.source_title)),
        rows=tuple(row for row in rows if not row.one_sided),
        one_sided=tuple(row for row in rows if row.one_sided),
        total=Bar(total, score_text.bits(total.bits)) if view.weight is not None else None,
        estimate=score_text.in_a_sentence(view.probability, view.calibrated_probability),
        facts=facts(view),
        earlier=tuple(
            Earlier(verdict_label(e.verdict), reason_label(e.verdict, e.reason), e.note) for e in view.earlier
        ),
        weighed=view.weight is not None,
        urgent=tuple(str(URGENT[code]) for code in view.urgent_for if code in URGENT),
        handed_over=tuple(Earlier(_("Handed over"), str(_REASONS.get(e.reason, "")), e.note) for e in view.handed_over),
        reopened=_reopened(view),
        meeting=view.meeting,
        may_hand_over=view.stage != "third",
        around=around(view.around),
        timeline=timeline(view.left, view.right),
        changes=steps(view.left, view.right),
        atlas=atlas(view.left, view.right),
        heading=_("Listed twice?") if view.twice else _("Is it one child?"),
        twice=str(TWICE.get(view.twice, "")),
    )


def _reopened(view: PairView) -> str:
    """Say that an earlier version of the pair was judged, and how, where that may be known."""
    if view.reopened is None:
        return ""
    if not view.reopened.outcome:
        return _("A source has sent a new version of one record since this pair was judged. Look at it anew.")
    led_to = OUTCOMES_SHORT.get(view.reopened.outcome, view.reopened.outcome)
    return _(
        "A source has sent a new version of one record since this pair was judged (pair %(number)s: %(outcome)s). "
        "Look at it anew."
    ) % {"number": view.reopened.candidate_id, "outcome": led_to}


def _rows(view: PairView, language: str) -> tuple[tuple[Row, ...], Step]:
    """Make one row per field that either record knows, and some for what belongs to the pair as a whole.

    The first row is where a random pair of these two lists stands, the last is what rivals take: the sum is the score.

    Returns:
        The rows, each with its step of the waterfall, and the sum of the steps.
    """
    parts = {_ROW_OF_EXPLANATION.get(part.field, part.field): part for part in view.explanation}
    known = cells.fields_of(view.left) | cells.fields_of(view.right)
    order = [*(field for field in FIELDS if field in known), *sorted(known - set(FIELDS))]
    order += [field for field, part in parts.items() if field not in known and part.bits]
    weights = {field: bits for field in order if (bits := _weight(parts.get(field))) is not None}
    start, rivals = _ends(view)
    weights = {_START: start} | weights if start is not None else weights
    weights |= {_RIVALS: rivals} if rivals is not None else {}
    drawn = waterfall(list(weights.values()))
    steps = dict(zip(weights, drawn.steps, strict=True))
    rows = []
    behind = supporting_pairs(view.supporters)
    for field in (*([_START] if start is not None else []), *order, *([_RIVALS] if rivals is not None else [])):
        part, step = parts.get(field), steps.get(field)
        both = cells.pair_of(field, view.left, view.right) if field in known else None
        said = _of_the_whole(field, view) if part is None else sentence(part.code, part.sentence, language)
        rows.append(
            Row(
                field=field,
                label=str(_WHOLE[field]) if field in _WHOLE else field_label(field),
                cells=both,
                sentence=said.text,
                sentence_language=said.language,
                bar=Bar(step, score_text.bits(weights[field])) if step else None,
                supporter=behind.get(field) if part is not None and (part.bits or 0) > 0 else None,
            )
        )
    return tuple(rows), drawn.total


def _ends(view: PairView) -> tuple[float | None, float | None]:
    """Return where the waterfall begins and what rivals take at its end, in bits; None where nobody knows."""
    if view.prior is None or view.weight is None or view.probability is None:
        return view.prior, None
    return view.prior, bits_of_rivals(view.prior + view.weight, view.probability)


def _of_the_whole(field: str, view: PairView) -> Sentence:
    """Say what the first and the last row mean; nothing for a field."""
    if field == _START and view.prior is not None:
        pairs = number_format(float(f"{1 + 2**-view.prior:.2g}"), 0, force_grouping=True)
        return Sentence(_("of all pairs of these two lists, about one in %(pairs)s is one child") % {"pairs": pairs})
    if field == _RIVALS:
        return Sentence(_("what other records that fit one of the two as well, or nearly, take from this pair"))
    return Sentence("")


def _weight(part: ExplanationRow | None) -> float | None:
    """Return the bits of a part that weighs something at all."""
    return None if part is None or part.code in ("absent", "implied", "replaced") else part.bits
