"""Whether to answer, to offer, or to say "I don't know".

Two small logistic curves over a question's scores: how likely it is that the question is ours,
and how likely it is that the first entry is the right one. `recours tune` fits them on a file of
questions and writes them to `knowledge/thresholds.yaml` with the figures they were chosen on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from bot.faq.index import Floats

FEATURES = (
    "margin", "bm25", "bm25 margin", "bm25 other", "near", "near margin", "near other",
    "linear", "linear margin", "linear other", "closest", "closest other", "known",
)  # fmt: skip
"""What the curves look at, in order."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A logistic curve: standardised features, weights, and a constant."""

    weights: tuple[float, ...]
    constant: float
    means: tuple[float, ...]
    spreads: tuple[float, ...]

    def at(self, features: Floats) -> float:
        """The likelihood, from 0 to 1."""
        x = (features - np.array(self.means)) / np.array(self.spreads)
        return float(
            1 / (1 + np.exp(-np.clip(x @ np.array(self.weights) + self.constant, -30, 30)))
        )


_PLAIN = Curve(
    weights=tuple(1.0 if name in {"near", "near other"} else 0.0 for name in FEATURES),
    constant=0.0,
    means=tuple(0.3 if name == "near" else 0.0 for name in FEATURES),
    spreads=tuple(0.1 if name.startswith("near") else 1.0 for name in FEATURES),
)
"""Before anything was tuned: the nearest phrasings decide."""


@dataclass(frozen=True, slots=True)
class Gate:
    """The two curves and where the outcomes part.

    Attributes:
        answer_ours, answer_right: both must be reached to answer.
        offer_ours: must be reached to offer suggestions.
        surely_not: below it a question is told to be of another kind.
        figures: what the thresholds were chosen on, for people.
    """

    ours: Curve = _PLAIN
    right: Curve = _PLAIN
    answer_ours: float = 0.5
    answer_right: float = 0.5
    offer_ours: float = 0.3
    surely_not: float = 0.2
    figures: Mapping[str, Any] = field(default_factory=dict)

    def judge(self, features: Floats) -> tuple[float, float]:
        """How likely it is that the question is ours, and that the first entry is right."""
        return self.ours.at(features), self.right.at(features)

    def outcome(self, ours: float, right: float) -> Literal["answer", "suggest", "none"]:
        """The outcome for these two likelihoods."""
        if ours < self.offer_ours:
            return "none"
        if ours >= self.answer_ours and right >= self.answer_right:
            return "answer"
        return "suggest"

    def to_data(self) -> dict[str, Any]:
        """As plain values, for `thresholds.yaml`."""
        return {
            "answer_ours": float(self.answer_ours),
            "answer_right": float(self.answer_right),
            "offer_ours": float(self.offer_ours),
            "surely_not": float(self.surely_not),
            "figures": dict(self.figures),
            "curves": {
                name: {
                    "constant": round(float(curve.constant), 4),
                    "features": {
                        feature: [round(float(v), 4) for v in values]
                        for feature, *values in zip(
                            FEATURES, curve.weights, curve.means, curve.spreads, strict=True
                        )
                    },
                }
                for name, curve in (("ours", self.ours), ("right", self.right))
            },
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any] | None) -> Gate:
        """What `to_data` gave, read as plain strings; the untuned gate when there is none."""
        if not data:
            return cls()
        return cls(
            ours=_curve(data["curves"]["ours"]),
            right=_curve(data["curves"]["right"]),
            answer_ours=float(data["answer_ours"]),
            answer_right=float(data["answer_right"]),
            offer_ours=float(data["offer_ours"]),
            surely_not=float(data["surely_not"]),
            figures=data.get("figures", {}),
        )


def _curve(data: Mapping[str, Any]) -> Curve:
    rows = [[float(v) for v in data["features"][name]] for name in FEATURES]
    weights, means, spreads = (tuple(column) for column in zip(*rows, strict=True))
    return Curve(weights, float(data["constant"]), means, spreads)


def fit_curve(rows: Sequence[Floats], labels: Sequence[bool], strength: float = 2.0) -> Curve:
    """The curve that fits labelled rows best, with an L2 penalty and no negative weight.

    Each feature speaks for the question by what it is; a negative weight could only be an
    accident of the file it is fitted on.

    Args:
        rows: features of each question.
        labels: what the curve should tell.
        strength: of the penalty.
    """
    matrix = np.array(rows, dtype=np.float64)
    means, spreads = matrix.mean(0), matrix.std(0)
    spreads[spreads < 1e-6] = 1.0
    x = np.hstack([(matrix - means) / spreads, np.ones((len(matrix), 1))])
    y = np.array(labels, dtype=np.float64)
    # Both sides count alike, however many questions each has.
    share = np.where(y == 1, 0.5 / max(y.mean(), 1e-9), 0.5 / max(1 - y.mean(), 1e-9))
    penalty = np.full(x.shape[1], strength)
    penalty[-1] = 0.0
    # No step longer than the steepest curvature allows: it then goes down at each.
    pace = 1.0 / (0.25 * np.linalg.norm(x * np.sqrt(share)[:, None], 2) ** 2 + strength)
    w = np.zeros(x.shape[1])
    for _ in range(5000):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        step = pace * (x.T @ (share * (p - y)) + penalty * w)
        new = w - step
        new[:-1] = np.maximum(new[:-1], 0.0)
        if np.abs(new - w).max() < 1e-7:
            break
        w = new
    return Curve(tuple(w[:-1]), float(w[-1]), tuple(means), tuple(spreads))
