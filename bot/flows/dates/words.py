"""What a phrase says of a day and a time, in French or English, before any calendar is opened.

`understand` reads a phrase as a whole or not at all: one word it does not know makes it give up,
which is what keeps "mon site ne marche plus" from being a date in March.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Literal

from bot.errors import InvalidAnswer
from bot.flows.numerals import NUMBER_WORD
from bot.i18n import N_

Which = Literal["", "last", "next", "this", "last week"]
Part = Literal["", "morning", "afternoon", "evening", "night", "last night"]

NEEDS_DAY = N_(
    "Please be a little more precise: which day, or at least which month? "
    "For example “3 March” or “in March 2026”."
)
NEEDS_DATE = N_("Please give the day itself, for example “3 March” or “last Monday”.")


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day as it was said; not yet checked.

    Attributes:
        half: "?" when an English hour may be of the morning or of the afternoon.
        zone: minutes east of UTC; "summer" or "winter" for one of the two times of the zone.
        midnight: said by that word, so at either end of the day.
        hours: written "2h" or "1h30": after "depuis" it may be a time or so many hours.
    """

    hour: int
    minute: int = 0
    second: int = 0
    half: Literal["", "am", "pm", "?"] = ""
    zone: int | Literal["", "summer", "winter"] = ""
    midnight: bool = False
    hours: bool = False


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
_MONTHS = {word: n for n, names in enumerate(_MONTH_NAMES, 1) for word in names.split()}
_WEEKDAYS = {word: n for n, names in enumerate(_DAY_NAMES) for word in names.split()}
_LONG_MONTHS = {word for names in _MONTH_NAMES for word in names.split()[:2]}
_LONG_DAYS = {word for names in _DAY_NAMES for word in names.split()[:2]}
_ENGLISH_MONTHS = {names.split()[1] for names in _MONTH_NAMES}
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


def _any(words: Any) -> str:
    return "(?:" + "|".join(sorted(words, key=len, reverse=True)) + ")"


