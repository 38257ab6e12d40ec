from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from random import Random
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthetic.corruption.rates import SOURCES, Coverage, Damage
from synthetic.corruption.scenarios import PRECEDENCE
from synthetic.lists import transfer_lists, write_world
from synthetic.lists.scatter import Scatter
from synthetic.lists.transfer_lists import COLUMNS
from synthetic.population.identifiers import rnokpp_check_digit
from synthetic.world import World

from .conftest import CARDS, CHILDREN, read_truth


def csv_rows(path, encoding, delimiter):
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def register_rows(path):
    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets:
        values = list(sheet.iter_rows(values_only=True))
        header = [top if under is None else under for top, under in zip(values[2], values[3], strict=True)]
        for row in values[4:]:
            yield dict(zip(header, row, strict=True))


def transfer_rows(folder):
    for path in sorted(folder.glob("transfer_lists*.xlsx")):
        book = openpyxl.load_workbook(path)
        for sheet in book.worksheets:
            lists, card = [], []
            for row in sheet.iter_rows(min_row=3, values_only=True):
                if "ФИО" in row[1:]:  # a header, of one list or of two side by side
                    lists = [
                        [start + row[start : start + 6].index(name) for name in (*COLUMNS[:2], born(row), *COLUMNS[3:])]
                        for start, cell in enumerate(row)
                        if cell == "№"
                    ]
                    continue
                for places in lists:
                    if isinstance(row[places[0]], int):
                        yield sheet, tuple(row[place] for place in places)
                card = [row[1]] if row[0] == "№" else [*card, row[1]]
                if row[0] == "Примечание":
                    yield sheet, tuple(card)


def born(row):
    return next(cell for cell in row if isinstance(cell, str) and cell.endswith("рождения"))


def test_the_same_seed_gives_the_same_bytes_in_another_process(written, tmp_path):
    command = [sys.executable, "-m", "synthetic", str(tmp_path), "--children", str(CHILDREN)]
    command += ["--cards", str(CARDS), "--seed", "11"]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": "4711", "TZ": "Pacific/Auckland"})
    files = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file())
    assert len(files) == 9
    for file in files:
        assert (tmp_path / file).read_bytes() == (written.folder / file).read_bytes(), file


def test_another_seed_gives_other_files(written, tmp_path):
    write_world(tmp_path, children=CHILDREN, cards=CARDS, seed=12)
    for file in (path for path in tmp_path.rglob("*") if path.is_file()):
        assert file.read_bytes() != (written.folder / file.relative_to(tmp_path)).read_bytes(), file


def test_no_clock_in_the_workbooks(written):
    for path in written.lists.glob("*.xlsx"):
        with ZipFile(path) as archive:
            assert {info.date_time for info in archive.infolist()} == {(2023, 10, 1, 9, 0, 0)}
            core = archive.read("docProps/core.xml").decode()
        assert re.findall(r"W3CDTF\">([^<]*)", core) == ["2023-10-01T09:00:00Z"] * 2


def test_truth_covers_each_row_and_nothing_else(written):
    truth = {source: set(keys) for source, keys in written.truth.items()}
    assert set(truth) == set(SOURCES)
    family = [row["Номер звернення"] for row in csv_rows(written.lists / "family_reports.csv", "utf-8-sig", ";")]
    register = [row["Реєстровий №"] for row in register_rows(written.lists / "authority_register.xlsx")]
    transfers = [f"{sheet.title}/{row[0]}" for sheet, row in transfer_rows(written.lists)]
    citizens = [row["№ п/п"] for row in csv_rows(written.lists / "citizenship_list.csv", "cp1251", ";")]
    media = [row["id"] for row in csv_rows(written.lists / "media_clippings.csv", "utf-8", ",")]
    for source, keys in (
        ("family_reports", family),
        ("authority_register", register),
        ("transfer_lists", transfers),
        ("citizenship_list", citizens),
        ("media_clippings", media),
    ):
        assert len(keys) == len(set(keys)) == written.summary.rows[source]
        assert set(keys) == truth[source]
    cards = set()
    for path in written.summary.files["adoption_cards"]:
        numbers = re.findall(r'<article class="card" id="[^"]*" data-number="([^"]*)"', path.read_text("utf-8"))
        assert len(numbers) == len(set(numbers))
        cards |= set(numbers)
    assert cards == truth["adoption_cards"]


