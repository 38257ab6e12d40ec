"""What every answer of the feed has: headers that tell what is left to a consumer, a problem instead of a bare 405."""

from __future__ import annotations

import math
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from casefeed import faults
from casefeed.rates import Allowance

PREFIX = "/api/v1/"


class FeedAnswers:
    """Middleware over the addresses of the feed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with what belongs to every answer of the feed."""
        response = self._get_response(request)
        if not request.path.startswith(PREFIX):
            return response
        if response.status_code == 405:
            allowed = response.get("Allow", "GET")
            response = faults.problem(405, "method_not_allowed", f"This address knows {allowed}.")
            response["Allow"] = allowed
            response["Content-Length"] = str(len(response.content))  # else an answer to HEAD ends in an empty chunk
        allowance: Allowance | None = getattr(request, "feed_allowance", None)
        if allowance is not None:
            response["RateLimit-Limit"] = str(allowance.limit)
            response["RateLimit-Remaining"] = str(allowance.remaining)
            response["RateLimit-Reset"] = str(allowance.reset)
            if response.status_code == 429:
                response["Retry-After"] = str(math.ceil(60 / allowance.limit))
        return response
