"""Ridni: one spec, nothing else."""

from __future__ import annotations

import pandas as pd

from configs.settings import CONFIGS
from matching.linker import link
from matching.spec.yaml_file import load_spec

RECORDS = "records.pkl"


def score(records: pd.DataFrame, kind: str) -> tuple[pd.DataFrame, int]:
    """Return the candidates `left, right, score` (record ids, probability) and the number of pairs compared."""
    linkage = link(load_spec(CONFIGS / "linkage" / f"{kind}.yaml"), records)
    return linkage.candidates.rename(columns={"probability": "score"})[["left", "right", "score"]], linkage.compared
