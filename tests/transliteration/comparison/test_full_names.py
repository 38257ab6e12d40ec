"""Retrieval of whole names among many, siblings included."""

from __future__ import annotations

import random

import pytest

from transliteration import FullNameIndex, NameLevel, compare, compare_full_names, romanise, slip_keys, tables
from transliteration.names.given import russian_forms, written_forms
from transliteration.names.roles import Role

GIVEN = {
    "m": ["Олександр", "Андрій", "Максим", "Дмитро", "Іван", "Сергій", "Микола", "Юрій", "Олексій", "Ігор", "Павло"],
    "f": ["Марія", "Ганна", "Софія", "Олена", "Наталія", "Юлія", "Катерина", "Дарина", "Ольга", "Надія", "Ірина"],
}
PATRONYMIC = {"m": ["Петрович", "Іванович", "Сергійович", "Юрійович"], "f": ["Петрівна", "Іванівна", "Сергіївна"]}
ROOTS = ["Бойч", "Вербил", "Гайдам", "Дзюб", "Жовт", "Кравч", "Лукаш", "Мороз", "Охрім", "Прийм", "Ручк", "Сліпч"]
ENDS = ["енко", "ук", "ак", "івський", "ець", "ова", "юк", "ій", "ило"]


@pytest.fixture(scope="module")
def people() -> list[str]:
    rng = random.Random(4)
    found = {}
    for _ in range(3000):
        sex = rng.choice("mf")
        surname = rng.choice(ROOTS) + rng.choice(ENDS)
        found[f"{surname} {rng.choice(GIVEN[sex])} {rng.choice(PATRONYMIC[sex])}"] = None
    return list(found)


@pytest.mark.parametrize("system", ["kmu55", "uk_german", "uk_french", "uk_passport_2007", "icao", "uk_iso_9"])
def test_latin_spelling_finds_its_person(people: list[str], system: str) -> None:
    index = FullNameIndex(people)
    rng = random.Random(9)
    for row in rng.sample(range(len(people)), 25):
        surname, given, patronymic = people[row].split()
        scores = index.scores(romanise(f"{given} {patronymic} {surname}", system))
        assert scores[row] == scores.max() > 12
        assert (scores == scores.max()).sum() <= 3


def test_scores_equal_single_comparisons(people: list[str]) -> None:
    index = FullNameIndex(people[:200])
    for query in ["Olena Bojtschenko", "Кравчук О.П.", "Мороз", ""]:
        scores = index.scores(query)
        for name, score in zip(people[:200], scores, strict=True):
            assert compare_full_names(query, name).bits == round(float(score), 2)


def test_siblings_score_below_the_person(people: list[str]) -> None:
    person = "Приймак Олена Петрівна"
    same = compare_full_names("Приймак Елена Петровна", person)
    sibling = compare_full_names("Приймак Ірина Петрівна", person)
    assert same.bits > sibling.bits + 10
    assert sibling.surname.level == NameLevel.IDENTICAL
    assert sibling.given.level == NameLevel.DIFFERENT


@pytest.mark.parametrize("other", ["Шевчинко", "Шевченкко", "Щевченко", "Шевенко", "Шевчекно", "Шебченко"])
def test_one_edit_shares_a_slip_key(other: str) -> None:
    assert set(slip_keys("Шевченко", "surname")) & set(slip_keys(other, "surname"))


@pytest.mark.parametrize(
    ("known", "slipped", "role"),
    [
        ("Юлія", "Юлвя", "given"), ("Наталія", "Наталіл", "given"), ("Евгения", "Евгемия", "given"),
        ("Богдана", "Богдама", "given"), ("Віталійович", "Віталкйович", "patronymic"),
        ("Валентинівна", "Валентипівна", "patronymic"), ("Михайловна", "Михайлобна", "patronymic"),
    ],
)  # fmt: skip
def test_a_slip_makes_a_known_name_unknown_and_both_still_meet(known: str, slipped: str, role: Role) -> None:
    assert set(slip_keys(known, role)) & set(slip_keys(slipped, role))


def test_short_names_have_no_slip_neighbours() -> None:
    assert len(slip_keys("Лис", "surname")) == 1
    assert slip_keys("", "surname") == ()


def test_strangers_differ_by_how_far_their_surnames_are() -> None:
    person = "Рудецька Олена Петрівна"
    spellings = ["Рудецкая Елена", "Рудетская Елена", "Рдутская Елена", "Жвавченко Елена"]
    bits = [compare_full_names(spelling, person).bits for spelling in spellings]
    assert bits == sorted(bits, reverse=True)
    assert bits[1] > 0 > bits[2] > bits[3] + 1


@pytest.mark.parametrize("sign", ["'", "`", "′", "ʹ", "’"])
def test_soft_sign_of_a_latin_spelling_does_not_break_the_name(sign: str) -> None:
    verdict = compare_full_names(f"Chabanenko Tat{sign}iana Yur{sign}evna", "Чабаненко Тетяна Юріївна")
    assert verdict.given.level == NameLevel.ROMANISATION
    assert verdict.patronymic.level == NameLevel.ROMANISATION


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Приймак Ірина Петрівна", "Приймак Олена Петрівна"),
        ("Приймак Олена Петрівна", "Приймак Олена Іванівна"),
        ("Приймак Олена Петрівна", "Гайдамака Олена Петрівна"),
        ("Зеленський Володимир", "Zelenska Volodymyra"),
        ("Опришкевич Олександр Олегович", "Опришкевич Александра Олеговна"),
    ],
)
def test_one_contradicting_part_speaks_against_one_person(a: str, b: str) -> None:
    assert compare_full_names(a, b).bits < 0
    assert FullNameIndex([b]).scores(a)[0] < 0


