"""What is measured: events and identities a second, polls while people judge, and how large an identity is."""

from __future__ import annotations

import gzip
import multiprocessing
import random
import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from configs import garbage

PEOPLE = 20
THINKING = (2.0, 6.0)
"""Seconds for which a person looks at a pair: quicker than people are."""
EVENTS_AT_ONCE = 1_000


@dataclass
class Rate:
    """How many of something a second, by the clock and by this process's own time."""

    count: int
    seconds: float
    cpu_seconds: float

    @property
    def by_clock(self) -> float:
        """Return how many a second."""
        return self.count / self.seconds

    @property
    def by_processor(self) -> float:
        """Return how many a second of this process's processor time; the database's own comes on top."""
        return self.count / self.cpu_seconds


@dataclass
class Measured:
    """What a run found; times in milliseconds."""

    events: Rate
    snapshot: Rate
    gzipped: list[int]
    polls: list[float] = field(default_factory=list)
    pages: dict[str, list[float]] = field(default_factory=dict)


def token() -> str:
    """Return a token of a consumer that two people have allowed."""
    from registry.access import consumers, tokens
    from registry.models import User

    one, other = User.objects.filter(role="lead").order_by("pk")[:2]
    asked = consumers.ask(one, "benchmark", "tracing", "Protocol of a benchmark", rate=60_000)
    consumers.decide(other, asked.pk, allowed=True)
    return tokens.issue("benchmark")


def reading(secret: str, count: int) -> tuple[Rate, Rate, list[int]]:
    """Read all events and a snapshot twice, of which the second counts, as `ridni serve feed` does."""
    client = _client(secret)
    with garbage.seldom_collected():
        for _ in range(2):
            events = _timed(lambda: _all_events(client))
            snapshot = _timed(lambda: _snapshot(client, count))
    listed = client.get("/api/v1/identities", {"limit": 200}).json()["items"]
    bodies = [client.get(f"/api/v1/identities/{one['id']}").content for one in listed[:50]]
    return events, snapshot, [len(gzip.compress(body)) for body in bodies]


def polling(secret: str, seconds: float) -> tuple[list[float], dict[str, list[float]]]:
    """Poll in a process of its own while twenty people judge in this one; milliseconds of polls and of pages."""
    start = multiprocessing.get_context("spawn")
    ours, theirs = start.Pipe()
    poller = start.Process(target=_poll, args=(secret, seconds, theirs))
    poller.start()
    theirs.close()  # should it die, the next reading says so
    ours.recv()  # it is ready, and waits while people sign in
    pages: dict[str, list[float]] = defaultdict(list)
    clients = [_signed_in(number) for number in range(PEOPLE)]
    ours.send("go")
    until = time.monotonic() + seconds
    people = [threading.Thread(target=_judge, args=(client, until, pages)) for client in clients]
    for person in people:
        person.start()
    polls: list[float] = ours.recv()
    for person in people:
        person.join()
    poller.join()
    return polls, dict(pages)


def percentile(taken: list[float], share: int) -> float:
    """Return what so many of a hundred stay below."""
    return statistics.quantiles(taken, n=100)[share - 1] if len(taken) > 1 else taken[0]


def _client(secret: str) -> Any:
    from django.test import Client

    return Client(headers={"Authorization": f"Bearer {secret}"})


def _timed(call: Callable[[], int]) -> Rate:
    wall, processor = time.perf_counter(), time.process_time()
    count = call()
    return Rate(count, time.perf_counter() - wall, time.process_time() - processor)


def _all_events(client: Any) -> int:
    asked: dict[str, Any] = {"limit": EVENTS_AT_ONCE}
    count = 0
    while True:
        answer = client.get("/api/v1/events", asked)
        assert answer.status_code == 200
        asked["cursor"] = answer["Feed-Cursor"]
        got = answer.content.count(b'"specversion"')
        if not got:
            return count
        count += got


def _snapshot(client: Any, count: int) -> int:
    lines = b"".join(client.get("/api/v1/snapshot").streaming_content).count(b"\n")
    assert lines == count + 2, lines
    return count


def _poll(secret: str, seconds: float, pipe: Any) -> None:
    import django

    import pipelines  # noqa: F401 - names the Django project

    django.setup()
    from django.conf import settings as django_settings

    django_settings.ALLOWED_HOSTS = ["*"]
    client = _client(secret)
    cursor = client.get("/api/v1/feed").json()["cursor"]
    client.get("/api/v1/events", {"cursor": cursor})
    garbage.from_now_on()
    pipe.send("ready")
    pipe.recv()
    taken, until = [], time.monotonic() + seconds
    while time.monotonic() < until:
        began = time.perf_counter()
        answer = client.get("/api/v1/events", {"cursor": cursor, "limit": 100})
        taken.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200
        cursor = answer["Feed-Cursor"]
        time.sleep(0.1)
    pipe.send(taken)


def _signed_in(number: int) -> Any:
    from django.test import Client

    from benchmarks.review.data import PASSWORD

    client = Client()
    assert client.post("/login/", {"username": f"person{number}", "password": PASSWORD}).status_code == 302
    return client


def _judge(client: Any, until: float, pages: dict[str, list[float]]) -> None:
    from django.db import connection

    draw = random.Random(id(client))

    def ask(name: str, call: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        answer = call()
        pages[name].append((time.perf_counter() - began) * 1000)
        assert answer.status_code in (200, 302), (name, answer.status_code)
        return answer

    time.sleep(draw.uniform(0, THINKING[1]))
    while time.monotonic() < until:
        pair = ask("take", lambda: client.post("/take/"))["Location"]
        ask("pair", lambda pair=pair: client.get(pair))  # type: ignore[misc]
        time.sleep(draw.uniform(*THINKING))
        same = {"verdict": "same", "reason_same": "name_and_birth"}
        sent = same if draw.random() < 0.7 else {"verdict": "different", "reason_different": "sibling"}
        ask("verdict", lambda pair=pair, sent=sent: client.post(pair, sent))  # type: ignore[misc]
    connection.close()
