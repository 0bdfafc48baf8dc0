from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import DamerauLevenshtein

from bot.faq.spelling import MAX_MENDED, Speller, spell_out

WORDS = {
    "prestataire": 90, "hebergeur": 40, "site": 300, "panne": 60, "sites": 10, "suite": 20,
    "facture": 80, "de": 900, "2024118": 3, "marche": 50, "marches": 4, "tache": 9, "vache": 1,
}  # fmt: skip
SYNONYMS = {
    "koi": ("quoi",),
    "pk": ("pourquoi",),
    "ndd": ("nom de domaine", "domaine"),
    "presta": ("prestataire", "agence web"),
}


@pytest.fixture
def speller() -> Speller:
    return Speller(WORDS, SYNONYMS)


def test_short_forms_are_spelled_out(speller: Speller) -> None:
    assert speller.mend(["pk", "mon", "ndd", "koi"]) == [
        "pourquoi", "mon", "nom", "de", "domaine", "quoi",
    ]  # fmt: skip


def test_phrasings_are_spelled_out_as_questions_are() -> None:
    assert spell_out(["ndd", "de", "presta"], SYNONYMS) == [
        "nom", "de", "domaine", "de", "prestataire",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("slip", "word"),
    [
        ("prestatire", "prestataire"),
        ("prestatiare", "prestataire"),
        ("prestattaire", "prestataire"),
        ("pretataires", "prestataire"),
        ("ebergeur", "hebergeur"),
        ("hebergur", "hebergeur"),
        ("sitr", "site"),
        ("stie", "site"),
        ("pannes", "panne"),
    ],
)
def test_a_slip_of_the_finger_is_mended(speller: Speller, slip: str, word: str) -> None:
    assert speller.mend([slip]) == [word]


@pytest.mark.parametrize("word", ["sites", "suite", "de", "vache"])
def test_a_known_word_is_never_mended(speller: Speller, word: str) -> None:
    assert speller.mend([word]) == [word]


@pytest.mark.parametrize("word", ["sit", "xyz", "2024117", "boulangerie", "brestautoire"])
def test_short_words_figures_and_far_words_are_left_alone(speller: Speller, word: str) -> None:
    assert speller.mend([word]) == [word]


def test_among_words_as_near_the_one_with_the_same_first_letter_is_taken() -> None:
    assert Speller({"vache": 99, "tache": 1}, {}).mend(["tacho", "tbche"]) == ["tache", "tache"]


def test_among_words_as_near_the_commoner_is_taken() -> None:
    assert Speller({"marcha": 1, "marche": 50, "marchi": 2}, {}).mend(["marchu"]) == ["marche"]


def test_a_rarer_word_further_down_is_not_missed() -> None:
    crowd = {f"marche{letter}": 1 for letter in "abcdefghijkl"}
    assert Speller(crowd | {"marchez": 50}, {}).mend(["marcheu"]) == ["marchez"]


def test_only_so_many_words_of_a_message_are_mended(speller: Speller) -> None:
    mended = speller.mend(["sitr"] * (MAX_MENDED + 5))
    assert mended == ["site"] * MAX_MENDED + ["sitr"] * 5


def test_the_other_meanings_of_a_short_form_are_added(speller: Speller) -> None:
    assert speller.expand(["mon", "presta", "ndd", "pk"]) == ["agence", "web", "domaine"]


def test_the_other_meanings_come_in_the_order_of_the_question() -> None:
    forms = {f"mot{i}": ("x", f"sens{i}") for i in range(50)}
    assert Speller({}, forms).expand(list(forms)) == [f"sens{i}" for i in range(50)]


letters = st.text("abcdeinrst", min_size=1, max_size=11)


@given(st.sets(letters, max_size=30), st.lists(letters, max_size=8))
def test_mending_finds_what_a_look_at_every_word_finds(known: set[str], asked: list[str]) -> None:
    speller = Speller(dict.fromkeys(known, 1), {})
    for token, mended in zip(asked, speller.mend(asked), strict=True):
        slips = 1 if len(token) < 8 else 2
        distances = [DamerauLevenshtein.distance(token, w) for w in known if len(w) >= 4]
        nearest = min(distances, default=99)
        if token in known or len(token) < 4 or nearest > slips:
            assert mended == token
        else:
            assert DamerauLevenshtein.distance(token, mended) == nearest
            assert mended in known


@given(st.lists(st.text(max_size=50), max_size=60))
def test_mending_never_fails(tokens: list[str]) -> None:
    assert len(Speller(WORDS, {}).mend(tokens)) == len(tokens)
