"""Rows of an XLSX workbook emptied, by ECMA-376: cells go, and with them the shared strings that no other cell uses."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Collection, Mapping
from typing import Final

from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

_ROW: Final = re.compile(rb"(<(?:\w+:)?row\b[^>]*[^/]>)(.*?)(</(?:\w+:)?row>)", re.DOTALL)
_NUMBER: Final = re.compile(rb"""\br=["'](\d{1,7})["']""")
_SHARED_CELL: Final = re.compile(
    rb"""<(?:\w+:)?c\b[^>]*\bt=["']s["'][^>]*>\s*(?:<(?:\w+:)?f\b.*?</(?:\w+:)?f>)?\s*<(?:\w+:)?v>\s*(\d+)""", re.DOTALL
)
_ITEM: Final = re.compile(rb"<((?:\w+:)?)si\b[^>]*?(?:/>|>.*?</(?:\w+:)?si>)", re.DOTALL)
_STRINGS: Final = "xl/sharedStrings.xml"
_SHEET: Final = re.compile(r"xl/worksheets/[^/]+\.xml")


def emptied(content: bytes, rows: Mapping[str, Collection[int]]) -> bytes | None:
    """Return a workbook without what stands in some rows; None where a row is not found as such.

    Args:
        content: The whole file.
        rows: Numbers of rows by the name of their sheet.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        parts = {info.filename: book.read(info.filename) for info in book.infolist()}
        order = [info.filename for info in book.infolist()]
    where = _parts_of_sheets(parts)
    for sheet, numbers in rows.items():
        part = where.get(sheet, "")
        if part not in parts:
            return None
        left = set(numbers)

        def without(row: re.Match[bytes], left: set[int] = left) -> bytes:
            number = _NUMBER.search(row[1])
            if number is None or int(number[1]) not in left:
                return row[0]
            left.discard(int(number[1]))
            return row[1] + row[3]

        parts[part] = _ROW.sub(without, parts[part])
        if left:
            return None
    if _STRINGS in parts:
        used = {int(n) for name, part in parts.items() if _SHEET.fullmatch(name) for n in _SHARED_CELL.findall(part)}
        counted = iter(range(1 << 31))
        parts[_STRINGS] = _ITEM.sub(
            lambda item: item[0] if next(counted) in used else b"<%bsi><%bt></%bt></%bsi>" % ((item[1],) * 4),
            parts[_STRINGS],
        )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as book:
        for name in order:
            book.writestr(zipfile.ZipInfo(name), parts[name], zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _parts_of_sheets(parts: Mapping[str, bytes]) -> dict[str, str]:
    book, rels = fromstring(parts["xl/workbook.xml"]), fromstring(parts["xl/_rels/workbook.xml.rels"])
    targets = {rel.get("Id"): rel.get("Target", "") for rel in rels}
    found = {}
    for sheet in book.iter():
        if sheet.tag.rpartition("}")[2] == "sheet":
            number = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), "")
            target = targets.get(number, "")
            found[sheet.get("name", "")] = (
                target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
            )
    return found
