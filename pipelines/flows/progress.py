"""Where a flow's progress goes: to the command line that runs it, or nowhere under a Prefect worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

_listener: Callable[[str, int, int], None] | None = None


def tell(step: str, done: int, total: int) -> None:
    """Say how far a step has come; a total of 0 means unknown."""
    if _listener is not None:
        _listener(step, done, total)


@contextmanager
def listening(listener: Callable[[str, int, int], None]) -> Iterator[None]:
    """Send the progress of flows in this process to `listener`."""
    global _listener
    before, _listener = _listener, listener
    try:
        yield
    finally:
        _listener = before
