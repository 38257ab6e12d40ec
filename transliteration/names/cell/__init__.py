"""A cell that should hold a name and may hold more: the name, the birth beside it, and the rest."""

from transliteration.names.cell.read import NameCell, read_cell, town_behind
from transliteration.names.cell.words import is_plain_word

__all__ = ["NameCell", "is_plain_word", "read_cell", "town_behind"]
