"""What the form of a workbook says beside its values: strikes, hiding, comments, errors, the workbook's calendar."""

from __future__ import annotations

from typing import Final

from sources.readers.files import SourceFile
from sources.readers.kinds import content_of
from sources.readers.workbooks import form_ods, form_xls, form_xlsx
from sources.readers.workbooks.form_of_sheet import Form

__all__ = ["Form", "of"]

_READERS: Final = {"xlsx": form_xlsx.read, "xls": form_xls.read, "ods": form_ods.read}


def of(file: SourceFile) -> Form:
    """Read the form of a workbook; empty for kinds that have none that can be read."""
    read = _READERS.get(content_of(file.path))
    return read(file) if read else Form()
