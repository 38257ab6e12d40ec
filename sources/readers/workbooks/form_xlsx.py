"""The form of an XLSX workbook, by ECMA-376: looked for by bytes, so that plain sheets cost next to nothing."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

from sources.readers.files import SourceFile
from sources.readers.workbooks.form_of_sheet import Form, SheetForm
from sources.readers.workbooks.workbook_guard import pieces

_MAX_PART: Final = 64 << 20  # bytes of styles, strings or comments that are parsed whole
_MOST_ROWS: Final = 200_000  # whose form is kept
_ROW: Final = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_ROW_START: Final = re.compile(rb"<(?:\w+:)?row\b")
_CELL: Final = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_PLACE: Final = re.compile(rb"""\br=["']([A-Z]{1,3})(\d{1,7})["']""")
_STYLE: Final = re.compile(rb"""\bs=["'](\d{1,6})["']""")
_HIDDEN: Final = re.compile(rb"""\bhidden=["'](?:1|true)["']|\b(?:ht|width)=["']0(?:\.0+)?["']""")
"""Hidden by hand, by a filter, or drawn to nothing."""
_ERROR: Final = re.compile(rb"""\bt=["']e["']""")
_SHARED: Final = re.compile(rb"""\bt=["']s["']""")
_INDEX: Final = re.compile(rb"<(?:\w+:)?v>\s*(\d{1,9})")
_FORMULA: Final = re.compile(rb"<(?:\w+:)?f[\s>/]")
_VALUE: Final = re.compile(rb"<(?:\w+:)?(?:v>[^<]|is>)")
_RICH: Final = re.compile(rb"superscript|<strike")
_INLINE: Final = re.compile(rb"<is>.*?</is>", re.DOTALL)
_FIRST: Final = re.compile(rb"""\bmin=["'](\d{1,5})""")
_LAST: Final = re.compile(rb"""\bmax=["'](\d{1,5})""")
_COLUMN: Final = re.compile(rb"""<(?:\w+:)?col\b([^>]*)>""")
_REFERENCE: Final = re.compile(rb"""<(?:\w+:)?comment\b[^>]*\bref=["']([A-Z]{1,3})(\d{1,7})["']""")


def read(file: SourceFile) -> Form:
    """Read the form of a workbook that the guard has let pass; what cannot be read is left out."""
    form = Form()
    try:
        with zipfile.ZipFile(file.path) as archive:
            book = _parsed(archive, "xl/workbook.xml")
            if book is None:
                return form
            form.from_1904 = any(each.get("date1904") in ("1", "true") for each in book if _name(each) == "workbookPr")
            targets = _targets(archive, "xl/_rels/workbook.xml.rels")
            struck = _struck_styles(archive)
            texts = _changed_texts(archive)
            for sheet in book.iter():
                if _name(sheet) != "sheet":
                    continue
                number = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), "")
                part = _path("xl", targets.get(number, ("", ""))[1])
                if part in archive.NameToInfo:
                    form.sheets[sheet.get("name", "")] = _sheet(file, archive, part, struck, texts)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
        ParseError,
        ValueError,
    ):
        return form
    except DefusedXmlException:
        raise file.error("the workbook holds a document type declaration", "ask for a plain file") from None
    return form


def _sheet(
    file: SourceFile, archive: zipfile.ZipFile, part: str, struck: set[bytes], texts: dict[int, str]
) -> SheetForm:
    form = SheetForm()
    with archive.open(part) as stream:
        head = stream.read(1 << 16)
    for column in _COLUMN.finditer(head.partition(b"sheetData")[0]):
        if _HIDDEN.search(column[1]):
            first, last = (int(found[1]) if (found := end.search(column[1])) else 1 for end in (_FIRST, _LAST))
            form.hidden_columns |= set(range(first - 1, min(last, 16_384)))
    for number, piece in enumerate(pieces(file, archive, part, _ROW_START)):
        if number > _MOST_ROWS:
            break
        _row(form, piece, number, struck, texts)
    folder, name = posixpath.split(part)
    for kind, target in _targets(archive, f"{folder}/_rels/{name}.rels").values():
        comments = archive.NameToInfo.get(_path(folder, target)) if kind.endswith("/comments") else None
        if comments is not None and comments.file_size <= _MAX_PART:
            form.comments |= {(int(row) - 1, _column(at)) for at, row in _REFERENCE.findall(archive.read(comments))}
    return form


