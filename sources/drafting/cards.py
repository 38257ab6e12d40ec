"""A first look at pages: cards that repeat, with labels or classes, or an article."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from sources.drafting.guess import Column
from sources.drafting.seen import Preview

_NAME: Final = re.compile(r"[A-Za-z][\w-]*")
_SHOWN: Final = 200
_MOST_TEXT: Final = 3_000


def look(tree: LexborHTMLParser) -> Preview:
    """Find the elements of a page that look like cards; a page without them is an article."""
    selector = _card(tree)
    if not selector:
        body = next((css for css in ("article", "main", "body") if tree.css_first(css) is not None), "body")
        found_body = tree.css_first(body)
        text = " ".join(found_body.text(separator=" ").split()) if found_body else ""
        of_article = [Column("text", [text]), Column("title")]
        return Preview({"kind": "html", "article": body}, of_article)
    found = tree.css(selector)[:_SHOWN]
    reader = {"kind": "html", "card": selector}
    columns: dict[str, Column] = {}
    if any(card.css_first("dt") and card.css_first("dd") for card in found):
        reader |= {"label": "dt", "value": "dd"}
    for number, card in enumerate(found):
        for name, value in _parts(card, labelled="label" in reader).items():
            column = columns.setdefault(name, Column(name, [""] * number))
            column.values += [""] * (number - len(column.values)) + [value]
    for column in columns.values():
        column.values += [""] * (len(found) - len(column.values))
    return Preview(reader, list(columns.values()), told=[f"{len(found)} cards seen"])


def _card(tree: LexborHTMLParser) -> str:
    """Return a selector of the elements that repeat most, with at least two parts and not too much text each."""
    counts: Counter[str] = Counter()
    for node in tree.css("article, section, div, li, tr"):
        classes = (node.attributes.get("class") or "").split()
        if classes and _NAME.fullmatch(classes[0]) and len(node.css("*")) >= 2:
            counts[f"{node.tag}.{classes[0]}"] += 1
    for selector, count in counts.most_common(8):
        texts = [" ".join(node.text(separator=" ").split()) for node in tree.css(selector)[:20]]
        if count > 1 and all(10 <= len(text) <= _MOST_TEXT for text in texts) and len(set(texts)) > 1:
            return selector
    return ""


def _parts(card: LexborNode, *, labelled: bool) -> dict[str, str]:
    """Return the values of a card by label, by class or tag, and its own attributes that hold a number."""
    found: dict[str, str] = {}
    for name, value in card.attributes.items():
        if value and name.startswith("data-"):
            found[f"@{name}"] = value
    if labelled:
        for label, of_label in zip(card.css("dt"), card.css("dd"), strict=False):
            found.setdefault(" ".join(label.text().split()), " ".join(of_label.text(separator=" ").split()))
    for part in card.css("h1, h2, h3, h4, [class]"):
        classes = (part.attributes.get("class") or "").split()
        selector = f".{classes[0]}" if classes and _NAME.fullmatch(classes[0]) else str(part.tag)
        plain = len(part.css("*")) <= 2 and not (labelled and part.tag in ("dt", "dd"))
        if plain and (text := " ".join(part.text().split())):
            found.setdefault(selector, text)
    return found
