"""Static files: compressed ones from the home when they are there, else straight from the packages."""

from __future__ import annotations

from pathlib import Path

from django.core.management import call_command
from whitenoise.middleware import WhiteNoiseMiddleware

from configs.settings import settings


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]
    """Serves what `lay_out` has laid out; without it, what the packages hold."""

    def add_files(self, root: str, prefix: str | None = None) -> None:
        """Add the files below a folder that exists."""
        if Path(root).is_dir():
            super().add_files(root, prefix)

    def add_files_from_finders(self) -> None:
        """Add what the packages hold, where nothing is laid out."""
        if not self.files:
            super().add_files_from_finders()


def lay_out() -> None:
    """Copy the static files to the home, each with a compressed twin; what is there and unchanged stays."""
    settings().folder("static")
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
