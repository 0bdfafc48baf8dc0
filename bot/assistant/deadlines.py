"""Dates that matter: what an event makes due, what moves when it moves, and what is done about it.

Buttons are those of `reminders`: `d:<verb>:<case>-<due>[:<days>]`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from bot.assistant.reminders import SNOOZES, countdown, due_rows, is_passed, say_when
from bot.assistant.turn import Rows, Turn
from bot.casefile.deadlines import (
    due_date,
    is_working_day,
    last_day,
    previous_working_day,
    reminder_times,
    snooze_time,
)
from bot.casefile.models import Case, CaseFile, Due, DueStatus, Event
from bot.casefile.rules import Deadlines, Rule, read_deadlines
from bot.faq.entry import PROFILES
from bot.faq.loader import show_value
from bot.faq.show import action_label
from bot.flows import deadline
from bot.i18n import N_, Translator
from bot.messages import Button
from bot.store.reminders import Reminders
from bot.store.store import Store

_SHOWN = 8
_PASSED = N_(
    "This date has passed. If it was yours to keep, see a lawyer at once, or justice.fr for free."
)
_NAME = re.compile(r"(\d{1,6})-(\d{1,6})\Z")
_PROFILES = {
    "consumer": N_("consumers"),
    "nonprofessional": N_("associations and other non-professionals"),
    "small-business": N_("businesses of five or fewer, signed up off-premises"),
    "business": N_("businesses"),
}


def note_event(turn: Turn, event: Event) -> None:
    """Keep an event and what it makes due, plan the reminders, and tell the dates.

    Args:
        turn: the turn.
        event: one without a number is saved as a new one; one that has a number was saved
            already, and what it made due before moves.
    """
    case = turn.need_case()
    if not event.number:
        number = turn.store.cases.save(case.id, event, turn.now, message=turn.incoming.message)
        event = replace(event, number=number)
    deadlines = read_deadlines(turn.library.knowledge)
    file = turn.store.cases.file(case)
    old = {due.rule: due for due in file.dues if due.event == event.number}
    rules = deadlines.of(event, case.client.profile)
    parts = [_headline(turn, event, deadlines)]
    for rule in rules:
        due = due_date(event, rule, deadlines, turn.zone)
        before = old.pop(rule.id, None)
        _keep(turn, case, due, before, rule)
        parts.append(_announce(turn, event, rule, due, before, deadlines, case))
    gone = [due for due in old.values() if due.status == "open"]
    parts += [_withdraw(turn, case, due, deadlines) for due in gone]
    if not rules:
        parts.append(turn.t("No due date that I know of follows from it."))
    _tell(turn, parts)


def change_event(turn: Turn, number: int, day: date, at: datetime | None = None) -> None:
    """Move an event of the active case: its due dates follow, and it is said from what to what.

    Args:
        turn: the turn.
        number: the event's.
        day: its new day, in the user's zone.
        at: its new instant, where the time of day is known.
    """
    file = turn.file()
    event = next((e for e in file.events if e.number == number), None) if file else None
    if file is None or event is None:
        turn.say(turn.t("There is no such date in this case."))
        return
    moved = replace(event, on=day, at=at)
    turn.store.cases.save(file.case.id, moved, turn.now)
    note_event(turn, moved)


def _keep(turn: Turn, case: Case, due: Due, before: Due | None, rule: Rule) -> None:
    """Save a due date and plan its reminders; one that moves keeps its number.

    What was done stays done, whatever its date; what was stopped is open again.
    """
    if before is not None:
        due = replace(due, number=before.number)
        if before.status == "done":
            due = replace(due, status="done")
    if due != before:
        number = turn.store.cases.save(case.id, due, turn.now)
        due = replace(due, number=number)
    times = _times(due, rule, turn) if due.status == "open" else []
    _reminders(turn.store).replan(case.id, due.number, rule.what[turn.language], times)


def _times(due: Due, rule: Rule, turn: Turn) -> list[datetime]:
    """When to remind of it from now on."""
    return [at for at in reminder_times(due, rule, turn.zone) if at > turn.now]


def _withdraw(turn: Turn, case: Case, due: Due, deadlines: Deadlines) -> str:
    """An event that changed no longer makes this due."""
    turn.store.cases.save(case.id, replace(due, status="stopped"), turn.now)
    _reminders(turn.store).done(case.id, due.number)
    rule = deadlines.rules.get(due.rule)
    what = rule.what[turn.language] if rule else due.rule
    return turn.t("No longer due on {day}: {what}", day=turn.t.weekday(due.due), what=what)


def _headline(turn: Turn, event: Event, deadlines: Deadlines) -> str:
    kind = deadlines.kind(event)
    label = kind.label[turn.language] if kind else event.kind
    when = turn.t.moment(event.at) if event.at else turn.t.weekday(event.on)
    return turn.t("Noted: {event}, {when}.", event=label, when=when)


def _announce(
    turn: Turn,
    event: Event,
    rule: Rule,
    due: Due,
    before: Due | None,
    deadlines: Deadlines,
    case: Case,
) -> str:
    """One due date: when, what, what happens otherwise, by which rule, what is to be checked."""
    t = turn.t
    language = t.language
    head = say_when(due, t)
    if before is not None:
        old = say_when(before, t)
        moved = t("Moved: from {old} to {new}", old=old, new=head)
        head = t("Unchanged: {when}", when=head) if old == head else moved
    lines = [f"▸ {head}", rule.what[language], rule.effect[language]]
    if rule.value is not None:
        delay = show_value(rule.value, language)
        lines.append(t("Delay: {delay} ({source}).", delay=delay, source=rule.value.source))
    lines += _weekend_words(event, rule, due, deadlines, t)
    if rule.basis == "hours" and event.at is None:
        lines.append(t("The time is not known: I count from the start of that day, to be safe."))
    if rule.check[language]:
        lines.append(t("To be checked: {what}", what=rule.check[language]))
    if not case.client.profile and set(rule.profiles) != set(PROFILES):
        lines.append(_for_whom(rule, t))
    if is_passed(due, turn.now, turn.zone):
        lines.append(t(_PASSED))
    return "\n".join(lines)


def _for_whom(rule: Rule, t: Translator) -> str:
    others = [profile for profile in PROFILES if profile not in rule.profiles]
    if len(others) == 1:
        return t("Does not hold for: {who}.", who=t(_PROFILES[others[0]]))
    names = t.listing([t(_PROFILES[profile]) for profile in rule.profiles])
    return t("Holds for: {who}.", who=names)


def _weekend_words(
    event: Event, rule: Rule, due: Due, deadlines: Deadlines, t: Translator
) -> list[str]:
    """What a Saturday, a Sunday or a public holiday does to the last day."""
    if due.due_at is not None:
        return []
    counted = last_day(event, rule, deadlines)
    if counted != due.due:
        message = (
            N_("The count ends on {day}, not a working day: it moves to the working day before.")
            if rule.before
            else N_("The count ends on {day}, not a working day: it moves to the next one.")
        )
        return [t(message, day=t.weekday(counted))]
    to_act_by = any(offset < 0 for offset in rule.offsets)
    if is_working_day(due.due) or not to_act_by:
        return []
    earlier = t.weekday(previous_working_day(due.due))
    return [t("That is not a working day: to be safe, be ready by {day}.", day=earlier)]


def _tell(turn: Turn, parts: Sequence[str]) -> None:
    t = turn.t
    rows: Rows = ((Button(t("See my dates"), "d:list"),),)
    parts = list(parts)
    if turn.user.reminders:
        parts.append(t("I will remind you before these dates."))
    else:
        parts.append(t("Reminders are off. Shall I write to you before these dates?"))
        rows = ((Button(t("Yes, remind me"), "d:on"),), *rows)
    turn.say("\n\n".join(parts), rows)


def show_deadlines(turn: Turn) -> None:
    """The open dates of the user's open cases, soonest first, and what can be done with each."""
    t = turn.t
    files = _files(turn)
    found = sorted(
        ((due, file.case) for file in files for due in file.dues if due.status == "open"),
        key=lambda pair: (pair[0].due, pair[0].due_at is None, pair[1].number, pair[0].number),
    )
    switch = _switch(turn)
    if not found:
        note = Button(action_label("deadline", t), "f:deadline")
        turn.say(
            t("No date is waiting. Note what happened, and I count what is due."),
            ((note,), switch),
        )
        return
    rules = read_deadlines(turn.library.knowledge).rules
    lines = [t("Your dates, soonest first:")]
    rows: list[tuple[Button, ...]] = []
    for index, (due, case) in enumerate(found, 1):
        rule = rules.get(due.rule)
        lines += ["", f"{index}. {countdown(due, turn.now, turn.zone, t)}"]
        lines.append(rule.what[t.language] if rule else due.rule)
        if len(files) > 1:
            lines.append(turn.case_name(case))
        if index <= _SHOWN:
            rows += due_rows(f"{case.number}-{due.number}", t, f"{index}. ", move=True)
    turn.say("\n".join(lines), (*rows, switch))


