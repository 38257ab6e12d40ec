"""The server's time per request: whole requests through every middleware, without the network and the browser."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from django.test import Client

from registry.models import Source
from review.queue import budget

MEDIAN_LIMIT, SLOW_LIMIT = 100.0, 300.0
"""Milliseconds: what the median and the 95th percentile of a page must stay below."""


@dataclass(frozen=True)
class Times:
    """Milliseconds of one kind of request, and the largest answer in bytes."""

    name: str
    taken: tuple[float, ...]
    largest: int

    @property
    def median(self) -> float:
        """Return the median."""
        return statistics.median(self.taken)

    @property
    def slow(self) -> float:
        """Return the 95th percentile."""
        return statistics.quantiles(self.taken, n=20)[-1] if len(self.taken) > 1 else self.taken[0]


def pages(username: str, password: str, rounds: int) -> list[Times]:
    """Work as a person does, `rounds` times: queue, take, pair, original, verdict, and what lies around."""
    client = Client()
    assert client.post("/login/", {"username": username, "password": password}).status_code == 302
    taken: dict[str, list[float]] = defaultdict(list)
    sizes: dict[str, int] = defaultdict(int)

    def ask(name: str, call: Callable[[], object]) -> object:
        started = time.perf_counter()
        answer = call()
        taken[name].append((time.perf_counter() - started) * 1000)
        sizes[name] = max(sizes[name], len(getattr(answer, "content", b"")))
        assert getattr(answer, "status_code", 500) in (200, 302), name
        return answer

    source = Source.objects.order_by("pk").first()
    assert source is not None
    for turn in range(rounds):
        if turn % 20 == 0:
            budget.reopen_as_operator(username)  # one person opens more here than one may
        ask("queue", lambda: client.get("/"))
        wish = ({"age": "12-15"}, {"region": "UA-14", "scenario": "russified"}, {"source": str(source.pk)})[turn % 3]
        if turn % 2:
            client.post("/filter/", wish)
        answer = ask("take, filtered" if turn % 2 else "take", lambda: client.post("/take/"))
        pair = str(getattr(answer, "headers", {})["Location"])
        ask("pair", lambda pair=pair: client.get(pair))  # type: ignore[misc]
        ask("original", lambda pair=pair: client.get(f"{pair}original/"))  # type: ignore[misc]
        sent = {"verdict": "different", "reason_different": "sibling"}
        ask("verdict", lambda pair=pair, sent=sent: client.post(pair, sent))  # type: ignore[misc]
        ask("decided", lambda: client.get("/decided/"))
        ask("decisions", lambda: client.get("/decisions/"))
        client.post("/filter/", {"clear": "1"})
        if turn % 10 == 0:
            listed = ask("groups", lambda: client.get("/groups/"))
            found = getattr(listed, "content", b"").decode().split('href="/groups/')
            numbers = [part.split("/", 1)[0] for part in found[1:] if part[:1].isdigit()]
            if numbers:
                ask("group", lambda number=numbers[0]: client.get(f"/groups/{number}/"))  # type: ignore[misc]
        if turn % 10 == 5:
            client.post("/filter/", {"region": "UA-05"})
            ask("take, nothing left", lambda: client.post("/take/"))
            client.post("/filter/", {"clear": "1"})
    return [Times(name, tuple(values), sizes[name]) for name, values in taken.items()]
