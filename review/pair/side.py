"""What one side of a pair shows: a record and its fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from review.pair.record_changes import RowChange
from sources.locator import Locator


@dataclass(frozen=True)
class FieldView:
    """One field of one record: as written (a string per value), romanised, normalised, and where it stands.

    `withheld` when the record has such a field and this person may not see it: then all else is empty.
    """

    field: str
    written: tuple[str, ...]
    romanised: str
    normalised: str
    locator: Locator
    withheld: bool = False


@dataclass(frozen=True)
class SideView:
    """One record of the pair with its source and evidence, as far as this person may see it.

    `evidence_state` is `sound`, `changed` or `missing` as the bytes were just now, `not_read` for large files.

    `values` are the normalised values, those worked out from another field included; `fields` only what was written.
    `changes` are what newer deliveries of the list said otherwise.
    `shared` says by field how many other rows of the list have the same value; `beside` are the other records of the
    verified identity in which the record stands.
    """

    record_id: int
    source: str
    source_title: str
    source_class: str
    side: str
    reliability: str
    names_pseudonymised: bool
    key: str
    version: int
    language: str
    observed_on: date | None
    evidence_sha256: str
    evidence_size: int
    evidence_state: str
    media_type: str
    collected_at: datetime
    collected_how: str
    locator: Locator
    fields: tuple[FieldView, ...]
    values: dict[str, Any]
    changes: tuple[RowChange, ...] = ()
    shared: Mapping[str, int] = field(default_factory=dict)
    beside: tuple[SideView, ...] = ()
