"""Run by an interpreter that has gecko-syndata: `python by_gecko.py FILE` damages rows in the manner of another author.

It stands alone: gecko needs an older NumPy than Ridni and is no part of its environment. FILE holds the rows by kind of
damage as JSON and is overwritten; a row's birth date is a day.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

KINDS = (
    "gecko: a letter lost in each name",
    "gecko: letters transposed in each name",
    "gecko: a letter inserted in each name",
    "gecko: a letter substituted in each name",
    "gecko: each name substituted, date moved",
    "gecko: surname substituted three times",
    "gecko: names permuted",
    "gecko: date moved by up to a year",
)
_LETTERS = "абвгдежзиіїйклмнопрстуфхцчшщюя"
_NAMES = ("surname", "given", "patronymic")


def main(file: Path) -> None:
    """Damage the rows of a file."""
    import numpy as np
    import pandas as pd
    from gecko import mutator  # type: ignore[import-not-found]

    random = np.random.default_rng(11)
    substitute = mutator.with_substitute(charset=_LETTERS, rng=random)
    moved = ("birth", mutator.with_datetime_offset(365, "d", "%Y-%m-%d", rng=random))
    each: dict[str, list[Any]] = {
        KINDS[0]: [(name, mutator.with_delete(rng=random)) for name in _NAMES],
        KINDS[1]: [(name, mutator.with_transpose(rng=random)) for name in _NAMES],
        KINDS[2]: [(name, mutator.with_insert(charset=_LETTERS, rng=random)) for name in _NAMES],
        KINDS[3]: [(name, substitute) for name in _NAMES],
        KINDS[4]: [*((name, substitute) for name in _NAMES), moved],
        KINDS[5]: [("surname", substitute)] * 3,
        KINDS[6]: [(_NAMES, mutator.with_permute(rng=random))],
        KINDS[7]: [moved],
    }
    rows = json.loads(file.read_text(encoding="utf-8"))
    for kind, of_kind in rows.items():
        frame = pd.DataFrame(of_kind).fillna("")
        for one in each[kind]:
            frame = mutator.mutate_data_frame(frame, [one])
        rows[kind] = frame.to_dict("records")
    file.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
