"""Cases: notes and what becomes of them, search, the timeline, gaps, and several cases at once."""

from __future__ import annotations

import json

import pytest

from bot.assistant import Assistant
from bot.assistant.cases import PAGE
from bot.store.store import Store
from tests.assistant.person import PHOTO, Person
from tests.conftest import Chat, Clock


@pytest.fixture
def person(assistant: Assistant, store: Store, clock: Clock) -> Person:
    return Person(assistant, store, clock, "en")


@pytest.fixture
def cliente(assistant: Assistant, store: Store, clock: Clock) -> Person:
    return Person(assistant, store, clock)


def test_un_dossier_commence_avec_la_premiere_note(chat: Chat, store: Store) -> None:
    assert store.cases.of("console:test") == []
    assert "vide" in chat("/dossier")
    transcript = chat("/note Appel de Paul : il promet une réponse demain")
    assert "Note 1 enregistrée, datée du 24 novembre 2026 à 10" in transcript
    assert transcript.rstrip().endswith("Dossier 1")
    [case] = store.cases.of("console:test")
    [note] = store.cases.file(case).notes
    assert note.text == "Appel de Paul : il promet une réponse demain"


def test_a_note_without_words_takes_the_next_message(chat: Chat) -> None:
    transcript = chat("/note", "Paul called", "/search paul", lang="en")
    assert "What should I note?" in transcript
    assert "Note 1 is kept" in transcript
    assert "Note 1: Paul called" in transcript


def test_a_command_in_between_ends_the_wait_for_a_note(chat: Chat, store: Store) -> None:
    chat("/note", "/help", "bonjour", lang="en")
    assert store.cases.of("console:test") == []


def test_une_note_trop_longue_garde_son_debut_et_le_dit(cliente: Person) -> None:
    said = cliente.sends("/note " + "é" * 4000)
    assert "3000" in said.replace("\N{NARROW NO-BREAK SPACE}", "")
    assert cliente.file.notes[0].text == "é" * 3000


def test_an_edited_note_follows_and_the_old_words_stay(person: Person) -> None:
    person.sends("/note Paul called on Monday", message="m1")
    said = person.sends("/note Paul called on Tuesday", "edited", message="m1")
    assert said == "Note 1 is changed; the old text is kept."
    assert person.file.notes[0].text == "Paul called on Tuesday"
    changed = json.loads(person.journal[-1]["body"])
    assert (changed["was"]["text"], changed["is"]["text"]) == (
        "Paul called on Monday", "Paul called on Tuesday",
    )  # fmt: skip
    assert "Nothing in this case" in person.sends("/search monday")
    assert list(person.store.altered()) == []


def test_a_message_that_was_not_kept_can_t_be_edited_after_all(person: Person) -> None:
    person.sends("hello", message="m1")
    assert "I only read the new messages" in person.sends("hello you", "edited", message="m1")


def test_repondre_a_une_confirmation_en_fait_une_note(cliente: Person) -> None:
    cliente.sends("/note premier appel")
    cliente.sends("il a rappelé", reply_to=cliente.last)
    assert [note.text for note in cliente.file.notes][1].endswith("il a rappelé")
    assert "1" in cliente.file.notes[1].text


def test_a_reply_to_a_saved_incident_is_about_it(person: Person) -> None:
    person.sends("/incident the site has been down since yesterday, I lost €200")
    person.presses("Not yet")
    person.presses("Save")
    person.sends("Paul says it is repaired", reply_to=person.last)
    assert person.file.notes[0].text == "About incident 1: Paul says it is repaired"


def test_an_answer_to_a_message_about_nothing_is_read_as_any_other(person: Person) -> None:
    person.sends("/help")
    person.sends("hello", reply_to=person.last)
    person.sends("/note x", reply_to="who knows")
    assert [note.text for note in person.file.notes] == ["x"]


def test_deux_dossiers_et_celui_qui_est_actif_est_nomme(chat: Chat, store: Store) -> None:
    chat("/note dans le premier")
    transcript = chat("/dossiers", "2", "/note dans le second", "/chercher premier")
    assert transcript.count("Dossier 2") >= 2
    assert "Note 1 enregistrée" in transcript
    first, second = store.cases.of("console:test")
    assert [note.text for note in store.cases.file(first).notes] == ["dans le premier"]
    assert [note.text for note in store.cases.file(second).notes] == ["dans le second"]
    assert "ne contient" in transcript
    back = chat("/dossiers", "1", "/note encore", "/chercher premier")
    assert "Note 2 enregistrée" in back
    assert "dans le premier" in back


