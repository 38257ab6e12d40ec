"""The fields that a record may have, from one table, `data/fields.tsv`.

Source descriptions, the values that leave the registry, the words of the screens, need to know and the published schema
follow from it; normalisation follows for kinds that mean one thing (places, parents, documents, traits, days). Its
columns are the attributes of `Field`; its order is that in which people read.
"""

from __future__ import annotations

import csv
import difflib
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Final, Literal, get_args

Kind = Literal[
    "name",
    "parent",
    "person",
    "place",
    "institution",
    "birth",
    "day",
    "document",
    "number",
    "trait",
    "free_text",
    "plain",
]
"""How a field is read and shown: `day` is any day but that of birth, `number` a number without a form of its own."""


@dataclass(frozen=True)
class Field:
    """One field.

    Attributes:
        name: In descriptions, payloads and the linkage spec.
        kind: How it is read and shown.
        access_class: The class of need to know that it belongs to.
        written: A source may have it.
        value: Normalisation may give it.
        many: It holds several values, cut at semicolons and line ends unless the description says otherwise.
        naming: It says who is meant; a row that fills none of these tells of nobody.
        romanised: It is shown in Latin letters too.
        derived_from: The written fields it may be worked out from, the nearest first.
        also_called: What people write first when they have not read the list of fields.
        uk, en: Its title.
    """

    name: str
    kind: Kind
    access_class: str
    written: bool
    value: bool
    many: bool
    naming: bool
    romanised: bool
    derived_from: tuple[str, ...]
    also_called: tuple[str, ...]
    uk: str
    en: str


def _table() -> tuple[Field, ...]:
    text = files("sources").joinpath("data", "fields.tsv").read_text(encoding="utf-8")
    return tuple(_field(row) for row in csv.DictReader(text.splitlines(), delimiter="\t"))


def _field(row: dict[str, str]) -> Field:
    kinds: dict[str, Kind] = {kind: kind for kind in get_args(Kind)}
    return Field(
        name=row["field"],
        kind=kinds[row["kind"]],
        access_class=row["class"],
        written=row["written"] == "yes",
        value=row["value"] == "yes",
        many=row["list"] == "yes",
        naming=row["naming"] == "yes",
        romanised=row["romanised"] == "yes",
        derived_from=tuple(row["derived_from"].split()),
        also_called=tuple(row["also_called"].split(", ")) if row["also_called"] else (),
        uk=row["uk"],
        en=row["en"],
    )


TABLE: Final = {field.name: field for field in _table()}
"""All fields by name."""

FIELDS: Final = tuple(field.name for field in TABLE.values() if field.written)
"""Those that a source may have."""

if TYPE_CHECKING:
    FieldName = str  # the names are data: a type checker cannot know them
else:
    FieldName = Literal[FIELDS]  # pydantic refuses others, and the published schema lists them

VALUES: Final = frozenset(field.name for field in TABLE.values() if field.value)
"""Those that normalisation may give."""

ORDER: Final = {name: place for place, name in enumerate(TABLE)}
"""The place of each in the order in which people read; JSONB keeps none."""

NAMING_FIELDS: Final = frozenset(field.name for field in TABLE.values() if field.naming)
LIST_FIELDS: Final = frozenset(field.name for field in TABLE.values() if field.many)

DERIVED_FROM: Final = {field.name: field.derived_from for field in TABLE.values() if field.derived_from}


def of_kind(*kinds: Kind) -> tuple[str, ...]:
    """Return the written fields of some kinds, in reading order."""
    return tuple(name for name in FIELDS if TABLE[name].kind in kinds)


CHILD_FIELDS: Final = tuple(name for name in of_kind("name") if name in NAMING_FIELDS)
"""Fields whose parts, where `split` finds several, are as many children."""

# Texts of these that say something under a field: "немає" under "consent" is no assent, and "?" is a doubt.
SPEAKING: Final[dict[str, frozenset[str]]] = {
    "consent": frozenset(
        {
            *("немає", "none", "-", "--", "—", "–", "?", "??", "???", "☐", "□"),
            *("відсутня", "відсутній", "відсутнє", "отсутствует"),
        }
    ),
}

_ALSO_CALLED: Final = {word: field.name for field in TABLE.values() for word in field.also_called}


def suggestion(word: str, allowed: tuple[str, ...] | list[str]) -> str:
    """Return the allowed word that was most likely meant, or '' when none is near."""
    meant = _ALSO_CALLED.get(word.strip().casefold().replace("-", "_").replace(" ", "_"), "")
    if meant in allowed:
        return meant
    folded = {other.casefold(): other for other in reversed(allowed)}
    near = difflib.get_close_matches(word.casefold(), list(folded), n=1, cutoff=0.6)
    return folded[near[0]] if near else ""
