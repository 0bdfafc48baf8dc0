"""What the operators wrote, once read: entries, what is not ours, dated values, incident kinds.

All of it is immutable: a turn and a running flow keep the snapshot they began with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

PROFILES = ("consumer", "nonprofessional", "small-business", "business")
"""Whom the law tells apart; an entry without profiles holds for all of them."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement comes from. `check` says what is still to be confirmed."""

    reference: str
    url: str = ""
    check: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of one entry in one language.

    Attributes:
        lead: the first paragraph: the answer in the chat. Markdown, placeholders filled.
        more: the rest. Markdown, placeholders filled.
        lines: the line on which each field of the front matter stands; `body` is the text's.
        raw: the text under the front matter as written, with its placeholders.
    """

    entry: str
    language: str
    question: str
    lead: str
    more: str
    sources: tuple[Source, ...]
    related: tuple[str, ...]
    actions: tuple[str, ...]
    profiles: tuple[str, ...]
    reviewed: date
    urgent: bool
    path: Path
    lines: Mapping[str, int]
    raw: str


@dataclass(frozen=True, slots=True)
class Phrasing:
    """One way to ask, and where it stands."""

    text: str
    language: str
    path: Path
    line: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One question of the catalogue, its answers and the ways to ask it."""

    id: str
    topic: str
    answers: Mapping[str, Answer]
    phrasings: tuple[Phrasing, ...]


@dataclass(frozen=True, slots=True)
class OffTopic:
    """One kind of what is not ours, its examples and its short reply in each language."""

    kind: str
    replies: Mapping[str, str]
    phrasings: tuple[Phrasing, ...]


@dataclass(frozen=True, slots=True)
class Value:
    """A threshold, delay or amount, with its source and the date at which it held."""

    id: str
    value: Decimal
    unit: str
    label: str
    source: str
    as_of: date
    url: str = ""
    check: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class HeldOut:
    """A question kept apart from the phrasings; no `ids` means it is not ours."""

    question: str
    language: str
    ids: tuple[str, ...]
    path: Path
    line: int


@dataclass(frozen=True, slots=True)
class KindQuestion:
    """A question that only one kind of incident asks.

    Attributes:
        answer: "text", "choice", "number", "money", "yes-no" or "day".
        choices: `(key, {language: label})`.
    """

    key: str
    ask: Mapping[str, str]
    label: Mapping[str, str]
    answer: str
    choices: tuple[tuple[str, Mapping[str, str]], ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """A piece of evidence that a kind of incident calls for."""

    key: str
    label: Mapping[str, str]
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IncidentKind:
    """A kind of incident: its name, its own questions, its proof checklist."""

    id: str
    label: Mapping[str, str]
    words: tuple[str, ...]
    questions: tuple[KindQuestion, ...]
    proofs: tuple[Proof, ...]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """An immutable set of everything the operators wrote.

    Attributes:
        topics: `(id, {language: label})` in the order they are offered.
        synonyms: `{word: words it stands for}`, folded.
        data: the other data files by name, as plain values (deadlines, gates, gaps, letters).
        fingerprint: of every file read; two sets with the same one are the same.
    """

    entries: Mapping[str, Entry]
    topics: tuple[tuple[str, Mapping[str, str]], ...]
    off_topic: Mapping[str, OffTopic]
    values: Mapping[str, Value]
    kinds: Mapping[str, IncidentKind]
    synonyms: Mapping[str, tuple[str, ...]]
    held_out: tuple[HeldOut, ...]
    root: Path
    fingerprint: str
    data: Mapping[str, Any] = field(default_factory=dict)

    def answer(self, entry: str, language: str) -> Answer:
        """The answer in `language`, or the French one where it is missing."""
        answers = self.entries[entry].answers
        return answers.get(language) or answers["fr"]

    def topic_entries(self, topic: str) -> list[str]:
        """The ids of a topic's entries."""
        return [entry.id for entry in self.entries.values() if entry.topic == topic]
