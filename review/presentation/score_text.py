"""How likely a pair is, and its bits, in words: a probability only where verdicts have shown what a score is worth."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext as _


def in_a_sentence(score: float | None, calibrated: float | None) -> str:
    """Return the sentence beneath the sum of the bits; '' on a blind review, which has no numbers.

    Args:
        score: The model's own estimate, between 0 and 1.
        calibrated: What the score is worth by people's verdicts; None where nobody knows.
    """
    if score is None:
        return ""
    if calibrated is None:
        return _("The model's score: %(number)s of 100, not yet held against verdicts.") % {"number": _number(score)}
    return _("Probability by people's verdicts: %(number)s %%.") % {"number": _number(calibrated)}


def in_short(score: float | None, calibrated: float | None) -> str:
    """Return the same for a list; '' on a blind review."""
    if score is None:
        return ""
    if calibrated is None:
        return _("score %(number)s of 100") % {"number": _number(score)}
    return _("probability %(number)s %%") % {"number": _number(calibrated)}


def bits(weight: float) -> str:
    """Write a weight with its sign: `+7.3 bits`; `0` for nothing worth writing."""
    if abs(weight) < 0.05:
        return "0"
    sign = "+" if weight > 0 else "−"
    return _("%(sign)s%(number)s bits") % {"sign": sign, "number": number_format(round(abs(weight), 1), 1)}


def _number(share: float) -> str:
    """Write hundredths; what is not certain never reads as 0 or 100."""
    hundredths = round(share * 100)
    return "> 99" if hundredths >= 100 else "< 1" if hundredths <= 0 else str(hundredths)
