"""The delivered file: what its bytes are, and whether that is what its name and its description say."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from sources.description.reader_options import CommonOptions, compiled
from sources.errors import SourceError

Content = Literal[
    "empty", "xlsx", "xls", "ods", "docx", "office", "zip", "folder", "pdf", "image", "gzip", "html", "text", "binary"
]

WORDS: Final[dict[str, str]] = {
    "empty": "empty",
    "xlsx": "an Excel workbook (XLSX)",
    "xls": "an old or password-protected Office file (XLS, DOC)",
    "ods": "an OpenDocument spreadsheet",
    "docx": "a Word document",
    "office": "an office document that is neither a spreadsheet nor Word (ODT, PPTX, RTF)",
    "zip": "a ZIP archive",
    "folder": "a folder",
    "pdf": "a PDF",
    "image": "an image",
    "gzip": "a gzip archive",
    "html": "an HTML page",
    "text": "plain text",
    "binary": "binary data",
}

# What the content of a file must be, by the ending of its name; other endings promise nothing.
_PROMISED: Final[dict[str, tuple[Content, ...]]] = {
    ".csv": ("text",),
    ".tsv": ("text",),
    ".txt": ("text",),
    ".json": ("text",),
    ".jsonl": ("text",),
    ".ndjson": ("text",),
    ".html": ("html", "text"),
    ".htm": ("html", "text"),
    ".xlsx": ("xlsx",),
    ".xlsm": ("xlsx",),
    ".xls": ("xls",),
    ".ods": ("ods",),
    ".docx": ("docx",),
    ".docm": ("docx",),
    ".pdf": ("pdf",),
    ".png": ("image",),
    ".jpg": ("image",),
    ".jpeg": ("image",),
    ".tif": ("image",),
    ".tiff": ("image",),
    ".xml": ("text",),
    ".zip": ("zip",),
}

# What each kind of reader reads, the likeliest first.
READS: Final[dict[str, tuple[Content, ...]]] = {
    "csv": ("text",),
    "tsv": ("text",),
    "xlsx": ("xlsx", "xls", "ods"),
    "xls": ("xls", "xlsx", "ods"),
    "ods": ("ods", "xlsx", "xls"),
    "html": ("html", "text"),
    "telegram": ("text",),
    "json": ("text",),
    "jsonl": ("text",),
    "docx": ("docx",),
    "pdf": ("pdf", "image"),
    "scan": ("image", "pdf"),
    "text": ("text",),
    "pfif": ("text",),
}

# The ending and the reader that go with a content.
_MEND: Final[dict[str, str]] = {
    "text": "rename it to .csv (or .json) and use the reader csv (or json)",
    "html": "rename it to .html and use the reader html",
    "xlsx": "rename it to .xlsx and use the reader xlsx",
    "xls": "rename it to .xls and use the reader xls; take a password off first, and save a .doc as .docx",
    "ods": "rename it to .ods and use the reader ods",
    "docx": "rename it to .docx and use the reader docx",
    "office": "save it as .docx (or .xlsx) in the program that made it",
    "pdf": "rename it to .pdf and use the reader pdf",
    "image": "rename it to .png, .jpg or .tif and use the reader scan",
    "zip": "rename it to .zip: any reader reads a ZIP of its kind of file",
    "gzip": "unpack it and deliver the file in it",
}

_MAGIC: Final[tuple[tuple[bytes, Content], ...]] = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"),
    (b"%PDF", "pdf"),
    (b"{\\rtf", "office"),
    (b"\x1f\x8b", "gzip"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"GIF8", "image"),
)


@dataclass(frozen=True)
class SourceFile:
    """A file to read: where its bytes are, and the name under which it was delivered.

    `member` is its path inside the ZIP or folder that it was delivered in; '' when it came alone.
    """

    path: Path
    name: str
    member: str = ""

    def error(self, what: str, mend: str, at: str = "") -> SourceError:
        """Make an error that names this file."""
        return SourceError(what, f"{self.name} {at}".strip(), mend)

    def unreadable(self, error: OSError) -> SourceError:
        """Make the error of a file that cannot be opened."""
        return self.error(
            f"the file cannot be read ({(error.strerror or 'unreadable').lower()})",
            "name an existing file you may read",
        )


def content_of(path: Path) -> Content:
    """Tell from its bytes what a file is."""
    if path.is_dir():
        return "folder"
    with path.open("rb") as file:
        head = file.read(4096)
    if not head.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        return "empty"
    for magic, content in _MAGIC:
        if head.startswith(magic):
            return content
    if head.startswith(b"PK\x03\x04"):
        return _content_of_zip(path)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<body", b"<div", b"<meta")):
        return "html"
    control = sum(0 < byte < 9 or 13 < byte < 32 for byte in head) + head.count(0) // 8
    return "binary" if control > len(head) // 50 and wide_side(head) is None else "text"


def wide_side(head: bytes) -> int | None:
    """Tell which byte of each pair, 0 or 1, is the high one if the bytes are UTF-16 of Latin and Cyrillic text."""
    for side in (1, 0):
        high = head[side:4096:2]
        if high.count(0) * 50 > len(high) and sum(byte in (0, 4, 0x20, 0x21) for byte in high) > 0.9 * len(high):
            return side
    return None


def _content_of_zip(path: Path) -> Content:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if any(name.startswith("xl/") for name in names):
                return "xlsx"
            if any(name.startswith("word/") for name in names):
                return "docx"
            if any(name.startswith("ppt/") for name in names):
                return "office"
            kind = (
                archive.read("mimetype")
                if archive.NameToInfo.get("mimetype", zipfile.ZipInfo()).file_size in range(1, 100)
                else b""
            )
            if b"opendocument" in kind:
                return "ods" if b"spreadsheet" in kind else "office"
            return "zip"
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError):
        return "zip"


def open_file(file: SourceFile, reader: str) -> SourceFile:
    """Check that a file can be read, is not empty, and is what its name and the reader say.

    Raises:
        SourceError: otherwise.
    """
    path, expected = file.path, READS[reader]
    try:
        content = content_of(path)
    except OSError as error:
        raise file.unreadable(error) from None
    if content == "empty":
        raise file.error("the file is empty", "ask for the file again; nothing was stored")
    check_name(file, content)
    if content not in expected:
        mend = _MEND.get(content, "ask for a file of the right kind").split(" and use ")[-1]
        raise file.error(
            f"the file is {WORDS[content]}, which the reader {reader} does not read",
            f"use {mend}" if "reader" in mend else mend,
        )
    return file


def check_name(file: SourceFile, content: Content) -> None:
    """Check that a file is what the ending of its name promises.

    Raises:
        SourceError: otherwise.
    """
    suffix = Path(file.name).suffix.lower()
    promised = _PROMISED.get(suffix)
    if content == "zip" and suffix in (".xlsx", ".xlsm", ".ods", ".docx", ".docm"):
        what = "document" if suffix.startswith(".doc") else "workbook"
        raise file.error(f"the {what} is damaged or cut short", "ask for the file again; nothing was stored")
    if promised and content not in promised:
        mend = _MEND.get(content, "ask for a file of the right kind")
        raise file.error(f"the file is {WORDS[content]}, not what its name ending {suffix} says", mend)


def named_context(file: SourceFile, options: CommonOptions) -> tuple[dict[str, str], dict[str, str]]:
    """Return the context that a file's name gives, and where each value stands."""
    name = file.member or file.name
    context = {"file": name}
    if options.file_name and (hit := compiled(options.file_name).search(name)):
        context |= {name: value for name, value in hit.groupdict().items() if value}
    return context, dict.fromkeys(context, "file name")
