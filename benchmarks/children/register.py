"""A made-up register of children in several records, the pairs that a machine proposes, and who is who."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from registry.models import User

SIZES = ((2, 30), (3, 35), (4, 20), (5, 10), (6, 5))
"""Records of a child and how many of a hundred children have so many: about 4 true pairs a child."""
SIBLINGS = 0.2
"""Share of children with a brother or sister whose records the machine takes for theirs as well."""


def mean_size() -> float:
    """Return how many records a child has on average."""
    return sum(size * share for size, share in SIZES) / sum(share for _, share in SIZES)


class Register:
    """The records of made-up children, the pairs that a machine would propose, and the truth."""

    def __init__(self, children: int, seed: int, people: int) -> None:
        from registry.linkage import candidates, runs
        from registry.linkage.proposals import NewCandidate

        self.draw = random.Random(seed)
        self.person: dict[int, int] = {}
        records = self._records(children)
        pairs: dict[tuple[int, int], float] = {}
        for number, own in enumerate(records):
            for place, left in enumerate(own):
                for right in own[place + 1 :]:
                    pairs[left, right] = self.draw.uniform(0.6, 0.99)
            if number and self.draw.random() < SIBLINGS:
                pairs[self.draw.choice(records[number - 1]), self.draw.choice(own)] = self.draw.uniform(0.5, 0.75)
        run = runs.start("link", {"spec_name": "benchmark", "seed": seed})
        said = [{"field": "given", "level": 1, "bits": 3.0, "code": "identical", "sentence": "one spelling"}]
        made = [NewCandidate(left, right, 9.0, chance, "plain", said) for (left, right), chance in pairs.items()]
        candidates.store(run, made)
        self.pairs = len(made)
        self.people = [_account(f"person{n}", "verifier") for n in range(people)]
        self.leads = [_account(f"lead{n}", "lead") for n in range(6)]

    def _records(self, children: int) -> list[list[int]]:
        from benchmarks.review.data import COLLECTED
        from registry.ingestion import batches, sources
        from registry.ingestion.rows import NewRecord
        from registry.ingestion.sources import SourceFacts
        from registry.models import Evidence
        from sources.locator import Locator

        sizes = self.draw.choices([size for size, _ in SIZES], [share for _, share in SIZES], k=children)
        records: list[list[int]] = [[] for _ in range(children)]
        for place in range(max(sizes)):
            source = sources.register(SourceFacts(f"list{place}", f"List {place}", "other", "both", "x", "open"))
            evidence = Evidence.objects.create(sha256=f"{place:064x}", size=1)
            rows = [
                NewRecord(
                    str(n), None, Locator(row=n + 1), "uk", {"given": f"Дитина {n}"}, {"given": f"Дитина {n}"}, {}
                )
                for n, size in enumerate(sizes)
                if place < size
            ]
            batches.ingest_batch(source, evidence.sha256, COLLECTED, rows)
            for key, number in source.records.values_list("key", "pk"):
                records[int(key)].append(number)
                self.person[number] = int(key)
        return records

    def errs(self, same: bool, rate: float) -> str:
        """Return a verdict that is wrong at a rate."""
        return "same" if same != (self.draw.random() < rate) else "different"


def _account(name: str, role: str) -> User:
    from registry.models import User

    return User.objects.create(username=name, role=role)
