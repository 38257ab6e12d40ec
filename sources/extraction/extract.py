"""From rows to records: which cell feeds which field, under which key, and which rows tell of nobody."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sources import readers
from sources.description.field_spec import FieldSpec
from sources.description.reader_options import compiled
from sources.description.source_config import SourceConfig
from sources.extraction.cell_splitting import (
    Splitter,
    Written,
    close_gaps,
    searched,
)
from sources.extraction.column_judgement import judged
from sources.extraction.extracted import Counts, Extracted, Problem
from sources.fields import (
    FIELDS,
    LIST_FIELDS,
    NAMING_FIELDS,
    SPEAKING,
)
from sources.nothing_written import is_nothing
from sources.read_items import (
    NonData,
    ReadItem,
    ReadProblem,
    ReadReport,
    Row,
)
from sources.readers.files import SourceFile

_LANGUAGES: Final = frozenset({"uk", "ru", "en", "de", "pl", "fr", "mixed"})
_MAX_KEY: Final = 200


Getter = Callable[[Mapping[str, str], Mapping[str, str]], tuple[str, tuple[str, ...]]]


def _getter(spec: FieldSpec) -> Getter:
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


def _whole(spec: FieldSpec) -> FieldSpec:
    """Return the same origin without any `map`: the text as it is written, and not yet searched where it is cut."""
    parts = [_whole(part) for part in spec.any_of] if spec.any_of else None
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
    getters = [_getter(part) for part in spec.any_of or ()]

    def first(cells: Mapping[str, str], context: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
        for getter in getters:
            text, used = getter(cells, context)
            if text:
                return text, used
        return "", ()

    return first


class Extractor:
    """Turns the rows of one file into records, by one source description."""

    def __init__(self, config: SourceConfig, file_id: str) -> None:
        self._config = config
        self._file_id = file_id
        self._fields: list[tuple[str, Getter, Getter | None, Splitter | None]] = [
            (
                name,
                _getter(_whole(spec)),
                _getter(spec) if any(part.map for part in spec.parts()) and not spec.split else None,
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
        self._observed = _getter(observed) if observed else None
        self._language = _getter(config.language_column) if config.language_column else None
        self._stated_empty = {text.strip().casefold() for text in config.empty}
        self._speaking = {
            column: texts
            for field, texts in SPEAKING.items()
            if field in config.fields
            for column, _ in config.fields[field].column_names()
        }
        self._defaults = list(config.defaults.items())
        self._key_parts = config.key_parts()
        self._key_pattern = compiled(config.key_pattern) if config.key_pattern else None
        self._template = re.split(r"\{[^{}]+\}", config.key_template())

    def extract(self, row: Row) -> Extracted | Problem:
        """Return the record of a row, or why it has none."""
        cells: Mapping[str, str] = row.cells
        context = row.context
        if any(is_nothing(text, self._stated_empty) for text in cells.values() if text):
            cells = {name: "" if self._is_empty(name, text) else text for name, text in cells.items()}
        written: Written = {}
        places: dict[str, str] = {}
        mapped: Written = {}
        for name, getter, meaning, split in self._fields:
            text, used = getter(cells, context)
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
        if NAMING_FIELDS.isdisjoint(written):
            reason = _nameless(row.cells, written)
            return Problem(locator, "no_name", reason, written, self._key(cells, row)[:_MAX_KEY])
        key = self._key(cells, row)
        if not key:
            return Problem(locator, "no_key", f"the key is empty: {', '.join(self._key_parts)}", written)
        if len(key) > _MAX_KEY:
            return Problem(locator, "key_too_long", f"the key has more than {_MAX_KEY} characters", written)
        observed = self._observed(cells, context)[0] if self._observed else ""
        return Extracted(key, locator, written, observed, self._language_of(cells, context), mapped, row.doubts)

    def _is_empty(self, column: str, text: str) -> bool:
        folded = text.casefold()
        speaks = folded in self._speaking.get(column, ()) and folded not in self._stated_empty
        return not speaks and is_nothing(text, self._stated_empty)

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
    return ", ".join(
        f"{row.places[name]}{row.suffix}" if name in row.places else row.context_places.get(name, name) for name in used
    )


@dataclass
class SourceReading:
    """One file being read by one description: iterate over it once; `counts` and `report` fill up on the way."""

    config: SourceConfig
    path: Path
    name: str
    file_id: str = ""
    counts: Counts = field(default_factory=Counts)
    report: ReadReport = field(default_factory=ReadReport)

    @property
    def non_data(self) -> int:
        """Return how many rows so far were declared non-data."""
        return self.counts.non_data

    def __iter__(self) -> Iterator[Extracted | Problem]:
        """Yield records and problems in the order of the file.

        Raises:
            SourceError: the file cannot be used; nothing that was yielded before may then be kept.
        """
        return (made for _, made in self.pairs() if made is not None)

    def pairs(self) -> Iterator[tuple[ReadItem, Extracted | Problem | None]]:
        """Yield each item as the reader gives it, with what is made of it: nothing of declared non-data.

        Raises:
            SourceError: the file cannot be used; nothing that was yielded before may then be kept.
        """
        file = SourceFile(self.path, self.name)
        if not self.file_id and self.config.key is None:
            self.file_id = _file_id(file)
        extractor = Extractor(self.config, self.file_id)
        counts = self.counts
        items = readers.read(file, self.config.reader, self.config.columns(), self.report)
        made = ((item, None if isinstance(item, NonData) else self._made(extractor, item)) for item in items)
        for item, result in judged(made, self.report):
            counts.rows_read += 1
            if result is None:
                counts.non_data += 1
                yield item, None
                continue
            if isinstance(result, Problem):
                counts.quarantined += 1
            else:
                counts.records += 1
            yield item, result
        if not counts.rows_read:
            raise file.error("there is no row below the header", "ask for the file again; nothing was stored")

    @staticmethod
    def _made(extractor: Extractor, item: Row | ReadProblem) -> Extracted | Problem:
        return _unread(item) if isinstance(item, ReadProblem) else extractor.extract(item)


def _file_id(file: SourceFile) -> str:
    """Return the start of a file's SHA-256; for a folder, that of its files in the order of their names."""
    try:
        paths = sorted(file.path.rglob("*")) if file.path.is_dir() else [file.path]
        hashes = hashlib.sha256()
        for path in paths:
            if path.is_file():
                with path.open("rb") as stream:
                    digest = hashlib.file_digest(stream, "sha256")
                if path is file.path:
                    return digest.hexdigest()[:12]
                hashes.update(digest.digest())
    except OSError as error:
        raise file.unreadable(error) from None
    return hashes.hexdigest()[:12]


def _unread(problem: ReadProblem) -> Problem:
    return Problem(
        problem.locator, problem.code, problem.reason, {"other": list(problem.cells)} if problem.cells else {}
    )


def read_source(config: SourceConfig, path: Path, *, name: str = "", file_id: str = "") -> SourceReading:
    """Read a file as a source describes it.

    Args:
        config: the description.
        path: where the bytes are.
        name: the name under which the file was delivered, when `path` is a copy under another name.
        file_id: what tells this file's rows from another's when the description gives no key; unset: its SHA-256, cut.
    """
    return SourceReading(config, path, name or path.name, file_id[:12])
