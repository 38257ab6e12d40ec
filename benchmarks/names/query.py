"""A query and a set of queries."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Query:
    """One written name and the row of the list it stands for."""

    text: str
    target: int


@dataclass(frozen=True, slots=True)
class QuerySet:
    """Queries of one origin."""

    name: str
    title: str
    origin: str
    queries: tuple[Query, ...]
