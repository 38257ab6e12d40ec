"""The whole script of a peer: `python -m benchmarks.files_to_queue.peer ENGINE WORLD OUT.json`.

Reads the same files, makes the peer's columns, trains, predicts, and writes the scored pairs into the same PostgreSQL.
The files are read and normalised by Ridni's own readers: no peer has any for lists of this kind.
"""

from __future__ import annotations

import json
import sys
import time
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.linkage.data import FILES, normalised_records
from benchmarks.linkage.peer_fields import children_fields
from benchmarks.linkage.worker import MODULES

TABLE = "CREATE TABLE {} (left_id integer, right_id integer, score double precision)"


def main(engine: str, lists: Path, out: Path) -> None:
    """Run the script and write how long each part took."""
    parts: dict[str, float] = {}
    started = time.perf_counter()

    def ended(part: str) -> None:
        nonlocal started
        now = time.perf_counter()
        parts[part], started = round(now - started, 2), now

    score = import_module(f"benchmarks.linkage.{MODULES[engine]}").score
    ended("imports")
    rows = [row for slug, pattern in FILES.items() for row in normalised_records(slug, sorted(lists.glob(pattern)))]
    records = pd.DataFrame(rows).astype(object)
    records = records.where(records.notna(), None)
    records.insert(0, "record_id", range(len(records)))
    ended("reading")
    fields = children_fields(records)
    del records, rows
    ended("fields")
    pairs, _ = score(fields, "children")
    ended("linking")
    _store(engine.lower(), pairs)
    ended("writing")
    out.write_text(json.dumps(parts), encoding="utf-8")


def _store(name: str, pairs: pd.DataFrame) -> None:
    """Copy the pairs into a table with an index on either side, as quickly as PostgreSQL takes them."""
    from psycopg.sql import SQL, Identifier

    from registry import binary_copy, database
    from registry.database import roles

    database.prepare()
    from django.db import connection

    table = Identifier(f"peer_{name}")
    columns = {
        "left": pairs["left"].to_numpy(dtype=np.int32),
        "right": pairs["right"].to_numpy(dtype=np.int32),
        "score": pairs["score"].to_numpy(dtype=np.float64),
    }
    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute(SQL("DROP TABLE IF EXISTS {}").format(table))
        cursor.execute(SQL(TABLE).format(table))
        with cursor.copy(SQL("COPY {} FROM STDIN (FORMAT BINARY)").format(table)) as copy:
            for piece in binary_copy.pieces(columns):
                copy.write(piece)
        for side in ("left_id", "right_id"):
            cursor.execute(SQL("CREATE INDEX ON {} ({})").format(table, Identifier(side)))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
