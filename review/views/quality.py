"""The lead's page: agreement, gold items, pace and drift, to help people and mend sources; never a ranking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from registry.access import permissions
from registry.errors import ReviewError
from registry.judgements import settling
from registry.models import CandidateStatus, User
from review.forms import whole_number
from review.presentation import agreement_charts
from review.presentation.agreement_charts import Line, Span
from review.presentation.labels import verdict_label
from review.presentation.surroundings import ESCALATIONS
from review.queue import gold_items, waiting
from review.sign_in.access import for_right
from review.verdicts import agreement, provisional
from review.verdicts.agreement import Measures

PERIODS = (30, 90, 365)
REFUSALS: dict[str, Promise] = {
    "unknown": _("There is no such pair."),
    "judged": _("Somebody has judged this pair already. Choose one that nobody has judged."),
    "unknown_verdict": _("Choose the answer, too."),
}

ESCALATED = dict(ESCALATIONS)

for_lead = for_right(permissions.QUALITY)


@dataclass(frozen=True)
class Panel:
    """One reviewer or source with its drawings."""

    of: Measures
    kappa: Span | None
    hits: Span | None
    pace: Span | None
    line: Line | None

    @property
    def times(self) -> tuple[float, float, float] | None:
        """Return lower quartile, median and upper quartile, in seconds where `in_seconds`, else in minutes."""
        found = self.of.pace
        if found.low is None or found.middle is None or found.high is None:
            return None
        if self.in_seconds:
            return round(found.low), round(found.middle), round(found.high)
        return round(found.low / 60, 1), round(found.middle / 60, 1), round(found.high / 60, 1)

    @property
    def in_seconds(self) -> bool:
        """Tell whether minutes would be too coarse."""
        return (self.of.pace.high or 0.0) < 180

    @property
    def shares(self) -> tuple[int, int] | None:
        """Return the share of 'same' before and among the last verdicts, in percent."""
        found = self.of.drift
        if found.before is None or found.recent is None:
            return None
        return round(found.before * 100), round(found.recent * 100)

    @property
    def percent(self) -> int | None:
        """Return how often two people said the same, in percent."""
        return None if self.of.agreement.share is None else round(self.of.agreement.share * 100)


@require_GET
@for_lead
def page(request: HttpRequest, user: User) -> HttpResponse:
    """Show the figures of the last days."""
    return _page(request, user)


@require_POST
@for_lead
def plant(request: HttpRequest, user: User) -> HttpResponse:
    """Plant a gold item."""
    known = whole_number(request.POST.get("candidate", "")) or 0
    try:
        gold_items.plant(user, known, request.POST.get("answer", ""))
    except ReviewError as fault:
        return _page(request, user, REFUSALS.get(fault.code, REFUSALS["unknown"]), status=422)
    messages.success(request, _("The pair is a gold item now. It looks like any other, and no verdict on it counts."))
    return redirect("review:quality")


@require_POST
@for_lead
def retire(request: HttpRequest, user: User, item_id: int) -> HttpResponse:
    """Make a gold item an ordinary pair again."""
    try:
        gold_items.retire(user, item_id)
    except ReviewError as fault:
        return _page(request, user, REFUSALS.get(fault.code, REFUSALS["unknown"]), status=409)
    messages.success(request, _("The pair is an ordinary one again."))
    return redirect("review:quality")


def _page(request: HttpRequest, user: User, error: Promise | str = "", status: int = 200) -> HttpResponse:
    asked = request.GET.get("days", "")
    days = int(asked) if asked in {str(period) for period in PERIODS} else 90
    report = agreement.report(user, days)
    longest = max((m.pace.high or 0.0 for m in (*report.reviewers, *report.sources, report.together)), default=0.0)
    items = [(item, verdict_label(item.answer)) for item in gold_items.listing(user)]
    context = {
        "here": "quality",
        "days": days,
        "periods": PERIODS,
        "together": _panel(report.together, longest),
        "reviewers": [_panel(found, longest) for found in report.reviewers],
        "sources": [_panel(found, longest) for found in report.sources],
        "items": items,
        "answers": [(code, verdict_label(code)) for code in ("same", "different")],
        "error": error,
        "contradictions": settling.counted(),
        "handed_over": [(ESCALATED[one.reason], one) for one in waiting.handed_over()],
        "second": waiting.for_verdict(CandidateStatus.SECOND),
        "third": waiting.for_verdict(CandidateStatus.DISPUTED),
        "pace": waiting.pace(),
        "minds": provisional.changes(timezone.now() - timedelta(days=days)),
    }
    return render(request, "review/quality.html", context, status=status)


def _panel(found: Measures, longest: float) -> Panel:
    return Panel(
        found,
        agreement_charts.kappa(found.agreement.kappa),
        agreement_charts.hits(found.hits),
        agreement_charts.pace(found.pace, longest),
        agreement_charts.same_by_week(found.weeks),
    )
