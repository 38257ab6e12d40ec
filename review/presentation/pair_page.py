"""The pair page as data: rows, cells and bars, made from what the registry lets this person see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from review.pair.pair_view import PairView
from review.pair.unmasking import HIDDEN
from review.presentation import score_text
from review.presentation.cells import Cell
from review.presentation.changes import Step as Change
from review.presentation.changes import steps
from review.presentation.explanations import scenario_sentence
from review.presentation.labels import (
    OUTCOMES_SHORT,
    TWICE,
    reason_label,
    verdict_label,
)
from review.presentation.map import Atlas, atlas
from review.presentation.pair.glance import Chip, chips
from review.presentation.pair.rows import Bar, Row, rows
from review.presentation.provenance import Fact, facts
from review.presentation.surroundings import (
    ESCALATIONS,
    URGENT,
    Around,
    around,
)
from review.presentation.timeline import Timeline, timeline

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

FIRST_BY_THE_RECORDS = gettext_lazy(
    "First by the two records alone: score, bits and what stands around them are shown once you have said what you "
    "think. That first verdict is written down; the one after it counts."
)

_REASONS = dict(ESCALATIONS)


@dataclass(frozen=True)
class Side:
    """The head of one record's column."""

    name: str
    title: str


@dataclass(frozen=True)
class Earlier:
    """One earlier verdict, or a handing over, in words; of a provisional one its code as well."""

    verdict: str
    reason: str
    note: str = ""
    code: str = ""


@dataclass(frozen=True)
class PairPage:
    """Everything the template writes.

    `words` are posts and articles that are records themselves, `one_sided` the fields that only one record knows;
    `weighed` is false on a blind review, which has no numbers.
    """

    candidate_id: int
    stage: str
    note: str
    scenario: str
    reserved_until: datetime
    sides: tuple[Side, Side]
    chips: tuple[Chip, ...]
    words: tuple[Row, ...]
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
    hidden: bool = False
    provisional: Earlier | None = None

    @property
    def alone(self) -> tuple[tuple[tuple[str, Cell], ...], ...]:
        """What each record alone knows, as labels and cells."""
        return tuple(
            tuple((row.label, row.cells[side]) for row in self.one_sided if row.cells and not row.cells[side].bare)
            for side in (0, 1)
        )

    @property
    def origins(self) -> tuple[tuple[Origin, ...], ...]:
        """Where each record is written."""
        return tuple(
            tuple(Origin(one.label, one.values[side], one.is_hash) for one in self.facts if one.values[side])
            for side in (0, 1)
        )

    @property
    def remarks(self) -> tuple[str, ...]:
        """What follows for the pair from where the two are written."""
        return tuple(one.remark for one in self.facts if one.remark)


@dataclass(frozen=True)
class Origin:
    """One fact of where a record is written."""

    label: str
    value: str
    is_hash: bool


def build(view: PairView, language: str) -> PairPage:
    """Turn the registry's view of a pair into the page in one language.

    Args:
        view: What this person may see.
        language: `uk` or `en`, the active language.
    """
    made = rows(view, language)
    return PairPage(
        candidate_id=view.candidate_id,
        stage=str(STAGES[view.stage]),
        note=str(NOTES.get(view.stage, "") if view.opinion != HIDDEN else FIRST_BY_THE_RECORDS),
        hidden=view.opinion == HIDDEN,
        provisional=_provisional(view),
        scenario=scenario_sentence(view.scenario, {view.left.source_class, view.right.source_class}),
        reserved_until=view.reserved_until,
        sides=(Side(_("Record A"), view.left.source_title), Side(_("Record B"), view.right.source_title)),
        chips=chips(view),
        words=made.words,
        rows=made.compared,
        one_sided=made.one_sided,
        total=Bar(made.total, score_text.bits(made.total.bits)) if view.weight is not None else None,
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


def _provisional(view: PairView) -> Earlier | None:
    """Return what the person said by the records alone."""
    if view.provisional is None:
        return None
    code = view.provisional.verdict
    return Earlier(verdict_label(code), reason_label(code, view.provisional.reason), code=code)


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
