"""The words of dates, in French and English, folded; and what to make of a stray one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from bot.flows.numerals import NUMBER_WORD

Part = Literal["", "morning", "afternoon", "evening", "night", "last night"]

_MONTH_NAMES = (
    "janvier january janv jan",
    "fevrier february fevr fev feb",
    "mars march mar",
    "avril april avr apr",
    "mai may",
    "juin june jun",
    "juillet july juil jul",
    "aout august aug",
    "septembre september sept sep",
    "octobre october oct",
    "novembre november nov",
    "decembre december dec",
)
_DAY_NAMES = (
    "lundi monday lun mon",
    "mardi tuesday mar tues tue",
    "mercredi wednesday mer weds wed",
    "jeudi thursday jeu thurs thur thu",
    "vendredi friday ven fri",
    "samedi saturday sam sat",
    "dimanche sunday dim sun",
)
MONTHS = {word: n for n, names in enumerate(_MONTH_NAMES, 1) for word in names.split()}
WEEKDAYS = {word: n for n, names in enumerate(_DAY_NAMES) for word in names.split()}
LONG_MONTHS = {word for names in _MONTH_NAMES for word in names.split()[:2]}
LONG_DAYS = {word for names in _DAY_NAMES for word in names.split()[:2]}
ENGLISH_MONTHS = {names.split()[1] for names in _MONTH_NAMES}
_ENGLISH_DAYS = {names.split()[1] for names in _DAY_NAMES}
PARTS: dict[str, Part] = {
    "matin": "morning",
    "matinee": "morning",
    "morning": "morning",
    "apres-midi": "afternoon",
    "aprem": "afternoon",
    "afternoon": "afternoon",
    "soir": "evening",
    "soiree": "evening",
    "evening": "evening",
    "nuit": "night",
    "night": "night",
}


def any_of(words: Iterable[str]) -> str:
    """A regular expression for one of `words`, the longest first."""
    return "(?:" + "|".join(sorted(words, key=len, reverse=True)) + ")"


_OTHER_LONG_WORDS = (
    "aujourd'hui avant-hier yesterday tomorrow derniere dernier prochain semaine semaines minutes"
    " heures apres-midi morning afternoon evening depuis minuit midnight"
)
LONG_WORDS = frozenset(
    word for word in {*LONG_MONTHS, *LONG_DAYS, *_OTHER_LONG_WORDS.split()} if len(word) >= 6
)
"""Words long enough to be recognised with one letter wrong."""

HINT = re.compile(
    rf"\d|{any_of(MONTHS)}|{any_of(WEEKDAYS)}|{any_of(PARTS)}|hier|auj|today|tomorrow|demain|midi"
    r"|noon|minuit|now|maintenant|instant|day|semaine|week|mois|month|heure|hour|minute|jour"
    r"|\ban\b|annee|year|temps|recemment|recently|while"
)
"""What every date has something of."""

STARTERS = re.compile(
    r"(?:\d"
    rf"|(?:{any_of(MONTHS)}|{any_of(WEEKDAYS)}|hier|avant|aujourd|auj|demain|apres|voila|voici"
    r"|il y a|ca fait|cela fait|ce|cet|cette|depuis|since|from|starting|a|du|de|dans|entre"
    r"|between|le|la|les|the|on|in|en|au|at|vers|last|next|this|yesterday|today|tomorrow|tonight"
    r"|half|quarter|noon|midday|midi|minuit|midnight|day|an|une?|one|around|about|environ|early"
    r"|late|mid|fin|debut|courant)\b)"
)
"""What a date in a sentence begins with."""

DATE_WORD = re.compile(
    rf"\b(?:{any_of({*LONG_MONTHS, *LONG_DAYS, *PARTS})}|{NUMBER_WORD}|heures?|hours?|jours?|days?"
    r"|semaines?|weeks?|mois|months?|ans?|annees?|years?|week-?ends?|minutes?|minuit|midi|noon"
    r"|midnight|hier|yesterday|veille|o'clock|prochaine?|derniere?|last|next)\b"
)
"""What may not be left over beside a date: the date would have been read in part."""

ENGLISH = re.compile(
    r"\b(?:yesterday|today|tomorrow|at|on|of|the|last|this|since|from|around|about|past|to|day"
    rf"|morning|afternoon|evening|night|o'clock|{any_of(ENGLISH_MONTHS | _ENGLISH_DAYS)})\b"
)
"""What tells a phrase in English."""


def is_abbreviation(word: str) -> bool:
    """Whether a full stop after `word` may be no end of a sentence: "sept.", "lun."."""
    return word in MONTHS or word in WEEKDAYS
