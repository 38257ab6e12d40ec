"""The report of a run: a self-contained page for data people, without names unless asked for."""

from __future__ import annotations

from matching.report.clock import Step, StepClock
from matching.report.evaluation import render_evaluation
from matching.report.facts import KnownTruth, RunFacts
from matching.report.run import render_run

__all__ = ["KnownTruth", "RunFacts", "Step", "StepClock", "render_evaluation", "render_run"]
