"""The two kinds of answers that only a loss estimate asks for: a rate and a sales file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bot.casefile.sales import Sales
from bot.errors import InvalidAnswer
from bot.faq.text import fold
from bot.flows.answers import clean
from bot.flows.model import Context
from bot.i18n import N_

NO_FILE = "none"

_RATE = re.compile(r"(\d{1,3})(?:[.,](\d{1,2}))? ?(?:%|pour ?cents?|percent|per cent)?")
_NONE = re.compile(r"\b(non|no|nope|none|pas|aucun|aucune|rien|dont|havent|not)\b")


@dataclass(frozen=True, slots=True)
class Percent:
    """A rate in percent, kept as text: "42.5". `presets` can be pressed."""

    presets: tuple[int, ...] = ()

    def options(self, context: Context) -> tuple[tuple[str, str], ...]:
        """The usual rates."""
        return tuple((str(rate), context.t.percent(Decimal(rate) / 100)) for rate in self.presets)

    def choose(self, key: str, context: Context) -> str:
        """The rate that was pressed."""
        if key not in {str(rate) for rate in self.presets}:
            raise InvalidAnswer(N_("This button does not belong to this question."))
        return key

    def parse(self, text: str, context: Context) -> str:
        """The rate typed: "42", "42,5 %"."""
        found = _RATE.fullmatch(" ".join(clean(text).lower().split()))
        if found is None:
            raise InvalidAnswer(N_("Please write a rate in percent. For example: 42 %."))
        rate = Decimal(f"{found[1]}.{found[2] or 0}")
        if rate > 100:
            raise InvalidAnswer(N_("A rate is between 0 and 100 %."))
        if 0 < rate < 1:
            raise InvalidAnswer(
                N_("Is that under one percent? For forty-two percent, please write 42 %.")
            )
        return f"{rate.normalize():f}"

    def show(self, value: str, context: Context) -> str:
        """`42,5 %`."""
        return context.t.percent(Decimal(value) / 100)


@dataclass(frozen=True, slots=True)
class SalesFile:
    """A sales file, kept as its totals by day once it has been read; or `NO_FILE`."""

    def options(self, context: Context) -> tuple[tuple[str, str], ...]:
        """To go on without one."""
        return ((NO_FILE, context.t("I have no file")),)

    def choose(self, key: str, context: Context) -> str:
        """Without a file."""
        if key != NO_FILE:
            raise InvalidAnswer(N_("This button does not belong to this question."))
        return key

    def parse(self, text: str, context: Context) -> str:
        """ "no", "I have no file"."""
        if _NONE.search(fold(text)):
            return NO_FILE
        raise InvalidAnswer(
            N_("Please send the file here (CSV or Excel), or press “I have no file”.")
        )

    def show(self, value: str | Mapping[str, Any], context: Context) -> str:
        """Its name and period."""
        if isinstance(value, str):
            return context.t("no file")
        sales = Sales.from_json(value)
        t = context.t
        return t("{name}, from {first} to {last}",
                 name=sales.name, first=t.day(sales.first), last=t.day(sales.last))  # fmt: skip
