"""The linkage spec: what a data person writes to say how two records are compared, blocked and scored."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from matching.comparisons import KINDS
from matching.spec.collective_spec import DESTINATION, CollectiveSpec
from matching.spec.rules import Rule, refuse_unknown_key


class Misplaced(ValueError):
    """A mistake that only the whole spec shows.

    Attributes:
        path: Where it stands in the spec.
    """

    def __init__(self, path: tuple[str | int, ...], message: str) -> None:
        super().__init__(message)
        self.path = path


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FieldSpec(_Strict):
    """How one column is compared."""

    kind: str = Field(
        description="One of the comparison kinds: surname, given, patronymic, date, place, category, string …"
    )
    columns: tuple[str, ...] = Field(
        (),
        description="The columns that it reads; unset: that of its name. Several make one value: the first names of "
        "both parents as `texts`, in whichever order; one may serve several fields: `birth` as its year and its day.",
    )
    empty_by_class: dict[str, int | str] = Field(
        default_factory=dict,
        description="What an empty cell of a source of this class says: a family's report names all brothers and "
        "sisters, so that none named (-1 in a count) is something said.",
    )
    where: dict[str, tuple[str, ...]] = Field(
        default_factory=dict,
        description="Levels of other fields at which alone this one counts: an initial says something only where two "
        "given names differ.",
    )
    subsumed_by: str | None = Field(
        None, description="A field whose agreement already implies this one: only a difference counts then."
    )
    parted_by: str | None = Field(
        None,
        description="A field whose difference makes a mere likeness of this one a difference: Євген and Євгенія are "
        "one letter apart, and still two names where one child is a boy and the other a girl.",
    )
    weight: Annotated[float, Field(gt=0, le=1)] = Field(
        1.0, description="Share of the field's bits that counts, for a field that depends on others (1 = all)."
    )
    max_bits_against: Annotated[float, Field(gt=0)] = Field(
        12.0, description="The most that one difference may speak against a pair: clerks err in every field."
    )
    against_by_class: dict[str, Annotated[float, Field(gt=0)]] = Field(
        default_factory=dict,
        description="The same for pairs with a record of this source class, whose word on the field is worth less.",
    )

    @field_validator("kind")
    @classmethod
    def _known_kind(cls, kind: str) -> str:
        if kind not in KINDS:
            raise ValueError(f"unknown kind '{kind}'; there are {', '.join(sorted(KINDS))}")
        return kind


class BlockingSpec(_Strict):
    """Which pairs are looked at at all."""

    rules: tuple[Rule, ...] = Field(
        min_length=1,
        max_length=64,
        description="Each rule is a list of keys `field.key` that must all agree, or come near.",
    )
    columns: dict[str, str] = Field(
        default_factory=dict,
        description="Columns that only rules read, with the kind that says which keys they have: a household, a batch.",
    )
    max_bucket_pairs: int = Field(
        200_000, ge=1, description="A bucket that would give more pairs than this is skipped and reported."
    )
    max_pairs: int = Field(
        500_000_000, ge=1, description="A rule that would give more pairs than this is refused before any work."
    )


class ScenarioSpec(_Strict):
    """One way in which the record of a child may have been altered, or in which two children look alike."""

    prior: Annotated[float, Field(ge=0, le=1)] = Field(
        description="Share of pairs of one child (or, with match: false, such pairs for each of one child); 0 where "
        "it does not happen."
    )
    within: Annotated[float, Field(ge=0)] | None = Field(
        None, description="The same for pairs of rows of one list; unset: as between two lists."
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


class WithinSpec(_Strict):
    """Which lists are searched for persons that stand in them twice."""

    classes: tuple[str, ...] = Field(
        (), description="Source classes of such lists; `*` for every list. Each list is searched by itself."
    )
    expected_share: Annotated[float, Field(gt=0, le=1)] = Field(
        0.05, description="Pairs of rows of one person that are expected for each row."
    )


class StoreSpec(_Strict):
    """Which scored pairs become candidates."""

    min_probability: Annotated[float, Field(ge=0, le=1)] = 0.02
    per_record: int = Field(
        5, ge=1, description="The best so many partners of a record in each source are kept even below that."
    )
    floor_probability: Annotated[float, Field(ge=0, le=1)] = Field(1e-4, description="Nothing below this is ever kept.")
    weak_below: Annotated[float, Field(ge=0, le=1)] = Field(
        0.0, description="A registry counts pairs less probable than this, and stores only the best of them."
    )
    weak_per_found: int = Field(
        3, ge=0, description="So many weak pairs of a found record with each source are stored."
    )
    weak_per_seeking: int = Field(
        5,
        ge=0,
        description="So many weak pairs of a seeking record with each source are stored if other pairs speak for them.",
    )
    weak_floor: Annotated[float, Field(ge=0, le=1)] = Field(0.0, description="No weak pair below this is stored.")


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
    within: WithinSpec = WithinSpec()
    between: tuple[tuple[str, str], ...] = Field(
        (), description="Pairs of source classes that are compared beside those who seek with those who may be found."
    )
    store: StoreSpec = StoreSpec()
    collective: CollectiveSpec | None = Field(
        None, description="Evidence about families, institutions and transfers; without it every pair stands alone."
    )

    @model_validator(mode="after")
    def _references_hold(self) -> LinkageSpec:
        for path, where, name in self._named_fields():
            if name not in self.fields and not (path[0] == "blocking" and name in self.blocking.columns):
                raise Misplaced(path, f"{where} names the field '{name}', which is not under fields")
        for name, kind in self.blocking.columns.items():
            if name in self.fields:
                raise Misplaced(("blocking", "columns", name), f"'{name}' is a field already: leave it out here")
            if kind not in KINDS:
                raise Misplaced(
                    ("blocking", "columns", name), f"unknown kind '{kind}'; there are {', '.join(sorted(KINDS))}"
                )
        self._check_keys(("blocking", "rules"), self.blocking.rules)
        if self.collective is not None:
            self._check_keys(("collective", "blocking"), self.collective.blocking)
        self._refuse_cycles()
        if not self.match_scenarios:
            raise Misplaced(("scenarios",), "no scenario has match: true")
        for path, where, field, chosen in self._named_levels():
            codes = set(KINDS[self.fields[field].kind]().codes)
            if unknown := sorted(set(chosen) - codes):
                raise Misplaced(
                    path, f"{where}, field '{field}': no level '{unknown[0]}', but {', '.join(sorted(codes))}"
                )
        return self

    def _check_keys(self, path: tuple[str, ...], rules: tuple[Rule, ...]) -> None:
        kinds = {**self.kinds, DESTINATION: "place"}
        for i, rule in enumerate(rules):
            if not rule:
                raise Misplaced((*path, i), "a blocking rule is empty: it would pair everybody with everybody")
            if sum(key.window is not None for key in rule) > 1:
                raise Misplaced((*path, i), "a blocking rule has two windows: give one")
            for j, key in enumerate(rule):
                try:
                    refuse_unknown_key(key, kinds[key.field])
                except ValueError as error:
                    raise Misplaced((*path, i, j), str(error)) from None

    def _refuse_cycles(self) -> None:
        for name in self.fields:
            seen, at = [name], self.fields[name].subsumed_by
            while at is not None and at not in seen:
                seen.append(at)
                at = self.fields[at].subsumed_by
            if at == name:
                circle = " → ".join([*seen, name])
                raise Misplaced(("fields", name, "subsumed_by"), f"subsumed_by goes round in a circle: {circle}")

    def _named_fields(self) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
        """Yield every mention of a field: where it stands, what mentions it, and the field."""
        for i, rule in enumerate(self.blocking.rules):
            for j, key in enumerate(rule):
                yield ("blocking", "rules", i, j), f"blocking key '{key.key}'", key.field
        if self.collective is not None:
            for i, rule in enumerate(self.collective.blocking):
                for j, key in enumerate(rule):
                    if key.field != DESTINATION or self.collective.transfer is None:
                        yield ("collective", "blocking", i, j), f"blocking key '{key.key}'", key.field
            for field in self.collective.kin.private if self.collective.kin else ():
                yield ("collective", "kin", "private"), "collective evidence", field
        for name, scenario in self.scenarios.items():
            for field in (*scenario.replaced, *scenario.levels):
                yield ("scenarios", name), f"scenario '{name}'", field
        for i, label in enumerate(self.labels):
            for field in (*label.any_level, *label.absent):
                yield ("labels", i), f"label '{label.name}'", field
        for name, spec in self.fields.items():
            if spec.subsumed_by is not None:
                yield ("fields", name, "subsumed_by"), f"field '{name}'", spec.subsumed_by
            if spec.parted_by is not None:
                yield ("fields", name, "parted_by"), f"field '{name}'", spec.parted_by
            for other in spec.where:
                yield ("fields", name, "where", other), f"field '{name}'", other

    def _named_levels(self) -> Iterator[tuple[tuple[str | int, ...], str, str, Iterable[str]]]:
        """Yield every mention of levels: where it stands, what mentions them, the field, and the level codes."""
        for name, scenario in self.scenarios.items():
            for field, levels in scenario.levels.items():
                yield ("scenarios", name, "levels", field), f"scenario '{name}'", field, levels
        for name, spec in self.fields.items():
            for field, codes in spec.where.items():
                yield ("fields", name, "where", field), f"field '{name}'", field, codes
        for i, label in enumerate(self.labels):
            for field, codes in label.any_level.items():
                yield ("labels", i, "any_level", field), f"label '{label.name}'", field, codes

    @property
    def kinds(self) -> dict[str, str]:
        """The comparison kind of each field, and of each column that only rules read."""
        return {name: field.kind for name, field in self.fields.items()} | self.blocking.columns

    @property
    def columns(self) -> dict[str, tuple[str, ...]]:
        """The columns that each field reads, and each name that only rules or collective evidence read."""
        fields = {name: field.columns or (name,) for name, field in self.fields.items()}
        others = {name: (name,) for name, _ in self.collective.columns()} if self.collective else {}
        return others | fields | {name: (name,) for name in self.blocking.columns}

    def searches_within(self, source_class: str) -> bool:
        """Tell whether lists of a source class are searched for persons that stand in them twice."""
        return "*" in self.within.classes or source_class in self.within.classes

    @property
    def match_scenarios(self) -> tuple[str, ...]:
        """Names of the scenarios in which two records are of one child, in the spec's order."""
        return tuple(name for name, scenario in self.scenarios.items() if scenario.match)

    @property
    def digest(self) -> str:
        """Return a hash of what a model depends on: fields, scenarios and training."""
        content = self.model_dump_json(include={"version", "fields", "scenarios", "training"})
        return hashlib.sha256(content.encode()).hexdigest()
