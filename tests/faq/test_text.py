from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.faq.text import MAX_CHARS, MAX_WORD, fold, stem, words

# Every code point, lone surrogates too, and often what `fold` has a rule for.
anything = st.text(
    st.characters() | st.sampled_from("aéÉœß’'′5€%$k ,.-eurosndlt\u00ad\u0301\ud800")
)


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("ÉTÉ À NOËL", "ete a noel"),
        ("e\u0301te\u0301", "ete"),
        ("Œuvre, cœur, Æther, Straße", "oeuvre coeur aether strasse"),
        ("ﬁnir", "finir"),
        ("𝐇ello №5", "hello no5"),
        ("n\u0336o\u0336n\u0336", "non"),
        ("pres\u00adtataire", "prestataire"),
        ("c\u20dde\ufe0fla", "cela"),
        ("mise-en-demeure", "mise en demeure"),
        ("  un\t\ndeux\u00a0trois\u202fquatre ", "un deux trois quatre"),
        ("😀 site 🔥 en panne 👍🏽", "site en panne"),
        ("网站 сайт موقع", ""),
        ("nuuuuul !!!!", "nuul"),
        ("", ""),
    ],
)
def test_case_accents_ligatures_and_signs_make_no_difference(typed: str, folded: str) -> None:
    assert fold(typed) == folded


@pytest.mark.parametrize("apostrophe", "'’‘ʼ`´＇")
def test_every_apostrophe_reads_the_same(apostrophe: str) -> None:
    assert fold(f"l{apostrophe}agence n{apostrophe}a rien fait") == "agence a rien fait"


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("l'agence", "agence"),
        ("qu'il", "il"),
        ("jusqu'à", "a"),
        ("lorsqu'on", "on"),
        ("D'un", "un"),
        ("aujourd'hui", "aujourd hui"),
        ("j' ai", "j ai"),
    ],
)
def test_elided_words_are_dropped_and_others_kept(typed: str, folded: str) -> None:
    assert fold(typed) == folded


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("don't", "dont"),
        ("can’t", "cant"),
        ("provider's", "provider"),
        ("we're", "we"),
        ("I've", "i"),
    ],
)
def test_english_contractions_are_one_word(typed: str, folded: str) -> None:
    assert fold(typed) == folded


@pytest.mark.parametrize(
    "amount",
    [
        "800 €", "800€", "1 200,50 €", "1\u202f200\u00a0€", "1.200,00 euros", "12 k€", "3 eur",
        "5-euros", "5 d'euros", "$1,500", "€ 40", "£99", "500 $", "5 euro",
    ],
)  # fmt: skip
def test_every_amount_reads_the_same(amount: str) -> None:
    assert fold(f"payé {amount} hier") == "paye montant hier"


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("30 % de baisse", "pourcent de baisse"),
        ("5 européens", "5 europeens"),
        ("en 2024", "en 2024"),
        ("5 mois", "5 mois"),
    ],
)
def test_a_number_that_is_no_amount_is_kept(typed: str, folded: str) -> None:
    assert fold(typed) == folded


def test_short_figures_all_read_the_same_and_long_ones_are_kept() -> None:
    assert words("depuis 3 mois, facture 2024-118, SIREN 732829320") == [
        "depuis", "0", "mois", "facture", "0", "0", "siren", "732829320",
    ]  # fmt: skip


def test_an_endless_word_is_cut() -> None:
    assert words("x1" * 500) == [("x1" * 500)[:MAX_WORD]]


def test_what_stands_beyond_the_limit_is_not_read() -> None:
    assert fold("a " * MAX_CHARS + "prestataire") == "a " * (MAX_CHARS // 2 - 1) + "a"


def test_the_root_of_a_word_depends_on_the_language() -> None:
    assert stem("payments", "en") == stem("payment", "en")
    assert stem("remboursements", "fr") == stem("remboursement", "fr")
    assert stem("cancelled", "en") != stem("cancelled", "fr")


@given(anything)
def test_any_text_folds_to_plain_words(text: str) -> None:
    folded = fold(text)
    assert folded == " ".join(folded.split())
    assert set(folded) <= set("abcdefghijklmnopqrstuvwxyz0123456789 ")


@given(anything)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text("aàbcçdeéèëiîklmnoœqrstuù'’-,. 0123456789€$%"))
def test_capitals_never_matter(text: str) -> None:
    assert fold(text.upper()) == fold(text)


@given(anything)
def test_words_are_never_empty_nor_endless(text: str) -> None:
    assert all(0 < len(word) <= MAX_WORD for word in words(text))
