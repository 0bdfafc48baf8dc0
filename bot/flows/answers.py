"""How each kind of answer is read, shown and offered. Values are plain JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from stdnum.exceptions import ValidationError
from stdnum.fr import siren as french_siren

from bot.casefile.models import Moment
from bot.errors import InvalidAnswer
from bot.faq.text import fold
from bot.flows import amounts, dates
from bot.flows.model import Context
from bot.i18n import N_

MAX_TEXT = 3000
"""What is kept of one written answer, in characters."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_YES = {"oui", "yes", "o", "y", "ouais", "yep", "si"}
_NO = {"non", "no", "n", "nan", "nope"}


def clean(text: str) -> str:
    """What was typed, less what no document can show (control characters, lone surrogates)."""
    return _CONTROL.sub("", text.replace("\r\n", "\n")).strip()


class _NoOptions:
    """An answer that is typed, not chosen."""

    def options(self, context: Context) -> tuple[tuple[str, str], ...]:
        """Nothing to press."""
        return ()

    def choose(self, key: str, context: Context) -> Any:
        """Nothing could have been pressed."""
        raise InvalidAnswer(N_("This button does not belong to this question."))


@dataclass(frozen=True, slots=True)
class Text(_NoOptions):
    """Free words, of at least `shortest` characters."""

    shortest: int = 2
    longest: int = MAX_TEXT

    def parse(self, text: str, context: Context) -> str:
        """The words, cleaned."""
        words = clean(text)
        if len(words) < self.shortest:
            raise InvalidAnswer(N_("Please write a few words."))
        if len(words) > self.longest:
            raise InvalidAnswer(
                N_("That is too long: {limit} characters at most. Please shorten it."),
                limit=self.longest,
            )
        return words

    def show(self, value: str, context: Context) -> str:
        """As typed."""
        return value


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few. Labels are message ids, or texts by language when `translated`."""

    choices: tuple[tuple[str, Any], ...]

    def options(self, context: Context) -> tuple[tuple[str, str], ...]:
        """All of them."""
        return tuple((key, self._label(label, context)) for key, label in self.choices)

    def choose(self, key: str, context: Context) -> str:
        """The key itself."""
        if key not in dict(self.choices):
            raise InvalidAnswer(N_("This button does not belong to this question."))
        return key

    def parse(self, text: str, context: Context) -> str:
        """The choice whose label was typed, in full or by its first words."""
        typed = fold(text)
        labels = {key: fold(self._label(label, context)) for key, label in self.choices}
        exact = [key for key, label in labels.items() if label == typed]
        close = [key for key, label in labels.items() if typed and label.startswith(typed)]
        if len(exact) == 1:
            return exact[0]
        if len(close) == 1:
            return close[0]
        raise InvalidAnswer(N_("Please choose one of the answers below."))

    def show(self, value: str, context: Context) -> str:
        """Its label."""
        return self._label(dict(self.choices).get(value, value), context)

    @staticmethod
    def _label(label: str | Mapping[str, str], context: Context) -> str:
        if isinstance(label, str):
            return context.t(label)
        return label[context.t.language]


@dataclass(frozen=True, slots=True)
class YesNo:
    """Yes or no."""

    def options(self, context: Context) -> tuple[tuple[str, str], ...]:
        """Both."""
        return (("yes", context.t("Yes")), ("no", context.t("No")))

    def choose(self, key: str, context: Context) -> bool:
        """True for yes."""
        if key not in {"yes", "no"}:
            raise InvalidAnswer(N_("This button does not belong to this question."))
        return key == "yes"

    def parse(self, text: str, context: Context) -> bool:
        """ "oui", "yes", "non", "no"."""
        first = fold(text).split(" ")[0]
        if first in _YES:
            return True
        if first in _NO:
            return False
        raise InvalidAnswer(N_("Please answer yes or no."))

    def show(self, value: bool, context: Context) -> str:
        """Yes or no."""
        return context.t("Yes") if value else context.t("No")


@dataclass(frozen=True, slots=True)
class When:
    """A past moment, to the minute or to the day; "today" and "yesterday" can be pressed."""

    still: bool = False
    """ "It still goes on" is an answer too, kept as `"ongoing"`."""

    def options(self, context: Context) -> tuple[tuple[str, str], ...]:
        """The days most often meant."""
        if self.still:
            return (("ongoing", context.t("It still goes on")),)
        return (("today", context.t("Today")), ("yesterday", context.t("Yesterday")))

    def choose(self, key: str, context: Context) -> Any:
        """The day that was pressed."""
        if self.still and key == "ongoing":
            return key
        words = {"today": "today", "yesterday": "yesterday"}
        if self.still or key not in words:
            raise InvalidAnswer(N_("This button does not belong to this question."))
        return self.parse(words[key], context)

    def parse(self, text: str, context: Context) -> Any:
        """The moment typed, in French or English."""
        if self.still and fold(text) in _ONGOING:
            return "ongoing"
        return dates.read_moment(text, context.now, context.zone).to_json()

    def show(self, value: Any, context: Context) -> str:
        """With as much of it as is known."""
        if value == "ongoing":
            return context.t("it still goes on")
        moment = Moment.from_json(value)
        assert moment is not None
        return show_moment(moment, context)


_ONGOING = {
    "toujours en cours", "encore en cours", "en cours", "toujours", "encore", "ca continue",
    "ce est pas fini", "ca dure encore", "pas fini", "a maintenant", "maintenant",
    "ongoing", "still ongoing", "still going on", "it still goes on", "still", "now", "not over",
}  # fmt: skip


def show_moment(moment: Moment, context: Context) -> str:
    """`mardi 3 mars 2026`, with the time when it is known."""
    if moment.at is not None:
        return context.t.moment(moment.at)
    if moment.precision == "month":
        return context.t.month(moment.day)
    return context.t.weekday(moment.day)


@dataclass(frozen=True, slots=True)
class Day(_NoOptions):
    """A day alone, past or, if `future`, to come; kept as ISO."""

    future: bool = False

    def parse(self, text: str, context: Context) -> str:
        """The day typed."""
        moment = dates.read_moment(text, context.now, context.zone, future=self.future)
        if moment.precision == "month":
            raise InvalidAnswer(N_("Which day of that month? For example: 3 March."))
        return moment.day.isoformat()

    def show(self, value: str, context: Context) -> str:
        """`3 mars 2026`."""
        return context.t.day(date.fromisoformat(value))


@dataclass(frozen=True, slots=True)
class Money(_NoOptions):
    """An amount in euros; kept in cents."""

    def parse(self, text: str, context: Context) -> int:
        """The amount typed; zero is an answer."""
        return amounts.read_amount(text).cents

    def show(self, value: int, context: Context) -> str:
        """`1 234,56 €`."""
        return context.t.money(value)


@dataclass(frozen=True, slots=True)
class Number(_NoOptions):
    """A whole number between two bounds, such as a percentage or a count."""

    lowest: int = 0
    highest: int = 1_000_000

    def parse(self, text: str, context: Context) -> int:
        """The number typed."""
        digits = re.sub(r"[\s\u202f\u00a0%]", "", text)
        if not digits.isdecimal() or len(digits) > 9:
            raise InvalidAnswer(N_("Please write a whole number, in figures. For example: 12."))
        number = int(digits)
        if not self.lowest <= number <= self.highest:
            raise InvalidAnswer(
                N_("Please write a number between {lowest} and {highest}."),
                lowest=self.lowest,
                highest=self.highest,
            )
        return number

    def show(self, value: int, context: Context) -> str:
        """In the user's digits."""
        return context.t.number(value)


