"""A double of a Primero server, built from the facts of `primeroIMS/primero` 2.5 to 2.16 that the adapter relies on.

It answers as the server does where that is surprising: 204 without a body for a case with an id, unknown fields dropped
without a word, arrays of subforms merged by `unique_id` and appended without one, `name` rebuilt from its parts, errors
under `status`, an account locked after six failures, paging at 20.
"""

import base64
import itertools
import json
import re
from datetime import UTC, datetime

import httpx

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
CORE = {"id", "status", "record_state", "owned_by", "module_id", "last_updated_at", "created_at", "created_by"}
FORBIDDEN_ON_CHANGE = {"id", "unique_identifier", "short_id", "case_id", "case_id_display", "created_at", "created_by"}
TYPES = {
    "text_field": lambda value: value is None or isinstance(value, str),
    "textarea": lambda value: value is None or isinstance(value, str),
    "numeric_field": lambda value: value is None or isinstance(value, int),
    "tick_box": lambda value: isinstance(value, bool),
    "date_field": lambda value: value is None or bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(value))),
    "select_box": lambda value: value is None or isinstance(value, str),
    "radio_button": lambda value: value is None or isinstance(value, str | bool),
}


def field(name, kind="text_field", source=None, **more):
    made = {"id": abs(hash(name)) % 10_000, "name": name, "type": kind, "visible": True, "editable": True}
    return made | ({"option_strings_source": source} if source else {}) | more


def default_forms():
    """Return the forms of the default configuration that matter here."""
    texts = ("name", "name_first", "name_middle", "name_last", "name_nickname", "name_other", "national_id_no")
    basic = [field(name) for name in (*texts, "other_agency_id", "other_agency_name")]
    basic += [field("sex", "select_box", "lookup lookup-gender"), field("date_of_birth", "date_field")]
    relatives = [
        field("relation_name"),
        field("relation", "select_box", "lookup lookup-family-relationship"),
        field("relation_age", "numeric_field"),
    ]
    family = field("family_details_section", "subform", subform_section_id=71)
    tracing = [field("date_of_separation", "date_field"), field("consent_for_tracing", "radio_button")]
    return [
        {"id": 20, "unique_id": "basic_identity", "is_nested": False, "fields": basic},
        {"id": 21, "unique_id": "other_identity_details", "is_nested": False, "fields": [field("address_last")]},
        {"id": 70, "unique_id": "family_details", "is_nested": False, "fields": [family]},
        {"id": 71, "unique_id": "family_details_section", "is_nested": True, "fields": relatives},
        {"id": 72, "unique_id": "tracing", "is_nested": False, "fields": tracing},
    ]


LOOKUPS = {
    "lookup-gender": ("male", "female"),
    "lookup-family-relationship": ("mother", "father", "aunt", "uncle", "grandmother", "grandfather"),
}


