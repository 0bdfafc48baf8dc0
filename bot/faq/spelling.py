"""Spelling mended to the knowledge's own words: SMS French and slips of the finger."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

MAX_MENDED = 40
"""Words mended in one message: a story is understood without, and time must stay bounded."""

_SHORTEST = 4


def spell_out(tokens: Sequence[str], synonyms: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Short forms replaced by what they stand for: in questions and in phrasings alike."""
    return [
        word
        for token in tokens
        for word in (synonyms[token][0].split() if token in synonyms else (token,))
    ]


class Speller:
    """Knows every word of the knowledge, by length, and the short forms people write.

    Args:
        words: the words of the knowledge, with how often each is used.
        synonyms: short forms and what they stand for, folded.
    """

    def __init__(self, words: Mapping[str, int], synonyms: Mapping[str, tuple[str, ...]]) -> None:
        self.words = words
        self.synonyms = synonyms
        by_length: dict[int, list[str]] = {}
        for word in words:
            if len(word) >= _SHORTEST and not word.isdigit():
                by_length.setdefault(len(word), []).append(word)
        self._by_length: dict[int, tuple[list[str], NDArray[np.uint64]]] = {
            length: (same, np.array([_letters(word) for word in same], dtype=np.uint64))
            for length, same in by_length.items()
        }
        self._mend = lru_cache(maxsize=50_000)(self._nearest)

    def mend(self, tokens: Sequence[str]) -> list[str]:
        """Short forms spelled out, unknown words replaced by the nearest known one."""
        mended: list[str] = []
        budget = MAX_MENDED
        for token in spell_out(tokens, self.synonyms):
            if token in self.words or len(token) < _SHORTEST or token.isdigit() or budget == 0:
                mended.append(token)
            else:
                budget -= 1
                mended.append(self._mend(token) or token)
        return mended

    def expand(self, tokens: Collection[str]) -> list[str]:
        """Other words that the knowledge uses for these, from the operators' file."""
        return [
            word
            for token in dict.fromkeys(tokens)
            for meaning in self.synonyms.get(token, ())[1:]
            for word in meaning.split()
        ]

    def _nearest(self, token: str) -> str | None:
        """The likeliest known word: one slip in short words, two in long ones."""
        slips = 1 if len(token) < 8 else 2
        candidates: list[str] = []
        for length in range(len(token) - slips, len(token) + slips + 1):
            if length in self._by_length:
                same, letters = self._by_length[length]
                # A slip changes two letters at most: most words need no closer look.
                apart = np.bitwise_count(letters ^ np.uint64(_letters(token)))
                candidates += [same[i] for i in np.flatnonzero(apart <= 2 * slips)]
        found = process.extract(
            token, candidates, scorer=DamerauLevenshtein.distance, score_cutoff=slips, limit=None
        )
        if not found:
            return None
        best = min(
            found,
            key=lambda hit: (hit[1], hit[0][0] != token[0], -self.words[hit[0]]),
        )
        return str(best[0])


def _letters(word: str) -> int:
    """The letters of a word, one bit each."""
    found = 0
    for letter in word:
        found |= 1 << (ord(letter) & 63)
    return found
