"""Places and institutions: former names, spellings, and how far two of them agree."""

from transliteration.places.compare import (
    PlaceLevel,
    compare_place_sets,
    place_ancestors,
    place_ids,
    place_level,
)

__all__ = ["PlaceLevel", "compare_place_sets", "place_ancestors", "place_ids", "place_level"]
