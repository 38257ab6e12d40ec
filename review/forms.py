"""What a person may send: a sign-in, a decision, a language."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict

from review.vocabulary import verdict


@dataclass(frozen=True)
class Choice:
    """A verdict and its reason as chosen so far; either may be empty or unknown.

    Attributes:
        verdict: Code of a verdict, '' when none or an unknown one was sent.
        reason: Code of a reason of that verdict, '' when none or an unknown one was sent.
    """

    verdict: str = ""
    reason: str = ""

    @property
    def complete(self) -> bool:
        """Tell whether the choice can be kept."""
        return bool(self.verdict and self.reason)

    @property
    def query(self) -> str:
        """Return the choice as a query string; codes only, so that it may stand in a URL."""
        sent = QueryDict(mutable=True)
        sent.update({name: value for name, value in (("verdict", self.verdict), ("reason", self.reason)) if value})
        return sent.urlencode()


def read_choice(sent: QueryDict) -> Choice:
    """Read a choice from a form or a query string.

    The form has one group of reasons per verdict (`reason_same`, …), so that a reason left behind under another verdict
    is never taken for this one; a query string has one `reason`.
    """
    chosen = verdict(sent.get("verdict", ""))
    if chosen is None:
        return Choice()
    reason = sent.get(f"reason_{chosen.code}", "") or sent.get("reason", "")
    return Choice(chosen.code, reason if any(r.code == reason for r in chosen.reasons) else "")
