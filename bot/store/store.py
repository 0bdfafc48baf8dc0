"""The store: one object that holds every table and the files beside them."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.errors import StoreError
from bot.store.cases import Cases
from bot.store.database import connect, explain, row, rows, transaction
from bot.store.files import Files
from bot.store.jobs import Jobs
from bot.store.queues import Inbox, Outbox
from bot.store.users import Users

DATABASE_NAME = "recours.db"


class Store:
    """Everything kept, under one folder; in memory (with files in `data`) for tests.

    Args:
        data: the data folder.
        memory: keep the database in memory.

    Raises:
        StoreError: the folder or the database can't be used.
    """

    def __init__(self, data: Path, *, memory: bool = False) -> None:
        self.data = data
        self.path = None if memory else data / DATABASE_NAME
        self.database = connect(self.path)
        self.users = Users(self.database)
        self.inbox = Inbox(self.database)
        self.outbox = Outbox(self.database)
        self.cases = Cases(self.database)
        self.jobs = Jobs(self.database)
        self.files = Files(data)

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing; nested ones join the outer one."""
        return transaction(self.database)

    def missed(
        self, question: str, language: str, outcome: str, candidates: list[str], now: datetime
    ) -> None:
        """Keep a question for the operators, without who asked it."""
        self.database.table("unanswered").insert(
            {
                "question": question,
                "language": language,
                "outcome": outcome,
                "candidates": json.dumps(candidates),
                "asked": now.isoformat(),
            }
        )

    def missed_questions(self, limit: int = 100) -> list[dict[str, Any]]:
        """The last questions that got no answer, newest first."""
        return rows(self.database, "SELECT * FROM unanswered ORDER BY id DESC LIMIT ?", limit)

    def set_fact(self, name: str, value: str) -> None:
        """A small fact about the program itself, such as its last sign of life."""
        self.database.table("facts").upsert({"name": name, "value": value}, pk="name")

    def fact(self, name: str) -> str | None:
        """The fact of that name, or None."""
        found = row(self.database, "SELECT value FROM facts WHERE name = ?", name)
        return None if found is None else str(found["value"])

    def counts(self) -> dict[str, int]:
        """How many of each thing, for statistics."""
        sql = {
            "users": "SELECT count(*) AS n FROM users",
            "cases": "SELECT count(*) AS n FROM cases",
            "unanswered": "SELECT count(*) AS n FROM unanswered",
            "inbox waiting": "SELECT count(*) AS n FROM inbox WHERE state = 'new'",
            "inbox set aside": "SELECT count(*) AS n FROM inbox WHERE state = 'aside'",
            "outbox waiting": "SELECT count(*) AS n FROM outbox WHERE state = 'new'",
        }
        found = {name: (row(self.database, query) or {"n": 0})["n"] for name, query in sql.items()}
        for item in rows(self.database, "SELECT kind, count(*) AS n FROM records GROUP BY kind"):
            found[item["kind"]] = item["n"]
        return found

    def altered(self) -> Iterator[str]:
        """Everything that no longer agrees with the journals or with a fingerprint."""
        import hashlib

        for problem in self.database.execute("PRAGMA integrity_check").fetchall():
            if problem[0] != "ok":
                yield f"database: {problem[0]}"
        yield from self.cases.altered()
        for item in rows(self.database, "SELECT body FROM records WHERE kind = 'evidence'"):
            body = json.loads(item["body"])
            path = self.files.evidence(body["sha256"])
            if not path.is_file():
                yield f"evidence {body['number']} ({body['name']}): the file is missing"
            elif hashlib.sha256(path.read_bytes()).hexdigest() != body["sha256"]:
                yield f"evidence {body['number']} ({body['name']}): the file was altered"

    def backup(self, target: Path) -> None:
        """A whole copy in one archive: the database as it stands now, and every file."""
        import tempfile
        import zipfile

        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / DATABASE_NAME
            with sqlite3.connect(copy) as connection:
                self.database.conn.backup(connection)
            connection.close()
            part = target.with_name(target.name + ".part")
            with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.write(copy, DATABASE_NAME)
                for path in sorted(self.data.rglob("*")):
                    if path.is_file() and not path.name.startswith(DATABASE_NAME):
                        archive.write(path, path.relative_to(self.data))
            part.chmod(0o600)
            part.replace(target)

    def erase(self, user: str) -> int:
        """Remove a user and everything of theirs, down to the bytes on disk.

        Returns:
            How many files were removed.
        """
        cases = [case.id for case in self.cases.of(user)]
        mine = set()
        with self.transaction():
            # Only question marks and our own table names go into these statements.
            marks = ",".join("?" * len(cases))
            for item in rows(
                self.database,
                f"SELECT body FROM records WHERE kind = 'evidence' AND case_id IN ({marks})",  # noqa: S608
                *cases,
            ):
                mine.add(json.loads(item["body"])["sha256"])
            for table in ("reminders", "journal", "records", "search"):
                sql = f"DELETE FROM {table} WHERE case_id IN ({marks})"  # noqa: S608
                self.database.execute(sql, cases)
            for table, column in (
                ("jobs", "user"),
                ("cases", "user"),
                ("sessions", "user"),
                ("outbox", "user"),
            ):
                sql = f"DELETE FROM {table} WHERE {column} = ?"  # noqa: S608
                self.database.execute(sql, [user])
            self.database.execute("DELETE FROM users WHERE id = ?", [user])
            channel, _, name = user.partition(":")
            if channel == "telegram":
                self.database.execute("DELETE FROM inbox WHERE chat = ?", [int(name)])
            for item in rows(self.database, "SELECT body FROM records WHERE kind = 'evidence'"):
                mine.discard(json.loads(item["body"])["sha256"])
        removed = 0
        for sha256 in mine:
            self.files.evidence(sha256).unlink(missing_ok=True)
            removed += 1
        for case in cases:
            folder = self.data / "documents" / str(case)
            removed += sum(1 for path in folder.rglob("*") if path.is_file())
            shutil.rmtree(folder, ignore_errors=True)
        self.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.database.conn.execute("VACUUM")
        self.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return removed

    def close(self) -> None:
        """Close the database."""
        self.database.close()


def restore(archive: Path, data: Path) -> None:
    """Bring a backup back; the data folder as it was is kept beside it.

    Raises:
        StoreError: the archive is not a backup, or the folder can't be written.
    """
    import zipfile

    try:
        with zipfile.ZipFile(archive) as backup:
            names = backup.namelist()
            if DATABASE_NAME not in names:
                raise StoreError(f"{archive} is no backup of Recours: it holds no {DATABASE_NAME}")
            if (damaged := backup.testzip()) is not None:
                raise StoreError(f"{archive} is damaged at {damaged}; use another backup")
            fresh = data.with_name(data.name + ".restoring")
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir(parents=True, mode=0o700)
            for name in names:
                if not (fresh / name).resolve().is_relative_to(fresh.resolve()):
                    raise StoreError(f"{archive} holds {name!r}, which leaves the folder")
            backup.extractall(fresh)
    except (OSError, zipfile.BadZipFile) as error:
        raise StoreError(f"{archive} can't be read: {error}") from error
    try:
        connect(fresh / DATABASE_NAME).close()
        for path in fresh.rglob("*"):
            path.chmod(0o700 if path.is_dir() else 0o600)
        if data.exists():
            data.replace(data.with_name(f"{data.name}.before-restore.{os.getpid()}"))
        fresh.replace(data)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(explain(error, data)) from error
