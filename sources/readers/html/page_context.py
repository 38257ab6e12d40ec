"""HTML pages as trees; a long page of cards is cut between its cards, so that it needs the memory of one piece.

A parsed page takes some sixteen times its size. Cutting is safe where cards stand side by side and nothing between them
hides markup
(comments, scripts, templates); other pages are parsed whole, up to a limit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from sources.description.reader_options import HtmlOptions
from sources.read_items import ReadReport
from sources.readers import encoding
from sources.readers.files import SourceFile
from sources.readers.limits import MAX_PAGE, PAGE_PIECE

_SIMPLE: Final = re.compile(r"([a-zA-Z][a-zA-Z0-9]*)?(?:\.([\w-]+))?")
_HIDING: Final = re.compile(
    r"<(?:!--|!\[|(?:script|style|template|textarea|title|noscript|iframe|xmp|plaintext|svg|math)\b)", re.IGNORECASE
)
_OVERLAP: Final = 4_000


def trees(file: SourceFile, options: HtmlOptions, report: ReadReport) -> Iterator[LexborHTMLParser]:
    """Yield the page as one tree, or a long page of cards as several; the head of the page is in the first.

    Raises:
        SourceError: the page is too large and cannot be cut, or its encoding is not the declared one.
    """
    coding = encoding.of_page(file, options.encoding)
    report.facts["encoding"] = str(coding)
    size = file.path.stat().st_size
    start = _card_start(options.card) if options.card and size > PAGE_PIECE else None
    if start is not None and _may_be_cut(file, coding.name, start):
        for piece in _pieces(file, coding.name, start):
            yield LexborHTMLParser(piece)
        return
    if size > MAX_PAGE:
        raise file.error(
            f"the page is larger than {MAX_PAGE >> 20} MB and cannot be cut between cards", "deliver it in parts"
        )
    yield LexborHTMLParser(file.path.read_bytes().decode(coding.name, "replace"))


def _card_start(selector: str) -> re.Pattern[str] | None:
    """Return a pattern of a card's start tag for selectors such as `article`, `.card` and `div.card`."""
    simple = _SIMPLE.fullmatch(selector.strip())
    if simple is None or not selector.strip():
        return None
    tag, name = simple[1] or "[a-zA-Z][a-zA-Z0-9]{0,30}", simple[2]
    if name is None:
        return re.compile(rf"<{tag}(?=[\s>])", re.IGNORECASE)
    value = rf"""["'](?:[^"'<>]{{0,500}}\s)?{re.escape(name)}(?=[\s"'])"""
    return re.compile(rf"<{tag}\s(?:[^<>]{{0,1000}}\s)?class\s?=\s?{value}", re.IGNORECASE)


def _chunks(file: SourceFile, coding: str) -> Iterator[str]:
    with file.path.open(encoding=coding, errors="replace", newline="") as stream:
        while chunk := stream.read(PAGE_PIECE):
            yield chunk


def _may_be_cut(file: SourceFile, coding: str, start: re.Pattern[str]) -> bool:
    """Tell whether nothing from the first card on could hide a card's start tag."""
    rest, begun = "", False
    for chunk in _chunks(file, coding):
        text = rest + chunk
        if not begun and (first := start.search(text)):
            begun, text = True, text[first.start() :]
        if begun and _HIDING.search(text):
            return False
        rest = text[-_OVERLAP:]
    return begun


def _pieces(file: SourceFile, coding: str, start: re.Pattern[str]) -> Iterator[str]:
    """Yield the text in pieces that each end before a card; a card without end makes a piece grow, up to the limit."""
    rest = ""
    for chunk in _chunks(file, coding):
        text = rest + chunk
        cut = 0
        for hit in start.finditer(text, max(1, len(text) - PAGE_PIECE - _OVERLAP)):
            cut = hit.start()
        if cut:
            yield text[:cut]
        rest = text[cut:]
        if len(rest) > MAX_PAGE:
            raise file.error(f"a card is larger than {MAX_PAGE >> 20} MB", "deliver the page in parts")
    yield rest
