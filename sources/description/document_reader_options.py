"""Options of readers whose files are documents: Word, PDF, scans, plain text, PFIF."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, model_validator

from sources.description.reader_options import (
    CommonOptions,
    Encoding,
    Pattern,
    TableOptions,
    compiled,
    config_error,
)

Unit = Literal["tables", "lines", "paragraphs", "cards", "article"]

TEXT_COLUMNS: Final = ("text", "title")


def _page_range(value: Any) -> Any:
    return str(value) if isinstance(value, int) else value


PageRange = Annotated[
    str,
    Field(pattern=r"^\d+(-\d*)?$"),
    BeforeValidator(_page_range, json_schema_input_type=str | int),
]


class TextualOptions(TableOptions):
    """Options of readers that can read tables, lines, paragraphs or the whole text.

    The columns of lines, paragraphs and articles are text, title, and the named groups of `line`.
    """

    read: Unit = Field(
        "tables",
        description="tables: the rows of tables. lines or paragraphs: each is a row. cards: lines of the form "
        "label: value. article: the whole text is one row.",
    )
    line: Pattern | None = Field(
        None,
        description="With lines and paragraphs: a pattern whose named groups are columns; what it does not fit goes to "
        "quarantine.",
    )

    @model_validator(mode="after")
    def _line_fits(self) -> TextualOptions:
        if self.line is None:
            return self
        if self.read not in ("lines", "paragraphs"):
            raise config_error("`line` takes lines or paragraphs apart", "add read: lines")
        if not compiled(self.line).groupindex:
            raise config_error("`line` has no named group", "name each part, as in (?P<full_name>[^,]+)")
        return self

    def text_columns(self) -> tuple[str, ...]:
        """Return the columns of lines, paragraphs and articles."""
        return (*TEXT_COLUMNS, *(compiled(self.line).groupindex if self.line else ()))


class DocxOptions(TextualOptions):
    """A Word document (DOCX). `titles` are looked for in the paragraphs before each table as well."""

    kind: Literal["docx"] = "docx"


class PdfOptions(TextualOptions):
    """A PDF, or a scan: a picture (PNG, JPG, TIFF), or a PDF of pictures.

    `titles` are looked for in the lines before each table as well. Running headers, page numbers and footnotes are no
    rows.
    """

    kind: Literal["pdf", "scan"] = "pdf"
    pages: PageRange | None = Field(None, description="Pages to read, such as 3, 2-7 or 4-. Unset: all.")
    tables: Literal["auto", "ruled", "spaced"] = Field(
        "auto",
        description="How tables are drawn. ruled: with lines. spaced: by white space alone. auto: ruled where a page "
        "has rules, else spaced.",
    )
    languages: str = Field(
        "ukr+rus", pattern=r"^[a-z_]+(\+[a-z_]+)*$", description="Languages of scans, for tesseract."
    )


class TextOptions(TextualOptions):
    """Plain text: an article, or lines."""

    kind: Literal["text"] = "text"
    read: Unit = Field(
        "article",
        description="lines or paragraphs: each is a row. cards: lines of the form label: value. "
        "article: the whole text is one row.",
    )
    encoding: Encoding = Field("auto", description="auto: found and reported. Or utf-8, cp1251, koi8-u, cp866, …")

    @model_validator(mode="after")
    def _no_tables(self) -> TextOptions:
        if self.read == "tables":
            raise config_error("plain text has no tables", "write read: lines, or use the reader csv")
        return self


class PfifOptions(CommonOptions):
    """People Finder Interchange Format (PFIF 1.1 to 1.4): each person is a row.

    The columns are the names of PFIF's fields, and note.text, note.status, … of the notes on the person.
    """

    kind: Literal["pfif"] = "pfif"
