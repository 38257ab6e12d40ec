"""Transfers as one person may see them; the region only for those who see where children are."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from registry import audit
from registry.access import field_access, permissions
from registry.errors import ReviewError
from registry.models import Candidate, Record, Source, Transfer, TransferMember, User
from registry.provenance import transfer_evidence

PAGE = 20
HANDFUL = 5


@dataclass(frozen=True)
class TransferView:
    """One transfer.

    Attributes:
        kind: `institution` or `last_place`.
        origin, region: As a record behind it writes them, or `withheld`.
        found: Records behind it; `verified` are those of a pair that two people have verified.
        families: Families behind it.
        days: First and last day that these records tell.
        lists: Titles of the lists that they stand in.
        pairs: Pairs for which it speaks, with `bits` on average.
    """

    id: int
    kind: str
    origin: str
    region: str
    found: int
    verified: int
    families: int
    days: tuple[date | None, date | None]
    lists: tuple[str, ...]
    pairs: int
    bits: float


@dataclass(frozen=True)
class Gain:
    """A pair for which a transfer speaks; `status` as the registry has it."""

    candidate_id: int
    bits: float
    status: str
    readable: bool


@dataclass(frozen=True)
class TransferPage:
    """A transfer with the lists behind it, `(title, records)`, and the pairs that gain most."""

    transfer: TransferView
    by_list: tuple[tuple[str, int], ...]
    gains: tuple[Gain, ...]


def listing(user: User, after: int = 0) -> tuple[list[TransferView], bool]:
    """Return a page of transfers, the largest first, and whether there are more.

    Raises:
        ReviewError: The role has nothing to do with transfers.
    """
    permissions.require(user, permissions.TRANSFERS)
    found = list(Transfer.objects.order_by("-families", "pk")[after : after + PAGE + 1])
    shown = found[:PAGE]
    views = _views(user, shown)
    audit.append(str(user.pk), "transfers.listed", "transfer", "", {"transfers": [one.pk for one in shown]})
    return views, len(found) > PAGE


def page(user: User, transfer_id: int) -> TransferPage:
    """Return one transfer and log that it was seen.

    Raises:
        ReviewError: The role has nothing to do with transfers, or there is no such one.
    """
    permissions.require(user, permissions.TRANSFERS)
    transfer = Transfer.objects.filter(pk=transfer_id).first()
    if transfer is None:
        raise ReviewError("unknown", "There is no such transfer", "`ridni transfers list` has their numbers")
    (view,) = _views(user, [transfer])
    members = TransferMember.objects.filter(transfer=transfer).values_list("found_id", flat=True)
    sources = Record.objects.filter(pk__in=members).values_list("source__title", flat=True)
    gains = transfer.gains.order_by("-bits", "pk").values_list("candidate_id", "bits")[:HANDFUL]
    status = dict(Candidate.objects.filter(pk__in=[n for n, _ in gains]).values_list("pk", "status"))
    reads = permissions.may(user, permissions.ADJUDICATE)
    shown = tuple(
        Gain(number, bits, str(status[number]), reads and status[number] in ("verified", "rejected", "unresolved"))
        for number, bits in gains
        if number in status
    )
    facts = {"region": view.region != field_access.WITHHELD, "pairs": [one.candidate_id for one in shown]}
    audit.append(str(user.pk), "transfer.seen", "transfer", str(transfer_id), facts)
    return TransferPage(view, tuple(sorted(Counter(sources).items(), key=lambda one: (-one[1], one[0]))), shown)


def _views(user: User, transfers: list[Transfer]) -> list[TransferView]:
    seen = field_access.of_person(user)
    places = transfer_evidence.places(transfers, seen)
    title = dict(Source.objects.values_list("pk", "title"))
    pairs = TransferMember.objects.filter(transfer__in=transfers, seeking__isnull=False)
    members = list(pairs.values_list("transfer_id", "found_id", "seeking_id"))
    status = transfer_evidence.standing([(a, b) for _, a, b in members])
    verified = Counter(number for number, a, b in members if status.get((a, b)) == "verified")
    return [
        TransferView(
            id=one.pk,
            kind=one.kind,
            origin=places[one.pk][0],
            region=places[one.pk][1],
            found=one.found,
            verified=verified[one.pk],
            families=one.families,
            days=(one.moved_from, one.moved_to),
            lists=tuple(title[source] for source in one.sources if source in title),
            pairs=one.pairs,
            bits=one.bits,
        )
        for one in transfers
    ]
