"""The notebook on thresholds runs on a person's own verdicts after one cell is changed."""

from __future__ import annotations

from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "notebooks" / "choosing_a_threshold.ipynb"


def write(folder: Path, count: int = 400) -> tuple[Path, Path]:
    """Candidates as `ridni candidates export` writes them, and verdicts on those that people would be shown."""
    rng = np.random.default_rng(6)
    weight = rng.normal(8, 6, count)
    probability = 1 / (1 + np.exp2(-(weight - 8)))
    frame = pd.DataFrame(
        {
            "left_source": "reports",
            "left_key": [f"00{i}" for i in range(count)],
            "right_source": np.where(np.arange(count) % 2, "cards", "register"),
            "right_key": [f"c{i}" for i in range(count)],
            "weight": weight,
            "probability": probability,
            "scenario": "plain",
        }
    )
    judged = frame[frame["probability"] > 0.05].drop(columns=["weight", "probability", "scenario"])
    said = rng.random(len(judged)) < frame.loc[judged.index, "probability"]
    frame.to_csv(folder / "candidates.csv", index=False)
    judged.assign(verdict=np.where(said, "same", "different")).to_csv(folder / "verdicts.csv", index=False)
    return folder / "candidates.csv", folder / "verdicts.csv"


@pytest.mark.slow
def test_it_runs_on_own_verdicts(tmp_path):
    candidates, verdicts = write(tmp_path)
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    cell = next(cell for cell in notebook.cells if cell.source.startswith("# Your own work"))
    for name, value in (("CANDIDATES", str(candidates)), ("VERDICTS", str(verdicts)), ("SOUGHT", 800)):
        assert f"{name} = None" in cell.source
        cell.source = cell.source.replace(f"{name} = None", f"{name} = {value!r}")
    NotebookClient(notebook, timeout=240, kernel_name="python3", resources={"metadata": {"path": str(ROOT)}}).execute()
    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    text = "".join(output.get("text", "") for output in shown)
    assert sum("image/png" in output.get("data", {}) for output in shown) == 5
    assert "400 candidates for 800 sought records" in text
    assert "of 100 pairs that people have confirmed" in text
    assert "platt, from" in text
