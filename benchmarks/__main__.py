"""`python -m benchmarks`: runs every benchmark of this folder, one after another."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path


def found() -> dict[str, Callable[[list[str]], int]]:
    """Return the benchmarks by name: every package beside this file whose `__main__` has a `main(argv)`."""
    folders = sorted(path.parent.name for path in Path(__file__).parent.glob("*/__main__.py"))
    mains = {name: getattr(import_module(f"benchmarks.{name}.__main__"), "main", None) for name in folders}
    return {name: main for name, main in mains.items() if main is not None}


def main(argv: list[str] | None = None) -> int:
    """Run the benchmarks asked for, all by default; the first failure decides the exit code."""
    known = found()
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which ones (default: all of {', '.join(known)})")
    parser.add_argument("--quick", action="store_true", help="small samples: a check that all runs, not a measurement")
    parser.add_argument("--out", type=Path, help="folder for the reports (default: benchmarks/results)")
    given = parser.parse_args(argv)
    unknown = [name for name in given.names if name not in known]
    if unknown:
        parser.error(f"no benchmark named {', '.join(unknown)}; there are {', '.join(known)}")
    passed = [*(["--quick"] if given.quick else []), *(["--out", str(given.out)] if given.out else [])]
    worst = 0
    for name in given.names or known:
        started = time.monotonic()
        print(f"== {name}", flush=True)
        worst = worst or known[name](passed)
        print(f"== {name}: {time.monotonic() - started:.0f} s", flush=True)
    return worst


if __name__ == "__main__":
    sys.exit(main())
