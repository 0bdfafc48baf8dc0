"""The network's faults, floods and refusals, against the emulated Bot API."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from telegram import Update
from telegram.error import NetworkError

from bot.channels.queue import DurableQueue
from bot.store.store import Store
from tests.conftest import Clock
from tests.support import TOKEN, FakeBotApi, Running


@pytest.fixture
async def api() -> AsyncIterator[FakeBotApi]:
    api = FakeBotApi()
    await api.start()
    yield api
    await api.stop()


@pytest.fixture
def running(api: FakeBotApi, tmp_path: Path, fitted: Path) -> Iterator[Running]:
    running = Running(api, tmp_path / "data", fitted, "polling")
    yield running
    running.stop()


def failing(method: str, times: int, answer: dict[str, Any]) -> Any:
    """A fault: the first `times` calls of a method get this answer."""
    left = [times]

    def fault(called: str, values: dict[str, Any]) -> dict[str, Any] | None:
        if called != method or left[0] == 0:
            return None
        left[0] -= 1
        return dict(answer)

    return fault


async def test_too_many_requests_and_server_errors_delay_a_reply_but_lose_none(
    api: FakeBotApi, running: Running
) -> None:
    api.faults.append(
        failing("sendMessage", 2, {"status": 429, "ok": False, "error_code": 429,
                                   "description": "Too Many Requests: retry after 1",
                                   "parameters": {"retry_after": 1}})
    )  # fmt: skip
    anna = api.person(5)
    anna.says("/note un")
    anna.says("/note deux")
    await running.start()
    messages = await anna.hears(2)
    running.stop()
    assert ["Note 1" in messages[0]["text"], "Note 2" in messages[1]["text"]] == [True, True]


async def test_a_person_who_blocked_the_bot_is_left_alone_and_others_are_served(
    api: FakeBotApi, running: Running
) -> None:
    anna, ben = api.person(5), api.person(6)

    def blocked(method: str, values: dict[str, Any]) -> dict[str, Any] | None:
        if method == "sendMessage" and int(values["chat_id"]) == anna.id:
            return {"status": 403, "ok": False, "error_code": 403,
                    "description": "Forbidden: bot was blocked by the user"}  # fmt: skip
        return None

    api.faults.append(blocked)
    anna.says("/note un")
    ben.says("/note un")
    await running.start()
    await ben.hears(1)
    running.stop()
    store = Store(running.folder)
    user = store.users.get("telegram:5")
    store.close()
    assert user is not None
    assert user.reachable is False


async def test_a_repeated_update_is_applied_once(api: FakeBotApi, running: Running) -> None:
    anna = api.person(5)
    body = anna.update(text="/note un")
    api.updates += [{"update_id": 2000, **body}, {"update_id": 2000, **body}]
    anna.says("/dossier")
    api.updates[-1]["update_id"] = 2001
    await running.start()
    messages = await anna.hears(2)
    running.stop()
    assert "1 note" in messages[-1]["text"]
    assert "Note 2" not in messages[-1]["text"]


async def test_one_flooding_client_does_not_hold_up_the_others(
    api: FakeBotApi, running: Running
) -> None:
    api.latency = 0.02
    flood, ben = api.person(5), api.person(6)
    for index in range(80):
        flood.says(f"/note {index}")
    ben.says("/note la mienne")
    await running.start()
    await ben.hears(1)
    served = len(flood.messages())
    running.stop()
    assert served < 60


async def test_a_second_program_with_the_same_token_stops_and_says_so(
    api: FakeBotApi, running: Running
) -> None:
    api.faults.append(
        failing("getUpdates", 1000, {
            "status": 409, "ok": False, "error_code": 409,
            "description": "Conflict: terminated by other getUpdates request"})
    )  # fmt: skip
    await running.start()
    assert running.process is not None
    async with asyncio.timeout(20):
        while running.process.poll() is None:
            await asyncio.sleep(0.05)
    assert running.process.returncode == 1
    assert "another program" in running.log.read_text()


async def test_neither_the_token_nor_what_people_write_is_in_the_log(
    api: FakeBotApi, running: Running
) -> None:
    running.environment["RECOURS_LOG"] = "INFO"
    anna = api.person(5)
    anna.says("mon secret de fabrique")
    await running.start()
    await anna.hears(1)
    running.stop()
    log = running.log.read_text()
    assert TOKEN not in log
    assert "secret de fabrique" not in log


async def test_the_queue_keeps_an_update_before_it_hands_it_on(store: Store) -> None:
    """What python-telegram-bot awaits before it confirms: its order is not documented."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as executor:
        queue = DurableQueue(store.inbox, executor, Clock())
        update = Update.de_json(json.loads('{"update_id": 1}'), None)
        await queue.put(update)
        await queue.put(update)
        assert [id for id, _ in store.inbox.waiting()] == [1]
        assert queue.qsize() == 1
        store.close()
        with pytest.raises(NetworkError):
            await queue.put(Update.de_json(json.loads('{"update_id": 2}'), None))
        await queue.put(object())
        assert queue.qsize() == 2


def test_the_library_awaits_the_queue_before_it_confirms_an_update() -> None:
    """A new version of python-telegram-bot that changes this order must not slip in unseen."""
    import inspect

    from telegram.ext import Updater
    from telegram.ext._utils import webhookhandler

    polling = inspect.getsource(Updater._start_polling)
    assert polling.index("await self.update_queue.put(update)") < polling.index(
        "self._last_update_id = "
    )
    webhook = inspect.getsource(webhookhandler.TelegramHandler.post)
    assert "await self.update_queue.put(update)" in webhook
