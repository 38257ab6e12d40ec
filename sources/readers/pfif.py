"""PFIF XML: each person of a registry of missing persons a row, with the notes that people left on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import iterparse  # type: ignore[import-untyped]

from sources.description.document_reader_options import PfifOptions
from sources.description.reader_options import compiled
from sources.locator import Locator
from sources.read_items import (
    Column,
    NonData,
    ReadItem,
    ReadProblem,
    ReadReport,
    Row,
)
from sources.readers.files import SourceFile, named_context
from sources.readers.limits import MAX_CELL_CHARS, MAX_NESTED, kept
from sources.readers.row_text import unfit
from sources.readers.tables.header import Header, MissingColumns

# The fields of persons and notes, PFIF 1.1 to 1.4 (zesty.ca/pfif).
PERSON_FIELDS: Final = (
    *("person_record_id", "entry_date", "expiry_date", "author_name", "author_email", "author_phone", "source_name"),
    *("source_date", "source_url", "full_name", "given_name", "family_name", "alternate_names", "first_name"),
    *("last_name", "description", "other", "sex", "date_of_birth", "age", "home_street", "home_neighborhood"),
    *("home_city", "home_state", "home_zip", "home_postal_code", "home_country", "photo_url", "profile_urls"),
)
NOTE_FIELDS: Final = (
    *("note_record_id", "person_record_id", "linked_person_record_id", "entry_date", "author_name", "author_email"),
    *("author_phone", "source_date", "author_made_contact", "found", "status", "email_of_found_person"),
    *("phone_of_found_person", "last_known_location", "text", "photo_url"),
)
COLUMNS: Final = (*PERSON_FIELDS, *(f"note.{name}" for name in NOTE_FIELDS))

SPACE: Final = "zesty.ca/pfif/"
_AGAIN: Final = "ask for the file again; nothing was stored"
_MAX_NOTES: Final = 200_000
_MAX_NOTE_CHARS: Final = 5_000

Notes = dict[str, list[dict[str, str]]]


def read(file: SourceFile, options: PfifOptions, columns: Sequence[Column], report: ReadReport) -> Iterator[ReadItem]:
    """Yield the persons of a PFIF document; notes that stand apart are joined to their persons.

    A note on a person who is not in the document is a row of its own, so that nothing is lost.

    Raises:
        SourceError: the document is no PFIF, is damaged, or holds a document type declaration.
    """
    missing = [column for column in columns if column.name not in COLUMNS and not column.optional]
    if missing:
        raise MissingColumns(file, "person", Header(0, 1, list(COLUMNS), {}), missing).error()
    context, places = named_context(file, options)
    skip = [compiled(pattern) for pattern in options.skip]
    apart = _notes_apart(file)
    number = 0
    for name, element in _top(file, report):
        if name == "note":
            continue
        number += 1
        locator = Locator(person=number)
        fields = _fields(element)
        notes = [_fields(each) for each in element if _local(each) == "note"]
        notes += apart.pop(fields.get("person_record_id", ""), [])
        yield _row(locator, fields, notes, {**context, "row": str(number)}, places, columns, skip)
    for record, notes in apart.items():
        for note in notes:
            number += 1
            fields = {"person_record_id": record}
            yield _row(Locator(note=number), fields, [note], {**context, "row": str(number)}, places, columns, skip)
    if not number:
        raise file.error("there is no person in the document", _AGAIN)


def _row(
    locator: Locator,
    fields: Mapping[str, str],
    notes: Sequence[Mapping[str, str]],
    context: Mapping[str, str],
    places: Mapping[str, str],
    columns: Sequence[Column],
    skip: Sequence[Any],
) -> ReadItem:
    cells = dict(fields)
    for name in NOTE_FIELDS:
        if texts := [note[name] for note in notes if note.get(name)]:
            cells[f"note.{name}"] = "\n".join(texts)
    filled = list(cells.values())
    if problem := unfit(filled):
        return ReadProblem(locator, *problem, kept(filled))
    if any(pattern.search(" ".join(filled)[:MAX_CELL_CHARS]) for pattern in skip):
        return NonData(locator, "skip pattern")
    wanted = {column.name: cells.get(column.name, "") for column in columns}
    return Row(locator, wanted, context, {name: name for name in wanted}, "", places)


def _notes_apart(file: SourceFile) -> Notes:
    """Return the notes that stand beside the persons, by person, in their order."""
    found: Notes = {}
    count = 0
    for name, element in _top(file, None):
        if name != "note":
            continue
        count += 1
        if count > _MAX_NOTES:
            raise file.error(f"more than {_MAX_NOTES:,} notes stand apart from their persons", "deliver it in parts")
        fields = {key: text[:_MAX_NOTE_CHARS] for key, text in _fields(element).items()}
        found.setdefault(fields.get("person_record_id", ""), []).append(fields)
    return found


def _top(file: SourceFile, report: ReadReport | None) -> Iterator[tuple[str, Element]]:
    """Yield the persons and the notes that stand outside persons, each forgotten once the next is asked for."""
    stack: list[Element] = []
    try:
        with file.path.open("rb") as stream:
            for event, element in iterparse(stream, events=("start", "end"), forbid_dtd=True):
                if event == "start":
                    if not stack and SPACE not in element.tag:
                        raise file.error("the document is no PFIF", "use the reader of its kind, or ask for PFIF 1.4")
                    if not stack and report is not None:
                        report.facts["PFIF version"] = element.tag.partition("}")[0].rpartition("/")[2]
                    stack.append(element)
                    if len(stack) > MAX_NESTED:
                        raise file.error(f"the document nests more than {MAX_NESTED} elements", _AGAIN)
                    continue
                stack.pop()
                name = _local(element)
                if name in ("person", "note") and not any(_local(parent) == "person" for parent in stack):
                    yield name, element
                    element.clear()
                    if len(stack) == 1 and len(stack[0]) > 1_000:
                        stack[0].clear()
    except DefusedXmlException:
        raise file.error(
            "the document holds a document type declaration", "ask the sender for a plain file; nothing was stored"
        ) from None
    except ParseError as error:
        raise file.error("the document is no XML, or cut short", _AGAIN, f"line {error.position[0]}") from None
    except (ValueError, LookupError):
        raise file.error("the encoding that the document states is not its own", _AGAIN) from None


def _fields(element: Element) -> dict[str, str]:
    """Return the text of the plain elements of a person or note; one that repeats has each text on a line."""
    found: dict[str, list[str]] = {}
    for child in element:
        if not len(child) and (text := (child.text or "").strip()):
            found.setdefault(_local(child), []).append(text)
    return {name: "\n".join(texts) for name, texts in found.items()}


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]
