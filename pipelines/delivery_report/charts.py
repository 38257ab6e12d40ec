"""Charts of a delivery as shapes that take their colours from the page; each says in words what it shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matching.report.html.number_format import count as number
from matching.report.html.number_format import rounded as percent
from matching.report.html.shapes import Drawing, Line, Path, Rect, Shape, Text
from pipelines.delivery_report.delivery_profile import Figures
from pipelines.delivery_report.measure import NOTABLE

_WIDE = 760.0
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def flow(parts: Sequence[tuple[str, int, str]], total: int, what: str) -> Drawing:
    """Return a stream that runs from all rows on the left into what became of them on the right.

    Args:
        parts: Name, count and CSS class of each outcome.
        total: All rows.
        what: What the stream is made of, such as `rows read`.
    """
    shown = [part for part in parts if part[1] > 0]
    gap, body = 14.0, 190.0
    heights = [max(count / total * body, 3.0) for _, count, _ in shown] if total else []
    height = max(sum(heights) + gap * (len(heights) - 1), 60.0) + 30
    left_height = sum(heights)
    top = (height - left_height) / 2
    x0, x1 = 112.0, 470.0
    middle = top + left_height / 2
    drawn: list[Shape] = [
        Text(x0 - 20, middle, number(total), "big", "end"),
        Text(x0 - 20, middle + 17, what, "soft", "end"),
        Rect(x0 - 10, top, 8, max(left_height, 3.0), "ink", rounded=2),
    ]
    start, end = top, 15.0
    for (name, count, kind), tall in zip(shown, heights, strict=True):
        bend = (x0 + x1) / 2
        path = (
            f"M{x0:.1f},{start:.1f} C{bend:.1f},{start:.1f} {bend:.1f},{end:.1f} {x1:.1f},{end:.1f} "
            f"L{x1:.1f},{end + tall:.1f} C{bend:.1f},{end + tall:.1f} {bend:.1f},{start + tall:.1f} "
            f"{x0:.1f},{start + tall:.1f} Z"
        )
        words = ((number(count), "strong"), (f" {name}", ""), (f"  {percent(count / total)}", "soft"))
        drawn += [
            Path(path, f"stream {kind}", title=f"{name}: {number(count)}"),
            Rect(x1, end, 6, tall, kind, rounded=1.5),
            Text(x1 + 16, end + tall / 2 + 5, words),
        ]
        start += tall
        end += tall + gap
    told = ", ".join(f"{number(count)} {name}" for name, count, _ in shown)
    return Drawing(_WIDE, height, drawn, f"{number(total)} {what}: {told}")


def fullness(rows: Sequence[tuple[str, float, float | None, float]]) -> Drawing:
    """Return one line per field: how full it is now, and where it stood in the last delivery.

    Args:
        rows: Field, share now, share before (None when unknown), and share of its cells that hold placeholders.
    """
    step, left, right = 26.0, 170.0, 690.0
    span = right - left
    drawn: list[Shape] = []
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = left + share * span
        drawn += [Line(x, x, 22, 22 + step * len(rows), "grid"), Text(x, 14, percent(share), "soft", "middle")]
    for place, (name, now, before, empty) in enumerate(rows):
        y = 22 + step * place + step / 2
        drawn += [
            Text(left - 12, y + 4, name.replace("_", " "), anchor="end"),
            Rect(left, y - 6, span, 12, "trough", rounded=6),
            Rect(left, y - 6, now * span, 12, "new", rounded=6, title=f"{name}: {percent(now)} filled"),
        ]
        if empty > 0:
            wide = min(max(empty * span, 3.0), span)
            at = left + max(now * span - wide, 0.0)
            drawn.append(Rect(at, y - 6, wide, 12, "hollow", rounded=6, title=f"{name}: {percent(empty)} placeholders"))
        if before is not None:
            x = left + before * span
            moved = " moved" if abs(now - before) >= NOTABLE else ""
            drawn.append(Line(x, x, y - 10, y + 10, f"then{moved}"))
        drawn.append(Text(right + 10, y + 4, percent(now), "strong"))
    told = ", ".join(f"{name} {percent(now)}" for name, now, _, _ in rows)
    return Drawing(_WIDE, 30 + step * len(rows), drawn, f"Share of records in which each field is filled: {told}")


def calendar(days: Mapping[tuple[int, int], int]) -> Drawing:
    """Return a year of days of birth: the darker, the more children; a day that stands out is no birthday."""
    cell, left, top = 20.5, 52.0, 24.0
    total = sum(days.values())
    usual = total / 365.25 if total else 1.0
    most = max(days.values(), default=1)
    drawn: list[Shape] = [
        Text(left + (day - 0.5) * cell, 15, str(day), "soft", "middle") for day in (1, 5, 10, 15, 20, 25, 30)
    ]
    for month, name in enumerate(_MONTHS, start=1):
        y = top + (month - 1) * cell
        drawn.append(Text(left - 10, y + cell * 0.68, name, "soft", "end"))
        for day in range(1, _last_day(month) + 1):
            count = days.get((month, day), 0)
            depth = (count / most) ** 0.5 if most else 0.0
            loud = count > usual + 6 * max(usual, 1.0) ** 0.5  # six standard deviations of a Poisson count
            drawn.append(
                Rect(
                    left + (day - 1) * cell + 1,
                    y + 1,
                    cell - 2,
                    cell - 2,
                    "day loud" if loud else "day",
                    rounded=3,
                    opacity=0.06 + 0.94 * depth,
                    title=f"{day}.{month:02}.: {number(count)} records, usual are {usual:.1f}",
                )
            )
    loudest = max(days, key=lambda day: days[day], default=None)
    told = f"; most on {loudest[1]:02}.{loudest[0]:02}. ({number(days[loudest])})" if loudest else ""
    return Drawing(_WIDE, top + 12 * cell + 6, drawn, f"Records by day and month of birth{told}")


def years(counts: Mapping[int, int]) -> Drawing:
    """Return columns of records by year of birth, every year between the first and the last; `counts` is not empty."""
    span = range(max(min(counts), max(counts) - 45), max(counts) + 1)
    wide = (_WIDE - 60) / len(span)
    most = max(counts.values())
    drawn: list[Shape] = []
    for place, year in enumerate(span):
        count = counts.get(year, 0)
        tall = count / most * 110
        x = 40 + place * wide
        title = f"born in {year}: {number(count)}"
        drawn.append(Rect(x, 126 - tall, max(wide - 3, 1.0), max(tall, 0.5), "new", rounded=2, title=title))
        if len(span) < 26 or year % 5 == 0:
            short = f"’{year % 100:02}" if wide < 34 else str(year)
            drawn.append(Text(x + wide / 2 - 1.5, 144, short, "soft", "middle"))
    drawn.append(Text(34, 22, number(most), "soft", "end"))
    told = f"Records by year of birth, {span[0]} to {span[-1]}, at most {number(most)} in one year"
    return Drawing(_WIDE, 150, drawn, told)


def shares(rows: Sequence[tuple[str, Mapping[str, int]]], kinds: Mapping[str, str]) -> Drawing:
    """Return one band per delivery, cut by shares.

    Args:
        rows: Name of the delivery and counts by kind.
        kinds: Kind to CSS class, in the order of the band.
    """
    drawn: list[Shape] = []
    left, wide = 110.0, 630.0
    for place, (name, counts) in enumerate(rows):
        y, total = 8 + place * 48, sum(counts.values()) or 1
        drawn.append(Text(left - 12, y + 21, name, anchor="end"))
        x = left
        for kind, style in kinds.items():
            share = counts.get(kind, 0) / total
            part = share * wide
            if part <= 0:
                continue
            title = f"{kind}: {number(counts[kind])} ({percent(share)})"
            drawn.append(Rect(x, y, max(part - 1.5, 0.8), 32, style, rounded=3, title=title))
            if part > 54:  # as wide as the words in it
                drawn.append(Text(x + part / 2, y + 21, percent(share), f"on {style}", "middle"))
            x += part
    told = "; ".join(
        f"{name}: " + ", ".join(f"{kind} {number(count)}" for kind, count in counts.items()) for name, counts in rows
    )
    return Drawing(_WIDE, 8 + 48 * len(rows), drawn, f"Languages by letters: {told}")


def deliveries(history: Sequence[Figures]) -> Drawing:
    """Return one column per delivery: what it brought above the line, what had vanished below."""
    above = [figures.new + figures.changed + figures.unchanged + figures.quarantined for figures in history]
    most, gone = max([*above, 1]), max([figures.vanished for figures in history])
    up, down = 170.0, 170.0 * min(gone / most, 1.0)
    wide = min((_WIDE - 70) / max(len(history), 1), 90.0)
    base = up + 16
    drawn: list[Shape] = [
        Line(56, 56 + wide * len(history), base, base, "axis"),
        Text(50, 24, number(most), "soft", "end"),
    ]
    for place, figures in enumerate(history):
        x, y = 60 + place * wide, base
        for kind in ("unchanged", "changed", "new", "quarantined"):
            count = getattr(figures, kind)
            tall = count / most * up
            if tall <= 0:
                continue
            y -= tall
            title = f"{figures.day:%d.%m.%Y}: {number(count)} {kind}"
            drawn.append(Rect(x, y, wide - 8, max(tall - 1, 0.8), kind, rounded=2, title=title))
        if figures.vanished:
            title = f"{figures.day:%d.%m.%Y}: {number(figures.vanished)} vanished"
            tall = max(figures.vanished / most * up, 2.0)
            drawn.append(Rect(x, base + 2, wide - 8, tall, "vanished", rounded=2, title=title))
        if len(history) <= 10 or place % 3 == 0 or place == len(history) - 1:
            label = f"{figures.day:%d.%m.%y}"
            drawn.append(Text(x + (wide - 8) / 2, base + down + 22, label, "soft", "middle"))
    told = "; ".join(f"{f.day:%d.%m.%Y}: {f.new} new, {f.changed} changed, {f.vanished} vanished" for f in history)
    return Drawing(_WIDE, base + down + 32, drawn, f"Deliveries: {told}")


def _last_day(month: int) -> int:
    return 29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31
