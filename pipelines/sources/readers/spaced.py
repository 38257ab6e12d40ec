"""Tables without rules: columns found from the white space between the words of many lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final, NamedTuple

from pipelines.sources.readers.pdf_pages import Line, Word

_GAP: Final = 0.7  # of the size of the letters: wider than the space between two words
_CLOSE: Final = 0.6  # of the usual step from line to line: less is a wrapped cell
_FAR: Final = 1.5  # of the usual step: more is no cell of the table


class Chunk(NamedTuple):
    """Words of a line that stand close together."""

    left: float
    right: float
    text: str

    @property
    def middle(self) -> float:
        """The place of its middle."""
        return (self.left + self.right) / 2


@dataclass(frozen=True)
class Layout:
    """The columns of a table: their number, and the places where one ends and the next begins."""

    bounds: tuple[float, ...]

    @property
    def width(self) -> int:
        """Return the number of columns."""
        return len(self.bounds) + 1

    def cells(self, chunks: Sequence[Chunk]) -> list[str]:
        """Return the text of each column."""
        cells: list[list[str]] = [[] for _ in range(self.width)]
        for chunk in chunks:
            cells[sum(bound < chunk.middle for bound in self.bounds)].append(chunk.text)
        return [" ".join(texts) for texts in cells]


def chunks(line: Line) -> list[Chunk]:
    """Cut a line where the space is wider than between two words."""
    found: list[list[Word]] = []
    for word in line.words:
        if found and word.left - found[-1][-1].right <= _GAP * line.size:
            found[-1].append(word)
        else:
            found.append([word])
    return [Chunk(words[0].left, words[-1].right, " ".join(word.text for word in words)) for words in found]


def layout(lines: Sequence[Line]) -> Layout | None:
    """Find the columns that most lines of a page share; None when there are none."""
    cut = [chunks(line) for line in lines]
    counts = Counter(len(parts) for parts in cut if len(parts) > 1)
    if not counts:
        return None
    often = max(counts.values())
    width = max(number for number, count in counts.items() if count * 2 >= often)
    rows = [parts for parts in cut if len(parts) == width]
    bounds: list[float] = []
    for at in range(width - 1):
        right = max(parts[at].right for parts in rows)
        left = min(parts[at + 1].left for parts in rows)
        if left <= right:  # a column that is centred, or a cell that runs into the next: the usual places count
            right = median(parts[at].right for parts in rows)
            left = median(parts[at + 1].left for parts in rows)
        bounds.append((left + right) / 2)
    return Layout(tuple(bounds)) if bounds == sorted(bounds) else None


def is_row(parts: Sequence[Chunk], columns: Layout) -> bool:
    """Tell whether a line belongs to the table: at least two cells, or half of them in wider tables."""
    return len(parts) >= max(2, min(3, (columns.width + 1) // 2))


def continues(parts: Sequence[Chunk], columns: Layout, before: Sequence[str], step: float, usual: float) -> bool:
    """Tell whether a line holds the rest of the cells above: rows are numbered and it is not, or it stands closer.

    `step` is the distance to the line above and `usual` that between rows.
    """
    cells = columns.cells(parts)
    if cells[0] or step > _FAR * usual or any(cell and not above for cell, above in zip(cells, before, strict=True)):
        return False
    numbered = before[0].rstrip(".)").isdigit()
    return all(_within(part, columns) for part in parts) and (numbered or step < _CLOSE * usual)


def _within(chunk: Chunk, columns: Layout) -> bool:
    """Tell whether a chunk stays in one column."""
    return sum(bound < chunk.left for bound in columns.bounds) == sum(bound < chunk.right for bound in columns.bounds)
