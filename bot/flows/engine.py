"""Moves a session through its flow. Pure: no store, no clock, no channel.

Rules, each held by a test:

- the cursor is always on a visible step, or on the review;
- back goes to the visible step before and keeps every answer; from a change that leaves nothing
  open, it goes to the review;
- an answer that can't be read changes nothing;
- answers are changed from the review; then only what the change made necessary is asked;
- an answer that is changed from afar, by editing its message, leaves the question where it is;
- answers to steps that are no longer visible are kept until the end, but not saved.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.errors import InvalidAnswer
from bot.flows.answers import Files
from bot.flows.model import (
    REVIEW,
    SKIPPED,
    UNKNOWN,
    Answer,
    Back,
    Choose,
    Confirm,
    Context,
    Edit,
    Flow,
    FlowEvent,
    Ignore,
    Session,
    Skip,
    Step,
)
from bot.i18n import N_
from bot.messages import Button, Reply

BACK, SKIP, IGNORE, CANCEL, EDIT, CHOOSE, CONFIRM = (
    "back",
    "skip",
    "dunno",
    "stop",
    "edit",
    "is",
    "ok",
)
"""The verbs of a flow's buttons."""


def begin(
    flow: Flow,
    context: Context,
    opening: str = "",
    answers: dict[str, Any] | None = None,
    *,
    quick: bool = False,
) -> Session:
    """A new session on its first unanswered step.

    Args:
        flow: what to begin.
        context: the turn's.
        opening: one free sentence that may answer several steps.
        answers: answers that are known already.
        quick: leave out what can be left out, as after an opening that was understood.
    """
    known = dict(answers or {})
    understood = flow.understand(opening, context) if opening and flow.understand else {}
    session = Session(flow.name, flow.version, REVIEW, known | understood, data=dict(context.data))
    if understood or quick:
        session = _leave_optional(flow, replace(session, quick=True), context)
    return replace(session, cursor=_next_open(session, visible(flow, session, context)))


def _leave_optional(flow: Flow, session: Session, context: Context) -> Session:
    """Who told it all in one sentence is asked only what is needed; the review shows the rest."""
    left = {
        step.key: SKIPPED if step.optional else UNKNOWN
        for step in visible(flow, session, context)
        if step.key not in session.answers and (step.optional or step.can_ignore)
    }
    return replace(session, answers={**session.answers, **left})


def resume(flow: Flow, session: Session, context: Context) -> Session:
    """The session for today's version of its flow: no answer is lost, the cursor is valid."""
    steps = visible(flow, session, context)
    keys = {step.key for step in steps}
    if session.version == flow.version and session.cursor in keys:
        return session
    if session.cursor == REVIEW and keys <= session.answers.keys():
        return replace(session, version=flow.version)
    cursor = _next_open(session, steps)
    return replace(session, version=flow.version, cursor=cursor, editing=False)


def visible(flow: Flow, session: Session, context: Context) -> tuple[Step, ...]:
    """The steps that the answers so far call for, in order."""
    return tuple(
        step
        for step in flow.steps(session.answers, context)
        if step.when is None or step.when(session.answers)
    )


def current(flow: Flow, session: Session, context: Context) -> Step | None:
    """The step being asked; None on the review screen."""
    return next((s for s in visible(flow, session, context) if s.key == session.cursor), None)


def advance(flow: Flow, session: Session, event: FlowEvent, context: Context) -> Session:
    """The session after `event`. `Confirm` is the caller's: it changes nothing here.

    Raises:
        InvalidAnswer: the event does not fit the question; the session stays as it was.
    """
    step = current(flow, session, context)
    if isinstance(event, Edit):
        return _edit(flow, session, event.key, context)
    if isinstance(event, Back):
        return _back(flow, session, context)
    if isinstance(event, Confirm):
        if step is not None:
            raise InvalidAnswer(N_("A question is still open: please answer it first."))
        return session
    if step is None:
        raise InvalidAnswer(
            N_("Everything is filled in: please check it, then save, or choose what to change.")
        )
    if isinstance(event, Skip):
        if not step.optional:
            raise InvalidAnswer(N_("This question needs an answer."))
        return _store(flow, session, step, SKIPPED, context)
    if isinstance(event, Ignore):
        if not step.can_ignore:
            raise InvalidAnswer(N_("This question needs an answer."))
        return _store(flow, session, step, UNKNOWN, context)
    if isinstance(event, Choose):
        return _store(flow, session, step, step.answer.choose(event.key, context), context)
    assert isinstance(event, Answer)
    return _store(flow, session, step, step.answer.parse(event.text, context), context)


def revise(flow: Flow, session: Session, key: str, text: str, context: Context) -> Session:
    """The session with an earlier answer typed anew, still at the question it was at.

    Raises:
        InvalidAnswer: it can't be read, or its step is gone; the session stays as it was.
    """
    step = next((s for s in visible(flow, session, context) if s.key == key), None)
    if step is None:
        raise InvalidAnswer(_GONE)
    changed = _store(flow, session, step, step.answer.parse(text, context), context)
    return resume(flow, replace(changed, cursor=session.cursor, editing=session.editing), context)


def _store(flow: Flow, session: Session, step: Step, value: Any, context: Context) -> Session:
    changes = session.changes
    old = session.answers.get(step.key)
    if old is not None and old != value:
        changes = (*changes, (step.key, old))
    session = replace(session, answers={**session.answers, step.key: value}, changes=changes)
    if session.quick:
        session = _leave_optional(flow, session, context)
    steps = visible(flow, session, context)
    if session.editing:
        cursor = _next_open(session, steps)
        return replace(session, cursor=cursor, editing=cursor != REVIEW)
    keys = [s.key for s in steps]
    after = keys.index(step.key) + 1 if step.key in keys else 0
    return replace(session, cursor=_next_open(session, steps[after:] + steps[:after]))


