"""Numbers of Ukrainian documents: birth certificate, RNOKPP (tax number), UNZR (demographic register)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from transliteration.dates.interval import DateInterval
from transliteration.text.folding import fold

LONGEST_TEXT = 200

_TO_CYRILLIC = str.maketrans("abcehikmnoptxy036", "авсенікмнортхуозб")
_TO_ROMAN = str.maketrans({**dict.fromkeys("іi1l|!", "I"), **dict.fromkeys("хx", "X"), **dict.fromkeys("уyv", "V")})
_TO_DIGIT = str.maketrans(
    {**dict.fromkeys("oо", "0"), **dict.fromkeys("il|і", "1"), "з": "3", "б": "6", "s": "5", "в": "8"}
)
_CERTIFICATE = re.compile(
    r"(?:(?P<roman>[іi1l|!хxуyv]{1,5}|п|ш)\s*[-.,/ ]\s*(?P<letters>[а-яіїєґa-z0]{2})"
    r"|(?P<joined>[іi1l|]{1,3})(?P<joined_letters>[а-яіїєґ]{2}))"
    r"\s*[-,.]?\s*(?:№|n[o°º]?\.?|номер|#)?\s*(?P<number>[\doоilзб|]{6})(?!\w)"
)
_RNOKPP_WEIGHTS = (-1, 5, 7, 9, 4, 6, 10, 5, 7)
_RNOKPP_EPOCH = date(1899, 12, 31)
_LAST_BIRTH = date(2099, 12, 31)


@dataclass(frozen=True, slots=True)
class BirthCertificate:
    """A Ukrainian birth certificate: Roman numeral and two Cyrillic letters as series, six digits as number."""

    series: str
    number: str

    @property
    def key(self) -> str:
        """The one spelling used for comparison: `I-НО 123456`, the Roman part in Latin, the letters in Cyrillic."""
        return f"{self.series} {self.number}"


@dataclass(frozen=True, slots=True)
class Rnokpp:
    """A number of the register of taxpayers, ten digits (order of the Ministry of Finance no. 822 of 2017).

    Attributes:
        digits: The ten digits.
        birth_date: Days since 1899-12-31 in the first five digits.
        sex: `m` where the ninth digit is odd, else `f`.
        valid: Whether the check digit is right.
    """

    digits: str
    birth_date: date
    sex: str
    valid: bool


@dataclass(frozen=True, slots=True)
class Unzr:
    """A number of the Unified State Demographic Register, `YYYYMMDD-NNNNN`, with the date of birth in front."""

    digits: str
    birth_date: date


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Something inside one record that cannot be right: a code, and an English sentence that holds no value."""

    code: str
    sentence: str


_SENTENCES = {
    "birth_certificate_form": "The birth certificate is not of the form I-НО 123456.",
    "rnokpp_form": "The RNOKPP does not have ten digits that hold a date.",
    "rnokpp_check_digit": "The check digit of the RNOKPP is wrong.",
    "rnokpp_date": "The date inside the RNOKPP is not the date of birth.",
    "rnokpp_sex": "The sex inside the RNOKPP is not the sex given.",
    "unzr_form": "The UNZR is not of the form YYYYMMDD-NNNNN.",
    "unzr_date": "The date inside the UNZR is not the date of birth.",
    "unzr_rnokpp": "The dates inside the UNZR and the RNOKPP differ.",
}


def birth_certificate(text: str) -> BirthCertificate | None:
    """Reads a birth certificate, whatever look-alikes (І/I/1, О/O/0, Н/H) were typed; None if the text holds none."""
    match = _CERTIFICATE.search(fold(text[:LONGEST_TEXT]))
    if not match:
        return None
    roman = match["roman"] or match["joined"]
    roman = {"п": "II", "ш": "III"}.get(roman) or roman.translate(_TO_ROMAN)
    letters = (match["letters"] or match["joined_letters"]).translate(_TO_CYRILLIC).upper()
    number = match["number"].translate(_TO_DIGIT)
    return BirthCertificate(f"{roman}-{letters}", number) if roman.strip("IVX") == "" and number.isdigit() else None


