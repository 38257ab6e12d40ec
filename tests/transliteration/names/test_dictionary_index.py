"""The index holds what the installed dictionary holds, and nothing else."""

import numpy as np
import pytest

from transliteration.names import dictionary_index


def test_the_file_is_made_of_the_installed_dictionary():
    with np.load(dictionary_index.FILE, allow_pickle=False) as stored:
        for name, digests in dictionary_index.contents().items():
            assert np.array_equal(stored[name], digests), "run python -m transliteration.names.dictionary_index"


@pytest.mark.parametrize(
    ("word", "ukrainian", "either"),
    [("шевченко", True, True), ("белый", False, True), ("вигаданкожартенко", False, False), ("", False, False)],
)
def test_surnames_are_found_by_language(word, ukrainian, either):
    assert (dictionary_index.has_ukrainian_surname(word), dictionary_index.has_surname(word)) == (ukrainian, either)


def test_an_apostrophe_of_either_kind_is_one_letter():
    assert dictionary_index.has_surname("дем'янчук") and dictionary_index.has_surname("демʼянчук")
