"""How fast identities change, and how long the page of one with fifty records takes."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.home import processor_seconds

if TYPE_CHECKING:
    from registry.models import Identity, User

RECORDS = 50
"""Identities are merged until one has so many records, or none is left."""
VIEWS = 15


@dataclass(frozen=True)
class Times:
    """Merges and splits a minute, each asked for by one person and allowed by another; the page's median in ms.

    Beside the clock, which other work on the machine slows, what each takes of a processor, the database's part too.
    """

    merges: float
    merge_processor_ms: float
    splits: float
    split_processor_ms: float
    page_ms: float
    page_processor_ms: float
    records: int


def measure(home: Path) -> Times:
    """Merge verified identities of a home into one, open its page, and split it again."""
    from registry.models import Identity, User

    standing = list(Identity.objects.filter(status="verified").order_by("created_at"))
    asker, other = User.objects.filter(role="lead").order_by("pk")[:2]
    clock = _Clock(home)
    target, merges = _merge(standing, asker, other, clock)
    merged = clock.read()
    held = sorted(target.members.values_list("row_id", flat=True))
    page, page_processor = _page(target, home)
    clock = _Clock(home)
    splits = _split(target, held, asker, other, clock)
    split = clock.read()
    return Times(
        merges / merged[0] * 60, merged[1] / merges * 1000, splits / split[0] * 60, split[1] / splits * 1000,
        page, page_processor, len(held),
    )  # fmt: skip


class _Clock:
    """Wall and processor seconds while it runs."""

    def __init__(self, home: Path) -> None:
        self.home, self.wall, self.processor = home, 0.0, 0.0

    def __enter__(self) -> None:
        self._began = time.perf_counter(), processor_seconds(self.home)

    def __exit__(self, *fault: object) -> None:
        self.wall += time.perf_counter() - self._began[0]
        self.processor += processor_seconds(self.home) - self._began[1]

    def read(self) -> tuple[float, float]:
        """Return both."""
        return self.wall, self.processor


def _merge(standing: list[Identity], asker: User, other: User, clock: _Clock) -> tuple[Identity, int]:
    from registry.errors import ReviewError
    from registry.judgements import changes

    target, done = standing[0], 0
    for one in standing[1:]:
        if target.members.count() >= RECORDS:
            break
        try:
            with clock:
                change = changes.ask(asker, "merge", target.pk, "one_child", other=one.pk)
                changes.decide(other, change.pk, allowed=True)
        except ReviewError:  # of a brother or sister: people said of a pair that it is not one child
            continue
        done += 1
        target.refresh_from_db()
        target = target.merged_into or target
    return target, done


def _page(target: Identity, home: Path) -> tuple[float, float]:
    from django.test import Client

    from registry.access import accounts

    name, password = "olena", "a-pond-below-the-old-mill"
    accounts.add(name, password, "lead", "en")
    client = Client()
    client.post("/login/", {"username": name, "password": password})
    taken, clock = [], _Clock(home)
    for _ in range(VIEWS):
        started = time.perf_counter()
        with clock:
            answer = client.get(f"/identities/{target.pk}/")
        taken.append(time.perf_counter() - started)
        if answer.status_code != 200:
            raise RuntimeError(f"The page of an identity answered {answer.status_code}")
    return statistics.median(taken) * 1000, clock.processor / VIEWS * 1000


def _split(target: Identity, held: list[int], asker: User, other: User, clock: _Clock) -> int:
    from registry.judgements import changes

    done = 0
    while len(held) > 4:
        with clock:
            change = changes.ask(asker, "split", target.pk, "two_children", parts=[held[2:], held[:2]])
            changes.decide(other, change.pk, allowed=True)
        held, done = held[2:], done + 1
    return done
