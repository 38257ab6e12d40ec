"""Where slices of pairs are worked on: threads of this process, or whatever offers the same three methods."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Protocol


class Backend(Protocol):
    """Runs functions of matching on values that may lie elsewhere; a handle stands for such a value."""

    def share(self, value: Any) -> Any:
        """Bring a value to all workers, once, and return its handle."""

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Start a call; arguments may be handles. Return the handle of its result."""

    def results(self, handles: Sequence[Any]) -> Iterator[Any]:
        """Yield the values of handles in their order, waiting for each."""


class Threads:
    """The cores of this machine: NumPy and rapidfuzz release the interpreter while they work.

    Args:
        count: Threads; unset: one for each core that this process may use.
    """

    def __init__(self, count: int | None = None) -> None:
        self._pool = ThreadPoolExecutor(count or len(os.sched_getaffinity(0)), thread_name_prefix="matching")

    def share(self, value: Any) -> Any:
        """Return the value itself: threads see the same memory."""
        return value

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Start a call."""
        return self._pool.submit(lambda: function(*(a.result() if isinstance(a, Future) else a for a in arguments)))

    def results(self, handles: Sequence[Future[Any]]) -> Iterator[Any]:
        """Yield the results in order."""
        return (handle.result() for handle in handles)
