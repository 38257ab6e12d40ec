"""What a cell says before it has meaning: damage, error values, footnote marks, tick boxes, ditto marks.

All kinds of files share this: a row goes through it between its reader and its meaning.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sources.read_items import Column, ReadItem, ReadProblem, ReadReport, Row
from sources.readers.limits import kept
from transliteration.text.changed_letters import mended, unmended

_WORD: Final = "[А-Яа-яЁёҐґЄєІіЇїЎў]"
_LOST: Final = re.compile(
    f"\ufffd|[\udc80-\udcff]|{_WORD}\\?+{_WORD}|(?<![\\w?])\\?+[а-яёґєіїў]{{2}}|(?:\\?{{4,}}|\\?{{2,}} \\?{{2,}})"
    f"|{_WORD}[¿\x1a□¤]+{_WORD}|(?<!\\w)[¿\x1a□¤]+[а-яёґєіїў]{{2}}|{_WORD}{{2}}[¿\x1a□¤](?!\\w)"
)
"""Letters that a code page lost: a question mark (or what else a program writes) inside a word, or instead of all."""

_LOST_IN_NAME: Final = re.compile("[а-яёґєіїў][_*]+[а-яёґєіїў]|(?<!\\w)[_*]+[а-яёґєіїў]{2}")
"""In a name a sign that elsewhere may join words."""
_ASKED: Final = re.compile(f"{_WORD}\\?+(?!\\w)")
"""A name that ends in a question mark: somebody was not sure, or the last letter was lost."""

_LETTERS_LOST: Final = "letters were lost when the list was saved: '?' or another sign stands in their place"
_NO_MAP: Final = re.compile(r"(?:\(cid:\d+\)){2,}")
_ERROR: Final = re.compile(
    r"#(?:N/A|Н/Д|Н/П|VALUE!|ЗНАЧ!|REF!|ССЫЛКА!|ПОСИЛАННЯ!|DIV/0!|ДЕЛ/0!|ДІЛ/0!|NAME\?|ИМЯ\?|ІМ['ʼ’]?Я\?|NUM!|ЧИСЛО!|"
    r"NULL!|ПУСТО!|SPILL!|CALC!|ПЕРЕНОС!|GETTING_DATA|BLOCKED!|CONNECT!|FIELD!|UNKNOWN!|#+)|Err:\d{3}|"
    r"(?:VALUE|ЗНАЧ|REF|ССЫЛКА|ПОСИЛАННЯ|DIV/0|ДЕЛ/0|ДІЛ/0|NUM|ЧИСЛО)!",
    re.IGNORECASE,
)
"""Error values of spreadsheets in English, Ukrainian and Russian; ##### is a column too narrow for its date."""

_FOOTNOTE: Final = re.compile(
    r"(?<=[\w.)»\"])(?:\s?[⁽]?[¹²³⁰⁴⁵⁶⁷⁸⁹]+[⁾]?(?=[\s,;.)]|$)|\*{1,3}(?=[\s,;.)]|$)|\s?\[\d{1,2}\]$)"
)
_CUT: Final = re.compile(r"[+-]?\d(?:[.,]\d+)?E\+?\d{2,3}", re.IGNORECASE)
"""A long number as a spreadsheet shows it, such as 1,23457E+11: its last digits are gone once it is saved as text."""
_TICKED: Final = "☑☒✓✔✅🗹■⊠"
_UNTICKED: Final = "☐□⬜"
_BOX: Final = re.compile(f"[{_TICKED}{_UNTICKED}]")
_BRACKETS: Final = re.compile(r"\[ ?([xXхХvV✓✔+]?) ?\](?!\w)")
_DITTO: Final = re.compile(
    r"[\"'«»“”„″〃]{1,2}|[-–—]?\s?[\"«»“”„″]{1,2}\s?[-–—]|[-–—]+\s?//\s?[-–—]+|//|"
    r",,|то\s?же(?: самое)?|т[оаеі]т? же|те саме|т[ао] сам[ае]|той (?:самий|же)|так само|там (?:же|само)|"
    r"ditto|do\.|idem|ibid\.?|same(?: as above)?",
    re.IGNORECASE,
)
_SUSPECT: Final = re.compile(
    f"[?!#_*&%\\\\¿\x1a¤\ufffd\udc80-\udcff¹²³⁰⁴-⁹\"'«»“”„″〃{_TICKED}{_UNTICKED}╨╤\u2219-\u2265\u2320-\u25a0ÐÑ]"
    "|\\[[\\dxXхХvV✓✔+ \\]]|=[0-9A-F]{2}=|[À-ÿ]{3}|[\\s\x1f][а-яіїєґ][А-ЯІЇЄҐ]{2}|\\(cid:|//|Err:"
    "|[РС][^\\s\\w]|Р[РСЎІЇ]|[\\d,.]\\d?[Ee]\\+?\\d\\d|,,"
    "|\x1f(?:[Тт][оаеі]|[Тт]ам |[Тт]ой |[Тт]ак с|[Dd]itto|[Dd]o\\.|[Ii]dem|[Ii]bid|[Ss]ame)"
)
"""What a cell that needs cleaning has; rows without it cost one search."""
_NAMES: Final = frozenset({"key", "fields.full_name", "fields.given", "fields.text", "observed_on"})

