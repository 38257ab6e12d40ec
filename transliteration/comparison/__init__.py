"""Two names: their level and the sentence that says why, one pair or many at once."""

from transliteration.comparison.rules import CODES, VERDICTS
from transliteration.comparison.scalar import compare

__all__ = ["CODES", "VERDICTS", "compare"]
