"""Somebody who has only the documentation adds two lists of their own by writing YAML."""

from __future__ import annotations

import json

REPORTS = [
    ("r1", "Коваленко Дмитро Ігорович", "03.04.2012"),
    ("r2", "Шевчук Софія Олегівна", "11.2013"),
    ("r3", "Іваненко Назар Петрович", "2011"),
    ("r4", "Лисенко Поліна Юріївна", "05.06.2014"),
]
LISTED = [
    ("t1", "Kovalenko Dmytro", "2012-04-03"),
    ("t2", "Шевчук София Олеговна", "2013"),
    ("t3", "Иваненко Назар", "01.01.2011"),
    ("t4", "Петренко Марко", "09.09.2009"),
]


def test_two_lists_of_a_stranger(fresh, simple, tmp_path):
    fresh("ingest", *simple("my_reports", REPORTS))
    fresh("ingest", *simple("my_list", LISTED, "occupation"))
    fresh("link")
    truth = tmp_path / "truth.csv"
    truth.write_text(
        "source,key,person_id\n"
        + "".join(f"my_reports,r{i},p{i}\n" for i in range(1, 5))
        + "".join(f"my_list,t{i},p{i}\n" for i in range(1, 4))
        + "my_list,t4,p9\n",
        encoding="utf-8",
    )
    figures = json.loads(fresh("evaluate", truth, "--json").stdout)
    assert figures["overall"]["true_pairs"] == 3
    assert figures["overall"]["recall_at_1"] == 1.0
    assert figures["overall"]["best_f1"] == 1.0
    fresh("candidates", "export", tmp_path / "out.csv")
    assert "my_reports,r1,my_list,t1," in (tmp_path / "out.csv").read_text(encoding="utf-8")


def test_a_correction_makes_a_new_version(fresh, simple):
    config, file = simple("monthly", [("m1", "Гнатюк Левко", "2012"), ("m2", "Гнатюк Ярина", "2015")])
    fresh("ingest", config, file)
    config, file = simple("monthly", [("m1", "Гнатюк Левко", "02.03.2012"), ("m2", "Гнатюк Ярина", "2015")])
    counts = fresh("ingest", config, file).stdout.splitlines()[-1].split()
    assert counts[1:] == ["2", "0", "1", "1", "0", "0"]


def test_the_same_bytes_twice_change_nothing(fresh, simple):
    files = simple("twice", [("x1", "Гнатюк Левко", "2012")])
    fresh("ingest", *files)
    assert "nothing changed" in fresh("ingest", *files).stdout
