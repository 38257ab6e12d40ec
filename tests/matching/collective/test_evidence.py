"""What other pairs say of a pair: never itself, never without bounds, never by the order of records."""

from pathlib import Path
from random import Random

import numpy as np
import pandas as pd
import pytest

from matching.collective.assignment import assign
from matching.collective.evidence import CollectiveEvidence
from matching.collective.learnt import behind
from matching.collective.support import Judged, StatedTransfer
from matching.model.scoring import compete
from matching.spec.yaml_file import load_spec
from matching.vectors.records import Table

SPEC = load_spec(Path("configs/linkage/children.yaml"))
REGIONS = ("RU-ROS", "RU-MOS", "RU-SAM", "RU-TUL", "RU-KRS", "RU-PNZ")
GIVEN = ("Олег", "Ірина", "Павло", "Марія", "Степан", "Ольга", "Тарас", "Ганна", "Юрій", "Зоя")
SURNAMES = ("Гребінь", "Суховій", "Калинець", "Терновий", "Левада", "Криниця", "Журба", "Веснянка")


def people(seed, families=24, moved=0.8):
    """Return a frame of reports and cards, with families taken from two homes to two regions, and who is who."""
    rng = Random(seed)
    rows, person = [], {}
    for family in range(families):
        home = family % 2
        surname = f"{SURNAMES[family % 8]}{'абвгдежз'[family // 8]}"
        for child, given in enumerate(rng.sample(GIVEN, rng.choice((1, 1, 2, 3)))):
            key = f"{family}-{child}"
            born = f"20{rng.randint(5, 19):02d}-{rng.randint(1, 12):02d}-11"
            shared = {"given": given, "birth": f"{born}/{born}", "sex": "m" if GIVEN.index(given) % 2 == 0 else "f"}
            report = shared | {
                "surname": surname, "patronymic": f"{'Іванов' if family % 3 else 'Петров'}ич",
                "last_place": (f"home-{home}",), "institution": f"Дитячий будинок № {home + 1}, м. Бердянськ",
                "source": "reports", "source_class": "family", "side": "seeking",
            }  # fmt: skip
            region = REGIONS[home] if rng.random() < moved else rng.choice(REGIONS)
            card = shared | {"source": "cards", "source_class": "adoption_bank", "side": "found", "region": (region,)}
            decided = shared | {
                "source": "decisions", "source_class": "citizenship", "side": "found", "region": (region,),
                "surname": f"Нов{surname.lower()}", "patronymic": "Сергеевич",
            }  # fmt: skip
            for row in (report, card, decided):
                person[len(rows)] = key
                rows.append(row)
    frame = pd.DataFrame(rows)
    frame.insert(0, "record_id", range(len(frame)))
    return frame.astype(object).where(frame.notna(), None), person


def pairs_of(table, person, seed):
    """Return true and false pairs with odds, as a run might have scored them."""
    rng = np.random.default_rng(seed)
    left, right = np.meshgrid(table.seeking, table.found, indexing="ij")
    left, right = left.ravel(), right.ravel()
    true = np.array([person[a] == person[b] for a, b in zip(left.tolist(), right.tolist(), strict=True)])
    kept = true | (rng.random(len(true)) < 0.1)
    odds = np.where(true, rng.normal(4, 4, len(true)), rng.normal(-6, 3, len(true)))
    return left[kept], right[kept], odds[kept]


def same_given(table):
    """Return the bits of pairs by the given name and the date alone: a plain stand-in for a model's private fields."""
    given, birth = table.columns["given"].codes, table.columns["birth"].codes
    return lambda left, right: np.where((given[left] == given[right]) & (birth[left] == birth[right]), 9.0, -6.0)


def evidence_of(table, left, right, odds, judged=None):
    source = table.source
    alone = compete(odds, left, right, source[left], source[right], 0.02)
    made = CollectiveEvidence(SPEC, table, left, right, alone, same_given(table))
    made.transfers.elsewhere[:], made.siblings.together[:] = 0.15, 0.5  # parameters of a model, as m and u are
    return made if judged is None else made.taught(Judged.of(table, judged))


@pytest.mark.parametrize("seed", range(6))
def test_without_a_pair_its_own_support_is_what_it_was(seed):
    frame, person = people(seed)
    table = Table.of(SPEC, frame)
    left, right, odds = pairs_of(table, person, seed)
    whole = evidence_of(table, left, right, odds).of(left, right)
    for pair in Random(seed).sample(range(len(left)), 40):
        rest = np.arange(len(left)) != pair
        alone = evidence_of(table, left[rest], right[rest], odds[rest]).of(left[[pair]], right[[pair]])
        assert alone.bits[0] == pytest.approx(whole.bits[pair], abs=1e-9)


def test_a_pair_that_nobody_else_speaks_for_gets_nothing_however_strong_it_is():
    frame, _ = people(3, families=1)
    table = Table.of(SPEC, frame[frame["record_id"] < 2].reset_index(drop=True))
    left, right = table.seeking, table.found
    said = evidence_of(table, left, right, np.array([30.0])).of(left, right)
    assert not said.bits.any()


