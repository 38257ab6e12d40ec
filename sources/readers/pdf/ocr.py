"""Text of scans, by `ocrmypdf` and tesseract where they are installed: both are optional."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sources.readers.files import SourceFile
from sources.readers.limits import SCAN_SECONDS

if TYPE_CHECKING:
    from sources.readers.pdf.layout import Line

_DPI: Final = 300
_RULES: Final = re.compile(r"[|¦\[\](){}_=~—–‗\\/<>.,'`°-]*")
_NUMBER_SIGN: Final = re.compile(r"(?:N[oо°º]|М[»›]|Ne|Nе|№)[.:]?")


@cache
def missing(languages: str) -> tuple[str, ...]:
    """Return what has to be installed before scans in these languages can be read: commands, one after another."""
    commands = [] if importlib.util.find_spec("ocrmypdf") else ["pip install 'ridni[ocr]'"]
    wanted = languages.split("+")
    there: list[str] = []
    if program := shutil.which("tesseract"):
        listed = subprocess.run([program, "--list-langs"], capture_output=True, text=True, timeout=30, check=False)
        there = listed.stdout.split()
    lacking = [name for name in wanted if name not in there]
    packages = [*(["tesseract-ocr"] if not program else []), *(f"tesseract-ocr-{name}" for name in lacking)]
    if packages:
        commands.append(f"apt-get install {' '.join(packages)}")
    return tuple(commands)


def require(file: SourceFile, page: int, languages: str) -> None:
    """Check that scans can be read here.

    Raises:
        SourceError: something is not installed; the message has the commands that install it.
    """
    if commands := missing(languages):
        raise file.error(
            "the page is a picture, and what reads scans is not installed here",
            f"run: {' && '.join(commands)}",
            f"page {page}",
        )


def recognise(file: SourceFile, page: int, image: Path, searchable: Path, languages: str) -> None:
    """Turn the picture of a page upright and straight and write it as a PDF with text.

    Raises:
        SourceError: the picture cannot be read, or not in time.
    """
    arguments = ["-l", languages, "--image-dpi", str(_DPI), "--output-type", "pdf", "--optimize", "0", "--jobs", "1"]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "ocrmypdf", *arguments, "--rotate-pages", "--deskew", str(image), str(searchable)],
            cwd=image.parent,
            env={**os.environ, "OMP_THREAD_LIMIT": "1", "TMPDIR": str(image.parent)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SCAN_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise file.error(
            f"the scan takes more than {SCAN_SECONDS} seconds to read", "save it at 300 dots per inch", f"page {page}"
        ) from None
    if done.returncode or not searchable.is_file():
        raise file.error("the scan cannot be read", "scan it again, straight and at 300 dots per inch", f"page {page}")


def cleaned(line: Line) -> Line:
    """Leave out what was read from the rules of a table, and mend the number sign."""
    words = [
        word._replace(text="№" if _NUMBER_SIGN.fullmatch(word.text) else word.text.strip("|¦[]{}_"))
        for word in line.words
        if not _RULES.fullmatch(word.text)
    ]
    return line._replace(words=tuple(words))
