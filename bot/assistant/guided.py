"""Running a flow inside a turn: starting it, answering, changing, interrupting, finishing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.assistant import questions
from bot.assistant.turn import Turn
from bot.casefile.models import CaseDetails
from bot.errors import InvalidAnswer
from bot.faq.text import fold
from bot.flows import engine
from bot.flows.answers import Files, Text
from bot.flows.model import (
    Answer,
    Back,
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
from bot.flows.registry import FLOWS
from bot.i18n import N_
from bot.messages import Button

_WORDS: dict[str, FlowEvent] = {
    "retour": Back(), "back": Back(), "precedent": Back(),
    "passer": Skip(), "skip": Skip(), "suivant": Skip(),
    "je ne sais pas": Ignore(), "je sais pas": Ignore(), "sais pas": Ignore(), "jsp": Ignore(),
    "aucune idee": Ignore(), "i dont know": Ignore(), "dont know": Ignore(), "no idea": Ignore(),
}  # fmt: skip
_CONFIRMS = {
    "oui", "ok", "accord", "est bon", "enregistrer", "valider", "parfait", "yes", "save",
    "that is right", "that", "correct",
}  # fmt: skip
_QUESTION_WORDS = {
    "comment", "combien", "pourquoi", "quel", "quelle", "quels", "quelles", "est", "puis", "peut",
    "dois", "faut", "qui", "how", "what", "why", "can", "should", "do", "does", "is", "who",
    "which",
}  # fmt: skip


def start(
    turn: Turn,
    name: str,
    opening: str = "",
    data: dict[str, Any] | None = None,
    answers: dict[str, Any] | None = None,
) -> None:
    """Begin a flow; the one that was running ends, its files stay in the case."""
    flow = FLOWS[name]
    if turn.session is not None:
        turn.say(turn.t("I set aside: {title}.", title=turn.t(FLOWS[turn.session.flow].title)))
    if flow.needs_case:
        turn.need_case()
    context = turn.context(data or {})
    turn.session = engine.begin(flow, context, opening, answers)
    ask(turn)


def ask(turn: Turn) -> None:
    """Show the question, or the review, with buttons of a new revision."""
    session = turn.session
    assert session is not None
    turn.user = turn.store.users.next_revision(turn.user)
    turn.session = replace(session, revision=turn.user.revision)
    flow = FLOWS[session.flow]
    reply = engine.render(flow, turn.session, turn.context())
    step = engine.current(flow, turn.session, turn.context())
    text = reply.text
    if step is not None and isinstance(step.answer, Files) and session.files:
        n = len(session.files)
        text += "\n" + turn.t.plural("{n} file received.", "{n} files received.", n)
    turn.say(text, reply.buttons)


def resumed(turn: Turn, session: Session) -> Session | None:
    """The stored session, brought to today's flow; None when its flow is gone."""
    flow = FLOWS.get(session.flow)
    return engine.resume(flow, session, turn.context(session.data)) if flow else None


def press(turn: Turn, revision: int, verb: str, argument: str) -> None:
    """A button of a flow was pressed."""
    session = turn.session
    if session is None or revision != session.revision:
        turn.say(turn.t("This button belongs to an earlier question."))
        if session is not None:
            ask(turn)
        return
    if verb == engine.CANCEL:
        return cancel(turn)
    event = engine.event_for(verb, argument)
    if event is None:
        return None
    apply(turn, event)
    return None


def cancel(turn: Turn) -> None:
    """End the flow; what was received stays in the case."""
    session = turn.session
    if session is None:
        turn.say(turn.t("Nothing is under way. Ask your question, or see /help."))
        return
    turn.session = None
    text = turn.t("Cancelled: nothing was saved.")
    if session.files:
        text = turn.t("Cancelled. The files you sent stay in your case.")
    turn.say(text)


def hear(turn: Turn, text: str) -> None:
    """Words typed while a flow runs: an answer, a way to move, or a question in between."""
    session = turn.session
    assert session is not None
    flow = FLOWS[session.flow]
    context = turn.context()
    step = engine.current(flow, session, context)
    if step is None:
        return _hear_at_review(turn, text)
    folded = fold(text)
    event = _WORDS.get(folded)
    if event is not None and not _refused(flow, session, event, context):
        return apply(turn, event)
    try:
        session = engine.advance(flow, session, Answer(text), context)
    except InvalidAnswer as error:
        found = questions.match(turn, text)
        if found.outcome == "answer" or (found.outcome == "suggest" and _is_question(text)):
            return _interrupt(turn, text, found)
        return _refuse(turn, error)
    if _free(step) and _is_question(text):
        found = questions.match(turn, text)
        if found.outcome == "answer":
            return _interrupt(turn, text, found)
    _move(turn, session, said=step.key)
    return None


