"""The calendar behind what was said: a `Said` and a reference become a `Moment`, or a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from bot.casefile.models import Moment
from bot.errors import InvalidAnswer
from bot.flows.dates.clock import Clock, Zone
from bot.flows.dates.words import Said
from bot.i18n import N_

_YEARS = range(1990, 2101)

FUTURE = N_(
    "That is still to come. Please give a moment that has passed, for example “yesterday”."
)
NO_SUCH_DAY = N_(
    "That day is not in the calendar. Please write the day, then the month, "
    "for example “03/11/2026” for 3 November."
)
NO_SUCH_TIME = N_("There is no such time of day. Please write it like “14:30”.")
CHECK_YEAR = N_("Please check the year, and write it in full, for example “3 March 2026”.")
OTHER_WEEKDAY = N_(
    "The day of the week and the date don’t agree. Please give the date alone, "
    "for example “3 March 2026”."
)
TODAY_OR_LAST_WEEK = N_(
    "Today is that day of the week: do you mean today, or another week? Please write “today”, "
    "or a date such as “3 March”."
)
WHICH_WEEK = N_("This week or the week after? Please give the date, for example “3 March”.")
WHICH_NIGHT = N_(
    "Was it before or after midnight? Please give the day and the time, "
    "for example “3 March at 23:30” or “4 March at 0:30”."
)
WHICH_HALF = N_(
    "In the morning or in the afternoon? Please write it like “3 am”, “3 pm” or “15:00”."
)
TIME_OR_HOURS = N_(
    "Is that a time of day, or a number of hours? Please write “this morning at 2:00” "
    "or “2 hours ago”."
)
TWICE = N_(
    "The clocks went back on {day}, so {time} came twice. Please say which one it was: "
    "“{day} {time} summer time” for the first, “{day} {time} winter time” for the second."
)
NEVER = N_(
    "The clocks went forward on {day}, so {time} did not exist. Please check the time, "
    "and write it like “{day} 3:30”."
)

_PART_BEGINS = {"morning": 0, "afternoon": 12, "evening": 17, "night": 20}
_AFTERNOON = {hour: hour + 12 for hour in range(1, 8)} | {hour: hour for hour in range(12, 20)}
_EVENING = {hour: hour + 12 for hour in range(5, 12)} | {hour: hour for hour in range(17, 24)}

_NIGHT = {hour: hour for hour in range(18, 24)}


@dataclass(frozen=True, slots=True)
class Reference:
    """What relative words are counted from.

    Attributes:
        now: in `zone`.
        future: days to come are allowed, and meant where nothing says otherwise.
        latest: a day without its year, month or week is the last one up to here; today if None.
        before: `latest` itself is not meant.
    """

    now: datetime
    zone: tzinfo
    future: bool = False
    latest: date | None = None
    before: bool = False

    @property
    def today(self) -> date:
        """The day of `now`."""
        return self.now.date()


def resolve(said: Said, reference: Reference) -> Moment:
    """The moment that was said.

    Raises:
        InvalidAnswer: no such day or time, still to come, or it may be meant in two ways.
    """
    if said.ago is not None:
        moment = _instant_ago(said.ago, reference)
    elif said.day is None and (said.month is not None or said.months is not None):
        if said.clock or said.part:
            raise InvalidAnswer(NO_SUCH_DAY)
        moment = Moment(_month(said, reference), precision="month")
    elif said.clock is None:
        if said.part in {"night", "last night"}:
            raise InvalidAnswer(WHICH_NIGHT)
        moment = Moment(_day(said, reference))
        begins = _PART_BEGINS.get(said.part, 0)
        if moment.day == reference.today and begins > reference.now.hour:
            _refuse_future(reference)
    else:
        moment = _timed(said, said.clock, reference)
    return passed(moment, reference)


def passed(moment: Moment, reference: Reference) -> Moment:
    """`moment` itself, unless it is still to come and may not be.

    Raises:
        InvalidAnswer: it is.
    """
    if not is_past(moment, reference):
        _refuse_future(reference)
    return moment


def is_past(moment: Moment, reference: Reference) -> bool:
    """Whether `moment` has begun."""
    if moment.at is not None:
        return moment.at <= reference.now
    return moment.day <= reference.today


def _refuse_future(reference: Reference) -> None:
    if not reference.future:
        raise InvalidAnswer(FUTURE)


def at_instant(at: datetime, zone: tzinfo) -> Moment:
    """The moment of an instant, to the second."""
    at = at.astimezone(UTC).replace(microsecond=0)
    return Moment(at.astimezone(zone).date(), at, "time")


def _instant_ago(ago: timedelta, reference: Reference) -> Moment:
    now = reference.now.astimezone(UTC).replace(second=0, microsecond=0)
    return at_instant(now - ago, reference.zone)


# Days


def _day(said: Said, reference: Reference) -> date:
    today = reference.today
    if said.days is not None:
        return today + timedelta(days=said.days)
    if said.day is not None:
        day = _calendar_day(said, said.day, reference)
        if said.weekday is not None and day.weekday() != said.weekday:
            raise InvalidAnswer(OTHER_WEEKDAY)
        return day
    if said.weekday is not None:
        return _weekday(said, said.weekday, reference)
    return today


def _calendar_day(said: Said, day: int, reference: Reference) -> date:
    """The day of a month; the year or the month nearest to the reference where none was said."""
    if said.months is not None:
        first = _shift(reference.today, said.months)
        return _date(first.year, first.month, day)
    if said.year is not None and said.month is not None:
        return _date(said.year, said.month, day)
    step = 12 if said.month is not None else 1
    first = reference.today if reference.future else reference.latest or reference.today
    if said.month is not None:
        if not 1 <= said.month <= 12:
            raise InvalidAnswer(NO_SUCH_DAY)
        first = first.replace(day=1, month=said.month)
    for count in range(-1, 10):  # 29 February may be eight years away
        month = _shift(first, step * (count if reference.future else -count))
        try:
            found = month.replace(day=day)
        except ValueError:
            continue
        if _fits(found, reference):
            return found
    raise InvalidAnswer(NO_SUCH_DAY)


def _fits(day: date, reference: Reference) -> bool:
    if reference.future:
        return day >= reference.today
    latest = reference.latest or reference.today
    return day < latest if reference.before else day <= latest


def _date(year: int, month: int, day: int) -> date:
    if year not in _YEARS:
        raise InvalidAnswer(CHECK_YEAR)
    try:
        return date(year, month, day)
    except ValueError:
        raise InvalidAnswer(NO_SUCH_DAY) from None


def _shift(day: date, months: int) -> date:
    """The first of the month that is `months` after the one of `day`."""
    count = day.year * 12 + day.month - 1 + months
    return _date(count // 12, count % 12 + 1, 1)


def _month(said: Said, reference: Reference) -> date:
    if said.months is not None or said.month is None:
        return _shift(reference.today, said.months or 0)
    if said.year is not None:
        return _date(said.year, said.month, 1)
    latest = reference.latest or reference.today
    this_year = _date(latest.year, said.month, 1)
    if reference.future and said.which != "last":
        ahead = said.month >= latest.month
        return this_year if ahead else _shift(this_year, 12)
    same = this_year == latest.replace(day=1)
    if this_year > latest or (same and (said.which == "last" or reference.before)):
        return _shift(this_year, -12)
    return this_year


def _weekday(said: Said, weekday: int, reference: Reference) -> date:
    today = reference.today
    monday = today - timedelta(days=today.weekday())
    if said.which == "last week":
        return monday + timedelta(days=weekday - 7)
    if said.which == "this":
        return monday + timedelta(days=weekday)
    back = (today.weekday() - weekday) % 7 or 7
    if said.which == "last":
        return today - timedelta(days=back)
    if said.which == "next":
        if weekday > today.weekday():
            raise InvalidAnswer(WHICH_WEEK)
        return today + timedelta(days=(weekday - today.weekday()) % 7 or 7)
    if reference.latest is not None:
        back = (reference.latest.weekday() - weekday) % 7
        return reference.latest - timedelta(days=back or (7 if reference.before else 0))
    if back == 7:
        _check_not_today(said, reference)
        return today + timedelta(days=7 if reference.future else -7)
    return today + timedelta(days=(7 if reference.future else 0) - back)


def _check_not_today(said: Said, reference: Reference) -> None:
    """ "Mardi 14h", said on a Tuesday at ten, can't be today.

    Raises:
        InvalidAnswer: it can.
    """
    if said.clock is not None:
        to_come = _at(reference.today, said, said.clock, reference) > reference.now
    else:
        to_come = _PART_BEGINS.get(said.part, 0) > reference.now.hour
    if to_come == reference.future:
        raise InvalidAnswer(TODAY_OR_LAST_WEEK)


# Times


def _timed(said: Said, clock: Clock, reference: Reference) -> Moment:
    if said.since and clock.hours and not said.has_day:
        _check_time_of_day(clock, reference)
    if said.part == "last night":
        day = _night_day(said, clock, reference)
    else:
        day = _day(said, reference)
    return at_instant(_at(day, said, clock, reference), reference.zone)


def _check_time_of_day(clock: Clock, reference: Reference) -> None:
    """ "Depuis 2h" may be two hours, "depuis 9h30" is a time of this day."""
    to_come = (clock.hour, clock.minute) > (reference.now.hour, reference.now.minute)
    if clock.hour < 6 or to_come or (clock.hour <= 12 and clock.minute == 0):
        raise InvalidAnswer(TIME_OR_HOURS)


def _night_day(said: Said, clock: Clock, reference: Reference) -> date:
    """The day of a time in the night that has just been."""
    if clock.midnight or _hour(said, clock) < 12:
        return reference.today
    return reference.today - timedelta(days=1)


def _at(day: date, said: Said, clock: Clock, reference: Reference) -> datetime:
    """The instant of a time of `day`, in UTC."""
    if clock.midnight and said.part != "last night":
        raise InvalidAnswer(WHICH_NIGHT)
    hour = 0 if clock.midnight else _hour(said, clock)
    return local_instant(
        datetime.combine(day, time(hour, clock.minute, clock.second)), reference.zone, clock.zone
    )


def _hour(said: Said, clock: Clock) -> int:
    """The hour from 0 to 23, by "am", "pm" or the part of the day."""
    hour, part = clock.hour, said.part
    if not (0 <= hour <= 23 and 0 <= clock.minute <= 59 and clock.second <= 59):
        raise InvalidAnswer(NO_SUCH_TIME)
    if clock.half == "am":
        if hour > 12:
            raise InvalidAnswer(NO_SUCH_TIME)
        if hour == 12 and clock.minute == 0:
            raise InvalidAnswer(WHICH_NIGHT)
        hour %= 12
    elif clock.half == "pm" and hour < 12:
        hour += 12
    elif clock.half == "?" and (not part or hour == 12):
        raise InvalidAnswer(WHICH_HALF)
    if part == "morning" and hour >= 12:
        raise InvalidAnswer(NO_SUCH_TIME)
    if part == "afternoon":
        return _in_part(hour, _AFTERNOON, NO_SUCH_TIME)
    if part == "evening":
        return _in_part(hour, _EVENING, WHICH_NIGHT if hour < 5 else NO_SUCH_TIME)
    if part == "night":
        return _in_part(hour, _NIGHT, WHICH_NIGHT)
    if part == "last night" and clock.half == "?" and 6 <= hour < 12:
        return hour + 12
    if part == "last night" and not (hour < 6 or hour >= 18):
        raise InvalidAnswer(WHICH_NIGHT)
    return hour


def _in_part(hour: int, hours: Mapping[int, int], refusal: str) -> int:
    if hour not in hours:
        raise InvalidAnswer(refusal)
    return hours[hour]


def local_instant(naive: datetime, zone: tzinfo, choice: Zone = "") -> datetime:
    """The instant in UTC of what clocks in `zone` showed.

    Args:
        naive: day and time, without a zone.
        zone: the user's.
        choice: minutes east of UTC, or which of the two times of the zone was said.

    Raises:
        InvalidAnswer: clocks skipped that time, or showed it twice and `choice` says nothing.
    """
    if isinstance(choice, int):
        if abs(choice) > 14 * 60:
            raise InvalidAnswer(NO_SUCH_TIME)
        return naive.replace(tzinfo=timezone(timedelta(minutes=choice))).astimezone(UTC)
    first = naive.replace(tzinfo=zone)
    second = first.replace(fold=1)
    shown = {"day": f"{naive:%d/%m/%Y}", "time": f"{naive.hour}:{naive:%M}"}
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != naive:
        raise InvalidAnswer(NEVER, **shown)
    if first.utcoffset() == second.utcoffset():
        if choice and bool(first.dst()) != (choice == "summer"):
            raise InvalidAnswer(NO_SUCH_TIME)
        return first.astimezone(UTC)
    if not choice:
        raise InvalidAnswer(TWICE, **shown)
    return (first if choice == "summer" else second).astimezone(UTC)
