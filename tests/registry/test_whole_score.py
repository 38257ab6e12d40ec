"""What all members of a child say of a record: said once, in any order, and namesakes stay below."""

from __future__ import annotations

import math
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.whole_score import Compared, score

FIELDS = ("surname", "given", "birth", "eyes")


def compared(member, probability=0.5, unsaid=0.0, **bits):
    return Compared(member, sum(bits.values()) + unsaid, probability, bits)


def test_of_one_member_all_is_its_own_weight():
    found = score([compared(1, 0.3, unsaid=-9.0, surname=7.0, birth=4.0)], {})
    assert (found.best.weight, found.worst.weight, found.together) == (2.0, 2.0, 2.0)
    assert found.probability == pytest.approx(0.3)


def test_what_two_members_say_alike_is_said_once():
    once = score([compared(1, surname=7.0, birth=4.0)], {})
    twice = score([compared(1, surname=7.0, birth=4.0), compared(2, surname=7.0, birth=4.0)], {})
    assert twice.together == once.together and twice.probability == once.probability


def test_what_only_one_member_says_is_added():
    found = score([compared(1, surname=7.0, birth=1.0), compared(2, birth=5.0, eyes=2.0)], {})
    assert found.together == 7.0 + 5.0 + 2.0  # the day of birth is more telling than its year, and counts alone
    assert found.fields == (("surname", 7.0), ("birth", 5.0), ("eyes", 2.0))


def test_a_vague_member_does_not_excuse_a_contradiction():
    found = score([compared(1, given=6.0, birth=-8.0), compared(2, given=6.0, birth=1.0)], {})
    assert found.together == 6.0 - 8.0


def test_a_child_of_two_surnames_goes_by_either():
    members = [compared(1, surname=-6.0, birth=4.0), compared(2, surname=8.0, birth=4.0)]
    found = score(members, {"surname": [frozenset((1, 2))]})
    assert found.together == pytest.approx(4.0 + math.log2((2**-6 + 2**8) / 2))
    assert found.together > found.worst.weight


def test_the_true_record_goes_above_namesakes():
    """The child is renamed: one member has the old surname and the day of birth, the other the new one and the eyes."""
    apart = {"surname": [frozenset((1, 2))]}
    true = score([compared(1, 0.1, surname=-5.0, given=4.0, birth=6.0), compared(2, 0.6, surname=9.0, eyes=2.0)], apart)
    namesake = score(
        [compared(1, 0.1, surname=-5.0, given=4.0, birth=-7.0), compared(2, 0.9, surname=9.0, given=4.0)], apart
    )
    brother = score(
        [compared(1, 0.2, surname=-5.0, given=-6.0, birth=-4.0), compared(2, 0.7, surname=9.0, given=-6.0)], apart
    )
    assert true.probability > max(namesake.probability, brother.probability)
    assert namesake.best.weight > true.best.weight, "by its best member alone the namesake would come first"


BITS = st.dictionaries(st.sampled_from(FIELDS), st.integers(-1200, 1200).map(lambda n: n / 100), min_size=1)
MEMBER = st.tuples(BITS, st.floats(0, 1), st.integers(-2000, 500).map(lambda n: n / 100))


@given(st.lists(MEMBER, min_size=1, max_size=4), st.sets(st.sampled_from(FIELDS)))
def test_the_order_of_members_makes_no_difference_and_no_field_counts_more_than_its_best(drawn, apart_in):
    members = [compared(n, chance, unsaid, **bits) for n, (bits, chance, unsaid) in enumerate(drawn)]
    apart = {field: [frozenset((0, 1))] for field in apart_in}
    found = score(members, apart)
    for other in permutations(members):
        assert score(other, apart) == found
    for field, worth in found.fields:
        said = [bits[field] for bits, _, _ in drawn if field in bits]
        assert min(said) - 1e-9 <= worth <= max(said) + 1e-9
    assert 0 < found.probability < 1
    doubled = [*members, *(compared(len(drawn) + n, c, u, **bits) for n, (bits, c, u) in enumerate(drawn))]
    if not apart_in:
        assert score(doubled, apart).together == found.together
