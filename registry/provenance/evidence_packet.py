"""What a court gets: the original bytes, what was read from them, and their custody log, in one ZIP with hashes."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
import zipfile
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from registry.errors import EvidenceError, RegistryError
from registry.spreadsheet_cells import harmless

if TYPE_CHECKING:
    from registry.evidence.custody import Actor, Entry
    from registry.models import Record

_README = """\
evidence/SHA256    the original bytes, under their SHA-256: `sha256sum evidence/*` gives back the name of the file
record.json        one record read from them: each value as written, with its place (sheet and cell, page, row, message)
custody.csv        who got, read, opened and gave out these bytes, when, and on which terms
audit.csv          the rows of the audit log in which those entries are bound, each by the hash of the one before
manifest.json      SHA-256 of each file of this packet

audit.csv holds the rows that speak of these bytes only; the whole chain is checked by `ridni audit verify` where the
registry is kept, and ended in the row and hash that manifest.json names when the packet was made.
"""


def write(target: Path, sha256: str, record: Record | None, actor: Actor, purpose: str) -> int:
    """Write a packet about one piece of evidence, and one of its records; return how many files it holds.

    The export is logged before a byte leaves the store.

    Raises:
        EvidenceError: The stored bytes are not what their hash says.
        RegistryError: There is such a file already, it cannot be written, or the audit log is broken.
    """
    from registry import audit
    from registry.evidence import custody, store

    if target.exists():
        raise RegistryError("There is a file of this name already", str(target), "Name a new file")
    if not store.is_sound(sha256):
        raise EvidenceError("The stored bytes do not have their SHA-256 any more", sha256[:12], "Restore from a backup")
    chain = audit.verify()
    if not chain.sound:
        raise RegistryError(f"Audit row {chain.first_broken_seq} is broken", "", "Run `ridni audit verify`")
    custody.exported(sha256, actor, purpose, record)
    entries = custody.of_evidence(sha256)
    files = {"README.txt": _README.encode(), "custody.csv": _custody(entries), "audit.csv": _audit(sha256)}
    if record is not None:
        files["record.json"] = _record(record)
    end = audit.verify()
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    manifest = {"audit_rows": end.checked, "audit_hash": end.last_hash, "purpose": purpose}
    manifest |= {"files": hashes | {f"evidence/{sha256}": sha256}}
    files["manifest.json"] = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
    try:
        with target.open("xb") as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packet:
            target.chmod(0o600)
            with store.open(sha256) as original, packet.open(f"evidence/{sha256}", "w", force_zip64=True) as member:
                shutil.copyfileobj(original, member)
            for name, content in sorted(files.items()):
                packet.writestr(name, content)
    except OSError as error:
        raise RegistryError(
            f"The packet cannot be written ({error.strerror})", str(target), "Name another file"
        ) from None
    return len(files) + 1


def _custody(entries: list[Entry]) -> bytes:
    columns = ("id", "audit_seq", "at", "act", "actor", "source", "batch_id", "record_id", "facts", "hash")
    rows = []
    for entry in entries:
        facts = json.dumps(entry.facts, ensure_ascii=False, sort_keys=True)
        where = (entry.source, entry.batch_id, entry.record_id)
        rows.append(
            [entry.id, entry.audit_seq, entry.at.isoformat(), entry.act, entry.actor, *where, facts, entry.hash]
        )
    return _csv(columns, rows)


def _audit(sha256: str) -> bytes:
    from registry.models import AuditEntry

    columns = ("seq", "at", "actor", "action", "object_type", "object_id", "data", "prev_hash", "hash")
    found = AuditEntry.objects.filter(object_type="evidence", object_id=sha256).order_by("seq").values_list(*columns)
    rows = ([row[0], row[1].isoformat(), *row[2:6], json.dumps(row[6]), *row[7:]] for row in found)
    return _csv(columns, rows)


def _csv(columns: tuple[str, ...], rows: Iterable[Iterable[Any]]) -> bytes:
    """Write a table; a text that a spreadsheet would take for a formula is led by an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    for row in rows:
        writer.writerow(harmless(cell, inside=False) for cell in row)
    return text.getvalue().encode()


def _record(record: Record) -> bytes:
    from registry.ingestion import quarantine, snapshots
    from registry.provenance import values

    held = [
        asdict(value)
        | {"locator": value.locator.to_json()}
        | {"observed_on": value.observed_on.isoformat() if value.observed_on else None}
        for value in values.of_record(record)
    ]
    changes = [
        {"kind": change.kind, "fields": change.fields, "from_version": change.from_version}
        | {"to_version": change.to_version, "evidence_sha256": change.evidence_sha256}
        | {"observed_on": change.observed_on.isoformat()}
        for change in snapshots.of_record(record)
    ]
    corrections = [
        {"kind": made.kind, "by": made.actor, "at": made.at.isoformat(), "reason": made.reason, "fields": made.fields}
        for made in quarantine.corrections_of(record)
    ]
    batch = record.batch
    facts = {
        "source": record.source.slug,
        "key": record.key,
        "version": record.version,
        "locator": record.locator,
        "evidence_sha256": record.evidence.sha256,
        "observed_on": record.observed_on.isoformat() if record.observed_on else None,
        "collected": {
            "by": batch.collected_by,
            "at": batch.collected_at.isoformat(),
            "how": batch.collected_how,
            "from": batch.collected_from,
            "legal_basis": batch.legal_basis,
            "handling_code": batch.handling_code,
        },
        "values": held,
        "changes": changes,
        "corrections": corrections,
    }
    return json.dumps(facts, ensure_ascii=False, indent=1).encode()
