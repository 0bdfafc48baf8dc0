"""When the disk or the database fails: a clear word, no half-written turn, and a way back."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bot.assistant import Assistant
from bot.cli import main
from bot.errors import StoreError
from bot.faq.fitting import fit
from bot.faq.library import Library
from bot.i18n import PARIS, Catalogues
from bot.messages import Attachment, Incoming
from bot.operators.export import export_user
from bot.store.store import DATABASE_NAME, Store, restore
from tests.conftest import NOON
from tests.faq.toys import toy_knowledge

ANNE = "console:anne"
UPDATE = 7
Fault = Callable[[Store], AbstractContextManager[None]]


def incoming(**content: Any) -> Incoming:
    return Incoming("console", "anne", NOON, language="fr", **content)


NOTE = incoming(text="/note " + "déréglé, gêné et noyé à l’été 🏖 " * 90)
FILE = incoming(text="capture", attachments=(Attachment("panne.png", b"\x89PNG" * 5000),))


@pytest.fixture(scope="module")
def library() -> Library:
    knowledge = toy_knowledge()
    return Library(knowledge, fit(knowledge))


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder whose parents anyone may pass through."""
    parent = Path(tempfile.mkdtemp())
    parent.chmod(0o755)
    yield parent / "data"
    shutil.rmtree(parent)


@pytest.fixture
def disk(folder: Path) -> Iterator[Store]:
    store = Store(folder)
    store.database.execute("PRAGMA busy_timeout = 50")
    yield store
    store.close()


@pytest.fixture
def assistant(disk: Store, library: Library, catalogues: Catalogues) -> Assistant:
    """One that knows Anne, who has a case already."""
    assistant = Assistant(disk, lambda: library, catalogues, PARIS)
    assistant.handle(incoming(text="/note avant"))
    return assistant


@contextmanager
def no_page_left(store: Store) -> Iterator[None]:
    """SQLite finds the disk full."""
    pages = store.database.execute("PRAGMA page_count").fetchone()[0]
    store.database.execute(f"PRAGMA max_page_count = {pages}")
    try:
        yield
    finally:
        store.database.execute("PRAGMA max_page_count = 1000000")


@contextmanager
def no_byte_left(store: Store) -> Iterator[None]:
    """The system takes no byte more in any file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def locked(store: Store) -> Iterator[None]:
    other = sqlite3.connect(store.data / DATABASE_NAME)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.rollback()
        other.close()


@contextmanager
def read_only(store: Store) -> Iterator[None]:
    """The folder takes no new file; root, whom rights don't stop, becomes nobody meanwhile."""
    folders = [store.data, *(path for path in store.data.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    root = os.geteuid() == 0
    try:
        if root:
            os.seteuid(65534)
        yield
    finally:
        if root:
            os.seteuid(0)
        for folder in folders:
            folder.chmod(0o700)


def kept(store: Store) -> tuple[dict[str, list[Any]], list[str]]:
    """Every row of every table, and every file beside the database."""
    tables = [name for name in store.database.table_names() if not name.startswith("search_")]
    rows = {name: store.database.execute(f"SELECT * FROM [{name}]").fetchall() for name in tables}
    files = [
        str(path.relative_to(store.data))
        for path in sorted(store.data.rglob("*"))
        if path.is_file() and not path.name.startswith(DATABASE_NAME)
    ]
    return rows, files


@pytest.mark.parametrize(
    ("fault", "turn", "words"),
    [
        (no_page_left, NOTE, "The disk is full"),
        (no_page_left, incoming(text="/incident " + "🏖" * 3000), "The disk is full"),
        (no_byte_left, NOTE, "check its free space"),
        (no_byte_left, FILE, "Free some space"),
        (locked, NOTE, "Another program holds the database"),
        (locked, FILE, "Another program holds the database"),
        (read_only, FILE, "check the folder's rights"),
    ],
)
def test_a_turn_that_can_not_be_kept_is_told_and_works_afterwards(
    disk: Store, assistant: Assistant, fault: Fault, turn: Incoming, words: str
) -> None:
    disk.inbox.add(UPDATE, 42, "{}", NOON)
    before = kept(disk)
    with fault(disk), pytest.raises(StoreError) as told:
        assistant.handle(turn, UPDATE)
    assert words in str(told.value)
    assert kept(disk) == before
    assert disk.inbox.is_new(UPDATE)
    replies = assistant.handle(turn, UPDATE)
    assert replies != []
    assert disk.inbox.waiting() == []
    assert [sent.reply for sent in disk.outbox.waiting(ANNE)][-len(replies) :] == replies
    assert list(disk.altered()) == []
    assert assistant.handle(turn, UPDATE) == []


@pytest.mark.parametrize("fault", [no_byte_left, locked])
def test_an_update_that_can_not_be_kept_is_not_confirmed(
    disk: Store, assistant: Assistant, fault: Fault
) -> None:
    with fault(disk), pytest.raises(StoreError):
        disk.inbox.add(UPDATE, 42, "{}", NOON)
    assert disk.inbox.waiting() == []
    assert disk.inbox.add(UPDATE, 42, "{}", NOON)


@pytest.mark.parametrize("fault", [no_byte_left, locked])
def test_what_is_written_outside_a_turn_is_told_as_plainly(
    disk: Store, assistant: Assistant, fault: Fault
) -> None:
    disk.inbox.add(UPDATE, 42, "{}", NOON)
    assistant.handle(incoming(text="/note encore"))
    old, sent, *_ = disk.outbox.waiting(ANNE)
    disk.outbox.sent(old.id)
    writes: list[Callable[[], object]] = [
        lambda: disk.outbox.sent(sent.id),
        lambda: disk.outbox.failed(sent.id, "x", permanent=True),
        lambda: disk.users.unreachable(ANNE),
        lambda: disk.set_fact("heartbeat", "now"),
        lambda: disk.inbox.done(UPDATE),
        lambda: assistant.forget_old(NOON + timedelta(days=30)),
        lambda: disk.erase(ANNE),
    ]
    before = kept(disk)
    with fault(disk):
        for write in writes:
            with pytest.raises(StoreError):
                write()
    assert kept(disk) == before


def test_a_backup_or_an_export_on_a_full_disk_leaves_nothing_half(
    disk: Store, assistant: Assistant, tmp_path: Path
) -> None:
    assistant.handle(FILE)
    writes: list[Callable[[], object]] = [
        lambda: disk.backup(tmp_path / "backup.zip"),
        lambda: export_user(disk, "anne", tmp_path / "export.zip"),
    ]
    with no_byte_left(disk):
        for write in writes:
            with pytest.raises(StoreError):
                write()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_somebody_else_is_told_at_the_start(disk: Store) -> None:
    with read_only(disk), pytest.raises(StoreError, match="Check its owner and rights"):
        Store(disk.data / "inside")
    assert not (disk.data / "inside").exists()


def test_a_data_folder_that_is_a_file_is_told(folder: Path) -> None:
    folder.write_text("not a folder")
    with pytest.raises(StoreError, match="The database can't be used"):
        Store(folder)


def head(path: Path) -> None:
    path.write_bytes(b"\x00garbage" * 64 + path.read_bytes()[512:])


def half(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def pages(path: Path) -> None:
    """Every page but the first, which holds the schema."""
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))


def schema(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"CREATE TABLE", b"CR\xffATE TABLE"))


