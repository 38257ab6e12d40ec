"""Each field that the table gives a value is given one by normalisation: a row of the table alone is not enough."""

from datetime import date

import pytest

from sources.extraction.normalise import normalise
from sources.fields import TABLE

WRITTEN = {
    "full_name": "Вигаданко Зоряна Олегівна",
    "surname": "Вигаданко",
    "given": "Зоряна",
    "patronymic": "Олегівна",
    "sex": "ж",
    "siblings": ["Остап"],
    "sibling_count": "2",
    "mother": "Вигаданко Ганна Іванівна",
    "father": "Вигаданко Олег Петрович",
    "birthplace": "Херсон",
    "last_place": "Херсон",
    "region": "Краснодарский край",
    "institution": "Херсонський дитячий будинок № 1",
    "lost_on": "12.03.2022",
    "transferred_on": "12.04.2022",
    "photo_date": "12.05.2022",
    "eyes": "карі",
    "hair": "русяве",
    "health": "I",
    "birth_certificate": "І-НО № 123456",
    "rnokpp": "3185000013",
    "unzr": "20120312-00018",
    "consent": "так",
}
GIVEN = [field for field in TABLE.values() if field.written and field.value]


@pytest.mark.parametrize("field", GIVEN, ids=lambda field: field.name)
def test_a_written_field_has_its_value(field):
    written = {field.name: WRITTEN[field.name]}
    meant = normalise(written, observed_on=date(2023, 1, 1), language="uk")
    assert meant.values.get(field.name), f"normalise gives no {field.name}"
