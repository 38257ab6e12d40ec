"""The profile of a delivery as one page: no script, nothing fetched from elsewhere, no value of any record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matching.report.html.number_format import count as number
from matching.report.html.page import Section
from matching.report.html.page import page as whole_page
from matching.report.html.shapes import Drawing
from pipelines.delivery_report import charts
from pipelines.delivery_report import delivery_profile as figures
from pipelines.delivery_report.measure import Drift, Profile

_LANGUAGES = {
    figures.UKRAINIAN: "uk",
    figures.RUSSIAN: "ru",
    figures.BOTH: "both",
    figures.EITHER: "either",
    figures.LATIN: "latin",
    figures.NONE: "none",
}


@dataclass(frozen=True)
class Births:
    """Birthdays: records that name the day, first Januaries among them and as many as one would expect; two charts."""

    records: int
    exact: int
    first_january: int
    expected: float
    calendar: Drawing
    years: Drawing

    @property
    def suspicious(self) -> bool:
        """Tell whether there are more first Januaries than birthdays explain."""
        return self.first_january > 3 * self.expected + 2


@dataclass(frozen=True)
class Since:
    """The history of a list as a chart, and the shares that moved most since the last delivery."""

    chart: Drawing
    moved: list[Drift]


def page(profile: Profile) -> str:
    """Return the page."""
    now = profile.now
    kind = "complete list" if now.complete else "new and changed rows only"
    under = f"{number(now.rows_read)} rows, {kind} · batch {now.batch_id} · evidence {now.evidence_sha256[:12]}…"
    sections = [
        Section("What came", "delivery/came.html", {"now": now, "chart": _came(profile)}),
        Section("How full", "delivery/full.html", {"again": profile.before is not None, "chart": _full(profile)}),
        Section("Birthdays", "delivery/births.html", _births(profile)),
        Section("Languages", "delivery/languages.html", _languages(profile)),
        Section("What means nothing", "delivery/nothing.html", _nothing(profile)),
    ]
    if profile.before is not None:
        sections.append(Section("Since the last delivery", "delivery/since.html", _since(profile)))
    title = f"{now.title or now.source}, {now.day:%d.%m.%Y}"
    return whole_page(title, under, sections, package="pipelines.delivery_report", layout="delivery/page.html")


def _came(profile: Profile) -> Drawing:
    now = profile.now
    parts = [
        ("new records", now.new, "new"),
        ("changed", now.changed, "changed"),
        ("unchanged", now.unchanged, "unchanged"),
        ("in quarantine", now.quarantined, "quarantined"),
        ("no data", now.non_data, "nodata"),
    ]
    return charts.flow(parts, now.rows_read, "rows read")


def _full(profile: Profile) -> Drawing:
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
    return charts.fullness(rows)


def _births(profile: Profile) -> Births | None:
    now = profile.now
    if not now.birth_years:
        return None
    exact = sum(now.birth_days.values())
    return Births(
        records=now.records,
        exact=exact,
        first_january=now.birth_days.get((1, 1), 0),
        expected=exact / 365.25,
        calendar=charts.calendar(now.birth_days),
        years=charts.years(now.birth_years),
    )


def _languages(profile: Profile) -> dict[str, object]:
    rows = [("now", profile.now.languages)]
    if profile.before:
        rows.append(("last delivery", profile.before.languages))
    there = {kind for _, counts in rows for kind in counts}
    keys = [(kind, style) for kind, style in _LANGUAGES.items() if kind in there]
    return {"keys": keys, "chart": charts.shares(rows, _LANGUAGES)}


def _nothing(profile: Profile) -> dict[str, object]:
    now = profile.now
    by_kind: dict[str, dict[str, int]] = {}
    for (name, kind), count in profile.placeholders.counts.items():
        by_kind.setdefault(kind, {})[name] = count
    placeholders = [(kind, sum(counts.values()), _ranked(counts)) for kind, counts in by_kind.items()]
    return {
        "note": profile.placeholders.note,
        "placeholders": sorted(placeholders, key=lambda item: -item[1]),
        "same_key": now.reasons.get("duplicate_key", 0),
        "same_values": now.same_values,
        "same_person": now.same_person,
        "codes": [("In quarantine", _ranked(now.reasons)), ("In doubt", _ranked(now.doubts))],
    }


def _since(profile: Profile) -> Since:
    moved = [drift for drift in profile.drift if abs(drift.moved) >= 0.005]
    return Since(charts.deliveries(profile.history), moved[:20])


def _ranked(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return names and counts, the commonest first."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
