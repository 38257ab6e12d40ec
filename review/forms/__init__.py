"""What a person sends: a verdict, a draft of one, a filter of the queue."""

from review.forms.numbers import whole_number
from review.forms.verdict import Choice, read_choice, read_filter

__all__ = ["Choice", "read_choice", "read_filter", "whole_number"]
