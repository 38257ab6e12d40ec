"""How long each step of a run took, heard from the progress that it tells."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Step:
    """A step and its seconds by the clock."""

    name: str
    seconds: float


class StepClock:
    """Listens to a run's progress, passes it on, and adds up the time of each step.

    Args:
        then: Who else listens.
        now: The clock, in seconds.
    """

    def __init__(self, then: Tell | None = None, now: Callable[[], float] = time.perf_counter) -> None:
        self._then, self._now = then, now
        self._spent: dict[str, float] = {}
        self._running = "preparing"
        self._since = now()

    def __call__(self, step: str, done: int, total: int) -> None:
        """Hear that a step has come so far; what follows belongs to it until the next step is heard of."""
        self._close()
        self._spent.setdefault(step, 0.0)
        self._running = step
        if self._then is not None:
            self._then(step, done, total)

    def steps(self) -> tuple[Step, ...]:
        """Return the steps so far in the order in which they began, without those that took no time worth telling."""
        self._close()
        return tuple(Step(name, seconds) for name, seconds in self._spent.items() if seconds >= 0.005)

    def _close(self) -> None:
        now = self._now()
        self._spent[self._running] = self._spent.get(self._running, 0.0) + now - self._since
        self._since = now
