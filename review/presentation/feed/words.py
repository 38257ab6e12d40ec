"""The words of what left for case systems: ways, states, answers, each by its stable code."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = dict[str, Promise]

WAYS: Words = {
    "feed": _("asked for it"),
    "snapshot": _("in a snapshot"),
    "webhook": _("told by a webhook"),
    "primero": _("written into its Primero"),
    "csv": _("in a CSV file"),
    "jsonl": _("in a file of JSON lines"),
    "pfif": _("in a PFIF file"),
    "followthemoney": _("in a FollowTheMoney file"),
    "export": _("in an export"),
}

STATES: Words = {
    "proposed": _("proposed"),
    "verified": _("verified as one child"),
    "updated": _("a record came in or was corrected"),
    "merged": _("merged into another identity"),
    "split": _("was taken apart"),
    "retracted": _("taken back: it was a mistake"),
    "withheld": _("not given for now"),
    "restored": _("given again"),
    "erased": _("erased"),
}
"""Of states, and of events, which a webhook tells."""

ANSWERS: Words = {
    "linked": _("a case there is this child"),
    "reunified": _("reunified with the family"),
    "returned": _("returned"),
    "disputed": _("disputed"),
    "cannot_use": _("cannot be used there"),
}

SETTLEMENTS: Words = {
    "stands": _("it stands"),
    "wrong": _("it is wrong"),
}


def ways(codes: Iterable[str]) -> str:
    """Return ways in words, in one line."""
    return ", ".join(str(WAYS.get(code, code)) for code in codes)
