"""What the run found, in figures and by pair of sources and scenario."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from matching.linker import Linkage
from matching.report.facts import RunFacts
from matching.report.html import number_format
from matching.report.html.markup import Html, element, join
from matching.report.html.tables import bars, slug, table


def section(linkage: Linkage, records: pd.DataFrame, sources: pd.Series, facts: RunFacts) -> Html:
    """Return the key figures and two tables.

    Args:
        linkage: The run.
        records: `record_id`, `source`, `side` and the fields.
        sources: The pair of sources of each candidate, `left → right`.
        facts: Of the run.
    """
    found, expected = linkage.candidates, float(linkage.candidates["probability"].sum())
    possible = possible_pairs(records)
    tiles = [
        _tile(number_format.count(len(records)), "records"),
        _tile(number_format.count(linkage.compared), "pairs compared", f"of {number_format.count(possible)} possible"),
        _tile(number_format.count(len(found)), "candidates", "kept for people to judge"),
        _tile(number_format.count(expected), "of them one child", "expected by the model’s own estimate"),
    ]
    if facts.steps:
        memory = "" if facts.peak_mb is None else f"peak memory {number_format.count(facts.peak_mb)} MB"
        tiles.append(_tile(number_format.seconds(sum(step.seconds for step in facts.steps)), "by the clock", memory))
    return join(
        [
            element("div", tiles, class_="tiles"),
            element(
                "p",
                "A record is one row of one list, and a candidate is two records that may tell of one child. "
                "None of these figures is a number of children: a child may be in many lists, and a candidate is "
                "nothing but a proposal until two people have judged it.",
            ),
            _by_sources(found, sources),
            _by_scenario(found),
        ]
    )


def possible_pairs(records: pd.DataFrame) -> int:
    """Count the pairs of a seeking record and a found one of another source."""
    seeking = records["source"][records["side"].isin(("seeking", "both"))].value_counts()
    found = records["source"][records["side"].isin(("found", "both"))].value_counts()
    side: Mapping[str, str] = dict(zip(records["source"], records["side"], strict=True))
    return sum(
        int(a) * int(b)
        for left, a in seeking.items()
        for right, b in found.items()
        if left != right and not (side[str(left)] == side[str(right)] == "both" and str(left) > str(right))
    )


def _tile(figure: str, words: str, more: str = "") -> Html:
    return element(
        "div", element("b", figure), element("span", words), element("small", more) if more else None, class_="tile"
    )


def _by_sources(found: pd.DataFrame, sources: pd.Series) -> Html:
    grouped = found.assign(sources=sources.to_numpy()).groupby("sources", sort=True)
    figured = grouped.agg(pairs=("weight", "size"), expected=("probability", "sum"), median=("weight", "median"))
    most = float(figured["pairs"].max()) if len(figured) else 1.0
    rows = [
        (
            slug(str(name)),
            number_format.count(pairs),
            number_format.count(expected),
            number_format.bits(median),
            bars([(expected, "true"), (pairs - expected, "other")], most),
        )
        for name, (pairs, expected, median) in zip(figured.index, _numbers(figured), strict=True)
    ]
    columns = ("lists", "candidates", "expected one child", "median weight, bits", "")
    return join(
        [
            element("h3", "By pair of lists"),
            table(columns, rows, caption="Candidates by pair of lists", numbers=(1, 2, 3), wide=4),
        ]
    )


def _by_scenario(found: pd.DataFrame) -> Html:
    figured = found.groupby("scenario").agg(pairs=("weight", "size"), expected=("probability", "sum"))
    figured = figured.sort_values(["expected", "pairs"], ascending=False, kind="stable")
    most = float(figured["expected"].max()) if len(figured) else 1.0
    rows = [
        (
            number_format.words(str(name)),
            number_format.count(pairs),
            number_format.count(expected),
            bars([(expected, "true")], most),
        )
        for name, (pairs, expected) in zip(figured.index, _numbers(figured), strict=True)
    ]
    columns = ("scenario", "candidates", "expected one child", "")
    return join(
        [
            element("h3", "By likeliest scenario"),
            element(
                "p", "The alteration that explains the pair best, if it is one child. The bar is the expected number."
            ),
            table(columns, rows, caption="Candidates by likeliest scenario", numbers=(1, 2), wide=3),
        ]
    )


def _numbers(frame: pd.DataFrame) -> list[list[float]]:
    rows: list[list[float]] = frame.to_numpy(dtype=float).tolist()
    return rows
