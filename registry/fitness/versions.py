"""Versions with known flaws: those of `data/known_flaws.tsv`, with sources and dates; each release renews the list."""

from __future__ import annotations

import csv
import re
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files

POSTGRESQL = "postgresql"


def known_flaws(postgresql: str) -> list[str]:
    """Return what is installed in a version with a known flaw, in words.

    Args:
        postgresql: Version of the server, such as `18.1`.
    """
    text = files("registry.fitness").joinpath("data", "known_flaws.tsv").read_text(encoding="utf-8")
    found = []
    for row in csv.DictReader(text.splitlines(), delimiter="\t"):
        installed = postgresql if row["part"] == POSTGRESQL else _installed(row["part"])
        if installed and is_older(installed, row["fixed_in"], row["branch"]):
            found.append(f"{row['part']} {installed} ({row['flaw']}; mended in {row['fixed_in']}, {row['source']})")
    return found


def is_older(installed: str, fixed_in: str, branch: str = "") -> bool:
    """Tell whether a version comes before the one that mends a flaw; of another branch, it is another row's matter."""
    have, need = _numbers(installed), _numbers(fixed_in)
    if branch and have[: len(_numbers(branch))] != _numbers(branch):
        return False
    return have < need


def newest_entry() -> str:
    """Return the day of the newest flaw in the list: what came later, it does not know."""
    text = files("registry.fitness").joinpath("data", "known_flaws.tsv").read_text(encoding="utf-8")
    return max(row["date"] for row in csv.DictReader(text.splitlines(), delimiter="\t"))


def _installed(part: str) -> str:
    try:
        return version(part)
    except PackageNotFoundError:
        return ""


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", text.split("+")[0])[:4])
