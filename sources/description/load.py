"""Loading of source descriptions, with errors that say what is wrong, where, and how to mend it."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sources.description import validation_errors, yaml_document
from sources.description.source_config import SourceConfig
from sources.errors import SourceError

__all__ = ["SourceConfig", "find_config", "find_path", "json_schema", "load_config", "load_configs"]

_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


def load_config(path: Path) -> SourceConfig:
    """Read one source description.

    Raises:
        SourceError: names the file, the line and column, and how to mend it.
    """
    where = _shown(path)
    try:
        text = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "unreadable").lower()
        raise SourceError(f"the description cannot be read ({reason})", where, "name an existing .yaml file") from None
    document = yaml_document.parse(text, where)
    if not isinstance(document.data, dict):
        raise SourceError(
            "the description is empty", where, "it needs at least `reader` and `fields`; see docs/sources.md"
        )
    slug = str(document.data.get("slug") or path.stem)
    if not _SLUG.fullmatch(slug):
        raise SourceError(
            f"'{slug}' cannot be a slug",
            where,
            "use Latin letters, digits, '_', '-' and '.' in the file name, or add a line `slug: my_list`",
        )
    try:
        config = SourceConfig.model_validate(
            {**document.data, "slug": slug, "title": document.data.get("title") or slug}
        )
    except ValidationError as error:
        raise validation_errors.diagnose(error, document, where) from None
    config._sha256 = hashlib.sha256(text).hexdigest()
    return config


def load_configs(folder: Path) -> dict[str, SourceConfig]:
    """Read every `*.yaml` of a folder, by slug, in the order of their names.

    Raises:
        SourceError: one of them is wrong, or two share a slug.
    """
    configs: dict[str, SourceConfig] = {}
    origin: dict[str, Path] = {}
    for path in sorted(folder.glob("*.yaml")):
        config = load_config(path)
        if config.slug in configs:
            raise SourceError(
                f"the slug '{config.slug}' is that of {origin[config.slug].name} too",
                _shown(path),
                "give one of them another slug",
            )
        configs[config.slug], origin[config.slug] = config, path
    return configs


def find_config(name: str, folder: Path) -> SourceConfig:
    """Read the description that a person named: a path of a YAML file, or the slug of one in `folder`.

    Raises:
        SourceError: there is none, or it is wrong.
    """
    return load_config(find_path(name, folder))


def find_path(name: str, folder: Path) -> Path:
    """Return where the description stands that a person named: a path of a YAML file, or the slug of one in `folder`.

    Raises:
        SourceError: there is none.
    """
    path = Path(name)
    if path.suffix in (".yaml", ".yml") or path.is_file():
        return path
    if (folder / f"{name}.yaml").is_file():
        return folder / f"{name}.yaml"
    by_slug = {load_config(file).slug: file for file in sorted(folder.glob("*.yaml"))} if folder.is_dir() else {}
    if name in by_slug:
        return by_slug[name]
    there = ", ".join(by_slug) or "none"
    raise SourceError(f"there is no source '{name}'", _shown(folder), f"name a .yaml file or one of: {there}")


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a source description, for editors."""
    schema = SourceConfig.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    reader = schema["properties"]["reader"]
    kinds = [kind for option in reader.pop("oneOf") for kind in _kinds(schema, option)]
    options = [{"$ref": ref} for ref in dict.fromkeys(reader.pop("discriminator")["mapping"].values())]
    reader["anyOf"] = [{"enum": kinds}, *options]
    return schema


def _kinds(schema: dict[str, Any], option: dict[str, str]) -> list[str]:
    kind = schema["$defs"][option["$ref"].rsplit("/", 1)[-1]]["properties"]["kind"]
    return list(kind.get("enum", [kind.get("const")]))


def _shown(path: Path) -> str:
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
