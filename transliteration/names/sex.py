"""The sex a written name tells of, by patronymic, given name and surname in that order."""

from __future__ import annotations

from functools import lru_cache

from transliteration.names.given import read_given, sexes
from transliteration.names.patronymic import sex_of_patronymic
from transliteration.names.surname import sex_of_surname


@lru_cache(maxsize=1 << 16)
def sex_of_given(text: str) -> str:
    """Return `f` or `m` if all formal names (else all diminutive readings) of a written given name agree, else `''`."""
    reading = read_given(text)
    known = sexes()
    for names in (reading.formal, reading.diminutive):
        found = {known[name] for name in names}
        if found:
            return found.pop() if len(found) == 1 else ""
    return ""


def sex_of_name(given: str = "", patronymic: str = "", surname: str = "") -> str:
    """Return `f` or `m` where the parts of a name tell the sex, else `''`; the patronymic speaks first."""
    return (
        (sex_of_patronymic(patronymic) if patronymic else "")
        or (sex_of_given(given) if given else "")
        or (sex_of_surname(surname) if surname else "")
    )
