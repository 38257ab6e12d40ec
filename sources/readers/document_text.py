"""The text of a document: plain text, Word or PDF, read by a process of its own with bounded time and memory.

    python -m sources.readers.document_text FILE MEDIA_TYPE

A document that cannot be read says why: it never opens as if it were empty.
"""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple

from sources.description.document_reader_options import PdfOptions
from sources.errors import SourceError
from sources.readers import encoding
from sources.readers.files import SourceFile
from sources.readers.kinds import content_of
from sources.readers.pdf import pages
from sources.readers.word import docx_stream
from sources.readers.word.parts import Paragraph

PLAIN: Final = "text/plain"
WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF: Final = "application/pdf"
IMAGES: Final = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"GIF8": "image/gif", b"RIFF": "image/webp"}

LARGEST_TEXT: Final = 200_000
_MOST_PAGES: Final = 200
_SECONDS, _MEMORY = 20, 1 << 30
_SURROGATES: Final = re.compile("[\ud800-\udfff]")  # bytes that the encoding does not explain


class Unread(StrEnum):
    """Why a document shows no text."""

    DAMAGED = "damaged"
    DEMANDING = "demanding"
    EMPTY = "empty"
    OTHER_KIND = "other_kind"


class DocumentText(NamedTuple):
    """What a document says, cut at `LARGEST_TEXT`; or why it shows nothing, and then the text is ''."""

    text: str
    unread: Unread | None = None

    @property
    def cut(self) -> bool:
        """Whether it says more than this."""
        return len(self.text) >= LARGEST_TEXT


def media_type_of(path: Path) -> str:
    """Tell from its bytes what a document is; '' when it is none of those that can be shown."""
    content = content_of(path)
    with path.open("rb") as file:
        head = file.read(4096)
    for magic, kind in IMAGES.items():
        if head.startswith(magic):
            return kind
    if content == "zip" and b"word/" in head:
        return WORD  # one that is damaged
    return {"pdf": PDF, "docx": WORD, "text": PLAIN, "html": PLAIN}.get(content, "")


def text_of(path: Path, media_type: str) -> DocumentText:
    """Return the text of a document, or why it has none that can be read within 20 seconds and 1 GB."""
    kind = media_type if media_type in (WORD, PDF) else media_type_of(path)
    if kind not in (WORD, PDF, PLAIN):
        return DocumentText("", Unread.OTHER_KIND)
    command = [sys.executable, "-m", "sources.readers.document_text", str(path), kind]
    root = str(Path(__file__).resolve().parents[2])
    try:
        done = subprocess.run(command, capture_output=True, timeout=2 * _SECONDS, check=False, cwd=root)
    except subprocess.TimeoutExpired:
        return DocumentText("", Unread.DEMANDING)
    if done.returncode < 0:  # ended by a signal: no processor time or memory was left
        return DocumentText("", Unread.DEMANDING)
    if done.returncode != 0:
        raise RuntimeError("reading a document failed: a defect of the reader, not of the document")
    answer = json.loads(done.stdout)
    if "unread" in answer:
        return DocumentText("", Unread(answer["unread"]))
    text = answer["text"]
    return DocumentText(text) if text.strip() else DocumentText("", Unread.EMPTY)


def _parts(file: SourceFile, kind: str) -> Iterator[str]:
    if kind == WORD:
        for part in docx_stream.parts(file):
            yield part.text if isinstance(part, Paragraph) else " | ".join(part.values)
    elif kind == PDF:
        options = PdfOptions(kind="pdf")
        for page in pages.pages(
            file, first=1, last=_MOST_PAGES, mode="spaced", languages=options.languages, picture=False
        ):
            yield from (line.text for line in page.lines)
            yield ""
    else:
        coding = encoding.detect(file)
        with encoding.open_text(file, coding) as stream:
            text = _SURROGATES.sub("\ufffd", stream.read(LARGEST_TEXT))
        if text.count("\ufffd") * 20 > len(text):  # more than a twentieth is no character: bytes of another kind
            raise file.error("the file is no text", "look at the file itself")
        yield text


def _read(file: SourceFile, kind: str) -> str:
    found: list[str] = []
    length = 0
    for part in _parts(file, kind):
        found.append(part)
        length += len(part) + 1
        if length >= LARGEST_TEXT:
            break
    return "\n".join(found).strip()[:LARGEST_TEXT]


def main() -> None:
    """Write the text of a document, or why there is none, to standard output as JSON."""
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    path, kind = sys.argv[1:3]
    try:
        text = _read(SourceFile(Path(path), "document"), kind)
        answer = {"unread": Unread.OTHER_KIND} if "\x00" in text else {"text": text}
    except SourceError:
        answer = {"unread": Unread.DAMAGED}
    except MemoryError:
        answer = {"unread": Unread.DEMANDING}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
