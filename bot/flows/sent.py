"""A letter has gone: how, when, and what came back. From then on its text never changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from bot.casefile.deadlines import letter_event
from bot.casefile.models import CaseFile, Event, Letter
from bot.casefile.rules import read_deadlines, split_kind
from bot.documents import facts
from bot.documents.letter import mark_sent
from bot.errors import InvalidAnswer
from bot.flows.answers import Choice, Day, Text
from bot.flows.letters import SENDINGS, TITLES
from bot.flows.model import Answers, Context, Flow, Outcome, Step, value
from bot.i18n import LANGUAGES, N_

TRACKED = {"registered", "e-registered"}
PRESENTED = {"registered", "e-registered", "bailiff"}
TOLD = ("how", "posted", "tracking", "presented", "received")
"""What is known of a sent letter, in the order it happens."""


def waiting(file: CaseFile) -> list[Letter]:
    """The letters of which something is still to be told, newest first."""
    return [found for found in reversed(file.letters) if not found.sent.get("received")]


def steps(answers: Answers, context: Context) -> tuple[Step, ...]:
    """Which letter, if it is not clear; how and when it went; what came back."""
    letter = _chosen(answers, context)
    choosing = _choice_of_letter(context)
    if letter is None:
        return choosing
    known = letter.sent
    how = known.get("how")

    def goes(found: Answers) -> str:
        return str(how or value(found, "how"))

    found = [
        Step("how", N_("How did it go?"), N_("Sent by"), Choice(SENDINGS)),
        Step(
            "posted", N_("On which day was it sent?"), N_("Sent on"), Day(),
            hint=N_("The day on the proof of posting, or of the e-mail."),
        ),
        Step(
            "tracking", N_("What is the number of the registered letter?"), N_("Number"), Text(4),
            optional=True, when=lambda found: goes(found) in TRACKED,
        ),
        Step(
            "presented", N_("On which day was it first presented?"), N_("First presented"), Day(),
            optional=True, when=lambda found: goes(found) in PRESENTED,
            hint=N_("It is in the tracking. If it is not known yet, skip: tell me later."),
        ),
        Step(
            "received", N_("On which day was it received?"), N_("Received"), Day(), optional=True,
            hint=N_("The day on the signed receipt, or of their answer. Skip if not known yet."),
        ),
    ]  # fmt: skip
    return (*choosing, *(step for step in found if not known.get(step.key)))


def _choice_of_letter(context: Context) -> tuple[Step, ...]:
    file = context.file
    letters = waiting(file) if file else []
    if "letter" in context.data or len(letters) == 1:
        return ()
    t = context.t
    labels = tuple(
        (str(found.number), dict.fromkeys(LANGUAGES, _name(found, context))) for found in letters
    )
    if not labels:
        nothing = t("There is no letter to send yet. Write one first.")
        return (Step("letter", nothing, t("Letter"), Choice(()), translated=True),)
    return (Step("letter", N_("Which letter?"), N_("Letter"), Choice(labels)),)


def _name(letter: Letter, context: Context) -> str:
    """`Formal notice 2 (26/11/2026)`."""
    t = context.t
    title = t(TITLES.get(letter.kind, letter.kind))
    day = letter.body.get("day")
    text = f"{title} {letter.number}"
    return f"{text} ({t.short_day(date.fromisoformat(day))})" if day else text


def _chosen(answers: Answers, context: Context) -> Letter | None:
    file = context.file
    if file is None:
        return None
    letters = waiting(file)
    number = context.data.get("letter") or value(answers, "letter")
    if number is None and len(letters) == 1:
        return letters[0]
    return next((found for found in letters if str(found.number) == str(number)), None)


def finish(answers: Answers, context: Context) -> Outcome:
    """The letter as sent, and the dates that start its delays."""
    letter = _chosen(answers, context)
    if letter is None:
        raise InvalidAnswer(N_("There is nothing more to tell about this letter."))
    assert context.file is not None
    told = {key: value(answers, key) for key in TOLD}
    sent = mark_sent(letter, told)
    _in_order(sent.sent)
    events = new_events(sent, context)
    return Outcome(
        saves=(sent, *events),
        say=_say(sent, context),
        offer=("deadline", "dossier"),
    )


def _in_order(sent: dict[str, Any]) -> None:
    """It is sent, then presented, then received."""
    days = [sent[key] for key in ("posted", "presented", "received") if sent.get(key)]
    if days != sorted(days):
        raise InvalidAnswer(
            N_("A letter is sent, then presented, then received: please check the three dates.")
        )


def _say(sent: Letter, context: Context) -> str:
    t = context.t
    lines = [t("The letter is sent: this version never changes from now on.")]
    if not sent.sent.get("received") and not sent.sent.get("presented"):
        lines.append(
            t("Tell me the day it is received or first presented: your delay starts there.")
        )
    return "\n".join(lines)


def new_events(sent: Letter, context: Context) -> tuple[Event, ...]:
    """What the sending starts and the case does not hold yet."""
    assert context.file is not None
    known = {
        split_kind(event.kind)[0] for event in context.file.events if event.letter == sent.number
    }
    return tuple(
        event for event in _events(sent, context) if split_kind(event.kind)[0] not in known
    )


def _events(sent: Letter, context: Context) -> Iterator[Event]:
    """The events of `deadlines.yaml` that a sent letter stands for."""
    file, number = context.file, sent.number
    assert file is not None
    posted = date.fromisoformat(sent.sent["posted"])
    arrived = sent.sent.get("presented") or sent.sent.get("received")
    days, until = sent.body.get("days"), sent.body.get("until")
    if sent.kind == "notice":
        yield Event("notice-posted", posted, number)
    if sent.sent.get("how") == "e-registered":
        yield Event("eletter-sent", posted, number)
    if sent.kind in {"report", "notice"} and facts.profile(file, {}) == "consumer":
        yield Event("complaint-sent", posted, number)
    if until:
        yield Event("notice-day", date.fromisoformat(until), number)
    if arrived and days and not until:
        first = date.fromisoformat(arrived)
        if sent.kind == "notice":
            yield letter_event(read_deadlines(context.knowledge), first, days, number)
        else:
            yield Event("notice-day", first + timedelta(days=days), number)
    ends = value(sent.body.get("answers", {}), "route") in {"law", "clause"}
    if sent.kind == "second-letter" and ends and sent.sent.get("received"):
        yield Event("termination-notified", date.fromisoformat(sent.sent["received"]), number)


FLOW = Flow(
    name="sent",
    version=1,
    title=N_("A letter is sent"),
    steps=steps,
    finish=finish,
)
