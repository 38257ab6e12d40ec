"""Turns what pydantic says about a source description into one line: file, line, what is wrong, how to mend it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ValidationError

from sources.description.field_spec import FieldSpec
from sources.description.reader_kinds import OPTIONS
from sources.description.source_config import Derived, SourceConfig
from sources.description.yaml_document import Data, Document, Path
from sources.errors import SourceError
from sources.fields import FIELDS, suggestion


def diagnose(error: ValidationError, document: Document, where: str) -> SourceError:
    """Return the error of the first wrong line, and how many more there are."""
    found = []
    for detail in error.errors(include_url=False):
        path = _yaml_path(detail["loc"], document.data)
        found.append((document.marks.get(path, (1 << 30, 0)), path, detail))
    found.sort(key=lambda item: item[0])
    _, path, detail = found[0]
    what, mend = _explain(detail, path)
    others = len({item[1] for item in found} - {path})
    more = f" ({others} more after this one)" if others else ""
    return SourceError(what, f"{where} {document.place(path)}", f"{mend}{more}")


def _yaml_path(loc: tuple[int | str, ...], data: Data) -> Path:
    """Return the part of pydantic's path that exists in the file: union tags and '[key]' do not."""
    path: list[int | str] = []
    here: Data = data
    for part in loc:
        if isinstance(here, dict) and part in here:
            here = here[str(part)]
        elif isinstance(here, list) and isinstance(part, int) and part < len(here):
            here = here[part]
        else:
            continue
        path.append(part)
    return tuple(path)


def _explain(detail: Any, path: Path) -> tuple[str, str]:
    kind, loc, context = detail["type"], detail["loc"], detail.get("ctx", {})
    last = str(path[-1]) if path else ""
    if kind == "source":
        return str(context["what"]), str(context["mend"])
    if kind == "extra_forbidden":
        if len(loc) == 1 and loc[0] in FIELDS:
            return f"the field '{loc[0]}' stands at the top level", "move it under `fields:`"
        return f"unknown key '{loc[-1]}'", _did_you_mean(str(loc[-1]), _allowed(loc))
    if detail["input"] is None:
        return f"nothing is written after '{last}'", "write a value there, or remove the line"
    if kind == "missing":
        return f"the key '{loc[-1]}' is missing", f"add `{loc[-1]}: …`; see docs/sources.md"
    if kind == "literal_error" and loc[-1] == "[key]":
        return f"unknown field '{loc[-2]}'", _did_you_mean(str(loc[-2]), list(FIELDS))
    if kind == "literal_error":
        expected = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
        return f"'{detail['input']}' cannot be the value of '{last}'", _did_you_mean(
            str(detail["input"]), expected.split(", ")
        )
    if kind == "union_tag_invalid":
        kinds = [part.strip(" '") for part in str(context["expected_tags"]).split(",")]
        return f"there is no reader '{context['tag']}'", _did_you_mean(str(context["tag"]), kinds)
    if kind == "union_tag_not_found":
        return "the reader has no kind", f"add a line `kind: csv` under reader; the kinds are {', '.join(OPTIONS)}"
    return f"'{last}' is wrong ({str(detail['msg']).lower()})", "see docs/sources.md for what may stand there"


def _did_you_mean(word: str, allowed: list[str]) -> str:
    near = suggestion(word, allowed)
    known = ", ".join(allowed)
    return f"did you mean '{near}'? Allowed: {known}" if near else f"use one of: {known}"


def _allowed(loc: tuple[int | str, ...]) -> list[str]:
    """Return the keys that may stand where the unknown key at `loc` stands."""
    model: type[BaseModel] = SourceConfig
    if loc[0] == "reader":
        model = OPTIONS[next(str(part) for part in reversed(loc) if part in OPTIONS)]
    elif len(loc) > 1:
        model = Derived if loc[0] == "derived" else FieldSpec
    return list(model.model_fields)
