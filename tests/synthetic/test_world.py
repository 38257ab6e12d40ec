from __future__ import annotations

import tracemalloc
from itertools import islice, pairwise

import pytest

from synthetic.corruption.rates import SOURCES, Coverage, Damage
from synthetic.corruption.scenarios import PRECEDENCE, main_scenario
from synthetic.population.patronymics import patronymic
from synthetic.world import REPORTED_PER_COMMUNITY, World


@pytest.fixture(scope="module")
def children():
    return [child for community in World(3, 6000) for child in community.children]


def test_a_community_depends_on_its_seed_and_number_only():
    small, large = World(5, 400), World(5, 4000)
    assert small.community(7) == large.community(7)
    assert list(small)[7] == large.community(7)
    assert World(6, 400).community(7) != small.community(7)


@pytest.mark.parametrize("size", [1, 39, 40, 41, 100])
def test_a_world_has_as_many_reported_children_as_asked_for(size):
    world = World(1, size)
    ids = [child.person_id for community in world for child in community.children if child.reported]
    assert ids == [f"p{number:07d}" for number in range(size)]


def test_person_ids_are_unique(children):
    assert len({child.person_id for child in children}) == len(children)


def test_sizes_out_of_range_are_refused():
    with pytest.raises(ValueError, match="at least one child"):
        World(1, 0)
    with pytest.raises(IndexError, match="community 3 of 3"):
        World(1, 120).community(3)


def test_rates_out_of_range_are_refused():
    with pytest.raises(ValueError, match=r"Damage\.clerical is 1\.2"):
        Damage(clerical=1.2)
    with pytest.raises(ValueError, match=r"Coverage\.unlisted"):
        Coverage(unlisted=-0.1)


def test_patronymics_fit_the_fathers(children):
    known = [child for child in children if child.father]
    assert len(known) > 4000
    for child in known:
        assert child.name.patronymic == patronymic(child.father.given, child.sex)


def test_families_have_siblings_half_siblings_twins_and_both_languages():
    siblings = half = twins = different_surname = 0
    languages = set()
    for community in World(3, 6000):
        for child in community.children:
            languages.add(child.language)
            different_surname += bool(child.mother and child.mother.surname != child.name.surname)
            others = community.siblings(child)
            siblings += bool(others)
            twins += any(other.birth_date == child.birth_date for other in others)
            half += any(
                other.father and child.father and other.father != child.father and other.mother == child.mother
                for other in others
            )
            assert all(other.mother == child.mother and other.language == child.language for other in others)
            assert all(other.name.given != child.name.given for other in others)
    assert 0.35 < siblings / 7500 < 0.65  # about half, as in the largest public study
    assert twins > 100
    assert half > 150
    assert different_surname > 1000
    assert languages == {"uk", "ru"}


def test_dates_are_in_order(children):
    for child in children:
        assert child.birth_date < child.lost_on
        assert (child.transfer.on - child.lost_on).days < 60
        assert -1 < child.age_on(child.transfer.on) <= 22


def test_groups_go_together_and_some_families_are_split():
    split = whole = 0
    for community in World(3, 2000):
        first = sum(child.transfer is community.transfers[0] for child in community.children)
        assert first > len(community.children) / 2
        for child in community.children:
            for other in community.siblings(child):
                split += other.transfer is not child.transfer
                whole += other.transfer is child.transfer
    assert 0.02 < split / (split + whole) < 0.25


@pytest.mark.parametrize("slug", SOURCES[1:])
def test_coverage_comes_out_as_asked_for(children, slug):
    reported = [child for child in children if child.reported]
    share = sum(slug in child.lists for child in reported) / len(reported)
    wanted = getattr(Coverage(), slug)
    assert abs(share - wanted) < 4 * (wanted * (1 - wanted) / len(reported)) ** 0.5


def test_a_tenth_of_the_reported_children_is_in_no_list(children):
    reported = [child for child in children if child.reported]
    assert abs(sum(not child.lists for child in reported) / len(reported) - 0.10) < 0.016
    unreported = len(children) - len(reported)
    assert abs(unreported / len(reported) - 0.25) < 0.04


def test_renaming_comes_out_as_asked_for():
    damage = Damage(
        all_names_replaced=0.2, birth_date_shifted=0.2, surname_patronymic_replaced=0.2, all_names_and_birth_altered=0.2
    )
    world = World(3, 4000, damage, Coverage(citizenship_list=0.85))
    renamed = [child for community in world for child in community.children if child.renamed]
    for kind, wanted in (
        ("all_names_replaced", 0.2),
        ("birth_date_shifted", 0.2),
        ("surname_patronymic_replaced", 0.2),
        ("all_names_and_birth_altered", 0.2),
        ("kept", 0.2),
    ):
        share = sum(child.renamed.kind == kind for child in renamed) / len(renamed)
        assert abs(share - wanted) < 0.03
    for child in renamed:
        now = child.renamed
        shifted = now.kind in ("birth_date_shifted", "all_names_and_birth_altered")
        assert (now.birth_date != child.birth_date) == shifted
        if now.kind in ("all_names_replaced", "all_names_and_birth_altered"):
            assert now.name.given.ru != child.name.given.ru
        if now.kind == "surname_patronymic_replaced":
            assert now.name.given == child.name.given
            assert now.name.surname != child.name.surname or now.name.patronymic != child.name.patronymic
    same_initial = [
        child.renamed.name.given.ru[0] == child.name.given.ru[0]
        for child in renamed
        if child.renamed.kind in ("all_names_replaced", "all_names_and_birth_altered")
    ]
    assert sum(same_initial) / len(same_initial) > 0.5


def test_siblings_adopted_together_share_the_adopter_and_some_siblings_keep_their_name():
    damage = Damage(
        all_names_replaced=0, birth_date_shifted=0, surname_patronymic_replaced=0.5, all_names_and_birth_altered=0
    )
    shared = mixed = 0
    for community in World(3, 3000, damage, Coverage(citizenship_list=0.8)):
        for child in community.children:
            for other in community.siblings(child):
                if child.renamed and other.renamed:
                    kinds = {child.renamed.kind, other.renamed.kind}
                    mixed += len(kinds) == 2
                    shared += kinds == {"surname_patronymic_replaced"} and (
                        child.renamed.name.surname == other.renamed.name.surname
                    )
    assert shared > 50
    assert mixed > 50


def test_the_memory_of_a_world_is_that_of_one_community():
    world = World(9, 1_000_000)
    assert world.community(world.communities - 1).children[0].person_id == f"p{1_000_000 - REPORTED_PER_COMMUNITY:07d}"
    tracemalloc.start()
    for community in islice(world, 400):
        assert community.children
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4_000_000


def test_the_hardest_alteration_names_the_row():
    assert main_scenario([]) == "plain"
    assert main_scenario({"clerical", "russified"}) == "clerical"
    for harder, easier in pairwise(PRECEDENCE):
        assert main_scenario([easier, harder]) == harder
    with pytest.raises(ValueError, match="unknown scenario"):
        main_scenario(["unheard_of"])
