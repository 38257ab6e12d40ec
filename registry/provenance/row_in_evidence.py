"""From a record back to the bytes: the row it was read from, as it stands in the evidence, with the rows around it.

The evidence is read again by the description with which the record was made, up to the record's locator.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from registry.errors import EvidenceError, RegistryError
from registry.ingestion.descriptions import stored_config
from sources.extraction.cell_children import children_of_cell
from sources.extraction.extract import Extracted, read_source
from sources.locator import Locator
from sources.read_items import (
    NonData,
    ReadItem,
    ReadProblem,
    Row,
)

if TYPE_CHECKING:
    from registry.models import Record

_AROUND = 2


@dataclass(frozen=True)
class Piece:
    """One row, card, message or page part of the evidence.

    Attributes:
        where: In words: `sheet Етап 1, row 6`.
        cells: Column, selector or path to the text that stands there.
        places: Column to its place, such as `B6`, where the reader knows it.
        note: What the reader says of a row that gives no record.
    """

    where: str
    cells: dict[str, str]
    places: dict[str, str]
    note: str = ""


@dataclass
class Context:
    """A record's row in its evidence.

    Attributes:
        row: The row itself.
        before, after: Up to two rows on each side, in the order of the evidence.
        written: Field to what the description makes of the row now.
        differing: Fields whose stored value is not what the bytes give now; those corrected by hand are not among them.
        config_sha256: The description.
    """

    config_sha256: str
    row: Piece | None = None
    before: list[Piece] = field(default_factory=list)
    after: list[Piece] = field(default_factory=list)
    written: dict[str, Any] = field(default_factory=dict)
    differing: list[str] = field(default_factory=list)


def of_record(record: Record) -> Context:
    """Read a record's row out of its evidence again.

    Args:
        record: With `source`, `batch` and `evidence` loaded.

    Raises:
        EvidenceError: The bytes are not those that were stored, or nothing stands at the locator.
        RegistryError: The description is not on file.
    """
    from registry.evidence import custody, store

    sha256 = record.evidence.sha256
    if not store.is_sound(sha256):
        raise EvidenceError("The stored bytes do not have their SHA-256 any more", sha256[:12], "Restore from a backup")
    config_sha256 = _description_of(record)
    try:
        config = stored_config(config_sha256, record.source.slug)
    except Exception:
        raise RegistryError(
            "The description by which the record was read is not on file", config_sha256[:12], "Restore from a backup"
        ) from None
    name = custody.file_name(record.evidence, record.source)
    reading = read_source(config, store.path_of(sha256), name=name, file_id=sha256)
    context = Context(config_sha256)
    wanted = Locator.from_json(record.locator).of_row()
    around: deque[Piece] = deque(maxlen=_AROUND)
    found = False

    def watch(item: ReadItem) -> None:
        nonlocal found
        piece = _piece(item)
        if context.row is not None:
            context.after.append(piece)
        elif item.locator.of_row() == wanted:
            context.row, context.before, found = piece, list(around), True
        around.append(piece)

    reading.watch = watch
    readings: list[dict[str, Any]] = []
    for item in reading:
        if found and item.locator.of_row() == wanted:
            siblings = config.derived.cell_siblings
            parts = children_of_cell(item, siblings=siblings) if isinstance(item, Extracted) else item
            readings += [dict(each.written) for each in (parts if isinstance(parts, list) else [item])]
        if len(context.after) >= _AROUND:
            break
    if context.row is None:
        raise EvidenceError("Nothing stands at the record's locator", sha256[:12], "Report this as a defect")
    corrected = set(record.payload.get("corrected", ()))
    stored: Mapping[str, Any] = record.payload["written"]
    for written in readings:  # one for each child whom the row tells of: the nearest is the record's
        differing = sorted(
            name for name, value in written.items() if name not in corrected and stored.get(name) != value
        )
        if not context.written or len(differing) < len(context.differing):
            context.written, context.differing = written, differing
    return context


def _description_of(record: Record) -> str:
    from registry.ingestion import quarantine

    by_description = [made.config_sha256 for made in quarantine.corrections_of(record) if made.config_sha256]
    return by_description[-1] if by_description else record.batch.config_sha256 or record.source.config_sha256


def _piece(item: ReadItem) -> Piece:
    if isinstance(item, Row):
        places = {name: f"{column}{item.suffix}" for name, column in item.places.items()}
        cells = {name: text for name, text in item.cells.items() if text}
        return Piece(item.locator.words(), cells, places | dict(item.context_places))
    if isinstance(item, ReadProblem):
        cells = {str(number): text for number, text in enumerate(item.cells, start=1)}
        return Piece(item.locator.words(), cells, {}, item.reason)
    assert isinstance(item, NonData)
    return Piece(item.locator.words(), {}, {}, f"no data: {item.reason}")
