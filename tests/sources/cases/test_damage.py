"""Nothing, and damage, are never names: empty, repaired and told, or quarantined as encoding_damage."""

from __future__ import annotations

import csv

import docx
import pytest

from tests.sources.cases.conftest import CHILDREN

CONFIG = """\
reader: csv
language: uk
key: №
fields: {full_name: ПІБ, birth_date: Дата народження, mother: Мати, last_place: Місце}
"""
HEADER = "№;ПІБ;Дата народження;Мати;Місце\n"


def rows(*cells):
    return HEADER + "".join(f"{n};{';'.join(row)}\n" for n, row in enumerate(cells, start=1))


@pytest.mark.parametrize(
    "word",
    ["---", "#Н/Д", "#ЗНАЧ!", "#ССЫЛКА!", "#ПОСИЛАННЯ!", "#N/A", "#####", "…", "відсутня", "\\N", "(null)", "__"],
)
def test_what_means_nothing_is_no_name(word, tmp_path, read):
    path = tmp_path / "list.csv"
    path.write_text(rows((*CHILDREN[0], word, "Маріуполь"), (word, "0000-00-00", word, word)), encoding="utf-8")
    found = read(CONFIG, path)
    assert found.names == [CHILDREN[0][0]] and "mother" not in found.written[0]
    assert found.codes == ["no_name"]
    assert ("hold an error" in found.notes) == word.startswith("#")


@pytest.mark.parametrize(("page", "lost"), [("cp866", "Петр?вна"), ("cp1252", "????????? ????? ????????")])
def test_letters_lost_as_question_marks_are_damage(page, lost, tmp_path, read):
    text = rows(("Вигаданко Марта Петрівна", "15.03.2012", "Вигаданко Олена", "Херсон"))
    path = tmp_path / "list.csv"
    data = text.split("\n", 1)[1].encode(page, "replace")
    header = "№;ПІБ;Дата народження;Мати;Місце\n".encode("utf-8" if page == "cp1252" else page, "replace")
    if page == "cp866":
        header = "№;ПИБ;Дата;Мати;Место\n".encode(page)
    path.write_bytes(header + data)
    config = (
        CONFIG
        if page == "cp1252"
        else ("reader: {kind: csv, encoding: cp866}\nlanguage: uk\nkey: №\nfields: {full_name: ПИБ, mother: Мати}")
    )
    found = read(config, path)
    assert not found.children and found.codes == ["encoding_damage"]
    assert "'?'" in found.problems[0].reason and "Марта" not in found.problems[0].reason


@pytest.mark.parametrize("kind", ["csv", "docx", "xlsx", "html", "json", "telegram"])
@pytest.mark.parametrize("page", ["cp1251", "latin-1"])
def test_utf8_read_as_another_page_is_repaired_everywhere_and_told(kind, page, tmp_path, read, sheet):
    def broken(text):
        return text.encode().decode(page, "strict" if page == "latin-1" else "replace")

    table = [["№", "ПІБ", "Місце"], ["1", "Вигаданко Марта", "Херсон"], ["2", "Небуленко Остап", "Мелітополь"]]
    table = [[broken(text) for text in row] for row in table]
    fields = "fields: {full_name: ПІБ, last_place: Місце}"
    path = tmp_path / f"list.{'json' if kind == 'telegram' else kind}"
    reader = kind
    if kind == "csv":
        path.write_text("\n".join(";".join(row) for row in table), encoding="utf-8")
    elif kind == "docx":
        document = docx.Document()
        made = document.add_table(rows=0, cols=3)
        for row in table:
            for cell, text in zip(made.add_row().cells, row, strict=True):
                cell.text = text
        document.save(path)
    elif kind == "xlsx":
        path = sheet(table) if page == "cp1251" else pytest.skip("no control characters in XML")
    elif kind == "html":
        cells = "".join("<tr>" + "".join(f"<td>{text}</td>" for text in row) + "</tr>" for row in table)
        path.write_text(f"<html><meta charset=utf-8><body><table>{cells}</table></body></html>", encoding="utf-8")
        reader = "{kind: html, table: table}"
    elif kind == "json":
        import json

        path.write_text(json.dumps([{"ПІБ": row[1], "Місце": row[2]} for row in table[1:]]), encoding="utf-8")
    else:
        import json

        messages = [
            {"id": n, "type": "message", "date": "2023-05-01", "text": " ".join(row)} for n, row in enumerate(table)
        ]
        path.write_text(json.dumps({"id": 7, "messages": messages}), encoding="utf-8")
        found = read("reader: telegram\nlanguage: uk\nkey: '{chat}/{id}'\nfields: {full_name: text}", path)
        assert "Вигаданко Марта" in found.names[1] and "repaired" in found.notes
        return
    if page == "latin-1" and kind == "docx":
        pytest.skip("no control characters in XML")
    found = read(f"reader: {reader}\nlanguage: uk\n{fields}", path)
    assert found.names == ["Вигаданко Марта", "Небуленко Остап"]
    assert [each["last_place"] for each in found.written] == ["Херсон", "Мелітополь"]
    assert "repaired" in found.notes


