"""The role of a name: surname, given name or patronymic."""

from __future__ import annotations

from typing import Literal

Role = Literal["surname", "given", "patronymic"]
