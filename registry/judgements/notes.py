"""Notes that people leave for those who judge or decide after them: ciphertext, each with a key of its own.

What a note is about is bound in, so a note put to another verdict opens there no more; without its key it is noise.
"""

from __future__ import annotations

from typing import Any, Final

from registry import data_keys
from registry.data_keys import Kind
from registry.errors import ReviewError
from registry.models import Note
from registry.models.review import NOTED

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


def keep(text: str, **about: Any) -> None:
    """Keep a note about one thing; no words are no note.

    Args:
        text: What `checked_note` let through.
        about: The one thing: `review=`, `escalation=`, `reopening=`, `change=` or `contradiction=`.
    """
    if text:
        ((name, thing),) = about.items()
        Note.objects.create(**{name: thing}, sealed=data_keys.seal(Kind.NOTE, f"{name} {thing.pk}", text.encode()))


def text_of(note: Note) -> str:
    """Return what a note says; '' when its key was shredded.

    Raises:
        KeysError: It was changed, or put to another thing.
    """
    ((name, number),) = ((name, number) for name in NOTED if (number := getattr(note, f"{name}_id")) is not None)
    opened = data_keys.unseal(Kind.NOTE, f"{name} {number}", bytes(note.sealed))
    return "" if opened is None else opened.decode()


def words_of(thing: Any) -> str:
    """Return the note about something, '' when there is none."""
    return text_of(thing.note) if hasattr(thing, "note") else ""
