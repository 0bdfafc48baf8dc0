from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.errors import RecoursError
from bot.faq.evaluate import (
    Question,
    Tally,
    evaluate,
    held_out,
    misses,
    read_questions,
    table,
)
from bot.faq.explain import as_json
from bot.faq.matcher import Match, Outcome
from tests.faq.toys import toy_knowledge


def tally(*counted: tuple[tuple[str, ...], Match]) -> Tally:
    found = Tally()
    for ids, match in counted:
        found.add(Question("?", "fr", ids), match)
    return found


def match(outcome: Outcome, *ids: str, off_topic: str = "") -> Match:
    scores = tuple(0.9 / (i + 1) for i in range(len(ids)))
    return Match(outcome, ids, scores, off_topic=off_topic)


@pytest.mark.parametrize(
    ("ids", "found", "expected"),
    [
        (("a",), match("answer", "a", "b"), Tally(ours=1, first=1, three=1, served=1)),
        (("a", "c"), match("answer", "c", "b"), Tally(ours=1, first=1, three=1, served=1)),
        (("a",), match("answer", "b", "a"), Tally(ours=1, three=1, wrong=1)),
        (("a",), match("suggest", "b", "c", "a"), Tally(ours=1, three=1, served=1)),
        (("a",), match("suggest", "b", "c", "d", "a"), Tally(ours=1)),
        (("a",), match("none", "a"), Tally(ours=1, first=1, three=1, none=1)),
        (("a",), match("none"), Tally(ours=1, none=1)),
        ((), match("none", "a"), Tally(others=1)),
        ((), match("suggest", "a"), Tally(others=1, offered=1)),
        ((), match("answer", "a"), Tally(others=1, offered=1, answered=1)),
    ],
)
def test_a_question_counts_as_what_a_client_gets(
    ids: tuple[str, ...], found: Match, expected: Tally
) -> None:
    assert tally((ids, found)) == expected


def test_shares_are_of_ours_and_of_others_apart() -> None:
    found = tally(
        (("a",), match("answer", "a")),
        (("a",), match("answer", "b")),
        (("a",), match("suggest", "b", "a")),
        (("a",), match("none")),
        ((), match("answer", "a")),
        ((), match("none")),
    )
    assert [cell.strip() for cell in found.row()] == [
        "25.0%", "50.0%", "50.0%", "25.0%", "25.0%", "50.0%", "50.0%",
    ]  # fmt: skip


def test_a_share_of_nothing_is_a_dash() -> None:
    assert {cell.strip() for cell in Tally().row()} == {"–"}


QUESTIONS = [
    Question("où ?", "fr", ("a",), "sms"),
    Question("where?", "en", ("a",), "plain"),
    Question("ciao", "fr", (), "oos"),
]


def always(_text: str, _language: str) -> Match:
    return match("answer", "a")


def test_questions_are_counted_for_all_by_style_and_by_language() -> None:
    tallies = evaluate(QUESTIONS, always)
    one = Tally(ours=1, first=1, three=1, served=1)
    assert tallies == {
        "all": Tally(ours=2, first=2, three=2, served=2, others=1, answered=1, offered=1),
        "sms": one,
        "plain": one,
        "oos": Tally(others=1, answered=1, offered=1),
        "lang fr": Tally(ours=1, first=1, three=1, served=1, others=1, answered=1, offered=1),
        "lang en": one,
    }


def test_the_table_has_a_row_for_each_tally() -> None:
    lines = table(evaluate(QUESTIONS, always)).splitlines()
    assert [line.split("  ")[0].strip() for line in lines[1:]] == [
        "all", "sms", "lang fr", "plain", "lang en", "oos",
    ]  # fmt: skip
    assert lines[1].split()[1:3] == ["3", "100.0%"]


def test_misses_name_what_was_wanted_and_what_was_got() -> None:
    def answer(text: str, _language: str) -> Match:
        if text == "ciao":
            return match("none", "a", off_topic="bavardage")
        return match("answer", "b") if text == "où ?" else match("answer", "a")

    assert misses(QUESTIONS, answer) == ["answer   où ?\n         want a; got b"]


def test_an_unanswered_question_of_ours_is_a_miss_told_with_its_kind() -> None:
    def none(_text: str, _language: str) -> Match:
        return match("none", "a", off_topic="divers")

    assert misses(QUESTIONS[:1], none) == ["none     où ?\n         want a; got divers"]


def test_questions_are_read_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text(
        '{"q": "où ?", "ids": ["a", "b"], "style": "sms"}\n\n{"q": "hey", "lang": "en"}\n',
        encoding="utf-8",
    )
    assert read_questions(path) == [
        Question("où ?", "fr", ("a", "b"), "sms"),
        Question("hey", "en", ()),
    ]


@pytest.mark.parametrize("line", ["{", '{"lang": "fr"}', "3", '["q"]', '{"q": "x", "ids": 3}'])
def test_a_line_that_is_no_question_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text('{"q": "où ?"}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(RecoursError, match=r"questions\.jsonl:2: not a question"):
        read_questions(path)


def test_the_questions_kept_beside_the_knowledge_can_be_counted() -> None:
    from bot.faq.entry import HeldOut

    kept = HeldOut("où ?", "fr", ("a",), Path("essais.fr.txt"), 1)
    assert held_out(toy_knowledge(held_out=(kept,))) == [Question("où ?", "fr", ("a",))]


def test_a_script_reads_outcome_ids_and_scores_on_one_line() -> None:
    line = as_json(match("suggest", "à-b", "c"))
    assert "\n" not in line
    assert json.loads(line) == {"outcome": "suggest", "ids": ["à-b", "c"], "scores": [0.9, 0.45]}
