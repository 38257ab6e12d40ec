"""Whether two whole names are of two sexes: Олександр and Олександра, Євген and Євгенія with one surname.

A woman's name may look like the genitive of a man's. It is her name where the parts beside it stand in the nominative:
the patronymic, or a surname that would be declined with him.
"""

from __future__ import annotations

from transliteration.comparison.scalar import compare
from transliteration.names.features import features, is_initial
from transliteration.names.given import read_given, sexes
from transliteration.names.nominative import base_patronymic, language_of
from transliteration.names.parse import ParsedName
from transliteration.names.patronymic import sex_of_patronymic
from transliteration.text.scripts import fold, has_latin

_PAIRED = ("case_or_other", "other_form")
_NEAR = ("one_slip", "close")
_SAME_FORM = ("identical", "romanisation", "other_language")
_OF_WOMEN = ("а", "я", "a")
_UNCHANGED = frozenset("оуюеєиіїэы")
"""Letters that end surnames which have no cases, in one of the two languages at least."""


def of_two_sexes(x: ParsedName, y: ParsedName) -> bool:
    """Return whether two names, in the nominative as far as their parts show, are of a man and a woman."""
    told = [sex_of_patronymic(name.patronymic) if name.patronymic else "" for name in (x, y)]
    if all(told):
        return told[0] != told[1]
    if not (x.given and y.given):
        return False
    of_woman = [fold(name.given).endswith(_OF_WOMEN) for name in (x, y)]
    if of_woman[0] == of_woman[1]:
        return False
    woman, man = (x, y) if of_woman[0] else (y, x)
    return _is_paired(man.given, woman.given) and _is_nominative(woman, man)


def _is_paired(man: str, woman: str) -> bool:
    """Return whether a woman's name may also be a case form of a man's, or is his with the ending of a woman's."""
    code = compare(man, woman, "given").code
    if code in _NEAR:
        return _is_womans_form(fold(man), fold(woman))
    one, other = features(man, "given"), features(woman, "given")
    return code in _PAIRED and not (one.formal | one.diminutive).isdisjoint(other.oblique | other.short_oblique)


def _is_womans_form(man: str, woman: str) -> bool:
    """Return whether one given name is the other with the ending of a woman's: Крістіан, Крістіана."""
    return woman[:-1] == man or (man[-1] in "йь" and woman[:-1] == man[:-1])


def _is_nominative(name: ParsedName, other: ParsedName) -> bool:
    """Return whether the parts beside a given name show that it stands in the nominative."""
    if has_latin(name.given):
        return True  # what is romanised is the name as a passport has it
    if name.patronymic and not is_initial(name.patronymic):
        return base_patronymic(name.patronymic) == fold(name.patronymic)
    surname = fold(name.surname)
    if not surname or is_initial(surname) or compare(surname, other.surname, "surname").code not in _SAME_FORM:
        return False
    if surname[-1] in _UNCHANGED:
        # A man's surname in -ко has no cases in Russian: there only a name that women bear is one.
        is_womans = "f" in {sexes()[given] for given in read_given(name.given).formal}
        return surname.endswith("ко") and (is_womans or language_of(name) == "uk")
    return not surname.endswith(("их", "ых"))
