"""Tables, and bars inside them: the row is the figure's own label, so a table is a chart that anybody can read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from matching.report.html.markup import Html, element, join

_WIDTH = 100.0


def table(
    columns: Sequence[object],
    rows: Iterable[Sequence[object]],
    *,
    caption: str,
    numbers: Sequence[int] = (),
    wide: int | None = None,
) -> Html:
    """Return a table in a frame that scrolls by itself when the page is narrow.

    Args:
        columns: Headings.
        rows: Cells; the first of each row is its heading.
        caption: What the table shows, for those who cannot see the page around it.
        numbers: Positions of columns that hold figures.
        wide: Position of the column that holds bars.
    """

    def kind(i: int) -> str | None:
        return "number" if i in numbers else "bars" if i == wide else None

    head = element(
        "tr",
        [
            element("th", name, scope="col", class_=kind(i)) if name else element("td", class_=kind(i))
            for i, name in enumerate(columns)
        ],
    )
    body = [
        element(
            "tr",
            [
                element("th" if i == 0 else "td", cell, scope="row" if i == 0 else None, class_=kind(i))
                for i, cell in enumerate(row)
            ],
        )
        for row in rows
    ]
    return element(
        "div",
        element(
            "table",
            element("caption", caption, class_="hidden"),
            element("thead", head),
            element("tbody", body),
        ),
        class_="scroll",
        tabindex="0",
        role="group",
        aria_label=caption,
    )


def slug(name: str) -> Html:
    """Return a code or a pair of lists so that a narrow page may break it at an underscore or an arrow."""
    pieces = name.replace(" →", "\u00a0→").split("_")
    return join(piece if i == 0 else join((Html("_<wbr>"), piece)) for i, piece in enumerate(pieces))


def bars(parts: Sequence[tuple[float, str]], most: float) -> Html:
    """Return lengths side by side as one bar, on a scale that ends at `most`; each part with its CSS class."""
    drawn, at = [], 0.0
    for length, kind in parts:
        width = max(length, 0.0) / most * _WIDTH if most > 0 else 0.0
        if width > 0:
            drawn.append(_rectangle(at, max(width, 0.4), kind))
        at += width
    return _frame(drawn)


def floating(start: float, end: float, low: float, high: float) -> Html:
    """Return a bar from `start` to `end` on a scale from `low` to `high`, with a line at zero: a waterfall's step."""
    span = max(high - low, 1e-9)
    left, right = sorted(((start - low) / span * _WIDTH, (end - low) / span * _WIDTH))
    zero = (0 - low) / span * _WIDTH
    axis = element("line", x1=zero, x2=zero, y1=0, y2=10, class_="zero")
    bar = _rectangle(left, max(right - left, 0.4), "for" if end >= start else "against")
    return _frame([axis, bar] if end != start else [axis])


def _rectangle(x: float, width: float, kind: str) -> Html:
    return element("rect", x=x, y=1, width=width, height=8, class_=kind)


def _frame(drawn: Sequence[Html]) -> Html:
    return element(
        "svg", drawn, viewBox=f"0 0 {_WIDTH:.0f} 10", preserveAspectRatio="none", class_="bar", aria_hidden="true"
    )
