"""The profile of a delivery as one page: no script, nothing fetched from elsewhere, no value of any record."""

from __future__ import annotations

from collections import defaultdict
from importlib.resources import files

from matching.report.html.markup import Html, element, join
from matching.report.html.number_format import count as number
from matching.report.html.page import page as whole_page
from matching.report.html.tables import bars, table
from pipelines.delivery_report import charts
from pipelines.delivery_report.charts import percent
from pipelines.delivery_report.measure import Profile
from registry.ingestion import delivery_profile as figures

_LANGUAGES = {
    figures.UKRAINIAN: "uk",
    figures.RUSSIAN: "ru",
    figures.BOTH: "both",
    figures.EITHER: "either",
    figures.LATIN: "latin",
    figures.NONE: "none",
}


def page(profile: Profile) -> str:
    """Return the page."""
    now = profile.now
    kind = "complete list" if now.complete else "new and changed rows only"
    under = f"{number(now.rows_read)} rows, {kind} · batch {now.batch_id} · evidence {now.evidence_sha256[:12]}…"
    sections = [
        ("What came", _came(profile)),
        ("How full", _full(profile)),
        ("Birthdays", _births(profile)),
        ("Languages", _languages(profile)),
        ("What means nothing", _nothing(profile)),
    ]
    if profile.before is not None:
        sections.append(("Since the last delivery", _since(profile)))
    style = files("pipelines.delivery_report").joinpath("profile.css").read_text(encoding="utf-8")
    sections[0] = (sections[0][0], join([Html(f"<style>{style}</style>"), sections[0][1]]))
    return whole_page(f"{now.title or now.source}, {now.day:%d.%m.%Y}", under, sections)


def _came(profile: Profile) -> Html:
    now = profile.now
    parts = [
        ("new records", now.new, "new"),
        ("changed", now.changed, "changed"),
        ("unchanged", now.unchanged, "unchanged"),
        ("in quarantine", now.quarantined, "quarantined"),
        ("no data", now.non_data, "nodata"),
    ]
    tiles = [
        ("records in this delivery", number(now.records)),
        ("of the rows could be read", percent(now.records / max(now.rows_read - now.non_data, 1))),
        ("known rows have vanished", number(now.vanished)),
        ("rows repeat name and birthday", number(now.same_person)),
    ]
    return join(
        [
            element(
                "div",
                [
                    element("div", element("b", figure), element("span", words), class_="tile")
                    for words, figure in tiles
                ],
                class_="tiles",
            ),
            charts.flow(parts, now.rows_read, "rows read"),
        ]
    )


def _full(profile: Profile) -> Html:
    now, before = profile.now, profile.before
    rows = [
        (
            name,
            now.share(name),
            before.share(name) if before else None,
            min(profile.placeholders.of_field(name) / max(now.rows_read, 1), 1.0),
        )
        for name in profile.fields
    ]
    keys = [("filled", "new"), ("holds a placeholder", "hollow")]
    if before:
        keys.append(("where it stood in the last delivery", "then"))
    return join([charts.legend(keys), charts.fullness(rows)])


def _births(profile: Profile) -> Html:
    now = profile.now
    if not now.birth_years:
        return element("p", "No birthday is known in this delivery.")
    exact = sum(now.birth_days.values())
    first = now.birth_days.get((1, 1), 0)
    words = f"{number(exact)} of {number(now.records)} records name the day. "
    if exact:
        words += f"{number(first)} of them say 01.01., where one would expect {number(round(exact / 365.25))}."
    if first > 3 * exact / 365.25 + 2:
        words += " A first of January often stands for an unknown day; it is read as its year."
    drawn: list[Html] = [element("p", words)]
    if exact:
        drawn.append(charts.calendar(now.birth_days))
    drawn.append(element("h3", "Years"))
    drawn.append(charts.years(now.birth_years))
    return join(drawn)


def _languages(profile: Profile) -> Html:
    rows = [("now", profile.now.languages)]
    if profile.before:
        rows.append(("last delivery", profile.before.languages))
    there = {kind for _, counts in rows for kind in counts}
    keys = [(kind, style) for kind, style in _LANGUAGES.items() if kind in there]
    note = "By letters that only one of the languages has (і ї є ґ; ы э ъ ё); “either” has none of them."
    return join([element("p", note), charts.legend(keys), charts.shares(rows, _LANGUAGES)])


def _nothing(profile: Profile) -> Html:
    now = profile.now
    drawn: list[Html] = []
    if profile.placeholders.note:
        drawn.append(element("p", f"Placeholders were not counted: {profile.placeholders.note}.", class_="warning"))
    by_kind: dict[str, dict[str, int]] = defaultdict(dict)
    for (name, kind), count in profile.placeholders.counts.items():
        by_kind[kind][name] = count
    if by_kind:
        most = max(sum(counts.values()) for counts in by_kind.values())
        rows = [
            (
                kind,
                number(sum(counts.values())),
                bars([(float(sum(counts.values())), "against")], float(most)),
                ", ".join(f"{name.replace('_', ' ')} {number(n)}" for name, n in sorted(counts.items(), key=_most)),
            )
            for kind, counts in sorted(by_kind.items(), key=lambda item: -sum(item[1].values()))
        ]
        drawn.append(
            table(("placeholder", "cells", "", "in which fields"), rows, caption="Placeholders", numbers=[1], wide=2)
        )
    elif not profile.placeholders.note:
        drawn.append(element("p", "No placeholder stands in a cell that is read."))
    repeated = [
        ("the same key as an earlier row", now.reasons.get("duplicate_key", 0), "in quarantine"),
        ("all values of another row, under another key", now.same_values, "stored"),
        ("name and birthday of another row", now.same_person, "stored"),
    ]
    drawn.append(element("h3", "Repeated rows"))
    drawn.append(
        table(
            ("rows that repeat", "rows", "they are"),
            [(what, number(count), where) for what, count, where in repeated],
            caption="Repeated rows",
            numbers=[1],
        )
    )
    for heading, counts in (("In quarantine", now.reasons), ("In doubt", now.doubts)):
        if not counts:
            continue
        most = max(counts.values())
        rows3 = [
            (code.replace("_", " "), number(n), bars([(float(n), "other")], float(most)))
            for code, n in sorted(counts.items(), key=_most)
        ]
        drawn.append(element("h3", heading))
        drawn.append(table(("why", "rows", ""), rows3, caption=heading, numbers=[1], wide=2))
    return join(drawn)


def _since(profile: Profile) -> Html:
    kinds = [("unchanged", "unchanged"), ("changed", "changed"), ("new", "new"), ("in quarantine", "quarantined")]
    drawn = [charts.legend([*kinds, ("vanished", "vanished")]), charts.deliveries(profile.history)]
    notable = [drift for drift in profile.drift if abs(drift.moved) >= 0.005]
    if not notable:
        return join([*drawn, element("p", "No share moved by as much as half a point.")])
    rows = [
        (
            drift.what.replace("_", " "),
            percent(drift.before),
            percent(drift.now),
            element("b" if drift.notable else "span", f"{drift.moved * 100:+.1f}"),
        )
        for drift in notable[:20]
    ]
    heads = ("share", "then", "now", "points")
    drawn.append(table(heads, rows, caption="What moved most since the last delivery", numbers=[1, 2, 3]))
    return join(drawn)


def _most(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]
