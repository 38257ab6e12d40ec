"""Packets: one ZIP, signed with the key of checkpoints, which the owner of the database does not have."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization

from keeping.erasure.targets import Target
from keeping.packet import contents
from registry import audit, checkpoints
from registry.errors import EvidenceError, RegistryError
from registry.evidence import custody, store
from registry.evidence.custody import Actor

MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"
SIGNER = "signer.pem"
TIMESTAMP = "timestamp.tsr"
CHECK = Path(__file__).with_name("check.py")

README = """\
check.py           checks this packet: python3 check.py THIS.zip --key THEIR-KEY.pem --tsa-roots ROOTS.pem
manifest.json      what the packet holds, each file with its SHA-256, and the row and hash in which the log ended
manifest.sig       Ed25519 signature of the manifest; signer.pem is the public key: compare it with the published one
timestamp.tsr      RFC 3161 token of an outside clock over the manifest, if one was added
evidence/SHA256    the original bytes, named by their SHA-256
records.json       what was read from them: each value as written, with its place (sheet and row, page, message, path)
verdicts.json      both people's verdicts, by account number, and the judgement that follows: the text that was hashed
custody.json       who got, read, opened and gave out these bytes, when, and on which terms: the text that was hashed
chain.jsonl        the log, from the first row that speaks of any of this to its end: ids, codes and hashes, no names
"""


def make(target: Target, file: Path, actor: Actor, purpose: str) -> int:
    """Write a packet about one row or one identity; return how many files it holds.

    The export is logged before a byte leaves the store.

    Raises:
        RegistryError: There is such a file already, it cannot be written, nothing is left, or the log is broken.
        EvidenceError: Stored bytes are not what their hash says.
    """
    if file.exists():
        raise RegistryError("There is a file of this name already", str(file), "Name a new file")
    what = contents.about(target)
    evidence = sorted({record.evidence.sha256 for record in what.records})
    for sha256 in evidence:
        if store.standing(sha256) == sha256 and not store.is_sound(sha256):
            raise EvidenceError("The stored bytes do not have their SHA-256 any more", sha256[:12], "Restore a backup")
    if not audit.verify().sound:
        raise RegistryError("The audit log is broken", "", "Run `ridni audit verify`")
    for record in what.records:
        custody.exported(record.evidence.sha256, actor, purpose, record)
    kept = {sha256: store.standing(sha256) for sha256 in evidence}
    files = _told(what, kept)
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    hashes |= {f"evidence/{sha256}": sha256 for sha256 in kept.values()}
    end = audit.last()
    made = {"made_at": datetime.now(UTC).isoformat(timespec="seconds"), "audit_rows": end.seq, "audit_hash": end.hash}
    manifest: dict[str, Any] = made | {"files": hashes}
    signed = json.dumps(manifest, indent=1, sort_keys=True).encode()
    try:
        with file.open("xb") as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packet:
            file.chmod(0o600)
            for sha256 in sorted(set(kept.values())):
                with store.open(sha256) as original, packet.open(f"evidence/{sha256}", "w", force_zip64=True) as member:
                    shutil.copyfileobj(original, member)
            for name, content in sorted(files.items()):
                packet.writestr(name, content)
            packet.writestr(MANIFEST, signed)
            packet.writestr(SIGNATURE, checkpoints.signed(signed))
    except OSError as error:
        raise RegistryError(
            f"The packet cannot be written ({error.strerror})", str(file), "Name another file"
        ) from None
    return len(files) + len(set(kept.values())) + 2


def _told(what: contents.About, kept: dict[str, str]) -> dict[str, bytes]:
    records = contents.of_records(what.records)
    for record in records:
        record["evidence_sha256"] = kept[record["evidence_sha256"]]
    verdicts = contents.verdicts(what)
    log = contents.custody([*kept, *kept.values()])
    end = audit.last()
    first = min((one["audit_seq"] for one in [*verdicts, *log]), default=end.seq)
    public = checkpoints.public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return {
        "README.txt": README.encode(),
        "check.py": CHECK.read_bytes(),
        SIGNER: pem,
        "records.json": _json(records),
        "verdicts.json": _json(verdicts),
        "custody.json": _json(log),
        "chain.jsonl": "".join(f"{line}\n" for line in contents.chain(first, end.seq)).encode(),
    }


def manifest_of(file: Path) -> bytes:
    """Return the manifest of a packet, which a timestamp is about.

    Raises:
        RegistryError: It is no packet.
    """
    try:
        with zipfile.ZipFile(file) as packet:
            return packet.read(MANIFEST)
    except (OSError, KeyError, zipfile.BadZipFile):
        raise RegistryError("This is no packet", str(file), "Name a file that `ridni packet make` wrote") from None


def add_timestamp(file: Path, reply: bytes) -> None:
    """Put a timestamp's reply into a packet that has none.

    Raises:
        RegistryError: It has one already.
    """
    manifest_of(file)
    with zipfile.ZipFile(file, "a") as packet:
        if TIMESTAMP in packet.namelist():
            raise RegistryError("The packet has a timestamp already", str(file), "Make a new packet for another")
        packet.writestr(TIMESTAMP, reply)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()
