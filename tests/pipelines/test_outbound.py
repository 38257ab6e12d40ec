"""No process of Ridni speaks to anything but this machine: all are watched as they run, and the suite runs cut off."""

from __future__ import annotations

import ipaddress
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

OFFLINE = Path(__file__).parents[2] / "tools" / "offline"
WATCHED = "trace=connect,sendto,sendmsg,sendmmsg"
CONNECT_OUT = "import socket; s = socket.socket(); s.settimeout(0.2); s.connect(('192.0.2.1', 80))"
DATAGRAM_OUT = "import socket; socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).sendto(b'x', ('2001:db8::1', 53))"
_ADDRESS = re.compile(r'inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"|path=(@?"[^"]*")')


def addresses(trace: Path) -> tuple[int, set[str]]:
    """Return how often processes named an address to the kernel, and the addresses that are not of this machine."""
    named, outside = 0, set()
    for line in trace.read_text(errors="replace").splitlines():
        for v4, v6, unix in _ADDRESS.findall(line):
            named += 1
            if unix:
                continue
            address = ipaddress.ip_address(v4 or v6)
            mapped = getattr(address, "ipv4_mapped", None) or address
            if not mapped.is_loopback:
                outside.add(line.split(" ", 1)[1])
    return named, outside


def watching(trace: Path, *command: str | Path) -> list[str]:
    """Return a command that writes each address that its processes, and theirs, name to the kernel."""
    strace = shutil.which("strace")
    assert strace, "strace watches the processes; Debian's package of that name"
    return [strace, "-f", "--seccomp-bpf", "-qq", "-s", "16", "-e", WATCHED, "-o", str(trace), *map(str, command)]


@pytest.mark.parametrize("code", [CONNECT_OUT, DATAGRAM_OUT])
def test_the_watch_sees_a_process_that_speaks_out(tmp_path, code):
    grandchild = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {code!r}])"
    subprocess.run(watching(tmp_path / "trace", sys.executable, "-c", grandchild), capture_output=True, check=False)
    assert addresses(tmp_path / "trace")[1]


LIFE = """
set -e
ridni() { "$PYTHON" -m pipelines.cli.main "$@"; }
trap 'ridni stop' EXIT  # the watch ends with the last process, whatever happens
ridni demo --no-serve --children 100 --cards 0
"$PYTHON" -m pipelines.cli.main serve --port "$PORT" &
"$PYTHON" -c "$LOOK"
kill $!
"""
LOOK = """
import os, time, urllib.request
until = time.monotonic() + 100
while time.monotonic() < until:
    try:
        page = urllib.request.urlopen(f"http://127.0.0.1:{os.environ['PORT']}/login/", timeout=30).read()
        break
    except OSError:
        time.sleep(0.2)
assert b"</html>" in page
"""


def test_a_whole_demo_speaks_to_this_machine_alone(other, tmp_path):
    """From files to the review app, with the database and the flow server that it starts, until all have ended."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    environment = other.environment() | {"PYTHON": sys.executable, "PORT": port, "LOOK": LOOK}
    command = watching(tmp_path / "trace", "bash", "-c", LIFE)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, done.stderr
    named, outside = addresses(tmp_path / "trace")
    assert not outside
    assert named >= 20, "the watch has seen the database and the flow server spoken to"


def test_cut_off_there_is_this_machine_and_nothing_else():
    """`make test` runs the suite under tools/offline."""
    said = subprocess.run(
        [OFFLINE, "--strict", sys.executable, "-c", f"{SELF}\n{CONNECT_OUT}"],
        capture_output=True,
        text=True,
        check=False,
    )
    if said.returncode == 77:
        pytest.skip(said.stderr)
    assert "reached myself" in said.stdout
    assert "Network is unreachable" in said.stderr


SELF = """
import socket
with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
    print("reached myself")
"""