def test_sound_words_that_look_like_traces_stay(tmp_path, read):
    path = tmp_path / "list.csv"
    path.write_text(
        rows(("Сірко Різдво", "15.03.2012", "Рєпіна Соня", "Рівне"), ("Ярцева Ніна", "2012", "", "СЄвєродонецьк")),
        encoding="utf-8",
    )
    found = read(CONFIG, path)
    assert found.names == ["Сірко Різдво", "Ярцева Ніна"] and "repaired" not in found.notes


def test_ditto_marks_repeat_what_stands_above_with_a_doubt(tmp_path, read):
    path = tmp_path / "list.csv"
    path.write_text(
        rows((*CHILDREN[0], "Вигаданко Олена", "Херсон"), (*CHILDREN[1], "-//-", "〃"), ("〃", "2012", "x", "-")),
        encoding="utf-8",
    )
    found = read(CONFIG, path)
    assert found.written[1]["last_place"] == "Херсон" and found.written[1]["mother"] == "Вигаданко Олена"
    assert "ditto_mark" in found.doubts[1] and "ditto_mark" not in found.doubts[0]
    assert found.codes == ["no_name"]


@pytest.mark.parametrize("number", ["1,23457E+11", "3.80501E+11", "4e+15", "1,2E12"])
def test_digits_that_a_spreadsheet_cut_off_are_a_doubt(number, tmp_path, read):
    path = tmp_path / "list.csv"
    path.write_text(f"№;ПІБ;Телефон\n1;Тестенко О.;{number}\n2;Уявна Н.;+380501112233\n", encoding="utf-8")
    found = read("reader: csv\nlanguage: uk\nkey: №\nfields: {full_name: ПІБ, contact: Телефон}", path)
    assert ["digits_lost" in doubts for doubts in found.doubts] == [True, False]
    assert "1 cells hold a long number" in found.notes


@pytest.mark.parametrize(
    ("cell", "sex"),
    [
        ("[x] ж [ ] ч", "f"),
        ("□ жін. ■ чол.", "m"),
        ("[ ] ж [ ] ч", None),
        ("☑ ч ☐ ж", "m"),
        ("☐ ч ☒ ж", "f"),
        ("ч ☐ ж ☑", "f"),
        ("☐ ч ☐ ж", None),
        ("☑ ж", "f"),
    ],
)
def test_of_tick_boxes_what_is_ticked_is_read(cell, sex, tmp_path, read):
    path = tmp_path / "list.csv"
    path.write_text(f"№;ПІБ;Стать\n1;Тестенко О.;{cell}\n", encoding="utf-8")
    found = read("reader: csv\nlanguage: uk\nkey: №\nfields: {full_name: ПІБ, sex: Стать}", path)
    assert found.values[0].get("sex") == sex


def test_the_number_of_a_footnote_is_no_digit_of_the_value(tmp_path, read):
    path = tmp_path / "list.csv"
    path.write_text(
        rows(("Небуленко Іван Олегович²", "2012¹", "", "Херсон³"), ("Уявна Ніна", "15.03.2012¹⁾", "", "")),
        encoding="utf-8",
    )
    found = read(CONFIG, path)
    assert found.names == ["Небуленко Іван Олегович", "Уявна Ніна"]
    assert found.births == ["2012-01-01/2012-12-31", "2012-03-15/2012-03-15"]
    assert "footnote" in found.notes


@pytest.mark.parametrize(
    "written",
    [
        "Марнюк Захар".encode("cp1251").decode("latin-1"),
        "Марнюк Захар".encode("cp1251").decode("cp866"),
        "Марнюк Захар".encode("koi8-u").decode("cp1251"),
        "Марнюк Захар".encode().decode("koi8-r"),
        "Марнюк Захар".encode().decode("cp866"),
        "".join(f"&#{ord(letter)}" + chr(59) for letter in "Марнюк Захар"),
        "".join(f"\\u{ord(letter):04x}" for letter in "Марнюк Захар"),
        "".join(f"%{byte:02X}" for byte in "Марнюк Захар".encode()),
        "".join(f"={byte:02X}" for byte in "Марнюк Захар".encode()),
        "мАРНЮК зАХАР",
    ],
)
def test_letters_that_a_program_changed_are_repaired_and_told(written, tmp_path, read):
    path = tmp_path / "list.csv"
    table = [*HEADER.strip().split(chr(59))], ["1", *CHILDREN[0], "", "Херсон"], ["2", written, "15.03.2012", "", ""]
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, delimiter=chr(59)).writerows(table)
    found = read(CONFIG, path)
    assert found.values[1]["surname"].casefold() == "марнюк" and found.values[1]["given"].casefold() == "захар"
    assert "repaired" in found.notes


