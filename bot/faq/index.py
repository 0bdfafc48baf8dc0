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
    def fit(cls, documents: Sequence[Iterable[str]]) -> Bm25:
        """Index documents, each given as its terms."""
        counts = [Counter(terms) for terms in documents]
        lengths = np.array([sum(count.values()) for count in counts] or [1], dtype=np.float32)
        mean = float(lengths.mean()) or 1.0
        terms: dict[str, int] = {}
        postings: list[list[tuple[int, int]]] = []
        for doc, count in enumerate(counts):
            for term, n in count.items():
                number = terms.setdefault(term, len(terms))
                if number == len(postings):
                    postings.append([])
                postings[number].append((doc, n))
        starts = np.zeros(len(postings) + 1, dtype=np.int32)
        starts[1:] = np.cumsum([len(p) for p in postings])
        docs = np.array([doc for p in postings for doc, _ in p], dtype=np.int32)
        tf = np.array([n for p in postings for _, n in p], dtype=np.float32)
        df = np.repeat(np.diff(starts), np.diff(starts)).astype(np.float32)
        total = max(len(counts), 1)
        idf = np.log(1 + (total - df + 0.5) / (df + 0.5))
        norm = _K1 * (1 - _B + _B * lengths[docs] / mean) if len(docs) else tf
        weights = (idf * tf * (_K1 + 1) / (tf + norm)).astype(np.float32)
        return cls(terms, starts, docs, weights, len(counts))

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
    return [*tokens.stems(), *pairs(tokens)]


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
        features: dict[str, int] = {}
        of_token: dict[tuple[str, str], list[int]] = {}

        def number(feature: str) -> int:
            return features.setdefault(feature, len(features))

        columns: list[NDArray[np.int32]] = []
        counts: list[NDArray[np.int64]] = []
        for group in groups:
            for tokens in group:
                found: list[int] = []
                for token in tokens.words:
                    key = (token, tokens.language)
                    if key not in of_token:
                        of_token[key] = [number(f) for f in token_features(*key)]
                    found += of_token[key]
                found += [number(pair) for pair in pairs(tokens)]
                kinds, times = np.unique(np.array(found, dtype=np.int32), return_counts=True)
                columns.append(kinds)
                counts.append(times)
        lengths = np.array([len(kinds) for kinds in columns], dtype=np.int64)
        every = np.concatenate(columns) if columns else np.zeros(0, dtype=np.int32)
        times = np.concatenate(counts) if counts else np.zeros(0, dtype=np.int64)
        df = np.bincount(every, minlength=len(features))
        # What a single phrasing has tells nothing of the others, and is most of the memory.
        kept = df > 1 if len(lengths) > _SMALL else df > 0
        renumbered = (np.cumsum(kept) - 1).astype(np.int32)
        features = {f: int(renumbered[i]) for f, i in features.items() if kept[i]}
        rows = np.repeat(np.arange(len(lengths)), lengths)
        chosen = kept[every]
        rows, every, times = rows[chosen], renumbered[every[chosen]], times[chosen]
        starts = np.zeros(len(lengths) + 1, dtype=np.int64)
        starts[1:] = np.cumsum(np.bincount(rows, minlength=len(lengths)))
        idf = (np.log((1 + len(lengths)) / (1 + df[kept])) + 1).astype(np.float32)
        # A word has a dozen pieces: unweighted, they would drown the word itself.
        whole = np.array([f[0] == "=" or " " in f for f in features], dtype=bool)
        idf[whole] *= WHOLE
        values = (1 + np.log(np.maximum(times, 1))).astype(np.float32) * idf[every]
        norms = np.sqrt(np.bincount(rows, values**2, minlength=len(lengths)))
        values = (values / np.maximum(norms[rows], 1e-9)).astype(np.float32)
        firsts = np.zeros(len(groups) + 1, dtype=np.int32)
        firsts[1:] = np.cumsum([len(group) for group in groups])
        return cls(features, idf, starts, every, values, firsts)

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
