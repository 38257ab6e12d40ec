"""Sentences of posts and clippings, read from `synthetic/data`."""

from __future__ import annotations

from functools import cache

from synthetic.population.pools import rows


@cache
def templates(file: str, kind: str, language: str) -> tuple[str, ...]:
    """The sentences of one kind in one language.

    Raises:
        LookupError: There are none.
    """
    found = tuple(row["text"] for row in rows(file) if row["kind"] == kind and row["language"] == language)
    if not found:
        raise LookupError(f"{file} has no sentence of kind {kind} in {language}")
    return found
