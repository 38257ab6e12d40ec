"""Dates and ages as written, read as intervals of days."""

from transliteration.dates.interval import DateError, DateInterval
from transliteration.dates.parse import age_to_interval, interval_of_age, parse_date

__all__ = ["DateError", "DateInterval", "age_to_interval", "interval_of_age", "parse_date"]
