"""How the machine has read a field, in words and numbers a person can check at a glance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from transliteration.dates.interval import DateError, DateInterval

SEXES: dict[str, Promise] = {"f": _("girl"), "m": _("boy")}

TRAITS: dict[tuple[str, str], Promise] = {
    ("eyes", "black"): _("black eyes"),
    ("eyes", "blue"): _("blue eyes"),
    ("eyes", "brown"): _("brown eyes"),
    ("eyes", "dark"): _("dark eyes"),
    ("eyes", "dark_brown"): _("dark brown eyes"),
    ("eyes", "different"): _("eyes of two colours"),
    ("eyes", "green"): _("green eyes"),
    ("eyes", "green_brown"): _("green-brown eyes"),
    ("eyes", "grey"): _("grey eyes"),
    ("eyes", "grey_blue"): _("grey-blue eyes"),
    ("eyes", "grey_green"): _("grey-green eyes"),
    ("eyes", "hazel"): _("hazel eyes"),
    ("eyes", "light"): _("light eyes"),
    ("eyes", "light_brown"): _("light brown eyes"),
    ("hair", "black"): _("black hair"),
    ("hair", "blond"): _("blond hair"),
    ("hair", "chestnut"): _("chestnut hair"),
    ("hair", "dark"): _("dark hair"),
    ("hair", "dark_blond"): _("dark blond hair"),
    ("hair", "dark_brown"): _("dark brown hair"),
    ("hair", "light_brown"): _("light brown hair"),
    ("hair", "mid_brown"): _("mid brown hair"),
    ("hair", "red"): _("red hair"),
}
"""Colours by field and code."""

DOUBTS: dict[str, Promise] = {
    "birth_age": _("worked out from the age"),
    "birth_ambiguous": _("day and month may be swapped"),
    "birth_approximate": _("approximate"),
    "birth_excel_serial": _("read from a spreadsheet's day number"),
    "birth_month_first": _("month written before the day"),
    "birth_placeholder": _("1 January often stands for an unknown day"),
    "birth_repaired_digits": _("letters read as digits"),
    "birth_repaired_month": _("a misspelt month was put right"),
    "birth_two_digit_year": _("year written with two digits"),
    "birth_year_assumed": _("year worked out from the list's date"),
    "birth_time_of_day": _("the date has a time of day: it may be the next day"),
    "birth_probably_swapped": _("day and month were probably swapped by a program"),
    "birth_of_adult": _("too old for a child"),
    "birth_after_list": _("later than the day of the list"),
    "birth_age_differ": _("the date and the age do not go together"),
    "row_struck_through": _("the row is struck through in the list"),
    "cell_hidden": _("the text of a cell is hidden and was left out"),
    "list_beside": _("a second list under other headings stood beside the first"),
    "row_has_comment": _("a cell of the row has a comment that is not read"),
    "cell_struck_through": _("a cell of the row is struck through"),
    "digits_lost": _("a long number of the row has lost its last digits"),
    "ditto_mark": _("a ditto mark: the value of the row above"),
    "birth_date_unreadable": _("the date cannot be read"),
    "age_without_date": _("the age has no date it belongs to"),
    "age_unreadable": _("the age cannot be read"),
    "consent_unclear": _("not a clear yes or no: nothing about this child leaves until it is"),
    "surname_swapped": _("surname and given name stood in each other's column"),
    "name_more": _("more than a name stood in this cell; the rest was left out"),
    "name_unread": _("no name could be read in the name's cell"),
    "name_asked": _("a question mark stands behind the name"),
    "name_several": _("the cell names another person too"),
    "name_columns": _("parts of the name stood in other columns than their own"),
    "name_order": _("which part is the surname is not certain"),
    "name_case": _("may be a case form of another name"),
    "sex_of_name": _("the sex given is not that of the name"),
    "birth_beside_name": _("another date or age stands beside the name"),
    "father_patronymic": _("the patronymic is not made of the father's name"),
    "birth_certificate_form": _("not of the form of a birth certificate"),
    "rnokpp_form": _("not of the form of this number"),
    "rnokpp_check_digit": _("the check digit is wrong"),
    "rnokpp_date": _("the date inside the number is not the date of birth"),
    "rnokpp_sex": _("the sex inside the number is not the sex given"),
    "unzr_form": _("not of the form of this number"),
    "unzr_date": _("the date inside the number is not the date of birth"),
    "unzr_rnokpp": _("the dates inside the two numbers differ"),
}
"""Codes of doubt; those of a field begin with the field's name, `birth_` for the date of birth and the age."""

SILENT = frozenset({"birth_day_month_swappable", "birth_no_day"})
"""Doubts that the reading itself shows, or that hold for every other date: said aloud, they would drown the rest."""

_FIELD_OF_DOUBT = (
    ("birth_certificate", "birth_certificate"),
    ("birth_", "birth_date"),
    ("age_", "birth_date"),
    ("consent_", "consent"),
    ("name_", "surname"),
    ("sex_", "sex"),
    ("surname_", "surname"),
    ("father_", "father"),
    ("rnokpp", "rnokpp"),
    ("unzr", "unzr"),
)


_FORMS = {"day": "%d.%m.%Y", "month": "%m.%Y", "year": "%Y"}


def interval(value: str) -> str:
    """Write an interval `first/last` of ISO days as a person would: a day, a month, a year or from–to.

    Args:
        value: `2014-05-12/2014-05-12`, or one ISO day.

    Returns:
        `12.05.2014`, `05.2014`, `2014` or `03.06.2013 – 02.06.2014`; the value itself when it is no interval.
    """
    try:
        days = DateInterval.from_text(value)
    except DateError:
        return value
    if form := _FORMS.get(days.precision):
        return format(days.start, form)
    return f"{days.start:%d.%m.%Y} – {days.end:%d.%m.%Y}"


def sex(values: Mapping[str, Any]) -> str:
    """Return the sex in words, '' when it is unknown."""
    return str(SEXES.get(str(values.get("sex", "")), ""))


def trait(values: Mapping[str, Any], field: str) -> str:
    """Return the colour of eyes or hair in words, '' when it is unknown."""
    return str(TRAITS.get((field, str(values.get(field, ""))), ""))


def doubts(values: Mapping[str, Any], field: str) -> tuple[str, ...]:
    """Return the doubts that belong to a field, in words; unknown codes are left out."""
    found = values.get("doubts", [])
    words = (DOUBTS.get(code) for code in found if isinstance(code, str) and _field_of(code) == field)
    return tuple(dict.fromkeys(str(word) for word in words if word is not None))


def _field_of(code: str) -> str:
    return next((field for start, field in _FIELD_OF_DOUBT if code.startswith(start)), "")
