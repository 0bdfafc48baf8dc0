"""Words as they are printed: French spaces, and nothing a page can't hold."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.documents import typography

N, W = "\u202f", "\u00a0"


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Objet : oui ; non ! quoi ?", f"Objet{N}: oui{N}; non{N}! quoi{N}?"),
        ("Pourquoi? Non! Oui; fin", f"Pourquoi{N}? Non{N}! Oui{N}; fin"),
        ("« ainsi »", f"«{N}ainsi{N}»"),
        ("«ainsi»", f"«{N}ainsi{N}»"),
        ("l'article 1226, n° 3", f"l’article{W}1226, n°{W}3"),
        ("voir https://a.b/c:8080?d à 14:30", "voir https://a.b/c:8080?d à 14:30"),
        ("1 234 €", f"1{N}234{W}€"),
    ],
)
def test_an_editors_words_get_french_spaces(typed: str, printed: str) -> None:
    assert typography.template(typed, "fr") == printed


def test_english_keeps_its_own_spaces() -> None:
    assert typography.template("Subject: it's 5; yes!", "en") == "Subject: it’s 5; yes!"


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("il a dit : non  merci", f"il a dit{N}: non merci"),
        ("a\tb\x00c\ue000d\u202ee\ud800f", "a bcdef"),
        ("un\r\n\r\n  deux \rtrois", "un\ndeux\ntrois"),
        ("l'accès", "l'accès"),
        ("e\u0301te\u0301", "été"),
    ],
)
def test_a_clients_words_keep_their_letters(typed: str, printed: str) -> None:
    assert typography.words(typed, "fr") == printed


@given(st.text())
def test_only_spaces_and_what_no_page_holds_are_lost(typed: str) -> None:
    shown = typography.words(typed, "fr")
    assert not re.search(r"[\ue000\ue001\u202e\x00]", shown)
    assert not re.search(r"[^\S\n]{2,}", shown)
    assert typography.words(shown, "fr") == shown


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("le site rame", "Le site rame."), ("Non !", f"Non{N}!"), ("iPhone vu", "iPhone vu."),
        ("https://a.b en panne", "https://a.b en panne."), ("fini,", "Fini."), ("", ""),
    ],
)  # fmt: skip
def test_a_sentence_begins_with_a_capital_and_ends_with_a_mark(typed: str, printed: str) -> None:
    assert typography.sentence(typed, "fr") == printed


@pytest.mark.parametrize(
    ("typed", "printed"),
    [("a.", "a"), ("a ; ", "a"), ("etc.", "etc."), ("a...", "a..."), ("a\nb", "a b"), (".", ".")],
)
def test_a_value_inside_a_sentence_loses_its_full_stop(typed: str, printed: str) -> None:
    assert typography.inline(typed, "fr") == printed


@pytest.mark.parametrize("typed", ["« ainsi »", '"ainsi"', "“ainsi”", "ainsi"])
def test_a_quotation_has_one_pair_of_marks(typed: str) -> None:
    assert typography.quoted(typed, "fr").strip(N) == "ainsi"


@pytest.mark.parametrize(
    ("rendered", "printed"),
    [
        ("a  b", "a b"),
        ("fini .", "fini."),
        ("quoi ?.", "quoi ?"),
        ("etc..", "etc."),
        ("a...", "a..."),
    ],
)
def test_optional_parts_leave_no_trace(rendered: str, printed: str) -> None:
    assert typography.tidy(rendered) == printed
