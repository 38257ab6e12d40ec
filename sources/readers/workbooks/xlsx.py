"""Spreadsheets of all kinds: title rows, merged cells, many sheets, and what their form says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from sources.description.reader_options import WorkbookOptions, compiled
from sources.locator import Locator
from sources.read_items import Column, ReadItem, ReadReport, Row
from sources.readers.archives import size_guard
from sources.readers.files import SourceFile, named_context
from sources.readers.kinds import content_of
from sources.readers.tables.header import letter
from sources.readers.tables.several_tables import SeveralTables
from sources.readers.tables.table import Table
from sources.readers.workbooks import book as workbooks
from sources.readers.workbooks import repeats
from sources.readers.workbooks.book import Book, Sheet

_DAYS = frozenset({"birth_date", "lost_on", "transferred_on", "photo_date", "observed_on"})
_SHOWN_COLUMNS = 8


def _chosen(
    file: SourceFile, book: Book, sheets: Sequence[Sheet], options: WorkbookOptions, report: ReadReport
) -> list[Sheet]:
    """Return the sheets to read."""
    chosen: list[Sheet] = []
    sheets = book.sheets() if options.sheets else sheets
    for sheet in sheets:
        if options.sheets and not any(
            fnmatchcase(sheet.name.casefold(), pattern.casefold()) for pattern in options.sheets
        ):
            continue
        if not sheet.visible and options.hidden_sheets == "skip":
            report.notes.append(f"the hidden sheet '{sheet.name}' is not read; `hidden_sheets: read` reads it")
            continue
        chosen.append(sheet)
    if not chosen:
        there = ", ".join(f"'{sheet.name}'" for sheet in sheets)
        raise file.error("there is no sheet to read", f"correct `sheets` under reader; the sheets there are: {there}")
    return chosen


def read(
    file: SourceFile, options: WorkbookOptions, columns: Sequence[Column], report: ReadReport
) -> Iterator[ReadItem]:
    """Yield the rows of every chosen sheet.

    Sheets that have none of the columns are left out with a note, unless the description names its sheets.

    Raises:
        SourceError: the workbook is damaged or too large, or a named column is absent.
    """
    days = {column.name for column in columns if _DAYS & {use.rpartition(".")[2] for use in column.used_by.split(", ")}}
    if content_of(file.path) == "xlsx" and size_guard.has_macros(file):
        report.notes.append("the workbook brings macros; they are never run")
    if content_of(file.path) == "xlsb":
        report.notes.append(
            "of a binary workbook nobody can say here which rows and columns are hidden or struck through: look at it, "
            "or save it as .xlsx and read that"
        )
    with workbooks.opened(file) as book:
        tables = SeveralTables(report, all_named=bool(options.sheets))
        rows_of_own, forms, unnamed = repeats.sheets(book, columns)
        report.notes += [f"sheet '{name}' is a repeat group that names no child, and is not read" for name in unnamed]
        for sheet in _chosen(file, book, rows_of_own, options, report):
            context, places = named_context(file, options)
            context["sheet"] = sheet.name
            if options.sheet_name and (hit := compiled(options.sheet_name).search(sheet.name)):
                context |= {group: value for group, value in hit.groupdict().items() if value}
            places |= {group: "sheet name" for group in context if group not in places}
            at = f"sheet '{sheet.name}'"
            table = Table(
                file,
                options,
                columns,
                report,
                Locator(sheet=sheet.name),
                at,
                context,
                places,
                with_form=sheet.name in forms,
            )
            rows = repeats.rows(book, sheet, forms)
            if sheet.name in forms:
                report.notes.append(
                    f"{at} is a repeat group: the cells of '{forms[sheet.name]}' are read with its rows"
                )
            if rows is None:
                report.notes.append(f"{at} is empty")
                continue
            for item in tables.read(table, rows):
                yield _with_days(item, book, days) if book.from_1904 and isinstance(item, Row) else item
            _tell_form(sheet, report)
        tables.require(file.error("every sheet is empty", "ask for the file again; nothing was stored"))


def _with_days(row: Row, book: Book, days: set[str]) -> Row:
    """Read bare numbers in columns of days by the workbook's own calendar."""
    return row._replace(cells={name: book.day_of(text) if name in days else text for name, text in row.cells.items()})


def _tell_form(sheet: Sheet, report: ReadReport) -> None:
    """Tell what the form of a sheet says, and what no reader can know."""
    form, where = sheet.form, f"sheet '{sheet.name}'"
    if form.hidden_columns:
        named = ", ".join(letter(at) for at in sorted(form.hidden_columns)[:_SHOWN_COLUMNS])
        report.notes.append(f"{where} hides columns ({named}): what the description takes from them is read")
    if form.errors:
        report.notes.append(f"{where} has {form.errors} cells with an error of the spreadsheet: read as empty")
    if form.without_value:
        report.notes.append(
            f"{where} has {form.without_value} formulas without a stored value: read as empty; save the file in "
            "Excel or LibreOffice, and deliver it again"
        )
