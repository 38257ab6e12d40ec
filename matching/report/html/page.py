"""The page around the sections: one file, no script, nothing fetched from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from matching.report.html.templates import environment


@dataclass(frozen=True)
class Section:
    """A part of a page.

    Attributes:
        name: Its heading; the page begins with links to all of them.
        template: The file that writes it.
        data: What that file reads, as `data`.
    """

    name: str
    template: str
    data: object

    @property
    def anchor(self) -> str:
        """Return the name by which links lead here."""
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")


def page(
    title: str,
    under: str,
    sections: Sequence[Section],
    *,
    warning: str = "",
    package: str = "matching.report",
    layout: str = "page.html",
) -> str:
    """Return a whole page.

    Args:
        title: Heading.
        under: A line below it.
        sections: What is told, in order.
        warning: What the reader must know first.
        package: Whose templates the sections have.
        layout: The template of the whole; others extend `page.html`.
    """
    whole = environment(package).get_template(layout)
    return whole.render(title=title, under=under, sections=sections, warning=warning)
