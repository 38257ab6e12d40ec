"""Held against known truth: scores, thresholds, intervals."""

from matching.evaluation.known_truth import Evaluation, Score, evaluate, read_truth, true_pairs

__all__ = ["Evaluation", "Score", "evaluate", "read_truth", "true_pairs"]
