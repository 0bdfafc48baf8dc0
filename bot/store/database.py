"""The connection: one file, one transaction a turn, and errors told in plain words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from bot.errors import StoreError
from bot.store.migrations import migrations

_BUSY_SECONDS = 10

# When the schema is damaged, SQLite quotes it in its message, and Python can't decode that.
_FAULTS = (sqlite3.Error, UnicodeDecodeError)


def connect(path: Path | None) -> Database:
    """The database at `path`, brought to today's schema; in memory when None.

    Raises:
        StoreError: it can't be opened or brought up to date.
    """
    with explained(path):
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # SQLite gives the files beside it the rights that it finds here.
            path.touch(mode=0o600)
            path.chmod(0o600)
        connection = sqlite3.connect(
            path or ":memory:", check_same_thread=False, timeout=_BUSY_SECONDS
        )
        database = Database(connection)
        try:
            _prepare(database)
        except BaseException:
            connection.close()
            raise
    return database


def _prepare(database: Database) -> None:
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # survives a power cut; the cost is invisible to a person typing
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        database.conn.execute(f"PRAGMA {pragma}")
    if migrations.pending(database):
        with transaction(database):
            migrations.apply(database)


@contextmanager
def transaction(database: Database) -> Iterator[None]:
    """All or nothing. Nested ones join the outer one.

    Raises:
        StoreError: the disk is full, or the file is locked, read-only or damaged.
    """
    if database.conn.in_transaction:
        yield
        return
    try:
        # A deferred BEGIN that reads first fails at once beside another writer: take the lock now.
        database.conn.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            database.conn.rollback()
            raise
        database.conn.commit()
    except _FAULTS as error:
        if database.conn.in_transaction:
            database.conn.rollback()
        raise StoreError(explain(error, None)) from error


@contextmanager
def explained(path: Path | None = None) -> Iterator[None]:
    """What SQLite or the disk refuses is raised as a `StoreError` in plain words."""
    try:
        yield
    except (*_FAULTS, OSError) as error:
        raise StoreError(explain(error, path)) from error


def explain(error: Exception, path: Path | None) -> str:
    """What happened to the database and what to do about it."""
    where = f" ({path})" if path else ""
    # The text of an OSError holds a path, in which any word may stand.
    told = error.strerror or str(error) if isinstance(error, OSError) else str(error)
    text = told.lower()
    if "full" in text or "no space" in text:
        return (
            f"The disk is full{where}. Nothing of this turn was kept; free some space and try"
            " again."
        )
    if "i/o error" in text or "too large" in text or "quota" in text:
        return (
            f"The disk does not take or give what it should{where}. Nothing of this turn was"
            " kept; check its free space, the quota and its health, then try again."
        )
    if "locked" in text:
        return f"Another program holds the database{where}. Stop it, or try again in a moment."
    if (
        "readonly" in text
        or "read-only" in text
        or "permi" in text  # "permission denied", "operation not permitted"
        or "unable to open" in text
    ):
        return (
            f"The data folder can't be written{where}. Check its owner and rights, or"
            " RECOURS_DATA."
        )
    if "malformed" in text or "not a database" in text or isinstance(error, UnicodeDecodeError):
        return (
            f"The database is damaged{where}. Stop the bot, keep a copy of the file, and bring"
            " back the last backup: recours restore FILE"
        )
    return (
        f"The database can't be used{where}: {told}. If it lasts, stop the bot, keep a copy of"
        " the data folder, and bring back the last backup: recours restore FILE"
    )


def rows(database: Database, sql: str, *values: Any) -> list[dict[str, Any]]:
    """Every row of a query; read at once, since an open cursor locks the table.

    Raises:
        StoreError: the database can't be read.
    """
    with explained():
        return list(database.query(sql, values))


def row(database: Database, sql: str, *values: Any) -> dict[str, Any] | None:
    """The first row of a query, or None."""
    found = rows(database, sql, *values)
    return found[0] if found else None
