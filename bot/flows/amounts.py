"""Reads amounts in euros as people write them, in French and in English.

An amount is read as a whole or not at all: a range, a percentage, "3 factures de 200 €" or
another currency is asked again, with an example.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, cast

from bot.errors import InvalidAnswer
from bot.flows.numerals import figures, fold
from bot.i18n import N_

MAX_CHARS = 300
"""The longest answer that is read as an amount."""
MAX_SENTENCE = 2000
"""How much of a free sentence is looked at, in characters."""
_MAX_CENTS = 100_000_000_000

Tax = Literal["", "HT", "TTC"]
Per = Literal["", "month", "year", "day"]

NOT_READ = N_("I couldn’t read an amount there. Please write it like “1,234.56 €” or “800 €”.")
IN_EUROS = N_("Please give the amount in euros, for example “500 €”.")
PERCENTAGE = N_("That is a percentage. Please give the amount in euros, for example “500 €”.")
NEGATIVE = N_("Please give the amount without a minus sign, for example “300 €”.")
ONE_AMOUNT = N_("Please give one amount only, the total or your best figure: for example “600 €”.")
PER_WHAT = N_(
    "Please give the amount per day, per month or per year, for example “100 € per month”."
)
TOO_MUCH = N_("That amount looks too large. Please check it, and write it like “1,234.56 €”.")


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount as it was said.

    Attributes:
        cents: of euro.
        tax: without it ("HT") or with it ("TTC"), if that was said.
        per: for how long it is paid, if that was said.
    """

    cents: int
    tax: Tax = ""
    per: Per = ""


@dataclass(frozen=True, slots=True)
class _Found:
    """An amount in a text, from `begin` to `end` in its characters; None if it can't be one."""

    amount: Amount | None
    begin: int
    end: int
    euros: bool


