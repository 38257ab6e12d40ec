"""Where the value of one field, or of the key, comes from in a row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from sources.description.reader_options import (
    Pattern,
    Strict,
    config_error,
)

Text = Annotated[
    str,
    BeforeValidator(
        lambda value: str(value) if isinstance(value, int | float) else value, json_schema_input_type=str | int | float
    ),
]


class FieldSpec(Strict):
    """Where the value of one field comes from; a plain string is a column, a list is columns joined with a space."""

    column: Text | None = Field(None, description="Name of the column, CSS selector, or JSON path.")
    columns: list[Text] | None = Field(None, min_length=1, description="Several columns, joined into one value.")
    join: str = Field(" ", description="What stands between joined columns.")
    any_of: list[FieldSpec] | None = Field(
        None, min_length=1, description="Alternatives: the first that is filled is taken."
    )
    context: str | None = Field(
        None, description="A named group of titles, sheet_name, file_name or page, or: sheet, file."
    )
    constant: Text | None = Field(None, description="The same value for every row.")
    default: Text | None = Field(None, description="The value when the cell is empty.")
    pattern: Pattern | None = Field(
        None, description="Take only this part of the text: the first group that matched, or the whole match."
    )
    map: dict[str, Text] | None = Field(
        None, description="Values to replace, e.g. {Ч: m, Ж: f}; case does not count; others stay."
    )
    split: Pattern | None = Field(
        None,
        description="Pattern at which the text is cut into a list; pattern and map then hold for each part. Several "
        "names in full_name, surname or given make several children of one row.",
    )
    optional: bool = Field(False, description="A file may lack the column.")

    @model_validator(mode="before")
    @classmethod
    def _shorthand(cls, value: Any) -> Any:
        if isinstance(value, str | int | float):
            return {"column": str(value)}
        return {"columns": value} if isinstance(value, list) else value

    @model_validator(mode="after")
    def _one_origin(self) -> FieldSpec:
        origins = [
            name for name in ("column", "columns", "any_of", "context", "constant") if getattr(self, name) is not None
        ]
        if len(origins) != 1:
            named = " and ".join(origins) or "nothing"
            raise config_error(
                f"a value comes from one place, and here it is {named}",
                "give one of column, columns, any_of, context, constant",
            )
        return self

    def parts(self) -> Iterator[FieldSpec]:
        """Yield this and every nested alternative."""
        yield self
        for part in self.any_of or ():
            yield from part.parts()

    def column_names(self) -> list[tuple[str, bool]]:
        """Return the columns used, each with whether a file may lack it."""
        return [
            (name, self.optional or part.optional or len(self.any_of or ()) > 1)
            for part in self.parts()
            for name in (part.columns or ([part.column] if part.column is not None else []))
        ]

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        full = handler(schema)
        target = handler.resolve_ref_schema(full)
        mapping = dict(target)
        target.clear()
        scalar = {"type": ["string", "number"], "description": "Name of the column."}
        columns = {
            "type": "array",
            "items": {"type": ["string", "number"]},
            "description": "Columns joined with a space.",
        }
        target["anyOf"] = [scalar, columns, mapping]
        return full


class KeySpec(Strict):
    """A key of which only a part of the text counts."""

    column: Text = Field(description="A column, or a template such as '{sheet}/{№}'.")
    pattern: Pattern = Field(description="The part that is the key: the first group that matched, or the whole match.")
