"""Clusters of records held against known persons: by pairs, by whole clusters, and record by record (B-cubed)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class Measure:
    """Precision and recall of one way of counting, between 0 and 1; None where there is nothing to count."""

    precision: float | None
    recall: float | None

    @property
    def f1(self) -> float | None:
        """Return the harmonic mean of both; None where one is unknown."""
        if self.precision is None or self.recall is None:
            return None
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True)
class ClusterScore:
    """How far clusters are the persons.

    Attributes:
        records: Records of which the person is known.
        clusters: Clusters of two such records and more.
        persons: Persons with two records and more.
        mixed: Clusters with records of two persons and more: the false ones.
        pairwise: Of pairs in one cluster, those of one person; of pairs of one person, those in one cluster.
        cluster: Of clusters, those that are a person's records and no others; of persons, those that are a cluster.
        b_cubed: The mean over records of the share of its cluster that is its person's, and of its person's records
            that are in its cluster (Bagga and Baldwin 1998); a record in no cluster is one by itself.
    """

    records: int
    clusters: int
    persons: int
    mixed: int
    pairwise: Measure
    cluster: Measure
    b_cubed: Measure


def b_cubed(clusters: Iterable[Any], persons: Iterable[Any]) -> Measure:
    """Return precision and recall record by record, as means over records (Bagga and Baldwin 1998).

    Args:
        clusters: The cluster of each record.
        persons: The person of each record, in the same order.
    """
    both = Counter(zip(clusters, persons, strict=True))
    sizes, of_person = Counter[Any](), Counter[Any]()
    for (one, who), n in both.items():
        sizes[one] += n
        of_person[who] += n
    precise = sum(n * n / sizes[one] for (one, _), n in both.items())
    complete = sum(n * n / of_person[who] for (_, who), n in both.items())
    return Measure(_share(precise, both.total()), _share(complete, both.total()))


def held_against(clusters: pd.DataFrame, truth: pd.DataFrame) -> ClusterScore:
    """Hold clusters against known persons; records that the truth does not name are left out.

    Args:
        clusters: `source, key, cluster`, one row a record.
        truth: `source, key, person_id`, one row a record.
    """
    known = truth[["source", "key", "person_id"]].drop_duplicates(["source", "key"])
    rows = known.merge(clusters[["source", "key", "cluster"]], on=["source", "key"], how="left")
    alone = "alone " + rows["source"].astype(str) + "\x1f" + rows["key"].astype(str)
    cluster = rows["cluster"].astype(object).where(rows["cluster"].notna(), alone).tolist()
    person = rows["person_id"].tolist()
    sizes, persons, both = Counter(cluster), Counter(person), Counter(zip(cluster, person, strict=True))
    shared = _pairs(both.values())
    parts = Counter(one for one, _ in both)
    whole = sum(1 for (one, who), n in both.items() if n > 1 and n == sizes[one] == persons[who])
    several, many = sum(n > 1 for n in sizes.values()), sum(n > 1 for n in persons.values())
    count = len(person)
    return ClusterScore(
        records=count,
        clusters=several,
        persons=many,
        mixed=sum(n > 1 for n in parts.values()),
        pairwise=Measure(_share(shared, _pairs(sizes.values())), _share(shared, _pairs(persons.values()))),
        cluster=Measure(_share(whole, several), _share(whole, many)),
        b_cubed=b_cubed(cluster, person),
    )


def _pairs(sizes: Iterable[int]) -> int:
    return sum(n * (n - 1) // 2 for n in sizes)


def _share(hits: float, total: float) -> float | None:
    return hits / total if total else None