@dataclass(frozen=True, slots=True)
class Siren(_NoOptions):
    """The nine digits that name a French company, checked by their key."""

    def parse(self, text: str, context: Context) -> str:
        """The SIREN typed; a SIRET gives its first nine digits."""
        digits = re.sub(r"\D", "", text)
        try:
            return str(french_siren.validate(digits[:9] if len(digits) == 14 else digits))
        except ValidationError as error:
            raise InvalidAnswer(
                N_(
                    "This is not a SIREN: it has nine digits, and the last one is a check. You"
                    " find it on their invoices or legal notice."
                )
            ) from error

    def show(self, value: str, context: Context) -> str:
        """In groups of three."""
        return "\N{NO-BREAK SPACE}".join(value[i : i + 3] for i in range(0, 9, 3))


@dataclass(frozen=True, slots=True)
class Email(_NoOptions):
    """An e-mail address."""

    def parse(self, text: str, context: Context) -> str:
        """The address typed."""
        address = clean(text).removeprefix("mailto:")
        if not re.fullmatch(r"[^\s@<>]{1,64}@[^\s@<>]+\.[^\s@<>.]{2,}", address):
            raise InvalidAnswer(
                N_("This is not an e-mail address. For example: contact@example.com.")
            )
        return address

    def show(self, value: str, context: Context) -> str:
        """As typed."""
        return value


@dataclass(frozen=True, slots=True)
class Files:
    """Photos, files and albums, kept as they arrive; "that is all" ends the step."""

    def options(self, context: Context) -> tuple[tuple[str, str], ...]:
        """The end of the step."""
        return (("done", context.t("That is all")),)

    def choose(self, key: str, context: Context) -> str:
        """The end of the step."""
        if key != "done":
            raise InvalidAnswer(N_("This button does not belong to this question."))
        return "done"

    def parse(self, text: str, context: Context) -> str:
        """ "c'est tout", "that is all", "no" end the step."""
        if fold(text) in _DONE:
            return "done"
        raise InvalidAnswer(N_("Please send a photo or a file here, or press “That is all”."))

    def show(self, value: str, context: Context) -> str:
        """How many there are: the flow fills it in."""
        return context.t("received")


_DONE = {
    "c est tout", "est tout", "cest tout", "fini", "termine", "non", "aucune", "aucun", "rien",
    "that is all", "that all", "that", "done", "no", "none", "nothing",
}  # fmt: skip
