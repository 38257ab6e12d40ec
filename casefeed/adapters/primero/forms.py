"""What an instance knows: its forms and lookups, read when connecting and compared with what would be written.

Every instance may rename, hide or add fields, and drops what it does not know without a word. So nothing is written
before each field is there, of the right kind, and knows each code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from casefeed.adapters.primero import terms
from casefeed.adapters.primero.client import Primero
from casefeed.adapters.primero.errors import PrimeroRefused
from casefeed.adapters.primero.terms import Instance, Kind

KINDS: Final[dict[Kind, frozenset[str]]] = {
    "text": frozenset({"text_field", "textarea"}),
    "date": frozenset({"date_field"}),
    "select": frozenset({"select_box", "radio_button"}),
}
"""Types of Primero's fields that take what we have."""


@dataclass(frozen=True)
class Forms:
    """Fields of cases by name, those of the nested form of relatives, and the ids that each lookup knows."""

    fields: Mapping[str, Mapping[str, Any]]
    relatives: Mapping[str, Mapping[str, Any]]
    lookups: Mapping[str, frozenset[str]]


def connect(client: Primero, instance: Instance) -> Forms:
    """Read forms and lookups.

    Raises:
        PrimeroRefused: Something that would be written has no place there; all such things are named.
    """
    forms = read(client.forms(instance.module_id), client.lookups(), terms.subform(instance))
    if found := problems(instance, forms):
        raise PrimeroRefused(
            "This instance does not take what would be written: " + "; ".join(found),
            instance.module_id,
            "Name its own fields and codes in the description, or leave a field out (field: null)",
        )
    return forms


def read(forms: Iterable[Mapping[str, Any]], lookups: Iterable[Mapping[str, Any]], subform: str) -> Forms:
    """Bring what the server says into order."""
    every = list(forms)
    nested = {form["id"]: form for form in every if form.get("is_nested")}
    fields = {field["name"]: field for form in every if not form.get("is_nested") for field in form["fields"]}
    within = nested.get(fields.get(subform, {}).get("subform_section_id"), {})
    return Forms(
        fields,
        {field["name"]: field for field in within.get("fields", ())},
        {one["unique_id"]: frozenset(value["id"] for value in one["values"]) for one in lookups},
    )


def problems(instance: Instance, forms: Forms) -> list[str]:
    """Return what would be dropped or refused, in words that name fields and codes."""
    found = []
    for target in terms.targets(instance).values():
        found += _problems(target.name, target.kind, target.codes.values(), forms.fields, forms)
    if name := terms.subform(instance):
        if forms.fields.get(name, {}).get("type") != "subform":
            found.append(f"there is no subform {name}")
        else:
            found += _problems("relation_name", "text", (), forms.relatives, forms)
            found += _problems("relation", "select", relations(instance).values(), forms.relatives, forms)
    return found


def relations(instance: Instance) -> dict[str, str]:
    """Return this instance's id for each relation that is written."""
    own = instance.codes.get(terms.SUBFORM, {})
    return {relation: own.get(relation, relation) for relation in terms.RELATIONS}


def _problems(
    name: str, kind: Kind, codes: Iterable[str], fields: Mapping[str, Mapping[str, Any]], forms: Forms
) -> list[str]:
    field = fields.get(name)
    if field is None or field.get("visible") is False:
        return [f"there is no field {name} that this account sees"]
    if field.get("type") not in KINDS[kind]:
        return [f"{name} is a {field.get('type')}, not a {kind}"]
    if kind != "select":
        return []
    known = options(field, forms.lookups)
    return [f"{name} knows no code {code}" for code in sorted(set(codes) - known)]


def options(field: Mapping[str, Any], lookups: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Return the ids that a select field takes: of its lookup, or its own."""
    source = str(field.get("option_strings_source") or "").removeprefix("lookup ").strip()
    if source:
        return lookups.get(source, frozenset())
    own = field.get("option_strings_text") or ()
    own = next(iter(own.values()), ()) if isinstance(own, dict) else own
    return frozenset(str(one["id"]) for one in own)
