"""Family reports, and a register of mostly the same children whose rows are damaged, one kind each."""

from __future__ import annotations

import json
import subprocess
from itertools import cycle
from pathlib import Path
from random import Random

import pandas as pd

from benchmarks.damage import by_gecko
from benchmarks.damage.kinds import KINDS, Row
from benchmarks.linkage.data import Dataset, _store
from sources.extraction.normalise import normalise

FIELDS = ("surname", "given", "patronymic", "sex", "birth")
_SHARED, _UNDAMAGED = 0.8, 0.4


def damaged(folder: Path, reports: pd.DataFrame, seed: int = 5, *, gecko: str | None = None) -> Dataset:
    """Store family reports and the damaged register; the truth names each row's kind of damage as its scenario.

    Args:
        folder: Made if missing.
        reports: Normalised records of family reports with `person_id`; names and days of birth alone are read.
        seed: Of what is damaged, and how.
        gecko: An interpreter with gecko-syndata, which then does damage of its own.
    """
    random = Random(seed)
    named = reports[["surname", "given", "birth"]].notna().all(axis=1)
    whole = reports[named & (reports["birth"].str[:10] == reports["birth"].str[11:])].drop_duplicates("person_id")
    chosen = whole[["person_id", "key", *FIELDS]].sample(frac=1, random_state=seed)
    rows: list[Row] = [{str(name): value for name, value in row.items()} for row in chosen.to_dict("records")]
    share = int(len(rows) * _SHARED)
    seeking = rows[:share]
    listed = rows[len(rows) - share :]
    names = [kind for kind in KINDS if kind != "none"] + list(by_gecko.KINDS if gecko else ())
    following = cycle(names)
    kinds = ["none" if random.random() < _UNDAMAGED else next(following) for _ in listed]
    changed: list[Row] = [dict(row) for row in listed]
    for kind, row, below in zip(kinds, changed, listed[1:] + listed[:1], strict=True):
        if kind in KINDS:
            KINDS[kind](row, below, random)
    if gecko:
        _by_gecko(gecko, folder, [(kind, row) for kind, row in zip(kinds, changed, strict=True) if kind not in KINDS])
    for row in changed:
        _read(row)
    parts, truth = [], []
    for row in seeking:
        parts.append({**row, "source": "reports", "source_class": "family", "side": "seeking"})
        truth.append({"source": "reports", "key": row["key"], "person_id": row["person_id"], "scenario": "none"})
    for number, (kind, row) in enumerate(zip(kinds, changed, strict=True)):
        parts.append({**row, "key": str(number), "source": "register", "source_class": "authority", "side": "found"})
        truth.append({"source": "register", "key": str(number), "person_id": row["person_id"], "scenario": kind})
    frame = pd.DataFrame(parts).drop(columns="person_id").sort_values(["source", "key"], ignore_index=True)
    return _store("Damaged register", "children", folder, frame, pd.DataFrame(truth), {})


def _read(row: Row) -> None:
    """Let the intake read the names as a list's row: it puts right what stands in a wrong column."""
    written = {name: row[name] for name in ("surname", "given", "patronymic", "sex") if isinstance(row[name], str)}
    values = normalise(written, observed_on=None, language="uk").values
    row.update({name: values.get(name) for name in ("surname", "given", "patronymic")})


def _by_gecko(python: str, folder: Path, rows: list[tuple[str, Row]]) -> None:
    """Let gecko damage rows in place, each by its kind."""
    folder.mkdir(parents=True, exist_ok=True)
    file, by_kind = folder / "rows.json", dict[str, list[Row]]()
    for kind, row in rows:
        by_kind.setdefault(kind, []).append(row)
    fields = (*FIELDS,)
    written = {
        kind: [{name: row[name] for name in fields} | {"birth": row["birth"][:10]} for row in of_kind]
        for kind, of_kind in by_kind.items()
    }
    file.write_text(json.dumps(written, ensure_ascii=False), encoding="utf-8")
    subprocess.run([python, "-W", "ignore", by_gecko.__file__, str(file)], check=True)
    for kind, of_kind in json.loads(file.read_text(encoding="utf-8")).items():
        for row, new in zip(by_kind[kind], of_kind, strict=True):
            row.update({name: new[name] or None for name in fields} | {"birth": f"{new['birth']}/{new['birth']}"})
