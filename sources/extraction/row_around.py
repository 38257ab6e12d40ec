"""One row of a delivered file, read again by its description, with the rows around it.

    python -m sources.extraction.row_around < REQUEST

does so in a process of its own, with bounds on time and memory. The request and the answer are JSON on the standard
streams, so that neither a name of a file nor a value stands among the arguments of a process.
"""

from __future__ import annotations

import json
import resource
import sys
import traceback
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from sources.description.load import SourceConfig, load_config
from sources.errors import SourceError
from sources.extraction.cell_children import children_of_cell
from sources.extraction.cell_splitting import Written
from sources.extraction.extracted import Extracted, Problem
from sources.extraction.reading import read_source
from sources.locator import Locator
from sources.read_items import NonData, ReadItem, ReadProblem, Row

AROUND: Final = 2
"""So many rows before and after."""


@dataclass(frozen=True)
class Piece:
    """One row, card, message or line as the reader gives it.

    Attributes:
        locator: Where it stands.
        cells: Column, selector or path to the text that stands there.
        places: Column to its place, such as `B6`.
        context_places: Where titles and names of sheets and files stand that the row takes values from.
        note: What the reader says of a row that gives no record.
    """

    locator: Locator
    cells: dict[str, str]
    places: dict[str, str] = field(default_factory=dict)
    context_places: dict[str, str] = field(default_factory=dict)
    note: str = ""

    @property
    def where(self) -> str:
        """The place in words: `sheet Етап 1, row 6`."""
        return self.locator.words()


@dataclass
class RowAround:
    """A row with those before and after it, and what the description makes of it: once for each child it tells of."""

    row: Piece
    before: list[Piece]
    after: list[Piece] = field(default_factory=list)
    readings: list[Written] = field(default_factory=list)


def find(config: SourceConfig, path: Path, name: str, file_id: str, wanted: Locator) -> RowAround | None:
    """Read a file up to a row and the two behind it; None when nothing stands there.

    Args:
        config: The description.
        path: Where the bytes are.
        name: The name under which they were delivered.
        file_id: Their SHA-256.
        wanted: The locator of a record of the row.

    Raises:
        SourceError: The file cannot be read by the description.
    """
    place = wanted.of_row()
    before: deque[Piece] = deque(maxlen=AROUND)
    found: RowAround | None = None
    for item, made in read_source(config, path, name=name, file_id=file_id).pairs():
        piece = _piece(item)
        if item.locator.of_row() == place:
            found = found or RowAround(piece, [each for each in before if _in_one_list(each.locator, place)])
            found.readings += _readings(made, config)
        elif found is None:
            before.append(piece)
        elif not _in_one_list(piece.locator, place):
            break
        else:
            found.after.append(piece)
            if len(found.after) >= AROUND:
                break
    return found


def _in_one_list(one: Locator, other: Locator) -> bool:
    """Tell whether two rows stand in one sheet, table or chat, so that one is a neighbour of the other."""
    return (one.member, one.sheet, one.css, one.table, one.chat) == (
        other.member,
        other.sheet,
        other.css,
        other.table,
        other.chat,
    )


def _piece(item: ReadItem) -> Piece:
    if isinstance(item, Row):
        places = {name: f"{column}{item.suffix}" for name, column in item.places.items()}
        cells = {name: text for name, text in item.cells.items() if text}
        return Piece(item.locator, cells, places, dict(item.context_places))
    if isinstance(item, ReadProblem):
        return Piece(item.locator, {str(n): text for n, text in enumerate(item.cells, start=1)}, note=item.reason)
    assert isinstance(item, NonData)
    return Piece(item.locator, {}, note=f"no data: {item.reason}")


def _readings(made: Extracted | Problem | None, config: SourceConfig) -> list[Written]:
    if not isinstance(made, Extracted):
        return [dict(made.written)] if made is not None else []
    parts = children_of_cell(made, siblings=config.derived.cell_siblings)
    return [dict(made.written)] if isinstance(parts, Problem) else [dict(part.written) for part in parts]


def to_json(found: RowAround) -> dict[str, Any]:
    """Return the answer of the process."""
    pieces = {
        name: [asdict(piece) | {"locator": piece.locator.to_json()} for piece in some]
        for name, some in (("row", [found.row]), ("before", found.before), ("after", found.after))
    }
    return {**pieces, "readings": found.readings}


def from_json(answer: Mapping[str, Any]) -> RowAround:
    """Read the answer of the process."""
    row, before, after = (
        [Piece(**{**piece, "locator": Locator.from_json(piece["locator"])}) for piece in answer[name]]
        for name in ("row", "before", "after")
    )
    return RowAround(row[0], before, after, answer["readings"])


def main() -> None:
    """Answer the request on standard input: a row, or why there is none."""
    request = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_CPU, (request["seconds"], request["seconds"]))
    resource.setrlimit(resource.RLIMIT_AS, (request["memory"], request["memory"]))
    answer: dict[str, Any]
    try:
        config = load_config(Path(request["description"]))
        wanted = Locator.from_json(request["locator"])
        found = find(config, Path(request["path"]), request["name"], request["file_id"], wanted)
        answer = {"error": "nowhere"} if found is None else to_json(found)
    except SourceError as error:
        answer = {"error": "unreadable", "what": error.what, "mend": error.mend}
    except MemoryError:
        answer = {"error": "demanding"}
    except Exception as defect:  # told by its place in the code: its own words may quote the file
        where = traceback.extract_tb(defect.__traceback__)[-1]
        answer = {"error": "defect", "what": f"{type(defect).__name__} at {where.filename}:{where.lineno}"}
    json.dump(answer, sys.stdout, ensure_ascii=True)


if __name__ == "__main__":
    main()