_MONTH = rf"(?P<month>{_any(_MONTHS)}\b\.?)"
_WEEKDAY = rf"(?:(?P<weekday>{_any(_WEEKDAYS)}\b\.?),? (?:le |the )?)?"
_LONG_DAY = rf"(?P<weekday>{_any(_LONG_DAYS)})"
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
_COUNT = r"(?P<count>\d{1,3}|une?|an?|one) ?" + _any(
    f"(?P<{unit}>{'|'.join(words)})" for unit, words in _UNITS.items()
)
_IN_MONTH = (
    r"(?P<intro>(?:en|in|au mois de|courant|debut|fin|(?:a la |vers la )?fin (?:de|du mois de)"
    r"|(?:au )?debut (?:de|du mois de)|(?:a la |en )?mi|early|mid|late|during"
    r"|(?:at |in )?(?:the )?(?:end|start|beginning|middle) of)[ -])?"
)
_OF_MONTH = (
    r"(?:(?P<last_month>mois dernier|mois passe|last month)"
    r"|(?P<this_month>courant|ce mois(?:-ci)?|this month)|(?P<next_month>mois prochain|next month))"
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
        rf"{_IN_MONTH}{_MONTH}(?:,? (?:de |of )?(?P<year>\d{{4}}))?(?P<last> dernier| passe| last)?",
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
            r"(?:(?:pendant|dans|durant|during|over|in) )?(?:(?:le|la|the|cette|ce|this|last|next) )?"
            r"(?:semaine|week-?end|week|fin de semaine)(?: (?:derniere?|passee?|prochaine?|d'avant))?",
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
    r"\A(?:(?:c'etait|c'est|it was|it's|vers|environ|around|about"
    r"|approximately|autour de|sans doute|probably|probablement|euh|ben|bah|well),? )+"
)
_AFTER = re.compile(
    r"(?:,? (?:environ|a peu pres|approximately|or so|merci|thanks"
    r"|svp|please))+$"
)
_NEAR = (
    r"(?:\b(?:a|at|vers|around|about|environ|by|autour de|aux (?:alentours|environs) de"
    r"|sur les? coups? de|les)\b ?|[,@] ?)"
)
_CLOCK = re.compile(
    rf"(?<![\w:/.+'-]){_NEAR}*(?:"
    r"(?P<noon>midi|noon|midday)(?P<noon_more> et demie?| et quart| [0-5]\d)?"
    r"|(?P<midnight>minuit|midnight)(?: et demie?| et quart| [0-5]\d)?"
    r"|(?P<past>(?:half|quarter|5|10|20|25|\d{1,2} minutes) past|(?:quarter|\d{1,2} minutes) to)"
    r" (?P<past_hour>\d{1,2})"
    r"|(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,6})?)?"
    rf"|(?P<heure>\d{{1,2}}) ?(?:heures?|hrs?|h)(?: ?(?P<heure_minute>\d{{2}})(?! ?{_any(_MONTHS)}))?"
    r"(?: ?(?:mn|min|minutes?)\b)?(?P<more> et demie?| et quart| moins le quart| moins \d{1,2})?"
    r"|(?P<twelve>\d{1,2})(?:[.:](?P<twelve_minute>\d{2}))?(?= ?[ap]\.?m\b)"
    r"|(?:(?:at|around|about) (?P<bare>\d{1,2})|(?P<oclock>\d{1,2})(?= o'clock))"
    rf"(?! ?(?:{_any(_MONTHS)}|st|nd|rd|th|of|minutes?|hours?|days?|weeks?|months?)\b)"
    r")(?: ?(?P<half>[ap])\.?m\b\.?)?"
    r"(?:,? ?\(?(?P<zone>z\b|utc\b|gmt\b|cest\b|cet\b|[+-]\d{2}:?\d{2}\b"
    r"|heure d'ete|heure d'hiver|summer time|winter time)\)?)?"
    r"(?: (?:environ|pile|precises?|sharp|exactement|o'clock))*(?![\w:/]|[.,-]\d)"
)
_PART = re.compile(
    r"(?:(?P<this>\b(?:ce|cet|cette|this) )|(?:\b(?:au|du|de|dans|en|le|la|on|in|the|during|tot|tard"
    r"|late|early|fin|debut|milieu)\b |\b[dl]')*)"
    rf"\b(?P<part>{_any(PARTS)})\b(?: meme)?(?: of\b| du\b| de\b| d'(?=\w))?"
)
_ALL_DAY = re.compile(
    r",? ?\b(?:dans|en fin de|en debut de|au cours de|en cours de)(?: la)? journee\b"
)
_LAST_NIGHT = re.compile(
    r"\b(?:last night|cette nuit|la nuit (?:derniere|passee)|during the night)\b"
)
_ENGLISH = re.compile(
    r"\b(?:yesterday|today|tomorrow|at|on|of|the|last|this|since|from|around|about|past|to|day"
    rf"|morning|afternoon|evening|night|o'clock|{_any(_ENGLISH_MONTHS | _ENGLISH_DAYS)})\b"
)
_MONTH_WORDS = (("last_month", -1), ("this_month", 0), ("next_month", 1))
_ZONES: dict[str, int | Literal["summer", "winter"]] = {
    "z": 0,
    "utc": 0,
    "gmt": 0,
    "cet": 60,
    "cest": 120,
    "heure d'ete": "summer",
    "summer time": "summer",
    "heure d'hiver": "winter",
    "winter time": "winter",
}

VOCABULARY = frozenset(
    word
    for word in (
        *_LONG_MONTHS,
        *_LONG_DAYS,
        *[
            "aujourd'hui",
            "avant-hier",
            "yesterday",
            "tomorrow",
            "derniere",
            "dernier",
            "prochain",
            "semaine",
            "semaines",
        ],
        *[
            "minutes",
            "heures",
            "apres-midi",
            "morning",
            "afternoon",
            "evening",
            "depuis",
            "minuit",
            "midnight",
        ],
    )
    if len(word) >= 6
)
"""Words long enough to be recognised with one letter wrong."""

_LONGEST = 100
"""No date is longer, in characters; what is tried on longer texts would only take time."""
_HINT = re.compile(
    rf"\d|{_any(_MONTHS)}|{_any(_WEEKDAYS)}|{_any(PARTS)}|hier|auj|today|tomorrow|demain|midi|noon"
    r"|minuit|now|maintenant|instant|day|semaine|week|mois|month|heure|hour|minute|jour|\ban\b"
    r"|annee|year|temps|recemment|recently|while"
)
STARTERS = re.compile(
    r"(?:\d"
    rf"|(?:{_any(_MONTHS)}|{_any(_WEEKDAYS)}|hier|avant|aujourd|auj|demain|apres|voila|voici"
    r"|il y a|ca fait|cela fait|ce|cet|cette|depuis|since|from|starting|a|du|de|dans|entre"
    r"|between|le|la|les|the|on|in|en|au|at|vers|last|next|this|yesterday|today|tomorrow|tonight"
    r"|half|quarter|noon|midday|midi|minuit|midnight|day|an|une?|one|around|about|environ|early"
    r"|late|mid|fin|debut|courant)\b)"
)
"""What a date begins with."""

