"""The pages of a PDF, read in a process of its own that is ended when a page takes too long or too much memory."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sources.errors import SourceError
from sources.readers.files import SourceFile
from sources.readers.limits import PAGE_SECONDS
from sources.readers.pdf import ocr
from sources.readers.pdf.layout import Line, Page, RuledTable, Word

_WORKER: Final = Path(__file__).with_name("worker.py")
_REFUSED: Final = {
    "password": ("the file is protected by a password", "ask for the password, save it without one, and try again"),
    "pages": ("the file has more than 5,000 pages", "deliver it in parts"),
    "chars": ("a page has more than 100,000 characters", "a list does not look like this: ask for the file again"),
    "edges": ("a page has more than 200,000 lines drawn", "a list does not look like this: ask for the file again"),
    "cells": ("a table has more than 200,000 cells on a page", "a list does not look like this: ask for it again"),
    "pixels": ("the picture has more than 60 million pixels", "save it at 300 dots per inch"),
    "memory": ("a page takes more than 2 GB of memory", "a list does not look like this: ask for the file again"),
}
_ENOUGH: Final = 20  # letters of a page from which its script is told
_WESTERN: Final = 0.6  # of the letters: no language of the West has so many with marks
_CID_CHARS: Final = 7  # characters of "(cid:12)"
_DAMAGED: Final = ("the file is damaged or cut short", "ask for the file again; nothing was stored")


def pages(file: SourceFile, *, first: int, last: int, mode: str, languages: str, picture: bool) -> Iterator[Page]:
    """Yield the pages from `first` to `last` (0: the last there is); a page that is a picture is read by OCR.

    Raises:
        SourceError: the file is damaged, protected, too demanding, or a scan that cannot be read here.
    """
    if picture:
        yield from _pictures(file, first, last, languages)
        return
    read = False
    for fact in _worker(file, "text", str(file.path), str(first), str(last), mode):
        if "end" in fact:
            if not read:
                raise file.error(
                    f"there is no page {first}; the file has {fact['end']}", "correct `pages` under reader"
                )
            return
        read = True
        unmapped = (fact.get("told") or {}).get("unmapped", 0)
        if unmapped * 5 > len("".join(_texts(fact).split())) / _CID_CHARS:
            raise file.error(
                "the font of the page does not say which letters it draws",
                "use the reader scan",
                f"page {fact['page']}",
            )
        if not fact["lines"] and not fact["tables"] and fact["images"]:
            yield _scanned(file, fact["page"], languages)[0]
        else:
            yield _page(fact)


def _pictures(file: SourceFile, first: int, last: int, languages: str) -> Iterator[Page]:
    number, count = first, first
    while number <= count:
        page, there = _scanned(file, number, languages)
        count = min(last or there, there)
        yield page
        number += 1


def _scanned(file: SourceFile, number: int, languages: str) -> tuple[Page, int]:
    """Read one page of a scan; return it, and how many pages the file has."""
    ocr.require(file, number, languages)
    with _scratch() as folder:
        image, searchable = folder / "page.png", folder / "page.pdf"
        (fact,) = _worker(file, "picture", str(file.path), str(number), str(image))
        ocr.recognise(file, number, image, searchable, languages)
        copy = SourceFile(searchable, file.name, file.member)
        read = next(_worker(copy, "text", str(searchable), "1", "1", "spaced"))
    page = _page({**read, "page": number})
    lines = tuple(line for line in map(ocr.cleaned, page.lines) if line.words)
    return Page(number, page.height, lines, (), scan=True), int(fact["end"])


@contextmanager
def _scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="ridni-") as folder:
        yield Path(folder)


def _page(fact: dict[str, Any]) -> Page:
    told = fact.get("told") or {}
    if western := _is_western(fact):
        fact = json.loads(json.dumps(fact), object_pairs_hook=_as_cyrillic)
    return Page(
        fact["page"],
        fact["height"],
        tuple(
            Line(
                line["top"],
                line["bottom"],
                line["size"],
                tuple(Word(*word) for word in line["words"]),
                bool(line.get("struck")),
            )
            for line in fact["lines"]
        ),
        tuple(
            RuledTable(
                table["top"], table["bottom"], [(values, across, struck) for values, across, struck in table["rows"]]
            )
            for table in fact["tables"]
        ),
        slanted=int(told.get("slanted", 0)),
        western=western,
    )


def _texts(fact: dict[str, Any]) -> str:
    words = [word[2] for line in fact["lines"] for word in line["words"]]
    return " ".join([*words, *(text for table in fact["tables"] for row in table["rows"] for text in row[0])])


def _is_western(fact: dict[str, Any]) -> bool:
    """Tell pages whose Cyrillic letters are stored under the Western codes of the same bytes: Âèãàäàíêî."""
    letters = [char for char in _texts(fact) if char.isalpha()]
    return len(letters) >= _ENOUGH and sum("À" <= char <= "ÿ" for char in letters) > _WESTERN * len(letters)


def _as_cyrillic(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name: _cyrillic(value) for name, value in pairs}


def _cyrillic(value: Any) -> Any:
    if isinstance(value, list):
        return [_cyrillic(each) for each in value]
    if not isinstance(value, str):
        return value
    try:
        return value.encode("cp1252").decode("cp1251")
    except UnicodeError:
        return value


def _worker(file: SourceFile, *arguments: str) -> Iterator[dict[str, Any]]:
    """Yield the facts that a worker prints; it is ended when the next one takes too long."""
    process = subprocess.Popen(
        [sys.executable, "-P", str(_WORKER), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    late = threading.Event()
    try:
        while True:
            clock = threading.Timer(PAGE_SECONDS, _stop, (process, late))
            clock.start()
            try:
                line = process.stdout.readline()
            finally:
                clock.cancel()
            if late.is_set():
                raise file.error(
                    f"a page takes more than {PAGE_SECONDS} seconds to read", "ask for the file again, or deliver parts"
                )
            if not line:
                raise _refusal(file, "damaged")
            fact = json.loads(line)
            if "error" in fact:
                raise _refusal(file, fact["error"])
            yield fact
            if "end" in fact:
                return
    finally:
        process.kill()
        process.stdout.close()
        process.wait()


def _stop(process: subprocess.Popen[str], late: threading.Event) -> None:
    late.set()
    process.kill()


def _refusal(file: SourceFile, code: str) -> SourceError:
    return file.error(*_REFUSED.get(code, _DAMAGED))