@pytest.mark.parametrize("text", ["СІРІ ОЧІ", "Çağla Öztürk", "Лук'ян & Ко", "100% рівне", "РІВНЕ", "d=5", "С\\Ю"])
def test_what_only_looks_changed_stays(text, tmp_path, read):
    path = tmp_path / "list.csv"
    path.write_text(rows((*CHILDREN[0], "", text)), encoding="utf-8")
    found = read(CONFIG, path)
    assert found.written[0]["last_place"] == text and "repaired" not in found.notes


@pytest.mark.parametrize("name", ["Марн_к Захар", "Марн¿к Захар", "Марн*к Захар", "¿арнюк Захар", "ÐœÐ°Ñ€Ð½ÑÐº Ð—Ð°"])
def test_letters_that_are_lost_for_good_are_damage(name, tmp_path, read):
    path = tmp_path / "list.csv"
    path.write_text(rows((*CHILDREN[0], "", "Херсон"), (name, "15.03.2012", "", "")), encoding="utf-8")
    found = read(CONFIG, path)
    assert found.names == [CHILDREN[0][0]] and found.codes == ["encoding_damage"]


def test_a_question_mark_behind_a_name_is_a_doubt(tmp_path, read):
    path = tmp_path / "list.csv"
    path.write_text(rows(("Марнюк Захар?", "15.03.2012", "", ""), (*CHILDREN[0], "", "")), encoding="utf-8")
    assert ["name_asked" in doubts for doubts in read(CONFIG, path).doubts] == [True, False]


@pytest.mark.parametrize(
    "word", ["прочерк", "(пусто)", "[немає]", "н.д.", "<NA>", "no info", "ххх", "XXXX XXX", "123", "0", "ЗНАЧ!", "N.N."]
)
def test_more_words_and_numbers_that_name_nobody(word, tmp_path, read):
    path = tmp_path / "list.csv"
    path.write_text(rows((*CHILDREN[0], word, word), (word, "15.03.2012", "", "")), encoding="utf-8")
    found = read(CONFIG, path)
    assert found.names == [CHILDREN[0][0]] and found.codes == ["no_name"]


@pytest.mark.parametrize("word", ["нет", "ні", "No"])
def test_no_is_no_place_and_no_mother_but_an_answer_elsewhere(word, tmp_path, read):
    path = tmp_path / "list.csv"
    path.write_text(f"№;ПІБ;Мати;Місце;Згода;Сестри\n1;Тестенко О.;{word};{word};{word};{word}\n", encoding="utf-8")
    fields = "full_name: ПІБ, mother: Мати, last_place: Місце, consent: Згода, sibling_count: Сестри"
    found = read(f"reader: csv\nlanguage: uk\nkey: №\nfields: {{{fields}}}", path)
    assert found.written[0] == {"full_name": "Тестенко О.", "consent": word, "sibling_count": word}
    assert found.values[0]["consent"] == "no"


@pytest.mark.parametrize("word", ["дитина", "хлопчик", "немовля"])
def test_a_child_without_a_name_is_a_record_in_doubt(word, tmp_path, read):
    path = tmp_path / "list.csv"
    path.write_text(rows((word, "15.03.2012", "", "Херсон")), encoding="utf-8")
    found = read(CONFIG, path)
    assert "name_unread" in found.doubts[0] and not {"surname", "given"} & found.values[0].keys()


@pytest.mark.parametrize(
    "mark", [",,", "там же", "Там само", "тот же", "та сама", "same as above", "—//—", '-"-', "idem"]
)
def test_more_ditto_marks_repeat_what_stands_above(mark, tmp_path, read):
    path = tmp_path / "list.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = [HEADER.strip().split(chr(59)), ["1", *CHILDREN[0], "Вигаданко Олена", "Херсон"]]
        csv.writer(stream, delimiter=chr(59)).writerows([*table, ["2", *CHILDREN[1], mark, mark]])
    found = read(CONFIG, path)
    assert (found.written[1]["mother"], found.written[1]["last_place"]) == ("Вигаданко Олена", "Херсон")
    assert "ditto_mark" in found.doubts[1]
