"""The Primero adapter against a double: only what is empty or ours is written, read back, and taken out again."""

from contextlib import suppress

import httpx
import pytest

from casefeed.adapters.primero import delivery, forms, plan, terms
from casefeed.adapters.primero.client import Primero
from casefeed.adapters.primero.errors import PrimeroFault, PrimeroRefused
from registry.errors import RegistryError
from registry.identities import holders
from registry.judgements import changes, erasing
from registry.models import Identity, Record, WrittenCase
from tests.casefeed.primero_double import PrimeroDouble

pytestmark = pytest.mark.django_db

BASIS = "Protocol 7 of a fictional body"
CHILD = {"surname": "Вигаданенко", "given": "Зоряна", "patronymic": "Орестівна", "mother": "Вигаданенко Марта"}
URL = "https://primero.example"


def instance(**more):
    return terms.Instance.model_validate({"protocol": BASIS, "user": "intake", "owned_by": "intake"} | more)


def client(double, **more):
    said = {"user": "intake", "password": "secret"} | more
    return Primero(URL, transport=double.transport(), sleep=lambda seconds: None, **said)


class Setting:
    def __init__(self, stock, **facts):
        self.stock, self.double = stock, PrimeroDouble()
        self.lead, self.instance = stock.user("lead"), instance()
        stock.consumer("primero", writes_to=URL, **facts)

    def run(self, described=None, **more):
        with client(self.double, **more) as server:
            return delivery.deliver(self.lead, "primero", described or self.instance, server)

    def verify(self, *, written=None, found=None, seeking=None):
        batch = self.stock.batch("reports", source_class="family", side="seeking")
        values = {"sex": "f", "birth": "2012-02-01/2012-02-01", "consent": "yes"}
        said = dict(CHILD, sex="ж", birth_date="01.02.2012", consent="так") | (written or {})
        left = seeking or self.stock.record(said, batch=batch, values=values)
        right = found or self.stock.record(
            {"full_name": "Выгаданко Заряна"},
            batch=self.stock.batch("bank", source_class="adoption_bank", side="found"),
        )
        return self.stock.judge(self.stock.candidate(left, right), "same", "same").identity_id

    def retract(self, identity, reason="slip"):
        asked = changes.ask(self.stock.user("lead"), "retract", identity, reason)
        changes.decide(self.stock.user("lead"), asked.pk, allowed=True)


@pytest.fixture
def primero(stock):
    return Setting(stock)


def test_a_verified_child_becomes_a_case_with_our_id_once(primero):
    identity = str(primero.verify())
    report = primero.run()
    assert report.counts == {"written": 1} and report.problems == []
    case = primero.double.cases[identity]
    assert (case["name_first"], case["name_middle"], case["name_last"]) == ("Зоряна", "Орестівна", "Вигаданенко")
    assert case["name"] == "Зоряна Орестівна Вигаданенко" and case["name_other"] == "Выгаданко Заряна"
    assert (case["sex"], case["date_of_birth"]) == ("female", "2012-02-01")
    assert (case["other_agency_name"], case["other_agency_id"]) == ("Ridni", identity)
    (mother,) = case["family_details_section"]
    assert (mother["relation_name"], mother["relation"]) == ("Вигаданенко Марта", "mother")
    primero.double.asked.clear()
    assert primero.run().counts == {"unchanged": 1}
    assert {method for method, _ in primero.double.asked} == {"GET"}
    (receipt,) = holders.of_identity(identity)
    assert receipt.ways == ("primero",) and receipt.confirmed


def test_nothing_is_searched_and_nothing_guessed(primero):
    primero.verify()
    primero.run()
    asked = [path for method, path in primero.double.asked if method == "GET"]
    assert not [path for path in asked if "potential" in path or "query" in path]


