"""Reminders of due dates, written to the outbox when their time has come; and how a date is said.

A due date is named by its case and its number there, `1-3`, within the user's own cases; a button
carries `d:<verb>:<name>[:<days>]`.
"""

from __future__ import annotations

from datetime import datetime, tzinfo

from bot.assistant.turn import Rows
from bot.casefile.deadlines import is_quiet
from bot.casefile.models import Case, Due
from bot.casefile.rules import Deadlines, read_deadlines
from bot.faq.library import Library
from bot.i18n import N_, Catalogues, Translator, pick_language
from bot.messages import Button, Reply
from bot.store.reminders import Reminder, Reminders
from bot.store.store import Store
from bot.store.users import User

SNOOZES = (1, 3, 7)
"""In how many days a reminder can come again."""


def tick(
    store: Store, library: Library, catalogues: Catalogues, zone: tzinfo, now: datetime
) -> int:
    """Put every reminder whose time has come in the outbox, each exactly once.

    Args:
        store: where everything is kept.
        library: has the rules.
        catalogues: the languages.
        zone: the users'; nothing is sent in the quiet hours there.
        now: the moment, with its zone.

    Returns:
        How many there were.

    Raises:
        StoreError: one could not be kept; it waits for the next tick, the others went out.
        KnowledgeError: the rules can't be used.
    """
    if is_quiet(now, zone):
        return 0
    reminders = Reminders(store.database)
    found = reminders.due_now(now)
    if not found:
        return 0
    deadlines = read_deadlines(library.knowledge)
    sent = 0
    failed: Exception | None = None
    for reminder in found:
        try:
            with store.transaction():
                user = store.users.get(reminder.user)
                if user is None or not reminders.mark_sent(reminder.id, now):
                    continue
                t = catalogues.translator(_language(user))
                reply = _message(store, reminder, deadlines, t, zone, now)
                if reply is not None:
                    store.outbox.add(user.id, [reply], now)
                    sent += 1
        except Exception as error:  # one damaged row must not hold up the others
            failed = error
    if failed is not None:
        raise failed
    return sent


def _message(
    store: Store,
    reminder: Reminder,
    deadlines: Deadlines,
    t: Translator,
    zone: tzinfo,
    now: datetime,
) -> Reply | None:
    """The message; None when what it is about is no longer open."""
    case = store.cases.get(reminder.case)
    assert case is not None
    dues = store.cases.file(case).dues
    due = next((d for d in dues if d.number == reminder.due), None)
    if due is None or due.status != "open":
        return None
    rule = deadlines.rules.get(due.rule)
    lines = []
    if reminder.late:
        lines.append(
            t(
                "This reminder is late: it was meant for {when}, and I could not send it then.",
                when=t.moment(reminder.at),
            )
        )
    lines += [
        t("Reminder: {what}", what=rule.what[t.language] if rule else reminder.label),
        f"▸ {countdown(due, now, zone, t)}",
    ]
    if rule is not None:
        lines.append(rule.effect[t.language])
        if rule.check[t.language]:
            lines.append(t("To be checked: {what}", what=rule.check[t.language]))
    lines.append(_case_name(case, t))
    return Reply("\n".join(lines), buttons=due_rows(f"{case.number}-{due.number}", t))


def _case_name(case: Case, t: Translator) -> str:
    name = t("Case {number}", number=case.number)
    return f"{name} ({case.provider.name})" if case.provider.name else name


def _language(user: User) -> str:
    return user.language or pick_language(user.client_language)


def say_when(due: Due, t: Translator) -> str:
    """The last day, or the last moment of a delay in hours."""
    return t.moment(due.due_at) if due.due_at else t.weekday(due.due)


def is_passed(due: Due, now: datetime, zone: tzinfo) -> bool:
    """It is too late to be in time."""
    return due.due_at < now if due.due_at else due.due < now.astimezone(zone).date()


def countdown(due: Due, now: datetime, zone: tzinfo, t: Translator) -> str:
    """`mardi 7 avril 2026 : dans 3 jours`."""
    when = say_when(due, t)
    if is_passed(due, now, zone):
        return t("{when}: this date has passed", when=when)
    if due.due_at is not None:
        hours = int((due.due_at - now).total_seconds() // 3600)
        return t.plural("{when}: {n} hour left", "{when}: {n} hours left", hours, when=when)
    days = (due.due - now.astimezone(zone).date()).days
    if days == 0:
        return t("{when}: today", when=when)
    return t.plural("{when}: in {n} day", "{when}: in {n} days", days, when=when)


def due_rows(name: str, t: Translator, mark: str = "", *, move: bool = False) -> Rows:
    """The buttons of one due date."""
    verbs = [("done", N_("Done")), ("stop", N_("Stop"))]
    if move:
        verbs.append(("move", N_("Change")))
    first = tuple(Button(mark + t(label), f"d:{verb}:{name}") for verb, label in verbs)
    snoozes = tuple(
        Button(mark + t.plural("Snooze {n} day", "Snooze {n} days", n), f"d:snooze:{name}:{n}")
        for n in SNOOZES
    )
    return (first, snoozes)
