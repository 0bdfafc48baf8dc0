"""Text made comparable: `fold` for spelling, `words` for tokens, `stems` for their roots."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import snowballstemmer

MAX_CHARS = 2000
"""What is read of a message: longer ones repeat themselves, and time must stay bounded."""

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "ø": "o"})
_APOSTROPHES = re.compile("['’‘ʼ`´＇]")
_ELISION = re.compile(r"\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quelqu|presqu)'(?=\w)")
_ENGLISH = re.compile(r"\b(\w+?)(?:n't|'(?:s|re|ve|ll|d|m))\b")
_AMOUNT = re.compile(
    r"(?:[€$£]\s?\d[\d\s.,]*\d|\d[\d\s.,]*)\s?(?:€|euros?\b|eur\b|k€|%)|[€$£]\s?\d[\d,.]*"
)
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_REPEATED = re.compile(r"([a-z])\1{2,}")


def fold(text: str) -> str:
    """Lower case, no accents, no ligatures, elisions split, anything else a space.

    Args:
        text: whatever was typed; lone surrogates and control characters are dropped.
    """
    text = text[:MAX_CHARS].encode("utf-8", "ignore").decode("utf-8").lower()
    text = text.translate(_LIGATURES)
    text = unicodedata.normalize("NFKD", text)
    text = "".join(c for c in text if not unicodedata.combining(c))
    text = _APOSTROPHES.sub("'", text)
    text = _AMOUNT.sub(_name_amount, text)
    text = _ENGLISH.sub(_join_english, text)
    text = _ELISION.sub(" ", text)
    text = _REPEATED.sub(r"\1\1", text)
    return " ".join(_NOT_WORD.sub(" ", text).split())


def _name_amount(match: re.Match[str]) -> str:
    return " pourcent " if "%" in match[0] else " montant "


def _join_english(match: re.Match[str]) -> str:
    """`don't` is one word, `provider's` is `provider`."""
    whole: str = match[0]
    return whole.replace("'", "") if whole.endswith("n't") else match[1]


def words(text: str) -> list[str]:
    """The words of a folded text; figures all read the same but for article-like ones."""
    return [word if not word.isdigit() or len(word) > 4 else "0" for word in fold(text).split()]


_FRENCH = snowballstemmer.stemmer("french")
_ENGLISH_STEMMER = snowballstemmer.stemmer("english")


@lru_cache(maxsize=200_000)
def stem(word: str, language: str) -> str:
    """The root of a folded word."""
    stemmer = _ENGLISH_STEMMER if language == "en" else _FRENCH
    return str(stemmer.stemWord(word))
