"""`ridni demo`: a fictional world from files to verified identities, on one machine, in a few minutes."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from pipelines.cli import startup
from pipelines.cli.console import UserError, out, progress, thousands
from pipelines.cli.matches import candidates
from pipelines.cli.operations import serve

# Patterns of the files of each source, in the order in which they are ingested; a large world splits some lists.
_FILES: dict[str, tuple[str, ...]] = {
    "family_reports": ("family_reports.csv",),
    "authority_register": ("authority_register.xlsx",),
    "transfer_lists": ("transfer_lists*.xlsx",),
    "adoption_cards": ("adoption_cards_*.html",),
    "citizenship_list": ("citizenship_list.csv",),
    "telegram_posts": ("telegram/result.json",),
    "media_clippings": ("media_clippings.csv",),
}
_PEOPLE = (
    ("verifier1", "verifier", "uk"),
    ("verifier2", "verifier", "en"),
    ("adjudicator", "adjudicator", "uk"),
    ("lead", "lead", "uk"),
    ("data", "data", "uk"),
    ("auditor", "auditor", "uk"),
    ("admin", "admin", "uk"),
    ("hotline", "hotline", "uk"),
)
_CASE_SYSTEM = "demo-case-system"
_SEES_LOCATION = frozenset({"adjudicator", "lead"})
"""Verifiers of the demo see that a field is withheld; where a child is now is shown to these."""


@dataclass
class DemoState:
    """What the demo has done in this home, kept so that a second run is quick.

    Attributes:
        children, cards, seed: The world.
        passwords: Of the demo accounts, by name.
        token: Of the case system.
        finished: Steps done.
    """

    path: Path
    children: int
    cards: int
    seed: int
    passwords: dict[str, str]
    token: str
    finished: list[str]

    @classmethod
    def load(cls, path: Path) -> DemoState | None:
        """Return the state of an earlier run in this home."""
        try:
            return cls(path=path, **json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def save(self) -> None:
        """Write the state whole or not at all."""
        content = {name: value for name, value in vars(self).items() if name != "path"}
        draft = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        draft.write_text(json.dumps(content), encoding="utf-8")
        draft.replace(self.path)

    def todo(self, step: str) -> bool:
        """Tell whether a step is still to be done."""
        return step not in self.finished

    def done(self, step: str) -> None:
        """Note that a step is done."""
        self.finished.append(step)
        self.save()


def demo(
    children: Annotated[
        int, typer.Option(help="Missing children with a family report.", min=100, max=1_000_000)
    ] = 1_000,
    cards: Annotated[int, typer.Option(help="Adoption cards of unrelated children.", min=0, max=5_000_000)] = 10_000,
    seed: Annotated[int, typer.Option(help="Another number gives another world.")] = 7,
    serve_app: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve the review app at the end.")] = True,
    port: Annotated[int, typer.Option(help="Port of the review app; unset: the setting RIDNI_PORT.")] = 0,
) -> None:
    """Write a fictional world as files, ingest and link it, show what was found, and serve the review app.

    What was found is held against the known truth. A second run reuses what is there. The demo has a home of its own
    (RIDNI_HOME, ./.ridni unless set) and never works among real data.

    Example: ridni demo --no-serve --children 500
    """
    from configs.settings import settings

    host, port = settings().host, port or settings().port
    if serve_app:
        serve.check_exposure(host)
        serve.check_port(host, port)
    state = _state(settings().folder("demo") / "state.json", children, cards, seed)
    world = settings().folder("demo") / "world"
    _write_world(state, world)
    _fill(state, world)
    _found(world)
    _accounts(state, host, port)
    if serve_app:
        serve.run(host, port)


def _state(path: Path, children: int, cards: int, seed: int) -> DemoState:
    state = DemoState.load(path)
    if state is None:
        startup.database()
        from registry.linkage import records

        if records.count_current():
            raise UserError(
                "this home holds records already, and the demo makes accounts whose passwords are printed; "
                "give it a home of its own: RIDNI_HOME=/tmp/ridni-demo ridni demo"
            )
        passwords = {name: secrets.token_urlsafe(12) for name, _, _ in _PEOPLE}
        state = DemoState(path, children, cards, seed, passwords, "", [])
        state.save()
    elif (state.children, state.cards, state.seed) != (children, cards, seed):
        raise UserError(
            f"this home holds a demo of {state.children} children, {state.cards} cards, seed {state.seed}; "
            "for another world set RIDNI_HOME to another folder, or remove this one"
        )
    return state


def _write_world(state: DemoState, world: Path) -> None:
    if not state.todo("world"):
        return
    from synthetic.lists import write_world

    with progress("Writing a fictional world") as tell:
        summary = write_world(
            world,
            children=state.children,
            cards=state.cards,
            seed=state.seed,
            progress=lambda done, total: tell("families", done, total),
        )
    state.done("world")
    rows = ", ".join(f"{thousands(count)} {slug}" for slug, count in summary.rows.items())
    out.print(f"A fictional world of {thousands(state.children)} missing children: {rows}.")


def _fill(state: DemoState, world: Path) -> None:
    """Ingest the lists and link them, each step once."""
    files = {f"{slug}: {file.name}": (slug, file) for slug, file in _files(world)}
    if not any(state.todo(step) for step in (*files, "link", "accounts")):
        out.print("The world was ingested and linked by an earlier run; nothing to do again.")
        return
    startup.flows()
    with progress("Demo") as tell:
        for number, (step, (slug, file)) in enumerate(files.items()):
            tell("lists ingested", number, len(files))
            if state.todo(step):
                counts = _ingest(slug, file)
                state.done(step)
                out.print(
                    f"  {step}: {thousands(counts['rows_read'])} rows, {thousands(counts['records_new'])} new records, "
                    f"{thousands(counts['records_changed'])} changed, {thousands(counts['quarantined'])} quarantined"
                )
        tell("lists ingested", len(files), len(files))
    if state.todo("link"):
        _link()
        state.done("link")
    if state.todo("accounts"):
        _make_accounts(state)
        state.done("accounts")


def _files(world: Path) -> Iterator[tuple[str, Path]]:
    for slug, patterns in _FILES.items():
        for pattern in patterns:
            for file in sorted((world / "lists").glob(pattern)):
                yield slug, file


def _ingest(slug: str, file: Path) -> dict[str, Any]:
    from configs.settings import CONFIGS
    from pipelines.flows.ingest import ingest
    from pipelines.ingestion import jobs
    from registry.evidence.custody import CollectionFacts
    from sources.description.load import load_config

    config_path = CONFIGS / "sources" / f"{slug}.yaml"
    collected = CollectionFacts.stated("written by the demo", "a fictional world")
    job = jobs.prepare(load_config(config_path), config_path, file, collected)
    return ingest(job.id)


def _link() -> None:
    from pipelines.flows import progress as flow_progress
    from pipelines.flows.link import link

    with progress("Linking") as tell, flow_progress.listening(tell):
        outcome = link()
    assert outcome is not None  # a run over everything always ends with one
    out.print(
        f"Linked: {thousands(outcome.records)} records, {thousands(outcome.compared)} pairs compared, "
        f"{thousands(outcome.candidates.proposed)} candidates proposed."
    )


def _make_accounts(state: DemoState) -> None:
    """Make what is missing of the demo accounts and the token; a run that was cut off here can be run again."""
    from registry.access import accounts, consumers, tokens
    from registry.models import User

    for name, role, language in _PEOPLE:
        if name in state.passwords and not User.objects.filter(username=name).exists():
            accounts.add(name, state.passwords[name], role, language, sees_location=name in _SEES_LOCATION)
    if not state.token:
        if not any(one.consumer.name == _CASE_SYSTEM for one in consumers.listing()):
            lead = User.objects.filter(role="lead").first()
            auditor = User.objects.filter(role="auditor").first()
            assert lead is not None and auditor is not None
            asked = consumers.ask(lead, _CASE_SYSTEM, "case_management", "the demo: everything is fictional")
            consumers.decide(auditor, asked.pk, allowed=True)
        tokens.revoke(_CASE_SYSTEM)
        state.token = tokens.issue(_CASE_SYSTEM)
        state.save()


def _found(world: Path) -> None:
    out.print("\nWhat was found, held against the truth that the matcher never saw:\n")
    result, known = candidates.held_against(world / "truth.csv")
    candidates.show(result)
    page = candidates.write_report(result, known, world / "truth.csv")
    out.print(f"\nAs a page with charts, beside the run's own report.html:\n  {page}\n", soft_wrap=True)


def _accounts(state: DemoState, host: str, port: int) -> None:
    table = Table(title="Demo accounts (this home only)", title_justify="left", box=None, header_style="bold")
    for column in ("sign in as", "role", "language", "password"):
        table.add_column(column)
    for name, role, language in _PEOPLE:
        if name in state.passwords:
            table.add_row(name, role, language, state.passwords[name])
    out.print(table)
    out.print(
        "\nCase system: identities that two people have verified\n"
        f"  curl -H 'Authorization: Bearer {state.token}' http://{host}:{port}/api/v1/identities\n",
        soft_wrap=True,
    )
