"""Bad input: one clear line (what, where, how to mend it), exit code 1, nothing lost, nothing half stored."""

from __future__ import annotations

import socket

import pytest

ROWS = [("b1", "Марчук Орест", "2012"), ("b2", "Марчук Дарина", "2014")]


def one_line(done) -> str:
    """Return the one line that says what is wrong; before it a demo may say where its keys lie."""
    lines = [line for line in done.stderr.splitlines() if line.strip() and not line.startswith("Keys: ")]
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    return lines[0]


@pytest.fixture
def files(simple):
    return simple("bad_input", ROWS)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  full_name: name", "  full_nam: name", "full_name"),
        ("  full_name: name", "  full_name: nome", "name"),
        ("reader: csv", "reader: telepathy", "telepathy"),
        ("key: id", "key: [", "line"),
    ],
)
def test_a_mistake_in_the_description(shared, files, old, new, said):
    config, file = files
    config.write_text(config.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    line = one_line(shared("ingest", config, file, code=1))
    assert said in line
    assert config.name in line or file.name in line


def test_a_file_that_is_not_what_its_name_says(shared, files, tmp_path):
    config, _ = files
    wrong = tmp_path / "list.csv"
    wrong.write_bytes(b"PK\x03\x04" + bytes(200))
    assert "list.csv" in one_line(shared("ingest", config, wrong, code=1))


def test_an_empty_file(shared, files, tmp_path):
    config, _ = files
    (tmp_path / "empty.csv").write_bytes(b"")
    assert "empty" in one_line(shared("ingest", config, tmp_path / "empty.csv", code=1))


def test_a_wrong_encoding(shared, files):
    config, file = files
    text = config.read_text(encoding="utf-8").replace("reader: csv", "reader: {kind: csv, encoding: utf-8}")
    config.write_text(text, encoding="utf-8")
    file.write_bytes(file.read_text(encoding="utf-8").encode("cp1251"))
    line = one_line(shared("ingest", config, file, code=1))
    assert "utf-8" in line.lower()
    assert "cp1251" in line or "encoding" in line


def test_a_missing_file_and_a_missing_source(shared, files, tmp_path):
    config, file = files
    assert "no such file" in one_line(shared("ingest", config, tmp_path / "gone.csv", code=1))
    assert "no source 'nowhere'" in one_line(shared("ingest", "nowhere", file, code=1))


def test_a_row_without_a_name_goes_to_quarantine_and_the_rest_goes_on(shared, simple):
    config, file = simple("no_name", [*ROWS, ("b3", "", "2015")])
    done = shared("ingest", config, file)
    assert done.stdout.splitlines()[-1].split()[1:] == ["3", "2", "0", "0", "1", "0"]
    listed = shared("quarantine", "list", "no_name").stdout
    assert "row 4" in listed
    assert "full_name" in listed and "names nobody" in " ".join(listed.split())


def test_no_database(shared, files, tmp_path):
    line = one_line(shared("ingest", *files, code=1, RIDNI_DATABASE_URL="postgresql://nobody@127.0.0.1:9/none"))
    assert "cannot be reached" in line
    assert "RIDNI_DATABASE_URL" in line


def test_a_port_in_use(shared):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        line = one_line(shared("serve", "--port", str(port), code=1))
    assert str(port) in line
    assert "--port" in line


def test_a_setting_that_does_not_fit(shared):
    assert "RIDNI_PORT" in one_line(shared("settings", code=1, RIDNI_PORT="ninety"))


def test_a_truth_without_columns_or_of_unknown_sources(shared, tmp_path):
    truth = tmp_path / "truth.csv"
    truth.write_text("a,b\n1,2\n")
    assert "source" in one_line(shared("evaluate", truth, code=1))
    truth.write_text("source,key,person_id\nelsewhere,1,1\n")
    assert "elsewhere" in one_line(shared("evaluate", truth, code=1))


def test_a_spec_that_does_not_hold(shared, tmp_path):
    spec = tmp_path / "spec.yaml"
    spec.write_text("version: 1\nname: x\n")
    assert "spec.yaml" in one_line(shared("link", "--spec", spec, code=1))


def test_accounts_from_the_command_line(shared):
    secret = {"RIDNI_NEW_PASSWORD": "a long enough fictional password"}
    shared("users", "add", "olena", "--role", "lead", **secret)
    assert "olena" in one_line(shared("users", "add", "olena", code=1, **secret))
    assert "12" in one_line(shared("users", "password", "olena", code=1, RIDNI_NEW_PASSWORD="short"))
    shared("users", "password", "olena", RIDNI_NEW_PASSWORD="another long fictional one")
    shared("users", "disable", "olena")
    assert "closed already" in one_line(shared("users", "disable", "olena", code=1))
    listed = [line.split()[:4] for line in shared("users", "list").stdout.splitlines()]
    assert ["olena", "lead", "uk", "no"] in listed


def test_consumers_from_the_command_line(shared):
    secret = "a long enough fictional password"
    for name, role in (("larysa", "lead"), ("andrii", "auditor")):
        shared("users", "add", name, "--role", role, RIDNI_NEW_PASSWORD=secret)

    def said(*arguments, person="larysa", **more):
        return shared("consumers", *arguments, "--as", person, RIDNI_PASSWORD=secret, **more)

    ask = ("ask", "a-case-system", "--basis", "Protocol 7")
    assert "no scope" in one_line(said(*ask, "--scope", "everything", code=1))
    number = said(*ask, "--scope", "fields:location").stdout.split()[1]
    assert "Nobody has allowed" in one_line(said("token", "a-case-system", code=1))
    assert "Nobody allows their own" in one_line(said("allow", number, code=1))
    assert f"Request {number} of a-case-system waits" in shared("consumers", "list").stdout
    said("allow", number, person="andrii")
    made = said("token", "a-case-system").stdout.split()[-1]
    listed = shared("consumers", "list").stdout
    assert made.startswith("ridni_") and made not in listed and "Protocol 7" in listed
    said("token", "a-case-system", "--rotate")
    said("revoke", "a-case-system")
    assert "no valid token" in one_line(said("revoke", "a-case-system", code=1))
    said("close", "a-case-system", person="andrii")
    assert "no consumer" in one_line(said("token", "a-case-system", code=1))