def _switch(turn: Turn) -> tuple[Button, ...]:
    if turn.user.reminders:
        return (Button(turn.t("Turn reminders off"), "d:off"),)
    return (Button(turn.t("Turn reminders on"), "d:on"),)


def press(turn: Turn, verb: str, args: Sequence[str]) -> None:
    """A button of this room; a forged one does nothing.

    Args:
        turn: the turn.
        verb: what follows `d:` in the button's data.
        args: what follows the verb, split at colons.
    """
    if verb == "list":
        return show_deadlines(turn)
    if verb in {"on", "off"}:
        return _opt(turn, verb == "on")
    found = _find(turn, args[0]) if args else None
    if found is None:
        return None
    file, due = found
    if due.status == "done":
        turn.say(turn.t("This date is marked as done already."))
        return None
    if verb == "done":
        return _close(turn, file.case, due, "done")
    if verb == "stop":
        return _close(turn, file.case, due, "stopped")
    if verb == "move":
        return _move(turn, file, due)
    if verb == "snooze" and len(args) == 2 and args[1] in map(str, SNOOZES):
        return _snooze(turn, file.case, due, int(args[1]))
    return None


def _opt(turn: Turn, on: bool) -> None:
    """Reminders on or off, for all the user's cases."""
    t = turn.t
    turn.remember(reminders=on)
    if not on:
        _reminders(turn.store).stop(turn.user.id)
        turn.say(t("Reminders are off. Your dates stay in your case."), (_switch(turn),))
        return
    rules = read_deadlines(turn.library.knowledge).rules
    reminders = _reminders(turn.store)
    reminders.forget_missed(turn.user.id, turn.now)
    for file in _files(turn):
        for due in file.dues:
            if due.status == "open" and due.rule in rules:
                rule = rules[due.rule]
                times = _times(due, rule, turn)
                reminders.plan(file.case.id, due.number, rule.what[turn.language], times)
    turn.say(
        t("Reminders are on: I write to you before each date, never between 9 pm and 8 am."),
        ((Button(t("See my dates"), "d:list"),),),
    )