class PrimeroDouble:
    """One server; `faults` are statuses or exceptions for the next requests, in order."""

    def __init__(self, user="intake", password="secret"):
        self.users, self.bearer = {user: password}, "jwt-of-the-provider"
        self.failures = {}
        self.forms, self.lookups = default_forms(), dict(LOOKUPS)
        self.hidden = set()  # fields that the role of the account may not write
        self.cases, self.flags, self.traces = {}, {}, {}
        self.asked, self.faults, self.lies = [], [], False
        self.auto_populate = True
        self.clock = itertools.count()

    def transport(self):
        return httpx.MockTransport(self.handle)

    def messages(self, number=None):
        return [one["message"] for case, some in self.flags.items() for one in some if number in (None, case)]

    # one request

    def handle(self, request):
        path = request.url.path.removeprefix("/api/v2")
        self.asked.append((request.method, path))
        if self.faults:
            fault = self.faults.pop(0)
            if isinstance(fault, BaseException):
                raise fault
            if fault is not None:
                status, headers = fault if isinstance(fault, tuple) else (fault, {})
                said = {"errors": [{"status": status, "resource": path, "message": "Заряна is not a valid value"}]}
                return httpx.Response(status, json=said, headers=headers)
        if request.method in ("HEAD", "OPTIONS") or "wget" in request.headers["user-agent"]:
            raise httpx.RemoteProtocolError("closed")
        if not self.signed_in(request):
            return httpx.Response(
                401, json={"error": "Invalid"}, headers={"www-authenticate": 'Bearer realm="Primero"'}
            )
        body = json.loads(request.content)["data"] if request.content else {}
        return self.routed(request.method, path.strip("/").split("/"), body, dict(request.url.params))

    def signed_in(self, request):
        scheme, _, said = request.headers.get("authorization", "").partition(" ")
        if scheme == "Bearer":
            return said == self.bearer
        user, _, password = base64.b64decode(said).decode().partition(":")
        good = self.users.get(user) == password and self.failures.get(user, 0) < 6
        self.failures[user] = 0 if good else self.failures.get(user, 0) + 1
        return good

    def routed(self, method, parts, body, asked):
        match method, parts:
            case "GET", ["forms"]:
                return self.paged(self.forms, asked)
            case "GET", ["lookups"]:
                values = [
                    {"unique_id": name, "values": [{"id": one, "display_text": {"en": one}} for one in ids]}
                    for name, ids in self.lookups.items()
                ]
                return self.paged(values, asked)
            case "GET", ["cases"]:
                return self.listed(asked)
            case "POST", ["cases"]:
                return self.created(body)
            case method, ["cases", number, *rest]:
                if number not in self.cases:
                    return self.error(404, "Not Found")
                return self.of_case(method, number, rest, body, asked)
            case method, ["traces", number]:
                return self.of_trace(method, number, body)
        return self.error(404, "Not Found")

    def error(self, status, message, detail=None):
        said = {"status": status, "resource": "/api/v2", "message": message}
        return httpx.Response(status, json={"errors": [said | ({"detail": detail} if detail else {})]})

    def paged(self, items, asked):
        per, page = min(int(asked.get("per", 20)), 1000), int(asked.get("page", 1))
        shown = items[(page - 1) * per : page * per]
        return httpx.Response(200, json={"data": shown, "metadata": {"total": len(items), "per": per, "page": page}})

    # cases

    def types(self):
        every = [one for form in self.forms if not form["is_nested"] for one in form["fields"]]
        return {one["name"]: one for one in every if one["name"] not in self.hidden}

    def nested(self, number):
        return {one["name"]: one for form in self.forms if form["id"] == number for one in form["fields"]}

    def permitted(self, body):
        """Return what the role's forms let through; everything else is dropped without a word."""
        types, kept = self.types(), {}
        for name, value in body.items():
            if name in CORE:
                kept[name] = value
            elif name in types and types[name]["type"] == "subform":
                inner = set(self.nested(types[name]["subform_section_id"])) | {"unique_id", "_destroy"}
                kept[name] = [{key: one[key] for key in one if key in inner} for one in value]
            elif name in types:
                kept[name] = value
        if "owned_by" in kept and kept["owned_by"] not in self.users:
            del kept["owned_by"]
        return kept

    def invalid(self, body):
        types = self.types()
        wrong = [f"/{name}" for name, value in body.items() if name in types and not self.fits(types[name], value)]
        return self.error(422, "Invalid Record JSON", wrong) if wrong else None

    def fits(self, described, value):
        if described["type"] == "subform":
            return isinstance(value, list)
        source = described.get("option_strings_source", "").removeprefix("lookup ")
        if source and value is not None and value not in self.lookups.get(source, ()):
            return False
        return TYPES[described["type"]](value)

    def created(self, body):
        kept = self.permitted(body)
        if refused := self.invalid(kept):
            return refused
        number = kept.get("id")
        if number is not None and not UUID.fullmatch(number):
            return self.error(422, "Invalid Record JSON", ["/id"])
        if number in self.cases:
            return self.error(409, "Conflict: A record with this id already exists")
        self.cases[number] = {"id": number, "status": "open", "record_state": True, "owned_by": "intake"}
        self.saved(number, kept)
        return httpx.Response(204)

    def saved(self, number, kept):
        if self.lies:
            return
        case = self.cases[number]
        for name, value in kept.items():
            if isinstance(value, list) and value and isinstance(value[0], dict):
                case[name] = self.merged(case.get(name, []), value)
            else:
                case[name] = value
        parts = ("name_first", "name_middle", "name_last")
        if self.auto_populate and any(part in kept for part in parts):
            case["name"] = " ".join(case[part] for part in parts if case.get(part)) or None
        case["last_updated_at"] = datetime.fromtimestamp(next(self.clock), UTC).isoformat()

    @staticmethod
    def merged(before, new):
        entries = [dict(one) for one in before]
        for one in new:
            known = next((each for each in entries if one.get("unique_id") == each.get("unique_id")), None)
            if known is None or "unique_id" not in one:
                entries.append({"unique_id": f"made-{len(entries)}"} | one)
            elif one.get("_destroy"):
                entries.remove(known)
            else:
                known.update(one)
        return [one for one in entries if not one.get("_destroy")]

    def of_case(self, method, number, rest, body, asked):
        case = self.cases[number]
        match method, rest:
            case "GET", []:
                visible = {key: value for key, value in case.items() if key not in self.hidden and value is not None}
                return httpx.Response(200, json={"data": visible})
            case "PATCH", []:
                kept = {key: value for key, value in self.permitted(body).items() if key not in FORBIDDEN_ON_CHANGE}
                if refused := self.invalid(kept):
                    return refused
                self.saved(number, kept)
                return httpx.Response(200, json={"data": {"id": number} | kept})
            case "DELETE", []:
                case["record_state"] = False
                return httpx.Response(200, json={"data": {"id": number, "record_state": False}})
            case "GET", ["flags"]:
                return self.paged(self.flags.get(number, []), asked)
            case "POST", ["flags"]:
                made = {"message": body["message"], "date": body["date"], "removed": False, "record_id": number}
                self.flags.setdefault(number, []).append(made)
                return httpx.Response(200, json={"data": made})
        return self.error(404, "Not Found")

    def listed(self, asked):
        filters = {key: value for key, value in asked.items() if key in self.types()}
        found = [case for case in self.cases.values() if all(case.get(key) == value for key, value in filters.items())]
        found = found if asked.get("order") == "asc" else found[::-1]
        shown = asked.get("fields", "").split(",")
        return self.paged([{key: case[key] for key in case if key in shown} for case in found], asked)

    # traces

    def of_trace(self, method, number, body):
        trace = self.traces.get(number)
        if trace is None:
            return self.error(404, "Not Found")
        if method == "PATCH":
            wanted = body.get("matched_case_id")
            if wanted is not None and wanted not in self.cases:
                return self.error(500, "insert or update on table violates foreign key constraint")
            trace["matched_case_id"] = wanted
        return httpx.Response(200, json={"data": {"id": number} | trace})

    # for tests

    def content(self):
        """Return what stands in cases, without what is empty or set by the server."""
        dull = {"status", "record_state", "owned_by", "module_id", "last_updated_at", "name"}
        said = {
            number: {key: value for key, value in case.items() if key not in dull and value not in (None, "", [])}
            for number, case in self.cases.items()
        }
        return {number: case for number, case in said.items() if set(case) - {"id"}}
