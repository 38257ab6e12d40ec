"""Family reports, and a register of mostly the same children whose rows are damaged, one kind each."""

from __future__ import annotations

from itertools import cycle
from pathlib import Path
from random import Random

import pandas as pd

from benchmarks.damage.kinds import KINDS, Row
from benchmarks.linkage.data import Dataset, _store

FIELDS = ("surname", "given", "patronymic", "sex", "birth")
_SHARED, _UNDAMAGED = 0.8, 0.4


def damaged(folder: Path, reports: pd.DataFrame, seed: int = 5) -> Dataset:
    """Store family reports and the damaged register; the truth names each row's kind of damage as its scenario.

    Args:
        folder: Made if missing.
        reports: Normalised records of family reports with `person_id`; names and days of birth alone are read.
        seed: Of what is damaged, and how.
    """
    random = Random(seed)
    named = reports[["surname", "given", "birth"]].notna().all(axis=1)
    whole = reports[named & (reports["birth"].str[:10] == reports["birth"].str[11:])].drop_duplicates("person_id")
    chosen = whole[["person_id", "key", *FIELDS]].sample(frac=1, random_state=seed)
    rows: list[Row] = [{str(name): value for name, value in row.items()} for row in chosen.to_dict("records")]
    share = int(len(rows) * _SHARED)
    seeking = rows[:share]
    listed = rows[len(rows) - share :]
    below = listed[1:] + listed[:1]
    kinds, parts, truth = cycle([kind for kind in KINDS if kind != "none"]), [], []
    for row in seeking:
        parts.append({**row, "source": "reports", "source_class": "family", "side": "seeking"})
        truth.append({"source": "reports", "key": row["key"], "person_id": row["person_id"], "scenario": "none"})
    for number, (row, next_row) in enumerate(zip(listed, below, strict=True)):
        kind = "none" if random.random() < _UNDAMAGED else next(kinds)
        changed = dict(row)
        KINDS[kind](changed, next_row, random)
        changed["key"] = str(number)
        parts.append({**changed, "source": "register", "source_class": "authority", "side": "found"})
        truth.append({"source": "register", "key": str(number), "person_id": row["person_id"], "scenario": kind})
    frame = pd.DataFrame(parts).drop(columns="person_id").sort_values(["source", "key"], ignore_index=True)
    return _store("Damaged register", "children", folder, frame, pd.DataFrame(truth), {})
