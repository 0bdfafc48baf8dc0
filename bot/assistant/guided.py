"""Running a flow inside a turn: starting it, answering, changing, interrupting, finishing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.assistant import cases, deadlines, questions
from bot.assistant.turn import Turn
from bot.casefile import sales
from bot.casefile.models import Case, CaseDetails, Event
from bot.errors import InvalidAnswer, SalesFileError
from bot.faq.show import ACTIONS, action_label
from bot.faq.text import fold
from bot.flows import engine, loss
from bot.flows.answers import MAX_TEXT, Text, clean
from bot.flows.model import (
    Answer,
    Back,
    Confirm,
    Context,
    Flow,
    FlowEvent,
    Ignore,
    Outcome,
    Session,
    Skip,
    Step,
)
from bot.flows.registry import FLOWS
from bot.i18n import N_
from bot.messages import Attachment, Button

_WORDS: dict[str, FlowEvent] = {
    "retour": Back(), "back": Back(), "precedent": Back(),
    "passer": Skip(), "skip": Skip(), "suivant": Skip(),
    "je ne sais pas": Ignore(), "je sais pas": Ignore(), "sais pas": Ignore(), "jsp": Ignore(),
    "aucune idee": Ignore(), "i dont know": Ignore(), "dont know": Ignore(), "no idea": Ignore(),
}  # fmt: skip
_CANCELS = {"annuler", "cancel"}
_CONFIRMS = {
    "oui", "ok", "accord", "est bon", "enregistrer", "valider", "parfait", "yes", "save",
    "that is right", "that right", "correct",
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
    saved = "incident" in context.data  # it opens at its review, whatever was left out then
    turn.session = engine.begin(flow, context, clean(opening)[:MAX_TEXT], answers, quick=saved)
    ask(turn)


def ask(turn: Turn) -> None:
    """Show the question, or the review, with buttons of a new revision."""
    session = turn.session
    assert session is not None
    turn.user = turn.store.users.next_revision(turn.user)
    flow = FLOWS[session.flow]
    context = turn.context()
    # What came during the turn, such as a file, may have opened a question.
    session = engine.resume(flow, replace(session, revision=turn.user.revision), context)
    turn.session = session
    turn.replies.append(engine.render(flow, session, context))


def go_on(turn: Turn) -> None:
    """After something in between: the question that was open, once more."""
    if turn.session is not None:
        turn.say(turn.t("Back to where we were:"))
        ask(turn)


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
    folded = fold(text)
    if folded in _CANCELS:
        return cancel(turn)
    event = _WORDS.get(folded)
    if event is not None and not _refused(flow, session, event, context):
        return apply(turn, event)
    step = engine.current(flow, session, context)
    if step is None:
        return _hear_at_review(turn, text)
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
        moved = engine.revise(flow, session, key, text, turn.context())
    except InvalidAnswer as error:
        _refuse(turn, error)
        return True
    turn.say(turn.t("I changed your answer."))
    _move(turn, moved)
    return True


def files_arrived(turn: Turn, kept: Sequence[tuple[int, Attachment]], *, quiet: bool) -> None:
    """Files came while a flow runs: they belong to it, and prove the answer being asked.

    Args:
        turn: the turn.
        kept: the number and the file of each exhibit.
        quiet: the question was repeated already, for the same album.
    """
    session = turn.session
    assert session is not None
    places = {**(session.data.get("files_at") or {})}
    places.update((str(number), session.cursor) for number, _ in kept)
    session = replace(
        session,
        files=tuple(dict.fromkeys((*session.files, *(number for number, _ in kept)))),
        data={**session.data, "files_at": places},
    )
    turn.session = session
    if session.flow == "loss":
        for number, file in kept:
            if file.content and Path(file.name.lower()).suffix in sales.EXTENSIONS:
                quiet = _read_sales(turn, number, file.name, file.content) and quiet
    if quiet:
        turn.session = resumed(turn, turn.session)
    else:
        ask(turn)


def _read_sales(turn: Turn, number: int, name: str, content: bytes) -> bool:
    """A sales file fills the answers about sales; False, since the question has changed."""
    assert turn.session is not None
    try:
        found = sales.read_sales(content, name, zone=turn.zone)
        turn.session = loss.sales_arrived(turn.session, found, turn.context(), number)
        turn.say(found.describe(turn.t))
    except SalesFileError as error:
        turn.say(turn.t(error.message, **error.values))
    return False


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
    go_on(turn)


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
    before = session.data.get("evidence", ())
    data = {**session.data, "files": tuple(dict.fromkeys((*before, *session.files)))}
    context = turn.context(data)
    outcome = flow.finish(engine.final_answers(flow, session, context), context)
    case = turn.need_case() if flow.needs_case else None
    turn.session = None
    number = 0
    events: list[Event] = []
    for model in outcome.saves:
        assert case is not None
        saved = turn.store.cases.save(case.id, model, turn.now, message=turn.incoming.message)
        if isinstance(model, Event):
            events.append(replace(model, number=saved))
        elif not isinstance(model, CaseDetails):
            number = number or saved
    if flow.name == "incident" and case is not None:
        _attach(turn, case, session, number)
    _journal_changes(turn, case, flow, session)
    _tell(turn, flow, outcome, number)
    for event in events:
        deadlines.note_event(turn, event)
    if flow.name == "loss" and case is not None:
        turn.store.jobs.add(turn.user.id, case.id, "chart", {}, turn.now)
    if outcome.job is not None and case is not None:
        kind, body = outcome.job
        turn.store.jobs.add(turn.user.id, case.id, kind, {**body, "number": number}, turn.now)


def _tell(turn: Turn, flow: Flow, outcome: Outcome, number: int) -> None:
    t = turn.t
    lines = []
    if flow.name in _SAVED or not outcome.say:
        lines.append(t(_SAVED.get(flow.name, _SAVED[""]), number=number))
    if flow.name == "incident":
        lines.append(cases.proof_lines(turn, number))
    lines.append(outcome.say.replace("{number}", str(number)))
    if (case := turn.case) is not None and flow.needs_case:
        lines.append(turn.case_name(case))
    rows = tuple(
        (Button(action_label(name, t), f"f:{name}"),)
        for name in outcome.offer
        if name in ACTIONS and (name in FLOWS or name in NOT_FLOWS)
    )
    about = f"incident:{number}" if flow.name == "incident" else ""
    turn.say("\n".join(line for line in lines if line), rows, about=about)


_SAVED = {
    "incident": N_("Incident {number} is saved."),
    "": N_("Saved."),
}
NOT_FLOWS = ("dossier", "gaps")
"""Actions that show something and ask nothing."""


def _attach(turn: Turn, case: Case, session: Session, number: int) -> None:
    """The files that came during an incident belong to it."""
    for exhibit in turn.store.cases.file(case).evidence:
        if exhibit.number in session.files and exhibit.incident is None:
            turn.store.cases.save(case.id, replace(exhibit, incident=number), turn.now)


def _journal_changes(turn: Turn, case: Case | None, flow: Flow, session: Session) -> None:
    """An answer that was changed before it was saved stays in the history."""
    if case is not None and session.changes:
        was = [{"key": key, "was": old} for key, old in session.changes]
        turn.store.cases.note_changes(case.id, flow.name, was, turn.now)
