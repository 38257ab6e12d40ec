"""Tables without rules: columns found from the white space between the words of many lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final, NamedTuple

from pipelines.sources.readers.pdf_pages import Line, Word

GAP: Final = 0.7  # of the size of the letters: wider than the space between two words
SCAN_GAP: Final = 1.0  # the same where the places of words were read from a picture
_CLOSE: Final = 0.75  # of the usual step from row to row: less is a wrapped cell


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


def chunks(line: Line, gap: float = GAP) -> list[Chunk]:
    """Cut a line where the space is wider than between two words."""
    found: list[list[Word]] = []
    for word in line.words:
        if found and word.left - found[-1][-1].right <= gap * line.size:
            found[-1].append(word)
        else:
            found.append([word])
    return [Chunk(words[0].left, words[-1].right, " ".join(word.text for word in words)) for words in found]


def layout(lines: Sequence[Line], gap: float = GAP) -> Layout | None:
    """Find the columns that most lines of a page share; None when there are none."""
    cut = [chunks(line, gap) for line in lines]
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
    return Layout(_widened(bounds, cut)) if bounds == sorted(bounds) else None


def _widened(bounds: Sequence[float], cut: Sequence[Sequence[Chunk]]) -> tuple[float, ...]:
    """Move each bound between the cells of all lines, of which the full ones may not hold the longest."""
    right = [float("-inf")] * (len(bounds) + 1)
    left = [float("inf")] * (len(bounds) + 1)
    for parts in cut:
        for part in parts:
            first, last = (sum(bound < place for bound in bounds) for place in (part.left, part.right))
            if last - first < 2:
                at = sum(bound < part.middle for bound in bounds)
                right[at], left[at] = max(right[at], part.right), min(left[at], part.left)
    return tuple(
        (before + after) / 2 if before < after else bound
        for bound, before, after in zip(bounds, right, left[1:], strict=False)
    )


def rows(lines: Sequence[Line], columns: Layout, gap: float = GAP) -> Iterator[Line | list[str]]:
    """Yield the lines of a page in their order: the cells of what is a row, and as they are those that are none.

    A line that holds the rest of a cell, above or below its row, goes into that row.
    """
    cut = [chunks(line, gap) for line in lines]
    kinds = [_is_row(parts, columns) for parts in cut]
    tops = [line.top for line, is_row in zip(lines, kinds, strict=True) if is_row]
    cells = [columns.cells(parts) for parts in cut]
    numbered = [line.top for line, row in zip(lines, cells, strict=True) if _is_number(row[0])]
    anchors = numbered if len(numbered) * 2 >= len(tops) else tops
    steps = [below - above for above, below in pairwise(anchors)]
    usual = median(steps) if steps else 0.0
    home = {
        at: near
        for at, parts in enumerate(cut)
        if (near := _row_of(at, parts, cells, lines, kinds, usual, columns)) is not None
    }
    for at, line in enumerate(lines):
        if at in home:
            continue
        if not kinds[at]:
            yield line
            continue
        parts_of_row = [cells[other] for other in sorted([at, *(tail for tail, row in home.items() if row == at)])]
        yield ["\n".join(filter(None, texts)) for texts in zip(*parts_of_row, strict=True)]


def _is_row(parts: Sequence[Chunk], columns: Layout) -> bool:
    """Tell whether a line is a row: cells enough, and none that runs over columns unless it begins with a number."""
    if len(parts) < max(2, min(3, (columns.width + 1) // 2)):
        return False
    return _is_number(parts[0].text) or all(_within(part, columns) for part in parts)


def _row_of(
    at: int,
    parts: Sequence[Chunk],
    cells: Sequence[Sequence[str]],
    lines: Sequence[Line],
    kinds: Sequence[bool],
    usual: float,
    columns: Layout,
) -> int | None:
    """Return the row that a line holds the rest of, the nearest above or below; None when it stands for itself.

    What has a number, a date or a first cell is never the rest of another row: two children must not become one.
    """
    if cells[at][0] or any(char.isdigit() for part in parts for char in part.text):
        return None
    if not all(_within(part, columns) for part in parts):
        return None
    if kinds[at] and not all(
        _is_number(cells[row][0]) for row, is_row in enumerate(kinds) if is_row and abs(row - at) == 1
    ):
        return None
    near = [row for row, is_row in enumerate(kinds) if is_row and row != at and (cells[row][0] or not kinds[at])]
    if not near:
        return None
    best = min(near, key=lambda row: abs(lines[row].top - lines[at].top))
    close = abs(lines[best].top - lines[at].top) < _CLOSE * usual
    return (
        best if close and all(above or not cell for cell, above in zip(cells[at], cells[best], strict=True)) else None
    )


def _is_number(text: str) -> bool:
    return text.rstrip(".)").isdigit()


def _within(chunk: Chunk, columns: Layout) -> bool:
    """Tell whether a chunk stays in one column."""
    return sum(bound < chunk.left for bound in columns.bounds) == sum(bound < chunk.right for bound in columns.bounds)
