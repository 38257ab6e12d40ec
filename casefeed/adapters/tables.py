"""Tables for people and programs: CSV with a row for each value; JSON lines with a state in each, and its hash."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from casefeed.adapters import reading
from casefeed.adapters.reading import State
from registry.identities.consumer_state import canonical, digest_of
from registry.spreadsheet_cells import harmless

CSV, JSON_LINES = "csv", "jsonl"
VERSION = "1"
IDENTITIES, VALUES, STATES = "identities.csv", "values.csv", "states.jsonl"

IDENTITY_COLUMNS: Final = ("identity", "status", "stands_as", "verified_at", "aliases", "records", "withheld")
VALUE_COLUMNS: Final = (
    "identity", "class", "field", "value", "original", "romanised", "preferred", "record", "source_class", "side",
    "observed_on", "status",
)  # fmt: skip
"""`preferred` is the rule by which a value stands for its field, '' for the others."""


def identity_row(state: State) -> tuple[str, ...]:
    """Return the row of an identity; a tombstone has its id, its status and what it was merged into."""
    return (
        state["id"],
        state["status"],
        state.get("merged_into") or "",
        state.get("verified_at") or "",
        " ".join(state.get("aliases", ())),
        " ".join(reading.records(state)) if reading.stands(state) else "",
        " ".join(state.get("withheld", ())),
    )


def value_rows(state: State) -> list[tuple[Any, ...]]:
    """Return a row for each value of a child who stands."""
    of = {record["reference"]: record for record in state["records"]}
    rows = []
    for kind, field, value in reading.fields(state):
        record, chosen = of[value["record"]], state["preferred"].get(field, {})
        stands = chosen.get("record") == value["record"] and chosen.get("original") == value["original"]
        rows.append((
            state["id"], kind, field, value["value"], value["original"], value["romanised"],
            chosen["rule"] if stands else "", value["record"], record["source_class"], record["side"],
            value["observed_on"] or "", value["status"],
        ))  # fmt: skip
    return rows


class CsvWriter:
    """Writes a table of identities and one of their values; no cell is a formula."""

    way, version = CSV, VERSION

    def __init__(self, folder: Path) -> None:
        self._streams = [(folder / name).open("x", encoding="utf-8", newline="") for name in (IDENTITIES, VALUES)]
        self._identities, self._values = (csv.writer(stream) for stream in self._streams)
        self._identities.writerow(IDENTITY_COLUMNS)
        self._values.writerow(VALUE_COLUMNS)
        self.rows: dict[str, int] = {IDENTITIES: 0, VALUES: 0}
        self.left_out: dict[str, int] = {}

    def __enter__(self) -> Self:
        """Return the writer."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close both files."""
        for stream in self._streams:
            stream.close()

    def add(self, state: State, told_at: datetime, known: Iterable[str]) -> None:
        """Write one identity."""
        self._identities.writerow([harmless(cell) for cell in identity_row(state)])
        rows = value_rows(state) if reading.stands(state) else []
        self._values.writerows([harmless(cell) for cell in row] for row in rows)
        self.rows[IDENTITIES] += 1
        self.rows[VALUES] += len(rows)


class JsonLinesWriter:
    """Writes each state as the feed gives it, with the SHA-256 of its canonical JSON."""

    way, version = JSON_LINES, VERSION

    def __init__(self, folder: Path) -> None:
        self._stream = (folder / STATES).open("xb")
        self.rows: dict[str, int] = {STATES: 0}
        self.left_out: dict[str, int] = {}

    def __enter__(self) -> Self:
        """Return the writer."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self._stream.close()

    def add(self, state: State, told_at: datetime, known: Iterable[str]) -> None:
        """Write one identity."""
        body = canonical(state)
        self._stream.write(b'{"sha256":"' + digest_of(body).encode() + b'","state":' + body + b"}\n")
        self.rows[STATES] += 1
