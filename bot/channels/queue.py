"""The queue between Telegram and us: an update is on disk before Telegram is told we have it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import Executor
from datetime import datetime
from typing import Any

from telegram import Update
from telegram.error import NetworkError

from bot.errors import StoreError
from bot.store.queues import Inbox


class DurableQueue(asyncio.Queue[object]):
    """Both the polling updater and the webhook await `put` before they confirm an update.

    Args:
        inbox: where updates are kept.
        executor: the one thread that uses the database.
        clock: tells when an update came in.
    """

    def __init__(self, inbox: Inbox, executor: Executor, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self._inbox = inbox
        self._executor = executor
        self._clock = clock

    async def put(self, item: object) -> None:
        """Keep, then enqueue; a repeat is dropped, anything but an update passes through.

        Raises:
            NetworkError: it can't be kept. Any other error would end the polling task silently.
        """
        if not isinstance(item, Update):
            await super().put(item)
            return
        chat = item.effective_chat.id if item.effective_chat else None
        try:
            fresh = await asyncio.get_running_loop().run_in_executor(
                self._executor,
                self._inbox.add,
                item.update_id,
                chat,
                item.to_json(),
                self._clock(),
            )
        except (sqlite3.Error, StoreError) as error:
            raise NetworkError(f"the update can't be kept: {error}") from error
        if fresh:
            await super().put(item)

    async def replay(self, items: list[Any]) -> None:
        """Enqueue what a former run left, before anything new."""
        for item in items:
            await super().put(item)
