"""SIGKILL at random moments: no message is lost, none is applied twice, order holds in a chat."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support import FakeBotApi, Running

KILLS, MESSAGES, CHATS = 30, 300, 20


@pytest.fixture
async def api() -> AsyncIterator[FakeBotApi]:
    api = FakeBotApi(latency=0.01)
    await api.start()
    yield api
    await api.stop()


def notes_by_chat(folder: Path) -> dict[str, list[str]]:
    """The texts of the notes of each user, in the order they were kept."""
    with sqlite3.connect(folder / "recours.db") as connection:
        rows = connection.execute(
            "SELECT c.user, json_extract(r.body, '$.text') FROM records r"
            " JOIN cases c ON c.id = r.case_id WHERE r.kind = 'note' ORDER BY r.id"
        ).fetchall()
    connection.close()
    found: dict[str, list[str]] = {}
    for user, text in rows:
        found.setdefault(user, []).append(text)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_thirty_kills_lose_nothing_and_apply_nothing_twice(
    api: FakeBotApi, tmp_path: Path, fitted: Path, mode: str
) -> None:
    chance = random.Random(7)
    running = Running(api, tmp_path / "data", fitted, mode)
    people = [api.person(100 + i) for i in range(CHATS)]
    expected: dict[str, list[str]] = {f"telegram:{p.id}": [] for p in people}
    said = 0

    def speak(count: int) -> None:
        nonlocal said
        for _ in range(count):
            person = people[said % CHATS]
            person.says(f"/note message {said}")
            expected[f"telegram:{person.id}"].append(f"message {said}")
            said += 1

    for _ in range(KILLS):
        await running.start()
        polls = api.polls
        if mode == "polling":
            await running.until(lambda polls=polls: api.polls > polls)
        speak(MESSAGES // KILLS)
        pushing = asyncio.create_task(running.push()) if mode == "webhook" else None
        await asyncio.sleep(chance.uniform(0.0, 0.3))
        running.kill()
        if pushing is not None:
            pushing.cancel()
            await asyncio.gather(pushing, return_exceptions=True)
    await running.start()
    if mode == "webhook":
        await running.push()
    await running.until(
        lambda: sum(len(texts) for texts in notes_by_chat(running.folder).values()) >= MESSAGES, 60
    )
    await asyncio.sleep(1.0)
    running.stop()

    assert notes_by_chat(running.folder) == expected
    replies = Counter((p.id, m["text"]) for p in people for m in p.messages())
    repeated = sum(count - 1 for count in replies.values() if count > 1)
    print(
        f"\n{mode}: {KILLS} kills, {said} messages, 0 lost, 0 twice; {repeated} replies repeated"
    )
    assert len(replies) >= MESSAGES
