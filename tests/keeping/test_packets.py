"""A packet holds for whoever has Python and openssl, and breaks wherever it is touched."""

import io
import json
import subprocess
import sys
import zipfile

import pytest

from keeping.erasure import targets
from keeping.packet import packets, timestamps
from registry.errors import RegistryError
from registry.evidence.custody import Actor
from registry.models import CustodyEntry, Identity

pytestmark = pytest.mark.django_db(transaction=True)

AUTHORITY = """
[req]
distinguished_name = name
prompt = no
[name]
CN = {name}
[root]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
subjectKeyIdentifier = hash
[clock]
basicConstraints = critical,CA:false
extendedKeyUsage = critical,timeStamping
keyUsage = critical,digitalSignature
[tsa]
default_tsa = config
[config]
serial = serial
signer_cert = clock.pem
signer_key = clock.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
ess_cert_id_alg = sha256
"""


class Authority:
    """A timestamping authority of its own, made with openssl: a root, a clock, and replies to requests."""

    def __init__(self, folder, name):
        self.folder = folder
        folder.mkdir()
        (folder / "tsa.cnf").write_text(AUTHORITY.format(name=name))
        (folder / "serial").write_text("01\n")
        make = ["req", "-config", "tsa.cnf", "-newkey", "rsa:2048", "-nodes"]
        self.run(*make, "-x509", "-extensions", "root", "-keyout", "root.key", "-out", "root.pem", "-days", "30")
        self.run(*make, "-keyout", "clock.key", "-out", "clock.csr", "-subj", f"/CN={name} clock")
        self.run(
            "x509", "-req", "-in", "clock.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial",
            "-days", "30", "-extfile", "tsa.cnf", "-extensions", "clock", "-out", "clock.pem",
        )  # fmt: skip
        self.roots = folder / "root.pem"

    def run(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)

    def reply(self, request):
        """Return what the authority answers to a request."""
        (self.folder / "request.tsq").write_bytes(request)
        self.run("ts", "-reply", "-config", "tsa.cnf", "-queryfile", "request.tsq", "-out", "reply.tsr")
        return (self.folder / "reply.tsr").read_bytes()


@pytest.fixture
def identity(stock, lists):
    """An identity of two rows, in a CSV and in a workbook, that two people have verified."""
    lists.take_in("family")
    lists.take_in("moved", kind="xlsx", source_class="occupation")
    stock.judge(stock.candidate(lists.record("family", "a1"), lists.record("moved", "a1")), "same", "same")
    return Identity.objects.get()


@pytest.fixture
def packet(identity, tmp_path):
    file = tmp_path / "case.zip"
    packets.make(targets.named(str(identity.pk)), file, Actor.operator(), "request 12/24 of a court")
    return file


def checked(file, *arguments):
    """Run the program out of the packet, in a Python that sees nothing of Ridni."""
    with zipfile.ZipFile(file) as packet:
        program = file.with_name("check.py")
        program.write_bytes(packet.read("check.py"))
    command = [sys.executable, "-I", "-S", str(program), str(file), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=file.parent)
    return done.returncode, done.stdout + done.stderr


def test_all_of_it_holds_without_ridni(packet, identity):
    code, said = checked(packet)
    assert code == 0, said
    assert "2 different people say that it is one child" in said
    assert said.count("full_name at") == 2 and "FAILS" not in said and "look  record" not in said
    assert CustodyEntry.objects.filter(act="export").count() == 2
    with zipfile.ZipFile(packet) as content:
        assert str(identity.pk) not in content.read("records.json").decode()
        assert packet.stat().st_mode & 0o077 == 0


def rewritten(file, name, change):
    """Write a packet anew with one file changed."""
    made = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(made, "w") as new:
        for each in old.namelist():
            content = old.read(each)
            new.writestr(each, change(content) if each.startswith(name) else content)
    file.write_bytes(made.getvalue())


