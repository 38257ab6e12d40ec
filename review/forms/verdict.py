"""What a person may send: a decision, a wish for certain pairs."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict

from registry.judgements.notes import NOTE_LENGTH
from review.forms.numbers import whole_number
from review.presentation.labels import QUICK_KEYS, SCENARIOS, verdict
from review.queue.filters import AGES, QueueFilter


@dataclass(frozen=True)
class Choice:
    """A verdict and its reason as chosen so far; either may be empty or unknown.

    Attributes:
        verdict: Code of a verdict, '' when none or an unknown one was sent.
        reason: Code of a reason of that verdict, '' when none or an unknown one was sent.
        note: Free words.
        changed: Why the verdict is another than the provisional one.
    """

    verdict: str = ""
    reason: str = ""
    note: str = ""
    changed: str = ""

    @property
    def complete(self) -> bool:
        """Tell whether the choice can be kept."""
        return bool(self.verdict and self.reason)

    @property
    def empty(self) -> bool:
        """Tell whether nothing was chosen or written."""
        return self == Choice()


def read_choice(sent: QueryDict) -> Choice:
    """Read a choice from the form of the pair page.

    `quick` is a verdict with its first reason, given with one key.

    The form has one group of reasons per verdict (`reason_same`, …), so that a reason left behind under another verdict
    is never taken for this one.
    """
    note = sent.get("note", "").replace("\x00", "").strip()[:NOTE_LENGTH]
    at_once = verdict(sent.get("quick", ""))
    if at_once is not None and at_once.code in QUICK_KEYS:
        return Choice(at_once.code, at_once.reasons[0].code, note, sent.get("changed", ""))
    chosen = verdict(sent.get("verdict", ""))
    if chosen is None:
        return Choice(note=note)
    reason = sent.get(f"reason_{chosen.code}", "")
    return Choice(
        chosen.code, reason if any(r.code == reason for r in chosen.reasons) else "", note, sent.get("changed", "")
    )


def read_filter(sent: QueryDict, regions: frozenset[str], sources: frozenset[int]) -> QueueFilter:
    """Read a wish for certain pairs; what is unknown asks for nothing."""
    source = sent.get("source", "")
    number = whole_number(source) or 0
    scenario, region, age = sent.get("scenario", ""), sent.get("region", ""), sent.get("age", "")
    return QueueFilter(
        source=number if number in sources else None,
        scenario=scenario if scenario in SCENARIOS else "",
        region=region if region in regions else "",
        age=age if age in AGES else "",
    )
