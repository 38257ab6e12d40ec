"""What may be said of where a record comes from: the one place that decides about keys, places and file names.

A key and the words of a place (names of sheets, files, chats) belong to the strictest class among the fields that they
may tell, by the source's own description. Whoever does not see that class gets `withheld` instead; numbers of rows and
pages stay. Outside the house a record has an opaque reference, the same for all its versions.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import keys
from registry.access.field_access import WITHHELD, FieldClass, class_of
from registry.ingestion.descriptions import stored_config
from registry.ingestion.quarantine import QuarantineView
from registry.models import Batch, QuarantinedRow, Record, Source
from registry.provenance.values import Value
from sources.description.disclosure import told_by
from sources.description.source_config import SourceConfig
from sources.errors import SourceError
from sources.fields import NAMING_FIELDS
from sources.locator import Locator

_STRICTEST_LAST = list(FieldClass)
_WORDED = ("member", "sheet", "path", "chat", "place")
"""Parts of a locator that are words of whoever made the list; the others are numbers."""
_WORD = re.compile(r"[^\W\d_]{3,}")
"""What of a name can name somebody: initials and short particles stand in any text."""


UNOPENED = frozenset({FieldClass.DOCUMENT})
"""What a command tells while nobody has stated a purpose: numbers of documents, nothing that says who or where."""

_BY_THEIR_HOLDERS = frozenset({"occupation", "adoption_bank"})
"""Classes of sources that are written where the children are held: their sheets and files are named after places."""


@dataclass(frozen=True)
class Classes:
    """The classes that one must see to be told a row's key, and the words of its place; None: they tell nothing."""

    key: FieldClass | None
    place: FieldClass | None
    key_says_place: bool = False


def of_record(record: Record) -> Classes:
    """Return the classes of a record's key and place (with `batch` and `source` loaded)."""
    said = record.key, *_words(Locator.from_json(record.locator))
    return _of_row(record.batch, record.source, record.payload["written"], *said)


def of_quarantined(ids: Iterable[int]) -> dict[int, Classes]:
    """Return the classes of the keys and places of quarantined rows, the names of their files among them."""
    classes = {}
    for row in QuarantinedRow.objects.select_related("batch__source").filter(pk__in=list(ids)):
        said = row.key, *_words(Locator.from_json(row.locator)), row.payload.get("file", "")
        classes[row.pk] = _of_row(row.batch, row.batch.source, row.payload.get("written", {}), *said)
    return classes


def quarantined(row: QuarantineView, classes: Classes, seen: frozenset[FieldClass]) -> QuarantineView:
    """Return what may be told of where a quarantined row stands."""
    if may_tell(classes.place, seen):
        return row
    return replace(row, locator=masked(row.locator, classes, seen), file=WITHHELD)


def _of_row(batch: Batch, source: Source, written: Mapping[str, Any], key: str, *place: str) -> Classes:
    classes = of_description(batch.config_sha256 or source.config_sha256)
    if source.source_class in _BY_THEIR_HOLDERS or any(
        class_of(field) is FieldClass.PRESENT_LOCATION for field in written
    ):
        classes = _of_holder(classes)
    classes = replace(classes, key=of_key(classes, written, key))
    if classes.place is None and _names(written, *place):
        classes = replace(classes, place=FieldClass.IDENTITY)
    return classes


def of_key(classes: Classes, written: Mapping[str, Any], key: str) -> FieldClass | None:
    """Return the class of a row's own key: what its description says, or what it holds where that says nothing.

    A word in a key of a list that tells where children are may be a place; numbers are not.
    """
    if classes.key is not None:
        return classes.key
    if classes.place is FieldClass.PRESENT_LOCATION and _WORD.search(key):
        return classes.place
    return FieldClass.IDENTITY if _names(written, key) else None


def _names(written: Mapping[str, Any], *texts: str) -> bool:
    """Tell whether texts quote a word of the names that a row writes."""
    names = (written[field] for field in NAMING_FIELDS & written.keys())
    words = {word for name in names for word in _WORD.findall(str(name).casefold())}
    return any(word in text.casefold() for text in texts for word in words)


def _words(locator: Locator) -> list[str]:
    return [str(getattr(locator, part)) for part in _WORDED if getattr(locator, part) is not None]


