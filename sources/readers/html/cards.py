"""HTML pages of cards or tables, read with CSS selectors; scripts are never run and nothing is fetched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from sources.column_names import fold
from sources.description.reader_options import HtmlOptions, compiled
from sources.errors import SourceError
from sources.locator import Locator
from sources.read_items import (
    Column,
    NonData,
    ReadItem,
    ReadProblem,
    ReadReport,
    Row,
)
from sources.readers.files import SourceFile, named_context
from sources.readers.html import article, page_context
from sources.readers.limits import MAX_CELL_CHARS, kept
from sources.readers.tables.raw_row import RawRow
from sources.readers.tables.several_tables import SeveralTables
from sources.readers.tables.table import Table

_MAX_SPAN: Final = 1_000


def _text(node: LexborNode) -> str:
    return " ".join(node.text(separator=" ").split())


def _select(node: LexborNode | LexborHTMLParser, selector: str) -> str:
    """Return the text, or after @ the attribute, of the first element that a selector finds; '' when there is none."""
    css, _, attribute = selector.partition("@")
    found = node.css_first(css.strip()) if css.strip() else node
    if found is None or isinstance(found, LexborHTMLParser):
        return ""
    return (found.attributes.get(attribute.strip()) or "").strip() if attribute else _text(found)


@dataclass
class _Page:
    """A page being read: what the description says of it, and the context it gives."""

    file: SourceFile
    options: HtmlOptions
    columns: Sequence[Column]
    report: ReadReport
    context: dict[str, str]
    places: dict[str, str]


def read(file: SourceFile, options: HtmlOptions, columns: Sequence[Column], report: ReadReport) -> Iterator[ReadItem]:
    """Yield the cards, the table rows or the article of a page.

    Raises:
        SourceError: the page is too large, nothing matches `card`, `table` or `article`, or a selector is no CSS.
    """
    trees = page_context.trees(file, options, report)
    first = next(trees)
    page = _Page(file, options, columns, report, *named_context(file, options))
    _add_context(page, first)
    if options.article:
        yield from article.read(first, file, options, columns, page.context, page.places)
    else:
        yield from _cards(page, chain([first], trees)) if options.card else _tables(page, first)


def _add_context(page: _Page, tree: LexborHTMLParser) -> None:
    page.context["page_title"] = _select(tree, "title")
    page.places["page_title"] = "title"
    for name, selector in page.options.page.items():
        page.context[name] = _checked(page.file, tree, selector, f"reader.page.{name}")
        page.places[name] = selector
    for pattern in page.options.titles:
        if hit := compiled(pattern).search(page.context["page_title"]):
            found = {name: value for name, value in hit.groupdict().items() if value}
            page.context |= found
            page.places |= dict.fromkeys(found, "title")


def _checked(file: SourceFile, tree: LexborHTMLParser, selector: str, place: str) -> str:
    try:
        return _select(tree, selector)
    except (SelectolaxError, ValueError):
        where = f"{place} (while reading {file.name})"
        raise SourceError(f"'{selector}' is no CSS selector", where, "correct the selector") from None


def _nothing(file: SourceFile, selector: str, place: str) -> SourceError:
    mend = "correct the selector, or ask whether this is the right page"
    return file.error(f"nothing on the page matches `{place}: {selector}`", mend)


def _cards(page: _Page, trees: Iterable[LexborHTMLParser]) -> Iterator[ReadItem]:
    options = page.options
    assert options.card
    labelled = {fold(column.name): column.name for column in page.columns} if options.label else {}
    where = {column.name: column.name for column in page.columns}
    selectors: list[str] | None = None
    skip = [compiled(pattern) for pattern in options.skip]
    never = {column.name: column for column in page.columns}
    number = 0
    for tree in trees:
        if selectors is None:
            _checked(page.file, tree, options.card, "card")
            selectors = [name for name in where if not _is_label(tree, name, labelled)]
            for selector in selectors:
                _checked(page.file, tree, selector, "fields")
        for card in tree.css(options.card):
            number += 1
            locator = Locator(css=options.card, card=number)
            whole = _text(card)
            if skip and any(pattern.search(whole) for pattern in skip):
                yield NonData(locator, "skip pattern")
                continue
            if len(whole) > MAX_CELL_CHARS:
                yield ReadProblem(locator, "cell_too_long", f"a card has {len(whole):,} characters", kept([whole]))
                continue
            cells = _labels(card, options, labelled)
            for selector in selectors:
                if selector not in cells:
                    cells[selector] = _select(card, selector)
            for name in [name for name in never if cells.get(name)]:
                del never[name]
            yield Row(locator, cells, {**page.context, "row": str(number)}, where, "", page.places)
    if not number:
        raise _nothing(page.file, options.card, "card")
    page.report.facts["cards"] = str(number)
    for column in never.values():
        if not column.optional:
            page.report.notes.append(f"no card has '{column.name}' for {column.used_by}")


def _is_label(tree: LexborHTMLParser, name: str, labelled: dict[str, str]) -> bool:
    """Tell labels from selectors: where labels are read, what is no CSS or has letters outside ASCII is a label."""
    if not labelled:
        return False
    if not name.isascii() and not any(mark in name for mark in ".#[@>:"):
        return True
    try:
        _select(tree, name)
    except (SelectolaxError, ValueError):
        return True
    return False


def _labels(card: LexborNode, options: HtmlOptions, labelled: dict[str, str]) -> dict[str, str]:
    if not options.label or not options.value:
        return {}
    pairs = zip(card.css(options.label), card.css(options.value), strict=False)
    return {labelled[name]: _text(value) for label, value in pairs if (name := fold(_text(label))) in labelled}


def _tables(page: _Page, tree: LexborHTMLParser) -> Iterator[ReadItem]:
    selector = page.options.table
    assert selector
    _checked(page.file, tree, selector, "table")
    tables = SeveralTables(page.report)
    for number, node in enumerate(tree.css(selector), start=1):
        at = f"table {number}"
        locator = Locator(css=selector, table=number)
        context, places = dict(page.context), dict(page.places)
        context, places = {**context, "table": str(number)}, {**places, "table": at}
        table = Table(page.file, page.options, page.columns, page.report, locator, at, context, places)
        yield from tables.read(table, rows_of(node))
    tables.require(_nothing(page.file, selector, "table"))


def rows_of(table: LexborNode) -> Iterator[RawRow]:
    """Yield the rows of a table; a cell over several columns fills them for headers only."""
    for number, row in enumerate(table.css("tr"), start=1):
        values: list[str] = []
        across: list[str] = []
        marks = {"hidden"} if _hidden(row) else set()
        struck = 0
        for cell in row.css("td, th"):
            text, through = _shown(cell, struck=_struck(row))
            struck += through
            span = cell.attributes.get("colspan") or "1"
            extra = min(int(span) - 1, _MAX_SPAN) if span.isascii() and span.isdigit() and span != "0" else 0
            values += [text, *[""] * extra]
            across += [text] * (extra + 1)
        if struck:
            marks.add("struck" if struck * 2 > sum(map(bool, values)) else "struck_cell")
        yield RawRow(number, values, across, marks=frozenset(marks))


def _shown(cell: LexborNode, *, struck: bool) -> tuple[str, bool]:
    """Return the text of a cell, and whether all of it is struck through; parts that are, or hidden, are left out."""
    whole = _text(cell)
    if struck or _struck(cell):
        return whole, bool(whole)
    raised = [each for each in cell.css("sup") if _text(each).strip(" *)").isdigit()]
    through = cell.css("s, strike, del, [style*='line-through']")
    hidden = [each for each in cell.css("[hidden], [style*='display']") if _hidden(each)]
    if not (raised or through or hidden):
        return whole, False
    for part in (*raised, *through, *hidden):
        part.decompose()
    kept = _text(cell)
    return (whole, True) if through and not kept else (kept, False)


def _struck(node: LexborNode) -> bool:
    return node.tag in ("s", "strike", "del") or "line-through" in (node.attributes.get("style") or "").casefold()


def _hidden(node: LexborNode) -> bool:
    style = "".join((node.attributes.get("style") or "").casefold().split())
    return "hidden" in node.attributes or "display:none" in style or "visibility:hidden" in style
