"""What a phrase says of a day and a time, in French or English, before any calendar is opened.

`understand` reads a phrase as a whole or not at all: one word it does not know makes it give up,
which is what keeps "mon site ne marche plus" from being a date in March.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from typing import Literal

from bot.errors import InvalidAnswer
from bot.flows.dates.clock import CLOCK, Clock, clock_of
from bot.flows.dates.vocabulary import (
    ENGLISH,
    ENGLISH_MONTHS,
    HINT,
    LONG_DAYS,
    LONG_MONTHS,
    MONTHS,
    PARTS,
    WEEKDAYS,
    Part,
    any_of,
)
from bot.i18n import N_

Which = Literal["", "last", "next", "this", "last week"]

NEEDS_DAY = N_(
    "Please be a little more precise: which day, or at least which month? "
    "For example “3 March” or “in March 2026”."
)
NEEDS_DATE = N_("Please give the day itself, for example “3 March” or “last Monday”.")


@dataclass(frozen=True, slots=True)
class Said:
    """What a phrase says; what it does not say is None or empty.

    Attributes:
        days: counted from today: -1 is yesterday.
        months: counted from this month; with `day`, a day of that month.
        ago: an instant counted back from now.
        weekday: 0 is Monday.
        which: goes with `weekday` or `month`.
        since: introduced as a beginning ("depuis", "since").
        weak: a date as an answer, but not enough for one in the middle of a sentence.
    """

    days: int | None = None
    months: int | None = None
    ago: timedelta | None = None
    weekday: int | None = None
    day: int | None = None
    month: int | None = None
    year: int | None = None
    which: Which = ""
    part: Part = ""
    clock: Clock | None = None
    since: bool = False
    weak: bool = False

    @property
    def has_day(self) -> bool:
        """Whether it says more than a time of day."""
        known = (self.days, self.months, self.ago, self.weekday, self.day, self.month)
        return any(value is not None for value in known)


_MONTH = rf"(?P<month>{any_of(MONTHS)}\b\.?)"
_WEEKDAY = rf"(?:(?P<weekday>{any_of(WEEKDAYS)}\b\.?),? (?:le |the )?)?"
_LONG_DAY = rf"(?P<weekday>{any_of(LONG_DAYS)})"
_DAY = r"(?P<day>\d{1,2}|premier|first)"
_ORDINAL = r"(?P<ordinal>er|st|nd|rd|th|eme|e)?"
_ABOUT = r"(?:environ |a peu pres |about |around |approximately |roughly |deja )?"
_AGO = r"(?:il y a|voila|voici|ca fait|cela fait)"
_LE = r"(?:on the |in the |le |la |the |on |du |of )?"
_UNITS = {
    "minutes": ("minutes?", "mins?", "mn"),
    "hours": ("heures?", "hours?", "hrs?", "h"),
    "days": ("jours?", "days?"),
    "weeks": ("semaines?", r"sem\.?", "weeks?"),
    "months": ("mois", "months?"),
    "years": ("ans?", "annees?", "years?"),
}
_COUNT = r"(?P<count>\d{1,3}|une?|an?|one) ?" + any_of(
    f"(?P<{unit}>{'|'.join(words)})" for unit, words in _UNITS.items()
)
_IN_MONTH = (
    r"(?P<intro>(?:en|in|au mois de|courant|debut|fin|(?:a la |vers la )?fin (?:de|du mois de)"
    r"|(?:au )?debut (?:de|du mois de)|(?:a la |en )?mi|early|mid|late|during"
    r"|(?:at |in )?(?:the )?(?:end|start|beginning|middle) of)[ -])?"
)
_OF_MONTH = (
    r"(?:(?P<last_month>mois dernier|mois passe|last month)"
    r"|(?P<this_month>courant|ce mois(?:-ci)?|this month)"
    r"|(?P<next_month>mois prochain|next month))"
)

_RULES = tuple(
    re.compile(rule)
    for rule in (
        # 3 mars 2026, Tuesday 3rd of March
        rf"{_LE}{_WEEKDAY}{_DAY}{_ORDINAL}(?:[ /-]?| of | de ){_MONTH}"
        r"(?:(?:,? ?|[/-]| of | de )(?P<year>\d{4}|'?\d{2}))?(?P<last> dernier| last)?",
        # March 3rd, 2026
        rf"{_LE}{_WEEKDAY}(?P<month_first>){_MONTH} (?:the )?{_DAY}{_ORDINAL}"
        r"(?:,? (?P<year>\d{4}))?",
        # 03/11/2026, 3-11-2026, 03.11.26, 03/11, 2026-11-03
        rf"{_LE}{_WEEKDAY}(?P<day>\d{{1,2}})(?P<mark>[/.-])(?P<month>\d{{1,2}})(?P=mark)"
        r"(?P<year>\d{4})",
        rf"(?P<le>{_LE}){_WEEKDAY}(?P<day>\d{{1,2}})(?P<mark>[/.])(?P<month>\d{{1,2}})(?P=mark)"
        r"(?P<year>\d{2})",
        rf"(?P<le>{_LE}){_WEEKDAY}(?P<day>\d{{1,2}}) (?P<month>\d{{1,2}}) (?P<year>\d{{4}})",
        rf"(?P<le>{_LE}){_WEEKDAY}(?P<day>\d{{1,2}})/(?P<month>\d{{1,2}})",
        rf"{_LE}(?P<year>\d{{4}})(?P<mark>[/-])(?P<month>\d{{1,2}})(?P=mark)(?P<day>\d{{1,2}})",
        # lundi 3, le 12, the 3rd, le 3 du mois dernier
        rf"{_LE}{_LONG_DAY},? (?:le |the )?(?P<day>\d{{1,2}}){_ORDINAL}",
        rf"(?:on the |le |the |du )(?P<day>\d{{1,2}}){_ORDINAL}(?P<weak>)",
        r"(?P<day>\d{1,2})(?:er|st|nd|rd|th)(?P<weak>)",
        rf"{_LE}(?P<day>\d{{1,2}}){_ORDINAL} (?:du |de |of )?{_OF_MONTH}",
        # mars 2026, fin mars, last March, 03/2026, 2026-03, le mois dernier
        rf"{_IN_MONTH}{_MONTH}(?:,? (?:de |of )?(?P<year>\d{{4}}))?"
        r"(?P<last> dernier| passe| last)?",
        rf"(?:in )?(?P<last>last) {_MONTH}",
        r"(?P<month>\d{1,2})/(?P<year>\d{4})",
        r"(?P<year>\d{4})-(?P<month>\d{2})",
        rf"{_LE}{_OF_MONTH}",
        # lundi dernier, last Monday, Monday last week
        rf"{_LE}(?:(?P<last>last)|(?P<next>next)|(?P<this>this|ce)) {_LONG_DAY}",
        rf"{_LE}{_LONG_DAY}(?:(?P<last_week>,? (?:de |of )?(?:la semaine (?:derniere|passee)"
        r"|last week))|(?P<last> dernier| passe| last)|(?P<next> prochain| next))?",
        # hier, the day before yesterday
        r"(?P<today>aujourd'?hui|auj|ce jour|today)",
        r"(?P<yesterday>hier|yesterday)",
        r"(?P<before_yesterday>avant[ -]hier|(?:the )?day before yesterday)",
        r"(?P<tomorrow>demain|tomorrow)",
        r"(?P<after_tomorrow>apres[ -]demain|(?:the )?day after tomorrow)",
        # il y a 3 jours, two weeks ago, dans 3 jours
        rf"(?P<french>{_AGO}) {_ABOUT}{_COUNT}",
        rf"{_ABOUT}{_COUNT} ago",
        rf"(?P<ahead>dans|in|d'ici) {_ABOUT}{_COUNT}",
        rf"{_ABOUT}a (?P<fortnight>fortnight) ago",
        # il y a 1h30, half an hour ago, maintenant
        rf"{_AGO} {_ABOUT}(?P<count>\d{{1,2}}) ?(?P<hours>h|heures?) ?(?:et )?"
        r"(?P<more>[0-5]?\d)(?: ?(?:mn|min|minutes?))?",
        rf"{_AGO} {_ABOUT}(?P<count>\d{{1,2}}|une) (?P<hours>heures?) et (?P<half>demie)",
        rf"{_ABOUT}(?P<count>\d{{1,2}}|an) (?P<hours>hours?) and a (?P<half>half) ago",
        rf"{_AGO} {_ABOUT}une (?P<half_hour>demi[ -]heure)",
        rf"{_ABOUT}(?P<half_hour>half an hour) ago",
        r"(?P<now>maintenant|(?:just |right )?now|a l'instant(?: meme)?|tout de suite)",
    )
)

_REFUSED = tuple(
    (re.compile(rule), message)
    for rule, message in (
        (
            r"(?:(?:pendant|dans|durant|during|over|in) )?"
            r"(?:(?:le|la|the|cette|ce|this|last|next) )?(?:semaine|week-?end|week|fin de semaine)"
            r"(?: (?:derniere?|passee?|prochaine?|d'avant))?",
            NEEDS_DATE,
        ),
        (
            r"(?:(?:il y a|ca fait) )?(?:environ )?(?:quelques?|plusieurs|des|a few|several|some"
            r"|a couple of|une (?:huitaine|dizaine|quinzaine) de|peu de) (?:minutes|heures|jours"
            r"|semaines|mois|annees|temps|hours|days|weeks|months|years)(?: ago)?",
            NEEDS_DATE,
        ),
        (
            r"(?:il y a )?(?:longtemps|une quinzaine)|recemment|recently|l'autre jour"
            r"|the other day|(?:long|a while|a long time) ago",
            NEEDS_DATE,
        ),
        (
            r"(?:(?:en|in) )?(?:19|20)\d\d|l'an (?:dernier|passe)|l'annee (?:derniere|passee)"
            r"|cette annee|last year|this year",
            NEEDS_DAY,
        ),
    )
)


_SINCE = re.compile(
    r"(?:depuis|since|from|starting|a (?:partir|compter)(?= d))(?: (?:environ|about|around))? "
    r"(?:de |d')?"
)
_HEDGE = re.compile(r",? ?\b(?:je crois|je pense|i think|i believe)(?: que| that)?\b,?")
_BEFORE = re.compile(
    r"\A(?:(?:c'etait|c'est|it was|it's|vers|environ|around|about|approximately|autour de"
    r"|sans doute|probably|probablement|euh|ben|bah|well),? )+"
)
_AFTER = re.compile(
    r"(?:,? (?:environ|a peu pres|approximately|or so|merci|thanks|svp|please))+\Z"
)
_PART = re.compile(
    r"(?:(?P<this>\b(?:ce|cet|cette|this) )|(?:\b(?:au|du|de|dans|en|le|la|on|in|the|during|tot"
    r"|tard|late|early|fin|debut|milieu)\b |\b[dl]')*)"
    rf"\b(?P<part>{any_of(PARTS)})\b(?: meme)?(?: of\b| du\b| de\b| d'(?=\w))?"
)
_IN_THE_DAY = re.compile(
    r",? ?\b(?:dans|en fin de|en debut de|au cours de|en cours de)(?: la)? journee\b"
)
_LAST_NIGHT = re.compile(
    r"\b(?:last night|cette nuit|la nuit (?:derniere|passee)|during the night)\b"
)
_ONE_O_CLOCK = re.compile(r"(?<=\ba )une heure\b|(?<=\bvers )une heure\b|\bune heure(?= d)")
_MONTH_WORDS = (("last_month", -1), ("this_month", 0), ("next_month", 1))
_DAY_WORDS = (
    ("today", 0),
    ("yesterday", -1),
    ("before_yesterday", -2),
    ("tomorrow", 1),
    ("after_tomorrow", 2),
)
_LONGEST = 100
"""No date is longer, in characters; what is tried on longer texts would only take time."""


def understand(phrase: str) -> Said | None:
    """What `phrase` says of one moment; None when it is not a date and a time as a whole.

    Args:
        phrase: folded, with its number words as figures.

    Raises:
        InvalidAnswer: it is one, but too vague to be kept ("last week").
    """
    said = _understand(phrase)
    if isinstance(said, InvalidAnswer):
        raise InvalidAnswer(said.message)
    return said


@lru_cache(maxsize=2048)
def _understand(phrase: str) -> Said | InvalidAnswer | None:
    """As `understand`; kept, for the windows of a sentence overlap."""
    if len(phrase) > _LONGEST or not HINT.search(phrase):
        return None
    try:
        return _whole(phrase)
    except InvalidAnswer as refusal:
        return refusal


def _whole(phrase: str) -> Said | None:
    phrase = " ".join(_HEDGE.sub(" ", phrase).split()).strip(" ,;:.")
    phrase = _AFTER.sub("", _BEFORE.sub("", phrase))
    since = _SINCE.match(phrase)
    if since is None:
        return _day_and_time(phrase)
    rest = phrase[since.end() :]
    hours = re.fullmatch(r"(\d{1,2}) ?(?:h|heures?)(?: ?\d{2})?", rest)
    said = None
    if hours is None or int(hours[1]) >= 24:
        said = _day(f"il y a {rest}") or _day(f"{rest} ago")
    said = said or _day_and_time(rest)
    return None if said is None else replace(said, since=True)


def _day_and_time(phrase: str) -> Said | None:
    for rule, message in _REFUSED:
        if rule.fullmatch(phrase):
            raise InvalidAnswer(message)
    if (said := _day(phrase)) is not None:
        return said
    phrase = phrase.replace("tonight", "this evening").replace("apres midi", "apres-midi")
    phrase = _ONE_O_CLOCK.sub("1 heure", re.sub(r"\bce midi\b", "aujourd'hui midi", phrase))
    rest, night = _cut(_LAST_NIGHT, phrase)
    rest, time = _cut(CLOCK, rest)
    rest, part = _cut(_PART, rest)
    rest = _IN_THE_DAY.sub("", rest).strip(" ,")
    clock = clock_of(time, english=bool(ENGLISH.search(phrase) or night)) if time else None
    if night:
        return None if rest else _last_night(clock, part)
    said = _day(rest) if rest else Said(weak=True)
    if said is None or (clock is None and part is None):
        return None
    if part is not None:
        said = _in_part(said, part, clock)
    if said is None:
        return None
    return replace(said, clock=clock, weak=said.weak and not (rest and said.days == 0))


def _in_part(said: Said, part: re.Match[str], clock: Clock | None) -> Said | None:
    """The day with its part: "hier soir", "ce matin"; None for "le matin", which is any."""
    if said.has_day:
        return None if part["this"] else replace(said, part=PARTS[part["part"]])
    if part["this"] is None and clock is None:
        return None
    return replace(said, days=0, part=PARTS[part["part"]], weak=part["this"] is None)


def _last_night(clock: Clock | None, part: re.Match[str] | None) -> Said | None:
    """ "Cette nuit à 2h", "last night at 3 in the morning"."""
    if part is not None:
        name = PARTS[part["part"]]
        if clock is None or clock.half in {"am", "pm"} or name not in {"morning", "evening"}:
            return None
        clock = replace(clock, half="am" if name == "morning" else "pm")
    return Said(days=0, part="last night", clock=clock)


def _cut(pattern: re.Pattern[str], phrase: str) -> tuple[str, re.Match[str] | None]:
    """`phrase` without its one match; untouched when there is none, or more than one."""
    found = list(pattern.finditer(phrase))
    if len(found) != 1:
        return phrase, None
    rest = f"{phrase[: found[0].start()]} {phrase[found[0].end() :]}"
    return " ".join(rest.split()).strip(" ,"), found[0]


def _day(phrase: str) -> Said | None:
    """The day, month or instant that `phrase` is; None when it is none as a whole."""
    for rule in _RULES:
        match = rule.fullmatch(phrase)
        if match is not None and (said := _said(match.groupdict())) is not None:
            return said
    return None


def _said(found: dict[str, str | None]) -> Said | None:
    if found.get("count") or found.get("fortnight") or found.get("half_hour"):
        return _counted(found)
    for name, days in _DAY_WORDS:
        if found.get(name):
            return Said(days=days, weak=days == 0)
    if found.get("now"):
        return Said(ago=timedelta(), weak=True)
    return _calendar(found)


def _counted(found: dict[str, str | None]) -> Said:
    """ "il y a 3 jours", "an hour and a half ago", "dans 2 semaines"."""
    if found.get("half_hour"):
        return Said(ago=timedelta(minutes=30))
    if found.get("fortnight"):
        return Said(days=-14)
    count = str(found.get("count"))
    number = int(count) if count.isdigit() else 1
    sign = 1 if found.get("ahead") else -1
    if found.get("years"):
        raise InvalidAnswer(NEEDS_DAY)
    if found.get("months"):
        return Said(months=sign * number)
    if found.get("weeks"):
        return Said(days=sign * number * 7)
    if found.get("days"):
        if found.get("french") and number in {8, 15}:
            raise InvalidAnswer(NEEDS_DATE)  # "huit jours" is a week, "quinze jours" is two
        return Said(days=sign * number)
    if found.get("hours") and number >= 24 and number % 24 == 0:
        return Said(days=sign * number // 24)
    minutes = number if found.get("minutes") else number * 60
    minutes += 30 if found.get("half") else int(found.get("more") or 0)
    return Said(ago=timedelta(minutes=-sign * minutes))


def _calendar(found: dict[str, str | None]) -> Said | None:
    """ "3 mars 2026", "03/11", "lundi dernier", "en mars"."""
    weekday, month, day, year = (found.get(key) for key in ("weekday", "month", "day", "year"))
    dated = bool(year or found.get("ordinal") or found.get("last"))
    weak = "weak" in found
    if month:
        month = month.rstrip(".")
        if "month_first" in found and not dated:
            if not _names_day_after(month, day or ""):
                return None
            weak = month in {"march", "may"}
        if day is None and not month.isdigit() and not dated and not found.get("intro"):
            if month not in LONG_MONTHS:
                return None
            weak = True
        weak = weak or ("le" in found and not found["le"])
    return Said(
        months=next((n for name, n in _MONTH_WORDS if found.get(name)), None),
        weekday=WEEKDAYS[weekday.rstrip(".")] if weekday else None,
        day=None if day is None else int(day) if day.isdigit() else 1,
        month=None if not month else int(month) if month.isdigit() else MONTHS[month],
        year=_year(year) if year else None,
        which=_which(found),
        weak=weak,
    )


def _which(found: dict[str, str | None]) -> Which:
    if found.get("last_week"):
        return "last week"
    if found.get("last"):
        return "last"
    return "next" if found.get("next") else "this" if found.get("this") else ""


def _year(figures: str) -> int:
    """ "26" is 2026 and "98" is 1998."""
    year = int(figures.strip("'"))
    return year if year > 99 else year + (1900 if year > 60 else 2000)


def _names_day_after(month: str, day: str) -> bool:
    """Whether a day may follow the month: "mars 26" may be of 2026, "mar 3" may be a Tuesday."""
    if month in ENGLISH_MONTHS:
        return True
    return month not in LONG_MONTHS | {"mar"} and not day.startswith("0") and int(day) < 20
