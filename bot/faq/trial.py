"""Asks the held-out questions: `recours knowledge test`.

The questions that are known to fail stand in `essais/echecs-connus.txt`, one a line. That list
only shrinks: a failure that is not on it is a fault, and so is a line on it that now passes.
"""

from __future__ import annotations

from pathlib import Path

from bot.errors import RecoursError
from bot.faq.entry import HeldOut, Knowledge
from bot.faq.lint.phrasings import KNOWN_FAILURES, known_failures
from bot.faq.lint.rule import Finding
from bot.faq.matcher import Match, Matcher
from bot.faq.texts import HELD_OUT

OFFERED = 3
"""How many suggestions a client is shown."""

_SHOWN = 60
_HEADER = (
    "# Questions d’essai auxquelles le robot ne répond pas encore bien, une par ligne.\n"
    "# Cette liste ne peut que raccourcir : n’y ajoutez rien, corrigez plutôt les formulations.\n"
)


def served(held: HeldOut, found: Match) -> bool:
    """Whether a client who asked this was helped.

    Ours: the right entry is the answer, or is among the suggestions. Not ours: not answered.
    """
    if not held.ids:
        return found.outcome != "answer"
    shown = {"answer": found.ids[:1], "suggest": found.ids[:OFFERED], "none": ()}[found.outcome]
    return bool(set(held.ids).intersection(shown))


def trial(knowledge: Knowledge, matcher: Matcher) -> list[Finding]:
    """Where the held-out questions and the list of known failures disagree.

    Returns:
        `T001` for a failure that is not listed, `T002` for a listed question that passes.
    """
    found = []
    listed = {question: line for line, question in known_failures(_list(knowledge))}
    passing = set(listed)
    for held, match in _ask(knowledge, matcher):
        if not served(held, match):
            passing.discard(held.question)
            if held.question not in listed:
                found.append(
                    Finding(_shown(knowledge, held.path), held.line, "T001", _why(held, match))
                )
    asked = {held.question for held in knowledge.held_out}
    for question in passing & asked:
        reason = f"“{_cut(question)}” is served now; take it off the list"
        found.append(
            Finding(_shown(knowledge, _list(knowledge)), listed[question], "T002", reason)
        )
    return sorted(found)


def shorten(knowledge: Knowledge, matcher: Matcher) -> int:
    """Take the questions that pass now off the list; how many they were."""
    path = _list(knowledge)
    shown = _shown(knowledge, path)
    lines = {f.line for f in trial(knowledge, matcher) if f.path == shown and f.code == "T002"}
    if lines:
        before = path.read_text(encoding="utf-8-sig").split("\n")
        after = [line for number, line in enumerate(before, 1) if number not in lines]
        path.write_text("\n".join(after), encoding="utf-8")
    return len(lines)


def begin_list(knowledge: Knowledge, matcher: Matcher) -> int:
    """Write the first list of known failures; how many there are.

    Raises:
        RecoursError: there already is a list, which can only shrink.
    """
    path = _list(knowledge)
    if path.exists():
        raise RecoursError(f"{path} exists; it can only shrink: use --record instead")
    failing = [h.question for h, match in _ask(knowledge, matcher) if not served(h, match)]
    path.write_text(_HEADER + "".join(f"{q}\n" for q in dict.fromkeys(failing)), encoding="utf-8")
    return len(failing)


def _ask(knowledge: Knowledge, matcher: Matcher) -> list[tuple[HeldOut, Match]]:
    return [(h, matcher.match(h.question, h.language)) for h in knowledge.held_out]


def _why(held: HeldOut, found: Match) -> str:
    got = {
        "answer": f"answered with {', '.join(found.ids[:1])}",
        "suggest": f"offered {', '.join(found.ids[:OFFERED])}",
        "none": "not answered",
    }[found.outcome]
    return f"“{_cut(held.question)}” is {got}; expected {' or '.join(held.ids) or 'no answer'}"


def _cut(question: str) -> str:
    return question if len(question) <= _SHOWN else question[: _SHOWN - 1].rstrip() + "…"


def _list(knowledge: Knowledge) -> Path:
    return knowledge.root / HELD_OUT / KNOWN_FAILURES


def _shown(knowledge: Knowledge, path: Path) -> Path:
    return path.relative_to(knowledge.root.parent)
