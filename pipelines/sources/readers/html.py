"""HTML pages of cards or tables, read with CSS selectors; scripts are never run and nothing is fetched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from pipelines.sources.errors import SourceError
from pipelines.sources.options import HtmlOptions, compiled
from pipelines.sources.readers import encoding
from pipelines.sources.readers.files import SourceFile, named_context
from pipelines.sources.readers.header import MissingColumns, fold
from pipelines.sources.readers.limits import MAX_CELL_CHARS, MAX_PAGE, kept
from pipelines.sources.readers.table import RawRow, Table
from pipelines.sources.rows import Column, NonData, ReadItem, ReadProblem, ReadReport, Row

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


def read(file: SourceFile, options: HtmlOptions, columns: Sequence[Column], report: ReadReport) -> Iterator[ReadItem]:
    """Yield the cards or table rows of a page.

    Raises:
        SourceError: the page is too large, nothing matches `card` or `table`, or a selector is no CSS.
    """
    if file.path.stat().st_size > MAX_PAGE:
        raise file.error(f"the page is larger than {MAX_PAGE >> 20} MB", "deliver it in parts")
    data = file.path.read_bytes()
    text, coding = encoding.page(file, data, options.encoding)
    report.facts["encoding"] = coding
    tree = LexborHTMLParser(text)
    context, places = named_context(file, options)
    context["page_title"] = _select(tree, "title")
    places["page_title"] = "title"
    for name, selector in options.page.items():
        context[name] = _checked(file, tree, selector, f"reader.page.{name}")
        places[name] = selector
    for pattern in options.titles:
        if hit := compiled(pattern).search(context["page_title"]):
            found = {name: value for name, value in hit.groupdict().items() if value}
            context |= found
            places |= dict.fromkeys(found, "title")
    if options.card:
        yield from _cards(file, tree, options, columns, report, context, places)
    else:
        yield from _tables(file, tree, options, columns, report, context, places)


def _checked(file: SourceFile, tree: LexborHTMLParser, selector: str, place: str) -> str:
    try:
        return _select(tree, selector)
    except (SelectolaxError, ValueError):
        raise SourceError(
            f"'{selector}' is no CSS selector", f"{place} (while reading {file.name})", "correct the selector"
        ) from None


def _matches(file: SourceFile, tree: LexborHTMLParser, selector: str, place: str) -> list[LexborNode]:
    _checked(file, tree, selector, place)
    found = tree.css(selector)
    if not found:
        raise file.error(
            f"nothing on the page matches `{place}: {selector}`",
            "correct the selector, or ask whether this is the right page",
        )
    return found


def _cards(
    file: SourceFile,
    tree: LexborHTMLParser,
    options: HtmlOptions,
    columns: Sequence[Column],
    report: ReadReport,
    context: dict[str, str],
    places: dict[str, str],
) -> Iterator[ReadItem]:
    assert options.card
    cards = _matches(file, tree, options.card, "card")
    report.facts["cards"] = str(len(cards))
    labelled = {fold(column.name): column.name for column in columns} if options.label else {}
    selectors = [column.name for column in columns]
    for selector in selectors:
        if not _is_label(selector, labelled):
            _checked(file, tree, selector, "fields")
    skip = [compiled(pattern) for pattern in options.skip]
    never = {column.name: column for column in columns}
    where = {name: name for name in selectors}
    for number, card in enumerate(cards, start=1):
        locator = {"css": options.card, "card": number}
        whole = _text(card)
        if skip and any(pattern.search(whole) for pattern in skip):
            yield NonData(locator, "skip pattern")
            continue
        if len(whole) > MAX_CELL_CHARS:
            yield ReadProblem(locator, "cell_too_long", f"a card has {len(whole):,} characters", kept([whole]))
            continue
        cells = _labels(card, options, labelled)
        for selector in selectors:
            if selector not in cells and not _is_label(selector, labelled):
                cells[selector] = _select(card, selector)
        for name, value in cells.items():
            if value:
                never.pop(name, None)
        yield Row(locator, cells, {**context, "row": str(number)}, where, "", places)
    for column in never.values():
        if not column.optional:
            report.notes.append(f"no card has '{column.name}' for {column.used_by}")


def _is_label(selector: str, labelled: dict[str, str]) -> bool:
    """Tell labels from selectors: a label begins with a letter outside ASCII or holds a space and no CSS mark."""
    return bool(labelled) and not any(mark in selector for mark in ".#[@>:") and not selector.isascii()


def _labels(card: LexborNode, options: HtmlOptions, labelled: dict[str, str]) -> dict[str, str]:
    if not options.label or not options.value:
        return {}
    pairs = zip(card.css(options.label), card.css(options.value), strict=False)
    return {labelled[name]: _text(value) for label, value in pairs if (name := fold(_text(label))) in labelled}


def _tables(
    file: SourceFile,
    tree: LexborHTMLParser,
    options: HtmlOptions,
    columns: Sequence[Column],
    report: ReadReport,
    context: dict[str, str],
    places: dict[str, str],
) -> Iterator[ReadItem]:
    assert options.table
    without: MissingColumns | None = None
    read_any = False
    for number, node in enumerate(_matches(file, tree, options.table, "table"), start=1):
        at = f"table {number}"
        table = Table(
            file, options, columns, report, {"css": options.table, "table": number}, at, dict(context), dict(places)
        )
        try:
            yield from table.read(_rows(node))
            read_any = True
        except MissingColumns as missing:
            if missing.found:
                raise missing.error() from None
            without = without or missing
            report.notes.append(f"{at} has none of the columns and is not read")
    if not read_any and without:
        raise without.error()


def _rows(table: LexborNode) -> Iterator[RawRow]:
    """Yield the rows of a table; a cell over several columns fills them for headers only."""
    for number, row in enumerate(table.css("tr"), start=1):
        values: list[str] = []
        across: list[str] = []
        for cell in row.css("td, th"):
            text = _text(cell)
            span = cell.attributes.get("colspan") or "1"
            extra = min(int(span) - 1, _MAX_SPAN) if span.isascii() and span.isdigit() and span != "0" else 0
            values += [text, *[""] * extra]
            across += [text] * (extra + 1)
        yield RawRow(number, values, across)
