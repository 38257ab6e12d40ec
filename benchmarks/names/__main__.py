"""`python -m benchmarks.names`."""

from __future__ import annotations

import sys

from benchmarks.names import main

if __name__ == "__main__":
    sys.exit(main())
