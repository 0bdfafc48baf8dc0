"""The journal is a chain: whatever is changed behind the program's back is named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.casefile.models import CaseDetails, Evidence, Note
from bot.store.store import Store
from tests.conftest import NOON
from tests.store.conftest import ANNE, add_user

CONTENT = b"%PDF-1.7 facture"


@pytest.fixture
def filled(disk: Store) -> Store:
    """Two cases of Anne's. The journal of the first has rows 1 to 7."""
    add_user(disk)
    first = disk.cases.create(ANNE, NOON)
    sha256 = disk.files.keep(CONTENT)
    exhibit = Evidence(sha256, "facture.pdf", "application/pdf", len(CONTENT), NOON)
    disk.cases.save(first.id, Note("un"), NOON)
    disk.cases.save(first.id, exhibit, NOON)
    disk.cases.save(first.id, Note("deux"), NOON)
    disk.cases.save(first.id, Note("un bis", number=1), NOON + timedelta(hours=1))
    disk.cases.save(first.id, CaseDetails(provider={"name": "Agence"}), NOON)
    disk.cases.set_status(first.id, "closed", NOON)
    second = disk.cases.create(ANNE, NOON)
    disk.cases.save(second.id, Note("ailleurs"), NOON)
    return disk


def evidence_path(store: Store) -> Path:
    return next(path for path in (store.data / "evidence").rglob("*") if path.is_file())


def sql(statement: str) -> Callable[[Store], object]:
    return lambda store: store.database.execute(statement)


def test_what_was_never_touched_agrees(filled: Store) -> None:
    assert list(filled.altered()) == []


def test_an_empty_store_agrees(store: Store) -> None:
    assert list(store.altered()) == []


JOURNAL = "UPDATE journal SET"
RECORD = "UPDATE records SET"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (sql(f"{JOURNAL} body = replace(body, 'deux', 'dix') WHERE id = 4"),
         ["journal row 4 (note added", "note 2 does not agree"]),
        (sql(f"{JOURNAL} at = '2020-01-01T00:00:00+00:00' WHERE id = 2"),
         ["journal row 2 (note added, 2020-01-01"]),
        (sql(f"{JOURNAL} event = 'note removed' WHERE id = 3"),
         ["journal row 3 (note removed", "evidence 1 does not agree"]),
        (sql(f"{JOURNAL} body = 'not json' WHERE id = 4"),
         ["journal row 4 (note added", "note 2 does not agree"]),
        (sql(f"{JOURNAL} body = '[1]' WHERE id = 5"),
         ["journal row 5 (note changed", "note 1 does not agree"]),
        (sql(f"{JOURNAL} hash = '{'0' * 64}' WHERE id = 5"),
         ["journal row 5 (note changed", "journal row 6 (details changed"]),
        (sql("DELETE FROM journal WHERE id = 2"), ["journal row 3 (evidence added"]),
        (sql("DELETE FROM journal WHERE id = 1"), ["journal row 2 (note added"]),
        (sql("DELETE FROM journal WHERE id = 7"), ["case 1 of console:anne: status does not"]),
        (sql("DELETE FROM journal WHERE id IN (6, 7)"),
         ["details does not agree", "status does not agree"]),
        (sql(f"{JOURNAL} id = 20 WHERE id = 4"),
         ["journal row 5 (note changed", "journal row 20 (note added"]),
        (sql(f"{JOURNAL} case_id = 2 WHERE id = 4"),
         ["journal row 5 (note changed", "note 2 does not agree",
          "case 2 of console:anne: journal row 4", "journal row 8 (case opened",
          "case 2 of console:anne: note 2 does not agree"]),
        (sql(f"{RECORD} body = replace(body, 'deux', 'dix') WHERE number = 2"),
         ["case 1 of console:anne: note 2 does not agree"]),
        (sql(f"{RECORD} body = 'not json' WHERE number = 2"), ["note 2 does not agree"]),
        (sql(f"{RECORD} number = 'x' WHERE number = 2"),
         ["note x does not agree", "note 2 does not agree"]),
        (sql("DELETE FROM records WHERE number = 2"), ["note 2 does not agree"]),
        (sql("INSERT INTO records (case_id, kind, number, body, created)"
             " VALUES (1, 'note', 9, 'null', '')"), ["note 9 does not agree"]),
        (sql(f"{RECORD} body = replace(body, 'sha256', 'sha') WHERE kind = 'evidence'"),
         ["case 1 of console:anne: evidence 1 does not agree"]),
        (sql(f"{RECORD} body = '{{}}' WHERE kind = 'evidence'"), ["evidence 1 does not agree"]),
        (sql("UPDATE cases SET provider = replace(provider, 'Agence', 'Autre') WHERE id = 1"),
         ["case 1 of console:anne: details does not agree"]),
        (sql("UPDATE cases SET status = 'open' WHERE id = 1"), ["status does not agree"]),
        (lambda store: evidence_path(store).unlink(),
         ["case 1 of console:anne: evidence 1: the file is missing"]),
        (lambda store: evidence_path(store).write_bytes(CONTENT + b" "),
         ["case 1 of console:anne: evidence 1: the file was altered"]),
    ],
)  # fmt: skip
def test_what_was_changed_is_named_and_nothing_else(
    filled: Store, change: Callable[[Store], object], named: list[str]
) -> None:
    change(filled)
    lines = list(filled.altered())
    assert len(lines) == len(named), lines
    for line, words in zip(lines, named, strict=True):
        assert words in line


def test_each_case_has_a_chain_of_its_own(filled: Store) -> None:
    rows = [filled.cases.journal(case.id) for case in filled.cases.of(ANNE)]
    assert [len(journal) for journal in rows] == [7, 2]
    for journal in rows:
        previous = ["0" * 64, *(item["hash"] for item in journal[:-1])]
        assert [item["previous"] for item in journal] == previous