DATE_WORD = re.compile(
    rf"\b(?:{_any({*_LONG_MONTHS, *_LONG_DAYS, *PARTS})}|{NUMBER_WORD}|heures?|hours?|jours?|days?"
    r"|semaines?|weeks?|mois|months?|ans?|annees?|years?|week-?ends?|minutes?|minuit|midi|noon"
    r"|midnight|hier|yesterday|veille|o'clock|prochaine?|derniere?|last|next)\b"
)
"""What may not be left over beside a date: it would have been read in part."""


def is_abbreviation(word: str) -> bool:
    """Whether a full stop after `word` may be no end of a sentence: "sept.", "lun."."""
    return word in _MONTHS or word in _WEEKDAYS


def understand(phrase: str) -> Said | None:
    """What `phrase` says of one moment; None when it is not a date and a time as a whole.

    Args:
        phrase: folded, with its number words as figures.

    Raises:
        InvalidAnswer: it is one, but too vague to be kept ("last week").
    """
    if len(phrase) > _LONGEST or not _HINT.search(phrase):
        return None
    phrase = " ".join(_HEDGE.sub(" ", phrase).split()).strip(" ,;:.")
    phrase = _AFTER.sub("", _BEFORE.sub("", phrase))
    since = _SINCE.match(phrase)
    if since is None:
        return _understand(phrase)
    rest = phrase[since.end() :]
    hours = re.fullmatch(r"(\d{1,2}) ?(?:h|heures?)(?: ?\d{2})?", rest)
    said = None
    if hours is None or int(hours[1]) >= 24:
        said = _day(f"il y a {rest}") or _day(f"{rest} ago")
    said = said or _understand(rest)
    return None if said is None else replace(said, since=True)


