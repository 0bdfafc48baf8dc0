"""The store: one object that holds every table and the files beside them."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.errors import StoreError
from bot.store.cases import Cases
from bot.store.database import connect, explained, row, rows, transaction
from bot.store.files import PARTIAL, Files, copies_folder, private_archive
from bot.store.jobs import Jobs
from bot.store.queues import Inbox, Outbox
from bot.store.users import Users

DATABASE_NAME = "recours.db"

_FINGERPRINT = re.compile(r"\b[0-9a-f]{64}\b")


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
        with self.transaction():
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
        """Everything that no longer agrees with the journals or with a fingerprint.

        Raises:
            StoreError: the database is too damaged to be read.
        """
        import hashlib

        for problem in rows(self.database, "PRAGMA integrity_check"):
            if problem["integrity_check"] != "ok":
                yield f"database: {problem['integrity_check']}"
        yield from self.cases.altered()
        for item in rows(
            self.database,
            "SELECT r.number, r.body, c.number AS case_number, c.user FROM records r"
            " JOIN cases c ON c.id = r.case_id WHERE r.kind = 'evidence' ORDER BY r.id",
        ):
            fingerprint = _FINGERPRINT.search(str(item["body"]))
            if fingerprint is None:
                continue  # the record itself was altered, and has been named
            name = f"case {item['case_number']} of {item['user']}: evidence {item['number']}"
            path = self.files.evidence(fingerprint[0])
            if not path.is_file():
                yield f"{name}: the file is missing ({path})"
            elif hashlib.sha256(path.read_bytes()).hexdigest() != fingerprint[0]:
                yield f"{name}: the file was altered ({path})"

    def backup(self, target: Path) -> None:
        """A whole copy in one archive: the database as it stands now, and every file.

        Raises:
            StoreError: `target` is inside the data folder, or can't be written.
        """
        import tempfile

        if target.resolve().is_relative_to(self.data.resolve()):
            raise StoreError(f"{target} is inside the data folder; keep backups somewhere else")
        with (
            explained(self.path),
            tempfile.TemporaryDirectory() as folder,
            private_archive(target) as archive,
        ):
            copy = Path(folder) / DATABASE_NAME
            connection = sqlite3.connect(copy)
            try:
                self.database.conn.backup(connection)
            finally:
                connection.close()
            archive.write(copy, DATABASE_NAME)
            for path in sorted(self.data.rglob("*")):
                name = path.relative_to(self.data)
                if path.is_file() and not _is_left_out(name):
                    archive.write(path, name)

    def erase(self, user: str) -> int:
        """Remove a user and everything of theirs, down to the bytes on disk.

        Returns:
            How many files were removed.

        Raises:
            StoreError: it could not be done to the end; doing it again goes on.
        """
        cases = [case.id for case in self.cases.of(user)]
        with explained(self.path):
            with self.transaction():
                self._erase_rows(user, cases)
                # Before the rows are gone for good: whoever is cut off here can start again.
                removed = self._erase_files(user, cases)
            self.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self.database.conn.execute("VACUUM")
            self.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return removed

    def _erase_rows(self, user: str, cases: list[int]) -> None:
        # Only question marks and our own table names go into these statements.
        marks = ",".join("?" * len(cases))
        for table in ("reminders", "journal", "records", "search"):
            sql = f"DELETE FROM {table} WHERE case_id IN ({marks})"  # noqa: S608
            self.database.execute(sql, cases)
        # The index keeps the words of deleted rows until it is made again.
        self.database.execute("INSERT INTO search (search) VALUES ('rebuild')")
        for table in ("jobs", "cases", "sessions", "outbox"):
            self.database.execute(f"DELETE FROM {table} WHERE user = ?", [user])  # noqa: S608
        self.database.execute("DELETE FROM users WHERE id = ?", [user])
        channel, _, name = user.partition(":")
        if channel == "telegram":
            self.database.execute("DELETE FROM inbox WHERE chat = ?", [int(name)])

    def _erase_files(self, user: str, cases: list[int]) -> int:
        """Evidence that no case names any more, and the documents of a user and of `cases`."""
        named = {
            fingerprint
            for table in ("records", "journal")
            for item in rows(
                self.database,
                f"SELECT body FROM {table} WHERE body LIKE '%sha256%'",  # noqa: S608
            )
            for fingerprint in _FINGERPRINT.findall(str(item["body"]))
        }
        gone = [
            path
            for path in (self.data / "evidence").rglob("*")
            if path.is_file() and path.name not in named
        ]
        folders = [self.data / "documents" / str(case) for case in cases]
        folders.append(self.files.document(copies_folder(user)))
        gone += [path for folder in folders for path in folder.rglob("*") if path.is_file()]
        for path in gone:
            path.unlink(missing_ok=True)
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)
        return len(gone)

    def close(self) -> None:
        """Close the database."""
        self.database.close()


def restore(archive: Path, data: Path) -> None:
    """Bring a backup back; the data folder as it was is kept beside it.

    Raises:
        StoreError: the archive is not a backup, or the folder can't be written.
    """
    if data.is_mount():
        raise StoreError(
            f"{data} is a mount point and can't be exchanged as a whole; set RECOURS_DATA to a"
            " folder inside it"
        )
    fresh = data.with_name(data.name + ".restoring")
    try:
        with explained(data):
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir(parents=True, mode=0o700)
            _unpack(archive, fresh)
            connect(fresh / DATABASE_NAME).close()
            for path in fresh.rglob("*"):
                path.chmod(0o700 if path.is_dir() else 0o600)
            if data.exists():
                data.replace(_unused(data))
            fresh.replace(data)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _is_left_out(name: Path) -> bool:
    """The live database, what can be computed again, and files that are still being written."""
    return (
        name.name.startswith(DATABASE_NAME) or name.parts[0] == "cache" or name.suffix == PARTIAL
    )


def _unpack(archive: Path, folder: Path) -> None:
    try:
        file = archive.open("rb")
    except OSError as error:
        raise StoreError(f"{archive} can't be read: {error.strerror}") from error
    try:
        with file, zipfile.ZipFile(file) as backup:
            names = backup.namelist()
            if DATABASE_NAME not in names:
                raise StoreError(f"{archive} is no backup of Recours: it holds no {DATABASE_NAME}")
            for name in names:
                if not (folder / name).resolve().is_relative_to(folder.resolve()):
                    raise StoreError(f"{archive} holds {name!r}, which leaves the folder")
            backup.extractall(folder)
    except (StoreError, OSError):
        raise
    except Exception as error:  # whatever a decoder makes of damaged bytes
        raise StoreError(f"{archive} is damaged ({error}); use another backup") from error


def _unused(data: Path) -> Path:
    """A name beside the data folder for what it held before."""
    number = 1
    while (path := data.with_name(f"{data.name}.before-restore.{number}")).exists():
        number += 1
    return path
