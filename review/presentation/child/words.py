"""The words of a child as a whole: its states, events, changes and contradictions, each by its stable code."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = dict[str, Promise]

STATUSES: Words = {
    "verified": _("verified as one child"),
    "merged": _("merged into another identity"),
    "retracted": _("taken back: it was a mistake"),
}

EVENTS: Words = {
    "proposed": _("proposed"),
    "verified": _("verified by two people"),
    "updated": _("a record came in or was corrected"),
    "merged": _("became one with another identity"),
    "split": _("was taken apart"),
    "retracted": _("was taken back"),
    "withheld": _("withheld: consent to tracing is refused or unclear"),
    "restored": _("given again: consent to tracing was given"),
    "erased": _("erased"),
}

CHANGES: Words = {
    "split": _("Take apart"),
    "merge": _("Make one with another identity"),
    "retract": _("Take back"),
}

CHANGE_REASONS: Words = {
    "two_children": _("the records are of two children"),
    "siblings": _("brothers, sisters or twins were mixed"),
    "slip": _("a slip: another answer was meant"),
    "new_evidence": _("new evidence"),
    "one_child": _("both are one child"),
    "false_source": _("a list turned out to be false"),
    "asked_by_family": _("the family asks for it"),
    "other": _("something else"),
}

DISPUTE_REASONS: Words = {
    "two_children": _("the records are of two children"),
    "wrong_values": _("values are wrong"),
    "false_source": _("a list turned out to be false"),
    "other_child": _("the case system knows it as another child"),
    "asked_by_family": _("the family asks for it"),
    "other": _("something else"),
}

REOPEN_REASONS: Words = {
    "slip": _("a slip: another answer was meant"),
    "new_evidence": _("new evidence"),
    "second_thoughts": _("second thoughts"),
    "other": _("something else"),
}

REOPENED_BECAUSE: Words = {
    **REOPEN_REASONS,
    "support_refused": _("a pair that spoke for this one was refused since"),
}
"""All reasons that a history may tell; the last one is a run's, and nobody chooses it."""

SETTLEMENTS: Words = {
    "one_child": _("one child after all"),
    "apart": _("not one child"),
}

SETTLE_REASONS: Words = {
    "verdict_wrong": _("one of the verdicts is wrong"),
    "list_wrong": _("the list holds one child twice"),
    "siblings": _("brothers, sisters or twins"),
    "new_evidence": _("new evidence"),
    "other": _("something else"),
}

AGAINST: Words = {
    "verdicts": _("two people hold them for different children"),
    "one_list": _("one list, which holds each child once, has both at one date"),
    "waits": _("another contradiction of these records waits for a third person"),
}

REFUSALS: Words = {
    "own_request": _("Nobody allows their own request. Ask another person."),
    "decided": _("This request has been decided already."),
    "parts": _("Put each record into one of the two groups, with at least one record in each."),
    "parts_apart": _("One group holds together only by a record of the other. Move that record as well."),
    "waits": _("A request about this identity waits already, or another contradiction has to be settled first."),
    "other": _("Name the id of the other identity, as it stands on its page."),
    "contradicts": _("Two people hold records of the two for different children. Open those pairs again first."),
    "busy": _("Somebody is at a pair of this identity just now. Try again in a moment."),
    "not_standing": _("This identity does not stand any more: it was merged or taken back."),
    "unknown_reason": _("Choose the reason, too."),
    "settled": _("Somebody has settled this already."),
    "already_reviewed": _("You gave one of these verdicts. A third person has to look."),
    "note": _("The note is too long. Shorten it."),
    "not_decided": _("This pair is not decided, so there is nothing to open again."),
    "newer": _("A newer version of a record has made this pair anew. Judge that one instead."),
    "role": _("Only those who judged this pair, and the person who leads the team, open it again."),
}
"""Why a change, a settlement or a reopening is refused."""
