"""Charts of a delivery as inline SVG that takes its colours from the page; each says in words what it shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matching.report.html.markup import Html, element, join
from matching.report.html.number_format import count as number
from registry.ingestion.delivery_profile import Figures

_WIDE = 760.0
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def percent(share: float) -> str:
    """Return a share in per cent, with a decimal where it is small."""
    text = f"{share * 100:.1f}" if 0 < share < 0.0995 else f"{share * 100:.0f}"
    return f"{text}\u202f%"


def flow(parts: Sequence[tuple[str, int, str]], total: int, what: str) -> Html:
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
    drawn = [
        element("text", number(total), x=x0 - 20, y=middle, text_anchor="end", class_="big"),
        element("text", what, x=x0 - 20, y=middle + 17, text_anchor="end", class_="soft"),
        element("rect", x=x0 - 10, y=top, width=8, height=max(left_height, 3.0), class_="ink", rx=2),
    ]
    start, end = top, 15.0
    for (name, count, kind), tall in zip(shown, heights, strict=True):
        bend = (x0 + x1) / 2
        path = (
            f"M{x0:.1f},{start:.1f} C{bend:.1f},{start:.1f} {bend:.1f},{end:.1f} {x1:.1f},{end:.1f} "
            f"L{x1:.1f},{end + tall:.1f} C{bend:.1f},{end + tall:.1f} {bend:.1f},{start + tall:.1f} "
            f"{x0:.1f},{start + tall:.1f} Z"
        )
        drawn.append(element("path", element("title", f"{name}: {number(count)}"), d=path, class_=f"stream {kind}"))
        drawn.append(element("rect", x=x1, y=end, width=6, height=tall, class_=kind, rx=1.5))
        middle = end + tall / 2 + 5
        drawn.append(
            element(
                "text",
                element("tspan", number(count), class_="strong"),
                f" {name}",
                element("tspan", f"  {percent(count / total)}", class_="soft"),
                x=x1 + 16,
                y=middle,
            )
        )
        start += tall
        end += tall + gap
    told = ", ".join(f"{number(count)} {name}" for name, count, _ in shown)
    return _svg(drawn, height, f"{number(total)} {what}: {told}")


def fullness(rows: Sequence[tuple[str, float, float | None, float]]) -> Html:
    """Return one line per field: how full it is now, and where it stood in the last delivery.

    Args:
        rows: Field, share now, share before (None when unknown), and share of its cells that hold placeholders.
    """
    step, left, right = 26.0, 170.0, 690.0
    span = right - left
    drawn = []
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = left + share * span
        drawn.append(element("line", x1=x, x2=x, y1=22, y2=22 + step * len(rows), class_="grid"))
        drawn.append(element("text", percent(share), x=x, y=14, text_anchor="middle", class_="soft"))
    for place, (name, now, before, empty) in enumerate(rows):
        y = 22 + step * place + step / 2
        drawn.append(element("text", name.replace("_", " "), x=left - 12, y=y + 4, text_anchor="end"))
        drawn.append(element("rect", x=left, y=y - 6, width=span, height=12, class_="trough", rx=6))
        words = f"{name}: {percent(now)} filled"
        drawn.append(
            element("rect", element("title", words), x=left, y=y - 6, width=now * span, height=12, class_="new", rx=6)
        )
        if empty > 0:
            wide = min(max(empty * span, 3.0), span)
            at = left + max(now * span - wide, 0.0)
            hollow = element("title", f"{name}: {percent(empty)} placeholders")
            drawn.append(element("rect", hollow, x=at, y=y - 6, width=wide, height=12, class_="hollow", rx=6))
        if before is not None:
            x = left + before * span
            moved = " moved" if abs(now - before) >= 0.1 else ""
            drawn.append(element("line", x1=x, x2=x, y1=y - 10, y2=y + 10, class_=f"then{moved}"))
        drawn.append(element("text", percent(now), x=right + 10, y=y + 4, class_="strong"))
    told = ", ".join(f"{name} {percent(now)}" for name, now, _, _ in rows)
    return _svg(drawn, 30 + step * len(rows), f"Share of records in which each field is filled: {told}")


def calendar(days: Mapping[tuple[int, int], int]) -> Html:
    """Return a year of days of birth: the darker, the more children; a day that stands out is no birthday."""
    cell, left, top = 20.5, 52.0, 24.0
    total = sum(days.values())
    usual = total / 365.25 if total else 1.0
    most = max(days.values(), default=1)
    drawn = [
        element("text", str(day), x=left + (day - 0.5) * cell, y=15, text_anchor="middle", class_="soft")
        for day in (1, 5, 10, 15, 20, 25, 30)
    ]
    for month, name in enumerate(_MONTHS, start=1):
        y = top + (month - 1) * cell
        drawn.append(element("text", name, x=left - 10, y=y + cell * 0.68, text_anchor="end", class_="soft"))
        for day in range(1, 32):
            if day > _last_day(month):
                continue
            count = days.get((month, day), 0)
            depth = (count / most) ** 0.5 if most else 0.0
            loud = count > usual + 6 * max(usual, 1.0) ** 0.5
            words = element("title", f"{day}.{month:02}.: {number(count)} records, usual are {usual:.1f}")
            drawn.append(
                element(
                    "rect",
                    words,
                    x=left + (day - 1) * cell + 1,
                    y=y + 1,
                    width=cell - 2,
                    height=cell - 2,
                    rx=3,
                    class_="day loud" if loud else "day",
                    fill_opacity=round(0.06 + 0.94 * depth, 3),
                )
            )
    loudest = max(days, key=lambda day: days[day], default=None)
    told = f"; most on {loudest[1]:02}.{loudest[0]:02}. ({number(days[loudest])})" if loudest else ""
    return _svg(drawn, top + 12 * cell + 6, f"Records by day and month of birth{told}")


def years(counts: Mapping[int, int]) -> Html:
    """Return columns of records by year of birth, every year between the first and the last."""
    if not counts:
        return join([])
    span = range(max(min(counts), max(counts) - 45), max(counts) + 1)
    wide = (_WIDE - 60) / len(span)
    most = max(counts.values())
    drawn = []
    for place, year in enumerate(span):
        count = counts.get(year, 0)
        tall = count / most * 110
        x = 40 + place * wide
        words = element("title", f"born in {year}: {number(count)}")
        drawn.append(
            element(
                "rect", words, x=x, y=126 - tall, width=max(wide - 3, 1.0), height=max(tall, 0.5), class_="new", rx=2
            )
        )
        if len(span) < 26 or year % 5 == 0:
            short = f"’{year % 100:02}" if wide < 34 else str(year)
            drawn.append(element("text", short, x=x + wide / 2 - 1.5, y=144, text_anchor="middle", class_="soft"))
    drawn.append(element("text", number(most), x=34, y=22, text_anchor="end", class_="soft"))
    return _svg(drawn, 150, f"Records by year of birth, {span[0]} to {span[-1]}, at most {number(most)} in one year")


def shares(rows: Sequence[tuple[str, Mapping[str, int]]], kinds: Mapping[str, str]) -> Html:
    """Return one band per delivery, cut by shares.

    Args:
        rows: Name of the delivery and counts by kind.
        kinds: Kind to CSS class, in the order of the band.
    """
    drawn = []
    left, wide = 110.0, 630.0
    for place, (name, counts) in enumerate(rows):
        y, total = 8 + place * 48, sum(counts.values()) or 1
        drawn.append(element("text", name, x=left - 12, y=y + 21, text_anchor="end"))
        x = left
        for kind, style in kinds.items():
            part = counts.get(kind, 0) / total * wide
            if part <= 0:
                continue
            title = element("title", f"{kind}: {number(counts[kind])} ({percent(part / wide)})")
            drawn.append(element("rect", title, x=x, y=y, width=max(part - 1.5, 0.8), height=32, class_=style, rx=3))
            if part > 54:
                drawn.append(
                    element(
                        "text",
                        percent(part / wide),
                        x=x + part / 2,
                        y=y + 21,
                        text_anchor="middle",
                        class_=f"on {style}",
                    )
                )
            x += part
    told = "; ".join(
        f"{name}: " + ", ".join(f"{kind} {number(count)}" for kind, count in counts.items()) for name, counts in rows
    )
    return _svg(drawn, 8 + 48 * len(rows), f"Languages by letters: {told}")


def deliveries(history: Sequence[Figures]) -> Html:
    """Return one column per delivery: what it brought above the line, what had vanished below."""
    above = [figures.new + figures.changed + figures.unchanged + figures.quarantined for figures in history]
    most, gone = max([*above, 1]), max([figures.vanished for figures in history])
    up, down = 170.0, 170.0 * min(gone / most, 1.0)
    wide = min((_WIDE - 70) / max(len(history), 1), 90.0)
    base = up + 16
    drawn = [element("line", x1=56, x2=56 + wide * len(history), y1=base, y2=base, class_="axis")]
    drawn.append(element("text", number(most), x=50, y=24, text_anchor="end", class_="soft"))
    for place, figures in enumerate(history):
        x, y = 60 + place * wide, base
        kinds = ("unchanged", "changed", "new", "quarantined")
        for kind, count in zip(
            kinds, (figures.unchanged, figures.changed, figures.new, figures.quarantined), strict=True
        ):
            tall = count / most * up
            if tall <= 0:
                continue
            y -= tall
            title = element("title", f"{figures.day:%d.%m.%Y}: {number(count)} {kind}")
            drawn.append(element("rect", title, x=x, y=y, width=wide - 8, height=max(tall - 1, 0.8), class_=kind, rx=2))
        if figures.vanished:
            title = element("title", f"{figures.day:%d.%m.%Y}: {number(figures.vanished)} vanished")
            tall = max(figures.vanished / most * up, 2.0)
            drawn.append(element("rect", title, x=x, y=base + 2, width=wide - 8, height=tall, class_="vanished", rx=2))
        if len(history) <= 10 or place % 3 == 0 or place == len(history) - 1:
            at = x + (wide - 8) / 2
            label = f"{figures.day:%d.%m.%y}"
            drawn.append(element("text", label, x=at, y=base + down + 22, text_anchor="middle", class_="soft"))
    told = "; ".join(f"{f.day:%d.%m.%Y}: {f.new} new, {f.changed} changed, {f.vanished} vanished" for f in history)
    return _svg(drawn, base + down + 32, f"Deliveries: {told}")


def legend(keys: Sequence[tuple[str, str]]) -> Html:
    """Return the meaning of colours: words and CSS class of each."""
    return element(
        "ul",
        [element("li", element("span", class_=f"key {kind}"), words) for words, kind in keys],
        class_="legend",
    )


def _svg(drawn: Sequence[Html], height: float, told: str) -> Html:
    return element(
        "div",
        element("svg", drawn, viewBox=f"0 0 {_WIDE:.0f} {height:.0f}", role="img", aria_label=told, class_="picture"),
        class_="scroll",
        tabindex="0",
        role="region",
        aria_label=told.partition(":")[0],
    )


def _last_day(month: int) -> int:
    return 29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31
