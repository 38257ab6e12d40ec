"""`ridni serve` as documented, behind a real nginx that ends TLS: redirects, headers, compression, limits, sockets."""

from __future__ import annotations

import contextlib
import datetime
import gzip
import http.client
import ipaddress
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.db import connection

from configs.settings import Settings
from pipelines.cli.console import UserError
from pipelines.cli.operations import serve
from registry.database import roles
from web import server

PASSWORD = "тихий-став-біля-греблі"
DOCUMENTED = Path(__file__).parents[2] / "docs" / "team.md"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def certificate(folder: Path) -> Path:
    """Write a self-made certificate for 127.0.0.1 and localhost, with its key, and return it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    (folder / "ridni.pem").write_bytes(made.public_bytes(encoding))
    secret = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "ridni.key").write_bytes(secret)
    return folder / "ridni.pem"


@dataclass(frozen=True)
class Served:
    """A running `ridni serve` (plain HTTP on loopback) and the nginx before it."""

    port: int
    tls: int
    trust: ssl.SSLContext

    def plain(self, timeout: float = 30) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def secure(self) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection("localhost", self.tls, timeout=60, context=self.trust)

    def get(self, path: str, method: str = "GET", body: str | None = None, **headers: str) -> tuple[Any, bytes]:
        """Ask through nginx; returns the answer and its body as sent."""
        with contextlib.closing(self.secure()) as connection:
            connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            return answer, answer.read()


def wait_for(port: int, process: subprocess.Popen[Any]) -> None:
    for _ in range(1200):
        assert process.poll() is None, process.communicate()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    pytest.fail("the server does not listen")


def documented_configuration() -> str:
    """Return the server block of nginx that docs/team.md gives to people."""
    found = re.search(r"```nginx\n(.*?)```", DOCUMENTED.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None, "docs/team.md has no block of nginx"
    return found.group(1)


@pytest.fixture(scope="module")
def served(fresh: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    if not Path(program).exists():
        pytest.fail("nginx is missing; install Debian's package `nginx-light`")
    folder = tmp_path_factory.mktemp("nginx")
    pem, port, tls = certificate(folder), free_port(), free_port()
    for name in ("maria", "petro"):
        fresh("users", "add", name, RIDNI_NEW_PASSWORD=PASSWORD)
    app = fresh.start("serve", "--port", str(port), RIDNI_HTTPS="true")
    block = documented_configuration()
    for text, there in (
        ("listen 443 ssl", f"listen 127.0.0.1:{tls} ssl"),
        ("/etc/ssl/ridni.pem", str(pem)),
        ("/etc/ssl/ridni.key", str(pem.with_suffix(".key"))),
        ("ridni.example.org", "localhost"),
        ("127.0.0.1:8000", f"127.0.0.1:{port}"),
    ):
        assert text in block, text
        block = block.replace(text, there)
    temporary = "".join(
        f"{kind}_temp_path {folder};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    configuration = (
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ access_log off; {temporary} {block} }}\n"
    )
    (folder / "nginx.conf").write_text(configuration, encoding="utf-8")
    proxy = subprocess.Popen([program, "-p", str(folder), "-c", "nginx.conf"], stderr=subprocess.PIPE, text=True)
    try:
        wait_for(port, app)
        wait_for(tls, proxy)
        yield Served(port, tls, ssl.create_default_context(cafile=str(pem)))
    finally:
        for process in (proxy, app):
            process.terminate()
            process.wait(20)


def sign_in(served: Served, username: str, password: str, **headers: str) -> Any:
    """Send the sign-in form through nginx and return the answer."""
    answer, body = served.get("/login/")
    cookie = re.search(r"csrftoken=\w+", "; ".join(answer.headers.get_all("Set-Cookie")))
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', body.decode())
    assert cookie is not None and token is not None
    sent = urlencode({"username": username, "password": password, "csrfmiddlewaretoken": token.group(1)})
    common = {"Content_Type": "application/x-www-form-urlencoded", "Origin": f"https://localhost:{served.tls}"}
    return served.get("/login/", "POST", sent, Cookie=cookie.group(0), **common, **headers)[0]


def signed_in(served: Served) -> tuple[str, Any]:
    """Sign in and return the cookies and the answer."""
    answer = sign_in(served, "maria", PASSWORD)
    kept = [cookie.split(";")[0] for cookie in answer.headers.get_all("Set-Cookie") or []]
    return "; ".join(kept), answer


def test_behind_tls_the_page_is_there_and_not_led_to_itself(served):
    answer, body = served.get("/login/")
    assert answer.status == 200 and b"csrfmiddlewaretoken" in body
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert all("Secure" in cookie for cookie in answer.headers.get_all("Set-Cookie"))


def test_people_sign_in_and_work_through_the_proxy(served):
    cookies, answer = signed_in(served)
    assert answer.status == 302 and answer.headers["Location"] == "/"
    assert all("Secure" in cookie and "HttpOnly" in cookie for cookie in answer.headers.get_all("Set-Cookie")
               if cookie.startswith(("sessionid", "ridni_device")))  # fmt: skip
    home, body = served.get("/", Cookie=cookies)
    assert home.status == 200 and b"maria" in body


def test_a_plain_request_is_led_to_https_and_a_forged_header_from_elsewhere_is_not_believed(served):
    with contextlib.closing(served.plain()) as connection:
        connection.request("GET", "/login/")
        answer = connection.getresponse()
        assert answer.status == 301 and answer.headers["Location"].startswith("https://")


def test_a_caller_cannot_choose_the_address_under_which_failures_are_counted(served):
    """nginx writes the caller's own address; what the caller wrote before it is not taken."""
    for number in range(5):
        assert sign_in(served, "petro", "guess", X_Forwarded_For=f"203.0.113.{number}").status == 200
    assert sign_in(served, "petro", PASSWORD, X_Forwarded_For="203.0.113.77").status == 200
    assert sign_in(served, "maria", PASSWORD).status == 302


