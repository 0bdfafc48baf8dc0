"""Two moments joined: "du 3 au 5 mars", "between 10am and noon yesterday", "pendant 3 jours"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.casefile.models import Moment
from bot.errors import InvalidAnswer
from bot.flows.dates.calendar import FUTURE, WHICH_NIGHT, Reference, at_instant, resolve
from bot.flows.dates.clock import Clock, Half
from bot.flows.dates.words import NEEDS_DATE, Said, understand
from bot.i18n import N_

END_FIRST = N_("The end comes before the start. Please write it like “from 3 to 5 March”.")

_LONGEST = 150
"""No period is longer, in characters."""

_DURATION = re.compile(
    r",? ?\b(?:pendant|durant|for)(?: environ| about)? (?P<count>\d{1,2}|une?|an?|one) ?"
    r"(?:(?P<minutes>minutes?|mins?|mn)|(?P<hours>heures?|hours?|h)|(?P<days>jours?|days?)"
    r"|(?P<weeks>semaines?|weeks?))\b"
)
_ALL_DAY = re.compile(r",? ?\b(?:toute la journee|all day(?: long)?|the whole day)\b,?")
_PAST_WEEK = re.compile(
    r"(?:(?:pendant|dans|durant|during|all|over|toute) )?(?:la |the |le )?"
    r"(?:(?:semaine (?:derniere|passee)|last week)"
    r"|(?P<weekend>week-?end (?:dernier|passe)|last week-?end))"
)
_OPENER = re.compile(
    r"\b(?:du|de|depuis|from|since|entre|between|a (?:partir|compter) d[eu'])"
    r"(?: (?:le|la|the))?\b ?|\bd'(?=hier\b|avant\b|aujourd)"
)
_PAIR = re.compile(r"\b(?:entre|between)\b")
_JOIN = re.compile(
    r" (?P<word>jusqu'aux?|jusqu'a|au|a|up to|to|until|till|through|et|and)(?: (?:le|la|the))?"
    r"(?= )| ?(?:->?|→) ?"
)
_NUMBER = re.compile(r"(?:(?P<rest>.+) )?(?P<number>\d{1,2})(?:er|st|nd|rd|th)?")
_NIGHT = re.compile(
    r"(?:dans |pendant |durant |during |in )?(?:la |the )?(?:nuit|night) (?=(?:du|de|of|from) )"
)


@dataclass(frozen=True, slots=True)
class Duration:
    """How long something lasted; `all_day` is the day it began."""

    minutes: int = 0
    days: int = 0
    all_day: bool = False

    def end(self, start: Moment, reference: Reference) -> Moment | None:
        """The last of so many days, or the instant; None when `start` is not precise enough."""
        if start.precision == "day" and (self.days or self.all_day):
            return Moment(start.day + timedelta(days=max(self.days - 1, 0)))
        if start.at is not None and self.minutes:
            return at_instant(start.at + timedelta(minutes=self.minutes), reference.zone)
        return None


def without_duration(phrase: str) -> tuple[str, Duration | None]:
    """`phrase` without its "pendant 3 jours" or "all day", and what that says."""
    lasts = _DURATION.search(phrase)
    if lasts is not None:
        count = int(lasts["count"]) if lasts["count"].isdigit() else 1
        minutes = count * (60 if lasts["hours"] else 1 if lasts["minutes"] else 0)
        duration = Duration(minutes, count * (7 if lasts["weeks"] else 1 if lasts["days"] else 0))
    elif (lasts := _ALL_DAY.search(phrase)) is not None:
        duration = Duration(all_day=True)
    else:
        return phrase, None
    return f"{phrase[: lasts.start()]} {phrase[lasts.end() :]}".strip(), duration


def past_week(phrase: str, reference: Reference) -> tuple[Moment, Moment] | None:
    """The days of "la semaine dernière" or of "last weekend"."""
    match = _PAST_WEEK.fullmatch(phrase)
    if match is None:
        return None
    monday = reference.today - timedelta(days=reference.today.weekday() + 7)
    first = monday + timedelta(days=5 if match["weekend"] else 0)
    return Moment(first), Moment(monday + timedelta(days=6))


def in_order(start: Moment, end: Moment) -> bool:
    """Whether `end` may be the end of what began at `start`."""
    if start.at is not None and end.at is not None:
        return start.at < end.at
    if end.precision == "month":
        return start.day.replace(day=1) <= end.day
    return start.day <= end.day


def joined(phrase: str, reference: Reference) -> tuple[Moment, Moment] | None:
    """The two ends of "du 3 au 5 mars"; None when `phrase` does not join two moments.

    Raises:
        InvalidAnswer: it does, and they can't be.
    """
    both = sides(phrase)
    return None if both is None else ends(*both, reference)


def in_night(phrase: str, reference: Reference) -> Moment | None:
    """The moment of "dans la nuit de samedi à dimanche vers 3h".

    Raises:
        InvalidAnswer: it has no time, so it may be of either day.
    """
    night = _NIGHT.match(phrase)
    both = _joined_sides(phrase[night.end() :]) if night else None
    if both is None:
        return None
    clock = both[1].clock
    days = ends(replace(both[0], clock=None), replace(both[1], clock=None), reference)
    if clock is None or days is None or days[1].day - days[0].day != timedelta(days=1):
        raise InvalidAnswer(WHICH_NIGHT)
    start, end = days
    after_midnight = clock.half == "am" or (clock.half == "" and clock.hour < 12)
    day = end.day if after_midnight else start.day
    return resolve(Said(days=(day - reference.today).days, clock=clock), reference)


def sides(phrase: str) -> tuple[Said, Said] | None:
    """What is said on each side of the joining word, before one is filled in from the other.

    None when `phrase` does not join two moments.
    """
    night = _NIGHT.match(phrase)
    both = _joined_sides(phrase[night.end() :] if night else phrase)
    return None if both is not None and night and both[1].clock is not None else both


def _joined_sides(phrase: str) -> tuple[Said, Said] | None:
    if len(phrase) > _LONGEST:
        return None
    for left, right, sure in _splits(phrase):
        start, end = _try(left), _try(right)
        if not sure and not (start and end and start.clock and end.clock):
            continue  # "hier à 14h" is one moment
        if end is None and start is not None and start.day is not None:
            end = _bare_day(right, start)
        if start is None and end is not None:
            start = _bare_start(left, end)
        if start is not None and end is not None:
            return start, end
    return None


def _splits(phrase: str) -> Iterator[tuple[str, str, bool]]:
    """Each way to cut `phrase` in two at a joining word or a dash, and whether it surely joins."""
    for join in _JOIN.finditer(phrase):
        word = join["word"]
        left, right = phrase[: join.start()].strip(), phrase[join.end() :].strip()
        if word in {"et", "and"} and not _PAIR.search(left):
            continue
        opened = _OPENER.search(left)
        yield left, right, opened is not None or word != "a"
        if opened is not None:
            yield " ".join(_OPENER.sub(" ", left, count=1).split()), right, True


def _try(phrase: str) -> Said | None:
    try:
        return understand(phrase)
    except InvalidAnswer:
        return None


def _bare_day(text: str, start: Said) -> Said | None:
    """The "5" of "March 3-5"."""
    number = _NUMBER.fullmatch(text)
    if number is None or number["rest"]:
        return None
    return Said(day=int(number["number"]), month=start.month, year=start.year, months=start.months)


def _bare_start(text: str, end: Said) -> Said | None:
    """The "3" of "3 to 5 March", the "yesterday 10" of "yesterday from 10 to 11am"."""
    number = _NUMBER.fullmatch(text)
    if number is None:
        return None
    if end.day is not None:
        return None if number["rest"] else Said(day=int(number["number"]))
    start = _try(number["rest"]) if number["rest"] else Said()
    if start is None or start.clock is not None or end.clock is None:
        return None
    return replace(start, clock=Clock(int(number["number"])))


def ends(start: Said, end: Said, reference: Reference) -> tuple[Moment, Moment] | None:
    """The two moments that were said; the end is looked for first: "du 3" is before "5 mars".

    Raises:
        InvalidAnswer: they can't be.
    """
    if start.clock is not None and end.clock is not None:
        start = replace(start, clock=_same_half(start.clock, end.clock))
    if start.has_day and not end.has_day:
        return _on_one_day(start, end, reference)
    if start.year is not None and end.year is None and end.month is not None:
        earlier = (end.month, end.day or 0) < (start.month or 0, start.day or 0)
        end = replace(end, year=start.year + earlier)
    if end.day is not None and end.month is None and end.months is None:
        end = replace(end, month=start.month, year=start.year)
    finish = resolve(end, reference)
    if not start.has_day:
        days = (finish.day - reference.today).days
        start = replace(start, days=days, part=start.part or end.part)
    elif start.day is not None and start.year is None and start.month in {None, end.month}:
        if end.day is not None and start.day > end.day:
            raise InvalidAnswer(END_FIRST)
        start = replace(start, month=finish.day.month, year=finish.day.year)
    before = start.weekday is not None and start.weekday == end.weekday
    if before and start.clock is not None and start.day is None:
        raise InvalidAnswer(NEEDS_DATE)  # "du lundi 9h au lundi 18h": one day, or a week?
    begin = resolve(start, replace(reference, latest=finish.day, before=before))
    if not in_order(begin, finish):
        raise InvalidAnswer(END_FIRST)
    _check_over(begin, finish, end, reference)
    return begin, finish


def _on_one_day(start: Said, end: Said, reference: Reference) -> tuple[Moment, Moment] | None:
    """ "Hier de 14h à 16h"; past midnight, "hier de 22h à 2h" ends the day after."""
    begin = resolve(start, reference)
    clock = end.clock
    if clock is None or begin.at is None:
        return None
    early = 5 if start.part == "evening" else 0
    part = start.part if start.part != "last night" and early <= clock.hour < 12 else ""
    finish = Said(
        days=(begin.day - reference.today).days + clock.midnight,
        clock=replace(clock, midnight=False),
        part=end.part or part,
    )
    ended = resolve(finish, reference)
    if not in_order(begin, ended):
        if begin.at.astimezone(reference.zone).hour < 12 or clock.hour >= 12:
            raise InvalidAnswer(END_FIRST)
        ended = resolve(replace(finish, days=(finish.days or 0) + 1), reference)
    return begin, ended


def _same_half(start: Clock, end: Clock) -> Clock:
    """The start of "from 10 to 2pm": the nearest hour before the end."""
    if (
        end.half not in {"am", "pm"}
        or start.half in {"am", "pm"}
        or start.hours
        or start.hour > 12
    ):
        return start
    before = (start.hour % 12, start.minute) < (end.hour % 12, end.minute)
    other: Half = "am" if end.half == "pm" else "pm"
    return replace(start, half=end.half if before else other)


def _check_over(begin: Moment, finish: Moment, end: Said, reference: Reference) -> None:
    """ "Du 20 au 30 novembre", said on the 24th, is not the November before."""
    if end.day is None or end.year is not None or end.months is not None:
        return
    ahead = resolve(replace(end, clock=None, weekday=None), replace(reference, future=True))
    if ahead.day - (finish.day - begin.day) <= reference.today < ahead.day:
        raise InvalidAnswer(FUTURE)
