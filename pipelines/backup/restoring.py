"""Restoring: an empty home, the ring that people bring, and a backup whose every block and signature hold."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import keys
from configs.atomic_files import write_whole
from configs.settings import settings
from keys import holders as holding
from keys import opening, ring_file
from keys.holders import Holder
from keys.opening import Ask
from pipelines.backup import archive, data_key_copies, dump, former
from pipelines.backup.archive import Reader, Stored
from registry import database
from registry.errors import RegistryError


def restore(
    source: Path,
    ring: Path | None = None,
    identities: Sequence[Path] = (),
    data_key_copy: Path | None = None,
    ask: Ask | None = None,
) -> int:
    """Fill an empty home from a backup once all of it holds; return how many files it has.

    Args:
        source: The backup.
        ring: The ring of the deployment (`keyring.json`); unset: the one that lies in the home already.
        identities: Files with age identities or passphrases, which open the ring and the backup.
        data_key_copy: The copy of the keys of evidence, or its folder; unset: the folder beside the backup.
        ask: Asks holders for passphrases.

    Raises:
        RegistryError: The home is not empty, the file is no whole backup, or what opens it is missing.
    """
    home = settings().home.resolve()
    if not source.is_file():
        raise RegistryError("There is no such file", str(source), "Name the file that `ridni backup` wrote")
    if any((home / name).exists() for name in ("postgres", "evidence", opening.FORMER)):
        raise _not_empty(home)
    if not archive.is_sealed(source):
        if ring_file.path().exists():
            raise _not_empty(home)
        restored = former.restore(source)
        _begin_epoch()
        return restored
    brought = _bring(ring, identities)
    try:
        words: dict[str, str] = {}
        held = opening.open_ring(_once(ask, words), identities)
        keys.use(held)
        reader = Reader(source)
        reader.open(opening.master_of(reader.header, f"backup {reader.header.number}", _once(ask, words), identities))
        copied = data_key_copies.read(data_key_copy or _beside(source))
        reader.verify()
    except BaseException:
        for path in brought:
            path.unlink(missing_ok=True)
        raise
    (dumped,) = (file for file in reader.files if file.name == "database.dump")
    for file in reader.files:
        if file.name != dumped.name and not file.name.startswith("tables/"):
            _put(home, file, reader)
    if copied.checkpoint_key is not None:
        write_whole(home / data_key_copies.CHECKPOINT_KEY, copied.checkpoint_key)
    write_whole(erased_since(), json.dumps(copied.erased).encode())
    dump.fill(reader.content(dumped))
    database.prepare()
    from registry import data_keys  # its tables are there only now
    from registry.sealing import row_keys

    data_keys.fill(copied.rows)
    row_keys.fill(copied.row_keys)
    _begin_epoch()
    return len(reader.files)


def erased_since() -> Path:
    """Return the file that says which rows were erased also after the backup: they are erased again."""
    return settings().home.resolve() / "erased.json"


def _begin_epoch() -> None:
    """Let the feed's readers notice: events after the backup are gone, and their numbers will be given again."""
    from registry import audit
    from registry.identities import feed_position

    epoch = feed_position.begin_epoch()
    audit.append("system", "feed.epoch_began", "feed", str(epoch.feed), {"epoch": str(epoch.epoch)})


def _bring(ring: Path | None, identities: Sequence[Path]) -> list[Path]:
    """Copy the ring into the home, with the file that opens it where it lies open; return what was brought."""
    place = ring_file.path()
    if ring is None:
        if not place.exists() and settings().secret_key is None:
            raise RegistryError(
                "No backup has the keys in it", "", "Name the deployment's ring: --ring keyring.json, and what opens it"
            )
        return []
    if place.exists():
        raise _not_empty(place.parent)
    try:
        sealed = ring_file.parse(ring.read_bytes(), ring)
    except OSError as error:
        raise RegistryError(f"The ring cannot be read ({error.strerror})", str(ring), "Name keyring.json") from None
    shutil.copyfile(ring, place)
    place.chmod(0o600)
    brought = [place]
    for file in identities if opening.lies_open(sealed) else ():
        told = file.read_text()
        if any(str(one.to_public()) == sealed.holders[0].recipient for one in holding.identities_in(told)):
            opening.beside().write_text(told)
            opening.beside().chmod(0o600)
            brought.append(opening.beside())
    return brought


def _put(home: Path, file: Stored, reader: Reader) -> None:
    """Write one file below the home."""
    target = (home / file.name).resolve()
    if not target.is_relative_to(home) or target == home:
        raise archive.damaged(home)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with target.open("wb") as stream:
        for block in reader.content(file):
            stream.write(block)
    target.chmod(0o400 if file.name.startswith("evidence/") else 0o600)


def _once(ask: Ask | None, words: dict[str, str]) -> Ask | None:
    """Ask each holder once, though the ring and the backup both need them."""
    if ask is None:
        return None

    def asked(holder: Holder) -> str:
        if holder.recipient not in words:
            words[holder.recipient] = ask(holder)
        return words[holder.recipient]

    return asked


def _beside(source: Path) -> Path:
    return settings().data_key_copies or source.parent / data_key_copies.FOLDER


def _not_empty(home: Path) -> RegistryError:
    return RegistryError(
        "The home is not empty", str(home), "Set RIDNI_HOME to a new folder; a restore replaces nothing"
    )
