"""Faults as JSON: a code for programs and a sentence for people; never what was sent, never a value of a record."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, AuthorizationError, ValidationError

from casefeed.rates import TooManyRequests
from registry.access.guessing import CLOSED_FOR
from registry.access.tokens import TooManyGuesses
from registry.errors import RegistryError, UnknownIdentity

logger = logging.getLogger(__name__)


class UnknownAddress(Exception):
    """The feed has nothing under this address."""


def install(api: NinjaAPI) -> None:
    """Answer every fault of the API in one form."""

    def answer(request: HttpRequest, status: int, error: str, message: str) -> HttpResponse:
        return api.create_response(request, {"error": error, "message": message}, status=status)

    @api.exception_handler(AuthenticationError)
    def no_token(request: HttpRequest, fault: AuthenticationError) -> HttpResponse:
        response = answer(request, 401, "unauthorized", "Send a valid token as `Authorization: Bearer …`.")
        response["WWW-Authenticate"] = 'Bearer realm="ridni"'
        return response

    @api.exception_handler(TooManyGuesses)
    def guessed(request: HttpRequest, fault: TooManyGuesses) -> HttpResponse:
        response = answer(request, 429, "too_many_guesses", f"{fault.what}. Wait, and send a valid token.")
        response["Retry-After"] = str(int(CLOSED_FOR.total_seconds()))
        return response

    @api.exception_handler(TooManyRequests)
    def too_many(request: HttpRequest, fault: TooManyRequests) -> HttpResponse:
        return answer(request, 429, "too_many_requests", "Your terms allow no more just now: see RateLimit-Reset.")

    @api.exception_handler(AuthorizationError)
    def no_scope(request: HttpRequest, fault: AuthorizationError) -> HttpResponse:
        return answer(request, 403, "forbidden", "The terms of this consumer do not have the scope for this request.")

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, fault: ValidationError) -> HttpResponse:
        parts = [f"{error['loc'][-1]}: {error['msg']}" for error in fault.errors]
        return answer(request, 422, "invalid_request", "; ".join(parts))

    @api.exception_handler(UnknownIdentity)
    def unknown(request: HttpRequest, fault: UnknownIdentity) -> HttpResponse:
        return answer(request, 404, "unknown_identity", f"{fault.what}.")

    @api.exception_handler(UnknownAddress)
    def no_address(request: HttpRequest, fault: UnknownAddress) -> HttpResponse:
        return answer(
            request, 404, "unknown_address", "There is nothing here. The addresses are listed in /api/v1/docs."
        )

    @api.exception_handler(RegistryError)
    def unavailable(request: HttpRequest, fault: RegistryError) -> HttpResponse:
        logger.error("answered 503: %s", type(fault).__name__)
        return answer(request, 503, "unavailable", "The registry cannot answer now. Ask again later.")

    @api.exception_handler(Exception)
    def failed(request: HttpRequest, fault: Exception) -> HttpResponse:
        logger.error("answered 500", exc_info=fault)
        return answer(request, 500, "internal_error", "The request failed; the operator's log says where.")
