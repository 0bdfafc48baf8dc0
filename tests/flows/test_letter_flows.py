"""The letters' flows: only what the case lacks is asked; a sent version is never changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import Any

import pytest

from bot.casefile.models import (
    Case,
    CaseDetails,
    CaseFile,
    Contract,
    Event,
    Incident,
    Letter,
    Party,
)
from bot.documents import letter
from bot.errors import InvalidAnswer
from bot.flows import engine, letters, provider, sent
from bot.flows.model import REVIEW, Answer, Choose, Context, Flow, Session
from bot.i18n import PARIS, Catalogues, Translator
from tests.conftest import NOON
from tests.documents.letter_cases import real_knowledge

FLOWS = {flow.name: flow for flow in letters.FLOWS}
BAKER = Party(
    "Le Fournil SARL", "12 rue des Lilas, 35000 Rennes", "", "", "Marie D., gérante", "business"
)
AGENCY = Party("Pixel SAS", "3 avenue de la Gare\n75012 Paris", "", "a@pixel.example")
CONTRACT = Contract("", "création d’un site", "2025-09-01", 480000, 300000, "Paiement 24 h/24")
BROKEN = Incident("payment", what="Plus de paiement", number=1, created=NOON)


def context(file: CaseFile | None = None, **data: Any) -> Context:
    return Context(NOON, PARIS, Translator("fr"), real_knowledge(), file or full(), data)


def full(*incidents: Incident, **parts: Any) -> CaseFile:
    case = Case(1, 1, "test", "open", NOON, AGENCY, BAKER, CONTRACT)
    return CaseFile(case, incidents or (BROKEN,), **parts)


def bare(**parts: Any) -> CaseFile:
    return CaseFile(Case(1, 1, "test", "open", NOON), **parts)


def keys(flow: Flow, where: Context, **answers: Any) -> list[str]:
    session = Session(flow.name, flow.version, REVIEW, answers)
    return [step.key for step in engine.visible(flow, session, where)]


NOTICE = {
    "demand": "Réparer", "delay": "med_courant", "ending": "law", "replace": True, "reduce": False,
    "suspend": False, "court": True, "nullity": False, "more": {"skipped": True},
    "sending": "registered",
}  # fmt: skip


def test_a_case_that_knows_the_parties_is_not_asked_for_them() -> None:
    asked = keys(FLOWS["notice"], context())
    assert asked == [
        "demand", "delay", "ending", "replace", "reduce", "suspend", "court", "nullity", "more",
        "sending",
    ]  # fmt: skip


def test_an_empty_case_is_asked_for_everything_a_letter_needs() -> None:
    for kind, flow in FLOWS.items():
        asked = keys(flow, context(bare()), form="company", delay="date", route="reduction")
        lacking = letter.missing(kind, bare(), {"form": "company", "delay": "date",
                                                "route": "reduction"})  # fmt: skip
        wanted = {key if key != "griefs" else "story" for key in lacking}
        assert wanted - {"delay"} <= set(asked), kind


def test_several_incidents_can_be_chosen_by_number() -> None:
    second = replace(BROKEN, number=2, what="Lenteurs")
    where = context(full(BROKEN, second))
    assert keys(FLOWS["notice"], where)[0] == "incidents"
    step = letters.steps({}, where, kind="notice")[0]
    assert step.answer.parse("2", where) == [2]
    assert step.answer.parse("1 et 2", where) == [1, 2]
    for typed in ("3", "rien", ""):
        with pytest.raises(InvalidAnswer):
            step.answer.parse(typed, where)
    outcome = letters.finish({**NOTICE, "incidents": [2]}, where, kind="notice")
    assert "Lenteurs" in outcome.say
    assert "Plus de paiement" not in outcome.say


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("3", "med_urgence"),
        ("8 jours", "med_genant"),
        ("15", "med_courant"),
        ("30 jours", "med_lourd"),
    ],
)
def test_a_delay_is_read_by_its_figure(typed: str, key: str) -> None:
    where = context()
    step = next(s for s in letters.steps({}, where, kind="notice") if s.key == "delay")
    assert step.answer.parse(typed, where) == key


@pytest.mark.parametrize("typed", ["45 jours", "15 ou 30", "bientôt"])
def test_another_delay_is_asked_again(typed: str) -> None:
    where = context()
    step = next(s for s in letters.steps({}, where, kind="notice") if s.key == "delay")
    with pytest.raises(InvalidAnswer):
        step.answer.parse(typed, where)


@pytest.mark.parametrize("typed", ["demain", "12 décembre 2026", "hier"])
def test_a_fixed_day_is_a_working_day_that_leaves_time(typed: str) -> None:
    with pytest.raises(InvalidAnswer):
        letters.DayToCome(future=True).parse(typed, context())


def test_a_good_fixed_day_is_kept() -> None:
    day = letters.DayToCome(future=True).parse("15 décembre 2026", context())
    assert day == "2026-12-15"


def test_a_plain_yes_ends_the_contract_under_the_law() -> None:
    where = context()
    ending = letters.EndingChoice(letters.ENDINGS)
    assert [ending.parse(typed, where) for typed in ("oui", "non")] == ["law", "no"]


def test_the_flow_runs_to_a_letter_with_its_fingerprint() -> None:
    where = context()
    session = engine.begin(FLOWS["notice"], where)
    for event in (
        Answer("Réparer le paiement"), Choose("med_courant"), Choose("clause"),
        Answer("article 12"),
        Answer("Le contrat est résolu de plein droit."), Choose("no"), Choose("no"), Choose("yes"),
        Answer("900 €"), Answer("F-7"), Answer("900"), Choose("no"), Choose("no"),
        Answer("Appel du 3 mars"), Choose("registered"),
    ):  # fmt: skip
        session = engine.advance(FLOWS["notice"], session, event, where)
    assert session.cursor == REVIEW
    final = engine.final_answers(FLOWS["notice"], session, where)
    outcome = FLOWS["notice"].finish(final, where)
    details, made = outcome.saves
    assert details.contract["termination_clause"] == "Le contrat est résolu de plein droit."
    assert made.files[0][1] in outcome.say
    assert made.body["days"] == 15
    assert outcome.job == ("letter", {"letter": 1})
    assert "900 €" in outcome.say.replace("\u00a0", " ")
    again = letter.letter_files(made)
    assert made.files == tuple((name, sha256(content).hexdigest()) for name, content in again)


def test_the_french_letter_is_shown_first_whatever_the_language(catalogues: Catalogues) -> None:
    where = replace(context(), t=catalogues.translator("en"))
    outcome = letters.finish(NOTICE, where, kind="notice")
    french, english = outcome.say.index("mise en demeure"), outcome.say.index("formal notice")
    assert french < english
    assert outcome.saves[1].files[2][0].endswith("reading-copy.pdf")


def test_a_story_told_in_a_letter_becomes_an_incident() -> None:
    answers = {**NOTICE, "story": "Le site est tombé", "story_since": {"unknown": True}}
    where = context(replace(full(), incidents=()))
    _, made, incident = letters.finish(answers, where, kind="notice").saves
    assert isinstance(made, Letter)
    assert (incident.kind, incident.what, incident.unsure) == (
        "other",
        "Le site est tombé",
        ("since",),
    )


def test_a_new_draft_leaves_the_sent_letter_alone() -> None:
    first = letters.finish(NOTICE, context(), kind="notice").saves[1]
    gone = letter.mark_sent(first, {"how": "registered", "posted": "2026-11-20"})
    second = letters.finish(NOTICE, context(full(letters=(gone,))), kind="notice").saves[1]
    assert (second.number, second.version, second.status) == (2, 1, "draft")


@pytest.mark.parametrize(
    ("kind", "answers"),
    [
        ("notice", {**NOTICE, "suspend": True, "suspend_cents": 0}),
        ("second-letter", {**NOTICE, "route": "reduction", "reduction_cents": 500000,
                           "notice_on": "2026-11-01"}),
        ("reply", {"claim_on": "2026-11-01", "claim_position": "part", "claim_cents": 100,
                   "claim_contested": 200}),
    ],
)  # fmt: skip
def test_amounts_that_can_not_be_are_asked_again(kind: str, answers: dict[str, Any]) -> None:
    with pytest.raises(InvalidAnswer):
        letters.finish(answers, context(), kind=kind)


def test_a_clause_that_was_not_announced_is_told() -> None:
    answers = {**NOTICE, "route": "clause", "clause_text": "Le contrat prend fin.",
               "notice_on": "2026-11-01"}  # fmt: skip
    said = letters.finish(answers, context(), kind="second-letter").say
    assert "quoted it" in said


# What is sent


def draft(kind: str = "notice", **answers: Any) -> Letter:
    found: Letter = letters.finish({**NOTICE, **answers}, context(), kind=kind).saves[1]
    return found


def send(made: Letter, file: CaseFile | None = None, **told: Any) -> tuple[Any, ...]:
    where = context(file or full(letters=(made,)), letter=made.number)
    return sent.finish({"how": "registered", "posted": "2026-11-20", **told}, where).saves


def test_sending_locks_the_letter_and_starts_its_deadlines() -> None:
    made = draft()
    gone, *events = send(made, tracking="1A 234", presented="2026-11-23")
    assert gone.sent == {
        "how": "registered", "posted": "2026-11-20", "tracking": "1A 234",
        "presented": "2026-11-23",
    }  # fmt: skip
    assert (gone.body, gone.files) == (made.body, made.files)
    assert events == [
        Event("notice-posted", date(2026, 11, 20), 1),
        Event("notice-received:standard", date(2026, 11, 23), 1),
    ]


def test_a_date_learnt_later_adds_only_what_it_starts() -> None:
    made = draft()
    gone, *events = send(made)
    assert [event.kind for event in events] == ["notice-posted"]
    file = full(letters=(gone,), events=tuple(events))
    asked = keys(sent.FLOW, context(file))
    assert asked == ["tracking", "presented", "received"]
    later, *more = sent.finish({"received": "2026-11-24"}, context(file)).saves
    assert [event.kind for event in more] == ["notice-received:standard"]
    again = full(letters=(later,), events=(*events, *more))
    assert sent.waiting(again) == []


def test_a_fixed_day_starts_at_once() -> None:
    made = draft(delay="date", until="2026-12-15")
    _, *events = send(made, received="2026-11-23")
    assert Event("notice-day", date(2026, 12, 15), 1) in events
    assert not [event for event in events if event.kind.startswith("notice-received")]


def test_a_request_for_access_ends_on_its_own_day() -> None:
    made = draft("access", assets="all", delay="med_genant")
    _, *events = send(made, received="2026-11-23")
    assert events == [Event("notice-day", date(2026, 12, 1), 1)]


def test_a_termination_counts_from_its_receipt() -> None:
    made = draft("second-letter", route="law", notice_on="2026-10-01")
    _, *events = send(made, received="2026-11-23")
    assert Event("termination-notified", date(2026, 11, 23), 1) in events


def test_every_event_of_a_letter_is_known_to_the_deadlines() -> None:
    from bot.casefile.rules import read_deadlines, split_kind

    known = read_deadlines(real_knowledge()).events
    consumer = replace(BAKER, profile="consumer", representative="")
    file = full()
    file = replace(file, case=replace(file.case, client=consumer))
    for kind, answers in (
        ("notice", {}), ("report", {}), ("access", {"assets": "all"}),
        ("second-letter", {"route": "law", "notice_on": "2026-10-01"}),
    ):  # fmt: skip
        made = draft(kind, **answers)
        held = replace(file, letters=(made,))
        _, *events = send(made, held, how="e-registered", received="2026-11-23")
        assert {split_kind(event.kind)[0] for event in events} <= set(known)


def test_dates_out_of_order_are_refused() -> None:
    made = draft()
    with pytest.raises(InvalidAnswer):
        send(made, presented="2026-11-19")
    with pytest.raises(InvalidAnswer):
        send(made, presented="2026-11-23", received="2026-11-22")


def test_the_letter_is_asked_only_when_there_are_several() -> None:
    one, two = draft(), replace(draft(), number=2)
    assert keys(sent.FLOW, context(full(letters=(one,))))[0] == "how"
    assert keys(sent.FLOW, context(full(letters=(one, two)))) == ["letter"]
    assert keys(sent.FLOW, context(full(letters=(one, two)), letter=2))[0] == "how"


# Provider and contract


def test_every_detail_can_be_left_out() -> None:
    where = context(bare())
    assert all(step.optional for step in provider.steps({}, where))
    outcome = provider.finish({}, where)
    assert outcome.saves == (CaseDetails(),)


def test_details_go_to_their_place() -> None:
    answers = {
        "provider_name": "Pixel", "provider_siren": "552100554", "contract_price": 1000,
        "contract_due": "2026-12-15", "client_name": "Zoé", "form": "person",
        "client_email": {"skipped": True},
    }  # fmt: skip
    (found,) = provider.finish(answers, context(bare())).saves
    assert found == CaseDetails(
        provider={"name": "Pixel", "siren": "552100554"},
        client={"name": "Zoé", "profile": "consumer"},
        contract={"price_cents": 1000, "due": "2026-12-15"},
    )


@pytest.mark.parametrize(
    ("form", "small", "profile"),
    [("company", "yes", "small-business"), ("company", "no", "business"),
     ("trader", "yes", "small-business"), ("association", None, "nonprofessional")],
)  # fmt: skip
def test_the_profile_follows_from_who_the_client_is(
    form: str, small: str | None, profile: str
) -> None:
    answers = {"form": form} | ({"small": small} if small else {})
    (found,) = provider.finish(answers, context(bare())).saves
    assert found.client["profile"] == profile


def test_what_the_case_knows_can_be_changed() -> None:
    known = provider.answers_of(full())
    where = context()
    session = engine.begin(provider.FLOW, where, answers=known)
    assert known["contract_price"] == 480000
    assert provider.details(known, full()).contract["subject"] == "création d’un site"
    assert session.cursor not in known
