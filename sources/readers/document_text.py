"""The text of a document: plain text, Word or PDF, read by a process of its own with bounded time and memory.

python -m sources.readers.document_text FILE MEDIA_TYPE
"""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

PLAIN = "text/plain"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"
IMAGES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"GIF8": "image/gif", b"RIFF": "image/webp"}

LARGEST_TEXT = 200_000
_MOST_PAGES = 200
_SECONDS, _MEMORY = 20, 1 << 30


def media_type_of(path: Path) -> str:
    """Tell from its bytes what a document is; '' when it is none of those that can be shown."""
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(b"%PDF"):
        return PDF
    if head.startswith(b"PK\x03\x04"):
        return WORD if b"word/" in head or b"[Content_Types].xml" in head else ""
    for magic, kind in IMAGES.items():
        if head.startswith(magic):
            return kind
    return PLAIN if _decoded(head) is not None else ""


def text_of(path: Path, media_type: str) -> str:
    """Return the text of a document, '' when it has none that can be read within 20 seconds and 1 GB."""
    if media_type == PLAIN or not media_type:
        with path.open("rb") as file:
            return _decoded(file.read(LARGEST_TEXT * 2)) or ""
    if media_type not in (WORD, PDF):
        return ""
    command = [sys.executable, "-m", "sources.readers.document_text", str(path), media_type]
    root = str(Path(__file__).resolve().parents[2])
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS + 5, check=False, cwd=root)
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""


def _decoded(content: bytes) -> str | None:
    """Return bytes as text: UTF-8, UTF-16 with its mark, or cp1251; None when they are no text."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    if b"\x00" in content:
        return None
    for cut in range(4):  # the last character may be cut in two
        try:
            return content[: len(content) - cut].decode("utf-8-sig")
        except UnicodeDecodeError:
            continue
    return content.decode("cp1251", "replace")


def _word(path: str) -> str:
    import docx

    document = docx.Document(path)
    parts = [paragraph.text for paragraph in document.paragraphs]
    parts += [" | ".join(cell.text for cell in row.cells) for table in document.tables for row in table.rows]
    return "\n".join(parts)


def _pdf(path: str) -> str:
    import pdfplumber

    with pdfplumber.open(path) as document:
        return "\n\n".join(page.extract_text() or "" for page in document.pages[:_MOST_PAGES])


def main() -> None:
    """Write the text of a document to standard output, or end with a code other than 0."""
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    path, media_type = sys.argv[1:3]
    try:
        text = _word(path) if media_type == WORD else _pdf(path)
    except Exception:
        sys.exit(1)  # what is wrong with a hostile file is nobody's concern here, and a message may quote it
    sys.stdout.buffer.write(text[:LARGEST_TEXT].encode("utf-8", "replace"))


if __name__ == "__main__":
    main()
