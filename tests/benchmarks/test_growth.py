"""How cost grows: figures by hand, and a small world for real."""

from __future__ import annotations

import json

import pytest

from benchmarks.linkage import growth
from benchmarks.linkage.__main__ import main
from benchmarks.linkage.growth import Point


def points(power: float = 1.0) -> list[Point]:
    sizes = (1_000_000, 4_000_000, 16_000_000)
    return [Point(n // 1_000, n // 100, n, 3e-6 * n, 2e-6 * n**power, 100 + n / 1e5) for n in sizes]


def test_a_straight_line_is_found():
    time, memory = growth.fit(points(), "cpu_seconds"), growth.fit(points(), "peak_mb")
    assert (time.per_million, time.r2, time.exponent) == (pytest.approx(2.0), pytest.approx(1.0), pytest.approx(1.0))
    assert time.fixed == pytest.approx(0, abs=1e-9)
    assert (memory.fixed, memory.per_million) == (pytest.approx(100), pytest.approx(10))
    assert growth.fit(points(1.5), "cpu_seconds").exponent == pytest.approx(1.5)
    assert growth.fit(points()[:2], "cpu_seconds") is None


def test_it_says_what_it_found(tmp_path):
    page = growth.markdown(points(), "a machine")
    assert "A million pairs more cost 2.0 s of the processors and 10 MB, beside 0.0 s and 100 MB" in page
    assert "power of 1.00" in page and "| 4,000 | 40,000 | 4,000,000 | 12.0 | 8.0 |" in page
    assert "too few" in growth.words(points()[:2])
    growth.write(points(), "a machine", tmp_path)
    assert (tmp_path / "growth.png").read_bytes().startswith(b"\x89PNG")


def test_small_worlds_are_measured(tmp_path, capsys):
    assert main(["--growth", "120", "60", "--quick", "--out", str(tmp_path)]) == 0
    told = json.loads((tmp_path / "growth.json").read_text("utf-8"))["points"]
    assert [point["reports"] for point in told] == [60, 120]
    assert told[0]["compared"] < told[1]["compared"] and told[0]["records"] < told[1]["records"]
    assert all(point["seconds"] > 0 and point["peak_mb"] > 50 for point in told)
    assert "pairs compared" in capsys.readouterr().out
