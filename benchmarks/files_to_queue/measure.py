"""The commands of one world in the order in which people give them, then the peers' scripts, all on one machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.files_to_queue import processes
from benchmarks.files_to_queue.processes import Cost
from benchmarks.files_to_queue.world import World
from benchmarks.linkage.measure import PACKAGES
from configs.settings import CONFIGS

ROOT = Path(__file__).parents[2]
PEERS = tuple(name for name in PACKAGES if name != "Ridni")
"""Whose whole scripts run beside, where they are installed."""


@dataclass(frozen=True)
class Step:
    """One command, or one whole script.

    Attributes:
        name: What it is.
        cost: What it took.
        parts: Seconds of its parts, of a peer's script.
    """

    name: str
    cost: Cost
    parts: dict[str, float]


@dataclass(frozen=True)
class Result:
    """One world.

    Attributes:
        reports: Missing children with a family report; `late` of them came when everything had been linked.
        figures: Records, candidates, and sizes in bytes once everything was done.
        steps: Commands and scripts in the order in which they ran.
        load: Load average of the machine before the first and behind the last.
    """

    reports: int
    late: int
    figures: dict[str, int]
    steps: tuple[Step, ...]
    load: tuple[float, float]


def run(world: World, folder: Path, *, late: int, peers: Sequence[str]) -> Result:
    """Run all commands in a home of their own, its database running, then the peers' scripts.

    Args:
        world: The delivered files.
        folder: For the home, logs and results.
        late: How many reports come late.
        peers: Which scripts run.
    """
    home = folder / "home"
    environment = os.environ | {"RIDNI_HOME": str(home), "PYTHONPATH": os.pathsep.join(_python_path())}
    environment |= {"DJANGO_SETTINGS_MODULE": "web.settings", "RIDNI_PREFECT_IDLE_MINUTES": "1"}
    ridni = [sys.executable, "-m", "pipelines.cli.main"]
    load = os.getloadavg()[0]
    steps = []

    def step(name: str, *arguments: str | Path) -> None:
        cost = processes.measure([*ridni, *map(str, arguments)], environment, folder / "log")
        steps.append(Step(name, cost, {}))
        _tell(world, steps[-1])

    with _held(environment):
        processes.become_reaper()
        for slug, files in world.files.items():
            step(f"ingest {slug}", "ingest", CONFIGS / "sources" / f"{slug}.yaml", *files)
        step("link", "link")
        step("link again", "link")
        step("link --again", "link", "--again")
        step("ingest late reports", "ingest", CONFIGS / "sources" / "family_reports.yaml", world.late)
        step("link --new", "link", "--new")
        step("export", "candidates", "export", folder / "candidates.csv")
        step("evaluate", "evaluate", world.truth)
        figures = _figures(environment)
        for peer in peers:
            steps.append(_peer(peer, world, folder, environment))
            _tell(world, steps[-1])
    return Result(world.reports, late, figures, tuple(steps), (round(load, 1), round(os.getloadavg()[0], 1)))


def _peer(peer: str, world: World, folder: Path, environment: dict[str, str]) -> Step:
    out = folder / f"{peer}.json"
    script = ["-W", "ignore", "-m", "benchmarks.files_to_queue.peer", peer, str(world.late.parent), str(out)]
    cost = processes.measure([sys.executable, *script], environment, folder / "log")
    parts: dict[str, float] = json.loads(out.read_text(encoding="utf-8"))
    return Step(f"{peer}, whole script", cost, parts)


def _tell(world: World, step: Step) -> None:
    cost = step.cost
    print(
        f"  {world.reports:,} reports, {step.name}: {cost.seconds:,.1f} s, CPU {cost.cpu_seconds:,.1f} s, "
        f"{cost.peak_mb:,.0f} MB",
        flush=True,
    )


def _python_path() -> list[str]:
    return [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]


@contextmanager
def _held(environment: dict[str, str]) -> Iterator[None]:
    """Keep the home's database running, as a serving review app does."""
    processes.become_reaper()
    command = [sys.executable, "-m", "benchmarks.files_to_queue.helper", "hold"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        if holder.stdout.readline().strip() != "ready":
            raise RuntimeError("the home's database did not start")
        try:
            yield
        finally:
            holder.terminate()


def _figures(environment: dict[str, str]) -> dict[str, int]:
    command = [sys.executable, "-m", "benchmarks.files_to_queue.helper", "figures"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return {name: int(value) for name, value in found.items()}
