"""The knowledge that is shipped: complete, clean, and shown as it was meant."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

import pytest

from bot.channels.render import MAX_UNITS, convert
from bot.faq.entry import Answer, Knowledge
from bot.faq.lint import lint
from bot.faq.loader import load
from bot.faq.show import ACTIONS, answer_reply, more_reply
from bot.i18n import LANGUAGES, PARIS, Catalogues

ROOT = Path(__file__).parents[2]
LAST_REVIEW = date(2026, 11, 26)

CATALOGUE = [
    "mediation-conciliation", "mise-en-demeure-contenu", "mise-en-demeure-delai",
    "mise-en-demeure-envoi", "negociation-transaction", "prestataire-conteste",
    "prestataire-ne-corrige-pas", "prestataire-ne-repond-pas", "protection-juridique",
    "signaler-prestataire", "acompte", "facture-contestee", "location-financiere",
    "penalites-retard-paiement", "prestataire-coupe-site", "reduction-prix", "relances-impaye",
    "remboursement", "suspendre-paiement", "conformite-legale", "dysfonctionnement-definition",
    "fuite-donnees-rgpd", "lenteurs-acces", "paiement-defaillant", "perte-donnees",
    "piratage-securite", "referencement", "captures-ecran-valeur", "charge-preuve",
    "constat-commissaire-justice", "documenter", "expertise-audit", "preuve-messages",
    "prouver-perte-ca", "atteinte-image", "clause-limitative", "frais-correction",
    "penalites-contractuelles", "perte-de-chance", "perte-exploitation-calcul", "types-dommages",
    "cahier-des-charges", "contrat-sans-ecrit", "devoir-conseil", "garantie-maintenance",
    "non-conformite", "obligation-moyens-resultat", "obligations-client",
    "obligations-prestataire", "recette-reserves", "retard-livraison", "sous-traitance",
    "cgv-opposables", "changer-prestataire", "clauses-abusives", "droit-retractation",
    "nom-de-domaine", "prestataire-faillite", "propriete-site", "recuperer-acces",
    "resiliation-engagement", "resiliation-faute", "restitution-donnees", "tacite-reconduction",
    "arnaque-escroquerie", "avis-negatif", "clause-attributive", "consommateur-professionnel",
    "cout-procedure", "delai-prescription", "prestataire-etranger", "refere", "saisir-sans-avocat",
    "tribunal-competent", "bot-donnees", "bot-dossier", "bot-limites",
]  # fmt: skip

MAY_REMAIN = {"K301", "K302", "K402"}
"""Sources without a link or by http, where none better is known; and what time does."""

_MARKUP = re.compile(r"\*|`|__|\\|\]\(|\[[^\]\n]*\]|\{\{|\}\}|</?[a-zA-Z]|&\w+;|^#", re.MULTILINE)
_LINK = re.compile(r"\[[^\]\n]+\]\((https?://[^)\n]+)\)")

in_both_languages = pytest.mark.parametrize("language", LANGUAGES)
each_entry = pytest.mark.parametrize("id", CATALOGUE)


@lru_cache(maxsize=1)
def shipped() -> Knowledge:
    return load(ROOT / "knowledge")


def shown(answer: Answer, catalogues: Catalogues) -> list[tuple[str, str, list[str]]]:
    """Both messages of an answer: Markdown, text as shown, and the links in it."""
    t = catalogues.translator(answer.language)
    found = []
    for reply in (answer_reply, more_reply):
        markdown = reply(shipped(), answer, t, ACTIONS).text
        text, entities = convert(markdown)
        found.append((markdown, text, [e.url for e in entities if e.type == "text_link"]))
    return found


def test_the_check_is_clean() -> None:
    # A clock that is behind would put the last review in the future.
    today = max(datetime.now(PARIS).date(), LAST_REVIEW)
    findings = [str(f) for f in lint(shipped(), today) if f.code not in MAY_REMAIN]
    assert findings == []


def test_the_catalogue_has_77_questions_and_the_knowledge_no_other() -> None:
    assert len(CATALOGUE) == 77
    assert sorted(shipped().entries) == sorted(CATALOGUE)


@in_both_languages
@each_entry
def test_every_question_is_answered(id: str, language: str) -> None:
    answer = shipped().entries[id].answers[language]
    assert answer.lead
    assert answer.more
    assert answer.sources


@each_entry
def test_every_question_can_be_asked_in_many_ways(id: str) -> None:
    phrasings = shipped().entries[id].phrasings
    counts = {name: sum(p.language == name for p in phrasings) for name in LANGUAGES}
    assert counts["fr"] >= 60
    assert counts["en"] >= 25


@in_both_languages
@each_entry
def test_no_markup_shows_and_every_link_is_one(
    id: str, language: str, catalogues: Catalogues
) -> None:
    for markdown, text, links in shown(shipped().entries[id].answers[language], catalogues):
        assert _MARKUP.findall(text) == []
        assert links == _LINK.findall(markdown)


@in_both_languages
@each_entry
def test_an_answer_fits_in_two_messages(id: str, language: str, catalogues: Catalogues) -> None:
    for _, text, _ in shown(shipped().entries[id].answers[language], catalogues):
        assert len(text.encode("utf-16-le")) // 2 <= MAX_UNITS


@in_both_languages
def test_replies_to_what_is_not_ours_show_no_markup(language: str) -> None:
    for topic in shipped().off_topic.values():
        text, entities = convert(topic.replies[language])
        assert _MARKUP.findall(text) == []
        links = [e.url for e in entities if e.type == "text_link"]
        assert links == _LINK.findall(topic.replies[language])
