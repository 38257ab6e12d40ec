"""Options of each reader, as a source description may give them under `reader`."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PositiveInt, model_validator
from pydantic_core import PydanticCustomError


def config_error(what: str, mend: str) -> PydanticCustomError:
    """Make a validation error that says what is wrong and how to mend it."""
    return PydanticCustomError("source", "{what}", {"what": what, "mend": mend})


@lru_cache(maxsize=512)
def compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern of a description: case does not count."""
    return re.compile(pattern, re.IGNORECASE)


def _check_pattern(pattern: str) -> str:
    try:
        compiled(pattern)
    except re.error as error:
        raise config_error(
            f"'{pattern}' is not a regular expression ({error})",
            "put the pattern into single quotes and escape ( ) [ ] . with \\",
        ) from None
    return pattern


def _check_encoding(name: str) -> str:
    if name == "auto":
        return name
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise config_error(
            f"there is no encoding '{name}'", "use auto, utf-8, cp1251, koi8-u, cp866, utf-16, cp1250 or cp1252"
        ) from None


def _check_delimiter(text: str) -> str:
    named = {"tab": "\t", "\\t": "\t", "semicolon": ";", "comma": ",", "pipe": "|"}
    text = named.get(text, text)
    if text != "auto" and (len(text) != 1 or text in "\r\n\"'"):
        raise config_error("a delimiter is one character", "write auto, ';', ',', tab or '|'")
    return text


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str | int) else value


Pattern = Annotated[str, AfterValidator(_check_pattern)]
Patterns = Annotated[list[Pattern], BeforeValidator(_as_list, json_schema_input_type=str | list[str])]
Encoding = Annotated[str, AfterValidator(_check_encoding)]
Delimiter = Annotated[str, AfterValidator(_check_delimiter)]


class Strict(BaseModel):
    """A part of a source description: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CommonOptions(Strict):
    """Options that every reader has."""

    skip: Patterns = Field(
        [], description="Rows whose text matches one of these patterns are declared non-data: totals, footnotes."
    )
    file_name: Pattern | None = Field(
        None,
        description="Pattern with named groups over the file's name; each group becomes context.",
    )


class TableOptions(CommonOptions):
    """Options of readers whose files hold tables with a header."""

    header: Literal["auto", "none"] | PositiveInt | list[PositiveInt] = Field(
        "auto",
        description="auto: the rows that hold the columns named below are found. A row number, or several "
        "([3, 4]: two header rows, joined with ' / '). none: no header; columns are named A, B, C, …",
    )
    titles: Patterns = Field(
        [],
        description="Patterns with named groups over title rows (above the header, or alone in their row below it); "
        "each group becomes context for the rows that follow. A group named like a field feeds that field.",
    )
    layout: Literal["auto", "rows", "cards"] = Field(
        "auto",
        description="rows: a header, and a child a row. cards: a sheet or table for each child, labels at the left and "
        "values to the right of them. auto: told from where the columns named below stand.",
    )
    struck: Literal["read", "skip"] = Field(
        "read", description="What to do with rows that are struck through. read: as records in doubt."
    )
    hidden_rows: Literal["read", "skip"] = Field(
        "read", description="What to do with rows that are hidden by hand or by a filter; they are counted in a note."
    )

    @property
    def header_rows(self) -> list[int]:
        """Return the declared header rows; empty when they are to be found or there are none."""
        if isinstance(self.header, str):
            return []
        return [self.header] if isinstance(self.header, int) else sorted(self.header)


class CsvOptions(TableOptions):
    """A text table with delimiters."""

    kind: Literal["csv", "tsv"] = "csv"
    encoding: Encoding = Field(
        "auto", description="auto: found and reported. Or utf-8, cp1251, koi8-u, cp866, utf-16, …"
    )
    delimiter: Delimiter = Field("auto", description="auto: found and reported. Or one character, or tab.")
    quotes: bool = Field(True, description='Whether cells may stand in "double quotes".')


class WorkbookOptions(TableOptions):
    """A spreadsheet: XLSX, XLS or ODS."""

    kind: Literal["xlsx", "xls", "ods"] = "xlsx"
    sheets: Annotated[list[str], BeforeValidator(_as_list, json_schema_input_type=str | list[str])] = Field(
        [],
        description="Names of sheets to read; * is a wildcard. Unset: every visible sheet that has the columns.",
    )
    hidden_sheets: Literal["skip", "read"] = Field(
        "skip", description="What to do with hidden sheets; skipped ones are reported."
    )
    sheet_name: Pattern | None = Field(
        None, description="Pattern with named groups over the sheet's name; each group becomes context."
    )


class HtmlOptions(TableOptions):
    """A page of cards, tables or an article.

    A column of a card is a CSS selector inside it, `selector@attribute`, or the text of a label. The columns of an
    article are text and title.
    """

    kind: Literal["html"] = "html"
    card: str | None = Field(None, description="CSS selector of one card.")
    label: str | None = Field(
        None, description="CSS selector, inside a card, of the labels of label-and-value pairs (e.g. dt)."
    )
    value: str | None = Field(
        None, description="CSS selector, inside a card, of the values that go with the labels, in order (e.g. dd)."
    )
    table: str | None = Field(None, description="CSS selector of tables; rows are then read as in a spreadsheet.")
    article: str | None = Field(
        None, description="CSS selector of the body of an article; its text is one row, with lines kept."
    )
    page: dict[str, str] = Field({}, description="Context from the page: name → CSS selector, or selector@attribute.")
    encoding: Encoding = Field("auto", description="auto: by BOM, meta charset and content.")

    @model_validator(mode="after")
    def _one_shape(self) -> HtmlOptions:
        if sum(shape is not None for shape in (self.card, self.table, self.article)) != 1:
            raise config_error(
                "an html reader needs one of `card`, `table` and `article`", "add card: 'css selector of one card'"
            )
        if (self.label is None) != (self.value is None):
            raise config_error(
                "`label` and `value` go together", "give the CSS selector of both, e.g. label: dt and value: dd"
            )
        return self


class TelegramOptions(CommonOptions):
    """A Telegram Desktop export (result.json).

    The columns are id, date, text, from, chat, chat_name, forwarded_from, edited and media.
    """

    kind: Literal["telegram"] = "telegram"


class JsonOptions(CommonOptions):
    """JSON objects: one array in a document, or one object a line; a column is a path such as person.names[].first."""

    kind: Literal["json", "jsonl"] = "json"
    records: str | None = Field(
        None, description="Dotted path of the array of records. Unset: the document itself, or its first array."
    )
    encoding: Encoding = Field("auto", description="auto, or the encoding of the text.")


class XmlOptions(CommonOptions):
    """An XML document of records; a column is a path such as Name/Last, or @attribute."""

    kind: Literal["xml"] = "xml"
    records: str | None = Field(
        None, description="Path of the element of a record, such as People/Person. Unset: what repeats most."
    )
