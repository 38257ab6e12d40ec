"""All readers that a source description may name, each with its options."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, get_args

from pydantic import BeforeValidator, Field, model_validator

from sources.description.document_reader_options import (
    DocxOptions,
    PdfOptions,
    PfifOptions,
    TextOptions,
)
from sources.description.reader_options import (
    CommonOptions,
    CsvOptions,
    HtmlOptions,
    JsonOptions,
    Patterns,
    TelegramOptions,
    WorkbookOptions,
    XmlOptions,
    config_error,
)


def reader_shorthand(value: Any) -> Any:
    """Let `reader: csv` stand for `reader: {kind: csv}`."""
    return {"kind": value} if isinstance(value, str) else value


def _as_list(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


_OfOneKind = (
    CsvOptions
    | WorkbookOptions
    | HtmlOptions
    | TelegramOptions
    | JsonOptions
    | XmlOptions
    | DocxOptions
    | PdfOptions
    | TextOptions
    | PfifOptions
)
FileOptions = Annotated[_OfOneKind, Field(discriminator="kind")]

_FileReader = Annotated[FileOptions, BeforeValidator(reader_shorthand, json_schema_input_type=str | FileOptions)]


class ZipOptions(CommonOptions):
    """A ZIP archive, or a folder, of files of several kinds; one kind needs no such reader."""

    kind: Literal["zip"] = "zip"
    each: Annotated[
        list[_FileReader], Field(min_length=1), BeforeValidator(_as_list, json_schema_input_type=list[_FileReader])
    ] = Field(description="The readers of the members; each member is read by the first that reads its kind of file.")
    members: Patterns = Field(
        [],
        description="Patterns of the members to read, by name with folders. Unset: all. Others are declared non-data.",
    )

    @model_validator(mode="after")
    def _options_of_members(self) -> ZipOptions:
        for name in ("skip", "file_name"):
            if getattr(self, name):
                raise config_error(
                    f"`{name}` speaks of members", f"write it under `each`, as in {{kind: csv, {name}: …}}"
                )
        return self


ReaderOptions = Annotated[
    _OfOneKind | ZipOptions,
    Field(discriminator="kind"),
]

OPTIONS: Final[dict[str, type[CommonOptions]]] = {
    kind: model
    for model in get_args(get_args(ReaderOptions)[0])
    for kind in get_args(model.model_fields["kind"].annotation)
}
"""The class of options of each kind of reader."""
