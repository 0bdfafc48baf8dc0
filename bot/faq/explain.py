"""What a question came to, for operators and scripts: candidates, scores, and why."""

from __future__ import annotations

import json

from bot.faq.library import Library
from bot.faq.matcher import Match, Matcher


def as_json(found: Match) -> str:
    """One line: `{"outcome": …, "ids": […], "scores": […]}`."""
    return json.dumps(
        {"outcome": found.outcome, "ids": list(found.ids), "scores": list(found.scores)},
        ensure_ascii=False,
    )


def as_text(library: Library, question: str, language: str, found: Match) -> str:
    """The outcome, why, and the first paragraph of the answer."""
    knowledge = library.knowledge
    lines = [
        f"outcome   {found.outcome}",
        f"language  {found.language}",
        f"ours      {found.ours:.2f}",
    ]
    if found.off_topic:
        lines.append(f"likest    {found.off_topic}")
    likely = dict(zip(found.ids, found.scores, strict=True))
    for candidate in library.matcher.explain(question, language):
        shares = "  ".join(f"{name} {share:+.2f}" for name, share in candidate.shares.items())
        lines.append(f"{likely.get(candidate.id, 0):7.3f}   {candidate.id:30} {shares}")
        words = ", ".join(f"{term} {share}" for term, share in candidate.terms)
        lines.append(f"{'':10}nearest: {candidate.nearest}")
        lines.append(f"{'':10}words:   {words}")
    if found.outcome == "answer":
        answer = knowledge.answer(found.ids[0], found.language)
        lines += ["", answer.question, answer.lead]
    elif found.off_topic:
        lines += ["", knowledge.off_topic[found.off_topic].replies[found.language]]
    return "\n".join(lines)


def thresholds(matcher: Matcher) -> str:
    """The thresholds in force, and what they were chosen on."""
    gate = matcher.gate
    figures = ", ".join(f"{name} {value}" for name, value in gate.figures.items())
    return (
        f"answer when ours >= {gate.answer_ours} and right >= {gate.answer_right};"
        f" offer when ours >= {gate.offer_ours}\nchosen on: {figures or 'nothing yet'}"
    )
