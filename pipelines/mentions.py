"""From a post or an article to one record for each child whom it names."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from transliteration.mentions import Mention, find_mentions

from pipelines.sources.extract import Extracted, Written


def records_of_text(item: Extracted, published: date | None) -> list[Extracted]:
    """Return a record for each child named in the item's text, none for a statement about a group.

    The key is the item's own; where a text names several children, `/1`, `/2`, … in the order of the text is added. The
    locator gains the offsets of the mention.
    """
    text = item.written.get("text", "")
    language = item.language if item.language in ("uk", "ru", "en") else None
    found = find_mentions(text if isinstance(text, str) else "\n".join(text), language=language, published=published)
    return [
        replace(
            item,
            key=f"{item.key}/{number}" if len(found) > 1 else item.key,
            locator={**item.locator, "offsets": [mention.start, mention.end]},
            written={**item.written, **_fields(mention)},
        )
        for number, mention in enumerate(found, start=1)
    ]


def _fields(mention: Mention) -> Written:
    """Return the mention in the words of the vocabulary; names in their base form, everything else as written."""
    fields = {
        "surname": mention.surname,
        "given": mention.given,
        "patronymic": mention.patronymic,
        "sex": mention.sex,
        "age": mention.age,
        "birth_date": mention.birth_date,
        "last_place": mention.place,
        "institution": mention.institution,
    }
    return {name: value for name, value in fields.items() if value}