def test_each_scenario_occurs(written):
    seen = Counter(scenario for keys in written.truth.values() for _, scenario in keys.values())
    assert set(seen) == {*PRECEDENCE, "unrelated"}
    assert sum(written.summary.scenarios.values()) == sum(written.summary.rows.values())
    assert {source for (source, scenario) in written.summary.scenarios if scenario == "unrelated"} == {
        "authority_register",
        "transfer_lists",
        "adoption_cards",
        "citizenship_list",
        "telegram_posts",
        "media_clippings",
    }


def test_unrelated_rows_stand_alone_and_others_do_not(written):
    rows_of = defaultdict(list)
    for source, keys in written.truth.items():
        for person, scenario in keys.values():
            rows_of[person].append((source, scenario))
    for rows in rows_of.values():
        if any(scenario == "unrelated" for _, scenario in rows):
            assert len(rows) == 1
    reported = {person for person, _ in written.truth["family_reports"].values()}
    assert len(reported) == CHILDREN
    in_no_list = sum(len({source for source, _ in rows_of[person]}) == 1 for person in reported)
    assert 0.06 < in_no_list / CHILDREN < 0.14


def documents(seed=11, size=CHILDREN):
    return {child.person_id: child for community in World(seed, size) for child in community.children}


def test_document_numbers_are_valid_and_hold_the_birth_date(written):
    assert rnokpp_check_digit("175901377") == 6  # a published example
    people = documents()
    taxpayers = registry = serial = cells = 0
    for row in register_rows(written.lists / "authority_register.xlsx"):
        child = people[written.truth["authority_register"][row["Реєстровий №"]][0]]
        if number := row["РНОКПП"]:
            taxpayers += 1
            assert len(number) == 10
            assert rnokpp_check_digit(number[:9]) == int(number[9])
            assert date(1899, 12, 31) + timedelta(days=int(number[:5])) == child.birth_date
            assert int(number[8]) % 2 == (child.sex == "m")
        if number := row["УНЗР"]:
            registry += 1
            assert re.fullmatch(rf"{child.birth_date:%Y%m%d}-\d{{5}}", number)
        born = row["Дата народження"]
        serial += isinstance(born, int)
        cells += hasattr(born, "year")
    assert taxpayers > 200
    assert registry > 150
    assert serial > 40
    assert cells > 150


def test_the_register_has_merged_titles_and_a_delta(written):
    book = openpyxl.load_workbook(written.lists / "authority_register.xlsx")
    assert book.sheetnames == ["Реєстр", "Доповнення 10.2023"]
    for sheet in book.worksheets:
        assert {str(cells) for cells in sheet.merged_cells.ranges} >= {"A1:O1", "A2:O2", "A3:A4", "B3:F3"}
        assert sheet.max_row > 50


