"""Sources: who publishes a list, and on what terms it is held."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.db import transaction

from registry import audit
from registry.errors import RegistryError
from registry.models import Source


@dataclass(frozen=True)
class SourceFacts:
    """What a source's description says about it; `config_sha256` is the hash of the description."""

    slug: str
    title: str
    source_class: str
    side: str
    legal_basis: str
    handling_code: str
    reliability: str = ""
    names_pseudonymised: bool = False
    retention_days: int | None = None
    config_sha256: str = ""
    delivery: str = "delta"
    one_row_per_child: bool = False
    evidence_first: bool = False


def register(facts: SourceFacts) -> Source:
    """Make the source known, or bring its facts up to date when its description has changed."""
    values = asdict(facts)
    slug = values.pop("slug")
    with transaction.atomic():
        source, new = Source.objects.select_for_update(no_key=True).get_or_create(slug=slug, defaults=values)
        changed = sorted(name for name, value in values.items() if getattr(source, name) != value)
        if changed:
            for name in changed:
                setattr(source, name, values[name])
            source.save()
        if new or changed:
            action = "source.registered" if new else "source.changed"
            audit.append("system", action, "source", slug, {"config_sha256": facts.config_sha256, "changed": changed})
    return source


def named(slug: str) -> str:
    """Return the slug of a source that is known.

    Raises:
        RegistryError: Nothing of this source was ingested.
    """
    known = list(Source.objects.order_by("slug").values_list("slug", flat=True))
    if slug in known:
        return slug
    near = difflib.get_close_matches(slug, known, 1)
    mend = f"Did you mean {near[0]}?" if near else "`ridni evidence list` shows the sources"
    raise RegistryError(f"Nothing was ingested as {slug!r}", "", mend)


def slugs_of(classes: Sequence[str]) -> list[str]:
    """Return the sources of these classes."""
    return list(Source.objects.filter(source_class__in=classes).order_by("slug").values_list("slug", flat=True))


def sides() -> dict[str, str]:
    """Return for each known source whether its records are sought, found, or both."""
    return dict(Source.objects.order_by("slug").values_list("slug", "side"))
