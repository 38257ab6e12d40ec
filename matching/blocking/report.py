"""What the blocking rules found: pairs, gain, the largest buckets, and what they miss where the truth is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from matching.blocking.pairs import Masks, PairSource
from matching.spec import LinkageSpec
from matching.spec.rules import rule_name
from matching.vectors.records import Table


@dataclass(frozen=True)
class RuleReport:
    """What one blocking rule found.

    Attributes:
        rule: The keys, joined by ` + `.
        pairs: Pairs that the rule gives by itself.
        new: Pairs that no earlier rule had given.
        alone: Pairs that no other rule gives, earlier or later.
        skipped_buckets: Buckets over the cap.
        skipped_pairs: Pairs that those buckets would have given.
        largest: Rows on the seeking and on the found side of the largest buckets.
        recall: Share of the true pairs that the rule finds; None where the truth is unknown.
        lost_without: True pairs that no other rule finds; None where the truth is unknown.
        recall_so_far: Share of the true pairs that this rule and those above it find; None where the truth is unknown.
    """

    rule: str
    pairs: int
    new: int
    alone: int
    skipped_buckets: int
    skipped_pairs: int
    largest: tuple[tuple[int, int], ...] = ()
    recall: float | None = None
    lost_without: int | None = None
    recall_so_far: float | None = None


def report(
    spec: LinkageSpec, source: PairSource, found: Mapping[int, int], true: Mapping[int, int] | None = None
) -> tuple[RuleReport, ...]:
    """Return a report of each rule.

    Args:
        spec: The linkage spec.
        source: The pairs.
        found: How many pairs were found by each set of rules, by the bits of the set.
        true: The same for true pairs, 0 being those that no rule finds.
    """
    reports = []
    for number, (rule, buckets) in enumerate(zip(spec.blocking.rules, source.buckets(), strict=True)):
        bit = 1 << number
        sets, true_sets = list(found.items()), list((true or {}).items())
        every = sum(count for _, count in true_sets)
        reports.append(
            RuleReport(
                rule_name(rule),
                sum(count for mask, count in sets if mask & bit),
                sum(count for mask, count in sets if mask & bit and not mask & (bit - 1)),
                sum(count for mask, count in sets if mask == bit),
                buckets.skipped,
                buckets.skipped_pairs,
                buckets.largest,
                None if not every else sum(count for mask, count in true_sets if mask & bit) / every,
                None if not every else sum(count for mask, count in true_sets if mask == bit),
                None if not every else sum(count for mask, count in true_sets if mask & (2 * bit - 1)) / every,
            )
        )
    return tuple(reports)


def count_masks(masks: Masks) -> Counter[int]:
    """Return how often each set of rules occurs, by its bits."""
    sets, counts = np.unique(masks, return_counts=True)
    return Counter(dict(zip(sets.tolist(), counts.tolist(), strict=True)))


def explain_blocking(
    spec: LinkageSpec, records: pd.DataFrame, true_pairs: pd.DataFrame | None = None
) -> tuple[RuleReport, ...]:
    """Run the blocking rules alone and report them.

    Args:
        spec: The linkage spec.
        records: As for `matching.linker.link`.
        true_pairs: Pairs of one person as record ids, `left` and `right` in either order.
    """
    table = Table(records, spec.fields)
    source = PairSource(spec, table)
    truth = None if true_pairs is None else _pairs_of_rows(table, true_pairs)
    found: Counter[int] = Counter()
    true: Counter[int] = Counter()
    for pairs in source:
        found += count_masks(pairs.rules)
        if truth is not None:
            code = pairs.left.astype(np.int64) * len(table) + pairs.right
            true += count_masks(pairs.rules[np.isin(code, truth)])
    if truth is not None:
        true[0] = len(truth) - true.total()
    return report(spec, source, found, None if truth is None else true)


def _pairs_of_rows(table: Table, true_pairs: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return true pairs that a run could compare as codes of rows: of two sources, one seeking and one found."""
    row = pd.Series(np.arange(len(table)), index=table.record_id)
    known = true_pairs[true_pairs["left"].isin(row.index) & true_pairs["right"].isin(row.index)]
    codes = []
    for one, other in (("left", "right"), ("right", "left")):
        a, b = row[known[one]].to_numpy(), row[known[other]].to_numpy()
        able = np.isin(a, table.seeking) & np.isin(b, table.found) & (table.source[a] != table.source[b])
        able &= ~(table.both[a] & table.both[b] & (table.source[a] > table.source[b]))
        codes.append(a[able].astype(np.int64) * len(table) + b[able])
    return np.unique(np.concatenate(codes))
