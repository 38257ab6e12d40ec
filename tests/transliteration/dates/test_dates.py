from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transliteration.dates import DateError, DateInterval, age_to_interval, parse_date

CASES = list(csv.DictReader((Path(__file__).parents[1] / "cases" / "dates.csv").open(encoding="utf-8")))
ANY_DAY = st.dates(date(1901, 1, 1), date(2098, 12, 31))
UK = [
    "січня",
    "лютого",
    "березня",
    "квітня",
    "травня",
    "червня",
    "липня",
    "серпня",
    "вересня",
    "жовтня",
    "листопада",
    "грудня",
]
RU = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
]


@pytest.mark.parametrize("case", CASES, ids=[f"{row['text']}|{row['language']}|{row['reference']}" for row in CASES])
def test_case_table(case: dict[str, str]) -> None:
    reference = date.fromisoformat(case["reference"]) if case["reference"] else None
    if case["error"]:
        with pytest.raises(DateError) as caught:
            parse_date(case["text"], language=case["language"] or None, reference=reference)
        assert caught.value.code == case["error"]
        return
    found = parse_date(case["text"], language=case["language"] or None, reference=reference)
    assert [found.start.isoformat(), found.end.isoformat(), found.precision, found.edtf, " ".join(found.flags)] == [
        case[column] for column in ("start", "end", "precision", "edtf", "flags")
    ]


@pytest.mark.parametrize("text", ["31.02.2012", "not a date at all 77", "1899", "999999", "10 років", "x" * 500])
def test_errors_keep_the_text_out_of_messages(text: str) -> None:
    with pytest.raises(DateError) as caught:
        parse_date(text)
    error = caught.value
    assert error.text == text
    assert error.what and error.mend and ";" in str(error)
    assert text not in str(error) and text not in repr(error)


@given(ANY_DAY)
def test_all_ways_to_write_a_day_agree(day: date) -> None:
    words = [
        day.isoformat(),
        f"{day:%d.%m.%Y}",
        f"{day.day}.{day.month}.{day.year}",
        f"{day:%d/%m/%Y} р.",
        f"{day.day} {UK[day.month - 1]} {day.year} року",
        f"{day.day} {RU[day.month - 1].upper()} {day.year} Г.",
        f"{day:%Y%m%d}",
        f"{day:%d.%m.%Y} 00:00:00",
    ]
    placeholder = day.day == 1 and day.month == 1
    for text in words:
        found = parse_date(text)
        assert found.start <= day <= found.end
        assert (found.precision == "day") or placeholder


@given(st.dates(date(1930, 1, 1), date(2039, 12, 30)), st.sampled_from(["", ".0", ".5", ",75"]))
def test_excel_serials(day: date, fraction: str) -> None:
    found = parse_date(f"{(day - date(1899, 12, 30)).days}{fraction}")
    assert found.start <= day <= found.end and "excel_serial" in found.flags


@given(ANY_DAY)
def test_swapping_day_and_month_is_an_involution(day: date) -> None:
    found = parse_date(f"{day:%d.%m.%Y}")
    swapped = found.swapped()
    assert (swapped is not None) == ("day_month_swappable" in found.flags)
    if swapped is not None:
        assert (swapped.start.day, swapped.start.month) == (day.month, day.day)
        assert swapped.swapped() == found


@given(st.integers(0, 100), st.dates(date(2000, 1, 1), date(2090, 12, 31)), st.integers(0, 365))
def test_an_age_holds_every_birthday_that_gives_it(age: int, observed: date, back: int) -> None:
    found = age_to_interval(age, observed)

    def age_of(born: date) -> int:
        return observed.year - born.year - ((observed.month, observed.day) < (born.month, born.day))

    assert age_of(found.start) == age == age_of(found.end)
    assert age_of(found.start - timedelta(days=1)) == age + 1
    assert age_of(found.end + timedelta(days=1)) == age - 1
    inside = min(found.end, found.start + timedelta(days=back))
    assert age_of(inside) == age


@pytest.mark.parametrize(
    "texts",
    [
        (
            "9",
            "9 років",
            "9 лет",
            "9-летний",
            "9-річна",
            "aged 9",
            "9 years old",
            "9-year-old",
            "дев'ять років",
            "9 р.",
        ),
        ("2", "два роки", "два года", "двухлетний", "дворічна", "2 годика", "aged two", "2.0"),
        ("8 місяців", "8 месяцев", "8 months", "8-месячный", "8-місячна", "8 міс."),
    ],
)
def test_language_and_form_of_an_age_change_nothing(texts: tuple[str, ...]) -> None:
    assert len({age_to_interval(text, date(2023, 3, 15)) for text in texts}) == 1


@pytest.mark.parametrize("text", ["", "дитина", "150", "-3", "200 років"])
def test_no_age_is_an_error(text: str) -> None:
    with pytest.raises(DateError):
        age_to_interval(text, date(2023, 1, 1))


@given(st.sampled_from([row["text"] for row in CASES if not row["error"]]))
def test_edtf_reads_back(text: str) -> None:
    found = parse_date(text, reference=date(2022, 6, 1))
    again = parse_date(found.edtf)
    if found.precision == "season":
        assert (again.start, again.end) == (found.start, found.end)
    elif "ambiguous" not in found.flags:
        assert again.start <= found.start and found.end <= again.end


@given(st.text(max_size=200) | st.text("0123456789./-оО~?рокліт ", max_size=40))
def test_nothing_but_the_documented_error(text: str) -> None:
    for reference in (None, date(2023, 5, 1)):
        try:
            found = parse_date(text, reference=reference)
        except DateError:
            continue
        assert isinstance(found, DateInterval) and found.start <= found.end
        assert found == parse_date(text, reference=reference)


def test_garbage_of_ten_thousand_characters_is_bounded() -> None:
    for text in ("1" * 10_000, "1." * 5_000, "травень " * 1_250, "10 років " * 1_100):
        with pytest.raises(DateError):
            parse_date(text)
        with pytest.raises(DateError):
            age_to_interval(text, date(2023, 1, 1))
