"""The pair behind a bar of the waterfall: which it is, how it stands, and what would take the bits away."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from review.pair.supporters import SupporterView

_VERIFIED = gettext_lazy("two people have verified it, so it counts in full")
_REFUSED = gettext_lazy("people have refused it since: the next run takes these bits back")
_WAITS = gettext_lazy("proposed by the machine; nobody has decided on it")
_UNSEEN = gettext_lazy("the machine finds it likely; it is no pair of the queue")

STANDING: dict[str, Promise] = {
    "": _UNSEEN,
    "verified": _VERIFIED,
    "implied": gettext_lazy("it follows from pairs that people have verified"),
    "rejected": _REFUSED,
    "unresolved": gettext_lazy("people could not tell"),
    "contested": gettext_lazy("verdicts on it contradict others; a third person looks at it"),
    "superseded": gettext_lazy("a source has corrected one of its records: the next run weighs it anew"),
}

_OPEN = frozenset({"open", "second"})


@dataclass(frozen=True)
class SupportingPair:
    """One supporting pair as shown, without names and places.

    Attributes:
        candidate_id: Its number, None where it is no candidate.
        words: Which lists it links.
        standing: How it stands.
        lost: What would take its bits away, '' where that has happened.
        can_take: Whether it waits in the queue.
        readable: Whether this person may read its history.
    """

    candidate_id: int | None
    words: str
    standing: str
    lost: str
    can_take: bool
    readable: bool


def supporting_pairs(supporters: tuple[SupporterView, ...]) -> dict[str, SupportingPair]:
    """Return the supporting pairs by collective term."""
    return {one.term: _shown(one) for one in supporters}


def _shown(one: SupporterView) -> SupportingPair:
    lists = {"left": one.sources[0], "right": one.sources[1]}
    words = (
        _("Supported by a pair of %(left)s and %(right)s") % lists
        if one.candidate_id is None
        else _("Supported by pair %(number)s of %(left)s and %(right)s") % {**lists, "number": one.candidate_id}
    )
    refused = one.status == "rejected"
    return SupportingPair(
        candidate_id=one.candidate_id,
        words=words,
        standing=str(STANDING.get(one.status, _WAITS)),
        lost="" if refused else _("Refuse that pair, and these bits go with the next run."),
        can_take=one.status in _OPEN,
        readable=one.readable,
    )
