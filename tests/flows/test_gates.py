"""The questions before what can hurt."""

from __future__ import annotations

import copy
from datetime import datetime
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.casefile.models import GateVerdict
from bot.errors import KnowledgeError
from bot.faq.entry import Knowledge
from bot.faq.text import fold
from bot.flows import engine
from bot.flows.gates import (
    FLOWS,
    GRAVITY,
    UNKNOWN_ANSWER,
    Gate,
    Rule,
    judge,
    read_gates,
)
from bot.flows.model import REVIEW, UNKNOWN, Choose, Context, Ignore
from bot.i18n import PARIS, Translator

FILE = Path(__file__).parents[2] / "knowledge" / "gates.yaml"
PLAIN: list[dict[str, Any]] = yaml.load(FILE.read_text(encoding="utf-8"), yaml.BaseLoader)
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=PARIS)


@cache
def gates() -> dict[str, Gate]:
    return read_gates(PLAIN)


def context(language: str = "fr") -> Context:
    knowledge = Knowledge(
        entries={}, topics=(), off_topic={}, values={}, kinds={}, synonyms={}, held_out=(),
        root=FILE.parent, fingerprint="", data={"gates": PLAIN},
    )  # fmt: skip
    return Context(NOW, PARIS, Translator(language), knowledge)


def as_answer(word: str) -> Any:
    """What the engine stores for an answer that a rule names."""
    return {"yes": True, "no": False, UNKNOWN_ANSWER: UNKNOWN}.get(word, word)


def every_answer(gate: Gate) -> list[dict[str, str]]:
    """Every way through a gate."""
    keys = [question.key for question in gate.questions]
    ways = product(*(question.possible for question in gate.questions))
    return [dict(zip(keys, way, strict=True)) for way in ways]


WAYS = [(name, way) for name in gates() for way in every_answer(gates()[name])]
RULES = [(name, rule) for name in gates() for rule in gates()[name].rules]
IDS = [f"{name}-{rule.key}" for name, rule in RULES]


def test_there_are_four_gates_and_a_flow_for_each() -> None:
    names = ["check-suspend", "check-terminate", "check-replace", "check-review"]
    assert [flow.name for flow in FLOWS] == names
    assert list(gates()) == names


@pytest.mark.parametrize(("name", "rule"), RULES, ids=IDS)
def test_every_rule_gives_at_least_its_verdict(name: str, rule: Rule) -> None:
    ways = [way for way in every_answer(gates()[name]) if rule.holds(way)]
    assert ways
    for way in ways:
        found = judge(gates()[name], {key: as_answer(word) for key, word in way.items()})
        assert GRAVITY.index(found.verdict) >= GRAVITY.index(rule.verdict)


@pytest.mark.parametrize(("name", "rule"), RULES, ids=IDS)
def test_every_rule_is_told_to_someone(name: str, rule: Rule) -> None:
    answers = [{k: as_answer(w) for k, w in way.items()} for way in every_answer(gates()[name])]
    assert any(rule in judge(gates()[name], found).rules for found in answers)


@given(st.sampled_from(WAYS))
def test_not_knowing_something_decisive_never_lets_anyone_go_on(
    case: tuple[str, dict[str, str]],
) -> None:
    name, way = case
    gate = gates()[name]
    verdict = judge(gate, {key: as_answer(word) for key, word in way.items()}).verdict
    unknown = {q.key for q in gate.questions if q.decisive and way[q.key] == UNKNOWN_ANSWER}
    assert verdict in ({"wait", "lawyer"} if unknown else set(GRAVITY))


@given(st.sampled_from(WAYS), st.data())
def test_a_decisive_question_without_an_answer_never_lets_anyone_go_on(
    case: tuple[str, dict[str, str]], data: st.DataObject
) -> None:
    name, way = case
    gate = gates()[name]
    decisive = [question.key for question in gate.questions if question.decisive]
    forgotten = data.draw(st.sampled_from(decisive))
    answers = {key: as_answer(word) for key, word in way.items() if key != forgotten}
    assert judge(gate, answers).verdict != "go"


@given(
    st.sampled_from(list(gates())),
    st.dictionaries(st.text(max_size=9), st.none() | st.booleans() | st.text(max_size=9)),
)
def test_strange_answers_never_let_anyone_go_on(name: str, answers: dict[str, Any]) -> None:
    assert judge(gates()[name], answers).verdict == "wait"


