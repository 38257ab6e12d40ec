"""The form of an old Excel workbook (BIFF), read by xlrd."""

from __future__ import annotations

import io
import struct
from typing import Any, Final

from sources.readers.files import SourceFile
from sources.readers.workbooks.form_of_sheet import Form, SheetForm

_MAX_BYTES: Final = 64 << 20
_ERROR_CELL: Final = 5
_SUPERSCRIPT: Final = 1


def read(file: SourceFile) -> Form:
    """Read the form of a workbook; what cannot be read is left out."""
    import xlrd  # type: ignore[import-untyped]

    form = Form()
    if file.path.stat().st_size > _MAX_BYTES:
        return form
    try:
        book = xlrd.open_workbook(
            file_contents=file.path.read_bytes(), formatting_info=True, on_demand=True, logfile=io.StringIO()
        )
        form.from_1904 = book.datemode == 1
        for name in book.sheet_names():
            form.sheets[name] = _sheet(book, book.sheet_by_name(name))
            book.unload_sheet(name)
    except (
        xlrd.XLRDError, AssertionError, ValueError, LookupError, struct.error, OSError, AttributeError, TypeError,
        NotImplementedError, RecursionError,
    ):  # fmt: skip
        return form  # the reader of values says what is wrong with the file
    return form


def _sheet(book: Any, sheet: Any) -> SheetForm:
    form = SheetForm()
    form.hidden_rows = {row for row, info in sheet.rowinfo_map.items() if info.hidden}
    form.hidden_columns = {column for column, info in sheet.colinfo_map.items() if info.hidden}
    form.comments = set(sheet.cell_note_map)
    lines = {number for number, style in enumerate(book.xf_list) if book.font_list[style.font_index].struck_out}
    for row in range(sheet.nrows):
        kinds = sheet.row_types(row)
        form.errors += kinds.count(_ERROR_CELL) if hasattr(kinds, "count") else 0
        if lines:
            form.struck |= {
                (row, column)
                for column, kind in enumerate(kinds)
                if kind not in (0, 6) and sheet.cell_xf_index(row, column) in lines
            }
    for (row, column), runs in sheet.rich_text_runlist_map.items():
        text = str(sheet.cell_value(row, column))
        ends = [*(start for start, _ in runs[1:]), len(text)]
        parts = [(runs[0][0], None, 0)] if runs and runs[0][0] else []
        pieces = [text[: runs[0][0]]] if parts else []
        for (start, font), end in zip(runs, ends, strict=True):
            style = book.font_list[font]
            piece = text[start:end]
            if not style.struck_out and not (style.escapement == _SUPERSCRIPT and piece.strip().isdigit()):
                pieces.append(piece)
        if (kept := "".join(pieces)) != text and kept.strip():
            form.texts[row, column] = kept
    return form
