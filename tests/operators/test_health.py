"""The health check says what is wrong, and nothing when all is well."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.operators.health import HEARTBEAT, MAX_SET_ASIDE, MAX_SILENCE, health
from bot.store.queues import MAX_ATTEMPTS
from bot.store.store import Store
from tests.conftest import NOON


def test_the_console_needs_no_sign_of_life(store: Store) -> None:
    assert health(store, NOON, on_telegram=False) == []


def test_a_bot_that_never_started_is_told(store: Store) -> None:
    assert health(store, NOON, on_telegram=True) == ["the bot has not started yet"]


@pytest.mark.parametrize(
    ("silence", "well"),
    [
        (timedelta(0), True),
        (MAX_SILENCE, True),
        (MAX_SILENCE + timedelta(seconds=1), False),
        (timedelta(days=400), False),
        (-timedelta(hours=1), True),  # the clock was put back
    ],
)
def test_a_bot_that_fell_silent_is_told(store: Store, silence: timedelta, well: bool) -> None:
    seen = (NOON - silence).isoformat()
    store.set_fact(HEARTBEAT, seen)
    expected = [] if well else [f"the bot gave no sign of life since {seen}"]
    assert health(store, NOON, on_telegram=True) == expected


@pytest.mark.parametrize("more", [0, 1])
def test_many_messages_set_aside_are_told(store: Store, more: int) -> None:
    count = MAX_SET_ASIDE + more
    with store.transaction():
        for id in range(count):
            store.inbox.add(id, 42, "{}", NOON)
            for _ in range(MAX_ATTEMPTS):
                store.inbox.failed(id, "boom")
    told = [f"{count} messages were set aside after errors; see the log"]
    assert health(store, NOON, on_telegram=False) == told * more
