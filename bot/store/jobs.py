"""Documents that are made in the background: asked for in a turn, kept until they are done."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from bot.store.database import row, rows

MAX_ATTEMPTS = 3
"""A document that fails so often is given up, and the person is told."""


@dataclass(frozen=True, slots=True)
class Job:
    """One document to make.

    Attributes:
        kind: "letter", "dossier" or "copy".
        body: what it is made from.
    """

    id: int
    user: str
    case: int | None
    kind: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Jobs:
    """The jobs, oldest first."""

    database: Database

    def add(
        self, user: str, case: int | None, kind: str, body: Mapping[str, Any], now: datetime
    ) -> None:
        """Ask for a document; written in the turn's transaction."""
        self.database.table("jobs").insert(
            {
                "user": user,
                "case_id": case,
                "kind": kind,
                "body": json.dumps(body, ensure_ascii=False),
                "state": "new",
                "attempts": 0,
                "created": now.isoformat(),
            }
        )

    def waiting(self, user: str | None = None) -> list[Job]:
        """What is still to be made, for one user or for all."""
        found = rows(
            self.database,
            "SELECT * FROM jobs WHERE state = 'new' AND (? IS NULL OR user = ?) ORDER BY id",
            user,
            user,
        )
        return [
            Job(j["id"], j["user"], j["case_id"], j["kind"], json.loads(j["body"])) for j in found
        ]

    def is_waiting(self, id: int) -> bool:
        """It is still wanted: its person was not erased meanwhile."""
        return bool(row(self.database, "SELECT 1 FROM jobs WHERE id = ? AND state = 'new'", id))

    def done(self, id: int) -> None:
        """It is made and on its way."""
        self.database.execute("DELETE FROM jobs WHERE id = ?", [id])

    def failed(self, id: int) -> bool:
        """Count a failure; True when it is given up."""
        self.database.execute("UPDATE jobs SET attempts = attempts + 1 WHERE id = ?", [id])
        found = row(self.database, "SELECT attempts FROM jobs WHERE id = ?", id)
        if found is None or found["attempts"] < MAX_ATTEMPTS:
            return False
        self.database.execute("UPDATE jobs SET state = 'failed' WHERE id = ?", [id])
        return True
