from datetime import timedelta

import pytest
from django.contrib.auth import authenticate
from django.utils import timezone

from registry.errors import RegistryError
from registry.models import ApiToken, AuditEntry, Source, User
from registry.services import runs, tokens, users

pytestmark = pytest.mark.django_db

PASSWORD = "fictional-horse-42"


def test_added_people_can_sign_in():
    user = users.add("zoriana", PASSWORD, "adjudicator", "en")
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
    users.add("zoriana", PASSWORD)
    from django.utils import translation

    with pytest.raises(RegistryError) as refused, translation.override("en"):
        users.add(*arguments)
    assert said in str(refused.value)
    assert PASSWORD not in str(refused.value)


def test_five_failures_lock_an_account_for_a_while():
    users.add("zoriana", PASSWORD)
    for _ in range(4):
        assert authenticate(None, username="zoriana", password="guess") is None
    assert authenticate(None, username="zoriana", password=PASSWORD) is not None
    for _ in range(5):
        assert authenticate(None, username="zoriana", password="guess") is None
    assert authenticate(None, username="zoriana", password=PASSWORD) is None
    User.objects.update(locked_until=timezone.now() - timedelta(seconds=1))
    assert authenticate(None, username="zoriana", password=PASSWORD) is not None
    assert User.objects.get().locked_until is None
    assert AuditEntry.objects.filter(action="login.failed").count() == 9
    assert AuditEntry.objects.filter(action="login.refused_while_locked").count() == 1


def test_inactive_people_cannot_sign_in():
    users.add("zoriana", PASSWORD)
    User.objects.update(is_active=False)
    assert authenticate(None, username="zoriana", password=PASSWORD) is None


def test_tokens_are_stored_hashed_and_can_be_revoked():
    plain = tokens.issue("case system")
    other = tokens.issue("other")
    assert plain != other and len(plain) > 40
    token = tokens.authenticate(plain)
    assert token is not None and token.name == "case system" and token.scopes == ["identities:read"]
    assert token.last_used_at is not None
    assert plain not in str(list(ApiToken.objects.values())) + str(list(AuditEntry.objects.values()))
    for wrong in ("", "ridni_", plain[:-1], plain + "x", "\ud800", "\x00"):
        assert tokens.authenticate(wrong) is None
    with pytest.raises(RegistryError, match="exists already"):
        tokens.issue("case system")
    with pytest.raises(RegistryError, match="no scope"):
        tokens.issue("third", ["everything"])
    assert tokens.revoke("case system") and not tokens.revoke("case system")
    assert tokens.authenticate(plain) is None
    assert tokens.authenticate(tokens.issue("case system")) is not None


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
