"""What decides most, at a glance: independent sources, rivals, brothers and sisters seen on both sides."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from review.pair.pair_view import PairView
from review.pair.unmasking import HIDDEN

CLOSED = frozenset({"rejected", "implied"})
"""How other pairs of the records stand that are no rivals any more."""


@dataclass(frozen=True)
class Chip:
    """One thing at a glance.

    Attributes:
        words: What it says.
        tone: `good`, `warn` or `plain`.
        leads_to: Where the page says more, '' for nowhere.
    """

    words: str
    tone: str
    leads_to: str = ""


def chips(view: PairView) -> tuple[Chip, ...]:
    """Return the three chips of a pair, only the first of them while what stands around it is hidden."""
    rivals = sum(other.state not in CLOSED for other in view.around.others)
    siblings = len(view.around.sibling_pairs)
    independent = (
        Chip(_("two independent sources"), "good")
        if view.independent
        else Chip(_("both from one source: no independent witness"), "warn")
    )
    if view.opinion == HIDDEN:
        return (independent,)
    return (
        independent,
        Chip(
            ngettext("%(n)s other pair of these records", "%(n)s other pairs of these records", rivals) % {"n": rivals},
            "warn",
            "others",
        )
        if rivals
        else Chip(_("no other pair of these records"), "plain"),
        Chip(
            ngettext(
                "%(n)s brother or sister seen on both sides", "%(n)s brothers and sisters seen on both sides", siblings
            )
            % {"n": siblings},
            "good",
            "around",
        )
        if siblings
        else Chip(_("no brother or sister seen on both sides"), "plain"),
    )
