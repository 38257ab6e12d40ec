"""What may be said of where a record comes from: the one place that decides about keys, places and file names.

A key and the words of a place (names of sheets, files, chats) belong to the strictest class among the fields that they
may tell, by the source's own description. Whoever does not see that class gets `withheld` instead; numbers of rows and
pages stay. Outside the house a record has an opaque reference, the same for all its versions.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from configs.settings import settings
from registry.access.field_access import WITHHELD, FieldClass, class_of
from registry.ingestion.descriptions import stored_config
from registry.models import Record
from registry.provenance.values import Value
from sources.description.disclosure import told_by
from sources.errors import SourceError
from sources.locator import Locator

_STRICTEST_LAST = list(FieldClass)
_WORDED = ("member", "sheet", "path", "chat", "place")
"""Parts of a locator that are words of whoever made the list; the others are numbers."""


_BY_THEIR_HOLDERS = frozenset({"occupation", "adoption_bank"})
"""Classes of sources that are written where the children are held: their sheets and files are named after places."""


@dataclass(frozen=True)
class Classes:
    """The classes that one must see to be told a row's key, and the words of its place; None: they tell nothing."""

    key: FieldClass | None
    place: FieldClass | None


def of_record(record: Record) -> Classes:
    """Return the classes of a record's key and place (with `batch` and `source` loaded)."""
    classes = of_description(record.batch.config_sha256 or record.source.config_sha256)
    here = FieldClass.PRESENT_LOCATION
    tells = record.source.source_class in _BY_THEIR_HOLDERS or any(
        class_of(field) is here for field in record.payload["written"]
    )
    # A list that says where children are says it in the names of its sheets and files as well.
    return replace(classes, place=here) if tells else classes


@lru_cache(maxsize=512)  # a description never changes under its hash
def of_description(sha256: str) -> Classes:
    """Return the classes of key and place of what was read by a description; '' for what was read by none."""
    if not sha256:  # written by a person of the team: the key is a number that the registry gave
        return Classes(None, None)
    try:
        told = told_by(stored_config(sha256, "source"))
    except (SourceError, OSError):  # the description is not on file: nobody knows what the list tells
        return Classes(FieldClass.PRESENT_LOCATION, FieldClass.PRESENT_LOCATION)
    return Classes(_strictest(told.key), _strictest(told.place))


def may_tell(needed: FieldClass | None, seen: frozenset[FieldClass]) -> bool:
    """Tell whether what needs a class may be told to whoever sees these."""
    return needed is None or needed in seen


def key(record: Record, seen: frozenset[FieldClass]) -> str:
    """Return a record's own key, or `withheld`."""
    return record.key if may_tell(of_record(record).key, seen) else WITHHELD


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
    return [
        replace(
            value,
            original=value.original if class_of(value.origin) in seen else WITHHELD,
            locator=masked(value.locator, classes, seen),
        )
        for value in found
        if class_of(value.field) in seen
    ]


def reference(source: str, own_key: str) -> str:
    """Return the opaque reference of a row of a source: equal for all its versions, telling nothing without the key."""
    said = f"{source}\x1f{own_key}".encode()
    digest = hashlib.blake2b(said, key=settings().key_for("references of records"), digest_size=15).digest()
    return base64.b32encode(digest).decode().lower()


def _strictest(fields: Iterable[str]) -> FieldClass | None:
    """Return the class of these fields that fewest see."""
    return max(map(class_of, fields), key=_STRICTEST_LAST.index, default=None)