def _row(form: SheetForm, piece: bytes, number: int, struck: set[bytes], texts: dict[int, str]) -> None:
    head = _ROW.match(piece)
    if head is None:
        return
    at = int(found[1]) - 1 if (found := re.search(rb"""\br=["'](\d{1,7})["']""", head[1])) else number
    if _HIDDEN.search(head[1]):
        form.hidden_rows.add(at)
    row_style = found[1] if (found := _STYLE.search(head[1])) else b""
    rich = _RICH.search(piece) is not None
    if not (struck or texts or rich or _ERROR.search(piece) or _FORMULA.search(piece)):
        return
    for position, cell in enumerate(_CELL.finditer(piece)):
        attributes, body = cell[1], cell[2] or b""
        column = _column(place[1]) if (place := _PLACE.search(attributes)) else position
        form.errors += _ERROR.search(attributes) is not None
        if _FORMULA.search(body) and not _VALUE.search(body):
            form.without_value += 1
        style = found[1] if (found := _STYLE.search(attributes)) else row_style
        if body and style in struck:
            form.struck.add((at, column))
        if (
            rich
            and (inline := _INLINE.search(body))
            and (text := _without_parts(fromstring(inline[0], forbid_dtd=True)))
        ):
            form.texts[at, column] = text
        if texts and _SHARED.search(attributes) and (index := _INDEX.search(body)) and int(index[1]) in texts:
            form.texts[at, column] = texts[int(index[1])]


def _struck_styles(archive: zipfile.ZipFile) -> set[bytes]:
    """Return the numbers of the cell styles whose font is struck through."""
    styles = _parsed(archive, "xl/styles.xml")
    if styles is None:
        return set()
    fonts = [each for group in styles if _name(group) == "fonts" for each in group]
    lines = {
        str(number) for number, font in enumerate(fonts) if any(_name(part) == "strike" and _on(part) for part in font)
    }
    formats = [each for group in styles if _name(group) == "cellXfs" for each in group]
    return {str(number).encode() for number, each in enumerate(formats) if each.get("fontId") in lines}


def _changed_texts(archive: zipfile.ZipFile) -> dict[int, str]:
    """Return the shared strings of which parts are struck through or superscript, without these parts."""
    name = next((name for name in archive.namelist() if name.casefold() == "xl/sharedstrings.xml"), "")
    if not name or archive.getinfo(name).file_size > _MAX_PART:
        return {}
    data = archive.read(name)
    if b"superscript" not in data and b"strike" not in data:
        return {}
    found: dict[int, str] = {}
    for number, item in enumerate(fromstring(data, forbid_dtd=True)):
        if text := _without_parts(item):
            found[number] = text
    return found


def _without_parts(item: Element) -> str:
    """Return a rich text without what is struck through or superscript in it; '' where nothing or all of it is."""
    runs = [run for run in item if _name(run) == "r"]
    kept = [run for run in runs if not _left_out(run)]
    if len(kept) == len(runs):
        return ""
    return "".join(part.text or "" for run in kept for part in run if _name(part) == "t")


def _left_out(run: Element) -> bool:
    """Tell whether a run of rich text is struck through, or the number of a footnote."""
    text = "".join(part.text or "" for part in run if _name(part) == "t").strip()
    for part in (part for properties in run if _name(properties) == "rPr" for part in properties):
        if _name(part) == "strike" and _on(part):
            return True
        if _name(part) == "vertAlign" and part.get("val") == "superscript" and re.fullmatch(r"[\d*†)(,]{1,4}", text):
            return True
    return False


def _targets(archive: zipfile.ZipFile, name: str) -> dict[str, tuple[str, str]]:
    """Return the kind and target of each relation of a part by its id."""
    relations = _parsed(archive, name)
    if relations is None:
        return {}
    return {each.get("Id", ""): (each.get("Type", ""), each.get("Target", "")) for each in relations}


def _path(folder: str, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))


def _parsed(archive: zipfile.ZipFile, name: str) -> Element | None:
    info = archive.NameToInfo.get(name)
    if info is None or info.file_size > _MAX_PART:
        return None
    element: Element = fromstring(archive.read(name), forbid_dtd=True)
    return element


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _on(element: Element) -> bool:
    return element.get("val", "1") not in ("0", "false", "off")


def _column(letters: bytes) -> int:
    number = 0
    for byte in letters:
        number = number * 26 + byte - 64
    return number - 1