_NUMBER = re.compile(
    r"(?<![\w.,'/:€-])(?<!\d )(?:(?P<before>€|eur) ?)?"
    r"(?P<whole>\d{1,3}(?:(?P<mark>[ .,'])\d{3}(?:(?P=mark)\d{3})*)?|\d{4,12})"
    r"(?:(?P<point>[.,])(?P<decimals>\d{1,2}|-{1,2}))?(?!\d|[.,]\d)"
    r"(?: ?(?P<thousands>k)(?= ?(?:€|eur)|\b)| ?(?P<millions>m|millions? d')(?= ?(?:€|eur)))?"
    r"(?: ?(?P<after>€|euros?\b|eur\b)"
    r"(?:(?P<cents>\d{2})(?![\d.,])| et (?P<centimes>\d{1,2}) centimes?\b)?)?"
)
_TAIL = re.compile(
    r"[ (,]*(?:"
    r"(?P<HT>h\.?t\b\.?|hors[ -](?:taxes?|tva)\b|excl(?:\.|uding)? (?:vat|tax(?:es)?)\b"
    r"|ex\.? vat\b|before (?:vat|tax(?:es)?)\b|without vat\b|plus (?:la )?(?:vat|tva)\b"
    r"|\+ ?(?:vat|tva)\b)"
    r"|(?P<TTC>t\.?t\.?c\b\.?|toutes taxes(?: comprises)?\b|tva (?:comprise|incluse)\b"
    r"|inc(?:l\.?|luding|\.)? (?:vat|tax(?:es)?)\b|with vat\b|(?:vat|tax) inc(?:l\.?|luded)\b)"
    r"|(?P<month>(?:(?:par|chaque|per|a|each) |/ ?)(?:mois|month)\b|mensuel(?:le)?s?\b|monthly\b)"
    r"|(?P<year>(?:(?:par|chaque|per|a|each) |/ ?)(?:an|annee|year|annum|yr)\b|p\.? ?a\b\.?"
    r"|annuel(?:le)?s?\b|yearly\b|annually\b)"
    r"|(?P<day>(?:(?:par|chaque|per|a|each) |/ ?)(?:jour|j|day)\b|la journee\b"
    r"|quotidien(?:ne)?s?\b|daily\b)"
    r")\)?"
)
_AROUND = re.compile(
    r"\A(?:(?:environ|a peu pres|pres de|presque|about|around|approximately|approx|roughly|nearly"
    r"|almost|soit|c'est|ca fait|it's|it is|total|=|~|≈|:)\.? ?)+"
    r"|(?:,? (?:environ|a peu pres|en tout|au total|in total|in all|total|or so|je crois|i think"
    r"|svp|please|merci))+\Z"
)
_FOREIGN = re.compile(
    r"[$£¥]|\b(?:dollars?|usd|pounds?|gbp|livres?|chf|francs?|yens?|bitcoins?|btc|cad|dirhams?)\b"
)
_PERCENT = re.compile(r"\d ?(?:%|pour ?cent\b|per ?cent\b)")
_RANGE = re.compile(r"(?<![/\d])\d+ ?k?(?:€|euros?)? ?(?:-|/|x|×|\*) ?(?:€ ?)?\d+(?![/\d])")
_MINUS = re.compile(r"(?:\A|[^\w€ ] ?|\s)- ?(?:€ ?)?\d|\b(?:moins|minus) (?:€ ?)?\d")
_OTHER_PER = re.compile(
    r"(?:(?:par|chaque|per|an?|each|l'|de l') ?|/ ?)"
    r"(?:semaine|week|heure|h|hour|trimestre|quarter)\b"
    r"|\b(?:weekly|hourly|quarterly|hebdomadaires?)\b"
)
_BOUND = re.compile(
    r"(?:\b(?:plus de|moins de|moins|minus|au moins|au plus|au dela de|maximum|minimum|max|min"
    r"|jusqu'a|up to|more than|less than|over|under|at least|at most|entre|between|pas|not"
    r"|centaines?|milliers?)\b(?: d[e'])?|-) ?\Z"
)
_TIMES = re.compile(
    r"\b(?!1 )\d+ (?:x|\*|×|fois|times|(?:[a-z'-]+ ){1,3}(?:de|d'|a|of|at|for)) ?\Z"
)
_RANGE_BEFORE = re.compile(
    r"\d ?k?(?:€|euros?|eur)? ?(?:[-/+]|\b(?:a|to|ou|or)\b) ?\Z"
    r"|\b(?:entre|between) [€\d .,']+ ?k?(?:€|euros?|eur)? ?(?:et|and) \Z"
)
_RANGE_AFTER = re.compile(
    r" ?(?:-|/|(?:a|to|ou|or)\b) ?(?:€ ?)?\d"
    r"| ?(?:[x*×+]|fois\b|times\b|par\b|per\b|chacune?s?\b|each\b)"
)
_DAY_BEFORE = re.compile(r"\b(?:le|du|au|the) \Z")
_UNSURE = re.compile(
    r"\b(?:ou|or|pas|not|net|nets|brut|gross|tva|vat|taxes?|hors|par|per|chacune?s?|each|fois"
    r"|times|plusieurs|several|quelques|some|few|des|moins|plus de|more|less|over|under|least|most"
    r"|maximum|minimum|max|min|jusqu'a|up to|entre|between|journee|jours?|days?|semaines?|weeks?"
    r"|mois|months?|ans?|annees?|years?|heures?|hours?|pieces?|unites?|units?)\b|[-+*/x×]|\d"
)


def read_amount(text: str) -> Amount:
    """The amount that an answer names; a number alone is euros.

    Args:
        text: what was typed.

    Raises:
        InvalidAnswer: it is not one amount in euros, known to the cent.
    """
    if len(text) > MAX_CHARS:
        raise InvalidAnswer(NOT_READ)
    phrase = _AROUND.sub("", _readable(text)).strip()
    centimes = re.fullmatch(r"(\d{1,2}) (?:centimes?|cents?)(?: d'euros?)?", phrase)
    if centimes is not None:
        return Amount(int(centimes[1]))
    phrase = re.sub(r"(\d) ?(?:€|euros?) (\d\d)\Z", r"\1€\2", phrase)
    found = list(_numbers(phrase))
    if len(found) == 1 and (found[0].begin, found[0].end) == (0, len(phrase)):
        return _kept(found[0].amount)
    _refuse(phrase, found)
    rest = f"{phrase[: found[0].begin]} {phrase[found[0].end :]}"
    if not found[0].euros or not _stands_for_itself(phrase, found[0]) or _UNSURE.search(rest):
        raise InvalidAnswer(NOT_READ)
    return _kept(found[0].amount)


