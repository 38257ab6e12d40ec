"""One table says what a role may do, and one function reads it."""

from __future__ import annotations

import pytest

from registry.access import permissions
from registry.errors import ReviewError
from registry.models import Role

CONSTANTS = {value for name, value in vars(permissions).items() if name.isupper() and isinstance(value, str)}

pytestmark = pytest.mark.django_db


def test_each_right_of_the_table_has_one_constant():
    assert set(permissions.table()) == CONSTANTS


@pytest.mark.parametrize("role", Role.values)
def test_a_role_may_what_its_column_says_and_a_closed_account_nothing(stock, role):
    person, closed = stock.user(role), stock.user(role)
    closed.is_active = False
    for right, roles in permissions.table().items():
        assert permissions.may(person, right) == (role in roles)
        assert not permissions.may(closed, right)


def test_a_refusal_says_what_is_not_allowed_and_who_may(stock):
    with pytest.raises(ReviewError, match=r"may not take pairs from the queue and judge them.*lead or verifier") as met:
        permissions.require(stock.user("auditor"), permissions.JUDGE)
    assert met.value.code == "role"


def test_an_unknown_right_is_a_defect_not_a_refusal(stock):
    with pytest.raises(KeyError):
        permissions.may(stock.user("lead"), "juge")
