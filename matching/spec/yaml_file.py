"""Reading a linkage spec from YAML, with errors that name the line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from matching.errors import SpecError
from matching.spec.linkage_spec import LinkageSpec, Misplaced


def load_spec(path: Path) -> LinkageSpec:
    """Read a spec from YAML.

    Raises:
        SpecError: when the file is missing, is not YAML or does not describe a linkage; names the line.
    """
    try:
        text = path.read_text(encoding="utf-8")
        tree, data = _read(text, path)
    except OSError as error:
        raise SpecError(
            f"cannot be read ({error.strerror})",
            where=str(path),
            mend="Name a linkage spec, such as configs/linkage/children.yaml",
        ) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        at = f" line {mark.line + 1}" if mark else ""
        raise SpecError(
            "is not YAML", where=f"{path}{at}", mend="Look for a missing colon or a wrong indent there"
        ) from None
    try:
        return LinkageSpec.model_validate(data)
    except ValidationError as error:
        # A misspelt key also leaves its right spelling missing: the misspelling is what the person has to see.
        first = min(error.errors(include_url=False), key=lambda e: e["type"] != "extra_forbidden")
        mistake = first.get("ctx", {}).get("error")
        line = _line_of(tree, mistake.path if isinstance(mistake, Misplaced) else first["loc"])
        key = ".".join(str(part) for part in first["loc"])
        message = (
            "this key is unknown" if first["type"] == "extra_forbidden" else first["msg"].removeprefix("Value error, ")
        )
        raise SpecError(f"{key}: {message}" if key else message, where=f"{path} line {line}") from None


def _read(text: str, path: Path) -> tuple[yaml.Node | None, Any]:
    """Return the nodes of a text with their lines, and the data made of the same nodes: to scan it costs the most."""
    loader = yaml.SafeLoader(text)
    try:
        tree = loader.get_single_node()
        _refuse_repeated_keys(tree, path)
        return tree, loader.construct_document(tree) if tree is not None else None
    finally:
        loader.dispose()


def _line_of(node: yaml.Node | None, location: tuple[str | int, ...]) -> int:
    """Return the line of the deepest node on the way to `location` (1-based)."""
    line = node.start_mark.line + 1 if node is not None else 1
    for part in location:
        if isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in node.value if k.value == str(part)), None)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
    return line


def _refuse_repeated_keys(node: yaml.Node | None, path: Path) -> None:
    """YAML keeps the last of two equal keys without a word; here that is an error."""
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_repeated_keys(item, path)
    if not isinstance(node, yaml.MappingNode):
        return
    seen: dict[str, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if key.value in seen:
            raise SpecError(
                f"the key '{key.value}' stands twice, first in line {seen[key.value]}",
                where=f"{path} line {line}",
                mend="Keep one of the two",
            )
        seen[key.value] = line
        _refuse_repeated_keys(value, path)
