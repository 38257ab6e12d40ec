"""One step in a process of its own: `python -m benchmarks.ingest.worker STEP FILE DESCRIPTION`.

The clock starts before the file is opened and stops behind its last row; importing libraries is outside. Ridni's whole
step includes the loading of the name model and the gazetteer.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.clock import Clock


def ridni_records(path: Path, description: Path) -> Callable[[], int]:
    """Read rows, and make of each what the registry stores: the written and the normalised record."""
    from configs.garbage import seldom_collected
    from sources import Problem, load_config, read_source
    from sources.extraction.children import children_of

    config = load_config(description)

    def work() -> int:
        count = 0
        with seldom_collected():  # as the command does
            for item in read_source(config, path):
                assert not isinstance(item, Problem), item.reason_code
                for child in children_of(item, config):
                    assert not isinstance(child, Problem) and child.meant.values
                    count += 1
        return count

    return work


def ridni_rows(path: Path, description: Path) -> Callable[[], int]:
    """Read rows with their locators, and nothing else."""
    from sources import load_config, read_source

    config = load_config(description)
    return lambda: sum(1 for _ in read_source(config, path))


def openpyxl_rows(path: Path, description: Path) -> Callable[[], int]:
    """Read rows with openpyxl, as a stream."""
    from openpyxl import load_workbook  # type: ignore[import-untyped]

    def work() -> int:
        sheet = load_workbook(path, read_only=True).worksheets[0]
        return sum(1 for _ in sheet.iter_rows(min_row=3, values_only=True))

    return work


def pandas_xlsx(path: Path, description: Path) -> Callable[[], int]:
    """Read a frame with pandas, by the library that Ridni uses too."""
    import pandas as pd

    return lambda: len(pd.read_excel(path, header=1, dtype=str, engine="calamine"))


def pandas_csv(path: Path, description: Path) -> Callable[[], int]:
    """Read a frame with pandas, told the encoding and the delimiter."""
    import pandas as pd

    return lambda: len(pd.read_csv(path, sep=";", encoding="cp1251", dtype=str))


def csv_rows(path: Path, description: Path) -> Callable[[], int]:
    """Read dictionaries with the standard library, told the encoding and the delimiter."""
    import csv

    def work() -> int:
        with path.open(encoding="cp1251", newline="") as stream:
            return sum(1 for _ in csv.DictReader(stream, delimiter=";"))

    return work


STEPS = {step.__name__: step for step in (ridni_records, ridni_rows, openpyxl_rows, pandas_xlsx, pandas_csv, csv_rows)}


def main(step: str, path: Path, description: Path) -> None:
    """Print what a step took as a line of JSON."""
    work = STEPS[step](path, description)
    clock = Clock()
    count = work()
    print(json.dumps({"rows": count, **clock.read()}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