def find_amounts(text: str) -> list[Amount]:
    """The amounts in euros of a free sentence, in order.

    Only what bears a sign or a word of euros counts; ranges, multiples, bounds ("plus de
    800 €") and other currencies are left alone.

    Args:
        text: a sentence.
    """
    sentence = _readable(text[:MAX_SENTENCE])
    return [
        found.amount
        for found in _numbers(sentence)
        if found.amount is not None
        and found.amount.cents <= _MAX_CENTS
        and found.euros
        and _stands_for_itself(sentence, found)
    ]


def _readable(text: str) -> str:
    """Folded, with figures for number words."""
    phrase = re.sub(r"\b(?:un|one) euro\b", "1 euro", figures(fold(text)))
    return phrase.strip(" .!?;,")


def _kept(amount: Amount | None) -> Amount:
    if amount is None:
        raise InvalidAnswer(NOT_READ)
    if amount.cents > _MAX_CENTS:
        raise InvalidAnswer(TOO_MUCH)
    return amount


def _refuse(phrase: str, found: list[_Found]) -> None:
    """Says what keeps `phrase` from being one amount, if that is plain."""
    reasons = (
        (_FOREIGN, IN_EUROS),
        (_RANGE, ONE_AMOUNT),
        (_PERCENT, PERCENTAGE),
        (_MINUS, NEGATIVE),
        (_OTHER_PER, PER_WHAT),
    )
    for pattern, message in reasons:
        if pattern.search(phrase) and (found or pattern is not _OTHER_PER):
            raise InvalidAnswer(message)
    if len(found) > 1 or (found and _BOUND.search(phrase[: found[0].begin])):
        raise InvalidAnswer(ONE_AMOUNT)
    if not found:
        raise InvalidAnswer(NOT_READ)


def _numbers(text: str) -> Iterator[_Found]:
    """Every number that may be an amount, with its tax and its period."""
    for match in _NUMBER.finditer(text):
        end, words = match.end(), dict[str, str]()
        cents = _cents(match)
        while (tail := _TAIL.match(text, end)) is not None:
            name = str(tail.lastgroup)
            kind = "tax" if name in {"HT", "TTC"} else "per"
            if words.setdefault(kind, name) != name:
                cents = None
            end = tail.end()
        amount = None
        if cents is not None:
            tax, per = words.get("tax", ""), words.get("per", "")
            amount = Amount(cents, cast(Tax, tax), cast(Per, per))
        yield _Found(amount, match.start(), end, bool(match["before"] or match["after"]))


def _cents(match: re.Match[str]) -> int | None:
    """The amount in cents; None when the digits are not grouped as in an amount."""
    mark, point, decimals = match["mark"], match["point"], (match["decimals"] or "").strip("-")
    whole = match["whole"].replace(mark, "") if mark else match["whole"]
    if (whole.startswith("0") and len(whole) > 1) or (mark and mark == point):
        return None
    after = match["cents"] or (match["centimes"] or "").zfill(2)
    scale = 1_000_000 if match["millions"] else 1_000 if match["thousands"] else 1
    if after.strip("0") and (point or scale > 1):
        return None
    if scale > 1 and mark in {".", ",", "'"}:
        return None  # "2,500 k€" may be either
    return (int(whole) * 100 + int(decimals.ljust(2, "0"))) * scale + int(after)


def _stands_for_itself(text: str, found: _Found) -> bool:
    """Whether an amount in a sentence is neither an end of a range nor a price by the piece."""
    before, after = text[: found.begin], text[found.end :]
    may_be_a_day = re.match(r"\d{1,2} ", text[found.begin :]) and _DAY_BEFORE.search(before)
    patterns = (_BOUND, _TIMES, _RANGE_BEFORE)
    return not (
        may_be_a_day
        or any(pattern.search(before) for pattern in patterns)
        or _RANGE_AFTER.match(after)
        or _OTHER_PER.match(after.lstrip())
    )
