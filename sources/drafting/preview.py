"""A first look at a delivered file: how it is read, and what its columns hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby, islice
from pathlib import Path
from typing import Any, Final

from selectolax.lexbor import LexborHTMLParser

from sources.column_names import NAMING, field_of
from sources.description.document_reader_options import PdfOptions
from sources.description.reader_options import CsvOptions
from sources.drafting import bundles, cards, labels, objects, texts
from sources.drafting.guess import Column
from sources.drafting.headings import Found, find
from sources.drafting.seen import Preview
from sources.read_items import ReadReport
from sources.readers import encoding, pfif
from sources.readers.cells import damage
from sources.readers.files import SourceFile, check_name
from sources.readers.html import cards as html
from sources.readers.kinds import CONTAINERS, MEND, WORDS, Content, content_of
from sources.readers.limits import PAGE_PIECE
from sources.readers.pdf import pages, pdf, running_text
from sources.readers.tables.header import Header
from sources.readers.tables.raw_row import RawRow
from sources.readers.text import csv
from sources.readers.word import docx_stream
from sources.readers.word.parts import Paragraph, TableRow
from sources.readers.workbooks import book as workbooks
from sources.readers.workbooks import repeats
from transliteration.text.changed_letters import mended as mended_text

_ROWS: Final = 500
_PAGES: Final = 5


def preview(path: Path) -> Preview:
    """Look at a file, or at the first file of each kind in a ZIP or folder.

    Raises:
        SourceError: nothing can be read from it.
    """
    file = SourceFile(path, path.name)
    try:
        content = content_of(path)
    except OSError as error:
        raise file.unreadable(error) from None
    if content not in ("empty", "folder"):
        check_name(file, content)
    if content in CONTAINERS:
        return bundles.look(file, _of_file)
    return _of_file(file, content)


def _of_file(file: SourceFile, content: Content) -> Preview:
    looks: dict[Content, Callable[[SourceFile], Preview]] = {
        "text": _of_text,
        "html": _of_html,
        "xlsx": _of_workbook,
        "xls": _of_workbook,
        "xlsb": _of_workbook,
        "fods": _of_workbook,
        "xml2003": _of_workbook,
        "xml": _of_text,
        "ods": _of_workbook,
        "docx": _of_docx,
        "doc": _of_docx,
        "rtf": _of_docx,
        "pdf": _of_pdf,
        "image": _of_pdf,
    }
    if content == "empty":
        raise file.error("the file is empty", "ask for the file again; nothing was stored")
    if content not in looks:
        raise file.error(f"the file is {WORDS[content]}, which no reader reads", MEND[content])
    return looks[content](file)


def _table(rows: Iterable[RawRow], reader: dict[str, Any], told: Sequence[str] = ()) -> tuple[Preview, Found]:
    """Look at a table: its header, what stands above it, and its columns."""
    filled = [mended(row) for row in islice(rows, _ROWS) if any(map(str.strip, row.values))]
    if card := labels.look(filled, reader, told):
        return card, Found(Header(0, 0, [], {}), exists=True)
    found = find([[value.strip() for value in row.across or row.values] for row in filled])
    header = found.header
    below = [[value.strip() for value in row.values] for row in filled[header.end :]]
    repeated = {tuple(filter(None, map(str.strip, row.values))) for row in filled[header.start : header.end]}
    wide = [row for row in below if sum(map(bool, row)) > min(2, len(header.names) // 2)]
    wide = [row for row in wide if tuple(filter(None, row)) not in repeated]
    columns = [
        Column(name, [row[at] if at < len(row) else "" for row in wide]) for at, name in enumerate(header.names) if name
    ]
    titles = [" ".join(dict.fromkeys(filter(None, map(str.strip, row.values)))) for row in filled[: header.start]]
    shown = list(told)
    columns = [column for column in columns if not twin(column.name, header.names)]
    if any(damage(name) for name in header.names):
        shown.append("TODO: letters of the header were lost when the list was saved: ask for it as XLSX or UTF-8")
    if not found.exists:
        reader = {**reader, "header": "none"}
    elif header.start or header.depth > 1:
        numbers = ", ".join(str(row.number) for row in filled[header.start : header.end])
        shown.append(f"header found in row {numbers}")
    singles = [next(filter(None, row), "") for row in below if sum(map(bool, row)) <= 2]
    return Preview(reader, columns, titles, singles, shown), found


def mended(row: RawRow) -> RawRow:
    """Return a row whose UTF-8 is not read as another code page any more."""
    across = [mended_text(value) for value in row.across] if row.across else None
    return row._replace(values=[mended_text(value) for value in row.values], across=across)


def twin(name: str, names: Sequence[str]) -> bool:
    """Tell the columns of a list that stands beside the first: the reader reads both by the names of the first."""
    first, _, number = name.rpartition(" (")
    naming = [each for each in names if each.endswith(f" ({number}") and field_of(each) in NAMING]
    return bool(first) and number.rstrip(")").isdigit() and first in names and bool(naming)


def _best(looks: Sequence[tuple[Preview, Found]], what: str) -> Preview:
    """Return the table that names most fields, its columns optional where another such table lacks them."""
    scored = [(len({field_of(column.name) for column in look.columns} - {""}), look) for look, _ in looks]
    most, best = max(scored, key=lambda pair: pair[0])
    alike = [look for score, look in scored if score * 2 > most and look is not best]
    if any(bundles.repeats(best, look) for look in alike):
        best.within = (what.removesuffix("s"),)
    for look in alike:
        names = set(bundles.names(look))
        for column in best.columns:
            column.optional = column.optional or column.name not in names
        best.columns += [
            Column(c.name, c.values, optional=True) for c in look.columns if c.name not in bundles.names(best)
        ]
        best.titles += look.titles
        best.first_cells += look.first_cells
    if len(looks) > 1:
        best.told.append(f"{len(looks)} {what}, of which {len(alike) + 1} look like lists")
    return best


def _of_text(file: SourceFile) -> Preview:
    head = file.path.open("rb").read(4096)
    if pfif.SPACE.encode() in head:
        columns = [Column(name) for name in ("person_record_id", "full_name", "family_name", "given_name")]
        return Preview({"kind": "pfif"}, columns)
    coding = encoding.detect(file)
    with encoding.open_text(file, coding) as stream:
        start = stream.read(4096).lstrip("\ufeff \r\n\t")
    if start.startswith("<"):
        return objects.of_xml(file)
    if start.startswith(("{", "[")) and (found := objects.of_json(file, coding.name, start)):
        return found
    if Path(file.name).suffix.lower() in (".json", ".jsonl", ".ndjson"):
        raise file.error("no JSON object can be read in it", "ask for the file again; nothing was stored")
    options = CsvOptions()
    coding, delimiter = csv.sniff(file, [coding, *encoding.others(coding)], options, [])
    told = [f"encoding found: {coding}"]
    with csv.open_rows(file) as found_rows:
        rows = [row for row in islice(found_rows, _ROWS) if isinstance(row, RawRow)]
    widths = [len(row.values) for row in rows if any(row.values)]
    if widths and sum(width > 1 for width in widths) * 2 > len(widths) and _looks_like_table(file, rows):
        shown = {"\t": "tab"}.get(delimiter, delimiter)
        return _table(rows, {"kind": "csv"}, [*told, f"delimiter found: {shown}"])[0]
    with encoding.open_text(file, coding) as stream:
        lines = [line.strip() for line in islice(stream, _ROWS)]
    return texts.look({"kind": "text"}, lines, told)


def _looks_like_table(file: SourceFile, rows: Sequence[RawRow]) -> bool:
    """Tell tables from prose with commas: the ending says so, a header is known, or all rows are as wide."""
    if Path(file.name).suffix.lower() in (".csv", ".tsv"):
        return True
    found = find([row.values for row in rows[:40] if any(row.values)])
    known = {field_of(name) for name in found.header.names} - {""}
    return found.exists and len(known) > 1


def _of_html(file: SourceFile) -> Preview:
    coding = encoding.of_page(file, "auto")
    told = [f"encoding found: {coding}"]
    with file.path.open(encoding=coding.name, errors="replace") as stream:
        tree = LexborHTMLParser(stream.read(PAGE_PIECE))
    if telegram_page(tree):
        reader: dict[str, Any] = {"kind": "html", "card": "div.message.default"}
        if tree.css_first(".page_header .text") is not None:
            reader["page"] = {"chat": ".page_header .text"}
        return Preview(reader, told=told, fixed="telegram_page")
    looks = [_table(html.rows_of(node), {"kind": "html", "table": "table"}) for node in tree.css("table")]
    lists = [look for look in looks if look[1].exists and any(field_of(c.name) for c in look[0].columns)]
    found = _best(lists, "tables") if lists else cards.look(tree)
    found.told = told + found.told
    return found


def telegram_page(tree: LexborHTMLParser) -> bool:
    """Tell a chat that Telegram Desktop exported as a page."""
    return tree.css_first("div.history div.message.default[id^='message'] .text") is not None


def _of_workbook(file: SourceFile) -> Preview:
    looks: list[tuple[Preview, Found]] = []
    told: list[str] = []
    kind = {"xlsb": "xlsx", "xml2003": "xlsx", "fods": "ods"}.get(content := content_of(file.path), content)
    with workbooks.opened(file) as book:
        sheets, forms, _ = repeats.sheets(book)
        for sheet in sheets:
            if not sheet.visible:
                told.append(f"the sheet '{sheet.name}' is hidden and not read; hidden_sheets: read reads it")
                continue
            if (rows := repeats.rows(book, sheet, forms)) is not None:
                look, found = _table(rows, {"kind": kind})
                look.sheet = sheet.name
                if hidden := _without_hidden(look, found, sheet.form.hidden_columns):
                    told.append(f"the sheet '{sheet.name}' hides columns, which are left out here: {', '.join(hidden)}")
                looks.append((look, found))
    if not looks:
        raise file.error("every sheet is empty", "ask for the file again; nothing was stored")
    found_best = _best(looks, "sheets")
    found_best.told += told
    return found_best


def _without_hidden(look: Preview, found: Found, hidden: set[int]) -> list[str]:
    """Take the hidden columns out of a preview; return their names."""
    names = [name for at, name in enumerate(found.header.names) if name and at in hidden]
    look.columns = [column for column in look.columns if column.name not in names]
    return names


def _of_docx(file: SourceFile) -> Preview:
    looks: list[tuple[Preview, Found]] = []
    above: list[str] = []
    lines: list[str] = []
    parts = islice(docx_stream.parts(file), 20 * _ROWS)
    for number, group in groupby(parts, key=lambda part: part.table if isinstance(part, TableRow) else 0):
        if not number:
            above = [part.text for part in group if isinstance(part, Paragraph)]
            lines += above
            continue
        rows = [
            RawRow(part.number, part.values, part.across, marks=part.marks)
            for part in group
            if isinstance(part, TableRow)
        ]
        look, found = _table(rows, {"kind": "docx"})
        look.titles = above + look.titles
        looks.append((look, found))
    lists = [look for look in looks if any(field_of(column.name) for column in look[0].columns)]
    return _best(lists, "tables") if lists else texts.look({"kind": "docx"}, lines)


def _of_pdf(file: SourceFile) -> Preview:
    picture = content_of(file.path) == "image"
    options = PdfOptions(kind="scan" if picture else "pdf")
    report = ReadReport()
    read = pages.pages(file, first=1, last=_PAGES, mode="ruled", languages=options.languages, picture=picture)
    kept = list(running_text.without(read, report, keep_first=True))
    finder = pdf.TableFinder(options, {}, {})
    looks = []
    in_tables: set[str] = set()
    for _, group in groupby(finder.rows(iter(kept)), key=lambda placed: placed.table):
        rows = [placed.row for placed in group]
        in_tables |= {_letters("".join(row.values)) for row in rows}
        looks.append(_table(rows, {"kind": options.kind}))
    lists = [look for look in looks if len({field_of(column.name) for column in look[0].columns} - {""}) > 1]
    lines = [line.text for page in kept for line in page.lines]
    if not lists:
        return texts.look({"kind": options.kind}, lines)
    found = _best(lists, "tables")
    found.titles = [line for line in lines[:10] if _letters(line) not in in_tables] + found.titles
    return found


def _letters(text: str) -> str:
    return "".join(text.split())
