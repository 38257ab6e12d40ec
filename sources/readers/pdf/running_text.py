"""What stands on page after page and belongs to none of its texts: running headers, page numbers, footnotes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from statistics import median
from typing import Final

from sources.read_items import ReadReport
from sources.readers.pdf.layout import Line, Page

_EDGE: Final = 3  # lines from the top and from the bottom among which such lines are looked for
_SMALL: Final = 0.86  # of the usual size of letters: footnotes are set smaller
_PAGE_WORD: Final = r"(?:стор(?:інка|\.)?|стр(?:аница|\.)?|page|арк(?:уш|\.)?|лист|с\.)"
_PAGE_NUMBER: Final = re.compile(
    rf"[-–— ]*{_PAGE_WORD}?\s*№?\s*\d{{1,4}}(?:\s*(?:з|із|из|of|/|від)\s*\d{{1,4}})?[-–—. ]*", re.IGNORECASE
)
_HAS_PAGE_WORD: Final = re.compile(rf"\b{_PAGE_WORD}\s*№?\s*\d", re.IGNORECASE)
_FOOTNOTE: Final = re.compile(r"[*†‡¹²³⁴⁵⁶⁷⁸⁹]")
_DIGITS: Final = re.compile(r"\d+")


def without(pages: Iterator[Page], report: ReadReport, *, keep_first: bool) -> Iterator[Page]:
    """Yield pages without their running headers, page numbers and footnotes, and report how many lines that were.

    With `keep_first`, a line that stands on many pages stays where it stands first: it may be the header of a table.
    """
    before: set[str] = set()
    seen: set[str] = set()
    waiting: Page | None = None
    dropped = 0
    for page in pages:
        if waiting is not None:
            kept = _kept(waiting, before | _edges(page), seen if keep_first else None)
            dropped += len(waiting.lines) - len(kept.lines)
            yield kept
            before = _edges(waiting)
        waiting = page
    if waiting is not None:
        kept = _kept(waiting, before, seen if keep_first else None)
        dropped += len(waiting.lines) - len(kept.lines)
        yield kept
    if dropped:
        report.facts["running headers, page numbers and footnotes"] = str(dropped)


def _kept(page: Page, elsewhere: set[str], seen: set[str] | None) -> Page:
    """Return a page without the lines at its edges that other pages have too, and without footnotes.

    Where `seen` is given, lines that are not in it yet stay, and are put there.
    """
    edges = {id(line) for line in _edge_lines(page)}
    lines: list[Line] = []
    for line in page.lines:
        text = _key(line)
        if id(line) in edges and _PAGE_NUMBER.fullmatch(line.text):
            continue
        if id(line) in edges and text in elsewhere:
            if seen is None or text in seen:
                continue
            seen.add(text)
        lines.append(line)
    usual = median(line.size for line in lines) if lines else 0.0
    while lines and not page.scan and _is_footnote(lines[-1], usual):
        lines.pop()
    return replace(page, lines=tuple(lines))


def _is_footnote(line: Line, usual: float) -> bool:
    return line.size < _SMALL * usual or _FOOTNOTE.match(line.text) is not None


def _edge_lines(page: Page) -> list[Line]:
    return [*page.lines[:_EDGE], *page.lines[-_EDGE:]]


def _edges(page: Page) -> set[str]:
    return {_key(line) for line in _edge_lines(page)}


def _key(line: Line) -> str:
    """Return the text of a line as it is held against other pages; a page number in it does not count."""
    return _DIGITS.sub("#", line.text) if _HAS_PAGE_WORD.search(line.text) else line.text
