from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transliteration.attributes.documents import (
    birth_certificate,
    contradictions,
    document_key,
    rnokpp,
    unzr,
)
from transliteration.dates import parse_date

CASES = list(csv.DictReader((Path(__file__).parents[1] / "cases" / "birth_certificates.csv").open(encoding="utf-8")))


def tax_number(born: date, serial: int, sex_digit: int) -> str:
    """A well-formed RNOKPP, worked out here from the order's own words and not by the code under test."""
    digits = f"{(born - date(1899, 12, 31)).days:05d}{serial:03d}{sex_digit}"
    total = 0
    for place, weight in enumerate([-1, 5, 7, 9, 4, 6, 10, 5, 7]):
        total += int(digits[place]) * weight
    return f"{digits}{(total % 11) % 10}"


@pytest.mark.parametrize("case", CASES, ids=[row["written"] for row in CASES])
def test_birth_certificates(case: dict[str, str]) -> None:
    assert document_key("birth_certificate", case["written"]) == case["key"]


@given(
    st.sampled_from(["I", "II", "III", "IV"]),
    st.text("АВЕІКМНОРСТХУБГЖ", min_size=2, max_size=2),
    st.integers(0, 999999),
    st.randoms(use_true_random=False),
)
def test_script_of_the_series_changes_nothing(roman: str, letters: str, number: int, random: object) -> None:
    latin = letters.translate(str.maketrans("АВЕІКМНОРСТХУ", "ABEIKMHOPCTXY"))
    key = f"{roman}-{letters} {number:06d}"
    for series in (letters, latin, letters.lower()):
        for numeral in (roman, roman.replace("I", "І"), roman.lower()):
            assert document_key("birth_certificate", f"{numeral}-{series} № {number:06d}") == key


@given(st.dates(date(1925, 1, 1), date(2025, 1, 1)), st.integers(0, 999), st.integers(0, 9))
def test_rnokpp_holds_date_sex_and_check_digit(born: date, serial: int, sex_digit: int) -> None:
    digits = tax_number(born, serial, sex_digit)
    for written in (digits, f"{digits}.0", f" {digits[:4]} {digits[4:]} ", f"РНОКПП: {digits}"):
        found = rnokpp(written)
        assert found is not None
        assert (found.digits, found.birth_date, found.valid) == (digits, born, True)
        assert found.sex == ("m" if sex_digit % 2 else "f")
    wrong = rnokpp(digits[:9] + str((int(digits[9]) + 1) % 10))
    assert wrong is not None and not wrong.valid


def test_rnokpp_worked_out_by_hand() -> None:
    """41031 days after 1899-12-31; -4+5+0+27+4+6+20+15+35 = 108, 108 mod 11 = 9."""
    found = rnokpp("4103112359")
    assert found is not None
    assert (found.birth_date, found.sex, found.valid) == (date(2012, 5, 3), "m", True)


@given(st.dates(date(1925, 1, 1), date(2025, 1, 1)), st.integers(0, 99999))
def test_unzr_holds_the_date(born: date, tail: int) -> None:
    for written in (f"{born:%Y%m%d}-{tail:05d}", f"{born:%Y%m%d}{tail:05d}", f"УНЗР {born:%Y%m%d} - {tail:05d}"):
        found = unzr(written)
        assert found is not None and found.birth_date == born
        assert found.digits == f"{born:%Y%m%d}-{tail:05d}"


@pytest.mark.parametrize("text", ["20121303-01234", "2012-05-03", "", "abc", "20120503-0123", "٢0120503-01234"])
def test_what_is_no_unzr(text: str) -> None:
    assert unzr(text) is None


def test_a_consistent_record_has_no_contradictions() -> None:
    born = date(2012, 5, 13)
    facts = {
        "rnokpp_text": tax_number(born, 17, 4),
        "unzr_text": "20120513-00017",
        "birth_certificate_text": "І-НО 111222",
    }
    assert contradictions(birth=parse_date("13.05.2012"), sex="f", **facts) == ()
    assert contradictions(birth=parse_date("травень 2012"), sex="", **facts) == ()
    assert contradictions() == ()


def test_each_contradiction_is_reported() -> None:
    born = date(2012, 5, 13)
    good = tax_number(born, 17, 4)
    bad_check = good[:9] + str((int(good[9]) + 1) % 10)
    other_day = tax_number(born + timedelta(days=9), 17, 4)

    def codes(**facts: object) -> set[str]:
        return {found.code for found in contradictions(**facts)}  # type: ignore[arg-type]

    birth = parse_date("13.05.2012")
    assert codes(birth=birth, rnokpp_text=bad_check) == {"rnokpp_check_digit"}
    assert codes(birth=birth, rnokpp_text=other_day) == {"rnokpp_date"}
    assert codes(birth=birth, rnokpp_text=good, sex="m") == {"rnokpp_sex"}
    assert codes(birth=birth, rnokpp_text="12345") == {"rnokpp_form"}
    assert codes(birth=birth, unzr_text="20120514-00017") == {"unzr_date"}
    assert codes(unzr_text="x") == {"unzr_form"}
    assert codes(rnokpp_text=other_day, unzr_text="20120513-00017") == {"unzr_rnokpp"}
    assert codes(birth_certificate_text="12") == {"birth_certificate_form"}


def test_a_swapped_day_and_month_is_no_contradiction() -> None:
    number = tax_number(date(2012, 5, 3), 17, 4)
    assert contradictions(birth=parse_date("05.03.2012"), rnokpp_text=number) == ()
    assert contradictions(birth=parse_date("2012-03-05"), rnokpp_text=number) != ()


def test_sentences_hold_no_value() -> None:
    number = tax_number(date(2012, 5, 3), 17, 4)
    for found in contradictions(birth=parse_date("2001"), sex="m", rnokpp_text=number, unzr_text="20130101-00001"):
        assert number not in found.sentence and "2013" not in found.sentence and "2001" not in found.sentence


def test_other_documents_keep_letters_and_digits() -> None:
    assert document_key("card_number", "№ ab-12 / 7") == "AB127"


@given(st.text(max_size=120) | st.text("IІ1lХVUНОНO-№ 0123456789", max_size=40))
def test_no_text_raises(text: str) -> None:
    for kind in ("birth_certificate", "rnokpp", "unzr", "card_number"):
        key = document_key(kind, text)
        assert document_key(kind, key) == key
    certificate = birth_certificate(text)
    assert certificate is None or len(certificate.number) == 6


@pytest.mark.parametrize("garbage", ["I" * 10_000, "1" * 10_000, "І-НО " * 2_000])
def test_long_garbage_is_bounded(garbage: str) -> None:
    found = contradictions(birth_certificate_text=garbage, rnokpp_text=garbage, unzr_text=garbage)
    assert [each.code for each in found] == ["birth_certificate_form", "rnokpp_form", "unzr_form"]
