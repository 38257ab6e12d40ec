"""Notes are ciphertext: bound to what they are about, opened by a rotated ring, gone with their key."""

import pytest
from django.db import connection

from keys import KeysError, changes
from registry import data_keys
from registry.judgements import notes
from registry.models import DataKey, Note
from review.queue import assignment
from review.verdicts import decisions

pytestmark = pytest.mark.django_db
WORDS = "Сусідка впізнала Зоряну Канарейченко"


def judged(stock, words):
    person = stock.user()
    stock.candidate()
    pair = assignment.take_next(person)
    decisions.decide(person, pair.pk, "same", "family_agrees", words)
    return Note.objects.order_by("pk").last()


def test_the_database_holds_no_word_of_a_note(stock):
    note = judged(stock, WORDS)
    assert notes.text_of(note) == WORDS and notes.words_of(note.review) == WORDS
    with connection.cursor() as cursor:
        cursor.execute("SELECT note::text, encode(sealed, 'escape') FROM registry_note note")
        stored = repr(cursor.fetchall())
    assert "Канарейченко" not in stored and not any(word.encode().hex() in stored for word in WORDS.split())


def test_a_note_put_to_another_verdict_opens_no_more(stock):
    one, other = judged(stock, "one"), judged(stock, "other")
    Note.objects.filter(pk=one.pk).update(sealed=bytes(other.sealed))
    with pytest.raises(KeysError, match="another's"):
        notes.text_of(Note.objects.get(pk=one.pk))
    Note.objects.filter(pk=one.pk).update(sealed=bytes(one.sealed))
    assert notes.text_of(Note.objects.get(pk=one.pk)) == "one"


def test_a_note_outlives_a_rotation_and_goes_with_its_key(stock):
    note = judged(stock, WORDS)
    changes.renew()
    assert data_keys.wrap_again() >= 1
    assert notes.text_of(note) == WORDS
    DataKey.objects.filter(kind="note", place=f"review {note.review_id}").delete()
    assert notes.text_of(note) == ""


def test_no_words_are_no_note(stock):
    stock.candidate()
    notes.keep("", review=None)
    assert not Note.objects.exists()
