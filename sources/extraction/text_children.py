"""From a post or an article to one record for each child whom it names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sources.extraction.cell_splitting import Written
from sources.extraction.extracted import Extracted
from transliteration.dates.interval import DateInterval
from transliteration.mentions import Mention, find_mentions


@dataclass(frozen=True)
class NamedChild:
    """A record of one child in a text.

    Attributes:
        item: The record: the text itself, and the name and places in it.
        birth: Possible days of birth, worked out from an age and the day of publication; None when the text has none.
    """

    item: Extracted
    birth: DateInterval | None


def children_of_text(item: Extracted, published: date | None) -> list[NamedChild]:
    """Return a record for each child named in the item's text, none for a statement about a group.

    The key is the item's own; where a text names several children, `/1`, `/2`, … in the order of the text is added. The
    locator gains the offsets of the name.
    """
    text = item.written.get("text", "")
    language = item.language if item.language in ("uk", "ru", "en") else None
    found = find_mentions(text if isinstance(text, str) else "\n".join(text), language=language, published=published)
    return [
        NamedChild(
            item._replace(
                key=f"{item.key}/{number}" if len(found) > 1 else item.key,
                locator=item.locator._replace(offsets=(mention.start, mention.end)),
                written={**item.written, **_fields(mention)},
            ),
            mention.birth,
        )
        for number, mention in enumerate(found, start=1)
    ]


def _fields(mention: Mention) -> Written:
    """Return the mention in the words of the vocabulary; names in their base form, places as written."""
    fields: Written = {
        "surname": mention.surname,
        "given": mention.given,
        "patronymic": mention.patronymic,
        "sex": mention.sex,
        "last_place": mention.place,
        "region": mention.location,
        "institution": mention.institution,
    }
    return {name: value for name, value in fields.items() if value}
