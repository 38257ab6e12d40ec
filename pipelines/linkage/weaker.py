"""Pairs of a record that were too weak to be stored, found again when somebody asks for them.

They are scored with the last run's model as if the record had just come, and the likeliest are stored: then they stand
on the page of the pair as others do. The next run withdraws those on which nobody has spoken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from threading import Lock

import pandas as pd

from configs.settings import settings
from matching.errors import ModelError
from matching.linker import link
from matching.model.parameters import Model
from pipelines.linkage import calibration, incremental, listed_twice
from pipelines.linkage.collective.judged import judged_pairs
from pipelines.linkage.collective.stated import stated_transfers
from pipelines.linkage.run import load_registry_spec, proposals

MOST = 10
"""Pairs stored at a time: what a person reads through on one page."""

_one_at_a_time = Lock()


def find(record_ids: Sequence[int], most: int = MOST) -> int:
    """Store the likeliest pairs of records that the spec's budget left out; returns how many came.

    Args:
        record_ids: The records whose pairs are asked for.
        most: How many pairs are stored.

    Raises:
        ModelError: No run has left a model and buckets that fit the deployment's spec.
    """
    from registry.linkage import candidates
    from registry.models import Run

    with _one_at_a_time:  # it takes a processor for a second or two, and a server has other pages to serve
        spec = load_registry_spec(settings().linkage_spec)
        folder = incremental.last_run(spec)
        run = None if folder is None else Run.objects.filter(pk=folder.run_id).first()
        if folder is None or run is None:
            raise ModelError("no run fits the linkage spec", mend="Run `ridni link` first")
        asked = incremental.as_if_new(spec, folder, record_ids)
        if not asked.delta.new:
            return 0
        whole = link(
            spec,
            asked.frame,
            model=Model.load(folder.model, spec),
            delta=asked.delta,
            judged=judged_pairs(asked.frame),
            stated=stated_transfers(spec),
        )
        sought, _ = listed_twice.parted(whole)
        worth = calibration.calibrate_linkage(sought, asked.frame, spec.seed, folder).linkage
        known = candidates.stored_pairs(record_ids)
        pairs = worth.candidates
        new = [frozenset(pair) not in known for pair in pairs[["left", "right"]].itertuples(index=False, name=None)]
        best = pairs[pd.Series(new, index=pairs.index)].head(most)
        if not len(best):
            return 0
        return candidates.store(run, proposals(spec, replace(worth, candidates=best)), withdraw=False).new
