"""How well judging goes: agreement, right answers on gold items, pace and drift, by reviewer and by source.

For the lead, to help people and to mend sources; never a ranking. Numbers only: nothing here tells of a child.
"""

from __future__ import annotations

import math
import warnings
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import quantiles

from django.db import connection
from django.utils import timezone
from scipy.stats import binomtest
from sklearn.metrics import cohen_kappa_score

from registry.access import permissions
from registry.models import User, Verdict
from review.queue import gold_items

VERDICTS = tuple(Verdict.values)
LONGEST = 60 * 60.0
"""Seconds; whoever holds a pair for longer was doing something else."""

RECENT = 50
"""Verdicts that are held against those before them when looking for drift."""

MANY = 1.96
"""Standard errors from which a change is called drift: by chance one in twenty."""


@dataclass(frozen=True)
class Agreement:
    """How often two people said the same of one pair.

    Attributes:
        pairs: Pairs that two people have judged.
        share: Share of them with the same verdict; None without any.
        kappa: Cohen's kappa: agreement beyond what their habits alone would give; None where it is not defined.
    """

    pairs: int
    share: float | None
    kappa: float | None


@dataclass(frozen=True)
class Hits:
    """Right answers on gold items, with the 95 % interval of Wilson's score."""

    right: int
    judged: int

    @property
    def interval(self) -> tuple[float, float]:
        """Return the interval of the share, (0, 1) without any judgement."""
        return wilson(self.right, self.judged)


@dataclass(frozen=True)
class Pace:
    """Seconds from taking a pair to the verdict: median and quartiles; None without any."""

    verdicts: int
    low: float | None
    middle: float | None
    high: float | None


@dataclass(frozen=True)
class Week:
    """One week: its Monday, how many verdicts, and how many of them were 'same' and 'cannot tell'."""

    monday: date
    verdicts: int
    same: int
    cannot_tell: int


@dataclass(frozen=True)
class Drift:
    """Whether the share of 'same' among the last verdicts differs from before.

    Attributes:
        before: Share among the earlier verdicts; None when there are none.
        recent: Share among the last `RECENT`; None when there are too few to tell.
        z: Difference in standard errors (two proportions, pooled); None when it is not defined.
    """

    before: float | None
    recent: float | None
    z: float | None

    @property
    def notable(self) -> bool:
        """Tell whether the change is larger than chance would often make it."""
        return self.z is not None and abs(self.z) >= MANY


@dataclass(frozen=True)
class Measures:
    """What is known of one reviewer or one source."""

    name: str
    verdicts: int
    agreement: Agreement
    hits: Hits
    pace: Pace
    drift: Drift
    weeks: tuple[Week, ...]


@dataclass(frozen=True)
class Report:
    """The lead's page: all together, then by reviewer and by source, each in the order of the alphabet."""

    since: datetime
    together: Measures
    reviewers: tuple[Measures, ...]
    sources: tuple[Measures, ...]


@dataclass(frozen=True)
class _Given:
    """One verdict that was not withdrawn; gold ones are not among them.

    `round` counts how often the pair had been opened again: the verdicts of each round are held against each other.
    """

    candidate_id: int
    round: int
    reviewer_id: int
    ordinal: int
    verdict: str
    at: datetime
    sources: tuple[str, ...]
    seconds: float | None


def report(user: User, days: int = 90) -> Report:
    """Return the figures of the last days.

    Raises:
        ReviewError: Not a lead.
    """
    permissions.require(user, permissions.QUALITY)
    since = timezone.now() - timedelta(days=days)
    given = _given(since)
    golden = gold_items.verdicts(since)
    names = dict(User.objects.values_list("pk", "username"))
    by_person: dict[str, list[_Given]] = defaultdict(list)
    by_source: dict[str, list[_Given]] = defaultdict(list)
    for verdict in given:
        by_person[names[verdict.reviewer_id]].append(verdict)
        for slug in verdict.sources:
            by_source[slug].append(verdict)
    hits: dict[str, list[bool]] = defaultdict(list)
    for item in golden:
        hits[names[item.reviewer_id]].append(item.verdict == item.answer)
    all_hits = [hit for found in hits.values() for hit in found]
    return Report(
        since=since,
        together=_measures("", given, pairs_of_two(given), all_hits),
        reviewers=tuple(
            _measures(name, by_person[name], pairs_of_person(given, names, name), hits[name])
            for name in sorted({*by_person, *hits})
        ),
        sources=tuple(_measures(slug, found, pairs_of_two(found), []) for slug, found in sorted(by_source.items())),
    )


