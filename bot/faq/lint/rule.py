"""What a rule of the lint is, what it looks at and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from bot.faq.entry import Answer, Knowledge
from bot.faq.texts import Text

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One fault.

    Attributes:
        path: as it is shown, from the folder that holds the knowledge.
        line: starts at 1.
        code: stable, explained in the knowledge's README.
        reason: what is wrong and how to mend it.
        severity: an error misleads a client and keeps the set from being used.
    """

    path: Path
    line: int
    code: str
    reason: str
    severity: Severity = "error"

    def __str__(self) -> str:
        mark = " (warning)" if self.severity == "warning" else ""
        return f"{self.path}:{self.line}: {self.code} {self.reason}{mark}"


@dataclass(frozen=True, slots=True)
class Reading:
    """What the rules look at: the knowledge, the day, and every text that clients read."""

    knowledge: Knowledge
    today: date
    texts: tuple[Text, ...]

    def answers(self) -> Iterator[Answer]:
        """Every answer, in every language."""
        for entry in self.knowledge.entries.values():
            yield from entry.answers.values()


Place = tuple[Path, int, str]
"""Path, line and reason."""

Find = Callable[[Reading], Iterable[Place]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A code, how much it matters, and the function that finds its faults."""

    code: str
    severity: Severity
    find: Find

    def findings(self, reading: Reading) -> Iterator[Finding]:
        """Its faults in one set of knowledge."""
        above = reading.knowledge.root.parent
        for path, line, reason in self.find(reading):
            shown = path.relative_to(above) if path.is_relative_to(above) else path
            yield Finding(shown, line, self.code, reason, self.severity)


def error(code: str) -> Callable[[Find], Rule]:
    """Makes a rule whose faults keep the set from being used."""
    return lambda find: Rule(code, "error", find)


def warning(code: str) -> Callable[[Find], Rule]:
    """Makes a rule whose faults are only told."""
    return lambda find: Rule(code, "warning", find)
