"""What people are told when the registry refuses: a heading and one or two kind sentences, by the rule's code."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REFUSALS: dict[str, tuple[Promise, Promise, int]] = {
    "already_reviewed": (
        _("You have judged this pair already"),
        _("Your verdict is kept. Another pair is waiting."),
        409,
    ),
    "superseded": (
        _("One of the two records has been corrected"),
        _("Its source has sent a new version, so this pair is closed. Another pair is waiting."),
        409,
    ),
    "adjudicators_only": (
        _("An adjudicator decides this pair"),
        _("Two people disagree about it, or a colleague has handed it over. Another pair is waiting for you."),
        403,
    ),
    "handed_over": (
        _("You have handed this pair over"),
        _("An adjudicator will look at it. Another pair is waiting for you."),
        409,
    ),
    "with_adjudicators": (
        _("This pair is with the adjudicators already"),
        _("If you cannot judge it, skip it: another adjudicator will."),
        409,
    ),
    "own_record": (
        _("You have entered one of the two records"),
        _("Nobody judges what they have entered themselves. Give the pair back; another is waiting."),
        403,
    ),
    "note": (
        _("The note is too long"),
        _("Go back and shorten it; nothing was lost."),
        422,
    ),
}
"""Refusals on the pair, with the status of the answer."""

NOT_HELD: dict[str, tuple[Promise, Promise, int]] = {
    "": (
        _("This pair is not before you"),
        _("Pairs come from the queue, one at a time; a number alone opens none."),
        409,
    ),
    "decided": (*REFUSALS["already_reviewed"][:1], _("Your verdict is kept; My decisions shows it."), 409),
    "withdrawn": (
        _("You have taken your verdict back"),
        _("Another person will look at this pair. Another one is waiting for you."),
        409,
    ),
    "released": (
        _("You have given this pair back"),
        _("It was put back, perhaps in another window. Another pair is waiting."),
        409,
    ),
    "skipped": (
        _("You have passed this pair over"),
        _("It was skipped, perhaps in another window. Another pair is waiting."),
        409,
    ),
    "escalated": REFUSALS["handed_over"],
}
"""What a person is told of a pair they do not hold, by what they did with it last (`reservation.last_step`)."""

UNDO_REFUSALS: dict[str, tuple[Promise, Promise]] = {
    "unknown": (_("There is nothing to take back"), _("This verdict is not yours, or was never given.")),
    "withdrawn": (_("This verdict is taken back already"), _("Both stay in the history.")),
    "verified": (
        _("The identity is verified and known to others"),
        _("It has gone to the case system. If it is wrong, open the pair again or ask on the page of the identity."),
    ),
    "superseded": (
        _("The pair is closed"),
        _("A source has corrected one of the two records since. Your verdict stays in the history."),
    ),
    "judged_since": (
        _("Another person has judged the pair since"),
        _("Your verdict stays. If it was a mistake, tell the person who leads the team."),
    ),
    "reopened": (
        _("The pair was opened again since"),
        _("Your verdict does not count any more; it stays in the history."),
    ),
    "seen_since": (
        _("Another person has read all verdicts since"),
        _("Your verdict stays. If it was a mistake, tell the person who leads the team."),
    ),
    "in_other_hands": (
        _("Another person is looking at the pair just now"),
        _("Your verdict stays. If it was a mistake, tell the person who leads the team."),
    ),
}
"""Why a verdict cannot be taken back any more."""