def test_the_order_of_records_changes_nothing():
    frame, person = people(5)
    table = Table.of(SPEC, frame)
    left, right, odds = pairs_of(table, person, 5)
    said = evidence_of(table, left, right, odds).of(left, right)
    other = frame.sample(frac=1, random_state=1).reset_index(drop=True)
    row = pd.Series(range(len(other)), index=other["record_id"])
    moved_left, moved_right = (row[table.record_id[side]].to_numpy(dtype=np.int32) for side in (left, right))
    mixed = Random(2).sample(range(len(left)), len(left))
    again = evidence_of(Table.of(SPEC, other), moved_left[mixed], moved_right[mixed], odds[mixed])
    assert again.of(moved_left, moved_right).bits == pytest.approx(said.bits, abs=1e-9)


def test_the_region_of_others_lifts_and_another_region_lowers_within_bounds():
    frame, person = people(7, families=60, moved=1.0)
    table = Table.of(SPEC, frame)
    left, right, odds = pairs_of(table, person, 7)
    said = evidence_of(table, left, right, odds).of(left, right)
    there = np.array([a == b for a, b in zip(
        [REGIONS[int(p[0][-1])] for p in frame["last_place"].to_numpy()[left]],
        [r[0] for r in frame["region"].to_numpy()[right]], strict=True,
    )])  # fmt: skip
    spec = SPEC.collective.transfer
    assert (said.bits[there, 0] > 0.5).all()
    assert (said.bits[~there, 0] < 0).all()
    transfer = said.bits[:, :3].sum(axis=1)
    assert transfer.max() <= spec.max_bits_for
    assert transfer.min() >= -spec.max_bits_against
    assert np.abs(said.bits.sum(axis=1)).max() <= SPEC.collective.max_bits + 1e-9


def test_a_brother_beside_the_child_speaks_for_the_pair_and_a_stranger_against_it():
    frame, person = people(11, families=40)
    table = Table.of(SPEC, frame)
    left, right, odds = pairs_of(table, person, 11)
    said = evidence_of(table, left, right, odds).of(left, right)
    decided = frame["source"].to_numpy()[right] == "decisions"
    true = np.array([person[a] == person[b] for a, b in zip(left.tolist(), right.tolist(), strict=True)])
    family = {row: key.split("-")[0] for row, key in person.items()}
    families = np.array([family[a] == family[b] for a, b in zip(left.tolist(), right.tolist(), strict=True)])
    asked = decided & said.known[:, 3]
    assert (asked & true).sum() > 10
    assert (said.bits[asked & true, 3] > 0).all()
    assert (said.bits[asked & ~families, 3] < 0).all()
    assert (said.sibling[asked & true] >= 0).all()
    speaking = np.flatnonzero(asked & true)
    for pair in speaking.tolist():  # the pair behind it is of a brother or sister, and true
        assert person[int(said.sibling[pair])] == person[int(said.companion[pair])]
        assert family[int(said.sibling[pair])] == family[int(left[pair])]


def test_a_verified_pair_teaches_a_refused_one_does_not_and_a_verdict_taken_back_leaves_no_trace():
    frame, person = people(9, families=30)
    table = Table.of(SPEC, frame)
    left, right, odds = pairs_of(table, person, 9)
    true = np.array([person[a] == person[b] for a, b in zip(left.tolist(), right.tolist(), strict=True)])
    weak = odds - 12 * true  # by themselves hardly any pair is believed, so that nothing supports anything

    def said(judged):
        return evidence_of(table, left, right, weak, judged).of(left, right).bits

    before = said(None)
    pairs = pd.DataFrame({"left": left[true], "right": right[true], "same": True})
    taught = said(pairs)
    assert np.abs(taught[true, :3]).sum() > np.abs(before[true, :3]).sum() + 20
    assert (taught[true].sum(axis=1) > before[true].sum(axis=1)).mean() > 0.6
    turned = pairs.rename(columns={"left": "right", "right": "left"})
    assert (said(turned) == taught).all()
    assert (said(pairs.iloc[:0]) == before).all()

    strong = evidence_of(table, left, right, odds).of(left, right).bits
    refused = evidence_of(table, left, right, odds, pairs.assign(same=False)).of(left, right).bits
    assert np.abs(refused[true, 1:3]).sum() < np.abs(strong[true, 1:3]).sum()
    assert (evidence_of(table, left, right, odds).of(left, right).bits == strong).all()


def test_verdicts_move_no_share_and_a_judged_pair_weighs_its_siblings_but_not_itself():
    frame, person = people(11, families=40)
    table = Table.of(SPEC, frame)
    left, right, odds = pairs_of(table, person, 11)
    plain = evidence_of(table, left, right, odds)
    said = plain.of(left, right)
    pair = int(np.flatnonzero(said.sibling >= 0)[0])
    child, beside = int(table.record_id[said.sibling[pair]]), int(table.record_id[said.companion[pair]])
    of = {}
    for same in (True, False):
        taught = plain.taught(Judged.of(table, pd.DataFrame({"left": [child], "right": [beside], "same": [same]})))
        assert (taught.transfers.elsewhere == plain.transfers.elsewhere).all()
        assert (taught.siblings.together == plain.siblings.together).all()
        of[same] = taught.of(left, right)
    assert of[True].bits[pair, 3] > said.bits[pair, 3] > of[False].bits[pair, 3]
    assert np.abs(of[True].bits.sum(axis=1)).max() <= SPEC.collective.max_bits + 1e-9
    assert (of[False].sibling[pair], of[False].companion[pair]) != (said.sibling[pair], said.companion[pair])
    itself = (left == said.sibling[pair]) & (right == said.companion[pair])
    assert itself.sum() == 1
    for taught in of.values():
        assert taught.bits[itself] == pytest.approx(said.bits[itself], abs=1e-9)


