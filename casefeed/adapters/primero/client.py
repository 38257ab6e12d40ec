"""A small client of Primero's API v2: Basic sign-in or an identity provider's token, one request at a time.

Basic works on every native instance from 2.5 to 2.16 and keeps no session; since 2.11 `POST /tokens` hands out no
token. A wrong password is never tried again: six failures lock the account for half an hour. What the server says in
the words of an error may quote a value, so only fields and pointers of it are kept.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Final, Self

import httpx

from casefeed.adapters.primero.errors import PrimeroFault, PrimeroRefused

PATH: Final = "/api/v2"
USER_AGENT = "ridni-primero/1"
"""nginx in front of Primero refuses some well-known programs by name."""
TIMEOUT = 30.0
PER_PAGE = 1_000
TRIES = 4
LONGEST_WAIT = 120
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
_FIELD = re.compile(r"[A-Za-z0-9_./\[\]-]{1,100}")


class Primero:
    """One server, as one account."""

    def __init__(
        self,
        url: str,
        *,
        user: str = "",
        password: str = "",
        token: str = "",
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Prepare to speak with a server; nothing is sent yet.

        Args:
            url: `https://host`, with or without `/api/v2`.
            user: Name of a native account, with `password`.
            password: Its password.
            token: Instead: a token (JWT) of the instance's identity provider.
            transport: Another way to the server, for tests.
            sleep: Waits.

        Raises:
            PrimeroRefused: The address has no TLS.
        """
        parts = httpx.URL(url)
        if parts.scheme != "https" and parts.host not in LOOPBACK:
            raise PrimeroRefused("Names do not travel in the open", "", "Give an address with https://")
        auth = None if token else httpx.BasicAuth(user, password)
        headers = {"user-agent": USER_AGENT, "accept": "application/json"}
        if token:
            headers["authorization"] = f"Bearer {token}"
        self._sleep = sleep
        self._http = httpx.Client(
            base_url=url.rstrip("/").removesuffix(PATH) + PATH,
            auth=auth,
            headers=headers,
            timeout=TIMEOUT,
            follow_redirects=False,
            trust_env=False,
            transport=transport,
        )

    def __enter__(self) -> Self:
        """Return the client."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection."""
        self._http.close()

    def forms(self, module: str) -> list[dict[str, Any]]:
        """Return the forms of cases that the account may see, nested ones among them."""
        return list(self.pages("/forms", record_type="case", module_id=module))

    def lookups(self) -> list[dict[str, Any]]:
        """Return the lists of values that fields may have."""
        return list(self.pages("/lookups"))

    def case(self, number: str) -> dict[str, Any] | None:
        """Return a case as the account may see it, None where there is none."""
        try:
            found: dict[str, Any] = self.request("GET", f"/cases/{number}")["data"]
        except PrimeroFault as fault:
            if fault.status == 404:
                return None
            raise
        return found

    def create(self, number: str, fields: dict[str, Any]) -> bool:
        """Make a case under an id of ours; False when a case with this id is there already."""
        try:
            self.request("POST", "/cases", {"data": {"id": number, **fields}})
        except PrimeroFault as fault:
            if fault.status == 409:
                return False
            raise
        return True

    def change(self, number: str, fields: dict[str, Any]) -> None:
        """Change fields of a case; those that are not named stay."""
        self.request("PATCH", f"/cases/{number}", {"data": fields})

    def flag(self, number: str, message: str, day: str) -> None:
        """Ask a person to look at a case."""
        self.request("POST", f"/cases/{number}/flags", {"data": {"date": day, "message": message}})

    def trace(self, number: str) -> dict[str, Any] | None:
        """Return a child that a tracing request seeks, None where there is none."""
        try:
            found: dict[str, Any] = self.request("GET", f"/traces/{number}")["data"]
        except PrimeroFault as fault:
            if fault.status == 404:
                return None
            raise
        return found

    def link(self, trace: str, case: str | None) -> None:
        """Link a trace to a case; None takes the link away."""
        self.request("PATCH", f"/traces/{trace}", {"data": {"matched_case_id": case}})

    def pages(self, path: str, **asked: str) -> Iterator[dict[str, Any]]:
        """Yield all items of a list, page by page."""
        page, seen = 1, 0
        while True:
            answer = self.request("GET", path, params={**asked, "page": str(page), "per": str(PER_PAGE)})
            items = answer["data"]
            yield from items
            seen += len(items)
            total = answer.get("metadata", {}).get("total", seen)
            if not items or seen >= total:
                return
            page += 1

    def request(
        self, method: str, path: str, body: dict[str, Any] | None = None, params: dict[str, str] | None = None
    ) -> dict[str, Any]:
        """Send one request; wait and try again where the server asks for it, or did not answer a reading.

        Raises:
            PrimeroRefused: Sign-in failed, or there is no Primero at this address.
            PrimeroFault: The server refused, or gave no answer.
        """
        for tried in range(1, TRIES + 1):
            try:
                response = self._http.request(method, path, json=body, params=params)
            except httpx.HTTPError as fault:
                if tried == TRIES or method == "POST":  # a lost answer to a POST is found out by reading
                    raise PrimeroFault(0, path, type(fault).__name__) from None
                self._sleep(tried)
                continue
            if response.status_code in (429, 503) and tried < TRIES:
                self._sleep(_wait(response))
                continue
            return _read(response, path)
        raise AssertionError


def _read(response: httpx.Response, path: str) -> dict[str, Any]:
    status = response.status_code
    if status == 401:
        raise PrimeroRefused(
            "Primero does not know this account", "", "Look at name and password or token; six failures lock it"
        )
    if status == 204:
        return {}
    try:
        body = response.json()
    except ValueError:
        body = None
    if response.is_success and isinstance(body, dict) and "data" in body:
        return body
    if response.is_success or response.is_redirect:
        raise PrimeroRefused("This is no Primero", "", "Give the address under which its API answers")
    raise PrimeroFault(status, re.sub(r"[0-9a-f-]{36}", "ID", path), _detail(body))


def _detail(body: Any) -> str:
    """Return what fields an error is about; never its words."""
    errors = body.get("errors") if isinstance(body, dict) else None
    said: list[str] = []
    for error in errors if isinstance(errors, list) else ():
        detail = error.get("detail") if isinstance(error, dict) else None
        said += [one for one in (detail if isinstance(detail, list) else [detail]) if isinstance(one, str)]
    return ", ".join(sorted({one for one in said if _FIELD.fullmatch(one)}))


def _wait(response: httpx.Response) -> int:
    said = response.headers.get("retry-after", "")
    return min(int(said), LONGEST_WAIT) if said.isascii() and said.isdecimal() else 2
