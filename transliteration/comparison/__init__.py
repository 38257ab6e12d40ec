"""Two names: their level and the sentence that says why, one pair or many at once."""

from transliteration.comparison.scalar import CODES, VERDICTS, compare

__all__ = ["CODES", "VERDICTS", "compare"]
