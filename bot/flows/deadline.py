"""Note a date that starts a delay: what happened, and when. What is due follows from the rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.casefile.models import Event, Moment
from bot.casefile.rules import Deadlines, EventKind, read_deadlines, split_kind
from bot.errors import InvalidAnswer
from bot.faq.text import fold
from bot.flows import dates
from bot.flows.answers import Choice, Day, When
from bot.flows.model import Answers, AnswerType, Context, Flow, Outcome, Step, value
from bot.i18n import N_

GROUPS = (
    ("letters", N_("A letter I sent")),
    ("court", N_("A paper from a court")),
    ("contract", N_("The contract")),
    ("money", N_("Money, insurance")),
    ("online", N_("The site, data, reviews")),
)

_WORDS = 60
_WIDEST = 8
"""In words, how much of a sentence is searched, and the longest date looked for."""


@dataclass(frozen=True, slots=True)
class _PastDay(Day):
    """A day that has passed; the two most often meant can be pressed."""

    def options(self, context: Context) -> tuple[tuple[str, str], ...]:
        """Today and yesterday."""
        return (("today", context.t("Today")), ("yesterday", context.t("Yesterday")))

    def choose(self, key: str, context: Context) -> str:
        """The day that was pressed."""
        if key not in {"today", "yesterday"}:
            raise InvalidAnswer(N_("This button does not belong to this question."))
        return self.parse(key, context)


@dataclass(frozen=True, slots=True)
class _PastMoment(When):
    """A past moment, of which the day at least is known."""

    def parse(self, text: str, context: Context) -> dict[str, Any]:
        """The moment typed."""
        moment = dates.read_moment(text, context.now, context.zone)
        if moment.precision == "month":
            raise InvalidAnswer(N_("Which day of that month? For example: 3 March."))
        return moment.to_json()


def steps(answers: Answers, context: Context) -> tuple[Step, ...]:
    """What happened, by group; the second question of that event; its date."""
    deadlines = read_deadlines(context.knowledge)
    offered = _offered(deadlines, context)
    groups = tuple(g for g in GROUPS if any(kind.group == g[0] for kind in offered))
    group = value(answers, "group")
    chosen = deadlines.events.get(value(answers, f"kind.{group}") or "")
    return (
        Step("group", N_("What is it about?"), N_("About"), Choice(groups)),
        _kind_step(group, offered),
        *(_event_steps(chosen, deadlines, context) if chosen else (_LATER,)),
    )


_LATER = Step("on", N_("When?"), N_("Date"), _PastDay())
"""Stands for the questions that follow from the first two, so that they are counted."""


def _kind_step(group: str | None, offered: list[EventKind]) -> Step:
    kinds = tuple((kind.id, kind.label) for kind in offered if kind.group == group)
    return Step(f"kind.{group}", N_("What happened?"), N_("What happened"), Choice(kinds))


def _event_steps(kind: EventKind, deadlines: Deadlines, context: Context) -> list[Step]:
    t = context.t
    found = []
    if kind.choices:
        found.append(
            Step(
                f"choice.{kind.id}",
                kind.choose[t.language],
                t(N_("In detail")),
                Choice(kind.choices),
                translated=True,
            )
        )
    in_hours = deadlines.counted_in_hours(kind.id)
    answer: AnswerType = Day(future=True) if kind.future else _PastDay()
    found.append(
        Step(
            "at" if in_hours else "on",
            kind.ask[t.language],
            t(N_("Date")),
            _PastMoment() if in_hours else answer,
            hint=kind.hint[t.language],
            translated=True,
        )
    )
    return found


def _offered(deadlines: Deadlines, context: Context) -> list[EventKind]:
    """What can happen to this client."""
    profile = context.file.case.client.profile if context.file else ""
    return [kind for kind in deadlines.events.values() if not profile or profile in kind.profiles]


def understand(text: str, context: Context) -> dict[str, Any]:
    """What one sentence says: which event, and its date."""
    deadlines = read_deadlines(context.knowledge)
    kind = guess_event(text, _offered(deadlines, context))
    if kind is None:
        return {}
    found: dict[str, Any] = {"group": kind.group, f"kind.{kind.group}": kind.id}
    moment = find_day(text, context, future=kind.future)
    if moment is not None:
        if deadlines.counted_in_hours(kind.id):
            found["at"] = moment.to_json()
        else:
            found["on"] = moment.day.isoformat()
    return found


def find_day(text: str, context: Context, *, future: bool = False) -> Moment | None:
    """The one day that a sentence names; None when it names none, several or only a month."""
    words = text.split()[:_WORDS]
    found = []
    start = 0
    while start < len(words):
        for end in range(min(start + _WIDEST, len(words)), start, -1):
            moment = _read(" ".join(words[start:end]).strip(".,;:!?()"), context, future=future)
            if moment is not None:
                found.append(moment)
                start = end
                break
        else:
            start += 1
    if len(found) != 1 or found[0].precision == "month":
        return None
    return found[0]


def _read(words: str, context: Context, *, future: bool) -> Moment | None:
    try:
        return dates.read_moment(words, context.now, context.zone, future=future)
    except InvalidAnswer:
        return None


def guess_event(text: str, kinds: list[EventKind]) -> EventKind | None:
    """The kind whose words the sentence uses most; None when none or two do alike."""
    folded = f" {fold(text)}"
    scores = sorted(
        ((sum(len(w) for w in kind.words if f" {fold(w)}" in folded), kind.id) for kind in kinds),
        reverse=True,
    )
    if not scores or scores[0][0] == 0:
        return None
    if len(scores) > 1 and scores[1][0] == scores[0][0]:
        return None
    return next(kind for kind in kinds if kind.id == scores[0][1])


def finish(answers: Answers, context: Context) -> Outcome:
    """The event; what it makes due is told once it is saved."""
    deadlines = read_deadlines(context.knowledge)
    kind = deadlines.events.get(value(answers, f"kind.{value(answers, 'group')}") or "")
    if kind is None:
        raise InvalidAnswer(N_("Please choose what happened once more: the list has changed."))
    choice = value(answers, f"choice.{kind.id}")
    moment = Moment.from_json(value(answers, "at"))
    event = Event(
        kind=f"{kind.id}:{choice}" if choice else kind.id,
        on=moment.day if moment else date.fromisoformat(value(answers, "on")),
        letter=context.data.get("letter"),
        number=context.data.get("event", 0),
        at=moment.at if moment else None,
    )
    return Outcome(saves=(event,))


def answers_of(event: Event, deadlines: Deadlines) -> dict[str, Any]:
    """The answers that would make this event, but for its date: what is asked to move it."""
    id, choice = split_kind(event.kind)
    kind = deadlines.events.get(id)
    if kind is None:
        return {}
    found: dict[str, Any] = {"group": kind.group, f"kind.{kind.group}": id}
    if choice in dict(kind.choices):
        found[f"choice.{id}"] = choice
    return found


FLOW = Flow(
    name="deadline",
    version=1,
    title=N_("A date and what it starts"),
    steps=steps,
    finish=finish,
    understand=understand,
)
