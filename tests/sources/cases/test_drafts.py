"""Drafts that need no repair: each reads its own file, takes no value under another field, and copies no name."""

# ruff: noqa: E501

from __future__ import annotations

import json
import re
import zipfile

import pytest

from sources import load_config
from sources.drafting import draft
from sources.errors import SourceError
from sources.readers.archives.bundle import of_folder
from tests.sources.cases.conftest import CHILDREN, Read

ISO = [f"{day[6:]}-{day[3:5]}-{day[:2]}" for _, day in CHILDREN]
NAMES = [name.split() for name, _ in CHILDREN]
PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"/><title>Exported Data</title></head><body><div class="page_header"><div class="text bold">
Канал допомоги</div></div><div class="page_body chat_page"><div class="history">
<div class="message service" id="message-1"><div class="body details">10 May 2023</div></div>
<div class="message default clearfix" id="message2"><div class="body"><div class="pull_right date details" title="10.05.2023 10:00:00 UTC+03:00">10:00</div>
<div class="from_name">Канал</div><div class="text">Зникла Марта Вигаданко, 10 років</div></div></div>
<div class="message default clearfix joined" id="message3"><div class="body"><div class="pull_right date details" title="10.05.2023 10:01:00 UTC+03:00">10:01</div>
<div class="text">Іван Небуленко, 9 років</div></div></div></div></div></body></html>"""


@pytest.fixture
def drafted(tmp_path):
    """Draft a description of a file, and read the file by it."""

    def make(path):
        text = draft(path, title="Список")
        assert "Вигаданко" not in text and "Небуленко" not in text
        config = tmp_path / "drafted.yaml"
        config.write_text(text, encoding="utf-8")
        return text, Read(load_config(config), path)

    return make


def table(path, head, rows, delimiter=","):
    lines = [head, *rows]
    path.write_text("\n".join(delimiter.join(map(str, row)) for row in lines) + "\n", encoding="utf-8")
    return path


def test_a_line_end_inside_a_name_makes_no_second_child(sheet, drafted):
    text, found = drafted(
        sheet(
            [
                ["№", "ПІБ", "Дата народження"],
                *[[n, name.replace(" ", "\n", 1), day] for n, (name, day) in enumerate(CHILDREN)],
            ]
        )
    )
    assert "split" not in text and len(found.children) == 6
    assert [values["given"] for values in found.values] == [name[1] for name in NAMES]


def test_a_cut_by_hand_that_parts_surname_and_name_is_one_child(sheet, read):
    path = sheet(
        [["№", "ПІБ"], [1, "Вигаданко\nМарта Петрівна"], [2, "Марта; Іван"], [3, "Небуленко Іван\nКазкова Оксана"]]
    )
    found = read("reader: xlsx\nlanguage: uk\nkey: №\nfields: {full_name: {column: ПІБ, split: '[;\\n]'}}", path)
    assert found.names == ["Вигаданко Марта Петрівна", "Марта", "Іван", "Небуленко Іван", "Казкова Оксана"]


@pytest.mark.parametrize("head", ["Ім'я та по батькові", "Имя, отчество", "Ім’я"])
def test_given_name_and_patronymic_in_one_column(head, tmp_path, drafted):
    rows = [
        [n, name[0], " ".join(name[1:]), day] for n, (name, (_, day)) in enumerate(zip(NAMES, CHILDREN, strict=True), 1)
    ]
    text, found = drafted(table(tmp_path / "list.csv", ["№", "Прізвище", head, "Дата народження"], rows, ";"))
    assert "full_name_order: given patronymic" in text
    assert [(v["surname"], v["given"], v["patronymic"]) for v in found.values] == [tuple(name) for name in NAMES]


@pytest.mark.parametrize("kind", ["KoboToolbox", "flat"])
def test_a_form_of_kobo_with_a_repeat_group(kind, tmp_path, sheet, drafted):
    family = [["start", "Заявник/ПІБ заявника", "Заявник/Телефон", "_id", "_uuid", "_submission_time", "_index"]]
    family += [
        ["2023-05-01T10:00:00", "Вигаданко Олена", f"+3805011122{n}3", 100 + n, f"u{n}", f"2023-05-0{n}", n]
        for n in (1, 2, 3)
    ]
    head = ["Дитина/Прізвище", "Дитина/Ім'я", "Дитина/Стать", "Дитина/Дата народження"]
    children = [[name[0], name[1], "дівчинка", day] for name, day in zip(NAMES, ISO, strict=True)]
    if kind == "flat":
        path = table(
            tmp_path / "kobo.csv",
            [*family[0][:-1], *head],
            [[*family[1 + n // 2][:-1], *child] for n, child in enumerate(children)],
            ";",
        )
    else:
        rows = [[*child, n + 1, "Анкета", n // 2 + 1] for n, child in enumerate(children)]
        path = sheet(
            None,
            sheets={"Анкета": family, "children": [[*head, "_index", "_parent_table_name", "_parent_index"], *rows]},
        )
    text, found = drafted(path)
    assert [each["surname"] for each in found.written] == [name[0] for name in NAMES]
    assert [each["contact"] for each in found.written] == [f"+3805011122{n // 2 + 1}3" for n in range(6)]
    assert {values["sex"] for values in found.values} == {"f"} and not found.problems
    assert "full_name" not in text.split("fields:")[1].split("# other")[0]


ODK = {
    "Реєстрація.csv": [
        ["SubmissionDate", "applicant-name", "applicant-phone", "children_count", "meta-instanceID", "KEY"],
        *[
            [f"2023-05-0{n}T10:00:00Z", "Вигаданко Олена", f"+3805011122{n}3", 3, f"uuid:{n}", f"uuid:{n}"]
            for n in (1, 2)
        ],
    ],
    "Реєстрація-children.csv": [
        ["name", "dob", "sex", "PARENT_KEY", "KEY"],
        *[
            [name, ISO[n], "female", f"uuid:{n // 3 + 1}", f"uuid:{n // 3 + 1}/children[{n % 3 + 1}]"]
            for n, (name, _) in enumerate(CHILDREN)
        ],
    ],
    "Реєстрація-losses.csv": [["item", "PARENT_KEY", "KEY"], ["Будинок", "uuid:1", "uuid:1/losses[1]"]],
}


def packed(tmp_path, tables, kind):
    if kind == "zip":
        with zipfile.ZipFile(tmp_path / "odk.zip", "w") as archive:
            for name, rows in tables.items():
                archive.writestr(name, "\n".join(",".join(map(str, row)) for row in rows))
        return tmp_path / "odk.zip"
    (tmp_path / "odk").mkdir()
    for name, rows in tables.items():
        table(tmp_path / "odk" / name, rows[0], rows[1:])
    return tmp_path / "odk"


@pytest.mark.parametrize("kind", ["zip", "folder"])
def test_a_repeat_group_in_a_file_beside_its_form_is_joined(kind, tmp_path, drafted):
    _, found = drafted(packed(tmp_path, ODK, kind))
    assert found.names == [name for name, _ in CHILDREN] and not found.problems
    assert [each["contact"] for each in found.written] == [f"+3805011122{n // 3 + 1}3" for n in range(6)]
    assert [child.item.key for child in found.children] == [row[4] for row in ODK["Реєстрація-children.csv"][1:]]
    assert [str(child.observed_on) for child in found.children] == [f"2023-05-0{n // 3 + 1}" for n in range(6)]
    assert found.children[4].item.locator.cells["contact"] == "Реєстрація.csv!C3"
    assert found.births == [f"{day}/{day}" for day in ISO] and {values["sex"] for values in found.values} == {"f"}
    assert "names no child" in found.notes and found.reading.counts.non_data == 2


def test_a_group_inside_a_group_has_the_cells_of_both(tmp_path, drafted):
    nested = {
        "f.csv": [["SubmissionDate", "phone", "KEY"], ["2023-05-01", "+380501112233", "uuid:1"]],
        "f-families.csv": [["village", "PARENT_KEY", "KEY"], ["Олешки", "uuid:1", "uuid:1/families[1]"]],
        "f-families-children.csv": [
            ["full_name", "PARENT_KEY", "KEY"],
            [CHILDREN[0][0], "uuid:1/families[1]", "uuid:1/families[1]/children[1]"],
        ],
    }
    _, found = drafted(packed(tmp_path, nested, "zip"))
    assert found.written[0]["contact"] == "+380501112233" and found.written[0]["last_place"] == "Олешки"
    assert found.children[0].item.locator.cells["contact"] == "f.csv!B2"


def test_a_row_of_a_group_that_is_cut_or_points_nowhere_is_said(tmp_path, read):
    broken = {name: [list(row) for row in rows] for name, rows in ODK.items()}
    broken["Реєстрація-children.csv"][1] = broken["Реєстрація-children.csv"][1][:3]
    broken["Реєстрація-children.csv"][2][3] = "uuid:9"
    found = read(
        "reader: csv\nlanguage: uk\nkey: KEY\nfields: {full_name: name, contact: applicant-phone}",
        packed(tmp_path, broken, "zip"),
    )
    assert found.codes == ["wrong_cell_count"] and "contact" not in found.written[0] and "contact" in found.written[1]


def test_a_folder_of_a_form_and_its_groups_is_ingested_as_one_zip(tmp_path, describe):
    config = describe("reader: csv\nlanguage: uk\nkey: KEY\nfields: {full_name: name}")
    with pytest.raises(SourceError, match="pack the folder as a ZIP"):
        of_folder(packed(tmp_path, ODK, "folder"), config.reader)


@pytest.mark.parametrize("link", ["PARENT_KEY", "_parent_index"])
def test_a_repeat_group_whose_form_is_another_file_is_told(link, tmp_path, read):
    config = "reader: csv\nlanguage: uk\nkey: KEY\nfields: {full_name: child-name}"
    rows = [[name, f"uuid:{n}/child[1]", f"uuid:{n}"] for n, (name, _) in enumerate(CHILDREN)]
    found = read(config, table(tmp_path / "form-child.csv", ["child-name", "KEY", link], rows))
    assert found.names == [name for name, _ in CHILDREN] and "deliver both as sheets of one workbook" in found.notes
    plain = read(config, table(tmp_path / "plain.csv", ["child-name", "KEY", "parent"], rows))
    assert "repeat group" not in plain.notes


def test_an_export_of_commcare(tmp_path, drafted):
    head = ["formid", "number", "form.child.full_name", "form.child.dob", "form.child.mother_name", "received_on"]
    rows = [
        [f"a1b2-{n}", n, name, day, "---", f"2023-05-0{n + 1}"]
        for n, ((name, _), day) in enumerate(zip(CHILDREN, ISO, strict=True))
    ]
    text, found = drafted(
        table(tmp_path / "commcare.csv", head, [*rows, ["a1b2-9", 9, "---", "2010-07-19", "---", "2023-05-08"]])
    )
    assert (
        "contact" not in text and "observed_on: 'received_on'" in text.replace('"', "'")
    ) or "observed_on: received_on" in text
    assert found.names == [name for name, _ in CHILDREN] and found.codes == ["no_name"]
    assert not any("mother" in each for each in found.written)


@pytest.mark.parametrize(
    ("head", "row"),
    [
        (
            ["Case ID", "Name", "Sex", "Date of Birth", "Registration Date", "Mother's Name"],
            ["ab12-{n}", "{full}", "female", "{iso}", "2023-05-01", "Вигаданко Олена"],
        ),
        (
            ["Позначка часу", "ПІБ дитини", "Дата народження дитини", "Ваш телефон"],
            ["01.05.2023 10:0{n}:00", "{full}", "{day}", "+38050111223{n}"],
        ),
        (
            ["Record ID", "Full name", "DOB", "Status", "Created"],
            ["rec{n}x", "{full}", "{iso}", "missing", "2023-05-01"],
        ),
    ],
    ids=["Primero", "Google Forms", "Airtable"],
)
def test_exports_of_other_systems(head, row, tmp_path, drafted):
    rows = [
        [cell.format(n=n, full=name, iso=iso, day=day) for cell in row]
        for n, ((name, day), iso) in enumerate(zip(CHILDREN, ISO, strict=True))
    ]
    text, found = drafted(table(tmp_path / "export.csv", head, rows))
    assert found.names == [name for name, _ in CHILDREN]
    assert found.births == [f"{day}/{day}" for day in ISO]
    assert "observed_on:" in text.split("# observed_on")[0]


@pytest.mark.parametrize(
    ("head", "row", "fields"),
    [
        (
            [
                "Позначка часу",
                "Електронна адреса",
                "1. ПІБ дитини",
                "2. Дата народження",
                "3. Де бачили?",
                "Чи згодні ви?",
            ],
            ["2023/05/02 10:00:00 ДП GMT+3", "a@example.org", "{full}", "{day}", "Херсон", "Так"],
            {"contact", "last_place", "consent"},
        ),
        (
            ["Timestamp", "Child's full name", "Child's date of birth", "Your phone number", "Your name"],
            ["5/2/2023 10:00:00", "{full}", "{us}", "0501112233", "Вигаданко Олена"],
            {"contact", "note"},
        ),
        (
            ["ID", "Start time", "Email", "Name", "ПІБ дитини", "Дата народження"],
            ["{n}", "2023-05-02 10:00am", "anonymous", "", "{full}", "{day}"],
            set(),
        ),
        (
            ["SubmissionDate", "child-name", "child-dob", "child-sex", "loc-Latitude", "mother-name", "KEY"],
            ["2023-05-02T10:00:00Z", "{full}", "{iso}", "female", "46.1", "Вигаданко Олена", "uuid:{n}"],
            {"sex", "mother"},
        ),
        (
            [
                "received_on",
                "form.child.name",
                "form.child.date_of_birth",
                "form.child.sex",
                "form.mother.name",
                "formid",
            ],
            ["2023-05-02 10:00:00", "{full}", "{iso}", "female", "Вигаданко Олена", "f{n}"],
            {"sex", "mother"},
        ),
        (
            [
                "short_id",
                "name_last",
                "name_first",
                "name_middle",
                "date_of_birth",
                "registration_date",
                "current_location",
            ],
            ["a{n}", "{0}", "{1}", "{2}", "{iso}", "02-May-2023", "Херсон"],
            {"last_place"},
        ),
        (
            ["id", "LAST_NAME", "FIRST_NAME", "MIDDLE_NAME", "birthDate", "lostDate", "ARTICLE_CRIM", "publishedDate"],
            ["{n}", "{0}", "{1}", "{2}", "{iso}", "2022-04-01", "115", "2023-05-02"],
            {"lost_on"},
        ),
        (
            ["mother/name", "mother/birth_date", "child/name", "child/birth_date", "_submission_time", "_id"],
            ["Вигаданко Олена", "1985-01-02", "{full}", "{iso}", "2023-05-02", "{n}"],
            {"mother"},
        ),
    ],
    ids=["Google uk", "Google us", "Microsoft", "ODK", "CommCare", "Primero", "register", "groups"],
)
def test_each_column_of_an_export_feeds_its_own_field(head, row, fields, tmp_path, drafted):
    rows = [
        [
            cell.format(*name.split(), n=n, full=name, iso=iso, day=day, us=f"{iso[5:7]}/{iso[8:]}/{iso[:4]}")
            for cell in row
        ]
        for n, ((name, day), iso) in enumerate(zip(CHILDREN, ISO, strict=True))
    ]
    _, found = drafted(table(tmp_path / "export.csv", head, rows))
    assert [(v["surname"], v["given"], v["patronymic"]) for v in found.values] == [tuple(name) for name in NAMES]
    assert found.births == [f"{day}/{day}" for day in ISO]
    assert {str(child.observed_on) for child in found.children} == {"2023-05-02"}
    who = {"full_name", "surname", "given", "patronymic", "birth_date"}
    assert {name for each in found.written for name in each} - who - {"contact", "note"} == fields - {"contact", "note"}
    assert fields <= {name for each in found.written for name in each}


def test_merged_headers_of_a_mother_and_a_child_are_told_apart(sheet, drafted):
    rows = [["Мати", None, "Дитина", None], ["ПІБ", "Телефон", "ПІБ", "Дата народження"]]
    rows += [["Вигаданко Олена", "+380501112233", *child] for child in CHILDREN]
    _, found = drafted(sheet(rows))
    assert found.names == [name for name, _ in CHILDREN]
    assert {each["mother"] for each in found.written} == {"Вигаданко Олена"}


def test_an_open_register_as_json(tmp_path, drafted):
    rows = [
        {
            "ID": n,
            "FIRST_NAME_U": name[1].upper(),
            "LAST_NAME_U": name[0].upper(),
            "MIDDLE_NAME_U": name[2].upper(),
            "BIRTH_DATE": f"{day}T00:00:00",
            "SEX": "ЖІНОЧА",
        }
        for n, (name, day) in enumerate(zip(NAMES, ISO, strict=True))
    ]
    path = tmp_path / "register.json"
    path.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8-sig")
    _, found = drafted(path)
    assert [values["surname"].casefold() for values in found.values] == [name[0].casefold() for name in NAMES]
    assert found.births == [f"{day}/{day}" for day in ISO]


def test_names_of_institutions_inside_the_table_become_their_children_s(sheet, drafted):
    rows = [
        ["№", "ПІБ", "Дата народження"],
        ["Інтернат № 5 м. Тестове"],
        *[[n, *child] for n, child in enumerate(CHILDREN[:3], 1)],
    ]
    rows += [["Школа-інтернат № 12"], *[[n, *child] for n, child in enumerate(CHILDREN[3:], 4)]]
    text, found = drafted(sheet(rows))
    assert "titles" in text and "Тестове" not in text
    assert [each["institution"] for each in found.written] == ["Інтернат № 5 м. Тестове"] * 3 + [
        "Школа-інтернат № 12"
    ] * 3


def test_cards_and_lists_side_by_side(sheet, drafted):
    text, found = drafted(
        sheet(
            None,
            sheets={
                f"Картка {n}": [["ПІБ", name], ["Дата народження", day], ["Стать", "ж"], ["Мати", "Вигаданко Олена"]]
                for n, (name, day) in enumerate(CHILDREN[:4])
            },
        )
    )
    assert "layout: cards" in text and found.names == [name for name, _ in CHILDREN[:4]]
    rows = [
        ["№", "ПІБ", "Дата народження", None, "№", "ПІБ", "Дата народження"],
        *[[n + 1, *CHILDREN[n], None, n + 4, *CHILDREN[n + 3]] for n in range(3)],
    ]
    text, found = drafted(sheet(rows))
    assert "(2)" not in text and sorted(found.names) == sorted(name for name, _ in CHILDREN)


def test_telegram_as_json_and_as_a_page(tmp_path, drafted):
    path = tmp_path / "result.json"
    path.write_text(
        json.dumps(
            {
                "name": "Канал",
                "type": "public_channel",
                "id": 101,
                "messages": [
                    {
                        "id": 1,
                        "type": "message",
                        "date": "2023-05-01T10:00:00",
                        "text": "Зникла Марта Вигаданко, 10 років",
                    }
                ],
            }
        )
    )
    text, found = drafted(path)
    assert "{chat}/{id}" in text and found.children[0].item.key == "101/1"
    (tmp_path / "messages.html").write_text(PAGE, encoding="utf-8")
    text, found = drafted(tmp_path / "messages.html")
    assert [child.item.key for child in found.children] == ["Канал допомоги/message2", "Канал допомоги/message3"]
    assert [child.item.observed_on for child in found.children] == ["10.05.2023"] * 2
    (tmp_path / "part.html").write_text(
        re.sub('<div class="text bold">.*?</div>', "", PAGE, flags=re.S), encoding="utf-8"
    )
    assert [child.item.key for child in drafted(tmp_path / "part.html")[1].children] == ["message2", "message3"]
    assert found.births[1].startswith("2013-05-1") and found.written[1]["text"] == "Іван Небуленко, 9 років"


def test_a_title_is_no_key(tmp_path, drafted):
    path = tmp_path / "article.txt"
    path.write_text(
        "10-річна Марта шукає маму\n\nДівчинка зникла в Маріуполі у травні 2022 року. Їй 10 років.", encoding="utf-8"
    )
    text, _ = drafted(path)
    assert "key: title" not in text


@pytest.mark.parametrize("page", ["cp1251", "latin-1"])
def test_headers_in_a_wrong_code_page(page, tmp_path, drafted):
    path = tmp_path / "list.csv"
    text = "№;ПІБ;Дата народження\n" + "".join(f"{n};{name};{day}\n" for n, (name, day) in enumerate(CHILDREN))
    path.write_text(text.encode().decode(page, "replace" if page == "cp1251" else "strict"), encoding="utf-8")
    drafted_text, found = drafted(path)
    assert "full_name: ПІБ" in drafted_text and found.names[0] == CHILDREN[0][0]


@pytest.mark.parametrize("page", ["iso8859-5", "mac-cyrillic"])
def test_rare_code_pages_are_found(page, tmp_path, drafted):
    path = tmp_path / "list.csv"
    text = "№;ПІБ;Дата народження\n" + "".join(f"{n};{name};{day}\n" for n, (name, day) in enumerate(CHILDREN))
    path.write_bytes(text.encode(page))
    _, found = drafted(path)
    assert found.names == [name for name, _ in CHILDREN]


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"Rar!\x1a\x07\x01\x00" + bytes(50), "a.rar", "unpack"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(50), "a.7z", "unpack"),
        (
            b"\x30\x82\x10\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0" + bytes(90),
            "a.xlsx.p7s",
            "take the file out",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "WordDocument".encode("utf-16-le") + bytes(100),
            "a.doc",
            "save it as .docx",
        ),
    ],
)
def test_kinds_that_nothing_reads_are_named_with_the_way_out(data, name, said, tmp_path):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(SourceError, match=said):
        draft(tmp_path / name)


def test_numbers_that_begin_anew_in_each_table_of_a_page(tmp_path, drafted):
    def of(children):
        rows = [["№", "ПІБ", "Дата народження"], *[[str(n), *child] for n, child in enumerate(children, 1)]]
        return "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)

    tables = f"<table>{of(CHILDREN[:3])}</table><table>{of(CHILDREN[3:])}</table>"
    page = f"<html><meta charset=utf-8><body>{tables}</body></html>"
    (tmp_path / "list.html").write_text(page, encoding="utf-8")
    _, found = drafted(tmp_path / "list.html")
    assert found.names == [name for name, _ in CHILDREN] and not found.problems
    assert [child.item.key for child in found.children] == ["1/1", "1/2", "1/3", "2/1", "2/2", "2/3"]


def test_children_in_an_array_of_each_family(tmp_path, drafted):
    child = [{"name": name, "dob": day} for (name, _), day in zip(CHILDREN, ISO, strict=True)]
    families = [
        {"id": 1, "phone": "+380501112233", "children": child[:2]},
        {"id": 2, "phone": "+380501112244", "children": child[2:]},
    ]
    (tmp_path / "list.json").write_text(json.dumps({"families": families}, ensure_ascii=False), encoding="utf-8")
    _, found = drafted(tmp_path / "list.json")
    assert found.names == [name for name, _ in CHILDREN] and found.births == [f"{day}/{day}" for day in ISO]
    assert [each["contact"] for each in found.written] == ["+380501112233"] * 2 + ["+380501112244"] * 4
