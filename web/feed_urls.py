"""Addresses of `ridni serve feed`: the case feed alone; whatever else is asked for is answered as the feed answers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from casefeed import faults
from casefeed.api import api

urlpatterns = [path("api/v1/", api.urls)]


def answer_nothing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer an address outside the feed: the pages of people are served elsewhere."""
    return faults.problem(404, "unknown_address", "There is nothing here. The addresses are listed in /api/v1/docs.")


def answer_failure(request: HttpRequest) -> HttpResponse:
    """Answer where something failed outside the feed's own operations."""
    return faults.problem(500, "internal_error", "The request failed; the operator's log says where.")


handler404 = answer_nothing
handler500 = answer_failure
