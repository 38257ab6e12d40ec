"""Where the value of a field comes from in a row: columns, context, a constant, with pattern, map and default."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sources.description.field_spec import FieldSpec
from sources.description.reader_options import compiled
from sources.extraction.cell_splitting import searched

Getter = Callable[[Mapping[str, str], Mapping[str, str]], tuple[str, tuple[str, ...]]]


def getter(spec: FieldSpec) -> Getter:
    """Return a function from (cells, context) to the text and the columns or context names it came from."""
    origin = _origin(spec)
    pattern = compiled(spec.pattern) if spec.pattern else None
    values = {key.strip().casefold(): value for key, value in (spec.map or {}).items()}
    default = spec.default or ""
    if not pattern and not values and not default:
        return origin

    def get(cells: Mapping[str, str], context: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
        text, used = origin(cells, context)
        if pattern and text:
            text = searched(pattern, text)
        if values and text:
            text = values.get(text.casefold(), text)
        return (text, used) if text else (default, ())

    return get


def whole(spec: FieldSpec) -> FieldSpec:
    """Return the same origin without any `map`: the text as it is written, and not yet searched where it is cut."""
    parts = [whole(part) for part in spec.any_of] if spec.any_of else None
    return spec.model_copy(update={"map": None, "any_of": parts, "pattern": None if spec.split else spec.pattern})


def _origin(spec: FieldSpec) -> Getter:
    if spec.column is not None:
        name, used = spec.column, (spec.column,)
        return lambda cells, _: (cells.get(name, ""), used)
    if spec.context is not None:
        name, used = spec.context, (spec.context,)
        return lambda _, context: (context.get(name, ""), used)
    if spec.constant is not None:
        constant = spec.constant
        return lambda _, __: (constant, ())
    if spec.columns is not None:
        names, join = tuple(spec.columns), spec.join

        def joined(cells: Mapping[str, str], _: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
            filled = tuple(name for name in names if cells.get(name))
            return join.join(cells[name] for name in filled), filled

        return joined
    getters = [getter(part) for part in spec.any_of or ()]

    def first(cells: Mapping[str, str], context: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
        for get in getters:
            text, used = get(cells, context)
            if text:
                return text, used
        return "", ()

    return first