def apply(turn: Turn, event: FlowEvent) -> None:
    """Move the session, or say why it can't."""
    session = turn.session
    assert session is not None
    flow = FLOWS[session.flow]
    try:
        moved = engine.advance(flow, session, event, turn.context())
        if isinstance(event, Confirm):
            return _finish(turn, flow, moved)
    except InvalidAnswer as error:
        return _refuse(turn, error)
    _move(turn, moved)
    return None


def edited(turn: Turn, text: str) -> bool:
    """An answer's message was edited: the answer follows. False when it was not one."""
    session = turn.session
    message = turn.incoming.message
    key = (session.data.get("said") or {}).get(message) if session and message else None
    if session is None or key is None:
        return False
    flow = FLOWS[session.flow]
    try:
        moved = engine.advance(flow, session, Edit(key), turn.context())
        moved = engine.advance(flow, moved, Answer(text), turn.context())
    except InvalidAnswer as error:
        _refuse(turn, error)
        return True
    turn.say(turn.t("I changed your answer."))
    _move(turn, moved)
    return True


def files_arrived(turn: Turn, numbers: list[int], *, quiet: bool) -> None:
    """Files came while a flow runs: they belong to it."""
    session = turn.session
    assert session is not None
    turn.session = replace(session, files=(*session.files, *numbers))
    if not quiet:
        ask(turn)


def _move(turn: Turn, session: Session, said: str = "") -> None:
    if said and turn.incoming.message:
        messages = {**(session.data.get("said") or {}), turn.incoming.message: said}
        session = replace(session, data={**session.data, "said": messages})
    turn.session = session
    ask(turn)


def _refuse(turn: Turn, error: InvalidAnswer) -> None:
    turn.say(turn.t(error.message, **error.values))
    ask(turn)


def _interrupt(turn: Turn, text: str, found: Any) -> None:
    questions.answer(turn, text, found)
    turn.say(turn.t("Back to where we were:"))
    ask(turn)


def _hear_at_review(turn: Turn, text: str) -> None:
    if fold(text) in _CONFIRMS:
        return apply(turn, Confirm())
    found = questions.match(turn, text)
    if found.outcome in {"answer", "suggest"}:
        return _interrupt(turn, text, found)
    return apply(turn, Answer(text))


def _refused(flow: Flow, session: Session, event: FlowEvent, context: Context) -> bool:
    try:
        engine.advance(flow, session, event, context)
    except InvalidAnswer:
        return True
    return False


def _free(step: Step) -> bool:
    return isinstance(step.answer, Text)


def _is_question(text: str) -> bool:
    words = fold(text).split()
    return text.rstrip().endswith("?") or bool(words and words[0] in _QUESTION_WORDS)


def _finish(turn: Turn, flow: Flow, session: Session) -> None:
    data = {**session.data, "files": session.files}
    context = turn.context(data)
    outcome = flow.finish(engine.final_answers(flow, session, context), context)
    case = turn.need_case() if flow.needs_case else None
    number = 0
    for model in outcome.saves:
        assert case is not None
        saved = turn.store.cases.save(case.id, model, turn.now, message=turn.incoming.message)
        if not isinstance(model, CaseDetails):
            number = number or saved
    turn.session = None
    if case is not None:
        _attach(turn, case.id, flow, session, number)
        case = turn.store.cases.get(case.id)
    lines = [turn.t(_SAVED.get(flow.name, _SAVED[""]), number=number)]
    if outcome.say:
        lines.append(outcome.say)
    if case is not None:
        lines.append(turn.case_name(case))
    from bot.faq.show import ACTIONS

    rows = tuple(
        (Button(turn.t(ACTIONS[name]), f"f:{name}"),) for name in outcome.offer if name in FLOWS
    )
    turn.say("\n".join(lines), rows)


_SAVED = {
    "incident": N_("Incident {number} is saved."),
    "": N_("Saved."),
}


def _attach(turn: Turn, case: int, flow: Flow, session: Session, number: int) -> None:
    """The files that came during an incident belong to it."""
    if flow.name != "incident" or not session.files:
        return
    record = turn.store.cases.get(case)
    assert record is not None
    for exhibit in turn.store.cases.file(record).evidence:
        if exhibit.number in session.files and exhibit.incident is None:
            turn.store.cases.save(case, replace(exhibit, incident=number), turn.now)
