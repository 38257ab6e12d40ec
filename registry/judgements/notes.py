"""Notes that people leave for those who judge or decide after them."""

from __future__ import annotations

from typing import Final

from registry.errors import ReviewError

NOTE_LENGTH: Final = 1000
"""Characters of a note at the most: a thought for the next person, no file."""


def checked_note(note: str) -> str:
    """Return a note that may be kept.

    Raises:
        ReviewError: It is too long or unreadable.
    """
    note = note.strip()
    if len(note) > NOTE_LENGTH or "\x00" in note:
        raise ReviewError("note", f"The note has more than {NOTE_LENGTH} characters or unreadable ones", "Shorten it")
    return note
