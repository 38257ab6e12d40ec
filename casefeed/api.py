"""The case feed: verified identities and their events for case systems, under /api/v1/.

Only what two people have verified leaves through here. Every answer is logged with the name of the token and the ids
that were given.
"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Query
from ninja.errors import ValidationError
from ninja.openapi.docs import Swagger

from casefeed import faults
from casefeed.faults import UnknownAddress
from casefeed.schemas import EventOut, EventPage, Fault, IdentityOut, IdentityPage
from casefeed.tokens import FeedToken
from registry import actors, audit
from registry.access import field_access
from registry.access.consumers import READ_EVIDENCE, READ_IDENTITIES
from registry.access.tokens import Caller
from registry.errors import UnknownIdentity
from registry.identities import consumer_state, identities
from registry.identities.consumer_state import Clearance
from registry.judgements import events, unions

LARGEST_SEQ = 2**63 - 1
FAULTS = {401: Fault, 403: Fault, 422: Fault, 429: Fault, 503: Fault}

api = NinjaAPI(
    title="Ridni case feed",
    version="1.0.0",
    description=(
        "Identities that two people have verified, and what happens to them. Poll `/events` from the last `seq` you "
        "have seen; a replay from 0 gives the same state. Ids are opaque, stable and never used again.\n\n"
        "What follows from each kind of event: `verified`, `updated` (a row came in, or its source corrected it: "
        "`verified_version` then is older than `version`): ask for the identity. `merged`: it stands under "
        "`merged_into` from now on. `split`: some rows were another child; ask for this id and for those in `into`. "
        "`retracted`: it was a mistake; use nothing of it. `withheld`: consent was refused; use nothing of it until "
        "`restored`. `proposed` and `erased` are reserved and not sent yet; what is `erased`, delete.\n\n"
        "An identity is given only while no record in it refuses consent to tracing: otherwise `/identities` leaves it "
        "out and its id answers with the status `withheld` and nothing else. Every id that ever was has an answer, so "
        "none is lost.\n\n"
        "A token gets the classes of fields that its scopes name: `identities:read` what identifies a child, and apart "
        "from it `fields:location` (where the child is now), `fields:health`, `fields:contact`, `fields:text`, "
        "`fields:testimony` and `fields:other`. Fields that are known but not given stand in `withheld`. Where in the "
        "evidence a value stands is given with `evidence:read`."
    ),
    urls_namespace="casefeed",
    auth=FeedToken(READ_IDENTITIES),
    docs=Swagger(settings={"validatorUrl": None, "persistAuthorization": False}),
)
faults.install(api)

Limit = Annotated[int, Query(ge=1, le=200, description="Most items in the answer.")]


class Request(HttpRequest):
    """A request whose token has been checked."""

    auth: Caller


def clearance(request: Request) -> Clearance:
    """Return what the scopes of the request's token let it see."""
    scopes = request.auth.scopes
    return Clearance(field_access.of_scopes(scopes), READ_EVIDENCE in scopes)


def refuse_unknown(request: Request, *known: str) -> None:
    """Refuse a request with a parameter that means nothing.

    A misspelt `after` would otherwise start again from the beginning without a word.

    Raises:
        ValidationError: The query has a parameter besides `known`.
    """
    if set(request.GET) - set(known):
        said = f"there is a parameter besides {', '.join(known)}" if known else "there are no parameters"
        raise ValidationError([{"loc": ["query"], "msg": said}])


@api.get("/identities", response={200: IdentityPage, 404: Fault, **FAULTS}, summary="Verified identities, page by page")
def list_identities(
    request: Request,
    after: Annotated[UUID | None, Query(description="`next_after` of the page before.")] = None,
    limit: Limit = 50,
) -> HttpResponse:
    """Give verified identities in the order in which they were made.

    Tombstones are left out: of merged and retracted identities, and of those for which consent to tracing is refused.
    """
    refuse_unknown(request, "after", "limit")
    unions.settle_due()
    with transaction.atomic():
        found = identities.ids_of_page(after, limit + 1)
        states = consumer_state.of_ids(found[:limit], clearance(request))
        ids = [str(state.id) for state in states]
        audit.append(actors.of_token(request.auth.name), "feed.identities", "identity", "", {"ids": ids})
    next_after = str(found[limit - 1]) if len(found) > limit else None
    page = {"items": [state.document for state in states], "next_after": next_after}
    return HttpResponse(consumer_state.canonical(page), content_type="application/json")


ONE = {200: IdentityOut, 304: None, 404: Fault, **FAULTS}


@api.get("/identities/{identity_id}", response=ONE, summary="One identity")
def get_identity(request: Request, identity_id: UUID) -> HttpResponse:
    """Give what you may hold of one identity; every id that ever was has an answer.

    An id that was merged answers with the id it was merged into; one that was retracted or is withheld, because consent
    to tracing is refused for one of its records, with that and nothing else.

    The answer's ETag is the SHA-256 of its canonical JSON: send it as If-None-Match, and 304 means nothing has changed.
    """
    refuse_unknown(request)
    unions.settle_due()
    with transaction.atomic():
        state = consumer_state.of(identity_id, clearance(request))
        if state is None:
            raise UnknownIdentity("There is no identity with this id", "", "Ids come from /identities and /events")
        facts = {"sha256": state.digest}
        audit.append(actors.of_token(request.auth.name), "feed.identity", "identity", str(identity_id), facts)
    known = {tag.strip().removeprefix("W/").strip('"') for tag in request.headers.get("If-None-Match", "").split(",")}
    response = HttpResponse(status=304) if state.digest in known else HttpResponse(state.body)
    response["Content-Type"] = "application/json"
    response["ETag"] = f'"{state.digest}"'
    return response


@api.get("/events", response={200: EventPage, **FAULTS}, summary="What happened since")
def list_events(
    request: Request,
    after: Annotated[int, Query(ge=0, le=LARGEST_SEQ, description="The last `seq` you have seen; 0 for all.")] = 0,
    limit: Limit = 100,
) -> EventPage:
    """Give the events that follow `after`, in order and without gaps."""
    refuse_unknown(request, "after", "limit")
    unions.settle_due()
    with transaction.atomic():
        items = events.after(after, limit)
        audit.append(
            actors.of_token(request.auth.name), "feed.events", "event", "", {"after": after, "count": len(items)}
        )
    return EventPage(items=[EventOut.of(event) for event in items], next_after=items[-1].seq if items else after)


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
