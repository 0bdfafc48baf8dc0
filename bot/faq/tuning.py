"""Calibrates the gate on a file of questions: `recours tune`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from bot.faq.evaluate import Question
from bot.faq.gate import Gate, fit_curve
from bot.faq.index import Floats
from bot.faq.matcher import Matcher

Flags = NDArray[np.bool_]

MAX_ANSWERED = 0.03
"""The share of questions that are not ours which may be answered."""

MAX_OFFERED = 0.15
"""The share of questions that are not ours to which anything may be offered."""

SURELY_NOT = 0.1
"""Between this and the offer we say "I don't know", not that the question is of another kind."""

MAX_WRONG = 0.03
"""The share of our questions which may be answered wrongly."""


def tune(matcher: Matcher, questions: Sequence[Question], name: str, today: date) -> Gate:
    """The gate that serves the most questions within the bounds above.

    Args:
        matcher: whose scores are calibrated.
        questions: ours and others; none of them may be a phrasing.
        name: of the file, kept with the figures.
        today: kept with the figures.
    """
    rows = [matcher.rank_all(q.text, q.language) for q in questions]
    features = [row.features for row in rows]
    ours = np.array([bool(q.ids) for q in questions])
    right = np.array(
        [
            matcher.ids[int(np.argmax(row.rank[: matcher.entries]))] in q.ids
            for row, q in zip(rows, questions, strict=True)
        ]
    )
    curve_ours = fit_curve(features, list(ours))
    mine = [i for i in range(len(questions)) if ours[i]]
    curve_right = fit_curve([features[i] for i in mine], [bool(right[i]) for i in mine])
    p_ours = np.array([curve_ours.at(f) for f in features])
    p_right = np.array([curve_right.at(f) for f in features])
    offer = _reached_by(p_ours[~ours], int(MAX_OFFERED * (~ours).sum()))
    answer_ours, answer_right = _most_answered(ours, right, p_ours, p_right, offer)
    answered = (p_ours >= answer_ours) & (p_right >= answer_right)
    figures = {
        "file": name,
        "date": today.isoformat(),
        "questions": len(questions),
        "answered_right": round(float((answered & right)[ours].mean()), 3),
        "answered_wrong": round(float((answered & ~right)[ours].mean()), 3),
        "others_answered": round(float(answered[~ours].mean()), 3),
        "others_offered": round(float((p_ours >= offer)[~ours].mean()), 3),
    }
    return Gate(
        curve_ours, curve_right, round(answer_ours, 4), round(answer_right, 4), round(offer, 4),
        min(round(offer, 4), SURELY_NOT), figures,
    )  # fmt: skip


def _most_answered(
    ours: Flags, right: Flags, p_ours: Floats, p_right: Floats, offer: float
) -> tuple[float, float]:
    """The pair of thresholds that answers the most questions rightly within the bounds."""
    best, chosen = -1, (1.0, 1.0)
    for least_right in np.arange(0.0, 1.0, 0.02):
        sure = p_right >= least_right
        least_ours = max(
            offer,
            _reached_by(p_ours[~ours & sure], int(MAX_ANSWERED * (~ours).sum())),
            _reached_by(p_ours[ours & ~right & sure], int(MAX_WRONG * ours.sum())),
        )
        count = int((ours & right & sure & (p_ours >= least_ours)).sum())
        if count > best:
            best, chosen = count, (float(least_ours), float(least_right))
    return chosen


def _reached_by(likelihoods: Floats, allowed: int) -> float:
    """What at most `allowed` of these reach."""
    if len(likelihoods) <= allowed:
        return 0.0
    return float(np.sort(likelihoods)[::-1][allowed]) + 1e-4


def write(gate: Gate, path: Path) -> None:
    """Keep the gate beside the knowledge, in place of the former one."""
    head = (
        "# Écrit par « recours tune » : où se séparent réponse, propositions et « je ne sais"
        " pas ».\n"
        "# À ne pas modifier à la main : relancer la commande après de grands changements.\n"
    )
    body = yaml.safe_dump(gate.to_data(), allow_unicode=True, sort_keys=False)
    part = path.with_suffix(".part")
    part.write_text(head + body, encoding="utf-8")
    part.replace(path)
