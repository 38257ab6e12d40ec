"""The second look of a run: what its strong pairs tell of others, and the pairs that only this brings up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from matching.blocking.pairs import Pairs, PairSource
from matching.blocking.report import RuleReport, count_masks, report
from matching.collective.evidence import CollectiveEvidence
from matching.collective.proposals import companions, rules_of, unseen, with_destinations
from matching.collective.support import Judged, code_of
from matching.engine.slices import Scored, Work, rarity
from matching.model.frequencies import TermFrequency
from matching.model.latent_classes import LatentClasses, share_bits
from matching.model.parameters import Floats, Model
from matching.model.scoring import log2_sum, scenario_totals
from matching.vectors.records import Rows

_COMPANIONS = "companions of strong pairs"


class SecondLook:
    """Collective evidence of a run, and the pairs that it brings up.

    Args:
        work: The run's work.
        scored: The pairs that the blocking rules found, scored by themselves.
        probability: Of these, rivals counted.
        model: The model that scored them.
        frequencies: How common values are.
        new: Rows of a delta; unset: all pairs count.

    Attributes:
        evidence: What pairs say of others.
    """

    def __init__(
        self,
        work: Work,
        scored: Scored,
        probability: Floats,
        model: Model,
        frequencies: dict[str, TermFrequency],
        new: Rows | None,
    ) -> None:
        self._work, self._model, self._frequencies = work, model, frequencies
        table = work.table
        asked = table.asked(scored.left, scored.right)
        sought = scored.left[asked], scored.right[asked], probability[asked]
        self.evidence = CollectiveEvidence(work.spec, table, *sought, self._private_bits)
        self._spec = rules_of(work.spec)
        self._new = new
        self._masks: Counter[int] = Counter()
        self._companions = 0
        self._look_for(scored)

    def learn(self, judged: Judged, scored: Scored) -> None:
        """Count in what people agreed on; afterwards `pairs` gives those that only this brings up.

        Args:
            judged: What was agreed on.
            scored: All pairs so far.
        """
        self.evidence = self.evidence.taught(judged)
        self._look_for(scored)

    def _look_for(self, scored: Scored) -> None:
        self._source = PairSource(self._spec, with_destinations(self._work.table, self.evidence), self._new)
        self._seen = np.sort(code_of(scored.left, scored.right, len(self._work.table)))

    def pairs(self) -> Iterator[Pairs]:
        """Yield the pairs that the blocking rules did not give, each once; the bits of their rules follow those."""
        seen, size = self._seen, len(self._work.table)
        found = unseen(companions(self._work.table, self._source, self.evidence), seen, size)
        if self._new is not None:
            able = np.isin(found.left, self._new) | np.isin(found.right, self._new)
            found = Pairs(found.left[able], found.right[able], found.rules[able])
        self._companions += len(found)
        first, own = len(self._work.spec.blocking.rules), len(self._spec.blocking.rules)
        bit = np.uint64(1) << np.uint64(first + own)
        if len(found):
            yield Pairs(found.left, found.right, np.full(len(found), bit))
            seen = np.union1d(seen, code_of(found.left, found.right, size))
        for number in range(len(self._source.slices)):
            found = unseen(self._source.read(number), seen, size)
            self._masks += count_masks(found.rules)
            if len(found):
                yield Pairs(found.left, found.right, found.rules << np.uint64(first))

    def report(self) -> tuple[RuleReport, ...]:
        """Return what the collective rules and the companions brought up; call it when all pairs were read."""
        rules = report(self._spec, self._source, self._masks)
        return (*rules, RuleReport(_COMPANIONS, self._companions, self._companions, self._companions, 0, 0))

    def _private_bits(self, left: Rows, right: Rows) -> Floats:
        """Return what pairs say by the fields that brothers and sisters do not share."""
        spec = self._work.spec
        assert spec.collective is not None
        assert spec.collective.kin is not None
        out = np.zeros(len(left))
        if not len(left):
            return out
        sources = self._work.table.pair_of_sources(left, right)
        for group in np.unique(sources):
            part = self._model.groups.get(self._work.table.names(int(group)))
            if part is None:
                continue
            at: npt.NDArray[np.int64] = np.flatnonzero(sources == group)
            levels = self._work.comparer.grade(left[at], right[at])
            rare = rarity(self._work, self._frequencies, left[at], right[at], levels)
            totals = scenario_totals(LatentClasses(spec, part), levels, rare, spec.collective.kin.private)
            match = [number for number, scenario in enumerate(spec.scenarios.values()) if scenario.match]
            shares = share_bits(part.scenarios[name] for name in spec.match_scenarios)
            out[at] = log2_sum(totals[:, match] + shares)
        return out
