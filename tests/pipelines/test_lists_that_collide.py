"""Nobody is overwritten or swallowed: keys that are those of other children, and files in which no child is found."""

from __future__ import annotations

import json

import openpyxl
import pytest

TELEGRAM = "source_class: social\nlanguage: uk\nreader: telegram\nkey: %s\nfields: {full_name: text}\n"
LIST = "source_class: family\nlanguage: uk\nreader: %s\nkey: %s\nfields: {full_name: ПІБ, birth_date: Дата}\n"
FIRST = [("Вигаданко Марта", "15.03.2012"), ("Небуленко Іван", "28.11.2013")]
SECOND = [("Казкова Оксана", "07.05.2011"), ("Мріяк Тарас", "02.09.2014")]


def export(path, chat, names):
    messages = [
        {"id": n, "type": "message", "date": "2023-05-01T10:00:00", "text": name}
        for n, (name, _) in enumerate(names, 1)
    ]
    path.write_text(json.dumps({"name": f"Канал {chat}", "type": "public_channel", "id": chat, "messages": messages}))
    return path


def listed(path, children):
    path.write_text(
        "№;ПІБ;Дата\n" + "".join(f"{n};{a};{b}\n" for n, (a, b) in enumerate(children, 1)), encoding="utf-8"
    )
    return path


def numbers(text):
    return text.splitlines()[1].split()[1:]


def test_two_channels_by_a_key_of_message_numbers_are_refused(shared, tmp_path):
    config = tmp_path / "collide_chats.yaml"
    config.write_text(TELEGRAM % "id", encoding="utf-8")
    assert numbers(shared("ingest", config, export(tmp_path / "a.json", 101, FIRST)).stdout)[1] == "2"
    refused = shared("ingest", config, export(tmp_path / "b.json", 102, SECOND), code=1)
    assert "2 keys of this list are those of another chat" in refused.stderr and "{chat}/{id}" in refused.stderr
    config.write_text(TELEGRAM % "'{chat}/{id}'", encoding="utf-8")
    assert numbers(shared("ingest", config, tmp_path / "b.json").stdout)[1] == "2"


def test_two_lists_that_number_anew_are_refused_and_changes_are_not(shared, tmp_path):
    config = tmp_path / "collide_files.yaml"
    config.write_text(LIST % ("csv", "№"), encoding="utf-8")
    shared("ingest", config, listed(tmp_path / "a.csv", FIRST))
    refused = shared("ingest", config, listed(tmp_path / "b.csv", SECOND), code=1)
    assert "known for other children" in refused.stderr
    changed = [("Вигаданенко Марта", "15.03.2012"), ("Небуленко Іван", "29.11.2013")]
    assert numbers(shared("ingest", config, listed(tmp_path / "c.csv", changed)).stdout)[2] == "2"


def test_sheets_that_number_anew_are_refused(shared, tmp_path):
    book = openpyxl.Workbook()
    for title, children in (("Етап 1", FIRST), ("Етап 2", SECOND)):
        page = book.create_sheet(title)
        page.append(["№", "ПІБ", "Дата"])
        for n, child in enumerate(children, 1):
            page.append([n, *child])
    book.save(tmp_path / "list.xlsx")
    config = tmp_path / "collide_sheets.yaml"
    config.write_text(LIST % ("xlsx", "№"), encoding="utf-8")
    refused = shared("ingest", config, tmp_path / "list.xlsx", code=1)
    assert "begin anew in each part" in refused.stderr
    config.write_text(LIST % ("xlsx", "'{sheet}/{№}'"), encoding="utf-8")
    assert numbers(shared("ingest", config, tmp_path / "list.xlsx").stdout)[1] == "4"


@pytest.mark.parametrize("text", ["Погода сьогодні гарна.", "З інтернату вивезли 25 дітей."])
def test_a_file_in_which_no_child_is_found_is_no_good_news(shared, tmp_path, text):
    config = tmp_path / "nobody.yaml"
    config.write_text("source_class: media\nlanguage: uk\nreader: text\nfields: {text: text}\n", encoding="utf-8")
    (tmp_path / f"{len(text)}.txt").write_text(text, encoding="utf-8")
    done = shared("ingest", config, tmp_path / f"{len(text)}.txt", code=1)
    assert "No child was found in" in done.stderr
