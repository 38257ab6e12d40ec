"""How figures are written: counts with thin spaces, bits with a sign, shares in per cent."""

from __future__ import annotations

_THIN = "\u202f"


def count(number: float) -> str:
    """Write a count: `12 345`, with narrow spaces."""
    return f"{number:,.0f}".replace(",", _THIN)


def bits(number: float) -> str:
    """Write a weight with its sign: `+7.3`."""
    return f"{number:+.1f}".replace("-", "−") if abs(number) >= 0.05 else "0"


def tick(number: float) -> str:
    """Write a weight along an axis: `+5`."""
    return f"{number:+.0f}".replace("-", "−") if number else "0"


def percent(number: float) -> str:
    """Write a share along an axis: `0.1 %`, `50 %`."""
    return f"{number * 100:.4g}{_THIN}%"


def share(number: float) -> str:
    """Write a share: `8.4 %`; what is above none and below all never reads as 0 or 100."""
    percent = number * 100
    if 0 < percent < 0.1:
        return f"<{_THIN}0.1{_THIN}%"
    if 99.9 < percent < 100:
        return f">{_THIN}99.9{_THIN}%"
    return f"{percent:.0f}{_THIN}%" if percent in (0, 100) else f"{percent:.1f}{_THIN}%"


def rounded(number: float) -> str:
    """Write a share without decimals, or with one where it is small: `63 %`, `8.4 %`."""
    text = f"{number * 100:.1f}" if 0 < number < 0.0995 else f"{number * 100:.0f}"
    return f"{text}{_THIN}%"


def chance(number: float) -> str:
    """Write a score or a probability with two decimals; what is not certain never reads as 0 or 1."""
    return ">0.99" if 0.995 <= number < 1 else "<0.01" if 0 < number < 0.005 else f"{number:.2f}"


def interval(low: float, high: float) -> str:
    """Write the 95 % interval of a share: `81–94 %`."""
    return f"{low * 100:.0f}–{high * 100:.0f}{_THIN}%"


def probability(number: float) -> str:
    """Write a model parameter with three decimals, or in powers of ten when it is tiny."""
    if number == 0 or number >= 0.0005:
        return f"{number:.3f}"
    mantissa, exponent = f"{number:.0e}".split("e")
    return f"{mantissa}·10{str(int(exponent)).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"


def seconds(number: float) -> str:
    """Write a time: `0.42 s`, `38 s`, `4 min 10 s`."""
    if number >= 120:
        minutes, rest = divmod(round(number), 60)
        return f"{minutes}{_THIN}min {rest}{_THIN}s"
    return (
        f"{number:.0f}{_THIN}s" if number >= 20 else f"{number:.1f}{_THIN}s" if number >= 1 else f"{number:.2f}{_THIN}s"
    )


def words(code: str) -> str:
    """Write a code as words: `birth_certificate` is `birth certificate`."""
    return code.replace("_", " ")