def agreement(pairs: Sequence[tuple[str, str]]) -> Agreement:
    """Return agreement and Cohen's kappa of verdicts that two people gave on the same pairs.

    Kappa is not defined when both said one and the same of everything.
    """
    if not pairs:
        return Agreement(0, None, None)
    first, second = zip(*pairs, strict=True)
    share = sum(a == b for a, b in pairs) / len(pairs)
    if len({*first, *second}) == 1:
        return Agreement(len(pairs), share, None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        kappa = float(cohen_kappa_score(first, second, labels=VERDICTS))
    return Agreement(len(pairs), share, None if math.isnan(kappa) else kappa)


def drift(verdicts: Sequence[str], recent: int = RECENT) -> Drift:
    """Hold the share of 'same' among the last verdicts against the share before, oldest first."""
    if len(verdicts) < 2 * recent:
        return Drift(None, None, None)
    earlier, last = verdicts[:-recent], verdicts[-recent:]
    one, other = earlier.count(Verdict.SAME), last.count(Verdict.SAME)
    before, now = one / len(earlier), other / len(last)
    pooled = (one + other) / len(verdicts)
    error = math.sqrt(pooled * (1 - pooled) * (1 / len(earlier) + 1 / len(last)))
    return Drift(before, now, (now - before) / error if error else None)


def pace(seconds: Iterable[float]) -> Pace:
    """Return median and quartiles of times, the fastest and the slowest taken for the ends of the scale."""
    times = list(seconds)
    if not times:
        return Pace(0, None, None, None)
    low, middle, high = quantiles(times, n=4, method="inclusive") if len(times) > 1 else times * 3
    return Pace(len(times), low, middle, high)


def wilson(right: int, judged: int) -> tuple[float, float]:
    """Return the 95 % interval of a share by Wilson's score; 0 to 1 when nothing is known."""
    if not judged:
        return 0.0, 1.0
    interval = binomtest(right, judged).proportion_ci(confidence_level=0.95, method="wilson")
    return float(interval.low), float(interval.high)


def weeks(given: Iterable[tuple[datetime, str]]) -> tuple[Week, ...]:
    """Count verdicts by week, weeks without any included, from the first to the last."""
    counts: dict[date, list[str]] = defaultdict(list)
    for at, verdict in given:
        day = timezone.localdate(at)
        counts[day - timedelta(days=day.weekday())].append(verdict)
    if not counts:
        return ()
    first, last = min(counts), max(counts)
    mondays = [first + timedelta(weeks=n) for n in range((last - first).days // 7 + 1)]
    return tuple(
        Week(day, len(counts[day]), counts[day].count(Verdict.SAME), counts[day].count(Verdict.CANNOT_TELL))
        for day in mondays
    )


def pairs_of_two(given: Iterable[_Given]) -> list[tuple[str, str]]:
    """Return first and second verdict of every round that has both."""
    return [(found[1].verdict, found[2].verdict) for found in _by_round(given) if {1, 2} <= set(found)]


def pairs_of_person(given: Iterable[_Given], names: Mapping[int, str], name: str) -> list[tuple[str, str]]:
    """Return a person's verdict and the other's of every round in which this person was one of the first two."""
    pairs = []
    for found in _by_round(given):
        if not {1, 2} <= set(found):
            continue
        one, other = found[1], found[2]
        if names[one.reviewer_id] == name:
            pairs.append((one.verdict, other.verdict))
        elif names[other.reviewer_id] == name:
            pairs.append((other.verdict, one.verdict))
    return pairs


def _by_round(given: Iterable[_Given]) -> Iterable[dict[int, _Given]]:
    found: dict[tuple[int, int], dict[int, _Given]] = defaultdict(dict)
    for verdict in given:
        found[verdict.candidate_id, verdict.round][verdict.ordinal] = verdict
    return found.values()


def _measures(name: str, given: Sequence[_Given], pairs: Sequence[tuple[str, str]], hits: Sequence[bool]) -> Measures:
    return Measures(
        name=name,
        verdicts=len(given),
        agreement=agreement(pairs),
        hits=Hits(sum(hits), len(hits)),
        pace=pace(v.seconds for v in given if v.seconds is not None and v.seconds <= LONGEST),
        drift=drift([v.verdict for v in given]),
        weeks=weeks((v.at, v.verdict) for v in given),
    )


# The pair was last taken by this person before the verdict; the log of who did what knows when.
GIVEN = """
SELECT r.candidate_id,
       (SELECT count(*) FROM registry_reopening o WHERE o.candidate_id = r.candidate_id AND o.after_review < r.id),
       r.reviewer_id, r.ordinal, r.verdict, r.decided_at, array_agg(DISTINCT s.slug),
       extract(epoch FROM r.decided_at - (
           SELECT max(a.at) FROM registry_auditentry a
           WHERE a.object_type = 'candidate' AND a.object_id = r.candidate_id::text AND a.action = 'candidate.taken'
             AND a.actor IN ('user:' || r.reviewer_id, r.reviewer_id::text) AND a.at <= r.decided_at))::float
FROM registry_review r
JOIN registry_candidate c ON c.id = r.candidate_id
JOIN registry_record t ON t.id IN (c.left_id, c.right_id)
JOIN registry_source s ON s.id = t.source_id
WHERE r.decided_at >= %s AND NOT c.listed_twice
  AND NOT EXISTS (SELECT 1 FROM registry_withdrawal w WHERE w.review_id = r.id)
GROUP BY r.id ORDER BY r.decided_at, r.id
"""


def _given(since: datetime) -> list[_Given]:
    with connection.cursor() as cursor:
        cursor.execute(GIVEN, [since])
        return [
            _Given(candidate, turn, reviewer, ordinal, verdict, at, tuple(slugs), seconds)
            for candidate, turn, reviewer, ordinal, verdict, at, slugs, seconds in cursor.fetchall()
        ]
