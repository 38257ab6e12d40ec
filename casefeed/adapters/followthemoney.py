"""FollowTheMoney: a statement for each value, with source, date and spelling, as JSON lines.

`canonical_id` is the identity, `entity_id` the record that says so; an id that was merged is an entity of the identity
that stands, so that it is among its `referents`. A name that its source altered on purpose is a `weakAlias`.
`changes.jsonl` has `{"op": "DEL", …}` for what was given and must not be held any more. Source: `followthemoney` 4.11,
`statement/statement.py`, `schema/Person.yaml`; the tests read what is written with that package.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from casefeed.adapters import reading
from casefeed.adapters.reading import State
from registry.identities.consumer_state import canonical

WAY = "followthemoney"
VERSION = "4"
STATEMENTS, CHANGES = "statements.jsonl", "changes.jsonl"
SCHEMA = "Person"
GENDERS: Final = {"m": "male", "f": "female"}
NAMES: Final = frozenset({"full_name", "surname", "given", "patronymic"})
ALTERED_NAME = "weakAlias"


def statements(state: State) -> Iterator[dict[str, Any]]:
    """Give the statements of a child who stands, by record, property and value."""
    sources = {record["reference"]: _dataset(record) for record in state["records"]}
    said = {}
    for _, field, value in reading.fields(state):
        prop, text = property_of(field, value)
        if prop and text:
            made = _statement(state["id"], value["record"], prop, text, sources[value["record"]], value)
            said[made["id"]] = made
    for record in state["records"]:
        made = _statement(state["id"], record["reference"], "id", record["reference"], sources[record["reference"]], {})
        said[made["id"]] = made
    for alias in state["aliases"]:
        made = _statement(state["id"], alias, "id", alias, "ridni", {})
        said[made["id"]] = made
    yield from sorted(said.values(), key=lambda one: (one["entity_id"], one["prop"], one["value"], one["id"]))


def property_of(field: str, value: dict[str, Any]) -> tuple[str, str]:
    """Return the property and the text of one value; both '' where `Person` has no home for it."""
    if value["status"] == "altered":
        return (ALTERED_NAME, value["original"]) if field == "full_name" else ("", "")
    prop = properties().get(field, "")
    if field == "sex":
        return prop, GENDERS.get(value["value"], "")
    if field == "birth_date":
        return prop, reading.date_prefix(value["value"])
    return prop, value["value"]


@cache
def properties() -> dict[str, str]:
    """Return the property of each field that has one."""
    text = files("casefeed.adapters").joinpath("data", "followthemoney.tsv").read_text(encoding="utf-8")
    return {row["field"]: row["property"] for row in csv.DictReader(text.splitlines(), delimiter="\t")}


def _dataset(record: dict[str, Any]) -> str:
    """Return the source's slug where the consumer may know it, else its class."""
    return str(record.get("evidence", {}).get("source") or record["source_class"])


def _statement(identity: str, entity: str, prop: str, text: str, dataset: str, value: dict[str, Any]) -> dict[str, Any]:
    original = value.get("original")
    place = "; ".join(f"{name} {part}" for name, part in value.get("locator", {}).items())
    return {
        "canonical_id": identity,
        "entity_id": entity,
        "prop": prop,
        "schema": SCHEMA,
        "value": text,
        "dataset": dataset,
        "lang": None,
        "original_value": original if original not in (None, text, "withheld") else None,
        "first_seen": value.get("observed_on"),
        "last_seen": value.get("observed_on"),
        "external": False,
        "origin": place or None,
        "id": hashlib.sha1(f"{dataset}.{entity}.{prop}.{text}".encode()).hexdigest(),  # noqa: S324  # the format's own id
    }


class Writer:
    """Writes statements of those who stand, and deletions of what was given and does not."""

    way, version = WAY, VERSION

    def __init__(self, folder: Path) -> None:
        self._statements = (folder / STATEMENTS).open("xb")
        self._changes = (folder / CHANGES).open("xb")
        self.rows: dict[str, int] = {STATEMENTS: 0, CHANGES: 0}
        self.left_out: dict[str, int] = {}

    def __enter__(self) -> Self:
        """Return the writer."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close both files."""
        self._statements.close()
        self._changes.close()

    def add(self, state: State, told_at: datetime, known: Iterable[str]) -> None:
        """Write one identity."""
        if not reading.stands(state):
            self._changes.write(canonical({"op": "DEL", "entity": {"id": state["id"]}}) + b"\n")
            self.rows[CHANGES] += 1
            return
        for statement in statements(state):
            self._statements.write(canonical(statement) + b"\n")
            self.rows[STATEMENTS] += 1
        for _, field, value in reading.fields(state):
            if field not in properties() and value["status"] != "altered":
                self.left_out[field] = self.left_out.get(field, 0) + 1
