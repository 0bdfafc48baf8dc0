"""Text made comparable: `fold` for spelling, `words` for tokens, `stems` for their roots."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import snowballstemmer

MAX_CHARS = 2000
"""What is read of a message: longer ones repeat themselves, and time must stay bounded."""

MAX_WORD = 40
"""What is read of a word: caches hold words, and no real one is longer."""

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o"})
_UNSEEN = {"Mn", "Me", "Cf"}
"""Accents, enclosing marks, and what only lays a text out, such as a soft hyphen."""
_APOSTROPHES = re.compile("['’‘ʼ`´＇]")
_ELISION = re.compile(r"\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quelqu|presqu)'(?=\w)")
_ENGLISH = re.compile(r"\b(\w+?)(?:n't|'(?:s|re|ve|ll|d|m))\b")
# Bounded: a long row of figures would be read again from each of them.
_AMOUNT = re.compile(r"\d[\d\s.,]{0,20}(?:k?[€$£]|%)|[€$£]\s?\d[\d.,]{0,20}")
_AMOUNT_IN_WORDS = re.compile(r"\b\d[\d ]{0,20}eur(?:os?)?\b")
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_REPEATED = re.compile(r"([a-z])\1{2,}")


def fold(text: str) -> str:
    """Lower case, no accents, no ligatures, elisions split, anything else a space.

    Args:
        text: whatever was typed; lone surrogates and control characters are dropped.
    """
    text = text[:MAX_CHARS].encode("utf-8", "ignore").decode("utf-8")
    text = _APOSTROPHES.sub("'", text)
    # Some characters stand for eighteen others.
    text = unicodedata.normalize("NFKD", text)[: 2 * MAX_CHARS].lower().translate(_LIGATURES)
    if not text.isascii():
        text = "".join(c for c in text if unicodedata.category(c) not in _UNSEEN)
    text = _AMOUNT.sub(_name_amount, text)
    text = _ENGLISH.sub(_join_english, text)
    text = _ELISION.sub(" ", text)
    text = _REPEATED.sub(r"\1\1", text)
    text = " ".join(_NOT_WORD.sub(" ", text).split())
    return _AMOUNT_IN_WORDS.sub("montant", text)


def _name_amount(match: re.Match[str]) -> str:
    return " pourcent " if "%" in match[0] else " montant "


def _join_english(match: re.Match[str]) -> str:
    """`don't` is one word, `provider's` is `provider`."""
    whole: str = match[0]
    return whole.replace("'", "") if whole.endswith("n't") else match[1]


def words(text: str) -> list[str]:
    """The words of a folded text; figures all read the same but for article-like ones."""
    return [
        "0" if word.isdigit() and len(word) <= 4 else word[:MAX_WORD]
        for word in fold(text).split()
    ]


_FRENCH = snowballstemmer.stemmer("french")
_ENGLISH_STEMMER = snowballstemmer.stemmer("english")


@lru_cache(maxsize=200_000)
def stem(word: str, language: str) -> str:
    """The root of a folded word."""
    stemmer = _ENGLISH_STEMMER if language == "en" else _FRENCH
    return str(stemmer.stemWord(word))
