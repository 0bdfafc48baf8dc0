"""Questions in a chat: answered, offered as a choice, or not known; and what is not a question."""

from __future__ import annotations

import pytest

from bot.assistant import Assistant
from bot.faq.library import Library
from bot.faq.matcher import SMALL_TALK
from bot.store.store import Store
from tests.assistant.person import Person
from tests.conftest import Chat, Clock

OTHER_MATTERS = (
    "puis-je planter un arbre contre le mur du voisin ?",
    "mon trésorier a quitté l’association",
    "qui a gagné le match hier ?",
)


@pytest.fixture
def person(assistant: Assistant, store: Store, clock: Clock) -> Person:
    return Person(assistant, store, clock, "en")


@pytest.fixture
def cliente(assistant: Assistant, store: Store, clock: Clock) -> Person:
    return Person(assistant, store, clock)


def asked(library: Library, language: str, outcome: str, tail: str = "") -> str:
    """A phrasing of the knowledge that has this outcome, whatever the thresholds of the day."""
    texts = (
        phrasing.text + tail
        for entry in library.knowledge.entries.values()
        for phrasing in entry.phrasings
        if phrasing.language == language
    )
    for text in texts:
        found = library.matcher.match(text, language)
        if (found.outcome, found.language) == (outcome, language) and not found.also:
            return text
    pytest.fail(f"no phrasing has the outcome {outcome!r}")


def unknown(library: Library) -> str:
    """A question that is not small talk and has no answer."""
    for text in OTHER_MATTERS:
        found = library.matcher.match(text, "fr")
        if found.outcome == "none" and found.off_topic not in SMALL_TALK:
            return text
    pytest.fail("every question has an answer")


def test_une_phrase_datee_sans_commande_a_sa_reponse_et_s_enregistre_comme_incident(
    cliente: Person, library: Library
) -> None:
    sentence = asked(library, "fr", "answer", " depuis hier 14h, j’ai perdu 800 €")
    said = cliente.sends(sentence)
    assert "Base juridique" in said
    assert cliente.labels()[0] == "Noter cela comme incident"
    cliente.presses("Noter cela comme incident")
    session = cliente.store.users.session("telegram:7")
    assert session is not None
    assert session.answers["what"] == sentence
    assert session.answers["cost"] == 80_000
    assert session.answers["since"]["at"] == "2026-11-23T13:00:00+00:00"


def test_a_dated_sentence_is_answered_and_offers_to_be_logged(
    person: Person, library: Library
) -> None:
    sentence = asked(library, "en", "answer", " since yesterday, I lost €800")
    assert "Legal basis" in person.sends(sentence)
    assert person.labels()[0] == "Log this as an incident"
    assert "f:incident" not in [b.data for r in person.replies for row in r.buttons for b in row]


def test_a_question_without_a_date_or_a_sum_does_not_offer_to_be_logged(
    person: Person, library: Library
) -> None:
    person.sends(asked(library, "en", "answer"))
    assert "Log this as an incident" not in person.labels()


def test_la_reponse_a_sa_suite_et_ses_sources(cliente: Person, library: Library) -> None:
    said = cliente.sends(asked(library, "fr", "answer"))
    assert "https://" in said
    more = cliente.presses("En savoir plus")
    assert len(more) > 200
    assert more != said


def test_suggestions_are_questions_to_press_and_none_of_these_is_one_of_them(
    person: Person, library: Library
) -> None:
    text = asked(library, "en", "suggest")
    assert person.sends(text) == "Do you mean one of these?"
    offered = person.labels()
    assert 2 <= len(offered) <= 4
    assert offered[-1] == "None of these"
    assert "Legal basis" in person.presses(offered[0])


def test_aucune_de_celles_ci_ouvre_les_themes_et_la_question_reste_aux_redacteurs(
    cliente: Person, library: Library
) -> None:
    text = asked(library, "fr", "suggest")
    cliente.sends(text)
    cliente.presses(cliente.labels()[-1])
    topics = [labels["fr"] for _, labels in library.knowledge.topics]
    assert cliente.labels() == topics
    cliente.presses(topics[0])
    assert len(cliente.labels()) >= 2
    [missed] = cliente.store.missed_questions()
    assert (missed["question"], missed["outcome"]) == (text, "suggest")
    assert "telegram:7" not in str(missed)


