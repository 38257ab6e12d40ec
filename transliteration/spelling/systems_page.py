"""Writes the page of the romanisation systems from the tables the model works by.

Run `python -m transliteration.spelling.systems_page docs/names/systems.md` after a change of `data/romanisations.tsv`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from transliteration import tables
from transliteration.spelling.romanisation import romanise, systems

# Fictional names that show where systems part: щ, ж, є/е, и/й, г/х, ц, ю/я, the apostrophe and the soft sign.
EXAMPLES = {
    "uk": "Щербаненко-Жук Ілля Юхимович, Лук'янцева Євгенія",
    "ru": "Щербаненко-Жук Илья Ефимович, Цыгалёва Юлия",
}
_LANGUAGES = {"uk": "Ukrainian systems", "ru": "Russian systems"}
_HEAD = """# Romanisation systems

`romanise(text, system)` writes a Cyrillic name in Latin letters by the system of this id; `romanisations(text)` gives
all distinct spellings. Every system is a set of rows in `transliteration/data/romanisations.tsv`, each with its source:
which letters, after and before what, become what. This page is made from that table by
`python -m transliteration.spelling.systems_page docs/names/systems.md`.

Reading goes the other way without knowing the system: a Latin spelling gets all readings (see [names](../names.md)).
"""


def systems_page() -> str:
    """Return the page in Markdown: each system's id, name, source, where it is met, and an example."""
    titles = {row["system"]: row for row in tables.rows("romanisation_titles")}
    parts = [_HEAD]
    for language, heading in _LANGUAGES.items():
        parts += [f"## {heading}\n", f"Example: {EXAMPLES[language]}\n"]
        parts += ["| id | name | met in | example | source of the table |", "|---|---|---|---|---|"]
        for name, system in systems().items():
            if system.language == language:
                shown = romanise(EXAMPLES[language], name).replace("|", "\\|").replace("`", "&#96;")
                title = titles[name]
                parts.append(f"| `{name}` | {title['title']} | {title['met']} | {shown} | {system.source} |")
        parts.append("")
    return "\n".join(parts)


def main(argv: list[str] | None = None) -> int:
    """Write the page to the path given."""
    (path,) = sys.argv[1:] if argv is None else argv
    Path(path).write_text(systems_page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
