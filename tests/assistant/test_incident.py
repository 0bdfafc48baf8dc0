"""An incident: from one sentence, step by step, with every answer changed, and interrupted."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.assistant import Assistant
from bot.faq.library import Library
from bot.store.store import Store
from tests.assistant.person import PHOTO, Person
from tests.conftest import Chat, Clock

FRENCH = "Le paiement par carte est en panne depuis mardi 14h, j’ai perdu 800 €"
ENGLISH = "The card payment has been down since Monday at 2 pm, I lost €800"


def incidents(store: Store, user: str = "console:test") -> list[Any]:
    [case] = store.cases.of(user)
    return list(store.cases.file(case).incidents)


def questions(transcript: str) -> list[str]:
    """The line of progress of every question that was asked."""
    return [line for line in transcript.splitlines() if line.startswith("Incident, ")]


def answered(library: Library, language: str) -> list[str]:
    """Questions that have a sure answer, each of another entry."""
    found = []
    for entry in library.knowledge.entries.values():
        for phrasing in entry.phrasings:
            match = library.matcher.match(phrasing.text, language)
            if (
                phrasing.language == language
                and match.outcome == "answer"
                and match.language == language
                and phrasing.text.endswith("?")
            ):
                found.append(phrasing.text)
                break
        if len(found) == 3:
            break
    return found


def test_une_phrase_suffit_et_trois_messages_enregistrent_l_incident(
    chat: Chat, store: Store
) -> None:
    sent = [f"/incident {FRENCH}", "Pas encore", "Enregistrer"]
    transcript = chat(*sent)
    [incident] = incidents(store)
    assert len(sent) <= 3
    assert (incident.kind, incident.severity, incident.told) == ("payment", "blocked", "no")
    assert (incident.cost_cents, incident.ended, incident.what) == (80_000, None, FRENCH)
    assert incident.started.at.isoformat() == "2026-11-17T13:00:00+00:00"
    assert len(questions(transcript)) == 1
    assert "800 €" in transcript
    assert "Incident 1 enregistré." in transcript


def test_one_sentence_and_two_more_messages_save_an_incident(chat: Chat, store: Store) -> None:
    transcript = chat(f"/incident {ENGLISH}", "not yet", "yes", lang="en")
    [incident] = incidents(store)
    assert (incident.kind, incident.severity, incident.told) == ("payment", "blocked", "no")
    assert (incident.cost_cents, incident.ended) == (80_000, None)
    assert incident.started.at.isoformat() == "2026-11-23T13:00:00+00:00"
    assert "Left out: Where, " in transcript
    assert "Incident 1 is saved." in transcript


def test_a_long_opening_with_control_characters_is_kept_clean(chat: Chat, store: Store) -> None:
    chat(f"/incident panne du paiement\x00\x1b[2J depuis hier {'x' * 5000}", "Pas encore", "Oui")
    [incident] = incidents(store)
    assert "\x00" not in incident.what
    assert len(incident.what) == 3000


SKIPPED = (
    "/incident", "Panne ou lenteur", "Je ne sais pas", "je sais pas", "Le site est vide",
    "/passer", "Passer", "passer", "suivant", "Plus rien ne marche", "Je ne sais pas",
    "Pas encore", "Passer",
)  # fmt: skip
"""The shortest way through an outage: all that can be left out is left out."""


def test_toute_question_facultative_peut_etre_passee(chat: Chat, store: Store) -> None:
    transcript = chat(*SKIPPED, "Enregistrer")
    [incident] = incidents(store)
    assert (incident.kind, incident.what, incident.severity) == (
        "outage", "Le site est vide", "blocked",
    )  # fmt: skip
    assert (incident.page, incident.details, incident.cost_cents) == ("", {}, None)
    assert incident.unsure == ("since", "until", "cost")
    assert "Incident 1 enregistré." in transcript


def test_a_question_that_needs_an_answer_can_t_be_skipped(chat: Chat) -> None:
    transcript = chat("/incident", "/skip", lang="en")
    assert "This question needs an answer." in transcript
    assert questions(transcript) == ["Incident, 1/9", "Incident, 1/9"]


CHANGES = (
    ("Problème", "Piratage ou sécurité"),
    ("Depuis", "3 novembre 2026"),
    ("Jusqu’à", "5 novembre 2026"),
    ("Ce qui se passe", "Le site redirige vers une loterie"),
    ("Où", "La page d’accueil"),
    ("Gravité", "Un détail, mais gênant"),
    ("Coût à ce jour", "120 €"),
    ("Preuves", "C’est tout"),
)


def test_toute_reponse_se_corrige_en_deux_gestes_et_l_ancienne_reste(
    chat: Chat, store: Store
) -> None:
    script = [line for label, new in CHANGES for line in (f"✎ {label}", new)]
    # The kind brings its own questions, asked at once after the change.
    script[2:2] = ["Passer"] * 3
    chat(*SKIPPED, *script, "Enregistrer")
    [incident] = incidents(store)
    assert (incident.kind, incident.severity, incident.cost_cents) == ("security", "minor", 12_000)
    assert (incident.started.day.isoformat(), incident.ended.day.isoformat()) == (
        "2026-11-03", "2026-11-05",
    )  # fmt: skip
    assert (incident.what, incident.page) == (
        "Le site redirige vers une loterie", "La page d’accueil",
    )  # fmt: skip
    assert incident.unsure == ()
    [case] = store.cases.of("console:test")
    [noted] = [r for r in store.cases.journal(case.id) if "answers changed" in r["event"]]
    old = {item["key"]: item["was"] for item in json.loads(noted["body"])["changes"]}
    assert old == {
        "kind": "outage",
        "since": {"unknown": True},
        "until": {"unknown": True},
        "what": "Le site est vide",
        "page": {"skipped": True},
        "severity": "blocked",
        "cost": {"unknown": True},
        "evidence": {"skipped": True},
    }


def test_a_change_asks_only_what_it_made_necessary(chat: Chat) -> None:
    transcript = chat(
        f"/incident {ENGLISH}", "not yet", "✎ Provider told", "Yes, by phone or in person", "save",
        lang="en",
    )  # fmt: skip
    assert questions(transcript) == ["Incident, 11/12", "Incident, 11/12"]
    assert "Told on: (not known)" in transcript


def test_words_move_as_buttons_do_also_at_the_review(chat: Chat) -> None:
    back = chat(f"/incident {ENGLISH}", "not yet", "back", "cancel", lang="en")
    assert questions(back)[-1] == "Incident, 12/12"
    assert "Cancelled: nothing was saved." in back
    assert "Nothing is under way." in chat("/cancel", lang="en")


def test_une_reponse_illisible_ne_change_rien_et_dit_pourquoi(chat: Chat, store: Store) -> None:
    chat("/incident", "Facture ou prix")
    before = store.users.session("console:test")
    transcript = chat("le trente-douze zéroctobre")
    after = store.users.session("console:test")
    assert before is not None
    assert after is not None
    assert (after.answers, after.cursor) == (before.answers, before.cursor)
    assert "Par exemple" in transcript


@pytest.mark.parametrize("language", ["fr", "en"])
def test_two_questions_in_between_are_answered_and_the_step_comes_again_once_each_time(
    chat: Chat, library: Library, store: Store, language: str
) -> None:
    first, second, _ = answered(library, language)
    opening = FRENCH if language == "fr" else ENGLISH
    transcript = chat(f"/incident {opening}", first, second, lang=language)
    heading = "Base juridique" if language == "fr" else "Legal basis"
    assert transcript.count(heading) == 2
    assert questions(transcript) == ["Incident, 11/12"] * 3
    chat("Pas encore" if language == "fr" else "Not yet", "ok", lang=language)
    [incident] = incidents(store)
    assert (incident.cost_cents, incident.told) == (80_000, "no")


def test_une_question_au_moment_de_relire_ramene_a_la_relecture(
    chat: Chat, library: Library
) -> None:
    question = answered(library, "fr")[0]
    transcript = chat(f"/incident {FRENCH}", "Pas encore", question, "oui")
    assert transcript.count("✎ Problème") == 2
    assert "Incident 1 enregistré." in transcript


def test_a_restart_in_the_middle_continues_at_the_same_question(chat: Chat) -> None:
    chat("/incident", "Invoice or price", "yesterday", lang="en")
    # `chat` opens the console anew: the question comes back by itself.
    transcript = chat("It still goes on", lang="en")
    assert questions(transcript)[0] == "Incident, 3/12"
    assert questions(transcript)[1] == "Incident, 4/12"


def test_la_langue_change_au_milieu_sans_rien_perdre(chat: Chat) -> None:
    transcript = chat(f"/incident {FRENCH}", "/language en", "Not yet", "/langue fr", "oui")
    assert "Have you told the provider?" in transcript
    assert "Problem: Online payment" in transcript
    assert "Incident 1 enregistré." in transcript


def test_an_end_before_the_beginning_is_refused_at_the_review_and_can_be_changed(
    chat: Chat, store: Store
) -> None:
    transcript = chat(
        f"/incident {ENGLISH}", "not yet", "✎ Until", "1 November 2026", "save",
        "✎ Until", "It still goes on", "save",
        lang="en",
    )  # fmt: skip
    assert "The end is before the beginning" in transcript
    assert len(incidents(store)) == 1


@pytest.fixture
def person(assistant: Assistant, store: Store, clock: Clock) -> Person:
    return Person(assistant, store, clock, "en")


def test_an_edited_answer_follows_and_the_question_stays(person: Person) -> None:
    person.sends("/incident")
    person.sends("Invoice or price", message="m1")
    person.sends("yesterday", message="m2")
    said = person.sends("3 November 2026", "edited", message="m2")
    assert "I changed your answer." in said
    assert "Until when?" in said
    session = person.store.users.session("telegram:7")
    assert session is not None
    assert session.answers["since"]["day"] == "2026-11-03"
    assert [key for key, _ in session.changes] == ["since"]
    assert "Since when?" in person.sends("/back")


def test_a_button_pressed_twice_counts_once(person: Person) -> None:
    person.sends(f"/incident {ENGLISH}")
    person.presses("Not yet")
    save = person.button("Save").data
    assert "Incident 1 is saved." in person.sends(button=save)
    assert "earlier question" in person.sends(button=save)
    assert len(person.file.incidents) == 1


def test_a_saved_incident_is_changed_from_the_case_and_keeps_its_exhibits(
    person: Person,
) -> None:
    person.sends(f"/incident {ENGLISH}")
    person.sends_file("screen.jpg", PHOTO)
    person.presses("Not yet")
    person.presses("Save")
    person.sends("/case")
    person.presses("✎ Change incident 1")
    person.presses("✎ Cost so far")
    person.sends("950")
    person.presses("Save")
    [incident] = person.file.incidents
    assert (incident.number, incident.cost_cents, incident.evidence) == (1, 95_000, (1,))
    changed = json.loads(person.journal[-2]["body"])
    assert (changed["was"]["cost_cents"], changed["is"]["cost_cents"]) == (80_000, 95_000)
