"""Python's search for cycles of objects, where a stream of rows makes none."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_YOUNG: Final = 100_000
"""Objects made before the young ones are looked through: some thousand rows, a few dozen megabytes at most."""


def from_now_on() -> None:
    """Look for cycles so seldom for the rest of this process, which works through rows and does nothing else."""
    gc.freeze()
    gc.set_threshold(_YOUNG, *gc.get_threshold()[1:])


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Look for cycles a hundred times less often, and not among what is there already (tables, caches, modules).

    A row becomes a record without a cycle, so its objects go when it is done; to look through a million cached words
    again and again for cycles takes a fifth of the time of a long list.
    """
    before = gc.get_threshold()
    from_now_on()
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
