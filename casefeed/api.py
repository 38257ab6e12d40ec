"""The case feed, version 1: verified identities and their events for case systems, under /api/v1/.

Only what two people have verified leaves through here, under the terms of the consumer that asks. What is given enters
the ledger before it leaves; reads enter the audit log in batches, so nobody who reads waits for people at work.
"""

from __future__ import annotations

from datetime import UTC
from typing import Annotated, Any
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Header, Query
from ninja.errors import ValidationError
from ninja.openapi.docs import Swagger

from casefeed import cloud_events, document, faults, snapshot, waiting
from casefeed.faults import UnknownAddress
from casefeed.schemas import (
    CURSOR,
    AnswerIn,
    AnswerOut,
    CloudEvent,
    FeedOut,
    FoundMany,
    IdentityOut,
    IdentityPage,
    Wanted,
)
from casefeed.tokens import FeedToken
from registry.access import field_access
from registry.access.consumers import READ_EVIDENCE, READ_IDENTITIES
from registry.access.tokens import Caller
from registry.errors import UnknownIdentity
from registry.identities import answers, consumer_state, feed_position, identities, ledger
from registry.identities.consumer_state import Clearance
from registry.judgements import unions

MOST_EVENTS = 1_000

api = document.FeedApi(
    title="Ridni case feed",
    version="1.0.0",
    description=document.DESCRIPTION,
    urls_namespace="casefeed",
    auth=FeedToken(READ_IDENTITIES),
    docs=Swagger(settings={"validatorUrl": None, "persistAuthorization": False}),
)
faults.install(api)


class Request(HttpRequest):
    """A request whose token has been checked."""

    auth: Caller


def clearance(request: Request) -> Clearance:
    """Return what the terms of the consumer that asks let it see."""
    scopes = request.auth.scopes
    return Clearance(field_access.of_scopes(scopes), READ_EVIDENCE in scopes)


def refuse_unknown(request: Request, *known: str) -> None:
    """Refuse a request with a parameter that means nothing.

    A misspelt `cursor` would otherwise start again from the beginning without a word.

    Raises:
        ValidationError: The query has a parameter besides `known`.
    """
    if set(request.GET) - set(known):
        said = f"there is a parameter besides {', '.join(known)}" if known else "there are no parameters"
        raise ValidationError([{"loc": ["query"], "msg": said}])


def settle_in_passing() -> None:
    """Enter pairs whose time to be taken back has passed, unless anybody at work would have to be waited for."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '50ms'")
            unions.settle_due(wait=False)
            cursor.execute("SET LOCAL lock_timeout = 0")
    except OperationalError:  # somebody is at work: the next reader tries again
        return


def conditional(request: Request, body: bytes, digest: str) -> HttpResponse:
    """Answer with a body and its ETag, or with 304 to whoever has it."""
    known = {tag.strip().removeprefix("W/").strip('"') for tag in request.headers.get("If-None-Match", "").split(",")}
    response = HttpResponse(status=304) if digest in known else HttpResponse(body)
    response["Content-Type"] = "application/json"
    response["ETag"] = f'"{digest}"'
    return response


@api.get("/feed", response=document.answers(FeedOut, 304), summary="Where the feed stands")
def get_feed(request: Request) -> HttpResponse:
    """Give the feed's id, its epoch, its first and last number, and what your terms let you receive."""
    refuse_unknown(request)
    settle_in_passing()
    now = feed_position.current()
    said = {
        "feed": str(now.feed),
        "epoch": str(now.epoch),
        "first_sequence": feed_position.FIRST_SEQUENCE,
        "last_sequence": now.sequence,
        "cursor": now.cursor,
        "consumer": request.auth.name,
        "scopes": sorted(request.auth.scopes),
    }
    body = consumer_state.canonical(said)
    return conditional(request, body, consumer_state.digest_of(body))


@api.get(
    "/snapshot",
    response=document.answers(None),
    summary="All identities at one number",
    openapi_extra=document.snapshot(),
)
def get_snapshot(request: Request) -> StreamingHttpResponse:
    """Give all identities as they stand at one number of the feed, as lines of JSON.

    The first line, `{"snapshot": …}`, has the number and the cursor from which to go on. Then a line for each identity
    that ever was, tombstones among them: `{"sha256": …, "state": …}`. The last, `{"end": {"identities": n}}`, says how
    many. Without it the answer was cut off: throw it away and ask again.
    """
    refuse_unknown(request)
    settle_in_passing()
    lines = snapshot.lines(request.auth.consumer, clearance(request))
    return StreamingHttpResponse(lines, content_type=snapshot.MEDIA_TYPE)


