"""What stands around a pair, in words: why it is urgent, its neighbours, other pairs, and where its evidence is."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from review.pair.surroundings import (
    Context,
    Neighbour,
    OtherPair,
    Roster,
)
from review.presentation import score_text
from review.presentation.labels import LETTERS
from review.presentation.value_labels import interval

URGENT: dict[str, Promise] = {
    "ages_out": gettext_lazy("the child comes of age within a year"),
    "ages_out_soon": gettext_lazy("the child comes of age within two years"),
    "card_open": gettext_lazy("the adoption card is open"),
    "asked_for": gettext_lazy("somebody who answers callers is asked for this child"),
    "sibling_found": gettext_lazy("a brother or sister has been found"),
    "new_evidence": gettext_lazy("one record is new beside a verified child"),
}
"""What makes a pair urgent."""

STATES: dict[str, Promise] = {
    "waits": gettext_lazy("waits for a verdict"),
    "in_hands": gettext_lazy("in other hands just now"),
    "judged": gettext_lazy("you have judged it"),
    "verified": gettext_lazy("verified as one child"),
    "twice": gettext_lazy("one child, listed twice"),
    "rejected": gettext_lazy("closed as different children"),
    "unresolved": gettext_lazy("set aside: nobody could tell"),
    "contested": gettext_lazy("contradicts other verdicts: waits for a third person"),
    "implied": gettext_lazy("follows from other pairs: asked of nobody"),
}
"""How another pair stands."""

EVIDENCE: dict[str, Promise] = {
    "sound": gettext_lazy("checked just now: unchanged"),
    "changed": gettext_lazy("the stored file is no longer what it was — tell the data team"),
    "missing": gettext_lazy("the stored file is missing — tell the data team"),
    "not_read": gettext_lazy("large file: it is checked when you open the original"),
}
"""How the bytes behind a record stand."""

ESCALATIONS: tuple[tuple[str, Promise], ...] = (
    ("safety", gettext_lazy("a child's safety may be at stake")),
    ("complex", gettext_lazy("it takes more experience")),
    ("know_child", gettext_lazy("I know the child or the family")),
    ("bad_record", gettext_lazy("a record is wrong or mixes two children")),
    ("other", gettext_lazy("something else")),
)
"""Why a pair may be handed over to an adjudicator."""


@dataclass(frozen=True)
class Child:
    """A neighbour as shown: never more than it takes to recognise the child."""

    name: str
    romanised: str
    birth: str
    language: str
    title: str
    verified: bool
    withheld: bool


@dataclass(frozen=True)
class Beside:
    """Brothers and sisters, and the roster, of one record."""

    letter: str
    siblings: tuple[Child, ...]
    roster_words: str
    roster: tuple[Child, ...]


@dataclass(frozen=True)
class Other:
    """Another pair of one of the two records."""

    candidate_id: int
    letter: str
    right: bool
    child: Child
    state: str
    estimate: str
    can_take: bool


@dataclass(frozen=True)
class Siblings:
    """A brother or sister of A and one of B who may be one child as well."""

    left: Child
    right: Child
    words: str


@dataclass(frozen=True)
class Around:
    """All that stands around a pair."""

    sides: tuple[Beside, Beside]
    sibling_pairs: tuple[Siblings, ...]
    others: tuple[Other, ...]

    @property
    def has_siblings(self) -> bool:
        """Tell whether any brother or sister is known."""
        return any(side.siblings for side in self.sides)

    @property
    def has_rosters(self) -> bool:
        """Tell whether either record stands in a roster."""
        return any(side.roster for side in self.sides)


def around(context: Context) -> Around:
    """Put what the registry tells of a pair's surroundings into words."""
    sides = tuple(
        Beside(
            letter=str(LETTERS[side]),
            siblings=tuple(map(child, context.siblings[side])),
            roster_words=_roster(context.rosters[side]),
            roster=tuple(map(child, roster.nearest)) if (roster := context.rosters[side]) else (),
        )
        for side in (0, 1)
    )
    return Around(
        sides=(sides[0], sides[1]),
        sibling_pairs=tuple(
            Siblings(
                child(pair.left),
                child(pair.right),
                _("verified as one child") if pair.verified else _("proposed as one child, too"),
            )
            for pair in context.sibling_pairs
        ),
        others=tuple(map(other, context.others)),
    )


def child(neighbour: Neighbour) -> Child:
    """Return a neighbour as shown."""
    same = neighbour.romanised == neighbour.name
    return Child(
        name=neighbour.name,
        romanised="" if same else neighbour.romanised,
        birth=interval(neighbour.birth) if neighbour.birth else "",
        language=neighbour.language if neighbour.language in {"uk", "ru", "en", "de", "pl", "fr"} else "",
        title=neighbour.source_title,
        verified=neighbour.verified,
        withheld=neighbour.withheld,
    )


def _roster(roster: Roster | None) -> str:
    if roster is None:
        return ""
    if roster.kind == "transfer":
        said = ngettext("%(n)s child on this list", "%(n)s children on this list", roster.total)
    else:
        said = ngettext(
            "%(n)s child reported from this institution", "%(n)s children reported from this institution", roster.total
        )
    return said % {"n": roster.total}


def other(pair: OtherPair) -> Other:
    """Return another pair of one of the records as shown."""
    return Other(
        candidate_id=pair.candidate_id,
        letter=str(LETTERS[pair.side == "right"]),
        right=pair.side == "right",
        child=child(pair.other),
        state=str(STATES[pair.state]),
        estimate=score_text.in_short(pair.probability, pair.calibrated_probability),
        can_take=pair.state == "waits",
    )