def test_answers_to_head_have_no_body(served):
    for path in ("/login/", "/static/review/review.css", "/nowhere/", "/api/v1/identities"):
        with contextlib.closing(socket.create_connection(("127.0.0.1", served.port), 30)) as line:
            line.sendall(f"HEAD {path} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-Proto: https\r\n\r\n".encode())
            line.settimeout(3)
            received = b""
            with contextlib.suppress(TimeoutError):
                while chunk := line.recv(65536):
                    received += chunk
        head, _, body = received.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 ") and body == b"", path


def test_pages_and_static_files_are_compressed_and_the_length_tells_nothing(served):
    answer, body = served.get("/login/", Accept_Encoding="gzip")
    assert answer.headers["Content-Encoding"] == "gzip" and b"csrfmiddlewaretoken" in gzip.decompress(body)
    lengths = {len(served.get("/login/", Accept_Encoding="gzip")[1]) for _ in range(12)}
    assert len(lengths) > 3  # padded at random, and the token is masked anew
    tokens = {re.search(rb'value="(\w{64})"', served.get("/login/")[1]).group(1) for _ in range(3)}
    assert len(tokens) == 3
    style, small = served.get("/static/review/review.css", Accept_Encoding="gzip")
    whole = served.get("/static/review/review.css")[1]
    assert style.headers["Content-Encoding"] == "gzip" and gzip.decompress(small) == whole
    assert len(small) < len(whole) / 2


