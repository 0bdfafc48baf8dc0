from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.faq.index import Bm25, Phrasings, Tokens, grams, pairs, terms, token_features
from bot.faq.linear import MAX_ENTRIES, Linear

some_words = st.lists(st.sampled_from(["site", "panne", "contrat", "facture", "delai", "preuve"]))


def tokens(text: str, language: str = "fr") -> Tokens:
    return Tokens(text.split(), language)


def fitted(*groups: list[str]) -> Phrasings:
    return Phrasings.fit([[tokens(text) for text in group] for group in groups])


def test_terms_are_stems_then_pairs_of_neighbours() -> None:
    stems = tokens("mise en demeure").stems()
    assert terms(tokens("mise en demeure")) == [
        *stems,
        f"{stems[0]} {stems[1]}",
        f"{stems[1]} {stems[2]}",
    ]


def test_a_single_word_has_no_pair() -> None:
    assert pairs(tokens("demeure")) == []


def test_a_misspelt_word_shares_pieces_with_the_right_one() -> None:
    assert len(set(grams("hebergeur")) & set(grams("ebergeur"))) > 10


def test_the_pieces_of_a_word_know_its_borders() -> None:
    assert grams("nom") == ["<no", "nom", "om>", "<nom", "nom>", "<nom>"]


def test_an_entry_that_has_the_term_scores_above_one_that_does_not() -> None:
    bm25 = Bm25.fit([["panne", "site"], ["contrat", "site"]])
    first, second = bm25.scores({"panne": 1.0})
    assert first > 0
    assert second == 0


def test_a_rare_term_weighs_more_than_a_common_one() -> None:
    bm25 = Bm25.fit([["panne", "site"], ["contrat", "site"], ["delai", "site"]])
    assert bm25.share("panne", 0) > bm25.share("site", 0) > 0


def test_a_term_said_twice_weighs_more_but_less_than_double() -> None:
    once, twice = Bm25.fit([["panne", "x"], ["panne", "panne"]]).scores({"panne": 1.0})
    assert once < twice < 2 * once


def test_unknown_terms_score_nothing() -> None:
    bm25 = Bm25.fit([["panne"], ["contrat"]])
    assert bm25.scores({"inconnu": 1.0}).tolist() == [0.0, 0.0]
    assert bm25.share("inconnu", 0) == 0.0


def test_an_index_of_nothing_scores_nothing() -> None:
    assert Bm25.fit([]).scores({"panne": 1.0}).tolist() == []
    assert Bm25.fit([[], []]).scores({"panne": 1.0}).tolist() == [0.0, 0.0]


@given(st.lists(some_words, min_size=1, max_size=6), st.dictionaries(st.text(), st.floats(0, 9)))
def test_the_score_of_an_entry_is_the_sum_of_its_terms_shares(
    documents: list[list[str]], extra: dict[str, float]
) -> None:
    bm25 = Bm25.fit(documents)
    query = extra | {"site": 1.0, "panne": 0.5, "delai": 2.0}
    expected = [
        sum(weight * bm25.share(term, doc) for term, weight in query.items())
        for doc in range(len(documents))
    ]
    assert bm25.scores(query) == pytest.approx(expected, rel=1e-5)


def test_a_phrasing_is_nearest_to_itself() -> None:
    index = fitted(["mon site est en panne", "page blanche"], ["le contrat est nul"])
    similar = index.similarities(index.query(tokens("page blanche")), 0)
    assert similar[1] == pytest.approx(1.0)
    assert similar[0] < 0.5


def test_a_question_with_nothing_known_is_near_nothing() -> None:
    index = fitted(["mon site"], ["le contrat"])
    vector = index.query(tokens("zzz"))
    assert index.similarities(vector, 0).tolist() == [0.0]


def test_an_entry_without_phrasings_has_no_similarities() -> None:
    index = fitted(["mon site"], [], ["le contrat"])
    vector = index.query(tokens("mon contrat"))
    assert [len(index.similarities(vector, entry)) for entry in range(3)] == [1, 0, 1]


def test_a_phrasing_without_words_takes_nothing_from_the_one_before() -> None:
    alone = fitted(["mon site"], ["le contrat"])
    beside = fitted(["mon site", "", ""], ["le contrat", ""])
    question = tokens("mon contrat de site")
    for entry in range(2):
        first = alone.similarities(alone.query(question), entry)[0]
        assert first > 0
        found = beside.similarities(beside.query(question), entry)
        assert found[1:].tolist() == [0.0] * (len(found) - 1)
        assert found[0] == pytest.approx(first, abs=0.1)


@given(st.lists(st.lists(some_words, max_size=4), min_size=1, max_size=4), some_words)
def test_similarities_are_the_cosines_of_the_rows(
    groups: list[list[list[str]]], question: list[str]
) -> None:
    index = Phrasings.fit([[Tokens(words, "fr") for words in group] for group in groups])
    vector = index.query(Tokens(question, "fr"))
    for entry, group in enumerate(groups):
        expected = [
            float(_row(index, words) @ vector) if words and question else 0.0 for words in group
        ]
        assert index.similarities(vector, entry) == pytest.approx(expected, abs=1e-4)


def _row(index: Phrasings, words: list[str]) -> np.ndarray:
    """The row of a phrasing, written out feature by feature."""
    found = Counter(f for word in words for f in token_features(word, "fr"))
    stems = Tokens(words, "fr").stems()
    found.update(f"{a} {b}" for a, b in pairwise(stems))
    row = np.zeros(len(index.features))
    for feature, count in found.items():
        row[index.features[feature]] = (1 + np.log(count)) * index.idf[index.features[feature]]
    return row / np.linalg.norm(row)


def test_the_linear_view_learns_whose_phrasing_it_is() -> None:
    groups = [
        ["mon site est en panne", "le site ne marche plus", "panne du site"],
        ["contrat nul", "rompre le contrat", "le contrat est fini"],
        ["garder les preuves", "quelles preuves", "preuves du defaut"],
    ]
    index = fitted(*groups)
    linear = Linear.fit(index)
    assert linear is not None
    for entry, group in enumerate(groups):
        for text in group:
            assert linear.scores(index.query(tokens(text))).argmax() == entry


def test_what_speaks_for_an_entry_speaks_against_its_rivals() -> None:
    index = fitted(["site en panne", "panne du site"], ["site lent", "lenteur du site"])
    linear = Linear.fit(index)
    assert linear is not None
    first, second = linear.scores(index.query(tokens("panne")))
    assert first > 0 > second


def test_the_linear_view_is_the_same_at_each_fit() -> None:
    index = fitted(["mon site", "en panne"], ["le contrat", "nul"])
    first, second = Linear.fit(index), Linear.fit(index)
    assert first is not None
    assert second is not None
    assert np.array_equal(first.weights, second.weights)


@pytest.mark.parametrize("entries", [0, 1, MAX_ENTRIES + 1])
def test_too_few_or_too_many_entries_go_without_the_linear_view(entries: int) -> None:
    assert Linear.fit(fitted(*[["mon site"]] * entries)) is None
