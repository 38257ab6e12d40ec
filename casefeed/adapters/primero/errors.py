"""What a Primero server refuses; no message quotes what was sent, because that may be a name."""

from __future__ import annotations

from registry.errors import RegistryError


class PrimeroRefused(RegistryError):
    """The server cannot be used as it is: sign-in, rights, forms or address; nothing more is tried."""


class PrimeroFault(RegistryError):
    """One request came to nothing: this identity is left for the next time."""

    def __init__(self, status: int, where: str, detail: str = "") -> None:
        what = f"Primero answered {status}" if status else "Primero gave no answer"
        super().__init__(f"{what}{': ' + detail if detail else ''}", where, "It is tried again the next time")
        self.status = status
