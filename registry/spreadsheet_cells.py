"""Cells that a spreadsheet will not run: the one rule for every CSV that leaves.

A cell that begins with one of `= + - @` is a formula, whatever invisible signs stand before it. Where the list
separator is not the one that the file was written with (Ukrainian Excel parts at semicolons), a cell begins after each
separator inside the text as well. An apostrophe in front makes all of them text (OWASP, CSV injection).
"""

from __future__ import annotations

import re
from typing import Any

_FORMULA = "=+@＝＋－＠﹢﹣﹦﹫-"
_BEFORE = r"\s\"\x00-\x1f\x7f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_START = re.compile(rf"(^|[;,|\t\r\n])(?=[{_BEFORE}]*[{_FORMULA}])")
_CONTROL = ("\t", "\r", "\n", "\0")


def harmless(value: Any, *, inside: bool = True) -> Any:
    """Return a cell as it may stand in a CSV; what is no text stays as it is.

    Args:
        value: The cell.
        inside: Also after separators within the text; False where it is read by programs, as JSON in a packet.
    """
    if not isinstance(value, str):
        return value
    if inside:
        value = _START.sub(r"\1'", value)
    elif _START.match(value):
        return f"'{value}"
    return f"'{value}" if value.startswith(_CONTROL) else value
