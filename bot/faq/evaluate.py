"""How well questions are answered, by style and language."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from bot.errors import RecoursError
from bot.faq.entry import Knowledge
from bot.faq.matcher import Match


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the entries that are right; none when it is not ours."""

    text: str
    language: str
    ids: tuple[str, ...]
    style: str = ""


@dataclass(slots=True)
class Tally:
    """Counts over some questions; each figure is a share of `ours` or of `others`."""

    ours: int = 0
    first: int = 0
    three: int = 0
    served: int = 0
    wrong: int = 0
    none: int = 0
    others: int = 0
    answered: int = 0
    offered: int = 0

    def add(self, question: Question, found: Match) -> None:
        """Count one question."""
        if not question.ids:
            self.others += 1
            self.answered += found.outcome == "answer"
            self.offered += found.outcome != "none"
            return
        right = set(question.ids)
        self.ours += 1
        self.first += bool(right.intersection(found.ids[:1]))
        self.three += bool(right.intersection(found.ids[:3]))
        shown = found.ids[:1] if found.outcome == "answer" else found.ids[:3]
        self.served += found.outcome != "none" and bool(right.intersection(shown))
        self.wrong += found.outcome == "answer" and not right.intersection(found.ids[:1])
        self.none += found.outcome == "none"

    def row(self) -> list[str]:
        """The figures in per cent."""
        ours, others = max(self.ours, 1), max(self.others, 1)
        shares = [
            (self.ours, self.first / ours),
            (self.ours, self.three / ours),
            (self.ours, self.served / ours),
            (self.ours, self.wrong / ours),
            (self.ours, self.none / ours),
            (self.others, self.answered / others),
            (self.others, self.offered / others),
        ]
        return [f"{share:6.1%}" if n else "     –" for n, share in shares]


HEAD = ["right first", "right in 3", "served", "wrong", "none", "oos answered", "oos offered"]


def read_questions(path: Path) -> list[Question]:
    """Lines of `{"q": …, "lang": …, "ids": […], "style": …}`.

    Raises:
        RecoursError: a line can't be read; it is named.
    """
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
            found.append(
                Question(
                    item["q"],
                    item.get("lang", "fr"),
                    tuple(item.get("ids", ())),
                    item.get("style", ""),
                )
            )
        except (ValueError, KeyError, TypeError) as error:
            raise RecoursError(
                f'{path}:{number}: not a question; a line is {{"q": …, "lang": …, "ids": […]}}'
            ) from error
    return found


def held_out(knowledge: Knowledge) -> list[Question]:
    """The questions kept beside the knowledge."""
    return [Question(h.question, h.language, h.ids) for h in knowledge.held_out]


def evaluate(
    questions: Iterable[Question], match: Callable[[str, str], Match]
) -> dict[str, Tally]:
    """A tally for all, for each style and for each language."""
    tallies: dict[str, Tally] = {"all": Tally()}
    for question in questions:
        found = match(question.text, question.language)
        names = ["all", *filter(None, [question.style]), f"lang {question.language}"]
        for name in names:
            tallies.setdefault(name, Tally()).add(question, found)
    return tallies


def table(tallies: dict[str, Tally]) -> str:
    """The figures as lines of text."""
    lines = [f"{'':12} {'n':>5}  " + "  ".join(f"{name:>12}" for name in HEAD)]
    for name, tally in tallies.items():
        cells = "  ".join(f"{cell:>12}" for cell in tally.row())
        lines.append(f"{name:12} {tally.ours + tally.others:5}  {cells}")
    return "\n".join(lines)


def misses(questions: Iterable[Question], match: Callable[[str, str], Match]) -> list[str]:
    """The questions that went wrong, one line each."""
    found = []
    for question in questions:
        got = match(question.text, question.language)
        right = set(question.ids)
        fine = not right and got.outcome == "none"
        if fine or (right.intersection(got.ids[:1]) and got.outcome == "answer"):
            continue
        expected = ", ".join(question.ids) or "-"
        shown = (
            got.off_topic if got.off_topic and got.outcome == "none" else ", ".join(got.ids[:3])
        )
        found.append(f"{got.outcome:8} {question.text}\n         want {expected}; got {shown}")
    return found
