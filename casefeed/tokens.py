"""Who asks: bearer tokens of consumers, checked against their hashes, terms and rates."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.errors import AuthenticationError, AuthorizationError
from ninja.security import HttpBearer

from casefeed import rates
from registry.access import tokens
from registry.access.tokens import Caller


class FeedToken(HttpBearer):
    """A bearer token of a consumer whose terms have the scope."""

    def __init__(self, scope: str) -> None:
        self.scope = scope
        super().__init__()

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        """Return the consumer whose valid token it is.

        Raises:
            AuthenticationError: There is no such valid token.
            TooManyGuesses: The same, too often from this address.
            TooManyRequests: The consumer has asked for more than its terms allow.
            AuthorizationError: Its terms lack the scope.
        """
        caller = tokens.authenticate(token, request.META.get("REMOTE_ADDR", ""))
        if caller is None:
            raise AuthenticationError
        rates.take(request, caller.consumer.pk, caller.terms.rate)
        if self.scope not in caller.scopes:
            raise AuthorizationError
        return caller
