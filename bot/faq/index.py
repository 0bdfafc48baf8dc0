"""Two indexes over phrasings: entries by BM25, and the nearest phrasings of a few entries.

Both are arrays, so that 850,000 phrasings take tens of milliseconds a question, not seconds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bot.faq.text import stem

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

_K1, _B = 1.2, 0.4
_GRAMS = range(3, 6)
_SMALL = 1000
WHOLE = 2.0
"""How much more a whole word weighs than a piece of one."""


@dataclass(frozen=True, slots=True)
class Bm25:
    """BM25 over entries: the phrasings of one, taken together, are one document.

    Attributes:
        terms: the number of each term.
        starts: where the postings of term `i` begin; one more marks the end.
        docs: the entry of each posting.
        weights: its weight, idf included.
    """

    terms: Mapping[str, int]
    starts: Ints
    docs: Ints
    weights: Floats
    size: int

    @classmethod
    def fit(cls, documents: Iterable[Iterable[str]]) -> Bm25:
        """Index documents, each given as its terms; they are gone through once."""
        terms: dict[str, int] = {}
        found: list[Ints] = []
        times: list[Floats] = []
        for document in documents:
            count = Counter(document)
            numbers = (terms.setdefault(term, len(terms)) for term in count)
            found.append(np.fromiter(numbers, np.int32, len(count)))
            times.append(np.fromiter(count.values(), np.float32, len(count)))
        size = len(found)
        sizes = [len(numbers) for numbers in found]
        lengths = np.array([each.sum() for each in times] or [1], dtype=np.float32)
        mean = float(lengths.mean()) or 1.0
        every = np.concatenate([np.zeros(0, dtype=np.int32), *found])
        order = np.argsort(every, kind="stable")
        docs = np.repeat(np.arange(size, dtype=np.int32), sizes)[order]
        tf = np.concatenate([np.zeros(0, dtype=np.float32), *times])[order]
        df = np.bincount(every, minlength=len(terms))
        starts = np.zeros(len(terms) + 1, dtype=np.int32)
        starts[1:] = np.cumsum(df)
        idf = np.log(1 + (max(size, 1) - df + 0.5) / (df + 0.5)).astype(np.float32)
        norm = _K1 * (1 - _B + _B * lengths / mean).astype(np.float32)
        weights = np.repeat(idf, df) * tf * np.float32(_K1 + 1)
        weights /= tf + norm[docs] if len(docs) else tf
        return cls(terms, starts, docs, weights, size)

    def scores(self, query: Mapping[str, float]) -> Floats:
        """The score of every entry for weighted terms."""
        found = [
            (self.terms[term], weight) for term, weight in query.items() if term in self.terms
        ]
        if not found:
            return np.zeros(self.size, dtype=np.float32)
        spans = [slice(self.starts[i], self.starts[i + 1]) for i, _ in found]
        docs = np.concatenate([self.docs[span] for span in spans])
        weights = np.concatenate(
            [self.weights[span] * w for span, (_, w) in zip(spans, found, strict=True)]
        )
        return np.bincount(docs, weights, minlength=self.size).astype(np.float32)

    def share(self, term: str, doc: int) -> float:
        """What one term adds to one entry, to tell an operator why."""
        number = self.terms.get(term)
        if number is None:
            return 0.0
        span = slice(self.starts[number], self.starts[number + 1])
        return float(self.weights[span][self.docs[span] == doc].sum())


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of a text, folded, and the language whose stems they have."""

    words: Sequence[str]
    language: str

    def stems(self) -> list[str]:
        """The root of each word."""
        return [stem(word, self.language) for word in self.words]


def terms(tokens: Tokens) -> list[str]:
    """What BM25 counts: stems, and pairs of them."""
    stems = tokens.stems()
    return [*stems, *(f"{a} {b}" for a, b in pairwise(stems))]


def pairs(tokens: Tokens) -> list[str]:
    """Two stems in a row: `mise en` is more than `mise` and `en`."""
    stems = tokens.stems()
    return [f"{a} {b}" for a, b in pairwise(stems)]


def token_features(word: str, language: str) -> list[str]:
    """The stem of a word, and its pieces."""
    return [f"={stem(word, language)}", *grams(word)]


def grams(word: str) -> list[str]:
    """The pieces of a word, with its borders: what a misspelling leaves in common."""
    bounded = f"<{word}>"
    return [bounded[i : i + n] for n in _GRAMS for i in range(len(bounded) - n + 1)]


