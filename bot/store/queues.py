"""Nothing lost: what came in is kept until its turn is over, what goes out until it was sent."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from bot.messages import Reply, Sent
from bot.store.database import row, rows, transaction

MAX_ATTEMPTS = 5
"""After so many failures an update is set aside, and the queue moves on."""


@dataclass(frozen=True, slots=True)
class Inbox:
    """Updates as the channel received them, by their id."""

    database: Database

    def add(self, id: int, chat: int | None, body: str, now: datetime) -> bool:
        """Keep one; False when it is known already.

        Raises:
            StoreError: it can't be kept, so the channel must not confirm it.
        """
        with transaction(self.database):
            if row(self.database, "SELECT 1 FROM inbox WHERE id = ?", id):
                return False
            self.database.table("inbox").insert(
                {
                    "id": id,
                    "chat": chat,
                    "body": body,
                    "state": "new",
                    "attempts": 0,
                    "received": now.isoformat(),
                }
            )
        return True

    def waiting(self) -> list[tuple[int, str]]:
        """What no turn has taken yet, oldest first, as `(id, body)`."""
        found = rows(self.database, "SELECT id, body FROM inbox WHERE state = 'new' ORDER BY id")
        return [(item["id"], item["body"]) for item in found]

    def oldest(self) -> datetime | None:
        """When the longest-waiting update came in, or None."""
        return _oldest(self.database, "SELECT min(received) AS at FROM inbox WHERE state = 'new'")

    def is_new(self, id: int) -> bool:
        """It still waits for its turn."""
        return bool(row(self.database, "SELECT 1 FROM inbox WHERE id = ? AND state = 'new'", id))

    def done(self, id: int) -> None:
        """Its turn is over; the id stays to recognise a repeat, the words go."""
        with transaction(self.database):
            self.database.execute(
                "UPDATE inbox SET state = 'done', body = NULL WHERE id = ?", [id]
            )

    def failed(self, id: int, error: str) -> bool:
        """Count a failure; True when it is set aside for good."""
        with transaction(self.database):
            self.database.execute(
                "UPDATE inbox SET attempts = attempts + 1, error = ? WHERE id = ?", [error, id]
            )
            found = row(self.database, "SELECT attempts FROM inbox WHERE id = ?", id)
            if found is None or found["attempts"] < MAX_ATTEMPTS:
                return False
            self.database.execute("UPDATE inbox SET state = 'aside' WHERE id = ?", [id])
            return True

    def forget_before(self, moment: datetime) -> None:
        """Drop the ids of turns long over."""
        self.database.execute(
            "DELETE FROM inbox WHERE state = 'done' AND received < ?", [moment.isoformat()]
        )


@dataclass(frozen=True, slots=True)
class Outbox:
    """Replies in the order they are to be sent."""

    database: Database

    def add(self, user: str, replies: Sequence[Reply], now: datetime) -> None:
        """Written in the turn's transaction."""
        self.database.table("outbox").insert_all(
            {
                "user": user,
                "body": json.dumps(reply.to_json(), ensure_ascii=False),
                "about": reply.about,
                "state": "new",
                "attempts": 0,
                "created": now.isoformat(),
            }
            for reply in replies
        )

    def waiting(self, user: str | None = None) -> list[Sent]:
        """What is still to be sent, to one user or to all, in order."""
        found = rows(
            self.database,
            "SELECT * FROM outbox WHERE state = 'new' AND (? IS NULL OR user = ?) ORDER BY id",
            user,
            user,
        )
        return [self._sent(item) for item in found]

    def oldest(self) -> datetime | None:
        """When the longest-waiting reply was written, or None."""
        return _oldest(self.database, "SELECT min(created) AS at FROM outbox WHERE state = 'new'")

    def users(self, channel: str) -> list[str]:
        """Who still waits for something on a channel."""
        found = rows(
            self.database,
            "SELECT DISTINCT user FROM outbox WHERE state = 'new' AND user LIKE ? || ':%'",
            channel,
        )
        return [item["user"] for item in found]

    def sent(self, id: int, message: str = "") -> None:
        """It went out: the words go, the channel's name of the message stays for replies to it."""
        with transaction(self.database):
            self.database.execute(
                "UPDATE outbox SET state = 'sent', body = '{}', message = ? WHERE id = ?",
                [message, id],
            )

    def about(self, user: str, message: str) -> str:
        """What a message that was sent is about, or ""."""
        found = row(
            self.database,
            "SELECT about FROM outbox WHERE user = ? AND message = ?",
            user,
            message,
        )
        return (found and found["about"]) or ""

    def failed(self, id: int, error: str, *, permanent: bool) -> None:
        """Count a failure; a permanent one is not tried again."""
        with transaction(self.database):
            self.database.execute(
                "UPDATE outbox SET attempts = attempts + 1, error = ?, state = ? WHERE id = ?",
                [error, "refused" if permanent else "new", id],
            )

    def forget_before(self, moment: datetime) -> None:
        """Drop what was sent or refused long ago."""
        self.database.execute(
            "DELETE FROM outbox WHERE state != 'new' AND created < ?", [moment.isoformat()]
        )

    @staticmethod
    def _sent(item: dict[str, Any]) -> Sent:
        return Sent(
            item["id"], item["user"], Reply.from_json(json.loads(item["body"])), item["attempts"]
        )


def _oldest(database: Database, sql: str) -> datetime | None:
    found = row(database, sql)
    return datetime.fromisoformat(found["at"]) if found and found["at"] else None