@pytest.mark.parametrize("name", list(gates()))
def test_the_reasons_are_all_those_of_the_gravest_verdict(name: str) -> None:
    gate = gates()[name]
    for way in every_answer(gate):
        found = judge(gate, {key: as_answer(word) for key, word in way.items()})
        holding = [rule for rule in gate.rules if rule.holds(way)]
        gravest = max((GRAVITY.index(r.verdict) for r in holding), default=1)
        assert GRAVITY.index(found.verdict) == gravest
        assert list(found.rules) == [r for r in holding if GRAVITY.index(r.verdict) == gravest]


@pytest.mark.parametrize("name", list(gates()))
def test_every_answer_matters_and_somebody_may_go_on(name: str) -> None:
    gate = gates()[name]
    assert 2 <= len(gate.questions) <= 4
    named = {
        (key, word) for rule in gate.rules for key, words in rule.when.items() for word in words
    }
    for question in gate.questions:
        for word in question.possible:
            assert (question.key, word) in named
    verdicts = {
        judge(gate, {key: as_answer(word) for key, word in way.items()}).verdict
        for way in every_answer(gate)
    }
    assert verdicts == set(GRAVITY)


SUSPEND = {"case": "none", "fault": "serious", "share": "part", "notice": "expired"}
TERMINATE = {"case": "none", "fault": "serious", "notice": "expired", "secured": True}
REPLACE = {"frozen": "full", "notice": "expired", "aim": "repair", "access": "own"}
REVIEW_FACTS = {"content": "facts", "proof": "all", "threat": False, "limits": "none"}


@pytest.mark.parametrize(
    ("name", "answers", "verdict"),
    [
        ("check-suspend", SUSPEND, "go"),
        ("check-suspend", SUSPEND | {"case": "lease"}, "lawyer"),
        ("check-suspend", SUSPEND | {"case": "insolvency"}, "lawyer"),
        ("check-suspend", SUSPEND | {"fault": "minor"}, "wait"),
        ("check-suspend", SUSPEND | {"fault": "unproved"}, "wait"),
        ("check-suspend", SUSPEND | {"notice": "none"}, "wait"),
        ("check-suspend", SUSPEND | {"share": "all"}, "wait"),
        ("check-suspend", SUSPEND | {"share": "all", "fault": "useless"}, "go"),
        ("check-terminate", TERMINATE, "go"),
        ("check-terminate", TERMINATE | {"case": "lease"}, "lawyer"),
        ("check-terminate", TERMINATE | {"notice": "plain"}, "wait"),
        ("check-terminate", TERMINATE | {"secured": False}, "wait"),
        ("check-replace", REPLACE, "go"),
        ("check-replace", REPLACE | {"frozen": "none"}, "wait"),
        ("check-replace", REPLACE | {"notice": "none"}, "wait"),
        ("check-replace", REPLACE | {"access": "forced"}, "lawyer"),
        ("check-replace", REPLACE | {"frozen": "touched"}, "wait"),
        ("check-review", REVIEW_FACTS, "go"),
        ("check-review", REVIEW_FACTS | {"content": "insult"}, "wait"),
        ("check-review", REVIEW_FACTS | {"content": "accusation"}, "wait"),
        ("check-review", REVIEW_FACTS | {"proof": "some"}, "wait"),
        ("check-review", REVIEW_FACTS | {"threat": True}, "lawyer"),
    ],
)
def test_cases_that_the_law_decides(name: str, answers: dict[str, Any], verdict: str) -> None:
    assert judge(gates()[name], answers).verdict == verdict


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_gate_is_walked_in_both_languages(flow: Any, language: str) -> None:
    here = context(language)
    session = engine.begin(flow, here)
    while session.cursor != REVIEW:
        reply = engine.render(flow, session, here)
        step = engine.current(flow, session, here)
        assert step is not None
        assert step.ask in reply.text
        session = engine.advance(flow, session, Choose(step.answer.options(here)[0][0]), here)
    assert engine.render(flow, session, here).buttons
    outcome = flow.finish(engine.final_answers(flow, session, here), here)
    (saved,) = outcome.saves
    assert isinstance(saved, GateVerdict)
    assert (saved.gate, saved.answers) == (flow.name, session.answers)
    assert gates()[flow.name].verdicts[saved.verdict].in_(language) in outcome.say
    assert all(f"• {reason}" in outcome.say for reason in saved.reasons)
    assert outcome.offer.count("dossier") == 1


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_i_dont_know_is_allowed_everywhere_and_is_told_what_to_find_out(flow: Any) -> None:
    here = context()
    session = engine.begin(flow, here)
    while session.cursor != REVIEW:
        session = engine.advance(flow, session, Ignore(), here)
    outcome = flow.finish(engine.final_answers(flow, session, here), here)
    assert outcome.saves[0].verdict == "wait"
    decisive = [question for question in gates()[flow.name].questions if question.decisive]
    assert len(outcome.saves[0].reasons) == len(decisive)
    assert "You did not know" not in outcome.say