def _understand(phrase: str) -> Said | None:
    for rule, message in _REFUSED:
        if rule.fullmatch(phrase):
            raise InvalidAnswer(message)
    if (said := _day(phrase)) is not None:
        return said
    phrase = phrase.replace("tonight", "this evening").replace("apres midi", "apres-midi")
    phrase = re.sub(r"\bce midi\b", "aujourd'hui midi", phrase)
    phrase = re.sub(
        r"(?<=\ba )une heure\b|(?<=\bvers )une heure\b|une heure(?= d)", "1 heure", phrase
    )
    rest, night = _cut(_LAST_NIGHT, phrase)
    rest, clock = _cut(_CLOCK, rest)
    rest, part = _cut(_PART, rest)
    rest = _ALL_DAY.sub("", rest).strip(" ,")
    said = _day(rest) if rest else Said(weak=not (night or part))
    if said is None or (clock is None and part is None and night is None):
        return None
    if night and (rest or (part and clock is None)):
        return None
    if part and part["this"] and said.has_day:
        return None
    if night:
        return _last_night(_clock(clock, True) if clock else None, part)
    elif part:
        said = replace(said, part=PARTS[part["part"]])
        if not said.has_day:
            if not part["this"] and clock is None:
                return None  # "le matin": any morning
            said = replace(said, days=0)
    if said.days == 0:
        said = replace(said, weak=False)
    return replace(
        said, clock=_clock(clock, _ENGLISH.search(phrase) is not None) if clock else None
    )


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
    named = (("today", 0), ("yesterday", -1), ("before_yesterday", -2), ("tomorrow", 1))
    for name, days in (*named, ("after_tomorrow", 2)):
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
    if found.get("years"):
        raise InvalidAnswer(NEEDS_DAY)
    if found.get("french") and found.get("days") and number in {8, 15}:
        raise InvalidAnswer(NEEDS_DATE)  # "huit jours" is a week, "quinze jours" is two
    sign = 1 if found.get("ahead") else -1
    if found.get("months"):
        return Said(months=sign * number)
    if found.get("days") or found.get("weeks"):
        return Said(days=sign * number * (7 if found.get("weeks") else 1))
    if found.get("minutes"):
        return Said(ago=timedelta(minutes=-sign * number))
    if number >= 24:
        return (
            Said(days=sign * (number // 24))
            if number % 24 == 0
            else Said(ago=-sign * timedelta(hours=number))
        )
    minutes = 30 if found.get("half") else int(found.get("more") or 0)
    return Said(ago=-sign * timedelta(hours=number, minutes=minutes))


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
            if month not in _LONG_MONTHS:
                return None
            weak = True
        weak = weak or ("le" in found and not found["le"])
    which: Which = ""
    for name in ("last", "next", "this"):
        if found.get(name):
            which = name  # type: ignore[assignment]
    return Said(
        months=next((n for name, n in _MONTH_WORDS if found.get(name)), None),
        weekday=_WEEKDAYS[weekday.rstrip(".")] if weekday else None,
        day=None if day is None else int(day) if day.isdigit() else 1,
        month=None if not month else int(month) if month.isdigit() else _MONTHS[month],
        year=_year(year) if year else None,
        which="last week" if found.get("last_week") else which,
        weak=weak,
    )


def _year(figures: str) -> int:
    """ "26" is 2026 and "98" is 1998."""
    year = int(figures.strip("'"))
    return year if year > 99 else year + (1900 if year > 60 else 2000)


def _names_day_after(month: str, day: str) -> bool:
    """Whether a day may follow the month: "mars 26" may be of 2026, "mar 3" may be a Tuesday."""
    if month in _ENGLISH_MONTHS:
        return True
    return month not in _LONG_MONTHS | {"mar"} and not day.startswith("0") and int(day) < 20


def _last_night(clock: Clock | None, part: re.Match[str] | None) -> Said | None:
    """ "Cette nuit à 2h", "last night at 3 in the morning"."""
    if clock is not None and part is not None:
        name = PARTS[part["part"]]
        if name not in {"morning", "evening"} or clock.half in {"am", "pm"}:
            return None
        clock = replace(clock, half="am" if name == "morning" else "pm")
    return Said(days=0, part="last night", clock=clock)


def _clock(match: re.Match[str], english: bool) -> Clock:
    """The time that `match` is; its figures may be out of range."""
    found = match.groupdict()
    zone = found["zone"] or ""
    offset: int | Literal["", "summer", "winter"] = ""
    if zone[:1] in {"+", "-"}:
        minutes = int(zone[1:3]) * 60 + int(zone[-2:])
        offset = minutes if zone[0] == "+" else -minutes
    elif zone:
        offset = _ZONES[zone]
    half: Literal["", "am", "pm", "?"] = {"a": "am", "p": "pm"}.get(found["half"] or "", "")  # type: ignore[assignment]
    if found["noon"]:
        return Clock(12, _fraction(found["noon_more"])[1], zone=offset)
    if found["midnight"]:
        return Clock(0, midnight=True, zone=offset)
    if found["past"]:
        hour, minute = _fraction(found["past"])
        return Clock(int(found["past_hour"]) + hour, minute, half=half or "?", zone=offset)
    if found["bare"] or found["oclock"]:
        hour = int(found["bare"] or found["oclock"])
        return Clock(hour, half=half or ("?" if hour <= 12 else ""), zone=offset)
    if found["twelve"]:
        return Clock(
            int(found["twelve"]), int(found["twelve_minute"] or 0), half=half, zone=offset
        )
    if found["heure"]:
        hour, minute = _fraction(found["more"])
        minute += int(found["heure_minute"] or 0)
        return Clock(int(found["heure"]) + hour, minute, half=half, zone=offset, hours=True)
    hour = int(found["hour"])
    if english and not half and not found["hour"].startswith("0") and 1 <= hour <= 11:
        half = "?"
    return Clock(hour, int(found["minute"]), int(found["second"] or 0), half, offset)


def _fraction(words: str | None) -> tuple[int, int]:
    """Hours and minutes to add for "et demie", "moins 10", "quarter to"."""
    words = (words or "").strip()
    if words.startswith("moins"):
        less = words.removeprefix("moins ")
        return -1, 60 - (15 if less == "le quart" else int(less))
    figure = re.match(r"\d+", words)
    minutes = 15 if "quart" in words else 30 if "demi" in words or "half" in words else 0
    minutes = int(figure[0]) if figure else minutes
    return (-1, 60 - minutes) if words.endswith(" to") else (0, minutes)
