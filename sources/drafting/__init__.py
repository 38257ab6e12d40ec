"""Drafts of source descriptions: a look at a file, a guess at its columns, and YAML for a person to finish."""

from __future__ import annotations

import re
from pathlib import Path

from sources.drafting.preview import preview
from sources.drafting.write import compose
from transliteration import romanise

__all__ = ["draft", "slug_of"]


def draft(file: Path, *, title: str = "") -> str:
    """Return the YAML of a description that reads a file, with TODO comments for what only a person knows.

    No value of a cell is copied into it, but words for sex, consent and language.

    Raises:
        SourceError: the file cannot be read.
    """
    return compose(preview(file), title or "A list")


def slug_of(name: str) -> str:
    """Return a slug made of a name in any script; '' when nothing of it remains."""
    latin = romanise(name).casefold()
    return re.sub(r"[^a-z0-9]+", "_", latin.encode("ascii", "ignore").decode()).strip("_")[:64]