def _close(turn: Turn, case: Case, due: Due, status: DueStatus) -> None:
    t = turn.t
    closed = replace(due, status=status)
    if closed != due:
        turn.store.cases.save(case.id, closed, turn.now)
    _reminders(turn.store).done(case.id, due.number)
    what = _what(turn, due)
    if status == "done":
        turn.say(t("Well done. I will not remind you of it again: {what}", what=what))
    else:
        turn.say(
            t("I will not remind you of it any more. It stays in your case: {what}", what=what)
        )


def _snooze(turn: Turn, case: Case, due: Due, days: int) -> None:
    t = turn.t
    at = snooze_time(turn.now, days, turn.zone)
    if due.status == "stopped":
        turn.store.cases.save(case.id, replace(due, status="open"), turn.now)
    _reminders(turn.store).snooze(case.id, due.number, _what(turn, due), at)
    lines = [t("I will remind you again on {day}.", day=t.weekday(at))]
    if is_passed(due, at, turn.zone):
        lines.append(t("Careful: that is after the last day, {when}.", when=say_when(due, t)))
    rows: Rows = ()
    if not turn.user.reminders:
        lines.append(t("But reminders are off: turn them on to get it."))
        rows = (_switch(turn),)
    turn.say("\n".join(lines), rows)


def _move(turn: Turn, file: CaseFile, due: Due) -> None:
    """Ask for the new date of the event behind a due date."""
    from bot.assistant import guided  # guided tells this room of the events it saves

    event = next((e for e in file.events if e.number == due.event), None)
    if event is None:
        return
    if file.case.id != turn.user.active_case:
        turn.remember(active_case=file.case.id)
        turn.say(turn.t("You are now in: {case}", case=turn.case_name(file.case)))
    answers = deadline.answers_of(event, read_deadlines(turn.library.knowledge))
    data = {"event": event.number, "letter": event.letter}
    guided.start(turn, deadline.FLOW.name, data=data, answers=answers)


def _what(turn: Turn, due: Due) -> str:
    rule = read_deadlines(turn.library.knowledge).rules.get(due.rule)
    return rule.what[turn.language] if rule else due.rule


def _find(turn: Turn, name: str) -> tuple[CaseFile, Due] | None:
    """The due date of that name among the user's own."""
    match = _NAME.match(name)
    if match is None:
        return None
    for file in _files(turn):
        if file.case.number == int(match[1]):
            for due in file.dues:
                if due.number == int(match[2]):
                    return file, due
    return None


def _files(turn: Turn) -> list[CaseFile]:
    """The user's open cases."""
    cases = turn.store.cases
    return [cases.file(case) for case in cases.of(turn.user.id) if case.status == "open"]


def _reminders(store: Store) -> Reminders:
    return Reminders(store.database)
