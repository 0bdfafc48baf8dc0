"""A sentence with its values, translated only where it is shown; it can be kept as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from bot.i18n import Translator

MAX_LISTED = 8
"""Row numbers shown before the rest is only counted."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What has to be told, in no language yet.

    Attributes:
        message: a message id.
        values: what fills it, each as `(kind, plain value)`; kinds are those of `show_value`.
    """

    message: str
    values: dict[str, tuple[str, Any]] = field(default_factory=dict)

    def say(self, t: Translator) -> str:
        """The sentence in the user's language."""
        shown = {name: show_value(kind, raw, t) for name, (kind, raw) in self.values.items()}
        return t(self.message, **shown)

    def to_json(self) -> list[Any]:
        """For a saved estimate."""
        return [self.message, {name: list(pair) for name, pair in self.values.items()}]

    @classmethod
    def from_json(cls, body: Sequence[Any]) -> Remark:
        """The remark that `to_json` wrote."""
        message, values = body
        return cls(message, {name: (kind, raw) for name, (kind, raw) in values.items()})


def money(cents: int) -> tuple[str, int]:
    """An amount in cents."""
    return ("money", cents)


def number(value: int | Decimal) -> tuple[str, str]:
    """A count or a coefficient."""
    return ("number", str(value))


def percent(ratio: Decimal) -> tuple[str, str]:
    """A rate: 0.42 is 42 %."""
    return ("percent", str(ratio))


def day(when: date) -> tuple[str, str]:
    """A day."""
    return ("day", when.isoformat())


def text(words: str) -> tuple[str, str]:
    """Words that are not translated, such as the name of a column."""
    return ("text", words)


def rows(numbers: Sequence[int], count: int) -> tuple[str, list[int]]:
    """Row numbers, the first few; the last item is how many there are in all."""
    return ("rows", [*numbers[:MAX_LISTED], count])


def names(words: Sequence[str]) -> tuple[str, list[str]]:
    """Several names, such as columns."""
    return ("names", list(words))


def show_value(kind: str, raw: Any, t: Translator) -> str:
    """A value in the user's format."""
    if kind == "money":
        return t.money(raw)
    if kind == "number":
        return t.number(Decimal(raw))
    if kind == "percent":
        return t.percent(Decimal(raw))
    if kind == "day":
        return t.day(date.fromisoformat(raw))
    if kind == "names":
        return t.listing(raw)
    if kind == "rows":
        *numbers, count = raw
        shown = [t.number(n) for n in numbers]
        return (
            t.listing(shown) if len(shown) == count else f"{', '.join(shown)}… ({t.number(count)})"
        )
    return str(raw)
