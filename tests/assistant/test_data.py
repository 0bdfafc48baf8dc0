"""What is kept of a person: a copy for them, and erasing it for good, after a confirmation."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from pathlib import Path

import pytest

from bot.assistant import Assistant
from bot.store.store import Store
from tests.assistant.person import PHOTO, Person
from tests.conftest import Chat, Clock


@pytest.fixture
def person(assistant: Assistant, store: Store, clock: Clock) -> Person:
    return Person(assistant, store, clock, "en")


def anna(chat: Chat, tmp_path: Path) -> str:
    """A case with a bit of everything; what Anna wrote and sent."""
    path = tmp_path / "capture.jpg"
    path.write_bytes(PHOTO)
    return chat(
        "/incident le paiement est en panne depuis hier, j’ai perdu 200 €", "Pas encore", "oui",
        "/note rappeler Lemoinier", f"/file {path} | la caisse vide",
        user="anna",
    )  # fmt: skip


def archive_of(transcript: str) -> Path:
    found = re.search(r"^\[.*\.zip\] (.*\.zip)$", transcript, re.MULTILINE)
    assert found is not None
    return Path(found[1])


def test_la_copie_contient_le_dossier_et_les_originaux(chat: Chat, tmp_path: Path) -> None:
    anna(chat, tmp_path)
    transcript = chat("/donnees", "1", user="anna")
    with zipfile.ZipFile(archive_of(transcript)) as archive:
        names = archive.namelist()
        case = json.loads(archive.read("case.json"))
        originals = [archive.read(name) for name in names if name.endswith("capture.jpg")]
    assert originals == [PHOTO]
    told = json.dumps(case, ensure_ascii=False)
    for words in ("rappeler Lemoinier", "la caisse vide", hashlib.sha256(PHOTO).hexdigest()):
        assert words in told


def test_a_copy_holds_nothing_of_others(chat: Chat, tmp_path: Path) -> None:
    anna(chat, tmp_path)
    transcript = chat("/note my own note", "/data", "1", user="paul", lang="en")
    with zipfile.ZipFile(archive_of(transcript)) as archive:
        told = b"".join(archive.read(name) for name in archive.namelist()).decode("utf-8")
    assert "my own note" in told
    assert "Lemoinier" not in told


def test_a_copy_of_nothing_can_be_asked_for(chat: Chat) -> None:
    assert archive_of(chat("/data", "1", user="nobody", lang="en")).is_file()


def test_effacer_demande_confirmation_et_propose_une_copie(chat: Chat, store: Store) -> None:
    chat("/note à garder", user="anna")
    transcript = chat("/donnees", "2", user="anna")
    assert "[1] " in transcript.rsplit("> 2", 1)[1]
    assert "[2] " in transcript.rsplit("> 2", 1)[1]
    [case] = store.cases.of("console:anna")
    assert [note.text for note in store.cases.file(case).notes] == ["à garder"]


def test_apres_confirmation_rien_ne_reste_pas_meme_un_fichier(
    chat: Chat, store: Store, tmp_path: Path
) -> None:
    anna(chat, tmp_path)
    chat("/donnees", "1", user="anna")  # a copy was made, and goes as well
    chat("/note celle de Paul", user="paul")
    transcript = chat("/donnees", "2", "2", user="anna")
    assert "effacé" in transcript
    assert store.users.session("console:anna") is None
    assert store.cases.of("console:anna") == []
    for table in ("users", "cases", "records", "journal", "sessions", "jobs", "search"):
        rows = store.database.execute(f"SELECT * FROM {table}").fetchall()
        assert "Lemoinier" not in str(rows)
        assert "console:anna" not in str(rows)
    assert [path for path in store.data.rglob("*") if path.is_file()] == []
    [case] = store.cases.of("console:paul")
    assert [note.text for note in store.cases.file(case).notes] == ["celle de Paul"]


def test_a_file_that_another_person_sent_too_stays_theirs(person: Person, store: Store) -> None:
    person.sends_file("screen.jpg", PHOTO)
    sha256 = person.file.evidence[0].sha256
    other = Person(person.assistant, store, person.clock, "en")
    other.user = "telegram:8"
    other.sends_file("same.jpg", PHOTO)
    person.sends("/data")
    person.presses("Erase everything")
    assert person.presses("Yes, erase everything") == "Everything of yours is erased."
    assert store.files.evidence(sha256).read_bytes() == PHOTO
    assert len(other.file.evidence) == 1


def test_the_confirmation_works_only_after_the_warning(person: Person) -> None:
    person.sends("/note keep me")
    assert person.sends(button="data:erase-now") == ""
    assert [note.text for note in person.file.notes] == ["keep me"]


def test_erasing_in_the_middle_of_a_flow_ends_it_and_one_can_begin_again(person: Person) -> None:
    person.sends("/incident")
    person.sends_file("screen.jpg", PHOTO)
    person.sends("/data")
    person.presses("Erase everything")
    person.presses("Yes, erase everything")
    assert "Nothing is under way." in person.sends("/cancel")
    assert "Note 1 is kept" in person.sends("/note a new start")


def test_the_question_that_was_kept_names_nobody_and_stays(person: Person) -> None:
    question = "mon voisin peut-il planter un arbre contre mon mur ?"
    person.sends(question)
    person.sends("/data")
    person.presses("Erase everything")
    person.presses("Yes, erase everything")
    [missed] = person.store.missed_questions()
    assert missed["question"] == question
    assert "telegram" not in str(missed)