def test_reports_have_the_traps_of_their_class(written):
    raw = (written.lists / "family_reports.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = csv_rows(written.lists / "family_reports.csv", "utf-8-sig", ";")
    phone = re.compile(r"\+38 000")
    assert Counter(row["Мова"] for row in rows).keys() == {"uk", "ru"}
    assert sum(not phone.search(row["Контакт"]) for row in rows) > 10
    assert any(phone.search(row["Останнє відоме місце"]) for row in rows)
    assert any(phone.search(row["Прикмети"]) for row in rows)
    dates = [row["Дата народження"] for row in rows]
    for form in (r"\d{4}", r"[а-яіїє]+ \d{4}", r"\d\d\.\d{4}", r"\d\d\.\d\d\.\d\d", r"01\.01\.\d{4}"):
        assert any(re.fullmatch(form, written_date) for written_date in dates), form
    assert {row["Згода на розшук"] for row in rows} == {"так", "ні", "да", "нет"}
    assert len({row["ПІБ дитини"] for row in rows}) > 0.97 * CHILDREN


def test_transfer_sheets_differ_in_the_habits_of_their_clerks(written):
    titles, columns, sheets = set(), set(), defaultdict(list)
    for sheet, row in transfer_rows(written.lists):
        sheets[sheet.title].append(row)
        titles.add(sheet["A1"].value)
        columns |= {cell for row in sheet.iter_rows(values_only=True) for cell in row if str(cell).endswith("рождения")}
    assert all(re.match(r"Список детей, направленных из .+ в .+ \d\d\.\d\d\.\d{4}$", title) for title in titles)
    assert columns == {"Дата рождения", "Год рождения"}
    names = [[row[1] for row in rows] for rows in sheets.values()]
    assert any(all(name.isupper() for name in sheet) for sheet in names)
    assert any(all(re.search(r" [А-Я]\.", name) for name in sheet) and len(sheet) > 5 for sheet in names)
    book = openpyxl.load_workbook(written.lists / "transfer_lists.xlsx")
    cells = [[row[0] for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets]
    assert any(column.count("№") > 1 for column in cells)
    assert any(
        "сведения уточняются" in str(row) for sheet in book.worksheets for row in sheet.iter_rows(values_only=True)
    )


def test_a_sheet_in_the_genitive_names_everybody_in_the_genitive(tmp_path):
    habits = Damage(sheet_genitive=1, sheet_initials=0, sheet_capitals=0, missing_patronymic=0, clerical=0, mojibake=0)
    write_world(tmp_path, children=120, cards=0, damage=habits)
    names = [row[1] for _, row in transfer_rows(tmp_path / "lists")]
    with_patronymic = [name for name in names if len(name.split()) == 3]
    assert len(with_patronymic) > 40
    assert all(name.endswith(("ича", "ны")) for name in with_patronymic)


def test_one_sheet_is_one_transfer_of_one_institution(written):
    people = documents()
    for sheet, row in transfer_rows(written.lists):
        child = people[written.truth["transfer_lists"][f"{sheet.title}/{row[0]}"][0]]
        assert f"{child.transfer.on:%d.%m.%Y}" in sheet["A1"].value
        assert child.transfer.region.accusative in sheet["A1"].value


def test_big_worlds_spread_their_transfers_over_several_workbooks(tmp_path, monkeypatch):
    monkeypatch.setattr(transfer_lists, "SHEETS_PER_FILE", 3)
    big = write_world(tmp_path, children=200, cards=0)
    assert len(big.files["transfer_lists"]) > 1
    assert all(len(openpyxl.load_workbook(path).sheetnames) <= 3 for path in big.files["transfer_lists"])
    keys = [f"{sheet.title}/{row[0]}" for sheet, row in transfer_rows(tmp_path / "lists")]
    assert sorted(keys) == sorted(read_truth(tmp_path)["transfer_lists"])
    small = write_world(tmp_path, children=40, cards=0)
    assert sorted((tmp_path / "lists").glob("transfer_lists*")) == sorted(small.files["transfer_lists"])


def cards_of(path):
    cards = {}
    for block in path.read_text("utf-8").split("<article ")[1:]:
        facts = dict(re.findall(r'<dd class="(\w+)">([^<]*)</dd>', block))
        facts["name"] = re.search(r'<h2 class="name">([^<]*)</h2>', block)[1]
        cards[facts["number"]] = facts
    return cards


def test_cards_change_vanish_and_appear_between_the_snapshots(written):
    first, second = (cards_of(path) for path in written.summary.files["adoption_cards"])
    every = len(first.keys() | second.keys())
    assert abs(len(first.keys() - second.keys()) / every - Damage().card_vanished) < 0.03
    assert abs(len(second.keys() - first.keys()) / every - Damage().card_appeared) < 0.04
    both = first.keys() & second.keys()
    renamed = sum(first[number]["name"] != second[number]["name"] for number in both)
    assert 0.02 < renamed / len(both) < 0.08
    for card in first.values():
        assert " " not in card["name"]
        assert ("born" in card) != ("age" in card)
    ages = [(first[n]["age"], second[n]["age"]) for n in both if "age" in first[n]]
    assert any(before != after for before, after in ages)


def test_cards_of_the_children_show_what_the_family_knows(tmp_path):
    summary = write_world(tmp_path, children=200, cards=50, damage=Damage.none())
    truth = read_truth(tmp_path)["adoption_cards"]
    people = documents(7, 200)
    shown = cards_of(summary.files["adoption_cards"][0])
    known = {number: people[person] for number, (person, _) in truth.items() if person in people}
    assert len(known) > 50
    for number, child in known.items():
        assert shown[number]["name"] == child.name.given.ru
        assert shown[number]["born"].endswith(str(child.birth_date.year))
        assert shown[number]["eyes"] == child.eyes[1]


def test_without_damage_the_lists_say_what_the_documents_say(tmp_path):
    write_world(tmp_path, children=200, cards=0, damage=Damage.none())
    truth, people = read_truth(tmp_path), documents(7, 200)
    for row in csv_rows(tmp_path / "lists" / "family_reports.csv", "utf-8-sig", ";"):
        child = people[truth["family_reports"][row["Номер звернення"]][0]]
        assert row["ПІБ дитини"] == " ".join(child.name.parts(row["Мова"]))
        assert row["Дата народження"] == f"{child.birth_date:%d.%m.%Y}"
    for row in register_rows(tmp_path / "lists" / "authority_register.xlsx"):
        child = people[truth["authority_register"][row["Реєстровий №"]][0]]
        assert (row["Прізвище"], row["Ім'я"], row["По батькові"]) == child.name.parts("uk")
    scenarios = {scenario for keys in truth.values() for _, scenario in keys.values()}
    assert scenarios == {"plain", "russified", "card", "mention", "media_latin", "unrelated"}


SHAPES = ("name_and_more", "name_declined", "birth_in_words", "nothing_in_words", "escaped", "columns_swapped")
FORMS = ("row_struck", "row_hidden", "row_repeated", "sheet_beside", "sheet_below", "sheet_cards", "sheet_ditto")


@pytest.mark.parametrize("shape", [*SHAPES, *FORMS, "post_capitals", "post_initials", "post_family"])
def test_a_shape_changes_its_own_list_and_no_truth(shape, tmp_path):
    size = 800 if shape == "post_family" else 160  # few posts name brothers and sisters
    plain_world = write_world(tmp_path / "plain", children=size, cards=20, damage=Damage.none())
    shaped = write_world(tmp_path / shape, children=size, cards=20, damage=replace(Damage.none(), **{shape: 1.0}))
    changed = {
        slug
        for slug, files in plain_world.files.items()
        if [path.read_bytes() for path in files] != [path.read_bytes() for path in shaped.files[slug]]
    }
    lists = {"row": "authority_register", "col": "authority_register", "she": "transfer_lists", "pos": "telegram_posts"}
    expected = {lists.get(shape[:3], "family_reports")}
    assert changed == expected | ({"authority_register"} if shape == "nothing_in_words" else set())
    before, after = read_truth(tmp_path / "plain"), read_truth(tmp_path / shape)
    persons = {source: Counter(person for person, _ in keys.values()) for source, keys in before.items()}
    for source, keys in after.items():
        counted = Counter(person for person, _ in keys.values())
        if (shape, source) != ("row_repeated", "authority_register"):
            assert counted == persons[source]
        else:
            assert set(counted) == set(persons[source]) and counted.total() > 1.9 * persons[source].total()


def test_struck_and_hidden_rows_are_so_in_the_workbook(tmp_path):
    write_world(tmp_path, children=160, cards=0, damage=replace(Damage.none(), row_struck=1.0, row_hidden=1.0))
    sheet = openpyxl.load_workbook(tmp_path / "lists" / "authority_register.xlsx").worksheets[0]
    assert sheet.max_row > 50
    assert all(sheet.row_dimensions[row].hidden and sheet.cell(row, 2).font.strike for row in range(5, sheet.max_row))
    assert not any(sheet.row_dimensions[row].hidden for row in range(1, 5))


def test_clerical_slips_come_as_often_as_asked_for(tmp_path):
    summary = write_world(
        tmp_path, children=1500, cards=0, damage=Damage(clerical=0.3, placeholder_date=0.0, mojibake=0.0)
    )
    share = summary.scenarios["authority_register", "clerical"] / summary.rows["authority_register"]
    assert abs(share - 0.3) < 0.05


def test_renamed_children_are_on_the_citizenship_list_under_the_new_name(written):
    people = documents()
    rows = csv_rows(written.lists / "citizenship_list.csv", "cp1251", ";")
    unrelated = 0
    for row in rows:
        person, scenario = written.truth["citizenship_list"][row["№ п/п"]]
        unrelated += scenario == "unrelated"
        if scenario == "surname_patronymic_replaced":
            now = people[person].renamed
            assert now.kind == scenario
            assert now.name.given.ru == people[person].name.given.ru
    assert unrelated >= round(Coverage().unrelated_citizens * CHILDREN)


def plain(text):
    return text if isinstance(text, str) else "".join(part if isinstance(part, str) else part["text"] for part in text)


def test_the_channel_is_a_telegram_export(written):
    export = json.loads((written.lists / "telegram" / "result.json").read_text("utf-8"))
    messages = export["messages"]
    assert [message["id"] for message in messages] == list(range(1, len(messages) + 1))
    assert [message["date"] for message in messages] == sorted(message["date"] for message in messages)
    assert {message["type"] for message in messages} == {"message", "service"}
    assert {type(message["text"]) for message in messages} == {str, list}
    for message in messages:
        if message["type"] == "message":
            assert plain(message["text"]) == "".join(entity["text"] for entity in message["text_entities"])
    texts = {message["id"]: plain(message["text"]) for message in messages}
    named = defaultdict(list)
    for key in written.truth["telegram_posts"]:
        message, _, number = key.partition("/")
        named[int(message)].append(int(number) if number else 0)
    for message, numbers in named.items():
        lines = re.findall(r"^(\d+)\. ", texts[message], re.MULTILINE)
        if numbers == [0]:
            assert not lines
        elif not lines:  # brothers and sisters in one sentence
            assert len(re.findall(r"\(\d+ ", texts[message])) == len(numbers)
        else:
            assert sorted(numbers) == [int(line) for line in lines] == list(range(1, len(numbers) + 1))
            assert len(numbers) > 1
    assert any(len(numbers) > 1 for numbers in named.values())
    groups = [number for number, text in texts.items() if re.search(r"\d+ (детей|дітей|ребят)", text)]
    assert groups
    assert not set(groups) & set(named)
    assert any("," not in text and " , " not in text for text in texts.values())
    assert not any(" ," in text or "{" in text for text in texts.values())


def test_posts_tell_the_age_at_their_own_date(tmp_path):
    write_world(tmp_path, children=800, cards=0, damage=Damage.none())
    truth, people = read_truth(tmp_path)["telegram_posts"], documents(7, 800)
    export = json.loads((tmp_path / "lists" / "telegram" / "result.json").read_text("utf-8"))
    checked = 0
    for message in export["messages"]:
        person, _ = truth.get(str(message["id"]), ("", ""))
        if person in people and (found := re.search(r"(\d+)(?:-| (?:лет|год|рок|рік))", plain(message["text"]))):
            checked += 1
            age = people[person].age_on(date.fromisoformat(message["date"][:10]))
            assert int(found[1]) == max(age, 1)
    assert checked > 20


def test_clippings_are_latin_and_some_newsrooms_change_names(written):
    rows = csv_rows(written.lists / "media_clippings.csv", "utf-8", ",")
    assert {row["language"] for row in rows} == {"en", "de", "pl", "fr"}
    assert not any(re.search(r"[а-яіїєґ]", row["name"], re.IGNORECASE) for row in rows)
    assert any(re.search(r" .\.$", row["name"]) for row in rows)
    changed = [
        row for row in rows if "anonym" in row["text"] or re.search(r"changed|geändert|zmienione|modifié", row["text"])
    ]
    assert changed
    for row in changed:
        assert written.truth["media_clippings"][row["id"]][1] in {"all_names_replaced", "unrelated"}
    persons = Counter(written.truth["media_clippings"][row["id"]][0] for row in rows)
    assert max(persons.values()) > 1  # one newsroom copies another


def test_the_order_of_one_list_tells_nothing_about_another(written):
    family = {person: place for place, (person, _) in enumerate(written.truth["family_reports"].values())}
    register = [family[person] for person, _ in written.truth["authority_register"].values() if person in family]
    neighbours = sum(abs(left - right) < 40 for left, right in pairwise(register))
    assert neighbours / len(register) < 0.15  # 0.066 by chance


@given(st.lists(st.integers()), st.integers(1, 20), st.integers())
def test_scatter_gives_back_what_it_took_and_holds_no_more_than_its_window(items, window, seed):
    scatter = Scatter(Random(seed), window)
    out = []
    for count, item in enumerate(items, 1):
        out.extend(scatter.put(item))
        assert count - len(out) <= window
    out.extend(scatter.rest())
    assert sorted(out) == sorted(items)


def test_progress_ends_at_the_whole(tmp_path):
    seen = []
    write_world(tmp_path, children=100, cards=10, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


@pytest.mark.parametrize(
    ("arguments", "says"), [(["--children", "0"], "children is 0"), (["--cards", "-1"], "cards is -1")]
)
def test_sizes_out_of_range_are_one_clear_line(tmp_path, arguments, says):
    run = subprocess.run([sys.executable, "-m", "synthetic", str(tmp_path), *arguments], capture_output=True, text=True)
    assert run.returncode == 2
    assert says in run.stderr
    assert len(run.stderr.strip().splitlines()) == 1


def test_the_world_does_not_load_the_matcher():
    code = (
        "import sys, synthetic.lists; print({m.split('.')[0] for m in sys.modules} & {'matching', 'transliteration'})"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
        == "set()"
    )
