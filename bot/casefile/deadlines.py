"""Due dates: which ones an event starts, the last day of each, and when to remind of it.

Days are in the user's zone, instants in UTC.
"""

from __future__ import annotations

import calendar
from collections.abc import Container
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache

from bot.casefile.models import Due, Event
from bot.casefile.rules import Deadlines, Rule, read_deadlines
from bot.faq.entry import Knowledge

REMIND_AT = time(9)
QUIET = (time(21), time(8))
"""From when to when nobody is written to, in the user's zone."""

Quiet = tuple[time, time]


def due_dates(event: Event, knowledge: Knowledge, zone: tzinfo, *, profile: str = "") -> list[Due]:
    """What an event makes due, in the order of the rules.

    Args:
        event: its `kind` is an event's id, and after a colon the answer to its second question.
        knowledge: has the rules.
        zone: the user's.
        profile: the client's; "" when it is not known, which leaves no rule out.

    Raises:
        KnowledgeError: the rules can't be used.
    """
    deadlines = read_deadlines(knowledge)
    return [due_date(event, rule, deadlines, zone) for rule in deadlines.of(event, profile)]


def due_date(event: Event, rule: Rule, deadlines: Deadlines, zone: tzinfo) -> Due:
    """What one rule makes of an event."""
    if rule.basis == "hours":
        at = _due_at(event, rule, zone)
        return Due(rule.id, at.astimezone(zone).date(), event.number, at)
    last = last_day(event, rule, deadlines)
    if rule.rolls:
        last = previous_working_day(last) if rule.before else next_working_day(last)
    return Due(rule.id, last, event.number)


def last_day(event: Event, rule: Rule, deadlines: Deadlines) -> date:
    """The last day as counted, before it moves to a working day. Not for delays in hours."""
    start = event.on
    if rule.start:
        start = last_day(event, deadlines.rules[rule.start], deadlines)
    if rule.value is None:
        return start
    count = int(rule.value.value) * (-1 if rule.before else 1)
    if rule.value.unit == "jour ouvré":
        return _add_working_days(start, count)
    if rule.value.unit in {"mois", "an"}:
        return add_months(start, count * (12 if rule.value.unit == "an" else 1))
    return start + timedelta(days=count * (7 if rule.value.unit == "semaine" else 1))


def _due_at(event: Event, rule: Rule, zone: tzinfo) -> datetime:
    """Real elapsed time; from the very start of the day when the time is not known."""
    assert rule.value is not None
    start = event.at or datetime.combine(event.on, time(), zone)
    hours = int(rule.value.value) * (-1 if rule.before else 1)
    return start.astimezone(UTC) + timedelta(hours=hours)


def add_months(day: date, count: int) -> date:
    """The same day of a later or earlier month; its last day when the month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _add_working_days(day: date, count: int) -> date:
    step = timedelta(days=1 if count > 0 else -1)
    for _ in range(abs(count)):
        day += step
        while not is_working_day(day):
            day += step
    return day


def is_working_day(day: date) -> bool:
    """Neither Saturday, Sunday nor a public holiday in France."""
    return day.weekday() < 5 and day not in _holidays()


def next_working_day(day: date) -> date:
    """`day` itself, or the first working day after it."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def previous_working_day(day: date) -> date:
    """`day` itself, or the last working day before it."""
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


@cache
def _holidays() -> Container[date]:
    import holidays  # slow to import, and most turns need no date

    return holidays.country_holidays("FR")


def reminder_times(due: Due, rule: Rule, zone: tzinfo, quiet: Quiet = QUIET) -> list[datetime]:
    """When to remind of a due date, oldest first, in UTC.

    Args:
        due: the date.
        rule: says how long before.
        zone: the user's: a reminder comes at nine there, and never in the quiet hours.
        quiet: when the quiet hours begin and end.
    """
    if due.due_at is None:
        days = [due.due + timedelta(days=offset) for offset in rule.offsets]
        times = [datetime.combine(day, REMIND_AT, zone) for day in days]
        return sorted({out_of_quiet(at, zone, quiet) for at in times})
    return sorted(
        {
            out_of_quiet(due.due_at + timedelta(hours=offset), zone, quiet, latest=due.due_at)
            for offset in rule.offsets
        }
    )


def snooze_time(now: datetime, days: int, zone: tzinfo, quiet: Quiet = QUIET) -> datetime:
    """At nine in the user's zone, so many days from now, in UTC."""
    day = now.astimezone(zone).date() + timedelta(days=days)
    return out_of_quiet(datetime.combine(day, REMIND_AT, zone), zone, quiet)


def is_quiet(at: datetime, zone: tzinfo, quiet: Quiet = QUIET) -> bool:
    """Nobody is to be written to at that moment."""
    begin, end = quiet
    now = at.astimezone(zone).time()
    return begin <= now < end if begin <= end else now >= begin or now < end


def out_of_quiet(
    at: datetime, zone: tzinfo, quiet: Quiet = QUIET, latest: datetime | None = None
) -> datetime:
    """`at`, moved to the end of the quiet hours; an hour before them if that is after `latest`."""
    if not is_quiet(at, zone, quiet):
        return at.astimezone(UTC)
    begin, end = quiet
    local = at.astimezone(zone)
    evening = local.time() >= begin
    first = local.date() if evening or begin <= end else local.date() - timedelta(days=1)
    last = first if begin <= end else first + timedelta(days=1)
    after = datetime.combine(last, end, zone).astimezone(UTC)
    if latest is None or after < latest:
        return after
    return datetime.combine(first, begin, zone).astimezone(UTC) - timedelta(hours=1)


def letter_event(deadlines: Deadlines, received: date, days: int, letter: int | None) -> Event:
    """The event of a formal notice that gives so many days from its receipt.

    A usual delay goes by its own rule; any other is a fixed day.
    """
    for rule in deadlines.rules.values():
        value = rule.value
        usual = value is not None and value.value == days and value.unit == "jour"
        if rule.event == "notice-received" and usual:
            return Event(f"notice-received:{rule.choice}", received, letter)
    return Event("notice-day", received + timedelta(days=days), letter)
