"""Linking on a Dask cluster: one setting, `dask_address`, takes the slices of pairs from this machine to others.

Names of children travel to the workers, so the way to any machine but this one must be encrypted.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from configs.settings import Settings, settings
from matching.engine.backend import Backend
from matching.errors import ClusterError

if TYPE_CHECKING:
    from distributed import Client
    from distributed.security import Security
    from prefect_dask.task_runners import DaskTaskRunner


_PATIENCE_SECONDS = 5.0


class DaskBackend:
    """The workers of a Dask cluster, as a backend of the linker.

    Args:
        client: Connected to the cluster's scheduler.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    def share(self, value: Any) -> Any:
        """Send a value to all workers."""
        return self._client.scatter(value, broadcast=True, hash=False)  # type: ignore[no-untyped-call]

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Start a call on some worker; results stay there until somebody asks for them."""
        return self._client.submit(function, *arguments, pure=False)

    def results(self, handles: Sequence[Any]) -> Iterator[Any]:
        """Yield the results in order."""
        return (handle.result() for handle in handles)


def task_runner() -> DaskTaskRunner | None:
    """Return what the link flow runs on: the cluster of `dask_address`, or None for this machine.

    Raises:
        ClusterError: The address is not safe, or the extra packages are missing.
    """
    chosen = settings()
    if chosen.dask_address is None:
        return None
    _refuse_open_way(chosen.dask_address, chosen)
    try:
        from prefect_dask.task_runners import DaskTaskRunner
    except ImportError:
        raise ClusterError(
            "linking on a cluster needs more packages", where="dask_address", mend="pip install 'ridni[dask]'"
        ) from None
    return DaskTaskRunner(address=chosen.dask_address, client_kwargs={"security": _security(chosen)})


@contextmanager
def backend() -> Iterator[Backend | None]:
    """Give the backend of the running flow: the cluster that it was started on, or None for this machine."""
    if settings().dask_address is None:
        yield None
        return
    from prefect.context import FlowRunContext
    from prefect_dask.utils import get_dask_client

    running = FlowRunContext.get()
    assert running is not None
    _ = cast("DaskTaskRunner", running.task_runner).client  # connects; until then nobody can ask for a client
    with get_dask_client() as client:
        yield DaskBackend(client)


def check() -> None:
    """Make sure that a scheduler answers under `dask_address`, where it is set.

    Raises:
        ClusterError: None does, or the address is not safe.
    """
    address = settings().dask_address
    if address is None:
        return
    _refuse_open_way(address, settings())
    parts = urlsplit(address)
    try:
        socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=_PATIENCE_SECONDS).close()
    except OSError as error:
        raise ClusterError(
            f"no scheduler answers under {address} ({type(error).__name__})",
            where="dask_address",
            mend="Start the cluster, or unset dask_address to link on this machine",
        ) from None


def _refuse_open_way(address: str, chosen: Settings) -> None:
    parts = urlsplit(address)
    if parts.scheme not in ("tcp", "tls") or not parts.hostname or not parts.port:
        raise ClusterError(
            f"'{address}' is no address of a scheduler",
            where="dask_address",
            mend="It looks like tls://scheduler.example:8786",
        )
    if parts.scheme == "tcp" and not _is_loopback(parts.hostname):
        raise ClusterError(
            "names would travel unencrypted to another machine",
            where="dask_address",
            mend="Use a tls:// address with dask_tls_ca, dask_tls_cert and dask_tls_key",
        )
    if parts.scheme == "tls" and not (chosen.dask_tls_ca and chosen.dask_tls_cert and chosen.dask_tls_key):
        raise ClusterError(
            "a tls:// address needs certificates",
            where="dask_address",
            mend="Set dask_tls_ca, dask_tls_cert and dask_tls_key",
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _security(chosen: Settings) -> Security | None:
    if chosen.dask_tls_ca is None:
        return None
    from distributed.security import Security

    return Security(  # type: ignore[no-untyped-call]
        tls_ca_file=str(chosen.dask_tls_ca),
        tls_client_cert=str(chosen.dask_tls_cert),
        tls_client_key=str(chosen.dask_tls_key),
        require_encryption=True,
    )
