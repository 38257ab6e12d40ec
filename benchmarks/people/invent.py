"""Run by an interpreter that has pseudopeople: `python invent.py FOLDER SEED` writes the lists of one world.

It stands alone: pseudopeople needs older libraries than Ridni and is no part of its environment.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any


def main(folder: Path, seed: int) -> None:
    """Write each list as JSON lines, and the forms and numbers without noise, which say who a dependent is."""
    import pseudopeople as people  # type: ignore[import-not-found]

    clean: dict[str, Any] = {"config": people.NO_NOISE}
    lists = {
        "census": people.generate_decennial_census(year=2020, seed=seed),
        "census_later": people.generate_decennial_census(year=2030, seed=seed),
        "security": people.generate_social_security(year=2020, seed=seed),
        "wages": people.generate_taxes_w2_and_1099(year=2020, seed=seed),
        "forms": people.generate_taxes_1040(year=2020, seed=seed),
        "forms_clean": people.generate_taxes_1040(year=2020, seed=seed, **clean),
        "security_clean": people.generate_social_security(year=2020, seed=seed, **clean),
    }
    for name, frame in lists.items():
        frame.astype(object).to_json(folder / f"{name}.jsonl", orient="records", lines=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
