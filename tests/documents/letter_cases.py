"""Fifty varied cases for the letters, made from a seed: the same every time."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from bot.casefile.models import (
    Case,
    CaseFile,
    Contract,
    Evidence,
    Incident,
    Letter,
    Moment,
    Party,
)
from bot.faq.entry import KindQuestion, Knowledge
from bot.faq.loader import load

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
KINDS = ("notice", "report", "second-letter", "reply", "access")

_PEOPLE = ("Zoé Le Goff", "Ahmed Benali", "Jean-Loup d'Hervé", "Anaïs Çelik", "Ωmega Kowalski")
_BODIES = ("Boulangerie Le Fournil SARL", "Les Amis du Port", "O'Brien & Fils <web>", "100 % Vélo")
_STREETS = ("12 rue des Lilas", "4 bis impasse du Moulin", "1 quai Ouest, Bâtiment B")
_TOWNS = ("35000 Rennes", "29200 Brest", "13001 Marseille", "75012 Paris")
_WHATS = (
    "les clients ne peuvent plus payer : la page affiche une erreur",
    "Le site met plus de 20 secondes à s'ouvrir.",
    "Rien n'arrive ! Pourquoi ?",
    "{{ 7*7 }} {% raise %} *gras* _souligné_ #set text(red) <b>oui</b>",
    'la page dit "payé" ;  mais  la commande est perdue',
    "- premier point\n- second point\n# pas un titre\n\ntroisième ligne...",
    "😡 ça plante, cf. https://exemple.fr/panier?x=1&y=2#haut",
)
_DEMANDS = (
    "Réparer le paiement",
    "- réparer le paiement\n- livrer le module ;\n- rendre les codes.",
    "1. Rétablir le site\n2) rembourser 350 €",
    "remettre {{ client.nom }} & <code> [urgent]",
)


@cache
def real_knowledge() -> Knowledge:
    """What the operators wrote, without the matcher: it loads at once."""
    return load(Path(__file__).parents[2] / "knowledge")


@dataclass(frozen=True)
class Made:
    """A case, the answers of a letter, and the words that letter must hold."""

    kind: str
    file: CaseFile
    answers: dict[str, Any]


def fifty(knowledge: Knowledge) -> list[Made]:
    """Ten of each kind."""
    return [one(KINDS[n % 5], random.Random(n), knowledge) for n in range(50)]


def one(kind: str, rng: random.Random, knowledge: Knowledge) -> Made:
    """A case of one to five incidents, with more or less of it known."""
    form = rng.choice(("person", "trader", "company", "association"))
    count = rng.choice((1, 1, 2, 3, 5))
    if kind in {"reply", "access"} and rng.random() < 0.3:
        count = 0
    incidents = tuple(_incident(n, rng, knowledge) for n in range(1, count + 1))
    evidence = _evidence(count, rng)
    case = Case(1, 1, "test", "open", NOW, _provider(rng), _client(form, rng), _contract(rng))
    file = CaseFile(case, incidents, evidence=evidence, letters=_letters(rng))
    return Made(kind, file, _answers(kind, form, rng, knowledge))


def _client(form: str, rng: random.Random) -> Party:
    body = form in {"company", "association"}
    profiles = {"person": "consumer", "association": "nonprofessional"}
    return Party(
        name=rng.choice(_BODIES if body else _PEOPLE),
        address=rng.choice((", ", "\n")).join((rng.choice(_STREETS), rng.choice(_TOWNS))),
        siren="732829320" if form != "person" and rng.random() < 0.5 else "",
        email="client@exemple.fr" if rng.random() < 0.5 else "",
        representative="Marie Durand, gérante" if body else "",
        profile=profiles.get(form, rng.choice(("business", "small-business"))),
    )


def _provider(rng: random.Random) -> Party:
    return Party(
        name=rng.choice(("Agence Pixel & Cie", "WebFacile", "A*B_C [studio]")),
        address=f"3 avenue de la Gare\n{rng.choice(_TOWNS)}",
        siren="552100554" if rng.random() < 0.5 else "",
        email="support@pixel.example" if rng.random() < 0.5 else "",
        representative="Jeanne Martin" if rng.random() < 0.3 else "",
    )


def _contract(rng: random.Random) -> Contract:
    price = rng.choice((None, 480000, 99990, 100))
    paid = rng.choice((None, 0, 100, price if price is not None else 5000))
    return Contract(
        reference="DEV-2025-118" if rng.random() < 0.5 else "",
        subject=rng.choice(
            ("création d'un site marchand.", "Site vitrine", "« refonte » du site")
        ),
        signed=rng.choice(("", "2025-09-01", "2025-04-12")),
        price_cents=price,
        paid_cents=paid,
        commitments=rng.choice(
            ("", "Paiement 24 h/24 (devis, art. 3)", "Promesse une.\nPromesse deux")
        ),
        due=rng.choice(("", "2025-12-15")),
    )


def _incident(number: int, rng: random.Random, knowledge: Knowledge) -> Incident:
    kind = rng.choice(list(knowledge.kinds.values()))
    start = _moment(date(2026, 1, 1) + timedelta(days=rng.randrange(250)), rng)
    end = rng.choice(
        (None, None, _moment(date(2026, 10, 1) + timedelta(days=rng.randrange(40)), rng))
    )
    told = rng.choice(("written", "spoken", "no"))
    known = rng.random() < 0.85
    return Incident(
        kind=kind.id,
        what=rng.choice(_WHATS),
        started=start if known else None,
        ended=end,
        page=rng.choice(("", "/panier", "https://exemple.fr/contact.")),
        severity=rng.choice(("blocked", "degraded", "minor", "")),
        cost_cents=rng.choice((None, 0, 80000, 25050)),
        told=told,
        told_on=_moment(date(2026, 10, 20), rng) if told != "no" and rng.random() < 0.7 else None,
        details={q.key: _detail(q, rng) for q in kind.questions if rng.random() < 0.8},
        unsure=("until",) if end is None and rng.random() < 0.3 else (),
        number=number,
        created=NOW,
    )


def _moment(day: date, rng: random.Random) -> Moment:
    precision = rng.choice(("time", "day", "month"))
    if precision == "time":
        at = datetime(
            day.year, day.month, day.day, rng.randrange(6, 20), rng.choice((0, 5, 30)), tzinfo=UTC
        )
        return Moment(day, at, "time")
    return Moment(day.replace(day=1) if precision == "month" else day, None, precision)


def _detail(question: KindQuestion, rng: random.Random) -> Any:
    answers = {"yes-no": rng.random() < 0.5, "money": 12345, "number": 12, "day": "2026-03-01",
               "text": "Erreur 502 (bad gateway)."}  # fmt: skip
    if question.answer == "choice":
        return rng.choice([key for key, _ in question.choices])
    return answers[question.answer]


def _evidence(count: int, rng: random.Random) -> tuple[Evidence, ...]:
    names = ("capture.png", "journal 2026.csv", "mail «urgent».eml", "", "*photo*_1.jpg")
    return tuple(
        Evidence(f"{n:064x}", rng.choice(names), "image/png", 10, NOW,
                 rng.choice(("", "Erreur au paiement.", "Contrat signé")),
                 incident=rng.choice((None, *range(1, count + 1))), number=n)
        for n in range(1, rng.randrange(1, 8))
    )  # fmt: skip


def _letters(rng: random.Random) -> tuple[Letter, ...]:
    sent = {"how": "registered", "posted": "2026-10-02", "presented": "2026-10-05"}
    return (
        (Letter("notice", {}, status="sent", sent=sent, number=1),) if rng.random() < 0.3 else ()
    )


def _answers(kind: str, form: str, rng: random.Random, knowledge: Knowledge) -> dict[str, Any]:
    skipped, unknown = {"skipped": True}, {"unknown": True}
    delay = rng.choice(("med_urgence", "med_genant", "med_courant", "med_lourd", "date"))
    found: dict[str, Any] = {
        "form": form, "demand": rng.choice(_DEMANDS), "delay": delay, "incidents": "all",
        "more": rng.choice((skipped, "Appel du 3 mars : promis pour lundi", "Une\nDeux")),
        "attach": rng.random() < 0.5, "nullity": rng.choice((True, False, unknown)),
        "sending": rng.choice(("registered", "e-registered", "email", "hand", "bailiff")),
    }  # fmt: skip
    if delay == "date":
        found["until"] = "2026-12-15"
    found |= {key: rng.random() < 0.5 for key in ("replace", "reduce", "court", "suspend")}
    if kind == "notice":
        found["ending"] = rng.choice(("law", "clause", "no"))
    if kind == "second-letter":
        found |= {
            "route": rng.choice(("reduction", "law", "clause")), "reduction_cents": 100,
            "notice_on": "2026-10-01", "notice_received": rng.choice((unknown, "2026-10-03")),
            "all_paid": rng.random() < 0.5, "reasons": rng.choice((skipped, "Devis", "Un\nDeux")),
        }  # fmt: skip
    if found.get("ending") == "clause" or found.get("route") == "clause":
        found |= {
            "clause_article": rng.choice((skipped, "article 12")),
            "clause_text": "« Le contrat est résolu de plein droit, quinze jours après. »",
        }
    if found["suspend"]:
        found |= {
            "suspend_cents": 90000, "suspend_paid": rng.choice((skipped, 0, 12300)),
            "suspend_invoice": rng.choice((skipped, "facture F-7", "F-1 et F-2")),
        }  # fmt: skip
    if kind == "reply":
        found |= {
            "claim_on": "2026-11-20", "claim_agency": rng.choice((skipped, "Recouvrex SAS")),
            "claim_cents": rng.choice((unknown, 180000)), "claim_contested": 90000,
            "claim_invoice": rng.choice((skipped, "F-12")),
            "claim_position": rng.choice(("all", "part")),
            "claim_paid": rng.choice((skipped, 500)),
            "claim_reason": rng.choice(("poor", "not-ordered", "paid", "price")),
        }  # fmt: skip
    if kind == "access":
        found |= {
            "assets": rng.choice(("all", "domain", "site", "data")),
            "domains": rng.choice((skipped, "fournil.example")),
            "assets_more": rng.choice((skipped, "le fichier des adhérents")),
            "access_why": rng.choice((skipped, "cut", "leaving", "ended", "safety")),
            "access_paid": rng.choice((skipped, 5000)),
        }  # fmt: skip
    return found
