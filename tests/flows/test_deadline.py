"""The flow that notes a date: what is asked, what a sentence answers, what is saved."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.casefile.models import Case, CaseFile, Event, Party
from bot.casefile.rules import read_deadlines
from bot.errors import InvalidAnswer
from bot.faq.library import Library
from bot.flows import engine
from bot.flows.deadline import FLOW, answers_of
from bot.flows.model import REVIEW, Answer, Choose, Context, Edit, Session
from bot.i18n import PARIS, Translator

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
def context(library: Library) -> Context:
    return Context(NOW, PARIS, Translator("fr"), library.knowledge)


def walk(context: Context, *events: Any, opening: str = "") -> Session:
    session = engine.begin(FLOW, context, opening)
    for event in events:
        session = engine.advance(FLOW, session, event, context)
    return session


def saved(session: Session, context: Context) -> Event:
    assert session.cursor == REVIEW
    [event] = FLOW.finish(engine.final_answers(FLOW, session, context), context).saves
    assert isinstance(event, Event)
    return event


def test_the_group_then_the_event_then_its_date_make_an_event(context: Context) -> None:
    session = walk(
        context, Choose("court"), Choose("order-to-pay-served"), Answer("3 novembre 2026")
    )
    assert saved(session, context) == Event("order-to-pay-served", date(2026, 11, 3))


def test_an_event_with_a_second_question_asks_it(context: Context) -> None:
    session = walk(context, Choose("letters"), Choose("notice-received"))
    assert session.cursor == "choice.notice-received"
    session = engine.advance(FLOW, session, Choose("annoying"), context)
    session = engine.advance(FLOW, session, Choose("yesterday"), context)
    assert saved(session, context) == Event("notice-received:annoying", date(2026, 11, 23))


def test_an_event_counted_in_hours_keeps_its_time(context: Context) -> None:
    session = walk(context, Choose("online"), Choose("data-breach"), Answer("hier à 14h"))
    at = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
    assert saved(session, context) == Event("data-breach", date(2026, 11, 23), at=at)


def test_an_event_counted_in_hours_may_have_a_day_alone(context: Context) -> None:
    session = walk(context, Choose("online"), Choose("data-breach"), Answer("hier"))
    assert saved(session, context) == Event("data-breach", date(2026, 11, 23))


def test_a_date_to_come_is_read_where_one_is_meant(context: Context) -> None:
    session = walk(context, Choose("contract"), Choose("renewal-term"), Answer("15 mars"))
    assert saved(session, context) == Event("renewal-term", date(2027, 3, 15))


@pytest.mark.parametrize(
    ("group", "kind"), [("court", "summons-received"), ("online", "data-breach")]
)
@pytest.mark.parametrize("words", ["en mars", "demain", "bientôt"])
def test_a_date_that_is_no_past_day_is_asked_again(
    context: Context, group: str, kind: str, words: str
) -> None:
    session = walk(context, Choose(group), Choose(kind))
    with pytest.raises(InvalidAnswer):
        engine.advance(FLOW, session, Answer(words), context)


def test_a_sentence_names_the_event_and_its_date(context: Context) -> None:
    opening = "injonction de payer signifiée le 3 novembre 2026"
    session = walk(context, opening=opening)
    assert saved(session, context) == Event("order-to-pay-served", date(2026, 11, 3))


@pytest.mark.parametrize(
    ("opening", "kind"),
    [
        ("j'ai reçu une injonction de payer", "order-to-pay-served"),
        ("ma lettre n'a pas été retirée, il y a un avis de passage", "letter-not-collected"),
        ("mon compte a été prélevé", "direct-debit"),
        ("le prestataire est en liquidation judiciaire", "insolvency-published"),
        ("we had a data breach", "data-breach"),
        ("I was served an order to pay", "order-to-pay-served"),
        ("mon site est lent", None),
        ("", None),
    ],
)
def test_a_sentence_is_understood_or_left_alone(
    context: Context, opening: str, kind: str | None
) -> None:
    session = engine.begin(FLOW, context, opening)
    found = session.answers.get(f"kind.{session.answers.get('group')}")
    assert found == kind


def test_another_group_asks_what_happened_again_and_keeps_the_date(context: Context) -> None:
    session = walk(
        context, Choose("court"), Choose("order-to-pay-served"), Answer("3 novembre 2026"),
        Edit("group"), Choose("money"),
    )  # fmt: skip
    assert session.cursor == "kind.money"
    session = engine.advance(FLOW, session, Choose("direct-debit"), context)
    assert saved(session, context) == Event("direct-debit", date(2026, 11, 3))


def test_to_move_an_event_only_its_date_is_asked_and_its_number_is_kept(context: Context) -> None:
    event = Event("notice-received:heavy", date(2026, 11, 3), letter=2, number=5)
    context = replace(context, data={"event": 5, "letter": 2})
    answers = answers_of(event, read_deadlines(context.knowledge))
    session = engine.begin(FLOW, context, answers=answers)
    assert session.cursor == "on"
    session = engine.advance(FLOW, session, Answer("5 novembre 2026"), context)
    assert saved(session, context) == replace(event, on=date(2026, 11, 5))


def test_what_can_not_happen_to_a_client_is_not_offered(context: Context) -> None:
    case = Case(1, 1, "console:a", "open", NOW, client=Party(profile="business"))
    session = walk(context, Choose("contract"))
    everyone = engine.current(FLOW, session, context)
    business = replace(context, file=CaseFile(case))
    own = engine.current(FLOW, session, business)
    assert everyone is not None
    assert own is not None
    left_out = {key for key, _ in everyone.answer.options(context)} - {
        key for key, _ in own.answer.options(business)
    }
    assert left_out == {"signed-off-premises", "withdrawal-sent", "termination-notified"}


def test_an_event_that_the_file_lost_meanwhile_is_chosen_again(context: Context) -> None:
    session = walk(
        context, Choose("court"), Choose("order-to-pay-served"), Answer("3 novembre 2026")
    )
    emptied = replace(context, knowledge=replace(context.knowledge, data={}))
    with pytest.raises(InvalidAnswer):
        FLOW.finish(session.answers, emptied)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_question_shows_in_both_languages_with_buttons_that_fit(
    context: Context, language: str
) -> None:
    context = replace(context, t=Translator(language))
    for kind in read_deadlines(context.knowledge).events.values():
        answers = {"group": kind.group, f"kind.{kind.group}": kind.id}
        session = engine.begin(FLOW, context, answers=answers)
        reply = engine.render(FLOW, session, context)
        assert kind.ask[language] in reply.text or kind.choose[language] in reply.text
