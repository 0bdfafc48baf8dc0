"""A knowledge of three entries, small enough to reason about."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from bot.faq.entry import Answer, Entry, Knowledge, OffTopic, Phrasing
from bot.faq.gate import Gate

FILE = Path("toy.fr.txt")

ENTRIES = {
    "remboursement": (
        "Puis-je me faire rembourser ?",
        "Can I get my money back?",
        [
            "comment être remboursé de mon site jamais livré",
            "je veux récupérer mon argent",
            "l’agence doit-elle me rendre l’acompte versé",
            "remboursement refusé par le prestataire",
        ],
        ["how do I get a refund", "the agency keeps my deposit"],
    ),
    "panne": (
        "Mon site est en panne, que faire ?",
        "My website is down, what can I do?",
        [
            "le site ne fonctionne plus depuis hier",
            "page blanche sur toute la boutique",
            "mon hébergement est tombé en panne",
            "plus rien ne s’affiche sur le site",
        ],
        ["my site has crashed", "the pages do not load any more"],
    ),
    "preuves": (
        "Quelles preuves garder ?",
        "Which evidence should I keep?",
        [
            "faut-il garder les captures d’écran",
            "comment prouver le défaut devant un juge",
            "mes courriels servent-ils de preuve",
            "conserver les messages échangés",
        ],
        ["are screenshots good evidence", "how do I prove the fault in court"],
    ),
}

OFF_TOPIC = {
    "bavardage": ["bonjour", "comment vas-tu", "quel temps fait-il", "raconte une blague"],
    "charabia": ["azerty uiop", "qsdf jklm wxcv", "???"],
}


def phrasings(texts: list[str], language: str) -> list[Phrasing]:
    return [Phrasing(text, language, FILE, line) for line, text in enumerate(texts, 1)]


def answer(entry: str, language: str, question: str) -> Answer:
    return Answer(
        entry=entry, language=language, question=question, lead="Oui.", more="", sources=(),
        related=(), actions=(), profiles=(), reviewed=date(2026, 1, 1), urgent=False, path=FILE,
        lines={}, raw="Oui.",
    )  # fmt: skip


def toy_knowledge(**changes: Any) -> Knowledge:
    """The toy knowledge, with some of its fields changed."""
    entries = {
        id: Entry(
            id,
            "topic",
            {"fr": answer(id, "fr", title), "en": answer(id, "en", english_title)},
            (*phrasings(french, "fr"), *phrasings(english, "en")),
        )
        for id, (title, english_title, french, english) in ENTRIES.items()
    }
    off_topic = {
        kind: OffTopic(kind, {"fr": "Désolé.", "en": "Sorry."}, tuple(phrasings(texts, "fr")))
        for kind, texts in OFF_TOPIC.items()
    }
    fields: dict[str, Any] = {
        "entries": entries,
        "topics": (("topic", {"fr": "Sujet", "en": "Topic"}),),
        "off_topic": off_topic,
        "values": {},
        "kinds": {},
        "synonyms": {"pk": ("pourquoi",), "presta": ("prestataire", "agence web")},
        "held_out": (),
        "root": Path(),
        "fingerprint": "toy",
        "data": {},
    }
    return Knowledge(**(fields | changes))


def open_gate() -> Gate:
    """A gate that answers whatever it is asked."""
    return Gate(answer_ours=0.0, answer_right=0.0, offer_ours=0.0)
