from __future__ import annotations

import json

import pytest

from sources import SourceError, read_source

CONFIG = """
reader: {kind: telegram, skip: ['^Реклама']}
key: id
fields: {text: text, contact: {column: from, optional: true}}
"""
MESSAGES = [
    {"id": 1, "type": "service", "date": "2023-01-01T00:00:00", "action": "create_channel", "text": ""},
    {"id": 2, "type": "message", "date": "2023-01-02T23:10:00", "from": "Канал", "text": "Шукаємо Дімку, 10 років"},
    {
        "id": 3,
        "type": "message",
        "date": "2023-01-03T10:00:00",
        "text": ["У ", {"type": "bold", "text": "Димы"}, " сестра"],
        "edited": "2023-02-01T00:00:00",
    },
    {"id": 4, "type": "message", "date": "2023-01-04T10:00:00", "text": "", "photo": "photos/1.jpg"},
    {"id": 5, "type": "message", "date": "2023-01-05T10:00:00", "text": "Реклама"},
    {"id": 6, "type": "message", "date": "2023-01-05T10:00:00", "text": "А" * 200_000},
    {"type": "message", "text": "без номера"},
]
CHAT = {"name": "Вигаданий канал", "type": "public_channel", "id": 77, "messages": MESSAGES}


def save(tmp_path, value):
    path = tmp_path / "result.json"
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return path


def test_messages(read_all, tmp_path):
    records, problems, reading = read_all(CONFIG, save(tmp_path, CHAT))
    assert [(record.key, record.written["text"], record.observed_on) for record in records] == [
        ("2", "Шукаємо Дімку, 10 років", "2023-01-02"),
        ("3", "У Димы сестра", "2023-01-03"),
    ]
    assert records[0].locator.to_json() == {"message": 2, "chat": "77", "cells": {"text": "text", "contact": "from"}}
    assert [problem.reason_code for problem in problems] == ["cell_too_long", "unreadable_object"]
    assert (reading.counts.rows_read, reading.non_data) == (7, 3)


def test_an_export_of_all_chats(read_all, tmp_path):
    other = {**CHAT, "id": 78, "messages": MESSAGES[:2]}
    export = {"about": "x", "chats": {"about": "y", "list": [{**CHAT, "messages": MESSAGES[:3]}, other]}}
    records, _, _ = read_all(CONFIG.replace("key: id", "key: '{chat}/{id}'"), save(tmp_path, export))
    assert [record.key for record in records] == ["77/2", "77/3", "78/2"]


@pytest.mark.parametrize("value", [[1], {"a": 1}, {"messages": 5}])
def test_other_json_is_no_export(describe, tmp_path, value):
    with pytest.raises(SourceError, match="no Telegram export"):
        list(read_source(describe(CONFIG), save(tmp_path, value)))


def test_an_export_cut_short(describe, tmp_path):
    path = save(tmp_path, CHAT)
    path.write_bytes(path.read_bytes()[:700])
    with pytest.raises(SourceError, match="cut short"):
        list(read_source(describe(CONFIG), path))


def test_an_unknown_column(describe, tmp_path):
    text = CONFIG.replace("text: text", "text: txt")
    with pytest.raises(SourceError, match=r"no column 'txt' for fields.text \(nearest is 'text'\)"):
        list(read_source(describe(text), save(tmp_path, CHAT)))
