"""K2xx: the ways to ask, what is not ours, and the questions kept apart to try them on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from rapidfuzz.fuzz import ratio
from rapidfuzz.process import cdist

from bot.faq.entry import Entry, Phrasing
from bot.faq.lint.rule import Place, Reading, Rule, error, warning
from bot.faq.text import fold
from bot.faq.texts import HELD_OUT, OFF_TOPIC
from bot.i18n import LANGUAGES

ENOUGH = {"fr": 60, "en": 25}
KNOWN_FAILURES = "echecs-connus.txt"
_NEAR = 95.0
_BLOCK = 1000

_fold = lru_cache(maxsize=2**16)(fold)

Owned = tuple[str, Phrasing]
"""An entry or a kind of what is not ours, and one way to ask for it."""


@warning("K201")
def few_phrasings(reading: Reading) -> Iterator[Place]:
    """An entry that will be missed."""
    for entry in reading.knowledge.entries.values():
        for language, answer in entry.answers.items():
            path = answer.path.with_suffix(".txt")
            count = sum(p.language == language for p in entry.phrasings)
            if count < ENOUGH[language] and path.is_file():
                yield path, 1, f"{count} ways to ask; give at least {ENOUGH[language]}"


@error("K202")
def phrasing_in_two_entries(reading: Reading) -> Iterator[Place]:
    """The same words for two answers: the matcher could only guess."""
    first: dict[str, Owned] = {}
    for owner, phrasing in _owned(reading):
        known, other = first.setdefault(_fold(phrasing.text), (owner, phrasing))
        if known != owner:
            reason = f"“{phrasing.text}” also is at {_place(other)}; keep it in one of the two"
            yield phrasing.path, phrasing.line, reason


@warning("K203")
def phrasing_twice(reading: Reading) -> Iterator[Place]:
    """The same words twice in one file."""
    first: dict[tuple[Path, str], int] = {}
    for _, phrasing in _owned(reading):
        if phrasing.path.suffix != ".txt":
            continue
        line = first.setdefault((phrasing.path, _fold(phrasing.text)), phrasing.line)
        if line != phrasing.line:
            reason = f"“{phrasing.text}” already is on line {line}; take one out"
            yield phrasing.path, phrasing.line, reason


@warning("K204")
def phrasing_nearer_to_another(reading: Reading) -> Iterator[Place]:
    """Nearly the words of another entry, and of no other phrasing of its own."""
    unique: dict[str, Owned] = {}
    for owner, phrasing in _owned(reading):
        unique.setdefault(_fold(phrasing.text), (owner, phrasing))
    keyed = [(" ".join(sorted(folded.split())), item) for folded, item in unique.items()]
    keyed.sort(key=lambda pair: len(pair[0]))
    keys = [key for key, _ in keyed]
    owned = [item for _, item in keyed]
    names = {owner: number for number, owner in enumerate({owner for owner, _ in owned})}
    owners = np.array([names[owner] for owner, _ in owned])
    own = np.zeros(len(keys), dtype=np.float32)
    others: list[tuple[int, int, float]] = []
    for i, j, score in _near_pairs(keys):
        if owners[i] == owners[j]:
            own[i], own[j] = max(own[i], score), max(own[j], score)
        else:
            others.append((i, j, score))
    told: set[int] = set()
    for i, j, score in others:
        # Where both are alone in their entry, the later one is the one to look at.
        one, two = sorted((i, j), key=lambda n: (own[n] < score, *_order(owned[n])))
        if own[two] < score and two not in told:
            told.add(two)
            phrasing, other = owned[two][1], owned[one][1]
            reason = f"“{phrasing.text}” is nearer to “{other.text}” ({_place(other)}); reword it"
            yield phrasing.path, phrasing.line, reason


def _near_pairs(keys: Sequence[str]) -> Iterator[tuple[int, int, float]]:
    """Pairs of nearly equal keys; these come by length, so that few have to be compared."""
    lengths = np.array([len(key) for key in keys])
    for start in range(0, len(keys), _BLOCK):
        end = min(start + _BLOCK, len(keys))
        # Two texts of lengths a < b can't be nearer than 2a / (a + b).
        reach = int(lengths[end - 1] * (200 - _NEAR) / _NEAR) + 1
        last = int(np.searchsorted(lengths, reach, side="right"))
        scores = cdist(
            keys[start:end], keys[start:last], scorer=ratio, score_cutoff=_NEAR, workers=-1,
            dtype=np.float32,
        )  # fmt: skip
        rows, columns = np.nonzero(scores)
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            if row < column:
                yield start + row, start + column, float(scores[row, column])


@warning("K205")
def held_out_is_phrasing(reading: Reading) -> Iterator[Place]:
    """A held-out question that the matcher was taught proves nothing."""
    taught: Mapping[str, Phrasing] = {_fold(p.text): p for _, p in _owned(reading)}
    for held in reading.knowledge.held_out:
        other = taught.get(_fold(held.question))
        if other is not None:
            yield held.path, held.line, f"also a way to ask ({_place(other)}); reword this one"


@error("K206")
def held_out_unknown(reading: Reading) -> Iterator[Place]:
    """A held-out question for an entry that does not exist."""
    for held in reading.knowledge.held_out:
        for id in held.ids:
            if id not in reading.knowledge.entries:
                yield held.path, held.line, f"there is no entry {id!r}; correct or remove it"


@warning("K207")
def failure_not_asked(reading: Reading) -> Iterator[Place]:
    """A known failure that no one asks any more."""
    asked = {held.question for held in reading.knowledge.held_out}
    path = reading.knowledge.root / HELD_OUT / KNOWN_FAILURES
    for number, question in known_failures(path):
        if question not in asked:
            yield path, number, "this question is no longer asked; take the line out"


@warning("K208")
def off_topic_unheard(reading: Reading) -> Iterator[Place]:
    """A kind of what is not ours that can't be recognised in one language."""
    for kind, topic in reading.knowledge.off_topic.items():
        for language in LANGUAGES:
            if not any(p.language == language for p in topic.phrasings):
                path = reading.knowledge.root / OFF_TOPIC / f"{kind}.fr.txt"
                yield path, 1, f"no example in {kind}.{language}.txt; write some, one a line"


