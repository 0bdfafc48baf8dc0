"""Plainer ways to find an entry, over the same phrasings: what the matcher must be better than."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from bot.faq.entry import Knowledge
from bot.faq.evaluate import Question
from bot.faq.index import Bm25, Phrasings, Tokens, terms
from bot.faq.matcher import phrasings_of
from bot.faq.text import fold, words

Scores = NDArray[np.float32]
Scorer = Callable[[Sequence[Question]], Scores]
"""Questions in, a row a question out: the score of each entry."""


def rivals(knowledge: Knowledge) -> dict[str, Scorer]:
    """Each rival by its name, fitted."""
    return {
        "RapidFuzz extractOne, WRatio": _fuzzy(knowledge, fuzz.WRatio),
        "RapidFuzz extractOne, token_set_ratio": _fuzzy(knowledge, fuzz.token_set_ratio),
        "BM25 alone": _bm25(knowledge),
        "TF-IDF char + word, nearest phrasing": _nearest(knowledge),
    }


def folded_phrasings(knowledge: Knowledge) -> tuple[list[str], NDArray[np.int64]]:
    """Every phrasing folded, titles too, and the number of its entry."""
    texts, owners = [], []
    for number, entry in enumerate(knowledge.entries.values()):
        for phrasing in phrasings_of(entry):
            texts.append(fold(phrasing.text))
            owners.append(number)
    return texts, np.array(owners)


def _fuzzy(knowledge: Knowledge, scorer: Callable[..., float]) -> Scorer:
    """The phrasing that `process.extractOne` takes is the one of the highest score here."""
    texts, owners = folded_phrasings(knowledge)
    firsts = np.flatnonzero(np.diff(owners, prepend=-1))

    def scores(questions: Sequence[Question]) -> Scores:
        found: Scores = process.cdist(
            [fold(question.text) for question in questions],
            texts,
            scorer=scorer,
            dtype=np.float32,
            workers=-1,
        )
        best: Scores = np.maximum.reduceat(found, firsts, axis=1)
        return best

    return scores


def _tokens(knowledge: Knowledge) -> list[list[Tokens]]:
    return [
        [Tokens(words(phrasing.text), phrasing.language) for phrasing in phrasings_of(entry)]
        for entry in knowledge.entries.values()
    ]


def _bm25(knowledge: Knowledge) -> Scorer:
    groups = _tokens(knowledge)
    index = Bm25.fit([[term for tokens in group for term in terms(tokens)] for group in groups])

    def scores(questions: Sequence[Question]) -> Scores:
        return np.array(
            [
                index.scores(dict.fromkeys(terms(Tokens(words(q.text), q.language)), 1.0))
                for q in questions
            ]
        )

    return scores


def _nearest(knowledge: Knowledge) -> Scorer:
    index = Phrasings.fit(_tokens(knowledge))

    def scores(questions: Sequence[Question]) -> Scores:
        rows = []
        for question in questions:
            vector = index.query(Tokens(words(question.text), question.language))
            rows.append(
                [index.similarities(vector, i).max() for i in range(len(knowledge.entries))]
            )
        return np.array(rows, dtype=np.float32)

    return scores
