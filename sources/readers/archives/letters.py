"""E-mails, mailboxes and web pages saved as one file: their attachments and pages, each a file of its own.

The text of a letter is read where no list is attached: alone, or with photographs. Nothing is fetched or run.
"""

from __future__ import annotations

import email
import email.policy
import mailbox
import re
import tempfile
from collections.abc import Iterator
from email.message import EmailMessage
from itertools import count
from pathlib import Path
from typing import Final

from sources.readers.files import SourceFile
from sources.readers.kinds import content_of
from sources.readers.limits import MAX_LETTER, MAX_LETTERS, MAX_MEMBERS

_NAME: Final = re.compile(r"[\x00-\x1f/\\]+")
_BODIES: Final = {"text/html": "html", "text/plain": "txt"}
_DRAWN_WITH: Final = ("image/", "text/css", "font/", "application/javascript", "text/javascript")
_NO_LISTS: Final = ("image", "picture", "signed", "binary", "tnef", "empty")
"""Attachments beside which the text of the letter is what it tells: photographs, signatures."""
BODY: Final = "text of the letter"


def members(file: SourceFile) -> Iterator[SourceFile]:
    """Yield the attachments of a letter, or of each letter of a mailbox; of one without lists, its text or page too.

    Raises:
        SourceError: it is too large, or has more parts than any letter.
    """
    with tempfile.TemporaryDirectory(prefix="ridni-") as folder:
        path = Path(folder, "member")
        for prefix, letter in _letters(file):
            yield from _parts(file, letter, prefix, path)


def _letters(file: SourceFile) -> Iterator[tuple[str, EmailMessage]]:
    if content_of(file.path) == "mbox":
        box = mailbox.mbox(file.path, create=False)
        for number, key in enumerate(box.iterkeys(), start=1):
            if number > MAX_LETTERS:
                raise file.error(f"the mailbox has more than {MAX_LETTERS:,} letters", "deliver it in parts")
            with box.get_file(key) as stream:
                data = stream.read(MAX_LETTER + 1)
            yield f"letter {number}/", _parsed(file, data, f"letter {number}")
        return
    with file.path.open("rb") as stream:
        yield "", _parsed(file, stream.read(MAX_LETTER + 1), "")


def _parsed(file: SourceFile, data: bytes, at: str) -> EmailMessage:
    if len(data) > MAX_LETTER:
        raise file.error(f"the letter is larger than {MAX_LETTER >> 20} MB", "deliver its attachments as files", at)
    try:
        return email.message_from_bytes(data, policy=email.policy.default)
    except (ValueError, LookupError, RecursionError):
        raise file.error("the letter is damaged", "deliver its attachments as files", at) from None


def _parts(file: SourceFile, letter: EmailMessage, prefix: str, path: Path) -> Iterator[SourceFile]:
    numbers = count(1)
    bodies: list[tuple[str, bytes]] = []
    attached = 0
    names: set[str] = set()
    try:
        for part in letter.walk():
            if part.is_multipart() or part.get_content_maintype() == "multipart":
                continue
            number = next(numbers)
            if number > MAX_MEMBERS:
                raise file.error(f"the letter has more than {MAX_MEMBERS:,} parts", "deliver its attachments as files")
            kind, named = part.get_content_type(), part.get_filename()
            data = part.get_payload(decode=True)
            if not isinstance(data, bytes) or not data.strip():
                continue
            if not named and kind in _BODIES:
                bodies.append((_BODIES[kind], _as_utf8(data, part.get_content_charset() or "", kind)))
                continue
            if not named and kind.startswith(_DRAWN_WITH):
                continue  # what a saved page is drawn with
            name = _NAME.sub("_", named or f"part {number}").lstrip("._~$ ")[:200] or f"part {number}"
            name = f"{number} {name}" if name.casefold() in names else name
            names.add(name.casefold())
            path.write_bytes(data)
            attached += content_of(path) not in _NO_LISTS
            yield SourceFile(path, f"{file.name}/{prefix}{name}", f"{prefix}{name}")
    except (ValueError, LookupError, RecursionError, AttributeError, TypeError):
        raise file.error("the letter is damaged", "deliver its attachments as files", prefix.rstrip("/")) from None
    pages = [body for body in bodies if body[0] == "html"]
    for number, (ending, data) in enumerate([] if attached else pages or bodies, start=1):
        path.write_bytes(data)
        name = f"{prefix}{BODY if number == 1 else f'{BODY} {number}'}.{ending}"
        yield SourceFile(path, f"{file.name}/{name}", name)


def _as_utf8(data: bytes, charset: str, kind: str) -> bytes:
    """Return a text as UTF-8 where the letter states another charset; a page states its own."""
    if kind == "text/html" or not charset:
        return data
    try:
        return data.decode(charset).encode()
    except (LookupError, ValueError):
        return data
