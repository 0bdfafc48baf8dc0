"""Photos, files and albums: kept as received, with a receipt, and what is said of them later."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from bot.assistant import Assistant
from bot.messages import Attachment
from bot.store.store import Store
from tests.assistant.person import PHOTO, Person
from tests.conftest import Chat, Clock

PDF = b"%PDF-1.7\nfacture de mars"


@pytest.fixture
def person(assistant: Assistant, store: Store, clock: Clock) -> Person:
    return Person(assistant, store, clock)


@pytest.fixture
def english(assistant: Assistant, store: Store, clock: Clock) -> Person:
    return Person(assistant, store, clock, "en")


def test_le_recu_donne_le_numero_l_empreinte_et_l_heure(
    chat: Chat, store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "facture.pdf"
    path.write_bytes(PDF)
    transcript = chat(f"/file {path} | facture de mars")
    fingerprint = hashlib.sha256(PDF).hexdigest()
    assert "Pièce 1" in transcript
    assert "facture.pdf" in transcript
    assert fingerprint[:16] in transcript
    assert "24 novembre 2026 à 10" in transcript
    [case] = store.cases.of("console:test")
    [exhibit] = store.cases.file(case).evidence
    assert (exhibit.sha256, exhibit.name, exhibit.size) == (fingerprint, "facture.pdf", len(PDF))
    assert (exhibit.mime, exhibit.description) == ("application/pdf", "facture de mars")
    assert store.files.evidence(fingerprint).read_bytes() == PDF


def test_the_receipt_gives_number_fingerprint_and_time(english: Person) -> None:
    said = english.sends_file("invoice.pdf", PDF)
    assert "Exhibit 1 is kept: invoice.pdf, 24\N{NO-BREAK SPACE}bytes." in said
    assert f"Fingerprint: {hashlib.sha256(PDF).hexdigest()[:16]}…" in said
    assert "Received on 24 November 2026 at 10:00." in said
    assert english.labels() == ["Log an incident with it", "See my case"]


def test_le_meme_fichier_deux_fois_n_est_garde_qu_une_fois(person: Person) -> None:
    person.sends_file("facture.pdf", PDF)
    person.waits(days=2)
    said = person.sends_file("copie.pdf", PDF)
    assert "24 novembre 2026" in said
    assert "pièce 1" in said
    assert [exhibit.name for exhibit in person.file.evidence] == ["facture.pdf"]


@pytest.mark.parametrize(
    ("content", "refused", "why"),
    [
        (b"", "", "big.zip is empty"),
        (None, "too big", "over 20 MB"),
        (None, "unavailable", "could not be fetched"),
    ],
)
def test_a_file_that_can_t_be_kept_is_refused_with_a_reason(
    english: Person, content: bytes | None, refused: str, why: str
) -> None:
    assert why in english.sends_file("big.zip", content, refused=refused)
    english.sends("/note here I am")
    assert english.file.evidence == ()


def test_a_squeezed_photo_is_kept_with_the_advice_to_send_the_file(english: Person) -> None:
    said = english.sends_file("", PHOTO, compressed=True)
    assert "Send it as a file too" in said
    [exhibit] = english.file.evidence
    assert (exhibit.compressed, exhibit.mime, exhibit.name) == (True, "image/jpeg", "photo")
    assert "Send it as a file too" not in english.sends_file("a.jpg", PHOTO + b"1")


def test_un_fichier_transfere_est_note_comme_tel(person: Person) -> None:
    person.sends_file("message.eml", b"From: agence", forwarded=True)
    [exhibit] = person.file.evidence
    assert (exhibit.forwarded, exhibit.mime) == (True, "text/plain")


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\x00b\x1b[2J.pdf", "x" * 500 + ".pdf", ""])
def test_a_hostile_name_neither_leaves_the_folder_nor_breaks_the_receipt(
    person: Person, name: str
) -> None:
    said = person.sends_file(name, PDF)
    [exhibit] = person.file.evidence
    assert "\x00" not in said
    assert 0 < len(exhibit.name) <= 120
    kept = [path.name for path in (person.store.data / "evidence").rglob("*") if path.is_file()]
    assert kept == [exhibit.sha256]


def test_un_album_de_trois_donne_trois_recus_et_une_seule_suite(person: Person) -> None:
    said = [
        person.sends_file(f"{n}.jpg", PHOTO + bytes([n]), group="album", caption=caption)
        for n, caption in enumerate(("la caisse en panne", "", ""))
    ]
    assert ["Pièce" in text for text in said] == [True, True, True]
    assert ["incident" in text for text in said] == [True, False, False]
    assert len(person.file.evidence) == 3
    assert person.file.evidence[0].description == "la caisse en panne"


def test_files_in_one_message_get_a_receipt_each_and_one_follow_up(english: Person) -> None:
    files = tuple(Attachment(f"{n}.txt", b"page %d" % n) for n in range(3))
    said = english.sends(attachments=files)
    assert [f"Exhibit {n} is kept" in said for n in (1, 2, 3)] == [True, True, True]
    assert said.count("Does it belong to an incident?") == 1


def test_un_fichier_envoye_d_abord_entre_dans_l_incident_qui_suit(person: Person) -> None:
    person.sends_file("capture.png", PHOTO)
    person.presses("Noter un incident")
    answers = (
        "Autre problème", "Hier", "Ça dure encore", "La page est vide", "/passer",
        "Plus rien ne marche", "/passer", "Pas encore",
    )  # fmt: skip
    for answer in answers:
        labels = person.labels()
        said = person.presses(answer) if answer in labels else person.sends(answer)
    assert "1 fichier reçu" in said
    person.presses("C’est tout")
    person.presses("Enregistrer")
    [incident] = person.file.incidents
    assert incident.evidence == (1,)
    assert person.file.evidence[0].incident == 1


def test_a_file_in_the_middle_of_an_incident_joins_it_and_the_question_stays(
    english: Person,
) -> None:
    english.sends("/incident the site has been down since yesterday, I lost €200")
    said = english.sends_file("screen.jpg", PHOTO, "the empty page")
    assert "Exhibit 1 is kept" in said
    assert "Have you told the provider?" in said
    english.sends_file("screen-again.jpg", PHOTO)
    english.presses("Not yet")
    english.presses("Save")
    [incident] = english.file.incidents
    assert incident.evidence == (1,)
    assert english.file.evidence[0].incident == 1
    english.sends("/case")
    assert "• Exhibit 1: screen.jpg" in "\n".join(reply.text for reply in english.replies)


def test_files_of_a_flow_that_was_cancelled_stay_in_the_case(english: Person) -> None:
    english.sends("/incident")
    english.sends_file("screen.jpg", PHOTO)
    assert "The files you sent stay in your case." in english.sends("/cancel")
    assert len(english.file.evidence) == 1


def test_un_fichier_isole_se_rattache_a_un_incident_deja_note(person: Person) -> None:
    person.sends("/incident le site est en panne depuis hier, j’ai perdu 200 €")
    person.presses("Pas encore")
    person.presses("Enregistrer")
    person.sends_file("capture.png", PHOTO)
    person.presses(person.labels()[0])
    assert person.file.evidence[0].incident == 1


def test_an_edited_caption_becomes_the_description_and_the_old_one_stays(english: Person) -> None:
    english.sends_file("invoice.pdf", PDF, "invoice of March", message="m5")
    said = english.sends("invoice of April", "edited", message="m5")
    assert said == "The description of exhibit 1 is changed."
    assert english.file.evidence[0].description == "invoice of April"
    changed = json.loads(english.journal[-1]["body"])
    assert changed["was"]["description"] == "invoice of March"
    assert "invoice.pdf" in english.sends("/search april")


def test_repondre_au_recu_ajoute_une_note_sur_la_piece(person: Person) -> None:
    person.sends_file("facture.pdf", PDF)
    receipt = person.store.database.execute(
        "SELECT message FROM outbox WHERE about = 'evidence:1'"
    ).fetchone()[0]
    person.sends("payée deux fois", reply_to=receipt)
    [note] = person.file.notes
    assert "1" in note.text
    assert note.text.endswith("payée deux fois")


def test_a_reply_to_the_file_itself_is_about_it_too(english: Person) -> None:
    english.sends_file("invoice.pdf", PDF, message="m8")
    english.sends("paid twice", reply_to="m8")
    [note] = english.file.notes
    assert note.text == "About exhibit 1: paid twice"


def test_what_was_altered_on_disk_is_named(person: Person) -> None:
    person.sends_file("facture.pdf", PDF)
    assert list(person.store.altered()) == []
    path = person.store.files.evidence(person.file.evidence[0].sha256)
    path.chmod(0o600)
    path.write_bytes(PDF.replace(b"mars", b"juin"))
    [fault] = person.store.altered()
    assert "evidence 1" in fault