RULES: tuple[Rule, ...] = (
    few_phrasings, phrasing_in_two_entries, phrasing_twice, phrasing_nearer_to_another,
    held_out_is_phrasing, held_out_unknown, failure_not_asked, off_topic_unheard,
)  # fmt: skip


def known_failures(path: Path) -> list[tuple[int, str]]:
    """The questions of the list of known failures, each with its line; comments are left out."""
    if not path.is_file():
        return []
    lines = enumerate(path.read_text(encoding="utf-8-sig").split("\n"), 1)
    return [(n, line.strip()) for n, line in lines if line.strip() and line.strip()[0] != "#"]


def _owned(reading: Reading) -> Iterator[Owned]:
    """Every way to ask that says something: first the questions, then the lines."""
    knowledge = reading.knowledge
    groups = [(e.id, _questions(e)) for e in knowledge.entries.values()]
    groups += [(e.id, list(e.phrasings)) for e in knowledge.entries.values()]
    groups += [(o.kind, list(o.phrasings)) for o in knowledge.off_topic.values()]
    for owner, phrasings in groups:
        yield from ((owner, phrasing) for phrasing in phrasings if _fold(phrasing.text))


def _questions(entry: Entry) -> list[Phrasing]:
    return [
        Phrasing(a.question, a.language, a.path, a.lines["question"])
        for a in entry.answers.values()
    ]


def _order(owned: Owned) -> tuple[bool, Path, int]:
    phrasing = owned[1]
    return phrasing.path.suffix == ".txt", phrasing.path, phrasing.line


def _place(phrasing: Phrasing) -> str:
    return f"{phrasing.path.name}:{phrasing.line}"
