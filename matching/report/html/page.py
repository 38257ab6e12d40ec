"""The page around the sections: one file, no script, nothing fetched from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.resources import files

from matching.report.html.markup import Html, element, join


def page(title: str, under: str, sections: Sequence[tuple[str, Html]], *, warning: str = "") -> str:
    """Return a whole page.

    Args:
        title: Heading.
        under: A line below it.
        sections: Headings with their markup; the page begins with links to them.
        warning: What the reader must know first.
    """
    style = files("matching.report.html").joinpath("report.css").read_text(encoding="utf-8")
    links = [element("li", element("a", name, href=f"#{_anchor(name)}")) for name, _ in sections]
    body = [
        element("section", element("h2", name, id=_anchor(name)), content, aria_labelledby=_anchor(name))
        for name, content in sections
    ]
    head = join(
        [
            element("meta", charset="utf-8"),
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("meta", name="robots", content="noindex"),
            element(
                "meta", http_equiv="Content-Security-Policy", content="default-src 'none'; style-src 'unsafe-inline'"
            ),
            element("title", title),
            Html(f"<style>{style}</style>"),
        ]
    )
    content = join(
        [
            element("header", element("h1", title), element("p", under, class_="soft")),
            element("p", warning, class_="warning", role="note") if warning else None,
            element("nav", element("ul", links), aria_label="Sections"),
            element("main", body),
        ]
    )
    return "<!doctype html>\n" + element("html", element("head", head), element("body", content), lang="en") + "\n"


def _anchor(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