_NAMING: Final = frozenset({"fields.full_name", "fields.surname", "fields.given", "fields.patronymic"})

_TOLD: Final[dict[str, str]] = {
    "error": "{} cells hold an error of the spreadsheet (such as #Н/Д): read as empty",
    "mended": "{} rows were read as another code page, or hold escapes (&#1047;): their letters are repaired",
    "footnote": "{} cells end in the number of a footnote: it is left out",
    "ticked": "{} cells hold tick boxes: what is ticked is read",
    "cut": "{} cells hold a long number whose last digits a spreadsheet cut off (1,23457E+11): in doubt; "
    "ask for the file with these columns formatted as text",
    "ditto": "{} cells hold a ditto mark: the value above is read, with a doubt",
}


def damage(text: str) -> tuple[str, str] | None:
    """Return the code and reason for which the letters of a text cannot be trusted, or nothing."""
    if _NO_MAP.search(text):
        return "encoding_damage", "the file's font does not say which letters it draws"
    if unmended(text):
        return "encoding_damage", "UTF-8 was read as another code page, and some of its bytes are gone"
    hit = _LOST.search(text)
    if hit is None or "://" in text[max(0, hit.start() - 60) : hit.start()]:
        return None
    if not re.search("\ufffd|[\udc80-\udcff]", hit[0]):
        return "encoding_damage", _LETTERS_LOST
    return "encoding_damage", "a cell has bytes that the file's encoding cannot explain"


def ticked(text: str) -> str:
    """Return the choices that are ticked in a cell of tick boxes, '' where none is; other texts as they are."""
    text = _BRACKETS.sub(lambda hit: "☑" if hit[1] else "☐", text)
    boxes = list(_BOX.finditer(text))
    if not boxes or not _BOX.sub("", text).strip():
        return text
    if not text[: boxes[0].start()].strip():  # boxes stand before their words
        ends = [*(box.start() for box in boxes[1:]), len(text)]
        choices = [(box[0], text[box.end() : end]) for box, end in zip(boxes, ends, strict=True)]
    else:
        starts = [0, *(box.end() for box in boxes[:-1])]
        choices = [(box[0], text[start : box.start()]) for box, start in zip(boxes, starts, strict=True)]
    return ", ".join(" ".join(words.split()).strip(" ,;/") for box, words in choices if box in _TICKED)


class Cells:
    """Cleans the rows of one file, and tells at its end what was found."""

    def __init__(self, columns: Sequence[Column], report: ReadReport) -> None:
        self._report = report
        self._names = {column.name for column in columns if _NAMES & set(column.used_by.split(", "))}
        self._keys = {column.name for column in columns if "key" in column.used_by.split(", ")}
        self._naming = {column.name for column in columns if _NAMING & set(column.used_by.split(", "))}
        self._consent = {column.name for column in columns if "fields.consent" in column.used_by.split(", ")}
        self._found: Counter[str] = Counter()
        self._above: Mapping[str, str] = {}

    def clean(self, items: Iterator[ReadItem]) -> Iterator[ReadItem]:
        """Yield the items of a file: rows with cleaned cells, or as problems where letters were lost."""
        for item in items:
            if not isinstance(item, Row):
                yield item
                continue
            if _SUSPECT.search("\x1f" + "\x1f".join(item.cells.values())) is None:
                self._above = item.cells
                yield item
                continue
            yield self._cleaned(item)
        for name, text in _TOLD.items():
            if count := self._found[name]:
                self._report.notes.append(text.format(count))

    def _cleaned(self, row: Row) -> Row | ReadProblem:
        cells: dict[str, str] = {}
        doubts = row.doubts
        repaired = False
        for name, text in row.cells.items():
            whole = mended(text)
            repaired = repaired or whole != text
            problem = damage(whole)
            if problem is None and name in self._naming and _LOST_IN_NAME.search(whole):
                problem = (
                    "encoding_damage",
                    "letters were lost when the list was saved: another sign stands in their place",
                )
            if problem:
                return ReadProblem(row.locator, *problem, kept(list(row.cells.values())))
            if _ERROR.fullmatch(whole):
                self._found["error"] += 1
                whole = ""
            elif _DITTO.fullmatch(whole):
                whole = "" if name in self._names else self._above.get(name, "")
                if whole:
                    self._found["ditto"] += 1
                    doubts = (*doubts, "ditto_mark")
            elif _CUT.fullmatch(whole):
                self._found["cut"] += 1
                doubts = (*doubts, "digits_lost")
            else:
                whole = self._without_marks(name, whole)
            if name in self._naming and _ASKED.search(whole):
                doubts = (*doubts, "name_asked")
            cells[name] = whole
        self._found["mended"] += repaired
        self._above = cells
        return row._replace(cells=cells, doubts=tuple(dict.fromkeys(doubts)))

    def _without_marks(self, name: str, text: str) -> str:
        plain = text if name in self._keys else _FOOTNOTE.sub("", text)  # uuid:…/children[1] is no footnote
        self._found["footnote"] += plain != text
        chosen = ticked(plain) or (plain if name in self._consent else "")  # nothing ticked is no assent
        self._found["ticked"] += chosen != plain
        return chosen