def _next_open(session: Session, steps: tuple[Step, ...]) -> str:
    """The first of the steps without an answer, else the review."""
    return next((step.key for step in steps if step.key not in session.answers), REVIEW)


def _back(flow: Flow, session: Session, context: Context) -> Session:
    steps = visible(flow, session, context)
    keys = [step.key for step in steps]
    if session.editing and _next_open(session, steps) == REVIEW:
        return replace(session, cursor=REVIEW, editing=False)
    position = len(keys) if session.cursor == REVIEW else keys.index(session.cursor)
    return replace(session, cursor=keys[max(position - 1, 0)] if keys else REVIEW)


def _edit(flow: Flow, session: Session, key: str, context: Context) -> Session:
    keys = {step.key for step in visible(flow, session, context)}
    if session.cursor != REVIEW or key not in keys:
        raise InvalidAnswer(_GONE)
    return replace(session, cursor=key, editing=True)


_GONE = N_("This answer can’t be changed any more.")


def render(flow: Flow, session: Session, context: Context) -> Reply:
    """The question, or the review, as the user sees it."""
    t = context.t
    steps = visible(flow, session, context)
    step = next((s for s in steps if s.key == session.cursor), None)
    if step is None:
        return _render_review(flow, session, steps, context)
    head = t(
        "{title}, {index}/{total}",
        title=t(flow.title),
        index=[s.key for s in steps].index(step.key) + 1,
        total=len(steps),
    )
    lines = [head, "", step.say(step.ask, context)]
    if step.hint:
        lines.append(step.say(step.hint, context))
    if step.key in session.answers:
        shown = show(step, session.answers[step.key], context)
        lines += ["", t("Now: {answer}", answer=shown)]
    if isinstance(step.answer, Files) and session.files:
        lines.append(t.plural("{n} file received.", "{n} files received.", len(session.files)))
    rows: list[tuple[Button, ...]] = [
        (Button(label, _data(session, CHOOSE, key)),)
        for key, label in step.answer.options(context)
    ]
    if len(rows) > 4 and all(len(row[0].label) <= 24 for row in rows):
        rows = [tuple(b for row in rows[i : i + 2] for b in row) for i in range(0, len(rows), 2)]
    first = steps[0].key == step.key
    return Reply("\n".join(lines), buttons=(*rows, *_navigation(session, step, first, context)))


def _navigation(
    session: Session, step: Step, first: bool, context: Context
) -> tuple[tuple[Button, ...], ...]:
    t = context.t
    ways = []
    if session.editing or not first:
        ways.append(Button(t("← Back"), _data(session, BACK)))
    if step.optional:
        ways.append(Button(t("Skip"), _data(session, SKIP)))
    if step.can_ignore:
        ways.append(Button(t("I don’t know"), _data(session, IGNORE)))
    stop = Button(t("Cancel"), _data(session, CANCEL))
    return ((*ways, stop),) if len(ways) < 3 else (tuple(ways), (stop,))


def _render_review(
    flow: Flow, session: Session, steps: tuple[Step, ...], context: Context
) -> Reply:
    t = context.t
    lines = [t("{title}: please check", title=t(flow.title)), ""]
    left = []
    for step in steps:
        if session.answers[step.key] == SKIPPED:
            left.append(step.say(step.label, context))
            continue
        shown = show(step, session.answers[step.key], context)
        lines.append(f"{step.say(step.label, context)}{_colon(t)}{shown}")
    if left:
        lines += ["", t("Left out: {names}.", names=", ".join(left))]
    lines += ["", t("Is this right? You can change each answer.")]
    edits = [
        Button("✎ " + step.say(step.label, context), _data(session, EDIT, step.key))
        for step in steps
    ]
    rows = [tuple(edits[i : i + 2]) for i in range(0, len(edits), 2)]
    return Reply(
        "\n".join(lines),
        buttons=(
            (Button(t(flow.confirm), _data(session, CONFIRM)),),
            *rows,
            (
                Button(t("← Back"), _data(session, BACK)),
                Button(t("Cancel"), _data(session, CANCEL)),
            ),
        ),
    )


def _colon(t: Any) -> str:
    return "\N{NARROW NO-BREAK SPACE}: " if t.language == "fr" else ": "


def show(step: Step, answer: Any, context: Context) -> str:
    """An answer in the user's words, also when it was skipped or not known."""
    if answer == SKIPPED:
        return context.t("(left out)")
    if answer == UNKNOWN:
        return context.t("(not known)")
    return step.answer.show(answer, context)


def _data(session: Session, verb: str, argument: str = "") -> str:
    return f"{session.revision}:{verb}" + (f":{argument}" if argument else "")


def event_for(verb: str, argument: str) -> FlowEvent | None:
    """The event of a button's verb; None when there is no such verb."""
    if verb == CHOOSE:
        return Choose(argument)
    if verb == EDIT:
        return Edit(argument)
    simple: dict[str, FlowEvent] = {
        BACK: Back(),
        SKIP: Skip(),
        IGNORE: Ignore(),
        CONFIRM: Confirm(),
    }
    return simple.get(verb)


def final_answers(flow: Flow, session: Session, context: Context) -> dict[str, Any]:
    """The answers to the visible steps alone: what `finish` is given."""
    keys = {step.key for step in visible(flow, session, context)}
    return {key: answer for key, answer in session.answers.items() if key in keys}
