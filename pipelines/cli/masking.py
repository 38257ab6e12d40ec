"""Values whose form can be seen and whose content cannot."""

from __future__ import annotations


def masked(value: str | list[str], length: int = 60) -> str:
    """Return a value with its first letters kept, other letters as dots and digits as 0."""
    text = value if isinstance(value, str) else "; ".join(value)
    words = []
    for word in text[:length].split():
        shown = "".join("0" if c.isdigit() else "·" if c.isalpha() else c for c in word)
        words.append(word[0] + shown[1:] if word[:1].isalpha() else shown)
    return " ".join(words)
