"""How the command line talks: results on standard output, progress and errors on standard error, a clear line each."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, Task, TextColumn, TimeElapsedColumn
from rich.text import Text

from transliteration.errors import MendableError

_WIDTH = None if sys.stdout.isatty() else 160
out = Console(highlight=False, width=_WIDTH)
err = Console(stderr=True, highlight=False, width=None if sys.stderr.isatty() else 400)

Tell = Callable[[str, int, int], None]
_SHORT_SECONDS = 5


class UserError(MendableError):
    """A command that was called with what it cannot work on; the message says what, where and how."""


@contextmanager
def progress(title: str) -> Iterator[Tell]:
    """Show progress of named steps; yields a function `tell(step, done, total)`; a total of 0 means unknown.

    A bar stands only where the total is known; what remains is said in seconds, when it is more than five.
    """
    with bars(err) as shown:
        tasks = {"": shown.add_task(title, total=None)}

        def tell(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = shown.add_task(f"{title}: {step}" if step else title, total=total or None)
            shown.update(tasks[step], completed=done, total=total or None)

        yield tell


def bars(console: Console, clock: Callable[[], float] | None = None) -> Progress:
    """Return the lines of progress on a console; `clock` tells the seconds."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        _Bar(bar_width=28),
        _Count(),
        TimeElapsedColumn(),
        _Left(),
    )
    return Progress(*columns, console=console, transient=True, get_time=clock)


def _countable(task: Task) -> bool:
    """Tell whether a share of a step says something: the total is known, and the step is not all or nothing."""
    return task.total is not None and task.total > 1


class _Bar(BarColumn):
    def render(self, task: Task) -> RenderableType:  # type: ignore[override]
        return super().render(task) if _countable(task) else Text("")


class _Count(ProgressColumn):
    def render(self, task: Task) -> Text:
        done = thousands(int(task.completed))
        if _countable(task):
            return Text(f"{done} of {thousands(int(task.total or 0))}")
        return Text(done if task.total is None and task.completed else "")


class _Left(ProgressColumn):
    max_refresh = 0.5

    def render(self, task: Task) -> Text:
        left = task.time_remaining if _countable(task) and not task.finished else None
        return Text(f"about {thousands(round(left))} s left" if left is not None and left > _SHORT_SECONDS else "")


@contextmanager
def waiting(title: str) -> Iterator[None]:
    """Show that something without a countable course is going on."""
    with err.status(title):
        yield


def thousands(number: int) -> str:
    """Return a count as people read it."""
    return f"{number:,}".replace(",", "\u202f")