@api.get(
    "/events",
    response=document.answers(None, 410),
    summary="What happened since",
    openapi_extra=document.media(cloud_events.MEDIA_TYPE, list[CloudEvent]),
)
def list_events(
    request: Request,
    cursor: Annotated[
        str | None,
        Query(pattern=CURSOR, description="What to go on from: `id` of the last event, or of a snapshot. Unset: all."),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_EVENTS, description="Most events in the answer.")] = 100,
    wait: Annotated[
        int, Query(ge=0, le=waiting.LONGEST, description="Seconds to wait for the next event while there is none.")
    ] = 0,
) -> HttpResponse:
    """Give the events that follow a cursor, in order and without gaps, as a batch of CloudEvents 1.0.

    Asking with a cursor confirms that you have what came up to it. The header `Feed-Cursor` is where to go on. 410: the
    cursor is of another epoch, or beyond the end; take a snapshot.
    """
    refuse_unknown(request, "cursor", "limit", "wait")
    settle_in_passing()
    now = feed_position.current()
    sequence = 0 if cursor is None else feed_position.sequence_of(cursor, now)
    ledger.confirmed(request.auth.consumer, now.epoch, sequence)
    found = waiting.listener.until(lambda: cloud_events.after(sequence, limit, now) or None, wait) or []
    response = HttpResponse(consumer_state.canonical(found), content_type=cloud_events.MEDIA_TYPE)
    response["Feed-Cursor"] = found[-1]["id"] if found else feed_position.cursor_of(now.epoch, sequence)
    return response


@api.get("/identities", response=document.answers(IdentityPage, 404), summary="Verified identities, page by page")
def list_identities(
    request: Request,
    after: Annotated[UUID | None, Query(description="`next_after` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="Most items in the answer.")] = 50,
) -> HttpResponse:
    """Give verified identities in the order in which they were made.

    Tombstones are left out: of merged and retracted identities, and of those for which consent to tracing is refused.
    """
    refuse_unknown(request, "after", "limit")
    settle_in_passing()
    now = feed_position.current()
    found = identities.ids_of_page(after, limit + 1)
    states = consumer_state.of_ids(found[:limit], clearance(request))
    ledger.given(request.auth.consumer, ledger.FEED, states, now)
    next_after = str(found[limit - 1]) if len(found) > limit else None
    page: dict[str, Any] = {"items": [state.document for state in states], "next_after": next_after}
    return HttpResponse(consumer_state.canonical(page), content_type="application/json")


@api.get("/identities/{identity_id}", response=document.answers(IdentityOut, 304, 404), summary="One identity")
def get_identity(request: Request, identity_id: UUID) -> HttpResponse:
    """Give what you may hold of one identity; every id that ever was has an answer.

    An id that was merged answers with the id it was merged into; one that was retracted or is withheld, because consent
    to tracing is refused for one of its records, with that and nothing else.

    The answer's ETag is the SHA-256 of its canonical JSON: send it as If-None-Match, and 304 means nothing has changed.
    """
    refuse_unknown(request)
    settle_in_passing()
    now = feed_position.current()
    state = consumer_state.of(identity_id, clearance(request))
    if state is None:
        raise UnknownIdentity("There is no identity with this id", "", "Ids come from /identities and /events")
    ledger.given(request.auth.consumer, ledger.FEED, [state], now)
    return conditional(request, state.body, state.digest)


@api.post("/fetch", response=document.answers(FoundMany, 400), summary="Some identities at once")
def fetch_identities(request: Request, wanted: Wanted) -> HttpResponse:
    """Give what you may hold of some identities, each with its SHA-256, in the order in which you ask."""
    refuse_unknown(request)
    settle_in_passing()
    now = feed_position.current()
    states = consumer_state.of_ids(wanted.ids, clearance(request))
    ledger.given(request.auth.consumer, ledger.FEED, states, now)
    items = b",".join(snapshot.line(state).rstrip() for state in states)
    unknown = sorted(str(one) for one in set(wanted.ids) - {state.id for state in states})
    body = b'{"items":[' + items + b'],"unknown":' + consumer_state.canonical(unknown) + b"}"
    return HttpResponse(body, content_type="application/json")


@api.post(
    "/identities/{identity_id}/answers",
    response=document.answers(AnswerOut, 400, 404, 409),
    summary="What became of it",
)
def post_answer(
    request: Request,
    identity_id: UUID,
    said: AnswerIn,
    key: Annotated[
        str,
        Header(
            alias="Idempotency-Key",
            pattern=r"^[A-Za-z0-9_-]+$",
            min_length=1,
            max_length=answers.KEY_LENGTH,
            description="Your own name for this answer: sent again with the same key it is kept once.",
        ),
    ],
) -> HttpResponse:
    """Say what became of an identity with you, or that you dispute it.

    409: the key came before with another answer.
    """
    refuse_unknown(request)
    kept = answers.answer(request.auth, identity_id, said.kind, key, on=said.on, reason=said.reason or "").answer
    told = {
        "id": kept.pk,
        "identity": str(kept.identity_id),
        "kind": kept.kind,
        "on": kept.on.isoformat() if kept.on else None,
        "reason": kept.reason,
        "at": kept.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
    }
    return HttpResponse(consumer_state.canonical(told), content_type="application/json")


METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]


@api.api_operation(METHODS, "/", auth=None, include_in_schema=False)
def answer_root(request: HttpRequest) -> None:
    """Answer the address above all others, under which there is nothing.

    Raises:
        UnknownAddress: Always.
    """
    raise UnknownAddress


@api.api_operation(METHODS, "/{path:rest}", auth=None, include_in_schema=False)
def answer_unknown(request: HttpRequest, rest: str) -> None:
    """Answer an address that the feed does not have; the last operation, so that every other one goes first.

    Raises:
        UnknownAddress: Always.
    """
    raise UnknownAddress
