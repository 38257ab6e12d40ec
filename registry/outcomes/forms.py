"""The cube as CSV with HXL tags, and as a picture that stands by itself."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from html import escape
from typing import Final

from registry.outcomes import counting, cube
from registry.outcomes.cube import Cube, Figure
from registry.spreadsheet_cells import harmless

COLUMNS: Final = (
    ("measure", "#indicator+code"),
    ("what it is", "#indicator+name"),
    ("definition", "#description"),
    ("table", "#meta+table"),
    ("month", "#date+month"),
    ("oblast of origin", "#adm1+origin+code"),
    ("name of the oblast", "#adm1+origin+name"),
    ("age band", "#indicator+age_band"),
    ("list", "#meta+source"),
    ("figure", "#indicator+value+num"),
    ("suppressed", "#meta+suppressed"),
)
"""Columns and their tags (Humanitarian Exchange Language 1.1, hxlstandard.org)."""

WIDTH, BAR, GAP, HEIGHT, LEFT, TOP = 900, 22, 8, 120, 70, 34
SHOWN: Final = ("verified", "returned", "reunited")
MOST_MONTHS = 24
_COLOURS: Final = {"verified": "#1f5c99", "returned": "#2e7d4f", "reunited": "#8a5a00"}


def as_csv(made: Cube, language: str = "en") -> str:
    """Write all figures, one a row; a suppressed one is empty and says so."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow([name for name, _ in COLUMNS])
    writer.writerow([tag for _, tag in COLUMNS])
    measures = {one.name: one for one in counting.measures()}
    for figure in made.figures:
        said = measures[figure.measure]
        cells = (
            figure.measure, said.called[language], said.definition[language], figure.table, figure.month,
            figure.oblast, cube.called(figure.oblast, language), figure.age, figure.list,
        )  # fmt: skip
        shown = ("", "yes") if figure.value is None else (figure.value, "no")
        writer.writerow([harmless(cell) for cell in (*cells, *shown)])
    return stream.getvalue()


def as_picture(made: Cube, language: str = "en") -> str:
    """Draw verified, returned and reunited by month as bars (SVG); what is suppressed is a broken line."""
    by_month = {
        measure: [one for one in made.of("month") if one.measure == measure][-MOST_MONTHS:] for measure in SHOWN
    }
    measures = {one.name: one for one in counting.measures()}
    height = TOP + len(SHOWN) * (HEIGHT + 60) + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" font-family="sans-serif">',
        f"<title>{escape(' · '.join(measures[one].called[language] for one in SHOWN))}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
    ]
    for row, measure in enumerate(SHOWN):
        said = measures[measure]
        top = TOP + row * (HEIGHT + 60)
        parts.append(f'<text x="{LEFT}" y="{top - 12}" font-size="15" fill="#1a1a1a">{escape(said.called[language])}')
        parts.append(f"<title>{escape(said.definition[language])}</title></text>")
        parts += _bars(by_month[measure], top, _COLOURS[measure], made.threshold)
    return "\n".join([*parts, "</svg>", ""])


def _bars(figures: Iterable[Figure], top: int, colour: str, threshold: int) -> list[str]:
    some = list(figures)
    most = max((one.value or threshold for one in some), default=1)
    bottom, parts = top + HEIGHT, []
    for number, one in enumerate(some):
        x = LEFT + number * (BAR + GAP)
        if one.value is None:
            parts.append(
                f'<line x1="{x}" x2="{x + BAR}" y1="{bottom - 6}" y2="{bottom - 6}" stroke="{colour}" '
                f'stroke-width="2" stroke-dasharray="3 3"/>'
            )
        elif one.value:
            tall = max(1.0, round(HEIGHT * one.value / most, 1))
            parts.append(f'<rect x="{x}" y="{bottom - tall}" width="{BAR}" height="{tall}" fill="{colour}"/>')
            label = f'<text x="{x + BAR / 2}" y="{bottom - tall - 3}" font-size="10" text-anchor="middle"'
            parts.append(f'{label} fill="#1a1a1a">{one.value}</text>')
        if number % 3 == 0:
            label = f'<text x="{x + BAR / 2}" y="{bottom + 14}" font-size="10" text-anchor="middle"'
            parts.append(f'{label} fill="#444444">{one.month}</text>')
    width = LEFT + max(len(some), 1) * (BAR + GAP)
    parts.append(f'<line x1="{LEFT}" x2="{width}" y1="{bottom}" y2="{bottom}" stroke="#444444"/>')
    return parts
