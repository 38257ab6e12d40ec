"""From a record back to the bytes: the row it was read from, as it stands in the evidence, with the rows around it.

The evidence is read again by the source's own reader and the description with which the record was made, whatever the
format, up to the record's locator. That happens in a process with bounds: bytes that demand too much end it alone.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from registry.errors import EvidenceError, RegistryError
from registry.ingestion import descriptions
from sources.extraction import row_around
from sources.extraction.row_around import Piece, RowAround
from sources.locator import Locator

if TYPE_CHECKING:
    from registry.evidence.store import Kept
    from registry.models import Record

_WORKER: Final = "sources.extraction.row_around"
_ROOT: Final = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Bounds:
    """What reading may take: seconds of the processor, and bytes of addresses."""

    seconds: int
    memory: int


PAGE: Final = Bounds(seconds=15, memory=768 << 20)
"""For a page that somebody waits for, beside others of the same web process."""
COMMAND: Final = Bounds(seconds=1_800, memory=4 << 30)
"""For a command: what could be ingested can be read again (`sources.readers.limits`)."""


@dataclass(frozen=True)
class Place:
    """All that is needed to find a row, gathered from the registry: reading it asks the database nothing.

    `delivered_as` is the hash of the list as it came, which stays the same when a redacted copy takes its place.
    """

    description: Path
    config_sha256: str
    evidence: Kept
    delivered_as: str
    file_name: str
    locator: Locator


@dataclass
class Context:
    """A record's row in its evidence.

    Attributes:
        config_sha256: The description.
        row: The row itself.
        before, after: Up to two rows on each side, in the order of the evidence.
        written: Field to what the description makes of the row now.
        differing: Fields whose stored value is not what the bytes give now; those corrected by hand are not among them.
    """

    config_sha256: str
    row: Piece
    before: list[Piece]
    after: list[Piece]
    written: dict[str, Any] = field(default_factory=dict)
    differing: list[str] = field(default_factory=list)


def of_record(record: Record, bounds: Bounds = COMMAND) -> Context:
    """Read a record's row out of its evidence again.

    Args:
        record: With `source`, `batch` and `evidence` loaded.
        bounds: What the reading may take.

    Raises:
        EvidenceError: The bytes are not those that were stored, cannot be read within the bounds, or nothing stands at
            the locator.
        RegistryError: The description is not on file.
    """
    from registry.evidence import store

    sha256 = record.evidence.sha256
    if not store.is_sound(sha256):
        raise EvidenceError("The stored bytes do not have their SHA-256 any more", sha256[:12], "Restore from a backup")
    place = place_of(record)
    return held_against(record.payload, read(place, bounds), place.config_sha256)


def place_of(record: Record) -> Place:
    """Gather what is needed to find a record's row.

    Raises:
        RegistryError: The description is not on file, or the record was not read from rows of a file.
    """
    from registry.evidence import custody, store

    locator = Locator.from_json(record.locator)
    if locator.testimony is not None:
        raise RegistryError("A person took the record from a document", f"record {record.pk}", "Open the document")
    config_sha256 = _description_of(record)
    description = descriptions.path_of(config_sha256)
    if not config_sha256 or not description.is_file():
        raise RegistryError(
            "The description by which the record was read is not on file", config_sha256[:12], "Restore from a backup"
        )
    name = custody.file_name(record.evidence, record.source)
    sha256 = record.evidence.sha256
    return Place(description, config_sha256, store.kept(sha256), sha256, name, locator)


def read(place: Place, bounds: Bounds) -> RowAround:
    """Find a row in a process of its own.

    Raises:
        EvidenceError: The bytes cannot be read within the bounds, or nothing stands at the locator.
    """
    at = place.evidence.sha256[:12]
    request = {
        "description": str(place.description),
        "name": place.file_name,
        "file_id": place.delivered_as,
        "locator": place.locator.to_json(),
        "seconds": bounds.seconds,
        "memory": bounds.memory,
    }
    too_much = EvidenceError(
        f"Reading the evidence takes more than {bounds.seconds:,} seconds or {bounds.memory >> 20:,} MB",
        at,
        "Look at the file itself",
    )
    try:
        with place.evidence.plain() as path:
            done = subprocess.run(
                [sys.executable, "-m", _WORKER],
                input=json.dumps({**request, "path": str(path)}),
                capture_output=True,
                text=True,
                timeout=2 * bounds.seconds,
                check=False,
                cwd=_ROOT,
            )
    except subprocess.TimeoutExpired:
        raise too_much from None
    if done.returncode != 0:  # ended by a signal: no processor time or memory was left
        raise too_much
    answer: Mapping[str, str] = json.loads(done.stdout)
    match answer.get("error"):
        case None:
            return row_around.from_json(answer)
        case "nowhere":
            raise EvidenceError("Nothing stands at the record's locator", at, "Report this as a defect")
        case "unreadable":
            raise EvidenceError(f"The evidence cannot be read: {answer['what']}", at, answer["mend"])
        case "demanding":
            raise too_much
        case _:
            raise RuntimeError(f"reading evidence again failed: {answer['what']}")


def held_against(payload: Mapping[str, Any], found: RowAround, config_sha256: str = "") -> Context:
    """Hold what stands in the evidence against what is stored; of several children of the row, the nearest is meant."""
    context = Context(config_sha256, found.row, found.before, found.after)
    corrected = set(payload.get("corrected", ()))
    stored: Mapping[str, Any] = payload["written"]
    for written in found.readings:
        differing = sorted(
            name for name, value in written.items() if name not in corrected and stored.get(name) != value
        )
        if not context.written or len(differing) < len(context.differing):
            context.written, context.differing = dict(written), differing
    return context


def _description_of(record: Record) -> str:
    from registry.ingestion import quarantine

    if read_by := record.payload.get("read_by"):
        return str(read_by)
    by_description = [made.config_sha256 for made in quarantine.corrections_of(record) if made.config_sha256]
    return by_description[-1] if by_description else record.batch.config_sha256 or record.source.config_sha256
