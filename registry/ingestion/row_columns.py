"""A row as the columns of its staging table: a record, or a row that is refused. Pure, so that any process makes it."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from registry import storable
from registry.errors import IngestError
from registry.ingestion.rows import NewQuarantine, NewRecord
from transliteration.attributes import consent

KEY_LENGTH = 300
REASON_LENGTH = 500
CODE_LENGTH = 60


class RowColumns(NamedTuple):
    """What a row feeds of `StagedRows`; `locator` and `payload` are JSON, `reason_code` is None of a record."""

    key: str
    observed_on: date | None
    locator: str
    language: str
    fingerprint: str
    payload: str
    reason_code: str | None = None
    reason: str | None = None


def columns_of(row: NewRecord | NewQuarantine, file: str, key: bytes) -> RowColumns:
    """Return the columns of a row; a record that the registry could not hold is refused in them.

    Args:
        row: The row.
        file: Name of the delivered file, kept with rows that are refused.
        key: `storable.fingerprint_key()`; a process that the ring is closed to gets it from one that opened it.

    Raises:
        IngestError: A record does not say where it stands.
    """
    locator = storable.dumps(row.locator.to_json())
    if isinstance(row, NewQuarantine):
        reason = storable.text(row.reason)[:REASON_LENGTH]
        return _refused(row, locator, row.reason_code[:CODE_LENGTH], reason, row.file or file)
    if (refused := _refusal(row)) is not None:
        return _refused(row, locator, *refused, file)
    payload: dict[str, Any] = {"written": dict(row.written), "values": dict(row.values)}
    payload["romanised"] = dict(row.romanised)
    if row.corrected:
        payload["corrected"] = sorted(row.corrected)
    digest = storable.fingerprint(row.written, key)
    return RowColumns(storable.text(row.key), row.observed_on, locator, row.language, digest, storable.dumps(payload))


def _refused(row: NewRecord | NewQuarantine, locator: str, code: str, reason: str, file: str) -> RowColumns:
    payload: dict[str, Any] = {"written": dict(row.written)}
    if file:
        payload["file"] = file
    if isinstance(said := row.written.get("consent"), str) and said.strip():
        payload["consent"] = consent.read(said)
    key = storable.text(row.key)[:KEY_LENGTH]
    return RowColumns(key, None, locator, "", "", storable.dumps(payload), code, reason)


def _refusal(row: NewRecord) -> tuple[str, str] | None:
    if not row.locator:
        raise IngestError("A record has no locator", "", "The reader must say where in the evidence each row stands")
    if not row.key.strip():
        return "no_key", "the row has no key of its own"
    if len(row.key) > KEY_LENGTH:
        return "key_too_long", f"the row's key is longer than {KEY_LENGTH} characters"
    return None
