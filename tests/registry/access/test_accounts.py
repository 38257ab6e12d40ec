from datetime import timedelta

import pytest
from django.contrib.auth import authenticate
from django.utils import timezone, translation

from registry import actors
from registry.access import accounts
from registry.errors import RegistryError
from registry.linkage import runs
from registry.models import AuditEntry, Candidate, SignInFailures, Source, User
from review.queue import assignment

pytestmark = pytest.mark.django_db

PASSWORD = "fictional-horse-42"


def test_added_people_can_sign_in():
    user = accounts.add("zoriana", PASSWORD, "adjudicator", "en")
    assert authenticate(None, username="zoriana", password=PASSWORD) == user
    assert authenticate(None, username="zoriana", password="wrong") is None
    assert authenticate(None, username="nobody", password=PASSWORD) is None
    assert authenticate(None, username="", password="") is None
    assert User.objects.get().password.startswith("pbkdf2_sha256$")
    assert PASSWORD not in str(list(AuditEntry.objects.values()))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("a", PASSWORD, "boss"), "no role"),
        (("a", PASSWORD, "lead", "fr"), "no language"),
        (("a", "short"), "too short"),
        (("a", "password1234"), "too common"),
        (("a", "123456789012345"), "numeric"),
        (("a b<c>", PASSWORD), "valid username"),
        (("ZORIANA", PASSWORD), "exists already"),
    ],
)
def test_clear_errors_on_bad_accounts(arguments, said):
    accounts.add("zoriana", PASSWORD)
    with pytest.raises(RegistryError) as refused, translation.override("uk"):
        accounts.add(*arguments)
    assert said in str(refused.value)
    assert PASSWORD not in str(refused.value)


def test_five_failures_lock_an_account_for_a_while():
    accounts.add("zoriana", PASSWORD)
    for _ in range(4):
        assert authenticate(None, username="zoriana", password="guess") is None
    assert authenticate(None, username="zoriana", password=PASSWORD) is not None
    for _ in range(5):
        assert authenticate(None, username="zoriana", password="guess") is None
    assert authenticate(None, username="zoriana", password=PASSWORD) is None
    SignInFailures.objects.update(closed_until=timezone.now() - timedelta(seconds=1))
    assert authenticate(None, username="zoriana", password=PASSWORD) is not None
    assert AuditEntry.objects.filter(action="login.failed").count() == 9


def test_inactive_people_cannot_sign_in():
    accounts.add("zoriana", PASSWORD)
    User.objects.update(is_active=False)
    assert authenticate(None, username="zoriana", password=PASSWORD) is None


def test_sources_are_brought_up_to_date_and_each_change_is_logged(stock):
    stock.source()
    stock.source()
    stock.source(title="a new title", retention_days=30)
    assert Source.objects.get().title == "a new title"
    log = list(AuditEntry.objects.filter(object_type="source").order_by("seq").values_list("action", "data"))
    assert [action for action, _ in log] == ["source.registered", "source.changed"]
    assert log[1][1]["changed"] == ["retention_days", "title"]


def test_runs_keep_manifest_and_counts():
    run = runs.start("link", {"seed": 7})
    assert run.status == "running"
    runs.finish(run, {"pairs": 3})
    run.refresh_from_db()
    assert (run.status, run.counts, run.manifest) == ("finished", {"pairs": 3}, {"seed": 7})
    assert run.finished_at >= run.started_at
    failed = runs.start("link", {})
    runs.fail(failed)
    failed.refresh_from_db()
    assert failed.status == "failed"


def test_the_operator_sets_a_password_and_so_lifts_a_lock():
    user = accounts.add("zoriana", PASSWORD)
    for _ in range(accounts.FAILURES_ALLOWED):
        authenticate(None, username="zoriana", password="wrong")
    assert authenticate(None, username="zoriana", password=PASSWORD) is None
    accounts.set_password("zoriana", "another-horse-43")
    assert authenticate(None, username="zoriana", password="another-horse-43") == user
    with pytest.raises(RegistryError, match="too short"), translation.override("uk"):
        accounts.set_password("zoriana", "short")
    with pytest.raises(RegistryError, match="no account 'nobody'"):
        accounts.set_password("nobody", PASSWORD)
    assert AuditEntry.objects.get(action="password.changed").actor == actors.operator()


def test_a_disabled_account_is_out_at_once_and_gives_its_pair_back(stock, client):
    accounts.add("zoriana", PASSWORD)
    user = accounts.add("ostap", PASSWORD, "lead", "en")
    assert client.login(username="ostap", password=PASSWORD)
    assert client.get("/").status_code == 200
    stock.candidate()
    assignment.take_next(user)
    assert accounts.disable("ostap") and not accounts.disable("ostap")
    assert client.get("/").status_code == 302
    assert authenticate(None, username="ostap", password=PASSWORD) is None
    assert Candidate.objects.get().reserved_by is None
    (ostap, zoriana) = accounts.listing()
    assert zoriana == ("zoriana", "verifier", "uk", True, None, False, False)
    assert ostap[:4] == ("ostap", "lead", "en", False) and ostap.last_login is not None
    with pytest.raises(RegistryError, match="no account"):
        accounts.disable("nobody")
    assert AuditEntry.objects.filter(action="user.disabled", object_id=str(user.pk)).count() == 1
