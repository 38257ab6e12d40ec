"""YAML with places: plain data, and for every key and value the line and column it stands on.

Scalars stay text (pydantic turns them into numbers and booleans): `no`, `2023-05-01` and `007` mean what is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import yaml

from sources.errors import SourceError

MAX_BYTES: Final = 1 << 20
MAX_DEPTH: Final = 20

Data = dict[str, "Data"] | list["Data"] | str | None
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """A parsed YAML file: `data`, and `marks` from the path of a key or item to its (line, column), both from 1."""

    data: Data
    marks: dict[Path, tuple[int, int]]

    def place(self, path: Path) -> str:
        """Say where `path`, or the nearest thing around it that exists, stands in the file."""
        while path and path not in self.marks:
            path = path[:-1]
        line, column = self.marks.get(path, (1, 1))
        return f"line {line}, column {column}"


def parse(text: bytes, where: str) -> Document:
    """Parse one YAML document.

    Raises:
        SourceError: the text is no YAML, repeats a key, or uses anchors.
    """
    if len(text) > MAX_BYTES:
        raise SourceError(
            "the description is larger than 1 MB", where, "a description is a page of YAML; name the right file"
        )
    try:
        node = yaml.compose(text.decode("utf-8-sig"), Loader=yaml.BaseLoader)
    except UnicodeDecodeError as error:
        line = text[: error.start].count(b"\n") + 1
        raise SourceError("the text is not UTF-8", f"{where} line {line}", "save the description as UTF-8") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{where} line {mark.line + 1}, column {mark.column + 1}" if mark else where
        raise SourceError(
            f"this is not YAML ({error.problem})", place, "check indents, colons and quotes there"
        ) from None
    except (yaml.YAMLError, RecursionError):
        raise SourceError("this is not YAML", where, "write `key: value` lines; see docs/sources.md") from None
    marks: dict[Path, tuple[int, int]] = {}
    return Document(_build(node, (), marks, where, set()), marks)


def _build(node: yaml.Node | None, path: Path, marks: dict[Path, tuple[int, int]], where: str, seen: set[int]) -> Data:
    if node is None:
        return None
    line, column = node.start_mark.line + 1, node.start_mark.column + 1
    place = f"{where} line {line}, column {column}"
    if id(node) in seen:
        raise SourceError("anchors and aliases are not read", place, "write the part out in full")
    seen.add(id(node))
    if len(path) > MAX_DEPTH:
        raise SourceError(
            f"more than {MAX_DEPTH} levels of nesting", place, "a description needs no more than five levels"
        )
    marks.setdefault(path, (line, column))
    if isinstance(node, yaml.ScalarNode):
        value = str(node.value)
        return None if node.style is None and value in ("", "~", "null") else value
    if isinstance(node, yaml.SequenceNode):
        return [_build(item, (*path, index), marks, where, seen) for index, item in enumerate(node.value)]
    assert isinstance(node, yaml.MappingNode)
    result: dict[str, Data] = {}
    for key_node, value_node in node.value:
        key_line, key_column = key_node.start_mark.line + 1, key_node.start_mark.column + 1
        key_place = f"{where} line {key_line}, column {key_column}"
        if not isinstance(key_node, yaml.ScalarNode):
            raise SourceError("a key that is not plain text", key_place, "put names with { } or [ ] into quotes")
        key = str(key_node.value)
        if key in result:
            raise SourceError(f"the key '{key}' stands here a second time", key_place, "keep one of the two")
        marks[(*path, key)] = (key_line, key_column)
        result[key] = _build(value_node, (*path, key), marks, where, seen)
    return result
