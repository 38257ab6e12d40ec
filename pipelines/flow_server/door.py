"""What the local Prefect server lets in: what a flow needs to say, and what a person may read of runs. Nothing else.

Prefect's server can do far more: automations, webhook blocks, work pools, deployments. Each of them can make the server
call an address or start a program, and none is needed on one machine. So everything is refused but the list below,
beside Prefect's own check of the secret; the background services that act (triggers, actions, schedules, telemetry) are
off. A team's own server (`PREFECT_API_URL`) is not touched by this.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_ID = r"[0-9a-f-]{36}"
_ALLOWED = re.compile(
    "|".join(
        (
            r"GET /api/(health|version|csrf-token|admin/(version|storage))",
            rf"(GET|PATCH) /api/flow_runs/{_ID}",
            r"(POST|GET) /api/(flows|flow_runs|task_runs|logs)/(filter|count|paginate)",
            r"POST /api/(flows|flow_runs|task_runs|logs)/",
            rf"POST /api/(flow|task)_runs/{_ID}/set_state",
            rf"GET /api/(flows|task_runs|flow_run_states|task_run_states)/({_ID}|name/[^/]+)?",
            r"WEBSOCKET /api/events/in",
        )
    )
)

SERVICES_OFF = {
    # Prefect's names for what acts by itself; only the recorder of task runs is left.
    f"PREFECT_SERVER_SERVICES_{name}_ENABLED": "false"
    for name in (
        "CANCELLATION_CLEANUP",
        "CLEANUP_RECONCILER",
        "EVENT_LOGGER",
        "EVENT_PERSISTER",
        "FOREMAN",
        "LATE_RUNS",
        "PAUSE_EXPIRATIONS",
        "REPOSSESSOR",
        "SCHEDULER",
        "TRIGGERS",
    )
}


class Door:
    """An ASGI application in front of Prefect's that passes on what the list allows."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it with 403: also whatever a page of a browser sends."""
        if scope["type"] == "lifespan" or self._lets_in(scope):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            await send({"type": "http.response.start", "status": 403, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body", "body": b""})

    @staticmethod
    def _lets_in(scope: Scope) -> bool:
        if any(name == b"origin" for name, _ in scope["headers"]) and scope["type"] == "http":
            return False
        asked = f"{scope.get('method', 'WEBSOCKET')} {scope['path']}"
        return _ALLOWED.fullmatch(asked) is not None
