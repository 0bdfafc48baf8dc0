"""The schema is built once, and a transaction is all or nothing."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlite_utils import Database, Migrations

from bot.errors import StoreError
from bot.store import database as module
from bot.store.database import connect, explain, rows, transaction
from bot.store.migrations import migrations
from bot.store.store import Store
from tests.conftest import ROOT

TABLES = {
    "users", "sessions", "inbox", "outbox", "cases", "records", "journal", "reminders",
    "unanswered", "jobs", "facts", "search",
}  # fmt: skip


def schema(database: Database) -> list[tuple[str, str]]:
    found = database.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
    return [(name, sql) for name, sql in found]


def facts(database: Database) -> dict[str, str]:
    return {item["name"]: item["value"] for item in rows(database, "SELECT * FROM facts")}


def put(database: Database, name: str) -> None:
    database.table("facts").insert({"name": name, "value": "x"})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "recours.db"


def test_a_blank_file_gets_every_table(path: Path) -> None:
    database = connect(path)
    assert set(database.table_names()) >= TABLES
    assert migrations.pending(database) == []
    database.close()


def test_a_second_start_changes_nothing(path: Path) -> None:
    first = connect(path)
    put(first, "kept")
    before = schema(first), [item.name for item in migrations.applied(first)]
    first.close()
    second = connect(path)
    after = schema(second), [item.name for item in migrations.applied(second)]
    assert after == before
    assert facts(second) == {"kept": "x"}
    second.close()


def test_a_failing_migration_leaves_what_was_there(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = connect(path)
    put(first, "kept")
    before = schema(first)
    first.close()
    broken = Migrations("recours")
    for item in migrations.pending(Database(memory=True)):
        broken(name=item.name)(item.fn)

    @broken()
    def m900_half_done(db: Database) -> None:
        db.create_table("half", {"id": int})
        db.execute("DELETE FROM facts")
        db.execute("ALTER TABLE nowhere ADD COLUMN x")

    with monkeypatch.context() as patch:
        patch.setattr(module, "migrations", broken)
        with pytest.raises(StoreError, match="no such table: nowhere"):
            connect(path)
    second = connect(path)
    assert schema(second) == before
    assert facts(second) == {"kept": "x"}
    second.close()


def test_a_failing_first_migration_leaves_a_blank_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Migrations("recours")

    @broken()
    def m001_half_done(db: Database) -> None:
        db.create_table("half", {"id": int})
        raise sqlite3.OperationalError("cut off here")

    with monkeypatch.context() as patch:
        patch.setattr(module, "migrations", broken)
        with pytest.raises(StoreError, match=r"cut off here.*recours restore FILE"):
            connect(path)
    with sqlite3.connect(path) as left:
        assert left.execute("SELECT name FROM sqlite_master").fetchall() == []
    left.close()


def test_several_programs_can_start_on_an_empty_folder(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib\n"
        "from bot.store.store import Store\n"
        "print(flush=True); sys.stdin.readline()\n"
        "Store(pathlib.Path(sys.argv[1])).close()\n"
    )
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path / "data")],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]  # fmt: skip
    for program in programs:
        assert program.stdout is not None
        program.stdout.readline()
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("\n")
        program.stdin.flush()
    assert [program.communicate()[1] for program in programs] == ["", "", ""]


def test_a_transaction_keeps_what_it_did(path: Path) -> None:
    database = connect(path)
    with transaction(database):
        put(database, "a")
    other = connect(path)
    assert facts(other) == {"a": "x"}
    other.close()
    database.close()


def test_a_rolled_back_transaction_leaves_nothing(path: Path) -> None:
    database = connect(path)
    put(database, "before")

    def turn() -> None:
        with transaction(database):
            put(database, "a")
            database.execute("DELETE FROM facts WHERE name = 'before'")
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        turn()
    assert not database.conn.in_transaction
    assert facts(database) == {"before": "x"}
    database.close()


def test_a_nested_transaction_joins_the_outer_one(path: Path) -> None:
    database = connect(path)
    other = connect(path)

    def turn() -> None:
        with transaction(database):
            with transaction(database):
                put(database, "inner")
            assert facts(other) == {}
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        turn()
    assert facts(database) == {}
    with transaction(database), transaction(database):
        put(database, "kept")
    assert facts(other) == {"kept": "x"}
    other.close()
    database.close()


def test_a_statement_that_fails_is_told_and_rolled_back(path: Path) -> None:
    database = connect(path)

    def turn() -> None:
        with transaction(database):
            put(database, "a")
            database.execute("INSERT INTO nowhere VALUES (1)")

    with pytest.raises(StoreError, match="no such table: nowhere"):
        turn()
    assert facts(database) == {}
    database.close()


def test_beside_another_writer_a_transaction_waits(path: Path) -> None:
    """A deferred BEGIN would read first, and then fail at once."""
    database, other = connect(path), connect(path)
    other.conn.execute("BEGIN IMMEDIATE")
    put(other, "other")
    waiting = threading.Timer(0.2, other.conn.commit)
    waiting.start()
    with transaction(database):
        seen = facts(database)
        put(database, "mine")
    waiting.join()
    assert seen == {"other": "x"}
    assert facts(database) == {"other": "x", "mine": "x"}
    other.close()
    database.close()


def test_a_write_outside_a_transaction_is_seen_by_others_at_once(tmp_path: Path) -> None:
    first, second = Store(tmp_path), Store(tmp_path)
    first.set_fact("heartbeat", "now")
    assert second.fact("heartbeat") == "now"
    assert not first.database.conn.in_transaction
    first.close()
    second.close()


def test_only_the_owner_can_read_what_is_made(path: Path) -> None:
    database = connect(path)
    put(database, "a")
    rights = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    assert rights == {"recours.db": 0o600, "recours.db-wal": 0o600, "recours.db-shm": 0o600}
    assert path.parent.stat().st_mode & 0o777 == 0o700
    database.close()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (sqlite3.OperationalError("database or disk is full"), "The disk is full"),
        (sqlite3.OperationalError("disk I/O error"), "check its free space"),
        (OSError(28, "No space left on device"), "The disk is full"),
        (OSError(122, "Disk quota exceeded"), "check its free space"),
        (sqlite3.OperationalError("database is locked"), "Another program holds"),
        (sqlite3.OperationalError("attempt to write a readonly database"), "owner and rights"),
        (sqlite3.OperationalError("unable to open database file"), "owner and rights"),
        (PermissionError(13, "Permission denied", "/srv/full/busy/locked"), "owner and rights"),
        (PermissionError(1, "Operation not permitted"), "owner and rights"),
        (sqlite3.DatabaseError("database disk image is malformed"), "recours restore FILE"),
        (sqlite3.DatabaseError("file is not a database"), "recours restore FILE"),
        (sqlite3.OperationalError("table users already exists"), "recours restore FILE"),
    ],
)
def test_every_fault_is_told_with_what_to_do(error: Exception, words: str) -> None:
    told = explain(error, Path("/srv/data/recours.db"))
    assert words in told
    assert "(/srv/data/recours.db)" in told
