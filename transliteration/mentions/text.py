"""A text as the readers of names see it: folded, in words and sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from transliteration.text.folding import lower_in_place

_TOKEN = re.compile(r"[^\W\d_](?:\.|[^\W\d_]*(?:['-][^\W\d_]+)*)")
_ABBREVIATIONS = re.compile(
    r"(?:^|[^\w.])(?:[мгсд]|смт|пгт|сел|вул|ул|просп|обл|р-н|ім|им|св|гр|пос|mr|mrs|ms|dr|st|бл|ок|нар|род|[^\W\d_])\.$|(?:^|\W)[^\W\d_]\.\s?[^\W\d_]\.$",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"\n+|(?<=[.!?…])[\"»)]*\s+(?=[\"«(—-]?\s?[^\W_])")


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the text with its offsets in the folded text."""

    text: str
    lower: str
    start: int
    end: int

    @property
    def capital(self) -> bool:
        """Whether it begins with a capital letter."""
        return self.text[0].isupper()


@dataclass(frozen=True, slots=True)
class Text:
    """A folded text with its words and sentences.

    Attributes:
        folded: The text, folded in its typing alone; all offsets are offsets in it.
        lower: The same in lower case, letter for letter.
        words: Its words, from left to right.
        spans: Start and end of each sentence.
        published: The day it was written, where it is known.
    """

    folded: str
    lower: str
    words: tuple[Token, ...]
    spans: tuple[tuple[int, int], ...]
    published: date | None = None

    @classmethod
    def of(cls, folded: str, published: date | None = None) -> Text:
        """Return a folded text with its words and sentences."""
        return cls(folded, lower_in_place(folded), tuple(tokens(folded)), tuple(sentences(folded)), published)

    def gap(self, left: int) -> str:
        """Return what stands between a word and the next."""
        return self.folded[self.words[left].end : self.words[left + 1].start]

    def joined(self, left: int) -> bool:
        """Return whether only blanks stand between a word and the next."""
        gap = self.gap(left)
        return gap in {" ", "  "} or (gap == "" and self.words[left].text.endswith("."))

    def behind(self, index: int) -> str:
        """Return the text behind a word."""
        return self.folded[self.words[index].end :]


@dataclass(frozen=True, slots=True)
class Sentence:
    """The words `first` to `last` (excluded) of a text, which are one sentence.

    Words in `anchored` have an age right beside them: capitalised ones count as given names even where no table has
    them. `language` decides between base forms.
    """

    text: Text
    first: int
    last: int
    language: str
    anchored: frozenset[int] = frozenset()

    @property
    def words(self) -> tuple[Token, ...]:
        """The words of the whole text."""
        return self.text.words


def tokens(folded: str) -> list[Token]:
    """Return the words of a folded text; an initial keeps its dot."""
    return [Token(match[0], lower_in_place(match[0]), match.start(), match.end()) for match in _TOKEN.finditer(folded)]


def sentences(folded: str) -> list[tuple[int, int]]:
    """Return the spans of sentences: lines, and full stops that end no abbreviation."""
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _SENTENCE_END.finditer(folded):
        before = folded[max(start, match.start() - 8) : match.start()]
        if "\n" not in match[0] and before.endswith(".") and _ABBREVIATIONS.search(before):
            continue
        spans.append((start, match.start()))
        start = match.end()
    spans.append((start, len(folded)))
    return [span for span in spans if span[0] < span[1]]
