"""A quiet reminder to pause: how long somebody has judged without a break."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from configs.settings import settings
from registry.models import GoldReview, Review, User

BREAK = timedelta(minutes=10)
"""So long without a verdict is a break."""


@dataclass(frozen=True)
class Stretch:
    """Verdicts without a break up to now, and the minutes from the first to the last of them."""

    verdicts: int
    minutes: int

    @property
    def long(self) -> bool:
        """Tell whether it is time to propose a pause."""
        chosen = settings()
        return self.verdicts >= chosen.pause_after_verdicts or self.minutes >= chosen.pause_after_minutes


def stretch(user: User) -> Stretch:
    """Return how long a person has judged without a break; nothing when the last verdict is a break ago."""
    now = timezone.now()
    since = now - timedelta(hours=12)
    times = [
        at
        for model in (Review, GoldReview)
        for at in model.objects.filter(reviewer=user, decided_at__gte=since).values_list("decided_at", flat=True)
    ]
    return measure(sorted(times), now)


def measure(times: Sequence[datetime], now: datetime) -> Stretch:
    """Return the stretch that ends now, of verdicts given at these times, the oldest first."""
    begin, count, following = now, 0, now
    for at in reversed(times):
        if following - at >= BREAK:
            break
        begin, count, following = at, count + 1, at
    return Stretch(count, int((now - begin).total_seconds() // 60) if count else 0)