def test_a_verdict_is_saved_with_the_answers_that_gave_it() -> None:
    flow = FLOWS[3]
    outcome = flow.finish(REVIEW_FACTS | {"content": "insult"}, context("en"))
    assert outcome.saves == (
        GateVerdict(
            "check-review",
            "wait",
            (
                "Insults are to be avoided altogether, and they weaken your case."
                " (Loi du 29 juill. 1881, art. 29)",
            ),
            REVIEW_FACTS | {"content": "insult"},
        ),
    )
    assert outcome.say == (
        "Not yet, or not like this.\n\n"
        "Why:\n"
        "• Insults are to be avoided altogether, and they weaken your case."
        " (Loi du 29 juill. 1881, art. 29)\n\n"
        "First:\n"
        "• Let the anger pass, then write facts only."
    )
    assert outcome.offer == ("incident", "dossier")


def test_what_no_rule_speaks_of_is_told_as_not_known() -> None:
    plain = copy.deepcopy(PLAIN[3])
    plain["rules"] = [rule for rule in plain["rules"] if rule["key"] == "ready"]
    gate = read_gates([plain])["check-review"]
    found = judge(gate, {**REVIEW_FACTS, "threat": UNKNOWN})
    assert (found.verdict, [q.key for q in found.unknown]) == ("wait", ["threat"])
    assert judge(gate, {**REVIEW_FACTS, "threat": True}).verdict == "wait"


def test_a_rule_that_forgets_a_decisive_question_still_lets_nobody_go_on_without_it() -> None:
    plain = copy.deepcopy(PLAIN[3])
    plain["rules"] = [rule for rule in plain["rules"] if rule["key"] == "ready"]
    del plain["rules"][0]["when"]["threat"]
    gate = read_gates([plain])["check-review"]
    assert judge(gate, {**REVIEW_FACTS, "threat": UNKNOWN}).verdict == "wait"
    assert judge(gate, {**REVIEW_FACTS, "threat": "a choice that is gone"}).verdict == "wait"
    assert judge(gate, REVIEW_FACTS).verdict == "go"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"verdict": "perhaps"}, "rules.0.verdict"),
        ({"when": {"weather": "fine"}}, "weather can’t be fine"),
        ({"when": {"threat": "maybe"}}, "threat can’t be maybe"),
        ({"when": {}}, "“when” is empty"),
        ({"verdict": "go", "when": {"threat": "unknown"}}, "can’t let anyone go on"),
        ({"basis": None}, "rules.0.basis"),
    ],
)
def test_a_rule_that_can_not_be_used_is_refused(change: dict[str, Any], fault: str) -> None:
    plain = copy.deepcopy(PLAIN[3])
    plain["rules"] = [plain["rules"][0] | change]
    with pytest.raises(KnowledgeError, match=fault):
        read_gates([plain])


def test_the_gates_are_part_of_the_knowledge(knowledge: Knowledge) -> None:
    assert read_gates(knowledge.data["gates"]) == gates()


def test_a_file_without_the_gate_is_an_error_and_not_a_verdict() -> None:
    with pytest.raises(KnowledgeError, match="list of gates"):
        read_gates(None)


def test_every_sentence_is_there_in_both_languages_with_its_basis() -> None:
    for name, rule in RULES:
        assert rule.basis, (name, rule.key)
        for french, english in ((rule.fr, rule.en), (rule.first_fr, rule.first_en)):
            assert french.endswith("."), french
            assert english.endswith("."), english
            assert fold(french) != fold(english)
            assert "'" not in french + english
