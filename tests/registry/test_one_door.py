"""A name is imported from the module that defines it: nobody finds two doors to one thing."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("registry", "review", "casefeed", "web")


@dataclass(frozen=True)
class Names:
    """Names that a module defines, and those that it imports with the module they come from."""

    defined: frozenset[str]
    imported: dict[str, str]


def names_of(source: str) -> Names:
    defined, imported = set(), {}
    for node in ast.parse(source).body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.AsyncFunctionDef(name=name):
                defined.add(name)
            case ast.Assign(targets=targets):
                defined |= {name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}
            case ast.AnnAssign(target=ast.Name(id=name)):
                defined.add(name)
            case ast.ImportFrom(module=str(module), names=names):
                imported |= {name.asname or name.name: module for name in names}
            case _:
                pass
    return Names(frozenset(defined), imported)


def second_doors(modules: dict[str, str]) -> list[str]:
    """Return `module: imports NAME from a module that only imports it`; packages may hand on names of their modules."""
    known = {name: names_of(source) for name, source in modules.items() if not name.endswith(".__init__")}
    return [
        f"{name}: {imported} from {door}, defined in {known[door].imported[imported]}"
        for name, source in modules.items()
        for imported, door in names_of(source).imported.items()
        if door in known and imported in known[door].imported and imported not in known[door].defined
    ]


def test_a_name_has_one_door():
    files = [path for room in (*ROOMS, "pipelines", "tests") for path in (ROOT / room).rglob("*.py")]
    modules = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): path.read_text(encoding="utf-8") for path in files
    }
    assert len(modules) > 200
    assert [found for found in second_doors(modules) if any(f" from {room}." in found for room in ROOMS)] == []


def test_a_second_door_is_found():
    modules = {"a": "def one(): ...", "b": "from a import one\ntwo = one", "c": "from b import one, two"}
    assert second_doors(modules) == ["c: one from b, defined in a"]
