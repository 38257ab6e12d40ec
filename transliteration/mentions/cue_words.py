"""The words that tell children from adults, and people from streets, in posts and articles."""

from __future__ import annotations

import re
from functools import cache

from transliteration.tables import rows


@cache
def word_pattern(kind: str) -> re.Pattern[str]:
    """A pattern that matches one whole lower-case word (ё as е) of a kind in `mention_words`, in any language."""
    forms = {row["form"] for row in rows("mention_words") if row["kind"] == kind}
    pieces = [re.escape(form).replace(r"\*", r"[\w'-]*") for form in sorted(forms, key=lambda form: (-len(form), form))]
    return re.compile(rf"(?:{'|'.join(pieces)})(?![\w'])")


def is_word(word: str, kind: str) -> bool:
    """Whether a lower-case word is of the kind."""
    return word_pattern(kind).fullmatch(word) is not None
