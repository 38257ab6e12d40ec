"""What a written date can mean: an interval of days, its precision and the doubts about it."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

FIRST_YEAR = 1900
LAST_YEAR = 2099


class DateError(ValueError):
    """A text that is no possible date.

    Attributes:
        code: Short reason for counting, such as `impossible_day`.
        what: What is wrong, without the text itself.
        mend: How to mend it.
        text: The offending text. It may identify a child, so it is kept out of `str()` and `repr()` and must stay out
            of logs.
    """

    def __init__(self, code: str, what: str, mend: str, text: str = "") -> None:
        super().__init__(f"{what}; {mend}")
        self.code = code
        self.what = what
        self.mend = mend
        self.text = text


@dataclass(frozen=True, slots=True)
class DateInterval:
    """All days a written date may stand for, both ends included.

    Attributes:
        start: First possible day.
        end: Last possible day.
        precision: `day`, `month`, `season`, `year`, `age` (worked out from an age) or `range`.
        edtf: The same in the Extended Date/Time Format of ISO 8601-2:2019, as far as it can say it.
        flags: Doubts and readings, sorted: `age`, `ambiguous`, `approximate`, `day_month_swappable`, `excel_serial`,
            `month_first`, `no_day`, `placeholder`, `repaired_digits`, `repaired_month`, `two_digit_year`,
            `year_assumed`.
    """

    start: date
    end: date
    precision: str
    edtf: str
    flags: tuple[str, ...] = ()

    @classmethod
    def between(cls, start: date, end: date) -> DateInterval:
        """The days from `start` to `end`; a whole month or year is known as one. Raises DateError when backwards."""
        if start > end:
            raise DateError("backwards", "the range ends before it begins", "put the earlier date first")
        if start == end:
            return cls(start, end, "day", start.isoformat())
        if start.day == 1 and start.year == end.year and end.day == calendar.monthrange(end.year, end.month)[1]:
            if start.month == end.month:
                return cls(start, end, "month", f"{start:%Y-%m}")
            if (start.month, end.month) == (1, 12):
                return cls(start, end, "year", f"{start:%Y}")
        return cls(start, end, "range", f"{start.isoformat()}/{end.isoformat()}")

    @classmethod
    def from_text(cls, text: str) -> DateInterval:
        """Read what `text` writes, or one ISO day. Raises DateError when it is neither."""
        first, _, last = text.partition("/")
        try:
            start, end = date.fromisoformat(first), date.fromisoformat(last or first)
        except ValueError:
            raise DateError(
                "no_interval", "that is no interval of days", "write YYYY-MM-DD/YYYY-MM-DD, or one day", text
            ) from None
        return cls.between(start, end)

    @property
    def text(self) -> str:
        """`first/last` as ISO days: the form in which records keep it. Precision and flags are not in it."""
        return f"{self.start.isoformat()}/{self.end.isoformat()}"

    def with_flags(self, *flags: str) -> DateInterval:
        """The same interval with more flags."""
        merged = tuple(sorted({*self.flags, *flags}))
        return DateInterval(self.start, self.end, self.precision, self.edtf, merged)

    def swapped(self) -> DateInterval | None:
        """The reading with day and month exchanged, or None where there is only one reading."""
        if self.precision != "day" or self.start.day > 12 or self.start.day == self.start.month:
            return None
        return day(self.start.year, self.start.day, self.start.month).with_flags(*self.flags)

    def overlaps(self, other: DateInterval) -> bool:
        """Whether one day satisfies both."""
        return self.start <= other.end and other.start <= self.end


def day(year: int, month: int, day_of_month: int) -> DateInterval:
    """One day. Raises DateError when the calendar has no such day."""
    _check_year(year)
    _check_month(month)
    if not 1 <= day_of_month <= calendar.monthrange(year, month)[1]:
        raise DateError("impossible_day", "that month has no such day", "check the day against the source document")
    exact = date(year, month, day_of_month)
    return DateInterval(exact, exact, "day", exact.isoformat())


def month(year: int, month_number: int) -> DateInterval:
    """One month. Raises DateError outside 1 to 12."""
    _check_year(year)
    _check_month(month_number)
    last = calendar.monthrange(year, month_number)[1]
    return DateInterval(
        date(year, month_number, 1), date(year, month_number, last), "month", f"{year:04d}-{month_number:02d}"
    )


def season(year: int, number: int) -> DateInterval:
    """A season of the northern hemisphere: 21 spring, 22 summer, 23 autumn, 24 winter.

    A winter named with one year may have begun in the December before it or in its own, so it spans both.
    """
    _check_year(year)
    if number == 24:
        start, end = date(year - 1, 12, 1), date(year, 12, 31)
        return DateInterval(start, end, "season", f"{year:04d}-24", ("ambiguous",))
    first = {21: 3, 22: 6, 23: 9}[number]
    start, end = month(year, first).start, month(year, first + 2).end
    return DateInterval(start, end, "season", f"{year:04d}-{number}")


def year(number: int) -> DateInterval:
    """One calendar year."""
    _check_year(number)
    return DateInterval(date(number, 1, 1), date(number, 12, 31), "year", f"{number:04d}")


def span(first: DateInterval, last: DateInterval) -> DateInterval:
    """From the start of `first` to the end of `last`. Raises DateError when that runs backwards."""
    if first.start > last.end:
        raise DateError("backwards", "the range ends before it begins", "put the earlier date first")
    edtf = f"{first.edtf}/{last.edtf}"
    if "~" in edtf or edtf.count("/") > 1 or "season" in (first.precision, last.precision):
        edtf = f"{first.start.isoformat()}/{last.end.isoformat()}"
    flags = tuple(sorted({*first.flags, *last.flags}))
    return DateInterval(first.start, last.end, "range", edtf, flags)


def approximate(exact: DateInterval) -> DateInterval:
    """Widens a date called approximate: a year by one year each way, a month by two months, a day by thirty days."""
    slack = {"day": 30, "month": 61, "season": 61}.get(exact.precision, 365)
    start = max(date(FIRST_YEAR, 1, 1), exact.start - timedelta(days=slack))
    end = min(date(LAST_YEAR, 12, 31), exact.end + timedelta(days=slack))
    if exact.precision == "year":
        start, end = start.replace(month=1, day=1), end.replace(month=12, day=31)
    mark = "/".join(f"{part}~" for part in exact.edtf.split("/"))
    return DateInterval(start, end, exact.precision, mark, tuple(sorted({*exact.flags, "approximate"})))


def months_before(anchor: date, months: int) -> date:
    """The day `months` calendar months before `anchor`, or the last day of that month when it is shorter."""
    index = anchor.year * 12 + anchor.month - 1 - months
    target_year, target_month = divmod(index, 12)
    last = calendar.monthrange(target_year, target_month + 1)[1]
    return date(target_year, target_month + 1, min(anchor.day, last))


def _check_year(number: int) -> None:
    if not FIRST_YEAR <= number <= LAST_YEAR:
        raise DateError("year_out_of_range", f"the year lies outside {FIRST_YEAR} to {LAST_YEAR}", "check the year")


def _check_month(number: int) -> None:
    if not 1 <= number <= 12:
        raise DateError("impossible_month", "there is no such month", "check the month against the source document")
