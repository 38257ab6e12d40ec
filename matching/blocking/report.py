"""What the blocking rules found: pairs, gain, the largest buckets, and what they miss where the truth is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from matching.blocking.pairs import Masks, PairSource
from matching.comparisons import KINDS
from matching.spec import LinkageSpec
from matching.spec.linkage_spec import ScenarioSpec
from matching.spec.rules import KeySpec, Rule, rule_name
from matching.vectors.records import Table

_OFTEN = 0.25
"""How often a key must outlive an alteration for its rule to be one for it."""


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
        scenarios: The alterations that the rule is for: those that leave its keys alone.
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
    scenarios: tuple[str, ...] = ()


def scenarios_of(spec: LinkageSpec, rule: Rule) -> tuple[str, ...]:
    """Return the scenarios, but for the first and plain one, in which two records of one child still share the keys."""
    return tuple(
        name
        for name in spec.match_scenarios[1:]
        if all(_survives(spec, spec.scenarios[name], key) >= _OFTEN for key in rule)
    )


def _survives(spec: LinkageSpec, scenario: ScenarioSpec, key: KeySpec) -> float:
    """Return how often a key outlives a scenario, 0 to 1: by the levels at which two values may share it."""
    if key.field in scenario.replaced:
        return 0.0
    if key.field not in scenario.levels:
        return 1.0
    kind = spec.kinds[key.field]
    levels, sharing = KINDS[kind]().levels, key.of(kind).survives
    if key.window is not None:
        sharing = frozenset(level.code for level in levels if level is not levels[0])
    # Of each kind of value (a day, a month, a year) the scenario says how its levels are spread.
    spread: dict[str, list[float]] = {}
    for level in levels:
        share = scenario.levels[key.field].get(level.code, 0.0)
        kept, total = spread.setdefault(level.stratum, [0.0, 0.0])
        spread[level.stratum] = [kept + share * (level.code in sharing), total + share]
    shares = [kept / total for kept, total in spread.values() if total]
    return max(shares, default=1.0)


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
                scenarios_of(spec, rule),
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
    table = Table.of(spec, records)
    source = PairSource(spec, table)
    truth = None if true_pairs is None else _pairs_of_rows(source, table, true_pairs)
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


def _pairs_of_rows(
    source: PairSource, table: Table, true_pairs: pd.DataFrame
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return true pairs that a run could compare as codes of rows."""
    row = pd.Series(np.arange(len(table)), index=table.record_id)
    known = true_pairs[true_pairs["left"].isin(row.index) & true_pairs["right"].isin(row.index)]
    codes = []
    for one, other in (("left", "right"), ("right", "left")):
        a, b = row[known[one]].to_numpy(), row[known[other]].to_numpy()
        able = source.comparable(a, b)
        codes.append(a[able].astype(np.int64) * len(table) + b[able])
    return np.unique(np.concatenate(codes))
