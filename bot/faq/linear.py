"""A linear view of the phrasings: which pieces of words speak for an entry, and which against.

Passive-aggressive learning (Crammer et al., "Online Passive-Aggressive Algorithms", 2006), with
averaged weights: one pass over the phrasings takes half a second, and a few are enough. It needs
a weight for each feature and entry, so very large sets go without it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.faq.index import Floats, Phrasings

MAX_ENTRIES = 400
"""Beyond, the weights would fill the memory; words and nearest phrasings rank alone."""

_PASSES = 3
_STEP = 0.5
"""The largest step one phrasing may cause: mislabelled ones must not win."""

_SEED = 1


@dataclass(frozen=True, slots=True)
class Linear:
    """One weight a feature and entry."""

    weights: Floats

    @classmethod
    def fit(cls, phrasings: Phrasings) -> Linear | None:
        """Learn from the rows of the index; None when there are too many entries."""
        entries = len(phrasings.firsts) - 1
        if not 2 <= entries <= MAX_ENTRIES:
            return None
        labels = np.repeat(np.arange(entries), np.diff(phrasings.firsts))
        weights = np.zeros((len(phrasings.features), entries), dtype=np.float32)
        drift = np.zeros_like(weights)
        order = np.random.default_rng(_SEED)
        starts, clock = phrasings.starts, 1
        for _ in range(_PASSES):
            for row in order.permutation(len(labels)):
                part = slice(starts[row], starts[row + 1])
                columns, values = phrasings.columns[part], phrasings.values[part]
                right = labels[row]
                scores = values @ weights[columns]
                scores[right] -= 1.0
                rival = int(scores.argmax())
                loss = float(scores[rival] - scores[right])
                if rival != right and loss > 0:
                    step = min(_STEP, loss / (2.0 * float(values @ values) + 1e-9))
                    change = np.float32(step) * values
                    weights[columns, right] += change
                    weights[columns, rival] -= change
                    drift[columns, right] += np.float32(clock) * change
                    drift[columns, rival] -= np.float32(clock) * change
                clock += 1
        return cls(weights - drift / np.float32(clock))

    def scores(self, vector: Floats) -> Floats:
        """How strongly a question speaks for each entry."""
        columns = np.flatnonzero(vector)
        found: Floats = vector[columns] @ self.weights[columns]
        return found
