"""Every error that a person can mend says what, where and how, and survives the way out of another process."""

import pickle

import pytest

from matching.errors import LinkageError, SpecError
from pipelines.cli.console import UserError
from pipelines.cli.main import known
from registry.errors import EvidenceError, RegistryError, ReviewError
from sources.errors import SourceError
from transliteration.errors import MendableError

ERRORS = [
    SourceError("there is no column 'ПІБ'", "list.csv line 1", "name one of: a, b"),
    SpecError("no field 'birht'", where="spec.yaml line 3", mend="Did you mean 'birth'?"),
    RegistryError("There is no run 7", "home", "`ridni link` makes one"),
    EvidenceError("The bytes are gone", "0f3a", "Restore from a backup"),
    ReviewError("role", "This role does not judge", "Ask the lead"),
    UserError("say why: --reason"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_it_is_told_in_one_line_and_comes_whole_out_of_another_process(error):
    assert isinstance(error, MendableError)
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.what, again.where, again.mend) == (type(error), error.what, error.where, error.mend)
    assert str(again) == str(error) == known(error)
    assert "\n" not in str(error)
    assert all(part.rstrip(".?") in str(error) for part in (error.what, error.where, error.mend))
    assert not error.where or error.where not in error.private


def test_a_defect_is_not_told_as_something_to_mend():
    assert known(ValueError("quotes Вигаданко")) is None
    assert issubclass(SpecError, LinkageError)
