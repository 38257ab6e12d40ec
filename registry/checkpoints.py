"""Checkpoints: how far the audit log went and with which hash, signed and kept outside the database.

A chain alone does not show that its end was cut off. Every so many rows (`RIDNI_CHECKPOINT_EVERY`), and each night by
the publish flow, the last row's number and hash go into a file, signed with an Ed25519 key that lies in a file of its
own: who owns the database has neither. `RIDNI_CHECKPOINT_FOLDER` keeps the files on another disk or machine.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.db import connection, transaction

from configs.atomic_files import write_whole
from configs.settings import settings

PUBLIC_KEY = "checkpoint.pub"
SIGNATURE = "signature"

_log = logging.getLogger(__name__)
_written: dict[Path, int] = {}


@dataclass(frozen=True)
class Finding:
    """Something that does not fit: where, and why."""

    where: str
    why: str


def folder() -> Path:
    """Return where checkpoints are kept."""
    chosen = settings().checkpoint_folder
    if chosen is None:
        return settings().folder("checkpoints")
    chosen.mkdir(parents=True, exist_ok=True, mode=0o700)
    return chosen.resolve()


def write_when_due(seq: int) -> None:
    """Write a checkpoint once the present transaction is stored, if the last one is many rows away.

    A folder that cannot be written to keeps nobody from working: it is logged, and `ridni doctor` says so.
    """
    every = settings().checkpoint_every
    if every and seq - _last_row() >= every:
        transaction.on_commit(_write_quietly)


def write(**facts: Any) -> dict[str, Any]:
    """Write a signed checkpoint of the log as it stands now, and return it.

    Args:
        facts: More that is signed along; ids and counts only.

    Raises:
        OSError: The folder or the key cannot be used.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, hash FROM registry_auditentry ORDER BY seq DESC LIMIT 1")
        rows, last = cursor.fetchone() or (0, "0" * 64)
    made = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "audit_rows": rows, "audit_hash": last, **facts}
    key = _key()
    made[SIGNATURE] = key.sign(_signed_bytes(made)).hex()
    target = folder()
    write_whole(target / PUBLIC_KEY, _raw(key.public_key()).hex().encode() + b"\n")
    write_whole(target / f"{rows:012d}.json", json.dumps(made, indent=1).encode() + b"\n")
    _written[target] = max(rows, _written.get(target, 0))
    return made


def verify() -> Iterator[Finding]:
    """Hold the log against every checkpoint: their signatures, and the row that each of them names."""
    public = _public_key()
    for file in sorted(folder().glob("*.json")):
        try:
            made = json.loads(file.read_text(encoding="utf-8"))
            rows, expected = int(made["audit_rows"]), str(made["audit_hash"])
        except (OSError, ValueError, KeyError, TypeError):
            yield Finding(f"checkpoint {file.name}", "cannot be read")
            continue
        if SIGNATURE in made and not _is_signed(made, public):
            yield Finding(f"checkpoint {file.name}", "is not signed by this deployment's key")
            continue
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT (SELECT hash FROM registry_auditentry WHERE seq = %s),"
                " (SELECT max(seq) FROM registry_auditentry)",
                [rows],
            )
            found, last = cursor.fetchone()
        if rows and found is None:
            yield Finding(f"audit row {rows}", f"is missing: {file.name} has seen it, the log ends at {last}")
        elif rows and found != expected:
            yield Finding(f"audit row {rows}", f"is not the one that checkpoint {file.name} has seen")


def _write_quietly() -> None:
    try:
        write()
    except OSError as error:
        _log.warning("checkpoint not written: %s", type(error).__name__)


def _last_row() -> int:
    target = folder()
    if target not in _written:
        names = (file.stem for file in target.glob("*.json"))
        _written[target] = max((int(name) for name in names if name.isdecimal()), default=0)
    return _written[target]


def _signed_bytes(made: dict[str, Any]) -> bytes:
    rest = {name: part for name, part in made.items() if name != SIGNATURE}
    return json.dumps(rest, sort_keys=True, separators=(",", ":")).encode()


def _is_signed(made: dict[str, Any], public: Ed25519PublicKey | None) -> bool:
    try:
        signature = bytes.fromhex(made[SIGNATURE])
        if public is None:
            return False
        public.verify(signature, _signed_bytes(made))
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def signed(content: bytes) -> bytes:
    """Return an Ed25519 signature, by the key of checkpoints, of something that leaves: a packet's manifest."""
    return _key().sign(content)


def public_key() -> Ed25519PublicKey:
    """Return what such signatures and those of checkpoints are verified by; publish it where experts find it."""
    return _key().public_key()


def key_file() -> Path:
    """Return the file of the signing key."""
    return settings().checkpoint_key or settings().folder("") / "checkpoint.key"


def _key() -> Ed25519PrivateKey:
    path = key_file()
    if not path.exists():
        write_whole(path, _raw_private(Ed25519PrivateKey.generate()).hex().encode())
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text().strip()))


def _public_key() -> Ed25519PublicKey | None:
    """Return the key's public half; without the key, as on an auditor's machine, the one beside the checkpoints."""
    if key_file().exists():
        return _key().public_key()
    try:
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex((folder() / PUBLIC_KEY).read_text().strip()))
    except (OSError, ValueError):
        return None


def _raw(public: Ed25519PublicKey) -> bytes:
    return public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def _raw_private(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption())
