"""Markup: elements of HTML and SVG in which every value is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

_VOID = frozenset(("meta", "br", "hr", "link"))


class Html(str):
    """Text that is markup already; any other text is escaped."""

    __slots__ = ()


def element(tag: str, /, *children: object, **attributes: object) -> Html:
    """Return an element.

    Args:
        tag: Its name.
        children: Markup, values to escape, or iterables of either; None is left out.
        attributes: `class_` is written `class` and `stroke_width` is `stroke-width`; None and False are left out, True
            is written without a value, and a number with two decimals at most.
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items() if value is not None)
    if tag in _VOID:
        return Html(f"<{tag}{written}>")
    return Html(f"<{tag}{written}>{join(children)}</{tag}>")


def join(children: Iterable[object]) -> Html:
    """Return several pieces as one, escaping what is no markup."""
    return Html("".join(_piece(child) for child in children))


def _piece(child: object) -> str:
    if child is None:
        return ""
    if isinstance(child, Html):
        return str(child)
    if isinstance(child, str):
        return escape(child)
    return join(child) if isinstance(child, Iterable) else escape(str(child))


def _attribute(key: str, value: object) -> str:
    if value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    if value is True:
        return f" {name}"
    text = f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    return f' {name}="{escape(text)}"'
