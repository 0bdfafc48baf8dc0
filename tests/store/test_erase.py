"""Erasing leaves no byte of a person's words in the data folder, and all of the others'."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.casefile.models import CaseDetails, Due, Evidence, Incident, Letter, Note
from bot.errors import StoreError
from bot.flows.model import Session
from bot.messages import Reply
from bot.store.cases import Found
from bot.store.files import copies_folder
from bot.store.queues import MAX_ATTEMPTS
from bot.store.reminders import Reminders
from bot.store.store import DATABASE_NAME, Store
from tests.conftest import NOON
from tests.store.conftest import add_user

ANNE, BOB = "telegram:42", "console:bob"
SHARED = b"the same picture of the same broken page"


def fill(store: Store, user: str, word: str) -> int:
    """Everything that can be kept of a user, each with `word` in it; the id of the case."""
    kept = replace(add_user(store, user), name=word, memory={"asked": word}, language="fr")
    store.users.save(kept)
    case = store.cases.create(user, NOON).id
    own = store.files.keep(f"%PDF {word}".encode())
    for sha256 in (own, store.files.keep(SHARED)):
        exhibit = Evidence(sha256, f"{word}.pdf", "application/pdf", 9, NOON, description=word)
        store.cases.save(case, exhibit, NOON)
    for number in range(3):
        store.cases.save(case, Note(f"{word} {number}{word}"), NOON, message=f"42:{number}")
    store.cases.save(case, Note(f"autre {word}", number=1), NOON)
    store.cases.save(case, Incident("panne", word, details={"x": word}), NOON)
    store.cases.save(case, Letter("notice", {"facts": word}), NOON)
    store.cases.save(case, Due("answer", NOON.date(), 1), NOON)
    store.cases.save(case, CaseDetails(provider={"name": word}), NOON)
    Reminders(store.database).plan(case, 1, word, [NOON + timedelta(days=3)])
    store.users.save_session(user, Session("incident", 1, "what", {"what": word}), NOON)
    store.outbox.add(user, [Reply(word), Reply(f"{word} again")], NOON)
    store.outbox.failed(store.outbox.waiting(user)[0].id, word, permanent=True)
    store.jobs.add(user, case, "letter", {"facts": word}, NOON)
    store.files.write_document(f"documents/{case}/lettre.pdf", word.encode())
    store.files.write_document(f"{copies_folder(user)}/recours.zip", word.encode())
    return case


def bytes_with(folder: Path, word: str) -> list[str]:
    """The files that hold a word, or all of it but its first letters: an index shares those."""
    needles = [word.encode(), word[3:].encode()]
    return [
        path.name
        for path in sorted(folder.rglob("*"))
        if path.is_file() and (any(n in path.read_bytes() for n in needles) or word in str(path))
    ]


def test_no_byte_of_the_words_is_left(disk: Store) -> None:
    fill(disk, BOB, "wallabyword")
    fill(disk, ANNE, "zebraquagga")
    for id in range(4):
        disk.inbox.add(id, 42, '{"text": "zebraquagga"}', NOON)
    disk.inbox.done(1)
    for _ in range(MAX_ATTEMPTS):
        disk.inbox.failed(2, "zebraquagga")
    assert bytes_with(disk.data, "zebraquagga") != []
    disk.erase(ANNE)
    assert bytes_with(disk.data, "zebraquagga") == []
    assert bytes_with(disk.data, "telegram") == []
    disk.close()
    assert bytes_with(disk.data, "zebraquagga") == []


@pytest.mark.parametrize("count", [1, 2, 3, 5, 17])
def test_the_index_keeps_no_word_however_it_grew(disk: Store, count: int) -> None:
    add_user(disk, ANNE)
    add_user(disk, BOB)
    mine, other = disk.cases.create(ANNE, NOON).id, disk.cases.create(BOB, NOON).id
    for number in range(count):
        disk.cases.save(mine, Note(f"zebraquagga{number}"), NOON)
        disk.cases.save(other, Note(f"wallabyword{number}"), NOON)
    disk.erase(ANNE)
    assert bytes_with(disk.data, "zebraquagga") == []
    assert len(disk.cases.search(other, "wallaby")) == count


def test_whatever_is_of_others_stays(disk: Store) -> None:
    case = fill(disk, BOB, "wallabyword")
    before = disk.cases.file(disk.cases.of(BOB)[0]), disk.cases.journal(case)
    waiting = [sent.reply for sent in disk.outbox.waiting(BOB)]
    fill(disk, ANNE, "zebraquagga")
    disk.inbox.add(1, 43, "wallabyword", NOON)
    disk.erase(ANNE)
    assert (disk.cases.file(disk.cases.of(BOB)[0]), disk.cases.journal(case)) == before
    assert [sent.reply for sent in disk.outbox.waiting(BOB)] == waiting
    assert disk.users.session(BOB) == Session("incident", 1, "what", {"what": "wallabyword"})
    assert [job.user for job in disk.jobs.waiting()] == [BOB]
    assert disk.inbox.waiting() == [(1, "wallabyword")]
    assert Reminders(disk.database).waiting(case, 1) == [NOON + timedelta(days=3)]
    assert disk.files.document(f"documents/{case}/lettre.pdf").is_file()
    assert disk.files.document(f"{copies_folder(BOB)}/recours.zip").is_file()
    assert disk.cases.search(case, "wallabyword")[0] == Found("incident", 1)
    assert list(disk.altered()) == []


def test_evidence_that_two_share_goes_with_the_last_of_them(disk: Store) -> None:
    fill(disk, BOB, "wallabyword")
    fill(disk, ANNE, "zebraquagga")
    path = disk.files.evidence(disk.files.keep(SHARED))
    assert disk.erase(ANNE) == 3  # the own exhibit, the letter, the copy
    assert path.read_bytes() == SHARED
    assert disk.erase(BOB) == 4
    assert not path.exists()


def test_what_a_cut_off_turn_or_write_left_behind_goes_too(disk: Store) -> None:
    fill(disk, ANNE, "zebraquagga")
    disk.files.keep(b"zebraquagga, whose row was never written")
    (disk.data / "evidence" / "ab").mkdir(exist_ok=True)
    (disk.data / "evidence" / "ab" / "tmp1.part").write_bytes(b"half of zebraquagga")
    disk.erase(ANNE)
    assert bytes_with(disk.data, "zebraquagga") == []


def test_what_another_program_left_in_free_pages_goes_too(disk: Store) -> None:
    fill(disk, ANNE, "zebraquagga")
    other = sqlite3.connect(disk.data / DATABASE_NAME)
    other.execute("PRAGMA secure_delete = OFF")
    other.execute("INSERT INTO facts VALUES ('x', ?)", ["zebraquagga" * 5000])
    other.commit()
    other.execute("DELETE FROM facts")
    other.commit()
    other.close()
    disk.erase(ANNE)
    assert bytes_with(disk.data, "zebraquagga") == []


def test_evidence_stays_when_somebody_spoilt_its_record(disk: Store) -> None:
    fill(disk, BOB, "wallabyword")
    fill(disk, ANNE, "zebraquagga")
    exhibit = disk.cases.file(disk.cases.of(BOB)[0]).evidence[0]
    disk.database.execute("UPDATE records SET body = 'spoilt' WHERE kind = 'evidence'")
    disk.erase(ANNE)
    assert disk.files.evidence(exhibit.sha256).is_file()


def test_an_erase_that_can_not_begin_changes_nothing_and_can_be_done_again(disk: Store) -> None:
    case = fill(disk, ANNE, "zebraquagga")
    before = disk.cases.file(disk.cases.of(ANNE)[0])
    disk.database.execute("PRAGMA busy_timeout = 50")
    other = Store(disk.data)
    with other.transaction(), pytest.raises(StoreError, match="Another program holds"):
        disk.erase(ANNE)
    other.close()
    assert disk.cases.file(disk.cases.of(ANNE)[0]) == before
    assert disk.files.document(f"documents/{case}/lettre.pdf").is_file()
    disk.erase(ANNE)
    assert bytes_with(disk.data, "zebraquagga") == []


def test_a_name_that_looks_like_a_path_takes_nothing_else_along(disk: Store) -> None:
    (disk.data / "documents" / "1").mkdir(parents=True)
    (disk.data / "documents" / "1" / "kept.pdf").write_bytes(b"x")
    for user in ("console:../1", "console:..", "console:/", "console:x/../../../.."):
        add_user(disk, user)
        assert disk.erase(user) == 0
    assert (disk.data / "documents" / "1" / "kept.pdf").is_file()
    assert disk.counts()["users"] == 0


def test_erasing_somebody_unknown_does_nothing(disk: Store) -> None:
    fill(disk, BOB, "wallabyword")
    before = disk.counts()
    assert disk.erase("console:nobody") == 0
    assert disk.counts() == before
