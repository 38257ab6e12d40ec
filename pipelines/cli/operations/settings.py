"""`ridni settings`: what this deployment has chosen."""

from __future__ import annotations

from rich.table import Table

from pipelines.cli.console import out


def show() -> None:
    """Show each setting with its value, its environment variable and what it means; secrets stay hidden.

    Example: RIDNI_PORT=9000 ridni settings
    """
    from configs.settings import Settings, settings

    table = Table(title="Settings: environment, then ridni.toml, then defaults", title_justify="left")
    for column in ("variable", "value", "meaning"):
        table.add_column(column, overflow="fold")
    current = settings()
    for name, field in Settings.model_fields.items():
        value = getattr(current, name)
        mark = "" if name in current.model_fields_set else " (default)"
        table.add_row(f"RIDNI_{name.upper()}", f"{value}{mark}", field.description or "")
    out.print(table)
