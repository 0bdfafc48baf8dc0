"""Number words as figures, and text made plain."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.flows.numerals import figures, fold


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("deux mille euros", "2000 euros"),
        ("mille deux cent trente-quatre", "1234"),
        ("quatre-vingt-dix-neuf", "99"),
        ("quatre-vingts", "80"),
        ("soixante et onze", "71"),
        ("vingt et un", "21"),
        ("nonante", "90"),
        ("dix-sept mille", "17000"),
        ("2 mille", "2000"),
        ("a thousand", "1000"),
        ("two thousand three hundred and fifty", "2350"),
        ("twenty-five hundred", "2500"),
        ("quatorze heures trente", "14 heures 30"),
    ],
)
def test_number_words_become_figures(text: str, expected: str) -> None:
    assert figures(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "une facture",
        "un site neuf",
        "3 sept. 2026",
        "fifty cents",
        "deux trois",
        "les deux 800 euros",
        "cents",
    ],
)
def test_words_that_make_no_number_stay(text: str) -> None:
    assert figures(text) == text


def test_a_percentage_keeps_its_word() -> None:
    assert figures("vingt pour cent") == "20 pour cent"


def test_folding_drops_accents_and_makes_spaces_apostrophes_and_dashes_alike() -> None:
    assert fold("L’Été\u202f–\u00a0Cœur") == "l'ete - coeur"


@given(st.text(max_size=200))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)
