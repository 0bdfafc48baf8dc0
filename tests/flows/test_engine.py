"""The rules of the engine, each on a small flow: a loan of books."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.casefile.models import Note
from bot.errors import InvalidAnswer
from bot.faq.entry import Knowledge
from bot.flows import engine
from bot.flows.answers import Choice, Number, Text, YesNo
from bot.flows.model import (
    REVIEW,
    SKIPPED,
    UNKNOWN,
    Answer,
    Answers,
    Back,
    Choose,
    Confirm,
    Context,
    Edit,
    Flow,
    FlowEvent,
    Ignore,
    Outcome,
    Session,
    Skip,
    Step,
    value,
)
from bot.i18n import PARIS, Translator
from bot.messages import Reply

KNOWLEDGE = Knowledge(
    entries={}, topics=(), off_topic={}, values={}, kinds={}, synonyms={}, held_out=(),
    root=Path(), fingerprint="",
)  # fmt: skip
CONTEXT = Context(datetime(2026, 11, 24, 9, tzinfo=UTC), PARIS, Translator("en"), KNOWLEDGE)
BOOKS = Choice((("novel", "A novel"), ("atlas", "An atlas")))

TITLE = Step("title", "Which book?", "Book", Text())
KIND = Step("kind", "Which kind?", "Kind", BOOKS)
MAPS = Step(
    "maps", "How many maps?", "Maps", Number(), when=lambda found: value(found, "kind") == "atlas"
)
WHY = Step("why", "Why this one?", "Reason", Text(), optional=True)
PAGES = Step("pages", "How many pages?", "Pages", Number(), can_ignore=True)
KEEP = Step("keep", "Do you keep it?", "Kept", YesNo())
STEPS = (TITLE, KIND, MAPS, WHY, PAGES, KEEP)


def understand(text: str, context: Context) -> dict[str, Any]:
    return {"title": text} if text.startswith("The ") else {}


def finish(answers: Answers, context: Context) -> Outcome:
    return Outcome(saves=(Note(str(sorted(answers))),))


def loan(*steps: Step, version: int = 1) -> Flow:
    shown = steps or STEPS
    return Flow("loan", version, "Loan", lambda answers, context: shown, finish, understand)


FLOW = loan()
NOVEL = (Answer("Middlemarch"), Choose("novel"), Answer("Long"), Answer("800"), Answer("no"))
"""The answers that lead to the review by the short way."""


def play(*events: FlowEvent, session: Session | None = None, flow: Flow = FLOW) -> Session:
    session = session or engine.begin(flow, CONTEXT)
    for event in events:
        session = engine.advance(flow, session, event, CONTEXT)
    return session


def verbs(reply: Reply) -> list[str]:
    return [button.data.split(":", 1)[1] for row in reply.buttons for button in row]


def shown(session: Session, flow: Flow = FLOW) -> Reply:
    return engine.render(flow, session, CONTEXT)


def test_a_flow_begins_at_its_first_question_and_every_answer_leads_to_the_next() -> None:
    assert engine.begin(FLOW, CONTEXT).cursor == "title"
    cursors = [play(*NOVEL[:n]).cursor for n in range(len(NOVEL) + 1)]
    assert cursors == ["title", "kind", "why", "pages", "keep", REVIEW]


def test_answers_that_are_known_already_are_not_asked() -> None:
    session = engine.begin(FLOW, CONTEXT, answers={"title": "Emma", "kind": "novel"})
    assert session.cursor == "why"


def test_back_at_the_first_question_stays_there() -> None:
    assert play(Back()).cursor == "title"
    assert "back" not in verbs(shown(play()))


def test_back_goes_to_the_question_before_and_keeps_every_answer() -> None:
    session = play(*NOVEL[:3], Back(), Back())
    assert session.cursor == "kind"
    assert session.answers == {"title": "Middlemarch", "kind": "novel", "why": "Long"}


def test_back_passes_over_hidden_questions_and_leaves_the_review_for_the_last_one() -> None:
    assert play(*NOVEL[:2], Back()).cursor == "kind"
    assert play(*NOVEL, Back()).cursor == "keep"


def test_an_answer_after_going_back_leads_to_the_next_question_without_one() -> None:
    session = play(*NOVEL[:3], Back(), Back(), Choose("atlas"))
    assert session.cursor == "maps"
    assert play(Answer("12"), session=session).cursor == "pages"


def test_only_an_optional_question_can_be_skipped() -> None:
    with pytest.raises(InvalidAnswer, match="needs an answer"):
        play(Skip())
    assert play(*NOVEL[:2], Skip()).answers["why"] == SKIPPED


def test_i_do_not_know_is_an_answer_only_where_it_is_offered() -> None:
    with pytest.raises(InvalidAnswer, match="needs an answer"):
        play(*NOVEL[:2], Ignore())
    session = play(*NOVEL[:3], Ignore())
    assert session.answers["pages"] == UNKNOWN
    assert value(session.answers, "pages") is None


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (Answer("lots"), "whole number"),
        (Choose("novel"), "does not belong"),
        (Skip(), "needs an answer"),
        (Edit("title"), "be changed any more"),
        (Confirm(), "still open"),
    ],
)
def test_what_does_not_fit_the_question_is_refused_with_a_reason(
    event: FlowEvent, why: str
) -> None:
    with pytest.raises(InvalidAnswer, match=why):
        play(*NOVEL[:3], event)


def test_a_choice_that_does_not_exist_and_words_at_the_review_are_refused() -> None:
    with pytest.raises(InvalidAnswer, match="does not belong"):
        play(Answer("Middlemarch"), Choose("poem"))
    with pytest.raises(InvalidAnswer, match="choose what to change"):
        play(*NOVEL, Answer("hello"))


def test_an_answer_changed_from_the_review_returns_to_the_review() -> None:
    session = play(*NOVEL, Edit("title"))
    assert (session.cursor, session.editing) == ("title", True)
    session = play(Answer("Emma"), session=session)
    assert (session.cursor, session.editing) == (REVIEW, False)
    assert session.answers["title"] == "Emma"


def test_a_change_asks_only_what_it_made_necessary() -> None:
    session = play(*NOVEL, Edit("kind"), Choose("atlas"))
    assert session.cursor == "maps"
    assert play(Answer("12"), session=session).cursor == REVIEW


def test_back_from_a_change_that_was_not_made_returns_to_the_review() -> None:
    session = play(*NOVEL, Edit("title"), Back())
    assert (session.cursor, session.editing) == (REVIEW, False)
    assert session.answers["title"] == "Middlemarch"


def test_back_from_what_a_change_made_necessary_goes_to_the_change() -> None:
    session = play(*NOVEL, Edit("kind"), Choose("atlas"), Back())
    assert session.cursor == "kind"
    assert play(Choose("novel"), session=session).cursor == REVIEW


def test_a_hidden_answer_comes_back_with_its_question_but_is_not_saved_meanwhile() -> None:
    atlas = (Answer("Times"), Choose("atlas"), Answer("12"), *NOVEL[2:])
    session = play(*atlas, Edit("kind"), Choose("novel"))
    assert "maps" not in engine.final_answers(FLOW, session, CONTEXT)
    session = play(Edit("kind"), Choose("atlas"), session=session)
    assert session.cursor == REVIEW
    assert engine.final_answers(FLOW, session, CONTEXT)["maps"] == 12


def test_every_change_keeps_the_old_value_in_order() -> None:
    session = play(
        *NOVEL, Edit("title"), Answer("Emma"), Edit("title"), Answer("Persuasion"),
        Edit("pages"), Ignore(),
    )  # fmt: skip
    assert session.changes == (("title", "Middlemarch"), ("title", "Emma"), ("pages", 800))


def test_the_same_answer_again_is_no_change() -> None:
    assert play(*NOVEL, Edit("title"), Answer("Middlemarch")).changes == ()


def test_an_answer_whose_message_was_edited_follows_and_the_question_stays() -> None:
    session = play(*NOVEL[:3])
    revised = engine.revise(FLOW, session, "title", "Emma", CONTEXT)
    assert revised.answers["title"] == "Emma"
    assert revised.changes == (("title", "Middlemarch"),)
    assert (revised.cursor, revised.editing) == ("pages", False)
    assert play(Back(), Back(), session=revised).cursor == "kind"


def test_an_edited_message_that_opens_a_question_behind_the_review_asks_it() -> None:
    session = engine.revise(FLOW, play(*NOVEL), "kind", "An atlas", CONTEXT)
    assert session.cursor == "maps"


@pytest.mark.parametrize(
    ("key", "text", "why"), [("maps", "12", "be changed any more"), ("pages", "lots", "number")]
)
def test_an_edited_message_that_is_hidden_by_now_or_unreadable_is_refused(
    key: str, text: str, why: str
) -> None:
    with pytest.raises(InvalidAnswer, match=why):
        engine.revise(FLOW, play(*NOVEL), key, text, CONTEXT)


def test_a_session_of_today_resumes_as_it_was_even_where_it_went_back() -> None:
    for session in (play(), play(*NOVEL[:3], Back()), play(*NOVEL), play(*NOVEL, Edit("why"))):
        assert engine.resume(FLOW, session, CONTEXT) == session


def test_a_newer_version_asks_its_new_question_and_loses_no_answer() -> None:
    new = loan(*STEPS[:2], Step("shelf", "Which shelf?", "Shelf", Text()), *STEPS[2:], version=2)
    session = engine.resume(new, play(*NOVEL), CONTEXT)
    assert (session.version, session.cursor) == (2, "shelf")
    assert session.answers == play(*NOVEL).answers
    assert play(Answer("B12"), session=session, flow=new).cursor == REVIEW


def test_a_session_on_a_question_that_is_gone_resumes_at_an_open_one() -> None:
    session = engine.resume(loan(TITLE, PAGES, KEEP, version=2), play(*NOVEL[:2]), CONTEXT)
    assert session.cursor == "pages"
    gone = replace(play(*NOVEL[:2]), cursor="nowhere")
    assert engine.resume(FLOW, gone, CONTEXT).cursor == "why"


def test_a_review_with_an_answer_missing_resumes_at_its_question() -> None:
    session = play(*NOVEL)
    answers = {key: found for key, found in session.answers.items() if key != "pages"}
    assert engine.resume(FLOW, replace(session, answers=answers), CONTEXT).cursor == "pages"


def test_an_opening_sentence_leaves_out_what_can_be_left_out_and_shows_it_at_the_review() -> None:
    session = engine.begin(FLOW, CONTEXT, "The Mill on the Floss")
    assert (session.cursor, session.quick) == ("kind", True)
    session = play(Choose("novel"), Answer("yes"), session=session)
    assert session.cursor == REVIEW
    assert session.answers["why"] == SKIPPED
    assert session.answers["pages"] == UNKNOWN
    assert "Pages: (not known)" in shown(session).text
    assert "Left out: Reason." in shown(session).text


def test_a_saved_record_opens_at_its_review_whatever_was_left_out_of_it() -> None:
    known = {"title": "Emma", "kind": "novel", "keep": True}
    session = engine.begin(FLOW, CONTEXT, answers=known, quick=True)
    assert session.cursor == REVIEW


def test_an_opening_that_says_nothing_leaves_nothing_out() -> None:
    session = engine.begin(FLOW, CONTEXT, "hello")
    assert (session.cursor, session.quick, session.answers) == ("title", False, {})
