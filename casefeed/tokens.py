"""Who asks: bearer tokens, checked against their hashes and scopes."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.errors import AuthenticationError, AuthorizationError
from ninja.security import HttpBearer

from registry.access import tokens
from registry.models import ApiToken


class FeedToken(HttpBearer):
    """A bearer token that has the scope."""

    def __init__(self, scope: str) -> None:
        self.scope = scope
        super().__init__()

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken:
        """Return the valid token.

        Raises:
            AuthenticationError: There is no such valid token.
            AuthorizationError: The token lacks the scope.
        """
        found = tokens.authenticate(token)
        if found is None:
            raise AuthenticationError
        if self.scope not in found.scopes:
            raise AuthorizationError
        return found
