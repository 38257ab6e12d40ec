"""The text of an article on a page, with its paragraphs kept apart, as the name model's mentions need it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from sources.description.reader_options import HtmlOptions, compiled
from sources.errors import SourceError
from sources.locator import Locator
from sources.read_items import (
    Column,
    NonData,
    ReadItem,
    ReadProblem,
    Row,
)
from sources.readers.files import SourceFile
from sources.readers.limits import kept
from sources.readers.row_text import unfit
from sources.readers.tables.header import Header, MissingColumns

COLUMNS: Final = ("text", "title")

_NO_TEXT: Final = "script, style, template, noscript, iframe, nav, form, button, svg"
_BLOCKS: Final = frozenset(
    (
        *("p", "div", "section", "article", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "tr", "table", "br"),
        *("blockquote", "figcaption", "figure", "header", "footer", "dt", "dd", "pre", "hr"),
    )
)
_CELLS: Final = frozenset(("td", "th"))
_MAX_DEPTH: Final = 400


def read(
    tree: LexborHTMLParser,
    file: SourceFile,
    options: HtmlOptions,
    columns: Sequence[Column],
    context: Mapping[str, str],
    places: Mapping[str, str],
) -> Iterator[ReadItem]:
    """Yield a row for each element that `article` finds.

    Raises:
        SourceError: nothing matches, the selector is no CSS, or the description names a column that articles lack.
    """
    selector = options.article
    assert selector
    missing = [column for column in columns if column.name not in COLUMNS and not column.optional]
    if missing:
        raise MissingColumns(file, "article", Header(0, 1, list(COLUMNS), {}), missing).error()
    try:
        nodes = tree.css(selector)
    except (SelectolaxError, ValueError):
        where = f"article (while reading {file.name})"
        raise SourceError(f"'{selector}' is no CSS selector", where, "correct the selector") from None
    if not nodes:
        mend = "correct the selector, or ask whether this is the right page"
        raise file.error(f"nothing on the page matches `article: {selector}`", mend)
    for number, node in enumerate(nodes, start=1):
        locator = Locator(css=selector, article=number)
        for hidden in node.css(_NO_TEXT):
            hidden.decompose()
        text = block_text(node)
        heading = node.css_first("h1, h2")
        title = " ".join(heading.text(separator=" ").split()) if heading else context.get("page_title", "")
        if any(compiled(pattern).search(text) for pattern in options.skip):
            yield NonData(locator, "skip pattern")
        elif problem := unfit([text]):
            yield ReadProblem(locator, *problem, kept([text]))
        elif not text:
            yield NonData(locator, "article without text")
        else:
            cells = {"text": text, "title": title}
            yield Row(locator, cells, {**context, "row": str(number)}, dict.fromkeys(cells, selector), "", places)


def block_text(node: LexborNode) -> str:
    """Return the text of an element with each paragraph, item and row on a line of its own."""
    parts: list[str] = []
    waiting: list[tuple[LexborNode, int, bool]] = [(node, 0, False)]
    while waiting:
        each, depth, done = waiting.pop()
        tag = each.tag or ""
        if done or tag in ("br", "hr"):
            parts.append("\n")
        elif tag == "-text":
            parts.append(" ".join((each.text_content or "").split("\n")))
        elif depth <= _MAX_DEPTH and not tag.startswith("-") and tag != "!doctype":
            if tag in _BLOCKS:
                parts.append("\n")
                waiting.append((each, depth, True))
            elif tag in _CELLS:
                parts.append(" ")
            children = list(each.iter(include_text=True))
            waiting += [(child, depth + 1, False) for child in reversed(children)]
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)
