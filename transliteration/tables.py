"""Reading of the package's own fact tables (TSV with a header line and a source column)."""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of `data/<name>.tsv` as dictionaries; `#` lines are comments.

    Raises:
        FileNotFoundError: if the table is not part of the installed package.
    """
    text = (resources.files("transliteration") / "data" / f"{name}.tsv").read_text(encoding="utf-8")
    lines = [line for line in text.split("\n") if line and not line.startswith("#")]
    header = lines[0].split("\t")
    return tuple(dict(zip(header, line.split("\t"), strict=False)) for line in lines[1:])
