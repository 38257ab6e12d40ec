"""The rows of one list on all cores: this process reads on, while helpers say what rows mean and how they are stored.

Rows are independent once they are read, so they go out by the hundred and come back in their order: what is stored does
not depend on who worked. When all helpers have enough to do, this process works too; a helper that is killed costs
nothing but time, and helpers end when this process does, however it ends, because nobody writes to them any more.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import islice
from typing import Final

from pipelines.ingestion.row_work import Done, Item, RowWork, receive, send
from registry.ingestion.row_columns import RowColumns, secrets_of_rows
from sources.extraction.reading import SourceReading

Progress = Callable[[int], None]

_PIECE: Final = 500
"""Rows that go out together: some 40 ms of work, less than a megabyte on its way."""
_ALONE: Final = 6_000
"""Rows that one process has done before a helper has loaded the name model and the gazetteer."""
_HELPERS: Final = 3
"""At most: reading takes a third of the work, so more of them would wait; each holds some 150 MB."""
_AHEAD: Final = 3
"""Pieces that wait for each helper, so that none of them waits for this process."""
_WAITING: Final = 16
"""Pieces that are done or under way before the first of them is stored."""


def staged_rows(reading: SourceReading, progress: Progress, cores: int | None = None) -> Iterator[RowColumns]:
    """Yield the columns of all children of a reading, and of what goes to quarantine, in the file's order.

    A row whose text names nobody is declared non-data: counted, and still in the evidence.

    Args:
        reading: One file, read by its description.
        progress: Called with the number of rows read so far, now and then.
        cores: How many processes may work; unset: as many as this one may use cores.

    Raises:
        SourceError: the file cannot be used; nothing that was yielded before may then be kept.
    """
    work = RowWork(reading.config, reading.name, secrets_of_rows())
    helpers = min(_cores() if cores is None else cores, _HELPERS + 1) - 1
    items = iter(reading)
    read = 0
    shared: _Shared | None = None
    try:
        while piece := list(islice(items, _PIECE)):
            progress(read)
            read += len(piece)
            if shared is None and helpers > 0 and read > _ALONE:
                shared = _Shared(work, helpers)
            for done in [work.done(piece)] if shared is None else shared.give(piece):
                reading.counts.non_data += done.nobody
                yield from done.rows
        for done in shared.rest() if shared else ():
            reading.counts.non_data += done.nobody
            yield from done.rows
    finally:
        if shared is not None:
            shared.end()


class _Shared:
    """Pieces under way, in their order."""

    def __init__(self, work: RowWork, helpers: int) -> None:
        self._work = work
        self._helpers = [_Helper(work) for _ in range(helpers)]
        self._free = deque(self._helpers)
        self._threads = ThreadPoolExecutor(helpers)  # each waits for a helper's answer
        self._pieces: deque[Future[Done]] = deque()

    def give(self, piece: list[Item]) -> Iterator[Done]:
        """Hand a piece to a helper, or work on it here when all have enough; yield what is ready, in order."""
        if sum(not each.done() for each in self._pieces) < len(self._helpers) * _AHEAD:
            self._pieces.append(self._threads.submit(self._asked, piece))
        else:
            own: Future[Done] = Future()
            own.set_result(self._work.done(piece))
            self._pieces.append(own)
        while self._pieces and (self._pieces[0].done() or len(self._pieces) > _WAITING):
            yield self._pieces.popleft().result()

    def rest(self) -> Iterator[Done]:
        """Yield what is still under way."""
        while self._pieces:
            yield self._pieces.popleft().result()

    def end(self) -> None:
        """Let the helpers go."""
        self._threads.shutdown(cancel_futures=True)
        for helper in self._helpers:
            helper.end()

    def _asked(self, piece: list[Item]) -> Done:
        helper = self._free.popleft()
        try:
            return helper.done(piece)
        finally:
            self._free.append(helper)


class _Helper:
    """A process that works on pieces."""

    def __init__(self, work: RowWork) -> None:
        self._work = work
        command = [sys.executable, "-m", "pipelines.ingestion.row_work"]
        # In a process group of its own: Ctrl-C at a terminal is for the command alone.
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=_environment(), process_group=0
        )
        self._killed = False
        self._greeted = False

    def done(self, piece: list[Item]) -> Done:
        """Let the process work on a piece; when it has been killed, do it here.

        Raises:
            Exception: what the work raised there.
        """
        if not self._killed:
            try:
                answer = self._answer(piece)
            except (OSError, EOFError, pickle.UnpicklingError):
                self._killed = True
            else:
                if isinstance(answer, Exception):
                    raise answer
                return answer
        return self._work.done(piece)

    def end(self) -> None:
        """Close its input, upon which it ends."""
        assert self._process.stdin is not None and self._process.stdout is not None
        with suppress(OSError):
            self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()

    def _answer(self, piece: list[Item]) -> Done | Exception:
        to, back = self._process.stdin, self._process.stdout
        assert to is not None and back is not None
        send(to, *[self._work] * (not self._greeted), piece)
        self._greeted = True
        answer: Done | Exception = receive(back)
        return answer


def _environment() -> dict[str, str]:
    """Return the environment of a helper: modules are found where this process finds them."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
