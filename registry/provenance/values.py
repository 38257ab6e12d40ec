"""The values of a record, each with where it was found: the only way in which they leave the registry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from registry.errors import RegistryError
from registry.models import Record
from sources.fields import DERIVED_FROM, ORDER, of_kind
from sources.locator import Locator
from transliteration.dates.interval import DateError, DateInterval

OBSERVED, INFERRED, ALTERED = "observed", "inferred", "altered"

NAME_FIELDS, PARENT_FIELDS, PLACE_FIELDS = of_kind("name"), of_kind("parent"), of_kind("place")


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
    source = record.source
    row = _Row(
        source.slug,
        record.evidence.sha256,
        source.names_pseudonymised,
        Locator.from_json(record.locator),
        record.observed_on,
        record.payload.get("romanised", {}),
    )
    for field in in_order(written):
        if (original := as_text(written[field])) != "":
            yield _value(row, field, field, reading(normalised, field) or original, original)
    for field, sources in DERIVED_FROM.items():
        value = reading(normalised, field)
        origin = next((name for name in sources if as_text(written.get(name))), None)
        if value and origin is not None and not as_text(written.get(field)):
            yield _value(row, field, origin, value, as_text(written[origin]))


class _Row(NamedTuple):
    """What all values of a record have in common, looked up once: a snapshot has millions of values."""

    source: str
    sha256: str
    pseudonymised: bool
    place: Locator
    observed_on: date | None
    romanised: Mapping[str, Any]


def in_order(fields: Iterable[str]) -> list[str]:
    """Sort fields in reading order; those that a source brought of its own come last, by name."""
    return sorted(fields, key=lambda field: (ORDER.get(field, len(ORDER)), field))


def _value(row: _Row, field: str, origin: str, value: str, original: str) -> Value:
    changed = row.pseudonymised and origin in NAME_FIELDS
    return Value(
        field=field,
        value=value,
        original=original,
        romanised=as_text(row.romanised.get(field)),
        source=row.source,
        evidence_sha256=row.sha256,
        locator=row.place.of_field(origin),
        observed_on=row.observed_on,
        status=ALTERED if changed else OBSERVED if field == origin else INFERRED,
        origin=origin,
    )


def reading(normalised: Mapping[str, Any], field: str) -> str:
    """Return the normalised form of a field as one line, '' where there is none.

    A date is given as in ISO 8601 (EDTF): a day, a month, a year, or the first and last possible day. A place has none:
    it is normalised to the numbers of all places that its name may mean.
    """
    if field == "birth_date":
        birth = as_text(normalised.get("birth"))
        with suppress(DateError):
            return DateInterval.from_text(birth).edtf
        return birth
    if field in PLACE_FIELDS:
        return ""
    if field in PARENT_FIELDS and isinstance(normalised.get(field), list):
        return " ".join(part for part in normalised[field] if part)
    return as_text(normalised.get(field))


def as_text(value: Any) -> str:
    """Write a stored value as one line: lists joined by `; `, nothing as ''."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return "; ".join(text for part in value if (text := as_text(part)))
    return str(value)
