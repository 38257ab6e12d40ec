"""Tables without rules: columns found from the white space between the words of many lines."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final, NamedTuple

from sources.readers.pdf.layout import Line, Word

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


class Cells(list[str]):
    """The cells of a row, and whether a line is drawn through it."""

    def __init__(self, cells: Sequence[str], *, struck: bool) -> None:
        super().__init__(cells)
        self.struck = struck


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


def rows(lines: Sequence[Line], columns: Layout, gap: float = GAP) -> Iterator[Line | Cells]:
    """Yield the lines of a page in their order: the cells of what is a row, and as they are those that are none.

    A line that holds the rest of a cell, above or below its row, goes into that row. What has a first cell, a number or
    a date is never the rest of another row: two children must not become one.
    """
    cut = [chunks(line, gap) for line in lines]
    cells = [columns.cells(parts) for parts in cut]
    is_row = [_is_row(parts, columns) for parts in cut]
    numbered = [at for at, row in enumerate(cells) if is_row[at] and _is_number(row[0])]
    by_number = len(numbered) * 2 >= sum(is_row)
    homes = [at for at, row in enumerate(cells) if is_row[at] and (row[0] or not by_number)]
    tops = [lines[at].top for at in (numbered if by_number else homes)]
    steps = [below - above for above, below in pairwise(tops)]
    near = _CLOSE * median(steps) if steps else 0.0
    rest: dict[int, list[int]] = {}
    for at, parts in enumerate(cut):
        if (by_number or not is_row[at]) and _may_be_rest(parts, cells[at], columns):
            home = _nearest(at, homes, lines)
            if home is not None and abs(lines[home].top - lines[at].top) < near and _fits(cells[at], cells[home]):
                rest.setdefault(home, []).append(at)
    taken = {at for found in rest.values() for at in found}
    for at, line in enumerate(lines):
        if at in taken:
            continue
        if is_row[at]:
            whole = [cells[other] for other in sorted([at, *rest.get(at, ())])]
            yield Cells(["\n".join(filter(None, texts)) for texts in zip(*whole, strict=True)], struck=line.struck)
        else:
            yield line


def _is_row(parts: Sequence[Chunk], columns: Layout) -> bool:
    """Tell whether a line is a row: cells enough, and none that runs over columns unless it begins with a number."""
    if len(parts) < max(2, min(3, (columns.width + 1) // 2)):
        return False
    return _is_number(parts[0].text) or all(_within(part, columns) for part in parts)


def _may_be_rest(parts: Sequence[Chunk], cells: Sequence[str], columns: Layout) -> bool:
    """Tell whether a line has neither a first cell nor a digit, and stays in its columns."""
    if cells[0] or any(char.isdigit() for part in parts for char in part.text):
        return False
    return all(_within(part, columns) for part in parts)


def _nearest(at: int, homes: Sequence[int], lines: Sequence[Line]) -> int | None:
    """Return the nearest row above or below a line that is none of them itself."""
    place = bisect_left(homes, at)
    around = [home for home in homes[max(0, place - 1) : place + 2] if home != at]
    return min(around, key=lambda home: abs(lines[home].top - lines[at].top), default=None)


def _fits(cells: Sequence[str], home: Sequence[str]) -> bool:
    """Tell whether a row has text in every cell that is to go on."""
    return all(above or not cell for cell, above in zip(cells, home, strict=True))


def _is_number(text: str) -> bool:
    return text.rstrip(".)").isdigit()


def _within(chunk: Chunk, columns: Layout) -> bool:
    """Tell whether a chunk stays in one column."""
    return sum(bound < chunk.left for bound in columns.bounds) == sum(bound < chunk.right for bound in columns.bounds)