def test_what_people_there_wrote_stays_and_they_are_told_once(primero):
    identity = str(primero.verify())
    primero.run()
    case = primero.double.cases[identity]
    case["name_first"], case["address_last"] = "Зірка", "вул. Вигадана, 5"
    primero.verify(seeking=Record.objects.get(key=Record.objects.order_by("pk").first().key))
    report = primero.run()
    assert report.counts == {"differ": 1} and case["name_first"] == "Зірка"
    assert case["address_last"] == "вул. Вигадана, 5"
    (message,) = primero.double.messages(identity)
    assert "name_first" in message and identity in message and "Зоряна" not in message
    WrittenCase.objects.update(sha256="")
    primero.run()
    assert len(primero.double.messages()) == 1  # the same disagreement is told once
    case["name_first"] = "Зіронька"
    WrittenCase.objects.update(sha256="")
    primero.run()
    assert len(primero.double.messages()) == 2


def test_an_entry_that_they_removed_is_not_forced_upon_them(primero):
    identity = str(primero.verify())
    primero.run()
    primero.double.cases[identity]["family_details_section"] = []
    WrittenCase.objects.update(sha256="")
    assert primero.run().counts == {"differ": 1}
    assert primero.double.cases[identity]["family_details_section"] == []


def test_entries_are_never_doubled_and_theirs_are_kept(primero):
    identity = str(primero.verify())
    primero.run()
    theirs = {"unique_id": "9e55c3a0-5c1d-4f3e-8a55-0c1d2e3f4a5c", "relation_name": "Тітка Ганна", "relation": "aunt"}
    primero.double.cases[identity]["family_details_section"].append(theirs)
    WrittenCase.objects.update(sha256="")
    primero.run()
    assert [one["relation"] for one in primero.double.cases[identity]["family_details_section"]] == ["mother", "aunt"]
    primero.retract(identity)
    primero.run()
    assert primero.double.cases[identity]["family_details_section"] == [theirs]


@pytest.mark.parametrize("how", ["retracted", "erased", "withheld"])
def test_what_does_not_stand_is_taken_out_as_far_as_it_is_ours_and_people_are_told(primero, how):
    identity = primero.verify()
    primero.run()
    case = primero.double.cases[str(identity)]
    case["name_nickname"] = "Зоря"
    if how == "retracted":
        primero.retract(identity)
    elif how == "erased":
        erasing.erase_rows(primero.lead, [Record.objects.order_by("pk").first().pk])
    else:
        from registry.access import tokens
        from registry.identities import answers

        caller = tokens.authenticate(tokens.issue("primero"))
        made = answers.answer(caller, identity, "disputed", "k", reason="other").answer
    report = primero.run()
    assert report.counts == {"taken_out": 1} and report.problems == []
    assert primero.double.content() == {str(identity): {"id": str(identity), "name_nickname": "Зоря"}}
    (message,) = primero.double.messages(str(identity))
    assert str(identity) in message
    (receipt,) = holders.of_identity(identity)
    assert (receipt.status, receipt.confirmed) == (how, True)
    assert WrittenCase.objects.get().written == {}
    assert primero.run().counts == {"unchanged": 1}
    if how == "withheld":
        answers.settle(primero.stock.user("lead"), made.pk, "stands")
        assert primero.run().counts == {"written": 1} and case["name_first"] == "Зоряна"


def test_a_merge_moves_what_is_ours_and_says_where(primero):
    records = [primero.stock.record(dict(CHILD)) for _ in range(4)]
    first = primero.verify(seeking=records[0], found=records[1])
    second = primero.verify(seeking=records[2], found=records[3])
    primero.run()
    primero.verify(seeking=records[1], found=records[2])
    report = primero.run()
    assert report.counts["taken_out"] == 1 and set(primero.double.content()) == {str(first)}
    assert str(first) in primero.double.messages(str(second))[0]


