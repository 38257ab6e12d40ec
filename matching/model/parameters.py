"""The parameters of a trained model, as a readable, versioned file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.comparisons import KINDS
from matching.errors import ModelError
from matching.spec import LinkageSpec

Floats = npt.NDArray[np.float64]
MODEL_VERSION = 2
_LARGEST_CLUSTER = 20


@dataclass(frozen=True)
class Space:
    """All pairs of two lists, or of the rows of one.

    Attributes:
        pairs: How many there are.
        expected: How many of them are expected to be one child.
        most: How many at the most.
    """

    pairs: float
    expected: float
    most: float

    @classmethod
    def between(cls, left: int, right: int, share: float) -> Space:
        """Return the space of two lists, of the smaller of which a share is expected to have a partner."""
        return cls(max(left * right, 1), share * min(left, right), min(left, right))

    @classmethod
    def within(cls, rows: int, share: float) -> Space:
        """Return the space of one list with an expected number of true pairs for each row, in clusters of any size."""
        pairs = max(rows * (rows - 1) / 2, 1)
        return cls(pairs, min(share * rows, pairs / 2), min(_LARGEST_CLUSTER * rows, pairs / 2))


@dataclass
class FieldParameters:
    """m and u probabilities of one field's levels, each summing to one within a stratum.

    Attributes:
        m: P(level | one child, field left alone), shape `(levels,)`.
        u: P(level | two unrelated children), shape `(levels,)`.
    """

    m: Floats
    u: Floats


@dataclass
class GroupModel:
    """The model of one pair of sources.

    Attributes:
        left, right: The sources' names.
        classes: Their source classes.
        share: Prior probability that a random pair of the two lists is one child.
        scenarios: Prior of each scenario, among pairs of one child (or per such pair, for look-alikes).
        fields: Parameters by field.
        pairs, iterations: What the model was trained on.
    """

    left: str
    right: str
    classes: tuple[str, str]
    share: float
    scenarios: dict[str, float]
    fields: dict[str, FieldParameters]
    pairs: int = 0
    iterations: int = 0

    @property
    def prior_odds(self) -> float:
        """log2 of the odds that a random pair of the two lists is one child."""
        return float(np.log2(self.share / (1 - self.share)))


@dataclass
class Model:
    """A trained model: one part for each pair of sources. Term frequencies belong to the records, not to the model."""

    spec_name: str
    spec_digest: str
    groups: dict[tuple[str, str], GroupModel] = field(default_factory=dict)

    def to_json(self) -> str:
        """Return the model as text; the same model gives the same bytes."""

        def plain(value: Any) -> Any:
            if isinstance(value, np.ndarray):
                return [round(float(x), 10) for x in value]
            if isinstance(value, tuple):
                return list(value)
            if isinstance(value, dict):
                return {k: plain(v) for k, v in value.items()}
            return round(value, 12) if isinstance(value, float) else value

        groups = [plain(asdict(group)) for _, group in sorted(self.groups.items())]
        content = {
            "model_version": MODEL_VERSION,
            "spec": self.spec_name,
            "spec_digest": self.spec_digest,
            "groups": groups,
        }
        return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"

    @classmethod
    def load(cls, path: Path, spec: LinkageSpec) -> Model:
        """Read a model and check that it fits the spec.

        Raises:
            ModelError: when the file is no model, or was made for another spec or version.
        """
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            version, name, digest = content["model_version"], content["spec"], content["spec_digest"]
        except (OSError, ValueError, KeyError, TypeError):
            raise ModelError("is not a model file", where=str(path), mend="Train one with `ridni link`") from None
        if (version, name, digest) != (MODEL_VERSION, spec.name, spec.digest):
            raise ModelError(
                f"was made for another version of a spec ({name} {str(digest)[:8]}, not {spec.name} {spec.digest[:8]})",
                where=str(path),
                mend="Train it again with `ridni link`",
            )
        model = cls(name, digest)
        for group in content["groups"]:
            fields = {f: FieldParameters(np.array(p["m"]), np.array(p["u"])) for f, p in group.pop("fields").items()}
            for f, parameters in fields.items():
                if f not in spec.fields or len(parameters.m) != len(KINDS[spec.fields[f].kind]().levels):
                    raise ModelError(
                        f"the field '{f}' has other levels in the spec", where=str(path), mend="Train it again"
                    )
            classes = tuple(group.pop("classes"))
            model.groups[group["left"], group["right"]] = GroupModel(fields=fields, classes=classes, **group)
        return model


@dataclass(frozen=True)
class LevelLayout:
    """How the levels of one field share parameters.

    Attributes:
        stratum: Stratum number of each level.
        tie: Position of the level that stands for each level's tie (itself when untied).
        prior: Prior m of each level, summing to one within its stratum.
    """

    stratum: npt.NDArray[np.int64]
    tie: npt.NDArray[np.int64]
    prior: Floats

    @classmethod
    @cache
    def of(cls, kind: str) -> LevelLayout:
        """Return the layout of a comparison kind."""
        levels = KINDS[kind]().levels
        strata = list(dict.fromkeys(level.stratum for level in levels))
        first_of: dict[str, int] = {}
        tie = [first_of.setdefault(level.tie, i) if level.tie else i for i, level in enumerate(levels)]
        layout = cls(
            np.array([strata.index(level.stratum) for level in levels]),
            np.array(tie),
            np.array([level.m for level in levels]),
        )
        return cls(layout.stratum, layout.tie, layout.shares(layout.prior))

    @classmethod
    def together(cls, layouts: Iterable[LevelLayout]) -> LevelLayout:
        """Return the layouts of several fields side by side, as of one field whose strata never meet."""
        stratum, tie, prior, strata, levels = [], [], [], 0, 0
        for layout in layouts:
            stratum.append(layout.stratum + strata)
            tie.append(layout.tie + levels)
            prior.append(layout.prior)
            strata, levels = int(stratum[-1].max()) + 1, levels + len(layout.tie)
        return cls(np.concatenate(stratum), np.concatenate(tie), np.concatenate(prior))

    @cached_property
    def ladders(self) -> tuple[npt.NDArray[np.int64], ...]:
        """Levels of each stratum from worst to best, one for each tie: their weights must rise."""
        own = self.tie == np.arange(len(self.tie))
        return tuple(np.flatnonzero((self.stratum == stratum) & own) for stratum in np.unique(self.stratum))

    def shares(self, counts: Floats) -> Floats:
        """Return counts as shares within each stratum; tied levels keep their own shares."""
        totals = np.bincount(self.stratum, weights=counts)[self.stratum]
        return counts / np.where(totals > 0, totals, 1.0)

    @cached_property
    def _ties(self) -> Floats:
        return np.equal(self.tie[:, None], self.tie).astype(np.float64)

    def pooled(self, values: Floats) -> Floats:
        """Return each level's value summed over its tie, `(…, levels)`: tied levels weigh the same."""
        return np.asarray(values @ self._ties, dtype=np.float64)


def layouts_of(spec: LinkageSpec) -> dict[str, LevelLayout]:
    """Return the level layout of each field."""
    return {name: LevelLayout.of(field.kind) for name, field in spec.fields.items()}
