"""The process that keeps the local Prefect server: starts it, says where it listens, and ends it when it stays unused.

Run as `python -m pipelines.flow_server.keeper FOLDER IDLE_MINUTES` by `pipelines.flow_server.server`.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from configs import process_guard
from pipelines.flow_server.server import START_SECONDS, answers

_POLL_SECONDS = 1.0


def free_port() -> int:
    """Return a port of the loopback that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def keep(folder: Path, idle_minutes: float) -> int:
    """Run the server until it is unused for `idle_minutes`, its home goes away, or this process is told to stop."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/api"
    server = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "prefect",
            "server",
            "start",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--no-ui",
            "--analytics-off",
        ],
        stdin=subprocess.DEVNULL,
    )
    stopping = False

    def stop(signum: int, frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    state = folder / "server.json"
    try:
        until = time.monotonic() + START_SECONDS
        while not answers(url):
            if server.poll() is not None or time.monotonic() > until or stopping:
                return 1
            time.sleep(0.2)
        draft = folder / f"server.json.{os.getpid()}"
        draft.write_text(json.dumps({"url": url, "pid": os.getpid()}))
        draft.replace(state)
        while not stopping and server.poll() is None:
            try:
                idle = time.time() - (folder / "used").stat().st_mtime
            except OSError:
                break
            if idle > idle_minutes * 60:
                break
            time.sleep(_POLL_SECONDS)
        return 0
    finally:
        state.unlink(missing_ok=True)
        server.terminate()
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()


if __name__ == "__main__":
    process_guard.guard()
    raise SystemExit(keep(Path(sys.argv[1]), float(sys.argv[2])))
