"""Backups of before, which held everything in clear, keys included: they are still read, and no longer written."""

from __future__ import annotations

import hashlib
import json
import shutil
import tarfile
import tempfile
from pathlib import Path

from configs import scratch
from configs.settings import settings
from keys import opening, ring_file
from pipelines.backup import dump
from registry import database
from registry.errors import RegistryError

MANIFEST = "manifest.json"
FOLDERS = ("evidence", "sources", "runs", "checkpoints", "inbox", "jobs")


def restore(source: Path) -> int:
    """Fill an empty home from a backup of before once all its hashes hold; return how many files it has.

    Raises:
        RegistryError: The file is no whole backup.
    """
    home = settings().home.resolve()
    with tempfile.TemporaryDirectory(dir=scratch.folder()) as made:
        work = Path(made)
        hashes = _unpack(source, work)
        for folder in FOLDERS:
            if (work / folder).exists():
                shutil.move(work / folder, home / folder)
        for name in ("checkpoint.key", ring_file.NAME, opening.BESIDE, opening.FORMER):
            if (work / name).exists():
                shutil.move(work / name, home / name)
        with (work / "database.dump").open("rb") as stream:
            dump.fill(iter(lambda: stream.read(1 << 20), b""))
    database.prepare()
    return len(hashes)


def _unpack(source: Path, work: Path) -> dict[str, str]:
    damaged = RegistryError("This is no whole backup of Ridni", str(source), "Take another copy of it")
    try:
        with tarfile.open(source, mode="r:") as tar:
            for member in tar:
                _extract(tar, member, work)
        manifest = json.loads((work / MANIFEST).read_text(encoding="utf-8"))
        hashes: dict[str, str] = manifest["files"]
    except (OSError, tarfile.TarError, ValueError, KeyError, TypeError):
        raise damaged from None
    for name, expected in hashes.items():
        path = work / name
        if not path.is_file() or _sha256(path) != expected:
            raise damaged
    return hashes


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, work: Path) -> None:
    """Write one member below `work`: plain files only, and none that leads elsewhere (early 3.11 has no filters)."""
    target = (work / member.name).resolve()
    content = tar.extractfile(member) if member.isreg() else None
    if content is None or not target.is_relative_to(work.resolve()):
        raise tarfile.TarError("a member that no backup has")
    target.parent.mkdir(parents=True, exist_ok=True)
    with content, target.open("wb") as stream:
        shutil.copyfileobj(content, stream)
    target.chmod(0o400 if member.name.startswith("evidence/") else 0o600)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