def test_a_case_that_is_a_row_is_filled_where_it_is_empty_and_its_trace_linked(stock):
    primero = Setting(stock, scopes=["evidence:read"])
    case, trace = "0b7e53f2-4c11-4c69-8f51-1f6b2d0c9e77", "7d9f6c1e-5b0a-4f3e-9a55-0c1d2e3f4a5b"
    primero.double.cases[case] = {"id": case, "name_first": "Зоряна", "name_last": "Вигадана", "record_state": True}
    primero.double.traces[trace] = {"matched_case_id": None}
    described = instance(sources={"cases": "primero_cases", "traces": "primero_traces"})
    consent = {"values": {"consent": "yes"}}
    known = stock.record({"surname": "Вигаданенко", "given": "Зоряна", "consent": "так"}, key=trace, **consent,
                         batch=stock.batch("primero_traces", source_class="family", side="seeking"))  # fmt: skip
    listed = stock.record(dict(CHILD), key=case, batch=stock.batch("primero_cases", source_class="ngo", side="both"))
    identity = primero.verify(seeking=known, found=listed)
    report = primero.run(described)
    assert report.counts == {"differ": 1} and list(primero.double.cases) == [case]
    there = primero.double.cases[case]
    assert (there["name_last"], there["name_middle"]) == ("Вигадана", "Орестівна")
    assert primero.double.traces[trace]["matched_case_id"] == case
    assert primero.run(described).counts == {"unchanged": 1}
    primero.retract(identity)
    primero.run(described)
    assert primero.double.traces[trace]["matched_case_id"] is None
    assert (there["name_first"], there["name_last"], there["name_middle"]) == ("Зоряна", "Вигадана", None)


@pytest.mark.parametrize("why", ["nobody_says", "refused_there", "other_case"])
def test_a_trace_is_linked_with_consent_alone_and_never_taken_from_another_case(stock, why):
    primero = Setting(stock, scopes=["evidence:read"])
    trace, other = "7d9f6c1e-5b0a-4f3e-9a55-0c1d2e3f4a5b", "0b7e53f2-4c11-4c69-8f51-1f6b2d0c9e77"
    primero.double.traces[trace] = {"matched_case_id": other if why == "other_case" else None}
    values = {} if why == "nobody_says" else {"consent": "yes"}
    written = dict(CHILD) | ({} if why == "nobody_says" else {"consent": "так"})
    known = stock.record(written, key=trace, values=values, batch=stock.batch("primero_traces", side="seeking"))
    identity = str(primero.verify(seeking=known))
    described = instance(sources={"traces": "primero_traces"})
    if why == "refused_there":
        primero.double.cases[identity] = {"id": identity, "consent_for_tracing": False}
    primero.run(described)
    assert primero.double.traces[trace]["matched_case_id"] == (other if why == "other_case" else None)
    assert len(primero.double.messages(identity)) == (why == "other_case")


def test_two_cases_of_one_child_are_for_a_person(stock):
    primero = Setting(stock, scopes=["evidence:read"])
    ids = ["0b7e53f2-4c11-4c69-8f51-1f6b2d0c9e77", "7d9f6c1e-5b0a-4f3e-9a55-0c1d2e3f4a5b"]
    batch = stock.batch("primero_cases")
    for number in ids:
        primero.double.cases[number] = {"id": number, "record_state": True}
    primero.verify(seeking=stock.record(key=ids[0], batch=batch), found=stock.record(key=ids[1], batch=batch))
    described = instance(sources={"cases": "primero_cases"})
    assert primero.run(described).counts == {"failed": 1} and primero.run(described).counts == {"failed": 1}
    assert [len(primero.double.messages(number)) for number in ids] == [1, 1] and primero.double.content() == {}


def test_a_field_that_the_role_may_not_write_is_noticed_by_reading_back(primero):
    primero.double.hidden = {"national_id_no", "date_of_birth"}
    primero.verify()
    report = primero.run()
    assert report.counts == {"failed": 1}
    assert "date_of_birth" in report.problems[0] and "read back" in report.problems[0]
    primero.double.hidden = set()
    assert primero.run().counts == {"written": 1}


def test_a_server_that_lies_is_never_believed(primero):
    identity = str(primero.verify())
    primero.double.lies = True
    assert primero.run().counts == {"failed": 1}
    (receipt,) = holders.of_identity(identity)
    assert not receipt.confirmed
    primero.double.lies = False
    assert primero.run().counts == {"written": 1}


