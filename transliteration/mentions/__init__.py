"""Names in running text, with age, sex, place and relation."""

from transliteration.mentions.find import Mention, find_mentions

__all__ = ["Mention", "find_mentions"]
