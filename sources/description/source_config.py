"""A source description: who publishes a list, how its files are read, and which cell feeds which field."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from sources.description.field_spec import FieldSpec, KeySpec, Text
from sources.description.reader_kinds import ReaderOptions, ZipOptions, reader_shorthand
from sources.description.reader_options import (
    CommonOptions,
    Strict,
    compiled,
    config_error,
)
from sources.fields import NAMING_FIELDS, FieldName
from sources.read_items import Column

SourceClass = Literal["family", "authority", "occupation", "adoption_bank", "citizenship", "social", "media", "other"]
Side = Literal["seeking", "found", "both"]
Language = Literal["uk", "ru", "en", "de", "pl", "fr", "mixed"]
NameOrder = Literal[
    "surname given patronymic", "given patronymic surname", "surname given", "given surname", "given patronymic"
]

SIDE_OF_CLASS: Final[dict[str, Side]] = {"family": "seeking", "authority": "both", "other": "both"}

# Context that readers give without any pattern; a column of the same name comes first.
READER_CONTEXT: Final[dict[str, tuple[str, ...]]] = {
    "csv": ("file", "row"),
    "tsv": ("file", "row"),
    "xlsx": ("file", "sheet", "row"),
    "xls": ("file", "sheet", "row"),
    "ods": ("file", "sheet", "row"),
    "html": ("file", "table", "row", "page_title"),
    "telegram": ("file",),
    "json": ("file", "row"),
    "jsonl": ("file", "row"),
    "xml": ("file", "row"),
    "docx": ("file", "table", "row"),
    "pdf": ("file", "page", "table", "row"),
    "scan": ("file", "page", "table", "row"),
    "text": ("file", "row"),
    "pfif": ("file", "row"),
    "zip": ("file",),
}

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_ISO_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


class Derived(Strict):
    """What later steps are to make of the extracted text."""

    full_name_order: NameOrder | None = Field(
        None, description="Order of the parts of full_name. Unset: guessed for each name."
    )
    mentions: bool | None = Field(
        None, description="Look for names in `text`. Unset: yes when `text` is fed and no name field is."
    )
    cell_siblings: bool = Field(
        False, description="Several children that `split` finds in one row are brothers and sisters of each other."
    )


def _context_names(options: CommonOptions, kind: str) -> set[str]:
    patterns: list[str] = [
        *getattr(options, "titles", []),
        options.file_name or "",
        getattr(options, "sheet_name", None) or "",
    ]
    names = {name for pattern in patterns for name in compiled(pattern).groupindex}
    return names | set(getattr(options, "page", {})) | set(READER_CONTEXT[kind])


def _date_or_spec(value: Any) -> Any:
    return {"constant": value} if isinstance(value, str) and _ISO_DATE.fullmatch(value) else value


class SourceConfig(Strict):
    """One source, as described in `configs/sources/<slug>.yaml`."""

    model_config = ConfigDict(title="Ridni source description")

    slug: str = Field("", description="Short stable name of the source. Unset: the name of this file.")
    title: str = Field("", description="What people call the source. Unset: the slug.")
    source_class: SourceClass = Field("other", description="Who speaks: this sets which scenarios are likely.")
    side: Side | None = Field(
        None, description="Whether rows are looked for, found, or may be both. Unset: by source_class."
    )
    language: Language = Field("mixed", description="Language of the values.")
    language_column: FieldSpec | None = Field(
        None, description="A column that tells the language of each row; use map to give codes."
    )
    legal_basis: str = Field("", description="Under which law or consent the data is held.")
    handling_code: str = Field("restricted", description="Handling class of the source.")
    reliability: float = Field(0.5, ge=0, le=1, description="How far the source is trusted: 0 not at all, 1 fully.")
    names_pseudonymised: bool = Field(
        False, description="The publisher changed names on purpose: names are no evidence."
    )
    retention_days: int | None = Field(
        None,
        gt=0,
        description="Days for which the data may be kept, from its collection on; then it is erased.",
    )
    reader: Annotated[ReaderOptions, BeforeValidator(reader_shorthand)] = Field(
        description="Which reader, and its options."
    )
    key: Annotated[list[Text] | Text | KeySpec | None, Field(union_mode="left_to_right")] = Field(
        None,
        description="The source's own key of a row: a column, columns, or a template such as '{sheet}/{№}'; or "
        "{column: …, pattern: …} where only a part of it is the key. Unset: the file's hash and where the row stands.",
    )
    fields: dict[FieldName, FieldSpec] = Field(min_length=1, description="Which column feeds which field.")
    observed_on: Annotated[FieldSpec | None, BeforeValidator(_date_or_spec)] = Field(
        None,
        description="When the source saw the child or was published: a column, {context: …}, or a date. "
        "Unset: what titles or messages tell.",
    )
    defaults: dict[FieldName, Text] = Field({}, description="Values of fields that a row leaves empty.")
    delivery: Literal["snapshot", "delta"] = Field(
        "delta",
        description="snapshot: each file is the complete list, and a row that a newer one no longer holds has "
        "vanished. delta: a file holds new and changed rows only.",
    )
    one_row_per_child: bool = Field(
        False,
        description="The list holds each child once: two rows of one date are never one child, and whoever judges them "
        "to be one is contradicted.",
    )
    evidence_first: bool = Field(
        False,
        description="Whoever judges a pair of this list first says what the records alone tell; only then the model's "
        "score, its bits and the family around are shown, and a change of mind is kept with its reason.",
    )
    empty: list[Text] = Field([], description="Texts that mean nothing was written, such as '-' or 'н/д'.")
    derived: Derived = Field(
        Derived(full_name_order=None, mentions=None, cell_siblings=False),
        description="What later steps make of the text.",
    )

    _sha256: str = ""

    @model_validator(mode="after")
    def _known_context(self) -> SourceConfig:
        known = self.context_names()
        for place, spec in self._specs():
            for part in spec.parts():
                if part.context is not None and part.context not in known:
                    named = ", ".join(sorted(known))
                    raise config_error(
                        f"{place} takes the context '{part.context}', which no pattern gives",
                        f"name it as (?P<{part.context}>…) in a pattern of the reader (given: {named})",
                    )
        if "observed_on" in self.fields and self.observed_on is not None:
            raise config_error(
                "observed_on stands twice", "keep the one at the top level and remove fields.observed_on"
            )
        return self

    @model_validator(mode="after")
    def _key_names_nobody(self) -> SourceConfig:
        naming = {
            name: field
            for field in (*NAMING_FIELDS, "patronymic", "mother", "father", "guardian", "contact")
            if field in self.fields
            for name, _ in self.fields[field].column_names()
        }
        for part in self.key_parts():
            if part in naming:
                raise config_error(
                    f"the key takes '{part}', which feeds {naming[part]}: keys stand in exports and must name nobody",
                    "take a number as key, or leave `key` out: rows are then keyed by their place in the file",
                )
        return self

    def context_names(self) -> set[str]:
        """Return the names of context that the reader, its patterns and its page selectors give."""
        names = _context_names(self.reader, self.reader.kind)
        if isinstance(self.reader, ZipOptions):
            return names.union(*(_context_names(options, options.kind) for options in self.reader.each))
        return names

    def _specs(self) -> Iterator[tuple[str, FieldSpec]]:
        for name, spec in self.fields.items():
            yield f"fields.{name}", spec
        if self.observed_on is not None:
            yield "observed_on", self.observed_on
        if self.language_column is not None:
            yield "language_column", self.language_column

    def key_parts(self) -> list[str]:
        """Return the columns or context names of which the key is made; empty when rows are keyed by their place."""
        if self.key is None:
            return []
        if isinstance(self.key, list):
            return list(self.key)
        text = self.key.column if isinstance(self.key, KeySpec) else self.key
        return _PLACEHOLDER.findall(text) or [text]

    def key_template(self) -> str:
        """Return the key as a template with one {name} per part; '' when rows are keyed by their place."""
        if self.key is None:
            return ""
        if isinstance(self.key, list):
            return "/".join(f"{{{part}}}" for part in self.key)
        text = self.key.column if isinstance(self.key, KeySpec) else self.key
        return text if _PLACEHOLDER.search(text) else f"{{{text}}}"

    @property
    def key_pattern(self) -> str:
        """Return the pattern of the part that is the key; '' where all of it is."""
        return self.key.pattern if isinstance(self.key, KeySpec) else ""

    def columns(self) -> list[Column]:
        """Return every column the description uses, each once, with the keys that use it."""
        users: dict[str, list[tuple[str, bool]]] = {}
        context = self.context_names()
        for part in self.key_parts():
            users.setdefault(part, []).append(("key", part in context))
        for place, spec in self._specs():
            for name, optional in spec.column_names():
                users.setdefault(name, []).append((place, optional))
        return [
            Column(name, ", ".join(dict.fromkeys(place for place, _ in uses)), all(optional for _, optional in uses))
            for name, uses in users.items()
        ]

    @property
    def resolved_side(self) -> Side:
        """Return the side, by class when the description leaves it out."""
        return self.side or SIDE_OF_CLASS.get(self.source_class, "found")

    @property
    def dates_delivery(self) -> bool:
        """Return whether `observed_on` tells of the delivery (a date, a title, a page) and not of each row."""
        spec = self.observed_on or self.fields.get("observed_on")
        if spec is None:
            return "observed_on" in self.context_names()
        return spec.column is None and spec.columns is None and spec.any_of is None

    @property
    def finds_mentions(self) -> bool:
        """Return whether later steps look for names in `text`."""
        if self.derived.mentions is not None:
            return self.derived.mentions
        return "text" in self.fields and not {"full_name", "surname", "given"} & set(self.fields)

    @property
    def sha256(self) -> str:
        """Return the hash of the YAML file this was read from; '' when it was made otherwise."""
        return self._sha256