@pytest.mark.parametrize("path", ["/login/", "/documents/add/", "/api/v1/identities", "/language/", "/nowhere/"])
def test_a_large_body_is_refused_before_it_is_sent(served, path):
    with contextlib.closing(socket.create_connection(("127.0.0.1", served.port), 30)) as line:
        size = 200 * 1024 * 1024
        line.sendall(f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {size}\r\n\r\n".encode())
        answer = line.recv(65536)
    assert answer.startswith(b"HTTP/1.1 413 ")
    with contextlib.closing(socket.create_connection(("127.0.0.1", served.port), 30)) as line:
        line.sendall(f"POST {path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        sent, chunk = 0, b"10000\r\n" + b"x" * 65536 + b"\r\n"
        with contextlib.suppress(OSError):
            for _ in range(100):
                line.sendall(chunk)
                sent += 65536
                line.setblocking(False)
                with contextlib.suppress(BlockingIOError):
                    if line.recv(1, socket.MSG_PEEK):
                        break
                line.setblocking(True)
        assert sent < 6_000_000


def test_a_browser_that_has_signed_in_may_send_a_document(served):
    cookies, _ = signed_in(served)
    assert "ridni_device=" in cookies
    size = 5 * 1024 * 1024
    with contextlib.closing(socket.create_connection(("127.0.0.1", served.port), 30)) as line:
        head = f"POST /documents/add/ HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-Proto: https\r\nCookie: {cookies}\r\n"
        line.sendall(f"{head}Content-Type: text/plain\r\nContent-Length: {size}\r\n\r\n".encode() + b"x" * size)
        assert b" 403 " in line.recv(65536).split(b"\r\n")[0]  # read whole, then refused by the page: no token


def half_open(served: Served, number: int, sent: bytes = b"GET / HTTP/1.1\r\nHost: loc") -> list[socket.socket]:
    lines = []
    for _ in range(number):
        line = socket.create_connection(("127.0.0.1", served.port), 30)
        with contextlib.suppress(OSError):
            line.sendall(sent)
        lines.append(line)
    return lines


@pytest.mark.parametrize("number", [110, 500])
@pytest.mark.parametrize(
    "sent", [b"", b"GET / HTTP/1.1\r\nHost: loc", b"POST /login/ HTTP/1.1\r\nContent-Length: 9\r\n\r\n"]
)
def test_half_open_connections_lock_nobody_out(served, number, sent):
    lines = half_open(served, number, sent)
    try:
        started = time.monotonic()
        assert served.get("/login/")[0].status == 200
        assert time.monotonic() - started < 15
    finally:
        for line in lines:
            line.close()


def test_a_connection_that_drips_is_closed_in_time(served):
    with contextlib.closing(socket.create_connection(("127.0.0.1", served.port), 30)) as line:
        started, closed = time.monotonic(), False
        line.sendall(b"GET /login/ HTTP/1.1\r\n")
        while time.monotonic() - started < 60 and not closed:
            line.settimeout(1)
            try:
                line.sendall(b"X-Drip: 1\r\n")
                closed = line.recv(1) == b""
            except TimeoutError:
                continue
            except OSError:
                closed = True
        assert closed and time.monotonic() - started < 45


def test_many_who_sign_in_at_once_keep_no_page_from_others(served):
    _, page = served.get("/login/")
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.decode()).group(1)
    answer, _ = served.get("/login/")
    cookie = re.search(r"csrftoken=\w+", "; ".join(answer.headers.get_all("Set-Cookie"))).group(0)
    _, page = served.get("/login/", Cookie=cookie)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.decode()).group(1)
    connections = []
    for number in range(24):
        connection = served.secure()
        body = urlencode({"username": f"person{number}", "password": "guess", "csrfmiddlewaretoken": token})
        headers = {
            "Cookie": cookie,
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": f"https://localhost:{served.tls}",
        }
        connection.request("POST", "/login/", body, headers)
        connections.append(connection)
    started = time.monotonic()
    assert served.get("/static/review/review.css")[0].status == 200
    took = time.monotonic() - started
    statuses = [connection.getresponse().status for connection in connections]
    for connection in connections:
        connection.close()
    assert set(statuses) <= {200, 503} and statuses.count(503) > 0 and statuses.count(200) > 0
    assert took < 3


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({}, "RIDNI_HTTPS=true and RIDNI_REQUIRE_MFA=true"),
        ({"RIDNI_HTTPS": "true"}, "RIDNI_REQUIRE_MFA=true"),
        ({"RIDNI_REQUIRE_MFA": "true"}, "RIDNI_HTTPS=true"),
    ],
)
@pytest.mark.parametrize("host", ["0.0.0.0", "::", ""])
def test_beyond_this_machine_it_listens_only_when_it_is_fit(other, more, named, host):
    options = ("--host", host) if host else ()
    environment = more if host else {**more, "RIDNI_HOST": "0.0.0.0"}
    refused = other("serve", *options, "--port", str(free_port()), code=1, **environment)
    assert named in refused.stderr and len(refused.stderr.strip().splitlines()) == 1
    if not more and host == "0.0.0.0":
        assert named in other("demo", code=1, RIDNI_HOST=host).stderr


def test_beyond_this_machine_it_starts_when_it_is_fit(served, fresh):
    port = free_port()
    started = fresh.start(
        "serve", "--host", "0.0.0.0", "--port", str(port), RIDNI_HTTPS="true", RIDNI_REQUIRE_MFA="true"
    )
    try:
        wait_for(port, started)
    finally:
        started.terminate()
        started.wait(20)


@pytest.mark.django_db
def test_a_role_that_owns_tables_reaches_no_other_machine():
    """The tests' own role owns the tables of their database; the program's owns none."""
    with pytest.raises(UserError, match="RIDNI_DATABASE_OWNER_URL"):
        serve.check_role()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE ridni_app")
        assert not roles.owns_tables()
        cursor.execute("RESET ROLE")


@pytest.mark.parametrize(
    ("host", "only_here"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("127.9.9.9", True), ("0.0.0.0", False), ("::", False)],
)
def test_what_is_this_machine_alone(host, only_here):
    assert serve.is_loopback(host) == only_here


@pytest.mark.parametrize(
    ("chosen", "scheme", "address"),
    [
        ({"https": True}, "https", "203.0.113.9"),
        ({"https": True, "trusted_proxy": "192.0.2.1"}, "http", "127.0.0.1"),
        ({"https": False}, "http", "127.0.0.1"),
    ],
)
def test_one_proxy_is_believed_and_only_behind_tls(chosen, scheme, address):
    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        kept = {name for name in environ if "FORWARDED" in name} if scheme == "http" else set()
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [f"{environ['wsgi.url_scheme']} {environ['REMOTE_ADDR']} {sorted(kept)}".encode()]

    port = free_port()
    (listening,) = server.servers(application, "127.0.0.1", port, Settings(**chosen))
    threading.Thread(target=listening.run, daemon=True).start()
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        forged = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.1, 203.0.113.9"}
        connection.request("GET", "/", headers=forged)
        assert connection.getresponse().read().decode() == f"{scheme} {address} []"
    listening.close()
    listening.task_dispatcher.shutdown()
