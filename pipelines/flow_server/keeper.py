"""The process of the local Prefect server: starts it, says where it listens, and ends it when it stays unused.

Run as `python -m pipelines.flow_server.keeper FOLDER IDLE_MINUTES` by `pipelines.flow_server.server`.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from configs import process_guard
from pipelines.flow_server.door import SERVICES_OFF, Door
from pipelines.flow_server.server import START_SECONDS, Running, announce, find, take_charge, unused

if TYPE_CHECKING:
    import uvicorn

_POLL_SECONDS = 1.0


def main(folder: Path, idle_minutes: float) -> int:
    """Be the server of a folder until nobody has used it for `idle_minutes`, its home goes away, or a signal comes."""
    until = time.monotonic() + START_SECONDS
    while (charge := take_charge(folder)) is None:
        if find(folder) is not None:
            return 0  # another process was quicker
        if time.monotonic() > until:
            return 1
        time.sleep(0.1)
    secret = secrets.token_urlsafe(32)
    os.environ.pop("PREFECT_API_URL", None)
    os.environ.update(SERVICES_OFF)
    os.environ.update(
        {
            "PREFECT_SERVER_API_AUTH_STRING": secret,
            "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": "",
            "PREFECT_SERVER_UI_ENABLED": "false",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_API_BLOCKS_REGISTER_ON_START": "false",
            "PREFECT__SERVER_EPHEMERAL": "1",
            "PREFECT__SERVER_FINAL": "1",
        }
    )
    import uvicorn
    from prefect.server.api.server import create_app

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/api"
        config = uvicorn.Config(Door(create_app()), lifespan="on", log_level="warning", server_header=False)
        running = Running(url=url, secret=secret, pid=os.getpid())
        try:
            asyncio.run(_serve(uvicorn.Server(config), listener, folder, idle_minutes, running))
        finally:
            (folder / "server.json").unlink(missing_ok=True)
            os.close(charge)
    return 0


async def _serve(
    server: uvicorn.Server, listener: socket.socket, folder: Path, idle_minutes: float, running: Running
) -> None:
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started and not serving.done():
        await asyncio.sleep(0.05)
    if not serving.done():
        announce(folder, running)
    used = time.monotonic()
    while not serving.done():
        await asyncio.wait([serving], timeout=_POLL_SECONDS)
        if not (folder / "users").exists():
            break
        with unused(folder) as free:
            if not free:
                used = time.monotonic()
            elif time.monotonic() - used > idle_minutes * 60:
                (folder / "server.json").unlink(missing_ok=True)  # before anybody may begin to use it
                break
    server.should_exit = True
    await serving


if __name__ == "__main__":
    process_guard.guard()
    raise SystemExit(main(Path(sys.argv[1]), float(sys.argv[2])))