def rnokpp(text: str) -> Rnokpp | None:
    """Reads an RNOKPP, also one that a spreadsheet turned into a decimal number; None if it cannot be one."""
    digits = re.sub(r"\.0+$", "", fold(text[:LONGEST_TEXT]))
    digits = re.sub(r"[\s-]", "", digits)
    digits = re.sub(r"^(?:рнокпп|іпн|инн|rnokpp|tin)\W*", "", digits)
    if len(digits) != 10 or not digits.isascii() or not digits.isdigit() or digits.startswith("00000"):
        return None
    born = _RNOKPP_EPOCH + timedelta(days=int(digits[:5]))
    if born > _LAST_BIRTH:
        return None
    check = sum(int(digit) * weight for digit, weight in zip(digits, _RNOKPP_WEIGHTS, strict=False)) % 11 % 10
    return Rnokpp(digits, born, "m" if int(digits[8]) % 2 else "f", check == int(digits[9]))


def unzr(text: str) -> Unzr | None:
    """Reads a UNZR with or without its hyphen; None if it is none or its date does not exist."""
    digits = re.sub(r"^(?:унзр|unzr|узнр)\W*", "", fold(text[:LONGEST_TEXT]))
    match = re.fullmatch(r"([0-9]{4})([0-9]{2})([0-9]{2})\s?-?\s?([0-9]{5})", digits)
    if not match:
        return None
    try:
        born = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
    return Unzr(f"{match[1]}{match[2]}{match[3]}-{match[4]}", born) if 1900 <= born.year <= 2099 else None


def document_key(kind: str, text: str) -> str:
    """The comparable form of a document number, or `''` where the text holds none.

    Args:
        kind: `birth_certificate`, `rnokpp`, `unzr`; any other kind (a card number) keeps its letters and digits.
        text: The number as written.
    """
    if kind == "birth_certificate":
        certificate = birth_certificate(text)
        return certificate.key if certificate else ""
    if kind == "rnokpp":
        tax_number = rnokpp(text)
        return tax_number.digits if tax_number else ""
    if kind == "unzr":
        register_number = unzr(text)
        return register_number.digits if register_number else ""
    return re.sub(r"[^\w]|_", "", fold(text[:LONGEST_TEXT])).upper()


def contradictions(
    *,
    birth: DateInterval | None = None,
    sex: str = "",
    birth_certificate_text: str = "",
    rnokpp_text: str = "",
    unzr_text: str = "",
) -> tuple[Contradiction, ...]:
    """What the documents of one record say against each other and against its date of birth and sex.

    Empty texts are skipped. A day and month swapped in the date of birth count as agreement when the record allows that
    reading.
    """
    codes: list[str] = []
    if birth_certificate_text.strip() and birth_certificate(birth_certificate_text) is None:
        codes.append("birth_certificate_form")
    tax_number = rnokpp(rnokpp_text)
    if tax_number is None and rnokpp_text.strip():
        codes.append("rnokpp_form")
    if tax_number is not None:
        if not tax_number.valid:
            codes.append("rnokpp_check_digit")
        if birth is not None and not _may_be(birth, tax_number.birth_date):
            codes.append("rnokpp_date")
        if sex in {"m", "f"} and sex != tax_number.sex:
            codes.append("rnokpp_sex")
    register_number = unzr(unzr_text)
    if register_number is None and unzr_text.strip():
        codes.append("unzr_form")
    if register_number is not None:
        if birth is not None and not _may_be(birth, register_number.birth_date):
            codes.append("unzr_date")
        if tax_number is not None and tax_number.birth_date != register_number.birth_date:
            codes.append("unzr_rnokpp")
    return tuple(Contradiction(code, _SENTENCES[code]) for code in codes)


def _may_be(birth: DateInterval, day: date) -> bool:
    swapped = birth.swapped() if "day_month_swappable" in birth.flags else None
    return any(reading.start <= day <= reading.end for reading in (birth, swapped) if reading is not None)
