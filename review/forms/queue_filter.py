"""Which pairs a person has asked for: kept in their session, told in words, never in an address."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from registry.models import Source
from review.presentation.labels import SCENARIOS
from review.queue.filters import AGES, EVERYTHING, QueueFilter
from transliteration.tables import rows

KEY = "review.filter"
_ALPHABET = {ord("і"): "ия", ord("ї"): "ияя", ord("є"): "ея", ord("ґ"): "гя"}


@dataclass(frozen=True)
class Option:
    """One entry of a list to choose from."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Field:
    """A list to choose from."""

    name: str
    label: str
    options: tuple[Option, ...]


def current(request: HttpRequest) -> QueueFilter:
    """Return what this person has asked for."""
    kept = request.session.get(KEY)
    return QueueFilter(**kept) if isinstance(kept, dict) else EVERYTHING


def keep(request: HttpRequest, chosen: QueueFilter) -> None:
    """Keep what this person asks for, or forget it when they ask for nothing."""
    if chosen.is_empty:
        request.session.pop(KEY, None)
    else:
        request.session[KEY] = asdict(chosen)


def fields(chosen: QueueFilter) -> tuple[Field, ...]:
    """Return the lists to choose from, in the reader's language."""
    sources = [(str(pk), title) for pk, title in Source.objects.order_by("title").values_list("pk", "title")]
    return (
        _field("source", _("Source"), sources, str(chosen.source or "")),
        _field("scenario", _("Scenario"), [(code, str(label)) for code, label in SCENARIOS.items()], chosen.scenario),
        _field("region", _("Region the child comes from"), regions(), chosen.region),
        _field("age", _("Age today"), [(age, _age(age)) for age in AGES], chosen.age),
    )


def words(chosen: QueueFilter) -> str:
    """Say what is asked for, '' for nothing; a meeting of rosters has words of its own elsewhere."""
    found = [_("listed twice?")] if chosen.listed_twice else []
    found += [option.label for field in fields(chosen) for option in field.options if option.value and option.chosen]
    return " · ".join(found)


def regions() -> list[tuple[str, str]]:
    """Return the regions of Ukraine by identifier, in the order of the reader's alphabet."""
    language = "uk" if (get_language() or "uk").startswith("uk") else "en"
    found = [(row["id"], row[language]) for row in rows("regions") if row["id"].startswith("UA-")]
    return sorted(found, key=lambda region: _alphabet(region[1]))


def _alphabet(name: str) -> str:
    """Sort і, ї, є and ґ where the Ukrainian alphabet has them."""
    return name.casefold().translate(_ALPHABET)


def _age(age: str) -> str:
    youngest, oldest = AGES[age]
    return _("%(first)s–%(last)s years") % {"first": youngest, "last": oldest}


def _field(name: str, label: str, options: list[tuple[str, str]], chosen: str) -> Field:
    everything = Option("", _("all"), not chosen)
    return Field(name, label, (everything, *(Option(value, text, value == chosen) for value, text in options)))
