"""The house: no circles, no crowded rooms. Directions are import-linter's; these are the rules it cannot say."""

import ast
import re
from collections import Counter
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[1]
ROOMS = (
    "transliteration", "sources", "matching", "keys", "registry", "keeping", "review",
    "casefeed", "web", "pipelines", "synthetic", "configs",
)  # fmt: skip
MOST_IN_A_FOLDER = 17  # about fifteen, and the folder's own __init__.py
LARGEST_SHARE = 0.21  # about a fifth


@pytest.fixture(scope="module")
def imports():
    graph = grimp.build_graph(*ROOMS, cache_dir=None)
    return {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}


def related(one, other):
    """Tell whether one package is the other, or holds it."""
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")


def circles(edges):
    """Return the groups of nodes that reach one another (Tarjan, iterative)."""
    number, low, stack, waiting, found = {}, {}, [], set(), []
    for root in sorted(edges):
        if root in number:
            continue
        work = [(root, iter(sorted(edges.get(root, ()))))]
        number[root] = low[root] = len(number)
        stack.append(root)
        waiting.add(root)
        while work:
            node, rest = work[-1]
            for other in rest:
                if other not in number:
                    number[other] = low[other] = len(number)
                    stack.append(other)
                    waiting.add(other)
                    work.append((other, iter(sorted(edges.get(other, ())))))
                    break
                if other in waiting:
                    low[node] = min(low[node], number[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == number[node]:
                    group = set(stack[stack.index(node) :])
                    del stack[stack.index(node) :]
                    waiting -= group
                    if len(group) > 1:
                        found.append(sorted(group))
    return found


def test_a_circle_is_found():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": set()}) == [["a", "b", "c"]]
    assert circles({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def test_no_circle_of_files(imports):
    assert circles(imports) == []


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_no_circle_of_packages(imports, depth):
    def package(module):
        return ".".join(module.split(".")[:depth])

    edges = {}
    for module, imported in imports.items():
        own = package(module)
        others = {package(other) for other in imported}
        # A package and what lies above or below it are one thing: what it hands on comes from its own modules.
        edges.setdefault(own, set()).update(
            other
            for other in others
            if other != own and not (f"{own}.".startswith(f"{other}.") or f"{other}.".startswith(f"{own}."))
        )
    assert circles(edges) == []


def modules():
    return [path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "__pycache__" not in path.parts]


LEVELS = {
    room: level
    for level, rooms in enumerate(
        [
            ["transliteration"],
            ["sources", "matching", "configs"],
            ["registry"],
            ["keeping"],
            ["review", "casefeed"],
            ["web"],
            ["pipelines"],
        ]
    )
    for room in rooms
}


def named_modules(path):
    """Yield the modules of the house that strings of a file name, such as a dotted path for a late import."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and re.fullmatch(r"[a-z_]+(\.\w+)+", node.value)
        ):
            room, *rest = node.value.split(".")
            homes = (ROOT.joinpath(room, *rest[:size]) for size in range(1, len(rest) + 1))
            if room in LEVELS and any(home.is_dir() or home.with_suffix(".py").is_file() for home in homes):
                yield room, node.value


def test_no_string_goes_round_a_contract():
    upwards = [
        (path.relative_to(ROOT).as_posix(), dotted)
        for path in modules()
        if (own := LEVELS.get(path.relative_to(ROOT).parts[0])) is not None
        for room, dotted in named_modules(path)
        if LEVELS[room] > own
    ]
    assert upwards == []


def test_no_folder_is_crowded():
    counts = Counter(path.parent.relative_to(ROOT) for path in modules())
    crowded = {
        str(folder): count
        for folder, count in counts.items()
        if count > MOST_IN_A_FOLDER and folder.name != "migrations"
    }
    assert crowded == {}


def test_no_room_holds_more_than_about_a_fifth():
    lines = Counter()
    for path in modules():
        if path.parent.name == "migrations":
            continue  # history that nobody rearranges
        lines[path.relative_to(ROOT).parts[0]] += len(path.read_text(encoding="utf-8").splitlines())
    room, most = lines.most_common(1)[0]
    assert most / lines.total() <= LARGEST_SHARE, (room, most, lines.total())


def test_each_package_says_what_lives_there():
    silent = [
        path
        for path in modules()
        if path.name == "__init__.py" and not path.read_text(encoding="utf-8").startswith('"""')
    ]
    assert [path for path in silent if path.parent.name != "migrations"] == []
