"""The values of a record, each with where it was found: the only way in which they leave the registry."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.errors import RegistryError
from registry.models import Record
from sources.locator import Locator

OBSERVED, INFERRED, ALTERED = "observed", "inferred", "altered"

FIELDS = (
    "full_name", "surname", "given", "patronymic", "sex", "birth_date", "age", "birthplace", "last_place", "region",
    "institution", "lost_on", "transferred_on", "mother", "father", "guardian", "siblings", "sibling_count", "eyes",
    "hair", "health", "birth_certificate", "rnokpp", "unzr", "card_number", "photo_date", "contact", "consent",
    "note", "text", "other",
)  # fmt: skip
"""The fields in the order in which people read them; JSONB keeps none."""

PLACES = {field: place for place, field in enumerate(FIELDS)}

DERIVED_FROM: Mapping[str, tuple[str, ...]] = {
    "surname": ("full_name",),
    "given": ("full_name", "text"),
    "patronymic": ("full_name",),
    "sex": ("full_name", "given", "patronymic", "surname", "text"),
    "birth_date": ("age", "text"),
}
"""For fields that may be worked out from others: the written fields they may come from, the nearest first."""

NAME_FIELDS = frozenset({"full_name", "surname", "given", "patronymic"})
PARENT_FIELDS = frozenset({"mother", "father"})
PLACE_FIELDS = frozenset({"birthplace", "last_place", "region"})


@dataclass(frozen=True)
class Value:
    """One value of one record.

    Attributes:
        field: The field's name.
        value: The normalised form; the written one where there is no other.
        original: As written in the source.
        romanised: In Latin letters, '' where that means nothing.
        source: Slug of the source.
        evidence_sha256: SHA-256 of the bytes it was read from.
        locator: Where in those bytes, down to the cell where the reader knows it.
        observed_on: The date for which the source speaks, if known.
        status: `observed`; `inferred` when worked out from another field; `altered` when the source changes names on
        purpose.
        origin: The written field that `original` is; another than `field` when inferred.
    """

    field: str
    value: str
    original: str
    romanised: str
    source: str
    evidence_sha256: str
    locator: Locator
    observed_on: date | None
    status: str
    origin: str


def of_record(record: Record) -> Iterator[Value]:
    """Give the values of a record (with `source` and `evidence` loaded), written ones first.

    Raises:
        RegistryError: The record cannot say where its values come from.
    """
    if not record.locator or not record.evidence.sha256:
        raise RegistryError(
            "A record does not say where its values come from", f"record {record.pk}", "Ingest it again"
        )
    written: Mapping[str, Any] = record.payload["written"]
    normalised: Mapping[str, Any] = record.payload.get("values", {})
    for field in in_order(written):
        if (original := as_text(written[field])) != "":
            yield _value(record, field, field, reading(normalised, field) or original, original)
    for field, sources in DERIVED_FROM.items():
        value = reading(normalised, field)
        origin = next((name for name in sources if as_text(written.get(name))), None)
        if value and origin is not None and not as_text(written.get(field)):
            yield _value(record, field, origin, value, as_text(written[origin]))


def in_order(fields: Iterable[str]) -> list[str]:
    """Sort fields in the order of `FIELDS`; those that a source brought of its own come last, by name."""
    return sorted(fields, key=lambda field: (PLACES.get(field, len(PLACES)), field))


def _value(record: Record, field: str, origin: str, value: str, original: str) -> Value:
    if record.source.names_pseudonymised and origin in NAME_FIELDS:
        status = ALTERED
    else:
        status = OBSERVED if field == origin else INFERRED
    return Value(
        field=field,
        value=value,
        original=original,
        romanised=as_text(record.payload.get("romanised", {}).get(field)),
        source=record.source.slug,
        evidence_sha256=record.evidence.sha256,
        locator=Locator.from_json(record.locator).of_field(origin),
        observed_on=record.observed_on,
        status=status,
        origin=origin,
    )


def reading(normalised: Mapping[str, Any], field: str) -> str:
    """Return the normalised form of a field as one line, '' where there is none.

    A date is given as in ISO 8601 (EDTF): a day, a month, a year, or the first and last possible day. A place has none:
    it is normalised to the numbers of all places that its name may mean.
    """
    if field == "birth_date":
        return _shortened(as_text(normalised.get("birth")))
    if field in PLACE_FIELDS:
        return ""
    if field in PARENT_FIELDS and isinstance(normalised.get(field), list):
        return " ".join(part for part in normalised[field] if part)
    return as_text(normalised.get(field))


def _shortened(interval: str) -> str:
    """Write `2012-02-01/2012-02-29` as `2012-02`, and a whole year or a single day likewise."""
    first, _, last = interval.partition("/")
    try:
        start, end = date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError:
        return interval
    if start == end:
        return first
    if start.day == 1 and end.day == monthrange(end.year, end.month)[1] and start.year == end.year:
        if start.month == end.month:
            return first[:7]
        if (start.month, end.month) == (1, 12):
            return first[:4]
    return interval


def as_text(value: Any) -> str:
    """Write a stored value as one line: lists joined by `; `, nothing as ''."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return "; ".join(text for part in value if (text := as_text(part)))
    return str(value)
