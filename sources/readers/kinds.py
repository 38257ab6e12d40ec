"""What a file is, told from its bytes: each kind with its words, and the way out for kinds that nothing reads."""

from __future__ import annotations

import csv
import re
import zipfile
from importlib.resources import files
from pathlib import Path
from typing import Final, Literal, cast

Content = Literal[
    "empty", "xlsx", "xls", "xlsb", "ods", "fods", "xml2003", "docx", "doc", "rtf", "office", "ole", "msg", "zip",
    "folder", "letter", "mbox", "signed", "rar", "7z", "packed", "database", "picture", "tnef", "encrypted",
    "numbers", "gzip", "pdf", "image", "html", "xml", "text", "binary",
]  # fmt: skip


def _kinds() -> list[dict[str, str]]:
    lines = files("sources").joinpath("data", "kinds.tsv").read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t"))


def _promised() -> dict[str, tuple[Content, ...]]:
    found: dict[str, list[tuple[str, Content]]] = {}
    for row in _kinds():
        for ending in row["endings"].split():
            name, _, place = ending.partition(":")
            found.setdefault(name, []).append((place, cast(Content, row["kind"])))
    return {ending: tuple(kind for _, kind in sorted(kinds)) for ending, kinds in found.items()}


WORDS: Final = {row["kind"]: row["words"] for row in _kinds()}
MEND: Final = {row["kind"]: row["mend"] for row in _kinds() if row["mend"]}
"""The ending and the reader that go with a content, or what to do with what nothing reads."""
PROMISED: Final = _promised()
"""What the content of a file must be, by the ending of its name; other endings promise nothing."""

# What each kind of reader reads, the likeliest first.
READS: Final[dict[str, tuple[Content, ...]]] = {
    "csv": ("text",),
    "tsv": ("text",),
    "xlsx": ("xlsx", "xls", "ods", "xlsb", "fods", "xml2003"),
    "xls": ("xls", "xlsx", "ods", "xlsb", "fods", "xml2003"),
    "ods": ("ods", "fods", "xlsx", "xls", "xlsb", "xml2003"),
    "html": ("html", "text", "xml"),
    "telegram": ("text",),
    "json": ("text",),
    "jsonl": ("text",),
    "docx": ("docx", "doc", "rtf"),
    "pdf": ("pdf", "image"),
    "scan": ("image", "pdf"),
    "text": ("text",),
    "pfif": ("xml", "text"),
    "xml": ("xml",),
}

CONTAINERS: Final = frozenset({"zip", "folder", "letter", "mbox"})
"""Contents whose members are read as files of their own."""

_MAGIC: Final[tuple[tuple[bytes, Content], ...]] = (
    (b"%PDF", "pdf"),
    (b"{\\rtf", "rtf"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"GIF8", "image"),
    (b"-----BEGIN PKCS7", "signed"),
    (b"-----BEGIN CMS", "signed"),
    (b"-----BEGIN PGP", "encrypted"),
    (b"BZh", "packed"),
    (b"\xfd7zXZ", "packed"),
    (b"\x28\xb5\x2f\xfd", "packed"),
    (b"SQLite format 3", "database"),
    (b"\x00\x01\x00\x00Standard ", "database"),
    (b"PAR1", "database"),
    (b"AT&TFORM", "picture"),
    (b"\x78\x9f\x3e\x22", "tnef"),
)
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS: Final[tuple[tuple[str, Content], ...]] = (
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("EncryptedPackage", "xls"),
    ("WordDocument", "doc"),
    ("__properties_version1.0", "msg"),
)
_DBASE: Final = (b"\x02", b"\x03", b"\x30", b"\x31", b"\x43", b"\x83", b"\x8b", b"\xf5")
_OLE_READ: Final = 32 << 20
_SIGNED_DATA: Final = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
_HEADER: Final = re.compile(
    rb"(?:Received|Return-Path|Delivered-To|From|To|Cc|Subject|Date|MIME-Version|Message-ID|Content-Type|Sender|Reply-To|"
    rb"Content-Transfer-Encoding|Snapshot-Content-Location|DKIM-Signature|X-[\w-]+|ARC-[\w-]+|Authentication-Results)"
    rb"[ \t]*:",
    re.IGNORECASE,
)
_HEADERS_OF_LETTER: Final = re.compile(rb"(?im)^(?:from|mime-version|content-type|message-id|subject)[ \t]*:")


