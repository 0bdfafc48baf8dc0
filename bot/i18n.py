"""Languages: gettext catalogues compiled in memory, and dates, money and lists by Babel.

The message ids are the English sentences; `locales/fr` holds the French ones.
"""

from __future__ import annotations

import gettext
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal, format_percent

_FIRST = re.compile(
    r"\b1 (?=janv|févr|mars|avr|mai|juin|juil|août|sept|oct|nov|déc)"  # not the hour in "à 1 h 00"
)
LANGUAGES = ("fr", "en")
DEFAULT_LANGUAGE = "fr"
PARIS = ZoneInfo("Europe/Paris")
_DOMAIN = "bot"
_BABEL_LOCALES = {"fr": "fr_FR", "en": "en_GB"}


def N_(message: str) -> str:
    """Marks a sentence for the catalogues; it is translated where it is shown."""
    return message


def pick_language(code: str | None) -> str:
    """The language we have for a client's code: "en-GB" gives "en", anything unknown French."""
    short = (code or "").replace("_", "-").split("-")[0].lower()
    if not short:
        return DEFAULT_LANGUAGE
    return short if short in LANGUAGES else ("fr" if short in {"fr", "br", "oc", "co"} else "en")


@dataclass(frozen=True, slots=True)
class Translator:
    """Speaks one language: `t("…", name=value)`.

    Attributes:
        language: "fr" or "en".
        timezone: in which times are shown.
    """

    language: str
    catalogue: gettext.NullTranslations = field(default_factory=gettext.NullTranslations)
    timezone: tzinfo = PARIS

    def __call__(self, message: str, **values: Any) -> str:
        """The sentence in this language, with its `{names}` filled."""
        text = self.catalogue.gettext(message) if message else ""
        return text.format(**values) if values else text

    def plural(self, one: str, many: str, n: int, **values: Any) -> str:
        """The sentence for `n`; `{n}` in it is the number, in this language's digits."""
        text = self.catalogue.ngettext(one, many, n)
        return text.format(n=self.number(n), **values)

    @property
    def locale(self) -> str:
        """Babel's name: British conventions for English, the nearer to a client in France."""
        return _BABEL_LOCALES[self.language]

    def day(self, when: date) -> str:
        """`3 mars 2026`; a datetime is first moved to the user's zone."""
        return self._first(format_date(self._local(when), "long", locale=self.locale))

    def weekday(self, when: date) -> str:
        """`mardi 3 mars 2026`."""
        return self._first(format_date(self._local(when), "full", locale=self.locale))

    def moment(self, when: datetime) -> str:
        """`3 mars 2026 à 14:30`, in the user's zone."""
        pattern = "d MMMM y 'à' H 'h' mm" if self.language == "fr" else "d MMMM y 'at' HH:mm"
        text = format_datetime(self._local(when), pattern, locale=self.locale)
        text = self._first(text)
        return re.sub(r" h (?=\d)", "\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}", text)

    def month(self, when: date) -> str:
        """`mars 2026`."""
        return format_date(when, "MMMM y", locale=self.locale)

    def short_day(self, when: date) -> str:
        """`03/03/2026`."""
        return format_date(self._local(when), "dd/MM/y", locale=self.locale)

    def money(self, cents: int) -> str:
        """`1 234,56 €`; whole amounts lose their cents."""
        amount = Decimal(cents) / 100
        if cents % 100 == 0:
            pattern = "#,##0\N{NO-BREAK SPACE}¤" if self.language == "fr" else "¤#,##0"
            return format_currency(
                amount, "EUR", pattern, locale=self.locale, currency_digits=False
            )
        return format_currency(amount, "EUR", locale=self.locale)

    def number(self, value: int | Decimal | float) -> str:
        """`1 234,5`."""
        return format_decimal(value, locale=self.locale)

    def percent(self, ratio: Decimal | float) -> str:
        """`42 %` from 0.42, with at most one decimal."""
        pattern = "#,##0.#\N{NARROW NO-BREAK SPACE}%" if self.language == "fr" else "#,##0.#%"
        return format_percent(ratio, pattern, locale=self.locale)

    def listing(self, items: Sequence[str]) -> str:
        """`a, b et c`."""
        return format_list(list(items), locale=self.locale)

    def _first(self, text: str) -> str:
        """French says `1er mars`, which Babel does not."""
        return _FIRST.sub("1er ", text) if self.language == "fr" else text

    def _local(self, when: date) -> date:
        if isinstance(when, datetime) and when.tzinfo is not None:
            return when.astimezone(self.timezone)
        return when


class Catalogues:
    """The languages of one folder of `.po` files, compiled once.

    Args:
        folder: holds `<language>/LC_MESSAGES/bot.po`.
        timezone: in which times are shown.
    """

    def __init__(self, folder: Path, timezone: tzinfo = PARIS) -> None:
        self._translators = {
            language: Translator(language, _compile(folder, language), timezone)
            for language in LANGUAGES
        }

    def translator(self, language: str) -> Translator:
        """Who speaks `language`; one of `LANGUAGES`."""
        return self._translators[language]

    def for_code(self, code: str | None) -> Translator:
        """Who speaks to a person whose program speaks `code`."""
        return self._translators[pick_language(code)]


def _compile(folder: Path, language: str) -> gettext.NullTranslations:
    path = folder / language / "LC_MESSAGES" / f"{_DOMAIN}.po"
    if not path.is_file():
        return gettext.NullTranslations()
    buffer = io.BytesIO()
    with path.open("rb") as file:
        write_mo(buffer, read_po(file, locale=language))
    buffer.seek(0)
    return gettext.GNUTranslations(buffer)