def test_what_is_logged_goes_to_the_active_case_and_says_so(person: Person) -> None:
    person.sends("/note one")
    person.sends("/cases")
    person.presses("Open a new case")
    person.sends("/incident the site has been down since yesterday, I lost €200")
    person.presses("Not yet")
    assert "Case 2" in person.presses("Save")
    assert (len(person.file.incidents), len(person.file.notes)) == (1, 0)
    person.sends("/cases")
    assert person.labels() == ["Case 1", "▸ Case 2", "Open a new case"]


def test_a_closed_case_can_be_reopened(person: Person) -> None:
    person.sends("/note one")
    person.sends("/case")
    assert "Case 1 is closed." in person.presses("Close this case")
    person.sends("/cases")
    assert person.labels()[0] == "▸ Case 1, closed"
    person.sends("/case")
    assert "Case 1 is open again." in person.presses("Reopen this case")
    assert [row["event"] for row in person.journal] == [
        "case opened", "note added", "case closed", "case open",
    ]  # fmt: skip


def test_la_recherche_trouve_notes_incidents_et_pieces_sans_accents(cliente: Person) -> None:
    cliente.sends("/note Le panier se vide à la caisse")
    cliente.sends("/incident le panier est en panne depuis hier, j’ai perdu 200 €")
    cliente.presses("Pas encore")
    cliente.presses("Enregistrer")
    cliente.sends_file("capture.png", PHOTO, "Panier vidé")
    said = cliente.sends("/chercher PANIER")
    assert said.splitlines()[0].startswith("3")
    only = cliente.sends("/chercher panier vide")
    assert "capture.png" in only
    assert "Le panier se vide" in only
    assert "en panne" not in only


@pytest.mark.parametrize("words", ['"', "NEAR(a b)", "* OR *", "a" * 3000, "'; --", "%", "-"])
def test_a_search_takes_its_words_as_words(person: Person, words: str) -> None:
    person.sends("/note basket")
    assert "Nothing in this case" in person.sends(f"/search {words}")


def test_a_search_without_words_says_how(person: Person) -> None:
    assert "/search basket" in person.sends("/search")


def test_ce_qui_manque_aux_preuves_est_dit_avec_ce_qu_il_faut_faire(cliente: Person) -> None:
    cliente.sends("/incident le site est en panne depuis hier, j’ai perdu 200 €")
    cliente.presses("Pas encore")
    cliente.presses("Enregistrer")
    said = cliente.sends("/manques")
    assert said.count("• ") == said.count("→ ")
    assert said.count("• ") >= 2
    assert "contrat" in said


def test_gaps_of_an_empty_case_say_how_a_case_begins(person: Person) -> None:
    assert "Your case is empty for now." in person.sends("/gaps")


def fill(person: Person, notes: int) -> None:
    person.sends("/incident the site has been down since 3 November, I lost €200")
    person.presses("Not yet")
    person.presses("Save")
    person.sends_file("screen.jpg", PHOTO)
    for number in range(notes):
        person.waits(hours=1)
        person.sends(f"/note call number {number}")


def test_the_timeline_comes_in_pages_newest_first(person: Person) -> None:
    fill(person, PAGE + 3)
    said = person.sends("/case")
    assert f"call number {PAGE + 2}\n" in f"{said}\n"
    assert "call number 2" not in said.split("call number 3")[-1]
    older = person.presses("Older →")
    assert "call number 2" in older
    assert "Incident 1" in older
    assert "Older →" not in person.labels()
    assert f"call number {PAGE + 2}" in person.presses("← Newer")


def test_the_timeline_shows_one_kind_alone(person: Person) -> None:
    fill(person, 2)
    person.sends("/case")
    assert "call number" not in person.presses("Exhibits")
    exhibits = person.sends(button="tl:0:evidence")
    assert "screen.jpg" in exhibits
    notes = person.presses("Notes")
    assert ("call number 1" in notes, "screen.jpg" in notes) == (True, False)
    assert person.button("Everything").data == "tl:0:"
    assert "Nothing here yet." in person.sends(button="tl:0:letter")


def test_the_case_adds_up_what_there_is(person: Person) -> None:
    fill(person, 2)
    said = person.sends("/case").splitlines()
    assert said[:4] == [
        "Case 1, opened on 24 November 2026",
        "1 incident, 2 notes and 1 exhibit",
        "1 incident still goes on.",
        "Cost told so far: €200",
    ]


def test_what_is_in_one_persons_case_is_not_in_anothers(chat: Chat) -> None:
    chat("/note secret d’Anna", user="anna")
    assert "secret" not in chat("/note moi", "/chercher anna", "/dossier", user="paul")