@pytest.mark.parametrize("damage", [head, half, pages, schema])
def test_a_damaged_database_is_told_with_the_way_back(
    disk: Store, assistant: Assistant, library: Library, tmp_path: Path,
    damage: Callable[[Path], None],
) -> None:  # fmt: skip
    disk.backup(tmp_path / "backup.zip")
    before = kept(disk)
    disk.close()
    damage(disk.data / DATABASE_NAME)

    def start_and_go_on() -> None:
        store = Store(disk.data)
        try:
            Assistant(store, lambda: library, assistant.catalogues, PARIS).handle(NOTE)
        finally:
            store.close()

    with pytest.raises(StoreError, match="recours restore FILE"):
        start_and_go_on()
    restore(tmp_path / "backup.zip", disk.data)
    again = Store(disk.data)
    assert kept(again) == before
    Assistant(again, lambda: library, assistant.catalogues, PARIS).handle(NOTE)
    assert list(again.altered()) == []
    again.close()


@pytest.mark.parametrize(
    ("table", "read"),
    [
        ("users", lambda store: store.users.find("anne")),
        ("cases", lambda store: store.cases.of(ANNE)),
        ("outbox", lambda store: store.outbox.waiting()),
        ("journal", lambda store: list(store.altered())),
    ],
)
def test_a_damaged_table_is_told_by_whoever_reads_it(
    disk: Store, assistant: Assistant, table: str, read: Callable[[Store], object]
) -> None:
    sql = "SELECT rootpage FROM sqlite_master WHERE name = ?"
    page = disk.database.execute(sql, [table]).fetchone()[0]
    disk.close()
    path = disk.data / DATABASE_NAME
    content = bytearray(path.read_bytes())
    content[(page - 1) * 4096 : page * 4096] = b"\xff" * 4096
    path.write_bytes(content)
    again = Store(disk.data)
    with pytest.raises(StoreError, match="recours restore FILE"):
        read(again)
    again.close()


@pytest.mark.parametrize(
    "command", [["verify"], ["status"], ["stats"], ["erase", "anne", "--yes"]]
)
@pytest.mark.parametrize("damage", [head, pages])
def test_a_command_on_a_damaged_database_says_so_in_a_line(
    disk: Store, assistant: Assistant, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    damage: Callable[[Path], None], command: list[str],
) -> None:  # fmt: skip
    disk.close()
    damage(disk.data / DATABASE_NAME)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RECOURS_DATA", str(disk.data))
    result = CliRunner().invoke(main, command)
    assert isinstance(result.exception, SystemExit)  # and not an error that nobody caught
    assert result.exit_code == 1
    assert "recours restore FILE" in result.stderr
    assert len(result.stderr.splitlines()) == 1