def test_forms_and_codes_are_looked_at_before_anything_is_written(primero):
    primero.verify()
    primero.double.lookups["lookup-gender"] = ("man", "woman")
    basic = primero.double.forms[0]
    basic["fields"] = [one for one in basic["fields"] if one["name"] != "national_id_no"]
    with pytest.raises(PrimeroRefused) as refused:
        primero.run()
    assert "sex knows no code female" in str(refused.value) and "national_id_no" in str(refused.value)
    assert primero.double.cases == {}
    described = instance(fields={"national_id_no": None}, codes={"sex": {"m": "man", "f": "woman"}})
    assert primero.run(described).counts == {"written": 1}
    assert next(iter(primero.double.cases.values()))["sex"] == "woman"


def test_other_kinds_of_fields_are_refused(primero):
    wrong = instance(fields={"name_other": "sex", "date_of_birth": "name_nickname", "family_details_section": "name"})
    with client(primero.double) as server, pytest.raises(PrimeroRefused) as refused:
        forms.connect(server, wrong)
    for said in ("sex is a select_box, not a text", "name_nickname is a text_field", "no subform name"):
        assert said in str(refused.value)


def test_a_partial_birth_is_not_sent_and_blanks_are_what_the_server_would_make_of_them(primero):
    batch = primero.stock.batch("reports", side="seeking")
    written = {"full_name": "Вигаданенко  Зоряна", "given": " Зоряна\u00a0 Мая ", "birth_date": "2012"}
    record = primero.stock.record(written, batch=batch, values={"birth": "2012-01-01/2012-12-31"})
    identity = str(primero.verify(seeking=record))
    assert primero.run().counts == {"written": 1}
    case = primero.double.cases[identity]
    assert "date_of_birth" not in case and case["name_first"] == "Зоряна Мая"


def test_whoever_ended_the_process_the_next_run_goes_on(primero):
    for at in range(5, 25):
        identity = str(primero.verify())
        primero.double.faults = [None] * at + [KeyboardInterrupt()]
        with suppress(KeyboardInterrupt):
            primero.run()
        primero.double.faults = []
        report = primero.run()
        assert "failed" not in report.counts and "differ" not in report.counts
        assert len(primero.double.cases[identity]["family_details_section"]) == 1
    assert primero.double.messages() == []


@pytest.mark.parametrize("status", [500, 403, 422, (503, {"retry-after": "60"}), (429, {}), httpx.ReadTimeout("slow")])
def test_faults_are_survived_and_no_message_quotes_a_name(primero, status):
    identity = str(primero.verify())
    primero.double.faults = [None] * 3 + [status] * 30
    report = primero.run()
    primero.double.faults = []
    assert report.counts["failed"] == 1 and "Заряна" not in str(report.problems)
    assert primero.run().counts["written"] == 1
    assert primero.double.cases[identity]["name_first"] == "Зоряна"


def test_what_asks_to_wait_is_waited_for(primero):
    primero.verify()
    waited = []
    primero.double.faults = [(503, {"retry-after": "60"}), None, (429, {}), None]
    server = Primero(URL, user="intake", password="secret", transport=primero.double.transport(), sleep=waited.append)
    with server:
        assert delivery.deliver(primero.lead, "primero", primero.instance, server).counts == {"written": 1}
    assert waited == [60, 2]


def test_a_wrong_password_is_tried_once_and_a_providers_token_serves(primero):
    primero.verify()
    with pytest.raises(PrimeroRefused, match="account"):
        primero.run(password="wrong")
    assert len(primero.double.asked) == 1
    assert primero.run(user="", password="", token="jwt-of-the-provider").counts == {"written": 1}


def test_an_id_that_this_account_may_not_see_is_for_a_person(primero):
    identity = str(primero.verify())
    server_side = primero.double.of_case

    def hidden(method, number, rest, body, asked):
        return (
            primero.double.error(404, "Not Found")
            if method == "GET"
            else server_side(method, number, rest, body, asked)
        )

    primero.double.cases[identity] = {"id": identity}
    primero.double.of_case = hidden
    report = primero.run()
    assert report.counts == {"failed": 1} and "may not see it" in report.problems[0]


