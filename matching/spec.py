"""The linkage spec: what a data person writes to say how two records are compared, blocked and scored."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from matching.comparisons import KINDS
from matching.errors import SpecError
from matching.keys import KEYS


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FieldSpec(_Strict):
    """How one column is compared."""

    kind: str = Field(
        description="One of the comparison kinds: surname, given, patronymic, date, place, category, string …"
    )
    subsumed_by: str | None = Field(
        None, description="A field whose agreement already implies this one: only a difference counts then."
    )
    weight: Annotated[float, Field(gt=0, le=1)] = Field(
        1.0, description="Share of the field's bits that counts, for a field that depends on others (1 = all)."
    )
    max_bits_against: Annotated[float, Field(gt=0)] = Field(
        12.0, description="The most that one difference may speak against a pair: clerks err in every field."
    )

    @field_validator("kind")
    @classmethod
    def _known_kind(cls, kind: str) -> str:
        if kind not in KINDS:
            raise ValueError(f"unknown kind '{kind}'; there are {', '.join(sorted(KINDS))}")
        return kind


class BlockingSpec(_Strict):
    """Which pairs are looked at at all."""

    rules: tuple[tuple[str, ...], ...] = Field(
        min_length=1, description="Each rule is a list of keys `field.key` that must all agree."
    )
    max_bucket_pairs: int = Field(
        200_000, ge=1, description="A bucket that would give more pairs than this is skipped and reported."
    )


class ScenarioSpec(_Strict):
    """One way in which the record of a child may have been altered, or in which two children look alike."""

    prior: Annotated[float, Field(gt=0, le=1)] = Field(
        description="Share of pairs of one child (or, with match: false, per such pair)."
    )
    match: bool = Field(True, description="False for a look-alike, such as a brother or sister: two children, not one.")
    replaced: tuple[str, ...] = Field((), description="Fields that were replaced: whether they agree says nothing.")
    levels: dict[str, dict[str, float]] = Field(
        default_factory=dict, description="Fields with levels of their own under this scenario, as shares."
    )
    by_class: dict[str, float] = Field(
        default_factory=dict, description="Prior for pairs in which one side is of this source class."
    )


class LabelSpec(_Strict):
    """A finer name for a plain pair, chosen by the levels seen; first rule that fits wins."""

    name: str
    any_level: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="Some field has one of these levels."
    )
    absent: tuple[str, ...] = Field((), description="These fields are unknown on one side.")


class TrainingSpec(_Strict):
    """How the model learns."""

    random_pairs: int = Field(
        60_000, ge=1_000, description="Random pairs of two sources from which their u probabilities are estimated."
    )
    iterations: int = Field(25, ge=0, description="Most EM iterations.")
    prior_strength: float = Field(
        60.0, gt=0, description="Pseudo-pairs that hold the m probabilities near the comparison's priors."
    )
    expected_share: Annotated[float, Field(gt=0, le=1)] = Field(
        0.3, description="Share of the smaller list expected to have a partner."
    )
    tolerance: float = Field(1e-4, gt=0, description="EM stops when no m probability moves by more than this.")


class CompetitionSpec(_Strict):
    """How candidates for one record compete: a report mostly has one partner in a list."""

    repeat_share: Annotated[float, Field(ge=0, le=1)] = Field(
        0.02, description="How often a child is truly in one list twice."
    )


class StoreSpec(_Strict):
    """Which scored pairs become candidates."""

    min_probability: Annotated[float, Field(ge=0, le=1)] = 0.02
    per_record: int = Field(
        5, ge=1, description="The best so many partners of a record in each source are kept even below that."
    )
    floor_probability: Annotated[float, Field(ge=0, le=1)] = Field(1e-4, description="Nothing below this is ever kept.")


class LinkageSpec(_Strict):
    """A whole spec."""

    version: Literal[1]
    name: str
    seed: int = 1
    fields: dict[str, FieldSpec] = Field(min_length=1)
    blocking: BlockingSpec
    scenarios: dict[str, ScenarioSpec] = Field(min_length=1)
    labels: tuple[LabelSpec, ...] = ()
    training: TrainingSpec = TrainingSpec()
    competition: CompetitionSpec = CompetitionSpec()
    store: StoreSpec = StoreSpec()

    @model_validator(mode="after")
    def _references_hold(self) -> LinkageSpec:
        for where, name in self._named_fields():
            if name not in self.fields:
                raise ValueError(f"{where} names the field '{name}', which is not under fields")
        for rule in self.blocking.rules:
            if not rule:
                raise ValueError("a blocking rule is empty: it would pair everybody with everybody")
            for key in rule:
                field, _, kind = key.partition(".")
                allowed = KEYS[self.fields[field].kind]
                if kind not in allowed:
                    raise ValueError(
                        f"blocking key '{key}': a {self.fields[field].kind} has the keys {', '.join(sorted(allowed))}"
                    )
        if not any(s.match for s in self.scenarios.values()):
            raise ValueError("no scenario has match: true")
        named: list[tuple[str, Mapping[str, Iterable[str]]]]
        named = [(f"scenario '{name}'", s.levels) for name, s in self.scenarios.items()]
        named += [(f"label '{label.name}'", label.any_level) for label in self.labels]
        for where, levels in named:
            for field, chosen in levels.items():
                codes = {level.code for level in KINDS[self.fields[field].kind]().levels}
                if unknown := sorted(set(chosen) - codes):
                    raise ValueError(
                        f"{where}, field '{field}': no level '{unknown[0]}', but {', '.join(sorted(codes))}"
                    )
        return self

    @property
    def digest(self) -> str:
        """Return a hash of what a model depends on: fields, scenarios and training."""
        content = self.model_dump_json(include={"version", "fields", "scenarios", "training"})
        return hashlib.sha256(content.encode()).hexdigest()

    def _named_fields(self) -> Iterator[tuple[str, str]]:
        for rule in self.blocking.rules:
            for key in rule:
                yield f"blocking key '{key}'", key.partition(".")[0]
        for name, scenario in self.scenarios.items():
            for field in (*scenario.replaced, *scenario.levels):
                yield f"scenario '{name}'", field
        for label in self.labels:
            for field in (*label.any_level, *label.absent):
                yield f"label '{label.name}'", field
        for name, spec in self.fields.items():
            if spec.subsumed_by is not None:
                yield f"field '{name}'", spec.subsumed_by


def load_spec(path: Path) -> LinkageSpec:
    """Read a spec from YAML.

    Raises:
        SpecError: when the file is missing, is not YAML or does not describe a linkage; names the line.
    """
    try:
        text = path.read_text(encoding="utf-8")
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except OSError as error:
        raise SpecError(
            f"cannot be read ({error.strerror})",
            where=str(path),
            mend="Name a linkage spec, such as configs/linkage/children.yaml",
        ) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        at = f" line {mark.line + 1}" if mark else ""
        raise SpecError(
            "is not YAML", where=f"{path}{at}", mend="Look for a missing colon or a wrong indent there"
        ) from None
    try:
        return LinkageSpec.model_validate(data)
    except ValidationError as error:
        # A misspelt key also leaves its right spelling missing: the misspelling is what the person has to see.
        first = min(error.errors(include_url=False), key=lambda e: e["type"] != "extra_forbidden")
        line = _line_of(tree, first["loc"])
        key = ".".join(str(part) for part in first["loc"])
        message = (
            "this key is unknown" if first["type"] == "extra_forbidden" else first["msg"].removeprefix("Value error, ")
        )
        raise SpecError(f"{key}: {message}" if key else message, where=f"{path} line {line}") from None


def _line_of(node: yaml.Node | None, location: tuple[str | int, ...]) -> int:
    """Return the line of the deepest node on the way to `location` (1-based)."""
    line = node.start_mark.line + 1 if node is not None else 1
    for part in location:
        if isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in node.value if k.value == str(part)), None)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
    return line
