"""From rows to records: which cell feeds which field, under which key, and which rows tell of nobody."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from sources.description.field_spec import FieldSpec
from sources.description.reader_options import compiled
from sources.description.source_config import SourceConfig
from sources.extraction.cell_splitting import Splitter, Written, close_gaps, searched
from sources.extraction.extracted import Extracted, Problem
from sources.extraction.field_values import Getter, getter, whole
from sources.fields import FIELDS, LIST_FIELDS, NAMING_FIELDS, SPEAKING, TABLE
from sources.nothing_written import DENIALS, is_nothing
from sources.read_items import Row

_LANGUAGES: Final = frozenset({"uk", "ru", "en", "de", "pl", "fr", "mixed"})
_MAX_KEY: Final = 200
_DENIED: Final = frozenset({"name", "parent", "person", "place", "institution", "document"})
"""Kinds of fields in which "no" names nothing."""


class Extractor:
    """Turns the rows of one file into records, by one source description."""

    def __init__(self, config: SourceConfig, file_id: str) -> None:
        self._config = config
        self._file_id = file_id
        self._fields: list[tuple[str, Getter, Getter | None, Splitter | None]] = [
            (
                name,
                getter(whole(spec)),
                getter(spec) if any(part.map for part in spec.parts()) and not spec.split else None,
                Splitter(spec, keeps_gaps=name not in LIST_FIELDS) if spec.split or name in LIST_FIELDS else None,
            )
            for name, spec in config.fields.items()
            if name != "observed_on"
        ]
        fed = {*config.fields, "observed_on"}
        self._from_context = [name for name in FIELDS if name in config.context_names() and name not in fed]
        observed = config.observed_on or config.fields.get("observed_on")
        if observed is None and config.reader.kind == "telegram":
            observed = FieldSpec(column="date")
        if observed is None and "observed_on" in config.context_names():
            observed = FieldSpec(context="observed_on")
        self._observed = getter(observed) if observed else None
        self._language = getter(config.language_column) if config.language_column else None
        self._stated_empty = {text.strip().casefold() for text in config.empty}
        self._speaking = {
            column: texts
            for field, texts in SPEAKING.items()
            if field in config.fields
            for column, _ in config.fields[field].column_names()
        }
        self._denied = {
            column
            for field, spec in config.fields.items()
            if field in TABLE and TABLE[field].kind in _DENIED and not any(part.map for part in spec.parts())
            for column, _ in spec.column_names()
        }
        self._defaults = list(config.defaults.items())
        self._key_parts = config.key_parts()
        self._key_pattern = compiled(config.key_pattern) if config.key_pattern else None
        self._template = re.split(r"\{[^{}]+\}", config.key_template())

    def extract(self, row: Row) -> Extracted | Problem:
        """Return the record of a row, or why it has none."""
        cells: Mapping[str, str] = row.cells
        context = row.context
        if any(map(self._may_be_empty, cells.values())):
            cells = {name: "" if self._is_empty(name, text) else text for name, text in cells.items()}
        written: Written = {}
        places: dict[str, str] = {}
        mapped: Written = {}
        for name, get, meaning, split in self._fields:
            text, used = get(cells, context)
            if not text:
                continue
            if meaning is not None and (meant := meaning(cells, context)[0]) != text:
                mapped[name] = meant
            if split is None:
                written[name] = text
            else:
                parts = split.parts(text)
                if not any(parts):
                    continue
                written[name] = parts
                if (meanings := split.meanings(parts)) != parts:
                    mapped[name] = meanings
            if used:
                places[name] = _place(row, used)
        for name in self._from_context:
            if text := context.get(name, ""):
                written[name] = text
                places[name] = _place(row, (name,))
        close_gaps(written, mapped)
        for name, default in self._defaults:
            written.setdefault(name, default)
        locator = row.locator._replace(cells=places)
        naming = NAMING_FIELDS & written.keys()
        if not any(map(_has_letter, (written[name] for name in naming))):
            reason = "the cell of the name holds no letter" if naming else _nameless(row.cells, written)
            return Problem(locator, "no_name", reason, written, self._key(cells, row)[:_MAX_KEY])
        key = self._key(cells, row)
        if not key:
            return Problem(locator, "no_key", f"the key is empty: {', '.join(self._key_parts)}", written)
        if len(key) > _MAX_KEY:
            return Problem(locator, "key_too_long", f"the key has more than {_MAX_KEY} characters", written)
        observed = self._observed(cells, context)[0] if self._observed else ""
        return Extracted(key, locator, written, observed, self._language_of(cells, context), mapped, row.doubts)

    def _may_be_empty(self, text: str) -> bool:
        return text != "" and (is_nothing(text, self._stated_empty) or (len(text) < 4 and text.casefold() in DENIALS))

    def _is_empty(self, column: str, text: str) -> bool:
        folded = text.casefold()
        speaks = folded in self._speaking.get(column, ()) and folded not in self._stated_empty
        return not speaks and (is_nothing(text, self._stated_empty) or (folded in DENIALS and column in self._denied))

    def _key(self, cells: Mapping[str, str], row: Row) -> str:
        """Return the key of a row; '' when a part of it is empty."""
        if not self._key_parts:
            return f"{self._file_id}/{row.locator.key()}"
        key = self._template[0]
        for part, after in zip(self._key_parts, self._template[1:], strict=True):
            text = cells.get(part) or row.context.get(part) or (row.suffix if part == "row" else "")
            if not text:
                return ""
            key += text + after
        return key if self._key_pattern is None else searched(self._key_pattern, key)

    def _language_of(self, cells: Mapping[str, str], context: Mapping[str, str]) -> str:
        if self._language is not None:
            code = self._language(cells, context)[0].strip().casefold()
            if code in _LANGUAGES:
                return code
        return self._config.language


def _has_letter(value: str | list[str]) -> bool:
    return any(map(str.isalpha, value if isinstance(value, str) else "".join(value)))


def _nameless(cells: Mapping[str, str], written: Written) -> str:
    """Say what a row without a name is."""
    filled = sum(bool(text) for text in cells.values())
    if filled == 1:
        return "the row holds one text and no name: a heading? `titles` reads it, `skip` leaves it out"
    if not filled:
        return "no column that the description names is filled in this row"
    filled_ones = ", ".join(sorted(written)) or "other columns"
    return f"the row names nobody: full_name, surname and given are empty, {filled_ones} filled"


def _place(row: Row, used: Sequence[str]) -> str:
    """Return where the value of a field stands: 'B7', 'B7, C7', a selector, a path, or a title's cell."""
    if len(used) == 1 and (column := row.places.get(used[0])) is not None:
        return f"{column}{row.suffix}"
    return ", ".join(
        f"{row.places[name]}{row.suffix}" if name in row.places else row.context_places.get(name, name) for name in used
    )