def content_of(path: Path) -> Content:
    """Tell from its bytes what a file is."""
    if path.is_dir():
        return "folder"
    with path.open("rb") as file:
        head = file.read(4096)
    if not head.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        return "empty"
    if head.startswith(_OLE):
        return _content_of_ole(path)
    for magic, content in _MAGIC:
        if head.startswith(magic):
            return content
    if head.startswith(b"PK\x03\x04"):
        return _content_of_zip(path)
    if head[257:262] == b"ustar":
        return "packed"
    if head[4:8] == b"ftyp" or (head.startswith(b"RIFF") and head[8:12] == b"WEBP"):
        return "picture"
    if head[:1] in _DBASE and path.suffix.lower() == ".dbf":
        return "database"
    if head[:1] == b"\x30" and _SIGNED_DATA in head[:40]:
        return "signed"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"From ") and _HEADERS_OF_LETTER.search(start):
        return "mbox"
    if _HEADER.match(start) and len(_HEADERS_OF_LETTER.findall(start)) > 1:
        return "letter"
    low = start.lower()
    if low.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<body", b"<div", b"<meta")):
        return "html"
    if low.startswith(b"<"):
        return _content_of_xml(low)
    control = sum(0 < byte < 9 or 13 < byte < 32 for byte in head) + head.count(0) // 8
    if control <= len(head) // 50:
        return "text"
    side = wide_side(head)
    if side is None:
        return "binary"
    wide = head[side ^ 1 :: 2].lstrip(b"\xff\xfe").lstrip().lower()
    return _content_of_xml(wide) if wide.startswith(b"<?xml") else "text"


def wide_side(head: bytes) -> int | None:
    """Tell which byte of each pair, 0 or 1, is the high one if the bytes are UTF-16 of Latin and Cyrillic text."""
    for side in (1, 0):
        high = head[side:4096:2]
        if high.count(0) * 50 > len(high) and sum(byte in (0, 4, 0x20, 0x21) for byte in high) > 0.9 * len(high):
            return side
    return None


def _content_of_xml(low: bytes) -> Content:
    """Tell the kinds of XML apart by the start of a document, in lower case."""
    if b"urn:schemas-microsoft-com:office:spreadsheet" in low:
        return "xml2003"
    if b"<office:document" in low and b"opendocument" in low:
        return "fods" if b"opendocument.spreadsheet" in low or b"office:spreadsheet" in low else "office"
    if b"<html" in low or b"<!doctype html" in low:
        return "html"
    return "xml" if low.startswith(b"<?xml") or re.match(rb"<[a-z_!][^>]*>", low) else "text"


def _content_of_ole(path: Path) -> Content:
    with path.open("rb") as file:
        data = file.read(_OLE_READ)
    names = {name for name, _ in _OLE_STREAMS if name.encode("utf-16-le") + b"\x00\x00" in data}
    unknown: Content = "ole" if len(data) < _OLE_READ else "xls"  # of a large one the names may stand behind
    return next((content for name, content in _OLE_STREAMS if name in names), unknown)


def _content_of_zip(path: Path) -> Content:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "xl/workbook.bin" in names:
                return "xlsb"
            if any(name.startswith("xl/") for name in names):
                return "xlsx"
            if any(name.startswith("word/") for name in names):
                return "docx"
            if any(name.startswith("ppt/") for name in names):
                return "office"
            if any(name.startswith("Index/") and name.endswith(".iwa") for name in names) or "Index.zip" in names:
                return "numbers"
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
