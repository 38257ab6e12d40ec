"""How fast identities change, and how long the page of one with fifty records takes."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from registry.models import Identity, User

RECORDS = 50
"""Identities are merged until one has so many records, or none is left."""
VIEWS = 15


@dataclass(frozen=True)
class Times:
    """Merges and splits a minute, each asked for by one person and allowed by another; the page's median in ms."""

    merges: float
    splits: float
    page_ms: float
    records: int


def measure() -> Times:
    """Merge verified identities into one, open its page, and split it again."""
    from registry.models import Identity, User

    standing = list(Identity.objects.filter(status="verified").order_by("created_at"))
    asker, other = User.objects.filter(role="lead").order_by("pk")[:2]
    target, merges = _merge(standing, asker, other)
    held = sorted(target.members.values_list("row_id", flat=True))
    return Times(merges, page_ms=_page(target), records=len(held), splits=_split(target, held, asker, other))


def _merge(standing: list[Identity], asker: User, other: User) -> tuple[Identity, float]:
    from registry.errors import ReviewError
    from registry.judgements import changes

    target, done, seconds = standing[0], 0, 0.0
    for one in standing[1:]:
        if target.members.count() >= RECORDS:
            break
        started = time.perf_counter()
        try:
            change = changes.ask(asker, "merge", target.pk, "one_child", other=one.pk)
        except ReviewError:  # of a brother or sister: people said of a pair that it is not one child
            continue
        changes.decide(other, change.pk, allowed=True)
        done, seconds = done + 1, seconds + time.perf_counter() - started
        target.refresh_from_db()
        target = target.merged_into or target
    return target, done / seconds * 60 if done else 0.0


def _page(target: Identity) -> float:
    from django.test import Client

    from registry.access import accounts

    name, password = "olena", "a-pond-below-the-old-mill"
    accounts.add(name, password, "lead", "en")
    client = Client()
    client.post("/login/", {"username": name, "password": password})
    taken = []
    for _ in range(VIEWS):
        started = time.perf_counter()
        answer = client.get(f"/identities/{target.pk}/")
        taken.append(time.perf_counter() - started)
        if answer.status_code != 200:
            raise RuntimeError(f"The page of an identity answered {answer.status_code}")
    return statistics.median(taken) * 1000


def _split(target: Identity, held: list[int], asker: User, other: User) -> float:
    from registry.judgements import changes

    started, done = time.perf_counter(), 0
    while len(held) > 4:
        change = changes.ask(asker, "split", target.pk, "two_children", parts=[held[2:], held[:2]])
        changes.decide(other, change.pk, allowed=True)
        held, done = held[2:], done + 1
    return done / (time.perf_counter() - started) * 60