def test_none_of_these_twice_in_a_row_offers_a_human_and_an_answer_starts_the_count_again(
    person: Person, library: Library
) -> None:
    text = asked(library, "en", "suggest")
    said = []
    for other in ("", "", asked(library, "en", "answer"), ""):
        person.waits(minutes=5)
        person.sends(other or text)
        said.append("" if other else person.presses("None of these"))
    assert ["3039" in found for found in said] == [False, True, False, False]


def test_ce_qui_n_est_pas_su_est_dit_et_garde_sans_nom(cliente: Person, library: Library) -> None:
    text = unknown(library)
    cliente.sends(text)
    [missed] = cliente.store.missed_questions()
    assert (missed["question"], missed["outcome"]) == (text, "none")
    assert set(missed) == {"id", "question", "language", "outcome", "candidates", "asked"}


def test_small_talk_has_its_own_reply_and_is_not_kept(cliente: Person) -> None:
    for text in ("bonjour", "merci beaucoup"):
        found = cliente.assistant._library().matcher.match(text, "fr")
        assert found.off_topic in SMALL_TALK
        assert cliente.sends(text)
    assert cliente.store.missed_questions() == []


def test_a_french_question_of_an_english_speaker_is_answered_in_french_with_a_way_back(
    person: Person, library: Library
) -> None:
    said = person.sends(asked(library, "fr", "answer"))
    assert "Base juridique" in said
    assert person.labels()[-1] == "Answer me in English"
    assert "Legal basis" in person.presses("Answer me in English")
    assert "What is it about?" in person.sends("/topics")


def test_who_chose_a_language_is_answered_in_it(person: Person, library: Library) -> None:
    person.sends("/language english")
    assert "Legal basis" in person.sends(asked(library, "fr", "answer"))


def test_la_langue_se_choisit_et_reste(cliente: Person) -> None:
    assert cliente.sends("/langue english") == "From now on I answer in English."
    assert "What is it about?" in cliente.sends("/themes")
    cliente.sends("/langue klingon")
    assert cliente.labels() == ["Français", "English"]
    cliente.presses("Français")
    assert "De quoi s’agit-il" in cliente.sends("/topics")


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("voice", "I can’t listen to voice messages. Please write it in a few words."),
        ("sticker", "I can’t read stickers. Please write your question, or press /help."),
        ("contact", "I don’t keep contacts. Please write the name and what happened."),
        ("location", "I don’t need your position. Please write what happened."),
        ("poll", "I can’t read this kind of message."),
    ],
)
def test_what_can_t_be_read_is_answered_politely(person: Person, what: str, said: str) -> None:
    assert person.sends(what, "unsupported").startswith(said)
    assert person.store.cases.of("telegram:7") == []


@pytest.mark.parametrize("what", ["voice", "sticker", "contact", "location"])
def test_au_milieu_d_un_incident_la_question_revient_une_fois(cliente: Person, what: str) -> None:
    question = cliente.sends("/incident")
    said = cliente.sends(what, "unsupported")
    assert said.endswith(question)
    assert len(said) > len(question)


def test_l_aide_et_les_commandes_inconnues_nomment_les_commandes(chat: Chat) -> None:
    for line in ("/aide", "/abracadabra"):
        transcript = chat(line)
        for command in ("/incident", "/dossier", "/note", "/annuler", "/donnees"):
            assert command in transcript


def test_every_command_works_in_both_languages(chat: Chat) -> None:
    assert "De quoi s’agit-il" in chat("/topics")
    assert "What is it about?" in chat("/themes", lang="en")
    assert "Which case?" in chat("/dossiers", lang="en")


def test_forged_buttons_do_nothing(person: Person) -> None:
    person.sends("/incident")
    before = person.store.users.session("telegram:7")
    for data in ("", "x:y", "e:nope:en", "f:nope", "data:erase-now", "case:99", "doc:x", "l:xx"):
        assert person.sends(button=data) == ""
    assert person.store.users.session("telegram:7") == before


def test_un_bouton_d_une_question_passee_est_refuse_et_la_question_revient(
    cliente: Person,
) -> None:
    cliente.sends("/incident")
    old = cliente.button("Facture ou prix").data
    cliente.presses("Autre problème")
    said = cliente.sends(button=old)
    assert said.endswith("Hier") or "Depuis quand" in said
    session = cliente.store.users.session("telegram:7")
    assert session is not None
    assert session.answers == {"kind": "other"}