def test_a_case_that_was_switched_off_there_is_left_alone(primero):
    identity = str(primero.verify())
    primero.run()
    primero.double.cases[identity]["record_state"] = False
    primero.retract(identity)
    assert primero.run().counts == {"failed": 1}
    assert primero.double.cases[identity]["name_first"] == "Зоряна"


def test_cases_of_a_future_that_a_restored_backup_does_not_know_are_flagged_once(primero):
    from django.db import transaction

    from registry.identities import feed_position

    kept = str(primero.verify())
    primero.run()
    with transaction.atomic():
        lost = str(primero.verify())
        primero.run()
        transaction.set_rollback(True)
    feed_position.begin_epoch()
    for _ in range(2):
        assert primero.run().counts["unknown"] == 1
    assert [len(primero.double.messages(one)) for one in (kept, lost)] == [0, 1]


def test_what_was_written_after_a_backup_is_no_longer_ours_once_it_is_restored(primero):
    from registry.identities import feed_position

    identity = str(primero.verify())
    primero.run()
    primero.double.cases[identity]["name_first"] = "Зірка"  # by a run of which the backup knows nothing
    assert primero.run().counts == {"unchanged": 1}
    feed_position.begin_epoch()
    assert primero.run().counts == {"differ": 1}
    assert "name_first" in primero.double.messages(identity)[0]


def test_terms_decide_where_and_by_which_protocol(stock):
    primero = Setting(stock)
    stock.consumer("silent")
    with pytest.raises(RegistryError, match="no system to write into"):
        delivery.address_of("silent")
    assert delivery.address_of("primero") == URL
    with pytest.raises(RegistryError, match="another protocol"):
        primero.run(instance(protocol="Protocol 8"))
    with pytest.raises(RegistryError, match="keys of rows"):
        primero.run(instance(sources={"cases": "primero_cases"}))
    with pytest.raises(PrimeroRefused, match="open"):
        Primero("http://primero.example", user="a", password="b")


def test_a_description_with_a_field_that_nobody_knows_is_refused(tmp_path):
    file = tmp_path / "instance.yaml"
    file.write_text("protocol: P\nowned_by: intake\nfields: {name_frist: name_first}\n", encoding="utf-8")
    with pytest.raises(RegistryError, match="name_frist"):
        terms.read(file)
    file.write_text("protocol: P\n", encoding="utf-8")
    with pytest.raises(RegistryError, match="owned_by"):
        terms.read(file)


def test_messages_of_the_server_are_kept_as_fields_alone():
    def answered(request):
        said = {"errors": [{"code": 422, "message": "Заряна", "detail": ["/sex", "Заряна Выгаданко"]}]}
        return httpx.Response(422, json=said)

    server = Primero(URL, user="a", password="b", transport=httpx.MockTransport(answered))
    with server, pytest.raises(PrimeroFault) as fault:
        server.change("0b7e53f2-4c11-4c69-8f51-1f6b2d0c9e77", {})
    assert "/sex" in str(fault.value) and "Заряна" not in str(fault.value) and "0b7e53f2" not in str(fault.value)


def test_comparing_is_symmetric_in_what_it_keeps():
    def digest(key, value):
        return f"{key}={value}"

    ours = {"a": ["a=1", ""], "b": ["", "b=2"], "c": ["c=3", ""]}
    change = plan.compare({"a": "9", "b": "2", "d": "4"}, {"a": "1", "b": "2", "c": "8", "d": ""}, ours, digest)
    assert change.write == {"a": "9", "d": "4"} and change.ours == {"a": "a=9", "b": "b=2", "d": "d=4"}
    assert change.differ == ["c"]  # said no more, and changed there: a person looks


def test_only_who_may_runs_it(primero):
    from registry.errors import ReviewError

    primero.lead = primero.stock.user("verifier")
    with pytest.raises(ReviewError):
        primero.run()
    assert Identity.objects.count() == 0 and primero.double.asked == []
