"""How the command line talks: results on standard output, progress and errors on standard error, a clear line each."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

_WIDTH = None if sys.stdout.isatty() else 160
out = Console(highlight=False, width=_WIDTH)
err = Console(stderr=True, highlight=False, width=None if sys.stderr.isatty() else 400)

Tell = Callable[[str, int, int], None]


class UserError(Exception):
    """Something the person can mend; the message says what, where and how."""


@contextmanager
def progress(title: str) -> Iterator[Tell]:
    """Show progress of named steps; yields a function `tell(step, done, total)`; a total of 0 means unknown."""
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=28),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=err,
        transient=True,
    ) as bars:
        tasks = {"": bars.add_task(title, total=None)}

        def tell(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(f"{title}: {step}" if step else title, total=total or None)
            bars.update(tasks[step], completed=done, total=total or None)

        yield tell


@contextmanager
def waiting(title: str) -> Iterator[None]:
    """Show that something without a countable course is going on."""
    with err.status(title):
        yield


def thousands(number: int) -> str:
    """Return a count as people read it."""
    return f"{number:,}".replace(",", "\u202f")
