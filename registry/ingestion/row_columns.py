"""A row as the columns of its staging table: a record, or a row that is refused. Pure, so that any process makes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from keys import row_seals
from keys.row_seals import RowKind
from registry import row_content, storable
from registry.errors import IngestError
from registry.ingestion.rows import NewQuarantine, NewRecord
from transliteration.attributes import consent

KEY_LENGTH = 300
REASON_LENGTH = 500
CODE_LENGTH = 60


class RowColumns(NamedTuple):
    """What a row feeds of `StagedRows`; `locator` is JSON, `sealed` a draft, `reason_code` None of a record."""

    key: str
    observed_on: date | None
    locator: str
    language: str
    fingerprint: str
    sealed: bytes
    consent: str
    shared: list[int | None]
    reason_code: str | None = None
    reason: str | None = None


class RowSecrets(NamedTuple):
    """What it takes to store rows; a process that the ring is closed to gets it from one that opened it.

    Attributes:
        fingerprints: The key of fingerprints.
        drafts: Of which the data keys of rows are made (`row_seals.draft_secret`).
        shared: The key of digests of values that rows share (`row_content.shared_of`).
    """

    fingerprints: bytes
    drafts: bytes
    shared: bytes


def secrets_of_rows() -> RowSecrets:
    """Return the secrets of this process, taken from the ring once for many rows."""
    return RowSecrets(storable.fingerprint_key(), row_seals.draft_secret(), row_content.shared_key())


def columns_of(row: NewRecord | NewQuarantine, file: str, secrets: RowSecrets) -> RowColumns:
    """Return the columns of a row; a record that the registry could not hold is refused in them.

    Args:
        row: The row.
        file: Name of the delivered file, kept with rows that are refused.
        secrets: `secrets_of_rows()` of the process that stores the row.

    Raises:
        IngestError: A record does not say where it stands.
    """
    locator = storable.dumps(row.locator.to_json())
    if isinstance(row, NewQuarantine):
        reason = storable.text(row.reason)[:REASON_LENGTH]
        return _refused(row, locator, row.reason_code[:CODE_LENGTH], reason, row.file or file, secrets)
    if (refused := _refusal(row)) is not None:
        return _refused(row, locator, *refused, file, secrets)
    payload: dict[str, Any] = {"written": dict(row.written), "values": dict(row.values)}
    payload["romanised"] = dict(row.romanised)
    if row.corrected:
        payload["corrected"] = sorted(row.corrected)
    digest = storable.fingerprint(row.written, secrets.fingerprints)
    sealed = row_seals.draft(RowKind.RECORD, row_content.packed(payload), secrets.drafts)
    says = row_content.consent_of(payload)
    shared = row_content.shared_of(row.values, secrets.shared)
    return RowColumns(storable.text(row.key), row.observed_on, locator, row.language, digest, sealed, says, shared)


def refused_payload(written: Mapping[str, Any], file: str) -> dict[str, Any]:
    """Return the payload of a row that goes to quarantine."""
    return {"written": dict(written)} | ({"file": file} if file else {})


def _refused(
    row: NewRecord | NewQuarantine, locator: str, code: str, reason: str, file: str, secrets: RowSecrets
) -> RowColumns:
    said = row.written.get("consent")
    says = consent.read(said) if isinstance(said, str) and said.strip() else "unclear" if said else ""
    payload = row_content.packed(refused_payload(row.written, file))
    sealed = row_seals.draft(RowKind.QUARANTINED, payload, secrets.drafts)
    key = storable.text(row.key)[:KEY_LENGTH]
    return RowColumns(key, None, locator, "", "", sealed, says, [], code, reason)


def _refusal(row: NewRecord) -> tuple[str, str] | None:
    if not row.locator:
        raise IngestError("A record has no locator", "", "The reader must say where in the evidence each row stands")
    if not row.key.strip():
        return "no_key", "the row has no key of its own"
    if len(row.key) > KEY_LENGTH:
        return "key_too_long", f"the row's key is longer than {KEY_LENGTH} characters"
    return None
