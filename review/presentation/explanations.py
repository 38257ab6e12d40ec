"""What the machine says of a field, in the reader's language.

The engine stores an English sentence and a stable code for each field of a candidate, never a name. A code that is
known here is shown translated; any other is shown as stored, marked as English for screen readers.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_SENTENCES: dict[str, Promise] = {
    # names
    "different": _("two different names"),
    "initial_differs": _("the initial does not fit the name"),
    "close": _("spelt alike, but more than one slip apart"),
    "one_slip": _("one letter apart"),
    "initial": _("the initial fits the name"),
    "first_letter_differs": _("another first letter"),
    "first_letter_same": _("another name with the same first letter"),
    "diminutive": _("a short form of the same name"),
    "romanisation": _("another romanisation of one name"),
    "other_language": _("one name in Ukrainian and Russian spelling"),
    "identical": _("the same name, spelt the same"),
    # parents, brothers and sisters
    "parent_differs": _("another first name of the parent"),
    "parent_patronymic_differs": _("the parent's first name agrees, the patronymic does not"),
    "parent_given": _("the parent's first name agrees"),
    "parent_same": _("the parent's first name and patronymic agree"),
    "siblings_differ": _("no brother or sister of the same name"),
    "siblings_some": _("a brother or sister bears the same name"),
    "siblings_all": _("all named brothers and sisters agree"),
    "count_none_named": _("one side names none, the other counts some"),
    "count_none": _("one side names none, the other counts none"),
    "count_differs": _("the numbers differ"),
    "count_near": _("the numbers are one apart"),
    "count_same": _("the same number"),
    # dates
    "date_differs": _("the dates differ"),
    "date_half_year": _("the dates differ by less than half a year"),
    "date_weeks": _("the dates differ by some weeks"),
    "date_days": _("the dates differ by some days"),
    "date_one_part": _("two of day, month and year agree"),
    "date_swapped": _("day and month are swapped"),
    "date_same": _("the same day"),
    "month_differs": _("the month does not fit"),
    "month_half_year": _("the month is some months off"),
    "month_near": _("the month is one off"),
    "month_same": _("month and year agree, the day is unknown"),
    "year_differs": _("the year or age does not fit"),
    "year_near": _("the year or age is one off"),
    "year_same": _("the year or age fits, the day is unknown"),
    # places and institutions
    "place_differs": _("two places far apart"),
    "place_same_region": _("two places of one region"),
    "place_within": _("one place lies in the other"),
    "place_ambiguous": _("one of several places that bear the name"),
    "place_same": _("the same place"),
    "institution_differs": _("two institutions in different places"),
    "institution_same_place": _("two institutions of one place"),
    "institution_compatible": _("what both sides say of the institution fits"),
    "institution_alike": _("institutions of one kind in one place, number or name unknown"),
    "institution_same": _("the same institution"),
    # plain values
    "value_differs": _("the values differ"),
    "value_same": _("the values agree"),
    "trait_differs": _("described differently"),
    "trait_near": _("neighbouring shades, which two observers may call differently"),
    "trait_same": _("the same description"),
    "number_differs": _("two different numbers"),
    "number_slip": _("the numbers are one digit or one transposition apart"),
    "number_same": _("the same number"),
    "string_differs": _("two different values"),
    "string_alike": _("somewhat alike"),
    "string_close": _("nearly the same"),
    "string_same": _("the same"),
    "code_differs": _("two different codes"),
    "code_two_slips": _("the codes are two slips apart"),
    "code_slip": _("the codes are one sign or one transposition apart"),
    "code_same": _("the same code"),
    "part_differs": _("another year, month or day"),
    "part_slip": _("one digit apart, or two digits swapped"),
    "part_same": _("the same year, month or day"),
    "quantity_differs": _("the numbers are far apart"),
    "quantity_near": _("the numbers are within a tenth"),
    "quantity_close": _("the numbers are one or two in a hundred apart"),
    "quantity_same": _("the same number"),
    "texts_differ": _("none of the texts agrees"),
    "texts_close": _("one of the texts is nearly the same"),
    "texts_some": _("one of the texts is the same"),
    "texts_all": _("all texts that both sides know are the same, in any order"),
    # what other pairs say
    "transfer_elsewhere": _("others of the same town or institution were found in other regions"),
    "transfer_there": _("others of the same town or institution were found in this region"),
    "kin_elsewhere": _("the child's brothers and sisters were found in other regions"),
    "kin_there": _("a brother or sister of the child was found in this region"),
    "own_elsewhere": _("another list has the child, as it seems, in another region"),
    "own_there": _("another list has the child, as it seems, in this region"),
    "kin_not_listed": _("the child's brothers and sisters are not those who stand beside this one in the list"),
    "kin_beside": _("a brother or sister of the child, as it seems, stands beside this one in the list"),
    "days_impossible": _("the transfer was before the last day at home"),
    "days_possible": _("the days fit"),
    # nothing to compare
    "absent": _("unknown on one side: no evidence"),
    "implied": _("agrees, which another field implies already: no evidence of its own"),
    "replaced": _("taken as replaced in this scenario: no evidence"),
    # the pair as a whole
    "scenario": _("how common this scenario is, and whether a brother, sister or twin would explain the pair as well"),
}

_SCENARIOS: dict[str, Promise] = {
    "plain": _("Nothing points to an alteration: both records seem to give the name as it is."),
    "russified": _("One list seems to write the name in Russian."),
    "diminutive": _("One list seems to use a short form of the given name."),
    "initials": _("One list gives initials only."),
    "card": _("One side is an adoption card without surname and patronymic."),
    "media_latin": _("One side is written in Latin letters, as foreign newspapers do."),
    "clerical": _("There may be a slip of the pen in one of the lists."),
    "surname_patronymic_replaced": _("Surname and patronymic may have been replaced, as happens on adoption."),
    "all_names_replaced": _("All names may have been replaced."),
    "birth_date_shifted": _("The date of birth may have been shifted."),
    "all_names_and_birth_altered": _("All names may have been replaced and the date of birth shifted."),
    "card_renamed": _("The card may give another given name."),
    "card_redated": _("The card may give another month of birth."),
    "renamed_and_shifted": _("Names may have been replaced and the date of birth shifted."),
    "surname_replaced": _("The surname may have been replaced, as by a foster family or a stepfather."),
    "same_row_twice": _("The same row may stand in the list twice, copied or entered anew."),
    "years_added": _("The child may have been made older: the year of birth was changed."),
    "renamed_and_older": _("Names may have been replaced and the child made older."),
}

_WITHOUT_A_CARD: dict[str, Promise] = {
    "card": _("One record is a mention without surname and patronymic."),
    "card_renamed": _("The mention may give another given name."),
    "card_redated": _("The mention may give another month of birth."),
}
"""The same scenarios where neither record is an adoption card: a post or a clipping names no more than a card does."""


@dataclass(frozen=True)
class Sentence:
    """Text for the reader and, where it could not be translated, the language it is in."""

    text: str
    language: str = ""


def sentence(code: str, stored: str, language: str) -> Sentence:
    """Return the sentence of a code in the active language.

    Args:
        code: The stable code of a level.
        stored: The English sentence stored with the candidate, shown when the code is not known here.
        language: The active language, to tell whether the fallback needs a language mark.
    """
    known = _SENTENCES.get(code)
    if known is not None:
        return Sentence(str(known))
    return Sentence(stored, "" if language == "en" or not stored else "en")


def scenario_sentence(code: str | None, classes: Set[str]) -> str:
    """Return the scenario in words, '' when it is hidden or has no words here.

    Args:
        code: The scenario; None when it is hidden.
        classes: Classes of the two sources: only what comes from an adoption bank is called a card.
    """
    said = _SCENARIOS if "adoption_bank" in classes else _SCENARIOS | _WITHOUT_A_CARD
    return str(said.get(code or "", ""))
