"""How one Primero instance is written to: account, module, owner, fields and codes, agreed with whoever runs it.

The address stands in the consumer's terms, which two people decide; the description has to name the protocol of those
terms. No password stands in it.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from registry.errors import RegistryError

Kind = Literal["text", "date", "select"]


class Traces(BaseModel):
    """Whence ids of cases and traces are known: sources whose rows are keyed by them."""

    model_config = ConfigDict(extra="forbid")

    cases: str = Field("", description="Slug of the source whose keys are ids of cases of this instance.")
    traces: str = Field("", description="Slug of the source whose keys are ids of traces of this instance.")


class Instance(BaseModel):
    """One instance."""

    model_config = ConfigDict(extra="forbid")

    protocol: str = Field(description="The information-sharing protocol, as it stands in the consumer's terms.")
    user: str = Field("", description="Name of the native account; unset with an identity provider's token.")
    module_id: str = Field("primeromodule-cp", description="Module of the cases.")
    owned_by: str = Field(description="The intake user who owns new cases.")
    fields: dict[str, str | None] = Field(
        {}, description="Other names of fields in this instance; null leaves a field out."
    )
    codes: dict[str, dict[str, str]] = Field({}, description="By field: this instance's ids for our codes.")
    sources: Traces = Field(default_factory=lambda: Traces(cases="", traces=""))


@dataclass(frozen=True)
class Target:
    """A field of a case: what it is called in this instance, its kind, and what of a state goes there."""

    name: str
    kind: Kind
    says: str
    codes: dict[str, str]


SUBFORM: Final = "family_details_section"
RELATIONS: Final = ("mother", "father")
"""Entries of the subform, one for each parent whose name is known; `relation_name` and `relation` are its fields."""


def read(path: Path) -> Instance:
    """Read the description of an instance.

    Raises:
        RegistryError: It cannot be read, or is none.
    """
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError, yaml.YAMLError) as fault:
        raise RegistryError(f"The description cannot be read ({type(fault).__name__})", str(path)) from None
    try:
        instance = Instance.model_validate(said)
    except ValidationError as fault:
        first = fault.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise RegistryError(f"{where}: {first['msg']}", str(path), "See docs/case-systems.md") from None
    if unknown := sorted({*instance.fields, *instance.codes} - known_fields()):
        said = f"There is no field {unknown[0]!r}"
        raise RegistryError(said, str(path), f"Choose from {', '.join(sorted(known_fields()))}")
    return instance


def targets(instance: Instance) -> dict[str, Target]:
    """Return the fields of a case that are written, by our name for them."""
    found = {}
    for row in _rows():
        name = instance.fields.get(row["field"], row["field"])
        if name:
            codes = dict(part.split("=") for part in row["codes"].split()) | instance.codes.get(row["field"], {})
            found[row["field"]] = Target(name, _kind(row["kind"]), row["says"], codes)
    return found


def subform(instance: Instance) -> str:
    """Return this instance's name of the subform for relatives, '' when it is left out."""
    return instance.fields.get(SUBFORM, SUBFORM) or ""


def known_fields() -> frozenset[str]:
    """Return all names that a description may give other names to."""
    return frozenset(row["field"] for row in _rows()) | {SUBFORM}


def _kind(word: str) -> Kind:
    kinds: dict[str, Kind] = {"text": "text", "date": "date", "select": "select"}
    return kinds[word]


@cache
def _rows() -> list[dict[str, Any]]:
    text = files("casefeed.adapters").joinpath("data", "primero.tsv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines(), delimiter="\t"))
