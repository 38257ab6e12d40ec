"""Refuses ZIP-based files that unpack to more than any list of people can need, before they are unpacked."""

from __future__ import annotations

import zipfile
from typing import Final

from sources.readers.files import SourceFile
from sources.readers.limits import MAX_MEMBERS, MAX_RATIO, MAX_UNPACKED

MEND: Final = "a list does not look like this: ask the sender for a plain file; nothing was stored"
_SMALL: Final = 10 << 20


def check_sizes(file: SourceFile, archive: zipfile.ZipFile, what: str) -> None:
    """Check the sizes that a ZIP states of its members.

    A size that is forged is found when the member is read: `zipfile` reads no more than is stated, and checks the sum.

    Raises:
        SourceError: there are too many members, they are too large, or one is packed beyond belief.
    """
    infos = archive.infolist()
    unpacked = sum(info.file_size for info in infos)
    if len(infos) > MAX_MEMBERS or unpacked > MAX_UNPACKED:
        raise file.error(f"the {what} unpacks to {unpacked >> 20:,} MB in {len(infos):,} parts", MEND)
    for info in infos:
        ratio = info.file_size // max(info.compress_size, 1)
        if info.file_size > _SMALL and ratio > MAX_RATIO:
            raise file.error(f"a part of the {what} unpacks to {ratio:,} times its size", MEND)


def has_macros(file: SourceFile) -> bool:
    """Tell whether a document or workbook brings macros."""
    try:
        with zipfile.ZipFile(file.path) as archive:
            return any(name.casefold().endswith("vbaproject.bin") for name in archive.namelist())
    except (zipfile.BadZipFile, OSError):
        return False
