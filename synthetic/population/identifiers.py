"""Ukrainian document numbers with the structure and the check digit of real ones, drawn at random."""

from __future__ import annotations

from datetime import date
from random import Random

from synthetic.population.pools import Sex

_RNOKPP_WEIGHTS = (-1, 5, 7, 9, 4, 6, 10, 5, 7)
_RNOKPP_EPOCH = date(1899, 12, 31)
_SERIES = ("НО", "ЖД", "ЕД", "КС", "БК", "ЯЯ", "ХС", "АП")


def rnokpp(birth: date, sex: Sex, rng: Random) -> str:
    """A taxpayer number: days since 31.12.1899, three digits, one whose parity is the sex, and the check digit."""
    digits = f"{(birth - _RNOKPP_EPOCH).days:05d}{rng.randrange(1000):03d}{2 * rng.randrange(5) + (sex == 'm')}"
    return digits + str(rnokpp_check_digit(digits))


def rnokpp_check_digit(digits: str) -> int:
    """The tenth digit for the first nine."""
    total = sum(weight * int(digit) for weight, digit in zip(_RNOKPP_WEIGHTS, digits, strict=True))
    return total % 11 % 10


def unzr(birth: date, rng: Random) -> str:
    """A number of the demographic register, YYYYMMDD-NNNNN, with the birth date inside."""
    return f"{birth:%Y%m%d}-{rng.randrange(100_000):05d}"


def birth_certificate(rng: Random) -> str:
    """Series and number of a birth certificate, such as `І-НО № 123456`."""
    return f"{rng.choice(('І', 'ІІ', 'ІІІ'))}-{rng.choice(_SERIES)} № {rng.randrange(1_000_000):06d}"


def telephone(rng: Random) -> str:
    """A telephone number under the code 000, which no operator has."""
    return f"+38 000 {rng.randrange(1000):03d} {rng.randrange(100):02d} {rng.randrange(100):02d}"
