"""Retrieval: every matcher scores every query against the whole list, in one run."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.names.alignment import Scores
from benchmarks.names.kinds import draw_kinds
from benchmarks.names.matchers import Matcher, Ridni, peers
from benchmarks.names.metrics import Figures, figures
from benchmarks.names.minority import draw_minority
from benchmarks.names.people import draw_children, ukrainian
from benchmarks.names.queries import draw_queries
from benchmarks.names.query import QuerySet
from benchmarks.names.rigour_peer import SHORTLIST, Rigour, available

ALL = "all"


@dataclass(frozen=True, slots=True)
class Result:
    """One matcher: figures by set of queries (`ALL`: of `Retrieval.sets`), seconds with the list's reading."""

    name: str
    note: str
    figures: dict[str, Figures]
    seconds: float


@dataclass(frozen=True, slots=True)
class Retrieval:
    """A run: the list's size, the sets of queries, and one result for each matcher, this project's first.

    `sets` are spellings of other languages and slips, `kinds` what declension, damage, texts and other peoples add.
    """

    candidates: int
    sets: tuple[QuerySet, ...]
    kinds: tuple[QuerySet, ...]
    results: tuple[Result, ...]
    rigour: bool


def run(candidates: int, queries: int, seed: int, progress: Callable[[str], None] = lambda _: None) -> Retrieval:
    """Score `queries` of each set against a list of `candidates` children with every matcher that is installed."""
    children = draw_children(candidates, seed)
    minority = draw_minority(queries // 4, seed)
    names = [*map(ukrainian, children), *(child.ukrainian() for child in minority)]
    sets, kinds = draw_queries(children, queries, seed), draw_kinds(children, minority, queries // 2, seed)
    asked = [query for one in (*sets, *kinds) for query in one.queries]
    texts, targets = [query.text for query in asked], np.array([query.target for query in asked])
    results = []
    shortlist: Scores | None = None
    for matcher in (Ridni(), *peers()):
        result, scores = _measure(matcher, names, texts, targets, sets, kinds)
        if not isinstance(matcher, Ridni):
            shortlist = scores if shortlist is None else np.maximum(shortlist, scores)
        results.append(result)
        progress(matcher.name)
    if available() and shortlist is not None:
        rigour = Rigour(_likeliest(shortlist, targets))
        results.append(_measure(rigour, names, texts, targets, sets, kinds)[0])
        progress(rigour.name)
    return Retrieval(len(names), tuple(sets), tuple(kinds), tuple(results), available())


def _likeliest(scores: Scores, targets: NDArray[np.int64]) -> list[list[int]]:
    """Return for each query the rows some peer finds likeliest, and always the right one."""
    size = min(SHORTLIST, scores.shape[1])
    rows = np.argpartition(-scores, size - 1, axis=1)[:, :size]
    return [sorted({*row, target}) for row, target in zip(rows.tolist(), targets.tolist(), strict=True)]


def _measure(
    matcher: Matcher,
    names: list[str],
    texts: list[str],
    targets: NDArray[np.int64],
    sets: Sequence[QuerySet],
    kinds: Sequence[QuerySet],
) -> tuple[Result, Scores]:
    started = time.perf_counter()
    matcher.read(names)
    scores = matcher.scores(texts)
    seconds = time.perf_counter() - started
    together = sum(len(one.queries) for one in sets)
    found = {ALL: figures(scores[:together], targets[:together])}
    start = 0
    for one in (*sets, *kinds):
        rows = slice(start, start + len(one.queries))
        found[one.name] = figures(scores[rows], targets[rows])
        start += len(one.queries)
    return Result(matcher.name, matcher.note, found, seconds), scores
