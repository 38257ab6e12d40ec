"""Pictures for the documentation as small files: a page has few colours."""

from __future__ import annotations

from pathlib import Path

from PIL import Image


def thinned(picture: Path) -> Path:
    """Write a picture anew with a palette of 256 colours, which nobody sees on a page of text, and return its path."""
    with Image.open(picture) as full:
        full.convert("RGB").quantize(256).save(picture, optimize=True)
    return picture