@dataclass(frozen=True, slots=True)
class Phrasings:
    """TF-IDF rows of phrasings, grouped by entry, for the mean of an entry's nearest few.

    Attributes:
        features: the number of each feature (a piece of a word, a stem, a pair of stems).
        idf: the weight of each feature.
        starts: where the row of phrasing `i` begins.
        columns, values: the rows, of unit length.
        firsts: the first phrasing of entry `j`; one more marks the end.
    """

    features: Mapping[str, int]
    idf: Floats
    starts: NDArray[np.int64]
    columns: Ints
    values: Floats
    firsts: Ints

    @classmethod
    def fit(cls, groups: Sequence[Sequence[Tokens]]) -> Phrasings:
        """Index phrasings, given as their tokens, for each entry."""
        features, counted = _count_features(groups)
        df = np.zeros(len(features), dtype=np.int32)
        for kinds, _, _ in counted:
            np.add.at(df, kinds, 1)
        rows = sum(len(sizes) for _, _, sizes in counted)
        # What a single phrasing has tells nothing of the others, and is most of the memory.
        kept = df > 1 if rows > _SMALL else df > 0
        renumbered = (np.cumsum(kept) - 1).astype(np.int32)
        features = {f: int(renumbered[i]) for f, i in features.items() if kept[i]}
        idf = (np.log((1 + rows) / (1 + df[kept])) + 1).astype(np.float32)
        # A word has a dozen pieces: unweighted, they would drown the word itself.
        whole = np.array([f[0] == "=" or " " in f for f in features], dtype=bool)
        idf[whole] *= WHOLE
        lengths = np.zeros(rows + 1, dtype=np.int64)
        columns = np.empty(int(df[kept].sum()), dtype=np.int32)
        values = np.empty(len(columns), dtype=np.float32)
        row = at = 0
        for kinds, times, sizes in counted:
            chosen = kept[kinds]
            owner = np.repeat(np.arange(len(sizes)), sizes)[chosen]
            mine = renumbered[kinds[chosen]]
            weights = (1 + np.log(times[chosen], dtype=np.float32)) * idf[mine]
            norms = np.sqrt(np.bincount(owner, weights**2, minlength=len(sizes)))
            columns[at : at + len(mine)] = mine
            values[at : at + len(mine)] = weights / np.maximum(norms, 1e-9)[owner]
            lengths[row + 1 : row + 1 + len(sizes)] = np.bincount(owner, minlength=len(sizes))
            row, at = row + len(sizes), at + len(mine)
        firsts = np.zeros(len(groups) + 1, dtype=np.int32)
        firsts[1:] = np.cumsum([len(group) for group in groups])
        return cls(features, idf, np.cumsum(lengths), columns, values, firsts)

    def query(self, tokens: Tokens) -> Floats:
        """A question as a vector of unit length over all features."""
        found = [f for word in tokens.words for f in token_features(word, tokens.language)]
        found += pairs(tokens)
        counts = Counter(self.features[f] for f in found if f in self.features)
        vector = np.zeros(len(self.features), dtype=np.float32)
        if counts:
            columns = np.fromiter(counts.keys(), dtype=np.int32)
            tf = np.fromiter(counts.values(), dtype=np.float32)
            vector[columns] = (1 + np.log(tf)) * self.idf[columns]
            vector /= np.linalg.norm(vector)
        return vector

    def similarities(self, vector: Floats, entry: int) -> Floats:
        """How near each phrasing of an entry is, from 0 to 1."""
        first, last = self.firsts[entry], self.firsts[entry + 1]
        if first == last:
            return np.zeros(0, dtype=np.float32)
        start, end = self.starts[first], self.starts[last]
        products = np.zeros(int(end - start) + 1, dtype=np.float32)
        np.multiply(vector[self.columns[start:end]], self.values[start:end], out=products[:-1])
        sums: Floats = np.add.reduceat(products, self.starts[first:last] - start)
        # reduceat gives an empty row the element after it.
        sums[np.diff(self.starts[first : last + 1]) == 0] = 0
        return sums


Counted = tuple[Ints, NDArray[np.uint16], Ints]
"""The kinds of features of some rows, how often each is there, how many kinds each row has."""


def _count_features(groups: Sequence[Sequence[Tokens]]) -> tuple[dict[str, int], list[Counted]]:
    """A number for each feature, and the features of each group of phrasings."""
    features: dict[str, int] = {}
    of_word: dict[tuple[str, str], Ints] = {}

    def numbers(found: Sequence[str]) -> Ints:
        each = (features.setdefault(feature, len(features)) for feature in found)
        return np.fromiter(each, np.int32, len(found))

    counted = []
    for group in groups:
        parts, lengths = [np.zeros(0, dtype=np.int32)], []
        for tokens in group:
            first = len(parts)
            for word in tokens.words:
                key = (word, tokens.language)
                if key not in of_word:
                    of_word[key] = numbers(token_features(*key))
                parts.append(of_word[key])
            parts.append(numbers(pairs(tokens)))
            lengths.append(sum(len(part) for part in parts[first:]))
        counted.append(_count(np.concatenate(parts), lengths))
    return features, counted


def _count(found: Ints, lengths: Sequence[int]) -> Counted:
    """Count the features of rows that stand one after the other, each of its length."""
    row = np.repeat(np.arange(len(lengths), dtype=np.int64), lengths)
    both, times = np.unique(row << 32 | found, return_counts=True)
    sizes = np.bincount(both >> 32, minlength=len(lengths)).astype(np.int32)
    return (both & 0xFFFFFFFF).astype(np.int32), times.astype(np.uint16), sizes
