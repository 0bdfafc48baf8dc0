"""Who talks to us, what they chose, and where they are in a flow."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from bot.flows.model import Session
from bot.store.database import row, transaction


@dataclass(frozen=True, slots=True)
class User:
    """One person on one channel.

    Attributes:
        language: what they chose, or "" to follow their program's.
        active_case: the id of the case that new things go to.
        revision: the number of the last question asked with buttons.
        misses: questions in a row that got no answer.
        last_entry: what was answered last, for follow-ups; `last_at` is when.
        memory: small things a conversation needs, such as a question that waits for a choice.
    """

    id: str
    channel: str
    name: str
    created: datetime
    language: str = ""
    client_language: str = ""
    active_case: int | None = None
    revision: int = 0
    misses: int = 0
    last_entry: str = ""
    last_at: datetime | None = None
    reachable: bool = True
    reminders: bool = False
    memory: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Users:
    """Users and their sessions."""

    database: Database

    def get(self, id: str) -> User | None:
        """The user of that key, or None."""
        found = row(self.database, "SELECT * FROM users WHERE id = ?", id)
        if found is None:
            return None
        return User(
            id=found["id"],
            channel=found["channel"],
            name=found["name"],
            created=datetime.fromisoformat(found["created"]),
            language=found["language"] or "",
            client_language=found["client_language"] or "",
            active_case=found["active_case"],
            revision=found["revision"],
            misses=found["misses"],
            last_entry=found["last_entry"] or "",
            last_at=datetime.fromisoformat(found["last_at"]) if found["last_at"] else None,
            reachable=bool(found["reachable"]),
            reminders=bool(found["reminders"]),
            memory=json.loads(found["memory"] or "{}"),
        )

    def save(self, user: User) -> None:
        """Insert or update; the row stays in place, since others point to it."""
        body = asdict(user) | {
            "created": user.created.isoformat(),
            "last_at": user.last_at.isoformat() if user.last_at else None,
            "memory": json.dumps(user.memory, ensure_ascii=False),
        }
        self.database.table("users").upsert(body, pk="id")

    def find(self, name: str) -> User | None:
        """The user an operator names: a Telegram id, a console name, or the whole key."""
        for id in (name, f"telegram:{name}", f"console:{name}"):
            if (found := self.get(id)) is not None:
                return found
        return None

    def unreachable(self, id: str) -> None:
        """They blocked the bot: nothing is sent until they write again."""
        with transaction(self.database):
            self.database.execute("UPDATE users SET reachable = 0 WHERE id = ?", [id])

    def session(self, user: str) -> Session | None:
        """Where the user is in a flow, or None."""
        found = row(self.database, "SELECT body FROM sessions WHERE user = ?", user)
        if found is None:
            return None
        body = json.loads(found["body"])
        body["changes"] = tuple((key, old) for key, old in body["changes"])
        body["files"] = tuple(body["files"])
        return Session(**body)

    def save_session(self, user: str, session: Session | None, now: datetime) -> None:
        """Keep it, or end it with None."""
        if session is None:
            self.database.execute("DELETE FROM sessions WHERE user = ?", [user])
            return
        self.database.table("sessions").upsert(
            {
                "user": user,
                "body": json.dumps(asdict(session), ensure_ascii=False),
                "updated": now.isoformat(),
            },
            pk="user",
        )

    def next_revision(self, user: User) -> User:
        """The user with a fresh number for the question about to be asked."""
        return replace(user, revision=user.revision + 1)
