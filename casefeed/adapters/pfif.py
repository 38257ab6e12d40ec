"""PFIF 1.4: the narrowest fields of a child, and placeholders for what must not be held any more.

An identity is a person record under `domain/id`: name, other spellings, sex and birth. Provenance, the present place
and consent have no home in PFIF and are left out. What was given and does not stand now becomes a placeholder that has
expired (PFIF 1.4, "Data expiry"): whoever holds a copy erases it. `entry_date` is when the feed last told of the
identity, so it never goes back. Source: zesty.ca/pfif/1.4.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from xml.sax.saxutils import XMLGenerator

from casefeed.adapters import reading
from casefeed.adapters.reading import State

WAY = "pfif"
VERSION = "1.4"
NAMESPACE = "http://zesty.ca/pfif/1.4"
FILE = "persons.xml"
VALID_FOR = timedelta(days=90)
"""A copy is to be thrown away after so long, unless a newer file renews it."""

PERSON: Final = (
    "person_record_id",
    "entry_date",
    "expiry_date",
    "author_name",
    "source_name",
    "source_date",
    "full_name",
    "given_name",
    "family_name",
    "alternate_names",
    "sex",
    "date_of_birth",
)
"""The fields that are written, in the order of the schema."""
NOTE: Final = (
    "note_record_id",
    "person_record_id",
    "linked_person_record_id",
    "entry_date",
    "author_name",
    "source_date",
    "text",
)
SEXES: Final = {"m": "male", "f": "female"}
SAME_CHILD = "Two people have verified that both records are of one child."
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def person(state: State, domain: str, author: str, told_at: datetime) -> dict[str, str] | None:
    """Return the record of a child who stands, None where no list has a name: PFIF has no record without one."""
    name = reading.full_name(state)
    if not name:
        return None
    said = {
        "person_record_id": f"{domain}/{state['id']}",
        "entry_date": moment(told_at),
        "expiry_date": moment(told_at + VALID_FOR),
        "author_name": author,
        "source_name": author,
        "source_date": moment(told_at),
        "full_name": name,
        "given_name": reading.text(state, "given"),
        "family_name": reading.text(state, "surname"),
        "alternate_names": "\n".join(reading.other_names(state)),
        "sex": SEXES.get(reading.preferred_value(state, "sex"), ""),
        "date_of_birth": reading.date_prefix(reading.preferred_value(state, "birth_date")),
    }
    return {field: text for field, value in said.items() if (text := _NOT_XML.sub("", value))}


def placeholder(identity: str, domain: str, told_at: datetime) -> dict[str, str]:
    """Return what stays of a record that must not be held: it has expired, and is the newest of its id."""
    now = moment(told_at)
    named = {"person_record_id": f"{domain}/{identity}"}
    return named | {"entry_date": now, "expiry_date": now, "source_date": now}


def links(state: State, domain: str, author: str, told_at: datetime, known: Iterable[str]) -> list[dict[str, str]]:
    """Return a note for each id that was given before and stands under this one now."""
    now = moment(told_at)
    return [
        {
            "note_record_id": f"{domain}/same.{alias}",
            "person_record_id": f"{domain}/{state['id']}",
            "linked_person_record_id": f"{domain}/{alias}",
            "entry_date": now,
            "author_name": author,
            "source_date": now,
            "text": SAME_CHILD,
        }
        for alias in sorted(set(known).intersection(state["aliases"]))
    ]


def moment(at: datetime) -> str:
    """Write a moment as PFIF does: UTC, whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Writer:
    """Writes one file of persons, each with its notes."""

    way, version = WAY, VERSION

    def __init__(self, folder: Path, domain: str, author: str) -> None:
        self._domain, self._author = domain, author
        self._stream = (folder / FILE).open("x", encoding="utf-8", newline="\n")
        self._xml = XMLGenerator(self._stream, "utf-8", short_empty_elements=True)
        self.rows: dict[str, int] = {FILE: 0}
        self.left_out: dict[str, int] = {}

    def __enter__(self) -> Self:
        """Begin the document."""
        self._xml.startDocument()
        self._xml.startElement("pfif:pfif", {"xmlns:pfif": NAMESPACE})  # type: ignore[arg-type]  # a plain mapping will do
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the document."""
        self._xml.endElement("pfif:pfif")
        self._xml.endDocument()
        self._stream.close()

    def add(self, state: State, told_at: datetime, known: Iterable[str]) -> None:
        """Write one identity; `known` are the ids that the consumer was given before."""
        said = person(state, self._domain, self._author, told_at) if reading.stands(state) else None
        if said is None and reading.stands(state):
            self.left_out["no_name"] = self.left_out.get("no_name", 0) + 1
            if state["id"] not in known:
                return
        self._xml.startElement("pfif:person", {})  # type: ignore[arg-type]
        self._fields(PERSON, said or placeholder(state["id"], self._domain, told_at))
        if said is not None:
            for note in links(state, self._domain, self._author, told_at, known):
                self._xml.startElement("pfif:note", {})  # type: ignore[arg-type]
                self._fields(NOTE, note)
                self._xml.endElement("pfif:note")
        self._xml.endElement("pfif:person")
        self.rows[FILE] += 1

    def _fields(self, order: Iterable[str], said: Mapping[str, Any]) -> None:
        for field in order:
            if field in said:
                self._xml.startElement(f"pfif:{field}", {})  # type: ignore[arg-type]
                self._xml.characters(said[field])
                self._xml.endElement(f"pfif:{field}")
