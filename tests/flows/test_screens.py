"""What the engine shows: a question with its ways on, and the review of every answer."""

from __future__ import annotations

from dataclasses import replace

from bot.flows import engine
from bot.flows.model import Back
from bot.messages import MAX_DATA_BYTES, Reply
from tests.flows.test_engine import NOVEL, play, shown, verbs


def labels(reply: Reply) -> list[str]:
    return [button.label for row in reply.buttons for button in row]


def test_each_question_has_one_line_of_progress_and_a_way_out() -> None:
    for count in range(len(NOVEL)):
        reply = shown(play(*NOVEL[:count]))
        assert reply.text.splitlines()[0] == f"Loan, {count + 1}/5"
        assert verbs(reply)[-1] == "stop"


def test_a_question_offers_to_skip_or_not_to_know_only_where_that_is_allowed() -> None:
    offered = [verbs(shown(play(*NOVEL[:count]))) for count in (0, 2, 3)]
    assert offered == [["stop"], ["back", "skip", "stop"], ["back", "dunno", "stop"]]


def test_the_review_shows_every_answer_and_offers_to_change_each() -> None:
    reply = shown(play(*NOVEL))
    for line in ("Book: Middlemarch", "Kind: A novel", "Reason: Long", "Pages: 800", "Kept: No"):
        assert line in reply.text.splitlines()
    assert labels(reply) == [
        "Save", "✎ Book", "✎ Kind", "✎ Reason", "✎ Pages", "✎ Kept", "← Back", "Cancel",
    ]  # fmt: skip


def test_a_question_that_was_answered_shows_its_answer() -> None:
    assert "Now: A novel" in shown(play(*NOVEL[:2], Back())).text


def test_buttons_carry_the_revision_and_keys_in_at_most_64_bytes() -> None:
    session = replace(play(*NOVEL), revision=999_999_999)
    data = [button.data for row in shown(session).buttons for button in row]
    assert "999999999:edit:title" in data
    assert max(len(item.encode()) for item in data) <= MAX_DATA_BYTES


def test_a_verb_that_is_no_event_gives_none() -> None:
    assert [engine.event_for(verb, "") for verb in ("", "sudo", "stop", "IS")] == [None] * 4