def test_a_touched_file_shows_and_a_new_hash_in_the_manifest_breaks_the_signature(packet):
    import hashlib

    rewritten(packet, "records.json", lambda content: content.replace("Канарейченко".encode(), "Підмінена".encode()))
    code, said = checked(packet)
    assert code == 1 and "FAILS records.json has the hash" in said and "FAILS record" in said
    with zipfile.ZipFile(packet) as content:
        digest = hashlib.sha256(content.read("records.json")).hexdigest()

    def lie(content):
        told = json.loads(content)
        told["files"]["records.json"] = digest
        return json.dumps(told).encode()

    rewritten(packet, "manifest.json", lie)
    code, said = checked(packet)
    assert code == 1 and "holds records.json has the hash" in said and "FAILS the manifest is signed" in said


@pytest.mark.parametrize(
    ("name", "old", "new", "shows"),
    [
        ("verdicts.json", b"same", b"different", "FAILS verdict"),
        ("custody.json", b"court", b"paper", "FAILS custody entry"),
        ("chain.jsonl", b"bound.review", b"bound.revieW", "FAILS"),
        ("evidence/", b";", b",", "FAILS evidence/"),
    ],
)
def test_whatever_is_changed_shows_where_it_was(packet, name, old, new, shows):
    rewritten(packet, name, lambda content: content.replace(old, new))
    code, said = checked(packet)
    assert code == 1 and shows in said, said


def test_a_key_that_is_not_theirs_is_refused(packet, tmp_path):
    other = tmp_path / "other.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", tmp_path / "k"], check=True)
    subprocess.run(["openssl", "pkey", "-in", tmp_path / "k", "-pubout", "-out", other], check=True)
    code, said = checked(packet, "--key", other)
    assert code == 1 and "FAILS the packet names the key" in said and "FAILS the manifest is signed" in said
    with zipfile.ZipFile(packet) as content:
        other.write_bytes(content.read("signer.pem"))
    assert checked(packet, "--key", other)[0] == 0


def test_an_outside_clock_has_seen_the_packet(packet, tmp_path):
    theirs, another = Authority(tmp_path / "theirs", "Fictional clock"), Authority(tmp_path / "another", "Another")
    manifest = packets.manifest_of(packet)
    reply = theirs.reply(timestamps.request(manifest))
    for roots, content in ((another.roots, manifest), (theirs.roots, manifest + b" ")):
        with pytest.raises(RegistryError, match="no timestamp of this packet"):
            timestamps.checked(reply, content, roots, packet)
    with pytest.raises(RegistryError, match="cannot be read"):
        timestamps.checked(b"not a reply", manifest, theirs.roots, packet)
    assert timestamps.checked(reply, manifest, theirs.roots, packet).tst_info.gen_time
    packets.add_timestamp(packet, reply)
    with pytest.raises(RegistryError, match="already"):
        packets.add_timestamp(packet, reply)
    code, said = checked(packet, "--tsa-roots", theirs.roots)
    assert code == 0 and "holds an outside clock has seen the manifest: " in said
    code, said = checked(packet, "--tsa-roots", another.roots)
    assert code == 1 and "FAILS an outside clock" in said


def test_what_is_no_packet_and_what_is_gone_are_clear_errors(stock, lists, identity, tmp_path):
    (tmp_path / "x.zip").write_bytes(b"PK no")
    with pytest.raises(RegistryError, match="no packet"):
        packets.manifest_of(tmp_path / "x.zip")
    with pytest.raises(RegistryError, match="one row or one identity"):
        packets.make(targets.named("family"), tmp_path / "y.zip", Actor.operator(), "a court")
    with pytest.raises(RegistryError, match="already"):
        packets.make(targets.named("family/a1"), tmp_path / "x.zip", Actor.operator(), "a court")
    packets.make(targets.named("family/a2"), tmp_path / "row.zip", Actor.operator(), "a court")
    assert checked(tmp_path / "row.zip")[0] == 0


def test_a_packet_after_an_erasure_beside_it_still_holds(stock, lists, identity, tmp_path):
    """The list is a redacted copy by then: the packet has its bytes, and custody says both hashes."""
    from keeping.erasure import carrying_out, requests

    made = requests.ask(stock.user("data"), targets.named("family/a3"), "asked_by_family")
    requests.decide(stock.user("lead"), made.pk, allowed=True)
    carrying_out.in_tables(made.pk)
    carrying_out.in_store(made.pk)
    file = tmp_path / "case.zip"
    packets.make(targets.named(str(identity.pk)), file, Actor.operator(), "a court")
    code, said = checked(file)
    assert code == 0, said
