"""An address of the database is refused where nobody could tell whether it is the right server."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from configs.settings import Settings

REMOTE = "postgresql://ridni:geheim@db.example.org/ridni"


@pytest.mark.parametrize(
    "address",
    [
        REMOTE,
        f"{REMOTE}?sslmode=require",
        f"{REMOTE}?sslmode=verify-ca",
        "host=10.0.0.7 dbname=ridni user=x",
        "postgresql://ridni@localhost,db.example.org/ridni",
        "hostaddr=10.0.0.7 host=localhost dbname=ridni",
    ],
)
@pytest.mark.parametrize("name", ["database_url", "database_owner_url"])
def test_a_server_elsewhere_has_to_prove_itself(name, address):
    with pytest.raises(ValidationError, match="verify-full"):
        Settings(**{name: address})
    assert Settings(**{name: address, "database_unverified": True})


@pytest.mark.parametrize(
    "address",
    [
        f"{REMOTE}?sslmode=verify-full&sslrootcert=/etc/ca.pem",
        "postgresql://ridni@localhost/ridni",
        "postgresql://ridni@127.0.0.1:5433/ridni",
        "postgresql:///ridni?host=/run/postgresql",
        "postgresql:///ridni",
        "dbname=ridni",
    ],
)
def test_this_machine_and_a_proven_server_are_taken(address):
    assert Settings(database_url=address)


@pytest.mark.parametrize("address", ["mysql://ridni:geheim@localhost/ridni", "sqlite:///x.db", "geheim", "://"])
def test_what_is_no_address_is_told_without_quoting_it(address):
    with pytest.raises(ValidationError, match="no address of PostgreSQL") as caught:
        Settings(database_url=address)
    assert "geheim" not in caught.value.errors(include_input=False)[0]["msg"]
