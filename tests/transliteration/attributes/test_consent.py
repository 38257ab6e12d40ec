"""Consent to tracing as people write it; what cannot be read is unclear, never a yes."""

from datetime import date

import pytest

from sources.extraction.normalise import normalise
from transliteration.attributes import consent

YES = """
так|Так.|ТАК, згодна|згоден/згодна|Згоду надано|мати згодна|не заперечую|Заперечень немає
так, не проти|дала згоду 12.03.2022|да|Да!|согласна|согласен(на)|мать не против|не возражаю
возражений нет|согласие получено письменно|даю согласие на розыск|yes|Consent given|the mother agrees
no objection|does not object|consent was given 2022-03-12|+|✓|1|true
"""
NO = """
ні|Ні.|ні, не згодна|не згодна|відмова|Відмовилась|згоди немає|згоди не надано|без згоди
не дала згоди|мати проти|заборонено|згоду відкликано|ні, поки що|не хоче|ні не згоден|НІ!!!
відмова від розшуку|не дозволяє|нет|нет, бабушка против|нет бабушка против|не согласна|отказ
отказалась|согласия нет|не даёт согласия|против|возражает|не желает|согласие отозвано|нет не согласен
Нет, мать отказалась|ＮＯ|запрет|no|No.|no consent|refused|consent withdrawn|does not consent
doesn't agree|against|mother objects|without consent|declined|n|0|false
"""
UNCLEAR = """
?|так?|так/ні|так, але не зараз|подумає|не питали|не знаю|уточнити|немає|частково|так, батько проти
згодна, якщо без фото|ні, не заперечую|да, но позже|не определилась|спросить бабушку
не отказываюсь и не соглашаюсь|maybe|yes, but only the mother|pending|unless the father agrees
ask later|yes and no|+/-|-|х|див. примітку|см. письмо|abc
"""
CASES = [
    (text, said)
    for said, texts in (("yes", YES), ("no", NO), ("unclear", UNCLEAR))
    for text in texts.strip().replace("\n", "|").split("|")
]


@pytest.mark.parametrize(("text", "said"), CASES)
def test_a_wording_is_read_or_is_unclear(text, said):
    assert consent.read(text) == said


def test_what_hides_in_a_word_changes_nothing():
    assert consent.read("не\u200b згодна") == "no"
    assert consent.read("\ufeffтак") == "yes"
    assert consent.read("НЕ\u00a0СОГЛАСНА") == "no"


def test_a_row_with_an_unreadable_consent_is_in_doubt():
    facts = {"observed_on": date(2023, 1, 1), "language": "uk"}
    unclear = normalise({"full_name": "Вигаданенко Зоряна", "consent": "див. примітку"}, **facts).values
    assert unclear["consent"] == "unclear" and "consent_unclear" in unclear["doubts"]
    refused = normalise({"full_name": "Вигаданенко Зоряна", "consent": "відмова"}, **facts).values
    assert refused["consent"] == "no" and "doubts" not in refused
    assert "consent" not in normalise({"full_name": "Вигаданенко Зоряна"}, **facts).values
    assert "doubts" not in normalise({"full_name": "Вигаданенко Зоряна", "consent": "так"}, **facts).values
