"""Problems as RFC 9457 describes them: a code for programs, a sentence for people; never what was sent or is known."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, AuthorizationError, HttpError, ValidationError

from casefeed.rates import TooManyRequests
from registry.access.guessing import CLOSED_FOR
from registry.access.tokens import TooManyGuesses
from registry.errors import UnknownIdentity
from registry.identities.answers import KeyUsed
from registry.identities.consumer_state import canonical
from registry.identities.feed_position import CursorGone
from transliteration.errors import MendableError

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
TITLES = {
    "bad_request": "The request cannot be read",
    "unauthorized": "No valid token",
    "forbidden": "Outside the terms of this consumer",
    "unknown_identity": "No such identity",
    "unknown_address": "No such address",
    "method_not_allowed": "Not possible with this address",
    "key_used": "The idempotency key is used",
    "cursor_gone": "The cursor leads nowhere any more",
    "invalid_request": "The request has a wrong part",
    "too_many_guesses": "Too many wrong tokens",
    "too_many_requests": "Too many requests",
    "internal_error": "The request failed",
    "unavailable": "Not available now",
}
"""By code."""


class UnknownAddress(Exception):
    """The feed has nothing under this address."""


def problem(status: int, code: str, detail: str) -> HttpResponse:
    """Write a problem."""
    said = {"type": f"urn:ridni:problem:{code}", "title": TITLES[code], "status": status, "detail": detail}
    return HttpResponse(canonical(said | {"code": code}), status=status, content_type=MEDIA_TYPE)


def install(api: NinjaAPI) -> None:
    """Answer every fault of the API in one form."""

    @api.exception_handler(AuthenticationError)
    def no_token(request: HttpRequest, fault: AuthenticationError) -> HttpResponse:
        response = problem(401, "unauthorized", "Send a valid token as `Authorization: Bearer …`.")
        response["WWW-Authenticate"] = 'Bearer realm="ridni"'
        return response

    @api.exception_handler(TooManyGuesses)
    def guessed(request: HttpRequest, fault: TooManyGuesses) -> HttpResponse:
        response = problem(429, "too_many_guesses", f"{fault.what}. Wait, and send a valid token.")
        response["Retry-After"] = str(int(CLOSED_FOR.total_seconds()))
        return response

    @api.exception_handler(TooManyRequests)
    def too_many(request: HttpRequest, fault: TooManyRequests) -> HttpResponse:
        return problem(429, "too_many_requests", "Your terms allow no more just now: see RateLimit-Reset.")

    @api.exception_handler(AuthorizationError)
    def no_scope(request: HttpRequest, fault: AuthorizationError) -> HttpResponse:
        return problem(403, "forbidden", "The terms of this consumer do not have the scope for this request.")

    @api.exception_handler(HttpError)
    def unreadable(request: HttpRequest, fault: HttpError) -> HttpResponse:
        return problem(400, "bad_request", "Send a body of JSON in UTF-8, as the document of the feed says.")

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, fault: ValidationError) -> HttpResponse:
        parts = [f"{error['loc'][-1]}: {error['msg']}" for error in fault.errors]
        return problem(422, "invalid_request", "; ".join(parts))

    @api.exception_handler(UnknownIdentity)
    def unknown(request: HttpRequest, fault: UnknownIdentity) -> HttpResponse:
        return problem(404, "unknown_identity", f"{fault.what}.")

    @api.exception_handler(CursorGone)
    def gone(request: HttpRequest, fault: CursorGone) -> HttpResponse:
        return problem(410, "cursor_gone", f"{fault.what}. Take /snapshot, and go on from the cursor that it names.")

    @api.exception_handler(KeyUsed)
    def key_used(request: HttpRequest, fault: KeyUsed) -> HttpResponse:
        return problem(409, "key_used", f"{fault.what}. {fault.mend}.")

    @api.exception_handler(UnknownAddress)
    def no_address(request: HttpRequest, fault: UnknownAddress) -> HttpResponse:
        return problem(404, "unknown_address", "There is nothing here. The addresses are listed in /api/v1/docs.")

    @api.exception_handler(MendableError)
    def unavailable(request: HttpRequest, fault: MendableError) -> HttpResponse:
        logger.error("answered 503: %s", type(fault).__name__)
        return problem(503, "unavailable", "The registry cannot answer now. Ask again later.")

    @api.exception_handler(Exception)
    def failed(request: HttpRequest, fault: Exception) -> HttpResponse:
        logger.error("answered 500", exc_info=fault)
        return problem(500, "internal_error", "The request failed; the operator's log says where.")
