"""What a state says in plain words: the parts of a name, other spellings, a birth as far as it is known.

All functions take the document of a verified state (`docs/case-systems.md`) and look at nothing else.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Any

State = Mapping[str, Any]
VERIFIED = "verified"
UNKNOWN = ""

NAME_PARTS = ("surname", "given", "patronymic")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_PREFIX = re.compile(r"\d{4}(-\d{2}){0,2}")


def stands(state: State) -> bool:
    """Tell whether a state may be used; every other one is a tombstone."""
    return bool(state["status"] == VERIFIED)


def text(state: State, field: str) -> str:
    """Return the preferred value of a field as a person would write it, '' where nobody says anything.

    That is the original spelling; of a value worked out from another field (a given name out of a full one) the value.
    """
    chosen = state["preferred"].get(field)
    if chosen is None:
        return UNKNOWN
    for value in values(state, field):
        if value["record"] == chosen["record"] and value["original"] == chosen["original"]:
            return written(value)
    return str(chosen["value"])


def written(value: Mapping[str, Any]) -> str:
    """Return one value as a person would write it."""
    return str(value["value"] if value["status"] == "inferred" else value["original"])


def values(state: State, field: str) -> list[dict[str, Any]]:
    """Return all values of a field, whatever its class."""
    return [value for fields in state["values"].values() for value in fields.get(field, ())]


def fields(state: State) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Give class, field and value of everything a state says."""
    for kind, by_field in state["values"].items():
        for field, some in by_field.items():
            for value in some:
                yield kind, field, value


def full_name(state: State) -> str:
    """Return the full name as the record has it whose given name (else surname) stands; '' where nobody has a name."""
    for field in ("given", "surname", "full_name"):
        if (chosen := state["preferred"].get(field)) is not None:
            return name_of_record(state, chosen["record"])
    return UNKNOWN


def other_names(state: State) -> list[str]:
    """Return how other records spell the name, each spelling once, in order."""
    said = {name for record in records(state) if (name := name_of_record(state, record))}
    return sorted(said - {full_name(state)})


def name_of_record(state: State, record: str) -> str:
    """Return the full name as one record has it."""
    for value in values(state, "full_name"):
        if value["record"] == record:
            return written(value)
    said = {field: written(one) for field in NAME_PARTS for one in values(state, field) if one["record"] == record}
    return " ".join(said[field] for field in NAME_PARTS if field in said)


def records(state: State) -> list[str]:
    """Return the references of a state's records, in order."""
    return [record["reference"] for record in state["records"]]


def preferred_value(state: State, field: str) -> str:
    """Return the preferred value of a field in its normalised form, '' where nobody says anything."""
    chosen = state["preferred"].get(field)
    return str(chosen["value"]) if chosen else UNKNOWN


def day(value: str) -> str:
    """Return a value that is a whole day as YYYY-MM-DD, '' for anything less."""
    return value if _DAY.fullmatch(value) else UNKNOWN


def date_prefix(value: str) -> str:
    """Return what two ends of an interval have in common: YYYY, YYYY-MM or YYYY-MM-DD; '' where nothing."""
    first, _, last = value.partition("/")
    pairs = zip(first.split("-"), (last or first).split("-"), strict=False)
    prefix = "-".join(one for one, _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))
    return prefix if _PREFIX.fullmatch(prefix) else UNKNOWN
