"""What a data person writes as a blocking rule: keys that must all agree, or come near."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from matching.comparisons.blocking_keys import KEYS, Key, KeyFunction

START = 4
"""Letters of a key `start` where a rule does not say how many."""


class Nearest(BaseModel):
    """The most similar keys by the character n-grams they share: for values too damaged for any exact key."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    count: Annotated[int, Field(ge=1, le=100)] = Field(5, description="Neighbours taken for each key.")
    similarity: Annotated[float, Field(gt=0, le=1)] = Field(
        0.5, description="Least cosine of the TF-IDF weights of the n-grams."
    )
    ngram: Annotated[int, Field(ge=2, le=5)] = Field(3, description="Letters of an n-gram; shorter ones count as well.")


class KeySpec(BaseModel):
    """One key of a rule: `surname.key`, or a mapping that says how near two keys may be."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str = Field(description="`field.key`; a field's kind says which keys it has.")
    window: Annotated[int, Field(ge=3, le=99)] | None = Field(
        None,
        description="Sorted neighbourhood: keys so many apart in alphabetical order, the key itself included; odd.",
    )
    nearest: Nearest | None = Field(None, description="Nearest neighbours over character n-grams.")
    letters: Annotated[int, Field(ge=1, le=20)] | None = Field(
        None, description="Length of a key `start`; unset: four letters."
    )

    @property
    def field(self) -> str:
        """Name of the field."""
        return self.key.partition(".")[0]

    @property
    def kind(self) -> str:
        """Kind of the key."""
        return self.key.partition(".")[2]

    def __str__(self) -> str:
        key = self.key if self.letters is None else f"{self.key}({self.letters})"
        if self.window is not None:
            return f"{key} ±{self.window // 2}"
        return key if self.nearest is None else f"{key} ~{self.nearest.count}"

    def of(self, kind: str) -> Key:
        """Return how values of a comparison kind are turned into this key."""
        made = KEYS[kind][self.kind]
        if not made.letters:
            return made
        size, seeking, found = self.letters or START, made.seeking, made.found

        def cut(function: KeyFunction) -> KeyFunction:
            return lambda value: tuple(dict.fromkeys(text[:size] for text in function(value)))

        # One function for both sides tells the reader of keys that one pass over the values will do.
        ours = cut(seeking)
        return Key(ours, ours if found is seeking else cut(found))

    @model_validator(mode="after")
    def _one_way(self) -> KeySpec:
        if self.window is not None and self.nearest is not None:
            raise ValueError(f"blocking key '{self.key}' has both window and nearest: give one")
        if self.window is not None and self.window % 2 == 0:
            raise ValueError(f"blocking key '{self.key}': a window is odd, since the key stands in its middle")
        return self


def _written(value: Any) -> Any:
    return {"key": value} if isinstance(value, str) else value


Rule = tuple[Annotated[KeySpec, BeforeValidator(_written)], ...]


def rule_name(rule: Rule) -> str:
    """Return the keys of a rule, joined by ` + `."""
    return " + ".join(map(str, rule))


def refuse_unknown_key(key: KeySpec, kind: str) -> None:
    """Raise ValueError when fields of this comparison kind have no such key."""
    keys = KEYS.get(kind)
    if keys is None:
        raise ValueError(f"unknown kind '{kind}'; there are {', '.join(sorted(KEYS))}")
    if key.kind not in keys:
        raise ValueError(f"blocking key '{key.key}': a {kind} has the keys {', '.join(sorted(keys))}")
    if key.letters is not None and not keys[key.kind].letters:
        raise ValueError(f"blocking key '{key.key}': only a key `start` has letters")
