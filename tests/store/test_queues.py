"""What came in waits for its turn, what goes out waits until it was sent."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bot.messages import Button, Document, Reply
from bot.store.queues import MAX_ATTEMPTS
from bot.store.store import Store
from tests.conftest import NOON

BODY = '{"text": "mon secret"}'


def inbox_rows(store: Store) -> list[tuple[int, str, str | None]]:
    found = store.database.execute("SELECT id, state, body FROM inbox ORDER BY id").fetchall()
    return [tuple(item) for item in found]


def outbox_states(store: Store) -> list[str]:
    found = store.database.execute("SELECT state FROM outbox ORDER BY id").fetchall()
    return [state for (state,) in found]


def test_a_repeated_update_is_dropped(store: Store) -> None:
    assert store.inbox.add(7, 42, BODY, NOON)
    assert not store.inbox.add(7, 42, '{"text": "again"}', NOON)
    assert store.inbox.waiting() == [(7, BODY)]


def test_a_repeat_of_an_update_whose_turn_is_over_is_dropped(store: Store) -> None:
    store.inbox.add(7, 42, BODY, NOON)
    store.inbox.done(7)
    assert not store.inbox.add(7, 42, BODY, NOON)
    assert store.inbox.waiting() == []


def test_updates_wait_in_the_order_of_their_ids(store: Store) -> None:
    for id in (9, 7, 8):
        store.inbox.add(id, None, str(id), NOON)
    store.inbox.done(8)
    assert store.inbox.waiting() == [(7, "7"), (9, "9")]


def test_an_update_is_new_until_its_turn_is_over(store: Store) -> None:
    assert not store.inbox.is_new(7)
    store.inbox.add(7, 42, BODY, NOON)
    assert store.inbox.is_new(7)
    store.inbox.done(7)
    assert not store.inbox.is_new(7)


def test_the_words_go_when_the_turn_is_over(store: Store) -> None:
    store.inbox.add(7, 42, BODY, NOON)
    store.inbox.done(7)
    assert inbox_rows(store) == [(7, "done", None)]


def test_an_update_that_keeps_failing_is_set_aside_and_the_others_go_on(store: Store) -> None:
    store.inbox.add(7, 42, BODY, NOON)
    store.inbox.add(8, 42, "next", NOON)
    told = [store.inbox.failed(7, "boom") for _ in range(MAX_ATTEMPTS)]
    assert told == [False] * (MAX_ATTEMPTS - 1) + [True]
    assert store.inbox.waiting() == [(8, "next")]
    assert not store.inbox.is_new(7)
    assert store.counts()["inbox set aside"] == 1
    error = store.database.execute("SELECT error FROM inbox WHERE id = 7").fetchone()
    assert error == ("boom",)


def test_a_failure_of_an_unknown_update_changes_nothing(store: Store) -> None:
    assert not store.inbox.failed(7, "boom")
    assert inbox_rows(store) == []


def test_only_turns_long_over_are_forgotten(store: Store) -> None:
    for id, age in ((1, 9), (2, 9), (3, 1)):
        store.inbox.add(id, 42, BODY, NOON - timedelta(days=age))
    store.inbox.done(1)
    store.inbox.done(3)
    store.inbox.forget_before(NOON - timedelta(days=7))
    assert inbox_rows(store) == [(2, "new", BODY), (3, "done", None)]


def test_replies_come_out_as_they_went_in_and_in_order(store: Store) -> None:
    replies = [
        Reply("l’été 🏖\n<b>&"),
        Reply("**gras**", markup=True, buttons=((Button("Oui", "1:choose:yes"),), ())),
        Reply("", document=Document("documents/1/a.pdf", "a.pdf", picture=True), silent=True),
        Reply("voir", buttons=((Button("Texte", url="https://www.legifrance.gouv.fr"),),)),
    ]
    store.outbox.add("console:anne", replies[:2], NOON)
    store.outbox.add("console:bob", [Reply("autre")], NOON)
    store.outbox.add("console:anne", replies[2:], NOON)
    waiting = store.outbox.waiting("console:anne")
    assert [sent.reply for sent in waiting] == replies
    assert [sent.id for sent in waiting] == sorted(sent.id for sent in waiting)
    assert [sent.reply.text for sent in store.outbox.waiting()][2] == "autre"


def test_what_was_sent_waits_no_more_and_its_words_go(store: Store) -> None:
    store.outbox.add("telegram:42", [Reply("a"), Reply("b")], NOON)
    first = store.outbox.waiting()[0]
    store.outbox.sent(first.id, "42:1001")
    assert [sent.reply.text for sent in store.outbox.waiting()] == ["b"]
    kept = store.database.execute("SELECT body, message FROM outbox WHERE id = ?", [first.id])
    assert kept.fetchone() == ("{}", "42:1001")


def test_no_byte_of_what_was_sent_or_answered_is_left_on_disk(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for id in range(20):
        store.inbox.add(id, 42, f"zebraquagga {id} " * 20, NOON)
        store.outbox.add("telegram:42", [Reply(f"zebraquagga {id} " * 20)], NOON)
    for sent in store.outbox.waiting():
        store.outbox.sent(sent.id)
    for id in range(20):
        store.inbox.done(id)
    store.close()
    assert b"zebra" not in (tmp_path / "recours.db").read_bytes()


def test_a_passing_failure_is_tried_again_and_a_refusal_is_not(store: Store) -> None:
    store.outbox.add("telegram:42", [Reply("a"), Reply("b")], NOON)
    first, second = store.outbox.waiting()
    store.outbox.failed(first.id, "TimedOut", permanent=False)
    store.outbox.failed(second.id, "blocked", permanent=True)
    assert [(sent.reply.text, sent.attempts) for sent in store.outbox.waiting()] == [("a", 1)]
    assert outbox_states(store) == ["new", "refused"]


def test_the_users_of_a_channel_who_wait_for_something(store: Store) -> None:
    for user in ("telegram:42", "telegram:42", "telegram:43", "console:anne"):
        store.outbox.add(user, [Reply("a")], NOON)
    for sent in store.outbox.waiting("telegram:43"):
        store.outbox.sent(sent.id)
    assert store.outbox.users("telegram") == ["telegram:42"]


def test_what_is_still_to_be_sent_is_never_forgotten(store: Store) -> None:
    store.outbox.add("telegram:42", [Reply("a"), Reply("b"), Reply("c")], NOON)
    first, second, _ = store.outbox.waiting()
    store.outbox.sent(first.id)
    store.outbox.failed(second.id, "blocked", permanent=True)
    store.outbox.forget_before(NOON + timedelta(days=1))
    assert outbox_states(store) == ["new"]