@pytest.mark.parametrize(
    ("man", "woman"),
    [
        ("Вигаданчук Роман", "Вигаданчук Романа"),
        ("Вигаданчук Іван", "Вигаданчук Іванна"),
        ("Вигаданко Олександр", "Выгаданко Александра"),
        ("Вигаданко Євген", "Вигаданко Євгенія"),
        ("Вигаданчук Крістіан", "Вигаданчук Крістіана"),
        ("Вигаданчук Павло Олегович", "Вигаданчук Павла Олегівна"),
        ("Vyhadanchuk Valentyn", "Вигаданчук Валентина"),
        ("Vyhadanchuk Yevhen", "Vyhadanchuk Yevheniia"),
    ],
)
def test_a_paired_name_of_the_other_sex_speaks_against_one_person(man: str, woman: str) -> None:
    assert compare_full_names(man, woman).bits == compare_full_names(woman, man).bits < 0
    assert FullNameIndex([man]).scores(woman)[0] < 0
    assert FullNameIndex([woman]).scores(man)[0] < 0


@pytest.mark.parametrize(
    ("base", "declined"),
    [
        ("Вигаданчук Роман", "Вигаданчука Романа"),
        ("Вигаданчук Ярослав Олегович", "Вигаданчука Ярослава Олеговича"),
        ("Вигаданко Мирослав Юрійович", "Выгаданко Мирослава Юрьевича"),
        ("Вигаданський Станіслав", "Вигаданського Станіслава"),
        ("Вигаданко Степан", "Выгаданко Степана"),
        ("Вигаданчук Яна", "Вигаданчук Яни"),
    ],
)
def test_a_case_form_that_the_other_parts_show_is_the_same_person(base: str, declined: str) -> None:
    assert compare_full_names(base, declined).bits > 0
    assert FullNameIndex([base]).scores(declined)[0] > 0


@pytest.mark.parametrize(
    ("a", "b", "one_person"),
    [
        ("Порошенко Олена Петрівна", "Дорошенко Олена Петрівна", False),
        ("Poroshenko Olena", "Дорошенко Олена", False),
        ("Вигаданко Олена", "Вигаденко Олена", False),
        ("Романенко Іван", "Романченко Іван", False),
        ("Вигаданко Олена", "Вигоданко Олена", True),
        ("Вигаданко Олена", "Вигадако Олена", True),
        ("Вигаданко Олена", "Вигдаанко Олена", True),
        ("Wyhadanko Olena", "Вигадако Олена", True),
        ("Шевчинко Петро Іванович", "Шевченко Петро Іванович", True),
    ],
)
def test_a_near_surname_is_a_slip_only_where_a_rule_leads_there(a: str, b: str, one_person: bool) -> None:
    assert (compare_full_names(a, b).bits > 0) is one_person
    assert (compare_full_names(b, a).bits > 0) is one_person
    assert (FullNameIndex([b]).scores(a)[0] > 0) == one_person


def test_single_words_rank_by_level() -> None:
    formal = sorted({form.title() for forms in written_forms().values() for form in forms})
    short = [row["diminutive"].title() for row in tables.rows("diminutives")]
    surnames = [root + end for root in ROOTS for end in ENDS]
    listed = list(dict.fromkeys([*formal, *short, *surnames]))
    index = FullNameIndex(listed)
    rng = random.Random(12)
    for name in ["Світлана", "Софія", "Олександр", "Іван", *rng.sample(formal, 25)]:
        written = romanise(name)
        scores = index.scores(written)
        right = scores[listed.index(name)]
        level = compare(written, name, "given").level
        for row in (scores > right).nonzero()[0]:
            assert max(compare(written, listed[row], role).level for role in ("given", "surname")) >= level


@pytest.mark.parametrize(
    "name",
    [
        *("світлана", "юлія", "надія", "катерина", "ганна", "оксана", "наталія", "олександр", "михайло", "дмитро"),
        *("володимир", "григорій", "євген", "степан", "марія", "тетяна", "лілія", "софія"),
    ],
)
def test_a_name_comes_before_its_diminutives_in_any_spelling(name: str) -> None:
    short = [row["diminutive"] for row in tables.rows("diminutives")]
    own = [form for form in written_forms()[name] if form not in short]
    others = list(dict.fromkeys(form for form in short if form not in written_forms()[name]))
    index = FullNameIndex([*own, *others])
    for written in (
        name,
        russian_forms()[name][0],
        romanise(name),
        romanise(name, "uk_german"),
        romanise(name).lower(),
    ):
        scores = index.scores(written)
        assert scores[0] > scores[len(own) :].max(), (written, others[int(scores[len(own) :].argmax())])


@pytest.mark.parametrize(
    ("latin", "name", "declined"), [("Mykhailo", "Михайло", "Михайла"), ("Petro", "Петро", "Петра")]
)
def test_a_romanised_name_is_its_nominative_before_a_case_form(latin: str, name: str, declined: str) -> None:
    better, worse = FullNameIndex([name, declined]).scores(latin)
    assert better > worse > 0
    assert compare(latin, declined, "given").level <= compare(latin, name, "given").level


@pytest.mark.parametrize(("short", "declined"), [("Лана", "Лано"), ("Соня", "Соню"), ("Саня", "Сані")])
def test_a_case_form_of_a_diminutive_is_no_better_than_the_diminutive(short: str, declined: str) -> None:
    formal = {"Лана": "Світлана", "Соня": "Софія", "Саня": "Олександра"}[short]
    assert compare(formal, declined, "given").level <= compare(formal, short, "given").level