@lru_cache(maxsize=512)  # a description never changes under its hash
def of_description(sha256: str) -> Classes:
    """Return the classes of key and place of what was read by a description; '' for what was read by none."""
    if not sha256:  # written by a person of the team: the key is a number that the registry gave
        return Classes(None, None)
    try:
        return by_description(stored_config(sha256, "source"))
    except (SourceError, OSError):  # the description is not on file: nobody knows what the list tells
        return Classes(FieldClass.PRESENT_LOCATION, FieldClass.PRESENT_LOCATION)


def may_tell(needed: FieldClass | None, seen: frozenset[FieldClass]) -> bool:
    """Tell whether what needs a class may be told to whoever sees these."""
    return needed is None or needed in seen


def key(record: Record, seen: frozenset[FieldClass]) -> str:
    """Return a record's own key, or `withheld`."""
    return record.key if may_tell(of_record(record).key, seen) else WITHHELD


def named(record: Record, seen: frozenset[FieldClass]) -> str:
    """Return how a record is spoken of: SOURCE/KEY, or by its number where the key may not be told."""
    slug = record.source.slug
    return f"{slug}/{record.key}" if may_tell(of_record(record).key, seen) else f"{slug}, record {record.pk}"


def names(ids: Iterable[int], seen: frozenset[FieldClass]) -> dict[int, str]:
    """Return how records are spoken of, by number."""
    found = Record.objects.select_related("source", "batch__source").filter(pk__in=list(ids))
    return {record.pk: named(record, seen) for record in found}


def place(record: Record, seen: frozenset[FieldClass], instead: str = WITHHELD) -> Locator:
    """Return where a record stands as a whole; `instead` stands for the words that may not be seen."""
    return masked(Locator.from_json(record.locator).of_record(), of_record(record), seen, instead)


def masked(locator: Locator, classes: Classes, seen: frozenset[FieldClass], instead: str = WITHHELD) -> Locator:
    """Return a place with the words that may not be seen taken out."""
    if may_tell(classes.place, seen):
        return locator
    unsaid: dict[str, Any] = {part: instead for part in _WORDED if getattr(locator, part) is not None}
    return locator._replace(**unsaid)


def values(record: Record, found: Iterable[Value], seen: frozenset[FieldClass]) -> list[Value]:
    """Return the values of a record whose class is seen, each with what may be told of its original and its place.

    The original of a value that was worked out from a field which may not be seen, as a post's text, is withheld.
    """
    classes = of_record(record)
    told = may_tell(classes.place, seen)
    return [_told(value, classes, seen, whole=told) for value in found if class_of(value.field) in seen]


def _told(value: Value, classes: Classes, seen: frozenset[FieldClass], *, whole: bool) -> Value:
    """Return a value as it may be told; most are told as they are, and a snapshot has millions of them."""
    known = class_of(value.origin) in seen
    if known and whole:
        return value
    original = value.original if known else WITHHELD
    return replace(value, original=original, locator=masked(value.locator, classes, seen))


def reference(source: str, own_key: str) -> str:
    """Return the opaque reference of a row of a source: equal for all its versions, telling nothing without the key."""
    said = f"{source}\x1f{own_key}".encode()
    digest = hashlib.blake2b(
        said, key=keys.derived(keys.Purpose.FINGERPRINTS, "references of records"), digest_size=15
    ).digest()
    return base64.b32encode(digest).decode().lower()


def by_description(config: SourceConfig) -> Classes:
    """Return the classes of the keys and places that a description gives, whatever a row says."""
    told = told_by(config)
    classes = Classes(_strictest(told.key), _strictest(told.place), told.key_says_place)
    return _of_holder(classes) if config.source_class in _BY_THEIR_HOLDERS else classes


def file_of_source(slug: str) -> FieldClass | None:
    """Return the class that one must see to be told the names of a source's files."""
    source = Source.objects.filter(slug=slug).first()
    if source is None:
        return FieldClass.PRESENT_LOCATION
    classes = of_description(source.config_sha256)
    return (_of_holder(classes) if source.source_class in _BY_THEIR_HOLDERS else classes).place


def _of_holder(classes: Classes) -> Classes:
    """A list that says where children are says it in the names of its sheets and files, and in keys made of them."""
    here = FieldClass.PRESENT_LOCATION
    return replace(classes, place=here, key=here if classes.key_says_place else classes.key)


def _strictest(fields: Iterable[str]) -> FieldClass | None:
    """Return the class of these fields that fewest see."""
    return max(map(class_of, fields), key=_STRICTEST_LAST.index, default=None)
