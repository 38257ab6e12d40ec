"""The OpenAPI document: its words and examples, which the tests send and check (`tests/casefeed/test_openapi.py`)."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from pydantic import TypeAdapter

from casefeed.schemas import Problem
from registry.identities.feed_position import cursor_of

DESCRIPTION = """Identities that two people have verified, and what happens to them.

**Follow**: take `/snapshot` once, keep its cursor, and ask `/events?cursor=…&wait=25` for ever. For each event ask
for the identity (or `/fetch` for some), and keep what it says. What you hold then is what a snapshot would
give: compare the SHA-256 of each state. Events may be asked for again from any cursor; the same event has the same
`id`.

**What follows from each kind of event**: `verified`, `updated` (a row came in, or its source corrected it),
`restored`: ask for the identity. `merged`: it stands under `merged_into` from now on; aliases hold for ever. `split`:
some rows were another child; ask for this id and for those in `into`; with the reason `erased`, delete every older
copy of it. `retracted`: it was a mistake; use nothing of
it, and undo what you did. `withheld`: consent was refused; use nothing of it until `restored`. `erased`: delete what
you hold. `proposed` is reserved.

**Answer** what became of an identity with you (`/identities/{id}/answers`): linked, reunified, returned, disputed,
cannot_use. A dispute holds the identity for everybody until a third person has looked.

**Ids** are opaque, stable and never used again. Every id that ever was has an answer: `merged`, `retracted`,
`withheld` and `erased` are tombstones of id and status.

**Epochs**: when a backup is restored, another epoch begins and cursors of before answer 410: take a snapshot and
compare.

**What you get** are the classes of fields that your terms name: with `identities:read` what identifies a child, and
apart from it `fields:location` (where the child is now), `fields:health`, `fields:contact`, `fields:text`,
`fields:testimony` and `fields:other`. Fields that are known but not given stand in `withheld`. `evidence:read` tells
where in the evidence a value stands.

**Rates**: `RateLimit-Limit`, `-Remaining` and `-Reset` (seconds) tell what your terms allow in a minute; 429 has
`Retry-After`.

**Versions**: within /api/v1/ fields, kinds of events and addresses are only added; pass over what you do not know.
What would break you comes under /api/v2/, and both run for a year."""

ALWAYS = (401, 403, 422, 429, 503)
"""Problems that any request may be answered with."""


def answers(good: Any, *more: int) -> dict[int, Any]:
    """Return the answers of an operation: `good` for 200, problems, and 304 without a body."""
    return {200: good} | {status: None if status == 304 else Problem for status in (*more, *ALWAYS)}


def media(media_type: str, kind: Any) -> dict[str, Any]:
    """Return what the document says of an answer in another form than plain JSON."""
    schema = TypeAdapter(kind).json_schema(ref_template="#/components/schemas/{model}")
    definitions = schema.pop("$defs", {})
    return {
        "responses": {200: {"description": "OK", "content": {media_type: {"schema": _inlined(schema, definitions)}}}}
    }


def snapshot() -> dict[str, Any]:
    """Return what the document says of a snapshot."""
    text = {"type": "string", "description": "Lines of JSON."}
    return {"responses": {200: {"description": "OK", "content": {"application/x-ndjson": {"schema": text}}}}}


def _inlined(schema: Any, definitions: dict[str, Any]) -> Any:
    """Return a schema with its definitions in place: the document's own components come from other operations."""
    if isinstance(schema, list):
        return [_inlined(part, definitions) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    return {key: _inlined(part, definitions) for key, part in schema.items()}


_ID = "0b7e53f2-4c11-4c69-8f51-1f6b2d0c9e77"
_INTO = "7d9f6c1e-5b0a-4f3e-9a55-0c1d2e3f4a5b"
_EPOCH = UUID("5f0c8c1e-2b7d-4e3a-9a55-0c1d2e3f4a5b")
_FEED = "2f1b9a66-3f0e-4b58-8b1e-3f6a0d5c7e21"
_MERGED: Final = {"id": _ID, "status": "merged", "merged_into": _INTO}

ANSWERS: Final[dict[str, Any]] = {
    "/feed": {
        "feed": _FEED,
        "epoch": str(_EPOCH),
        "first_sequence": 1,
        "last_sequence": 1207,
        "cursor": cursor_of(_EPOCH, 1207),
        "consumer": "case-system",
        "scopes": ["identities:read"],
    },
    "/events": [
        {
            "specversion": "1.0",
            "id": cursor_of(_EPOCH, 1207),
            "source": f"urn:uuid:{_FEED}",
            "type": "org.ridni.identity.merged",
            "subject": _ID,
            "time": "2026-11-02T09:14:07.120394Z",
            "sequence": f"{1207:020}",
            "datacontenttype": "application/json",
            "data": {"identity": _ID, "merged_into": _INTO},
        }
    ],
    "/identities": {"items": [], "next_after": None},
    "/identities/{identity_id}": _MERGED,
    "/fetch": {
        "items": [{"sha256": "b2f1a8d09c4e7b66" * 4, "state": _MERGED}],
        "unknown": ["9e55c3a0-5c1d-4f3e-8a55-0c1d2e3f4a5c"],
    },
    "/identities/{identity_id}/answers": {
        "id": 17,
        "identity": _INTO,
        "kind": "reunified",
        "on": "2026-11-05",
        "reason": "",
        "at": "2026-11-06T08:00:12.500211Z",
    },
}
"""An answer with 200, by address."""
BODIES: Final[dict[str, Any]] = {
    "/fetch": {"ids": [_ID]},
    "/identities/{identity_id}/answers": {"kind": "reunified", "on": "2026-11-05"},
}
"""What is sent, by address."""


class FeedApi(NinjaAPI):
    """The API, whose document says that problems are `application/problem+json` and has examples."""

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Any = None) -> OpenAPISchema:
        """Return the document."""
        made = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        for path, operations in made["paths"].items():
            name = path.partition("/api/v1")[2]
            for operation in operations.values():
                for status, answer in operation["responses"].items():
                    content = answer.get("content", {})
                    if int(status) >= 400 and "application/json" in content:
                        content["application/problem+json"] = content.pop("application/json")
                    elif int(status) == 200 and name in ANSWERS:
                        for told in content.values():
                            told["example"] = ANSWERS[name]
                if "requestBody" in operation:
                    operation["requestBody"]["content"]["application/json"]["example"] = BODIES[name]
        return made
