"""A bounded shuffle, so that the order of one list tells nothing about the order of another."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")

WINDOW = 8192
"""Rows held back at most; the memory of a list is that many rows however long the list is."""


class Scatter(Generic[T]):
    """Takes rows in one order and gives them back in another, holding at most `WINDOW` of them."""

    def __init__(self, rng: Random, window: int = WINDOW) -> None:
        self._rng = rng
        self._window = window
        self._held: list[T] = []

    def put(self, item: T) -> Iterator[T]:
        """Takes a row in; gives out one held before when the window is full."""
        if len(self._held) < self._window:
            self._held.append(item)
            return
        index = self._rng.randrange(self._window)
        item, self._held[index] = self._held[index], item
        yield item

    def rest(self) -> Iterator[T]:
        """Gives out what is still held."""
        self._rng.shuffle(self._held)
        yield from self._held
        self._held = []
