"""A writer of Word 97 documents, by Microsoft's [MS-DOC] and [MS-CFB]: paragraphs, tables, struck and deleted text.

No library here writes them. What stands in the file is what Word writes for it: a FIB, one piece of UTF-16, pages of
paragraph and character properties, and the table definition at the end of each row.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import NamedTuple

SECTOR, PAGE = 512, 512
END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
START = 0x800  # where the text begins in the stream
IN_TABLE = struct.pack("<HB", 0x2416, 1)
END_OF_ROW = struct.pack("<HB", 0x2417, 1)
STRUCK, DELETED = struct.pack("<HB", 0x0837, 1), struct.pack("<HB", 0x0800, 1)


class Run(NamedTuple):
    """A text with a form: `STRUCK` or `DELETED`."""

    text: str
    form: bytes


def compound(streams: Sequence[tuple[str, bytes]]) -> bytes:
    """Return a compound file; each stream is long enough to need no small sectors."""
    fat: list[int] = []
    data = b""
    entries = []
    for name, body in sorted(streams, key=lambda each: (len(each[0]), each[0])):
        padded = body.ljust(max(4096, -(-len(body) // SECTOR) * SECTOR), b"\0")
        entries.append((name, len(fat), len(padded)))
        fat += [len(fat) + n + 1 for n in range(len(padded) // SECTOR - 1)] + [END]
        data += padded
    directory = _entry("Root Entry", 5, END, 0, child=1)
    for number, (name, start, size) in enumerate(entries, 1):
        directory += _entry(name, 2, start, size, right=number + 1 if number < len(entries) else FREE)
    directory = directory.ljust(-(-len(directory) // SECTOR) * SECTOR, b"\0")
    at = len(fat)
    fat += [len(fat) + n + 1 for n in range(len(directory) // SECTOR - 1)] + [END]
    sectors = 1
    while sectors * 128 < len(fat) + sectors:
        sectors += 1
    first = len(fat)
    fat += [FAT] * sectors
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<5H6x9I", 0x3E, 3, 0xFFFE, 9, 6, 0, sectors, at, 0, 4096, END, 0, END, 0)
    header += b"".join(struct.pack("<I", first + n if n < sectors else FREE) for n in range(109))
    table = b"".join(struct.pack("<I", number) for number in fat).ljust(sectors * SECTOR, b"\xff")
    return header + data + directory + table


def _entry(name: str, kind: int, start: int, size: int, *, right: int = FREE, child: int = FREE) -> bytes:
    raw = f"{name}\0".encode("utf-16-le")
    links = struct.pack("<HBB3I", len(raw), kind, 1, FREE, right, child)
    return raw.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", start, size)


def document(parts: Sequence[str | Run | Sequence[str | Run]]) -> bytes:
    """Return a document of paragraphs (texts, runs) and rows of tables (lists of cells)."""
    text = ""
    paragraphs: list[tuple[int, bytes]] = []  # end, properties
    runs: list[tuple[int, bytes]] = []
    for part in parts:
        if isinstance(part, str | Run):
            runs.append((len(text), b""))
            text += part.text if isinstance(part, Run) else part
            if isinstance(part, Run):
                runs.append((len(text), part.form))
            text += "\r"
            paragraphs.append((len(text), b""))
            continue
        for cell in part:
            runs.append((len(text), b""))
            text += cell.text if isinstance(cell, Run) else cell
            if isinstance(cell, Run):
                runs.append((len(text), cell.form))
            text += "\x07"
            paragraphs.append((len(text), IN_TABLE))
        text += "\x07"
        edges = b"".join(struct.pack("<h", n * 9000 // len(part)) for n in range(len(part) + 1))
        cells = bytes([len(part)]) + edges + bytes(20 * len(part))
        defined = struct.pack("<HH", 0xD608, len(cells) + 1) + cells
        paragraphs.append((len(text), IN_TABLE + END_OF_ROW + defined))
    runs = [(end, form) for end, form in [*runs, (len(text), b"")] if end]
    stream = bytearray(START) + text.encode("utf-16-le")
    stream += bytes(-len(stream) % PAGE)
    papx = _pages(paragraphs, 13, lambda sprms: _papx(sprms))
    chpx = _pages(runs, 1, lambda sprms: bytes([len(sprms)]) + sprms if sprms else b"")
    numbers = []
    for pages in (papx, chpx):
        numbers.append(len(stream) // PAGE)
        for _, page in pages:
            stream += page
    end = START + 2 * len(text)
    table, places = b"", {}
    sheet = struct.pack("<H9HH", 18, 1, 10, 1, *[0] * 6, 0)
    pieces = b"\x02" + struct.pack("<I2IHIH", 16, 0, len(text), 0, START, 0)
    for at, block in (
        (1, sheet),
        (6, struct.pack("<2IHIHI", 0, len(text), 0, FREE, 0, 0)),
        (12, _bins(chpx, end, numbers[1])),
        (13, _bins(papx, end, numbers[0])),
        (31, bytes(500)),
        (33, pieces),
    ):
        places[at] = len(table), len(block)
        table += block
    fib = bytearray(898)
    struct.pack_into("<7H", fib, 0, 0xA5EC, 0xC1, 0, 0x419, 0, 0x1200, 0xBF)
    struct.pack_into("<2I", fib, 0x18, START, end)
    for at, form, value in ((32, "<H", 14), (0x3E, "<H", 22), (0x40, "<I", end), (0x4C, "<I", len(text))):
        struct.pack_into(form, fib, at, value)
    struct.pack_into("<H", fib, 0x98, 93)
    for at, place in places.items():
        struct.pack_into("<2I", fib, 0x9A + 8 * at, *place)
    stream[: len(fib)] = fib
    return compound([("WordDocument", bytes(stream)), ("1Table", table)])


def _papx(sprms: bytes) -> bytes:
    body = struct.pack("<H", 0) + sprms
    return bytes([(len(body) + 1) // 2]) + body if len(body) % 2 else bytes([0, len(body) // 2]) + body


def _pages(items, width, packed):
    """Return pages of 512 bytes with the properties of as many stretches as fit, each with where it starts."""
    pages, at, start = [], 0, START
    while at < len(items):
        ends, places, top, page = [start], [], PAGE - 1, bytearray(PAGE)
        for end, sprms in items[at:]:
            block = packed(sprms)
            place = (top - len(block)) & ~1
            if 4 * (len(ends) + 1) + width * len(ends) > place:
                break
            page[place : place + len(block)] = block
            places.append(place // 2 if block else 0)
            ends.append(START + 2 * end)
            top = place if block else top
        for number, end in enumerate(ends):
            struct.pack_into("<I", page, 4 * number, end)
        for number, place in enumerate(places):
            page[4 * len(ends) + width * number] = place
        page[PAGE - 1] = len(places)
        pages.append((start, bytes(page)))
        at, start = at + len(places), ends[-1]
    return pages


def _bins(pages, end, first):
    starts = b"".join(struct.pack("<I", start) for start, _ in pages)
    return starts + struct.pack("<I", end) + b"".join(struct.pack("<I", first + n) for n in range(len(pages)))