def test_a_stated_transfer_speaks_where_nobody_was_found_yet_and_moves_no_share():
    frame, person = people(7, families=60, moved=1.0)
    table = Table.of(SPEC, frame)
    left, right, odds = pairs_of(table, person, 7)
    plain = evidence_of(table, left, right, odds - 40)  # no pair is believed, so nothing is learnt
    assert not plain.of(left, right).bits[:, 0].any()
    home = np.array([value == "Дитячий будинок № 1, м. Бердянськ" for value in frame["institution"].to_numpy()[left]])
    there = np.array([value == (REGIONS[1],) for value in frame["region"].to_numpy()[right]])
    name = plain.transfers.origins["institution"].of[left[home][0]]
    atom = plain.transfers.origins["institution"].names[name]
    said = Judged.of(table, None, (StatedTransfer("institution", (atom,), REGIONS[1], 12.0),))
    taught = plain.taught(said)
    bits = taught.of(left, right).bits[:, 0]
    assert (bits[home & there] > 0.5).all() and (bits[home & ~there] < 0).all()
    assert not bits[~home].any()
    assert (taught.transfers.elsewhere == plain.transfers.elsewhere).all()
    for atoms, region in ((("nowhere",), REGIONS[0]), ((atom,), "RU-XX")):
        unknown = Judged.of(table, None, (StatedTransfer("institution", atoms, region, 30.0),))
        assert not plain.taught(unknown).of(left, right).bits[:, 0].any()


def test_each_learnt_transfer_names_its_records_and_the_candidates_that_gain():
    frame, person = people(7, families=60, moved=1.0)
    table = Table.of(SPEC, frame)
    left, right, odds = pairs_of(table, person, 7)
    evidence = evidence_of(table, left, right, odds)
    said = evidence.of(left, right)
    named = pd.DataFrame({"left": table.record_id[left], "right": table.record_id[right], "row": range(len(left))})
    found = behind(evidence, named, said)
    homes = found.members[found.members["origin"] == "institution"]
    assert set(homes["region"]) == set(REGIONS[:2]) and homes["value"].nunique() == 2
    region = dict(zip(frame["record_id"], frame["region"], strict=True))
    assert all(region[record] == (place,) for record, place in zip(homes["found"], homes["region"], strict=True))
    assert homes.groupby(["value", "region"])["family"].nunique().min() >= SPEC.collective.transfer.least_families
    gains = found.gains.set_index(["left", "right"])
    assert not gains.index.duplicated().any() and set(gains["origin"]) == {"institution"}
    spoken = said.bits[:, 0] >= 0.5
    assert len(gains) == spoken.sum() and gains["bits"].to_numpy().sum() == pytest.approx(said.bits[spoken, 0].sum())
    assert behind(evidence, named, None) is None


def test_what_a_look_alike_would_have_too_is_no_evidence():
    frame, person = people(5)
    table = Table.of(SPEC, frame)
    left, right, odds = pairs_of(table, person, 5)
    said = evidence_of(table, left, right, odds).of(left, right)
    nobody, surely = said.beside(np.zeros(len(left))), said.beside(np.full(len(left), 40.0))
    assert nobody.bits == pytest.approx(said.bits)
    assert np.abs(surely.bits).max() < 1e-3
    some = said.beside(np.full(len(left), 3.0))
    assert (np.abs(some.bits) <= np.abs(said.bits) + 1e-9).all()


def test_two_assignments_of_one_weight_are_believed_equally_and_so_neither():
    left, right = np.array([0, 0, 1, 1]), np.array([2, 3, 2, 3])
    lists = np.zeros(4, dtype=np.int64)
    equal = assign(np.full(4, 8.0), left, right, lists, lists + 1, 0.0)
    assert np.ptp(equal) < 1e-12
    assert equal.max() <= 0.5


def test_a_rival_with_a_better_partner_of_its_own_is_hardly_a_rival():
    # Record 0 fits 5 somewhat; record 1 fits it as well, but certainly belongs to 6.
    left, right = np.array([0, 1, 1]), np.array([5, 5, 6])
    lists = np.zeros(3, dtype=np.int64)
    odds = np.array([2.0, 2.0, 20.0])
    alone = compete(odds, left, right, lists, lists + 1, 0.02)
    jointly = assign(odds, left, right, lists, lists + 1, 0.02)
    assert alone[0] < 0.5 < jointly[0]
    assert jointly[2] > 0.99
