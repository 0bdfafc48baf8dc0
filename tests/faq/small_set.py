"""A small set of knowledge without a fault, written out for tests that put one in."""

from __future__ import annotations

import random
from pathlib import Path

NARROW = "\N{NARROW NO-BREAK SPACE}"

_SYLLABLES = [consonant + vowel for consonant in "bcdfglmnprstvzjk" for vowel in "aeiou"]

TOPICS = """\
- key: contrat
  fr: Contrat
  en: Contract
- key: preuves
  fr: Preuves
  en: Evidence
"""

VALUES = """\
- id: delai
  value: "8"
  unit: jour
  label: Délai de la lettre
  source: C. civ. 1226
  url: https://example.org/code
  as_of: 2026-01-05
- id: seuil
  value: "5000"
  unit: EUR
  label: Seuil de l’essai amiable
  source: CPC 750-1
  url: https://example.org/code
  as_of: 2026-01-05
  check: relèvement annoncé
"""

GAPS = """\
- key: undated
  # Un commentaire de l’éditeur.
  fr: "L’incident {incident} n’a pas de date~: {{delai}} pour agir."
  en: "Incident {incident} has no date: {{delai}} to act."
"""

FRENCH = """\
---
question: %(question)s
reviewed: 2026-03-02
%(urgent)ssources:
  - C. civ., art. 1226 | https://example.org/code
  - C. civ., art. 1231 | https://example.org/code
related: [%(related)s]
actions: [notice, gaps]
profiles: [consumer, business]
---
Aujourd’hui, écrivez au prestataire et laissez-lui {{delai}} pour répondre.

## Que faire d’abord
1. Rassemblez vos pièces.
2. Envoyez la lettre à l’agence.

## Conditions et limites
- Essai amiable jusqu’à {{seuil}}, à vérifier au greffe.
- Le contrat dit «~sous huit jours~»~: relisez-le.

## Qui peut aider
- [Point-justice](https://example.org/aide)~: gratuit.
"""

ENGLISH = """\
---
question: %(question)s
reviewed: 2026-03-02
%(urgent)ssources:
  - C. civ., art. 1226 | https://example.org/code
  - C. civ., art. 1231 | https://example.org/code
related: [%(related)s]
actions: [notice, gaps]
profiles: [consumer, business]
---
Today, write to the provider and give it {{delai}} to answer.

## What to do first
1. Collect your documents.
2. Send the letter to the agency.

## Conditions and limits
- Amicable attempt up to {{seuil}}, to be checked with the registry.
- The contract says “within eight days”: read it again.

## Who can help
- [Point-justice](https://example.org/aide): free.
"""

ENTRIES = {
    "alpha": ("contrat", "beta, gamma", "Comment rompre le contrat~?", "How do I end it?"),
    "beta": ("contrat", "alpha, gamma", "Que faire en urgence~?", "What is urgent?"),
    "gamma": ("preuves", "alpha, beta", "Quelles preuves garder~?", "What proof do I keep?"),
}


def write_small_set(root: Path) -> Path:
    """Write it under `root`; the folder `knowledge` that holds it."""
    folder = root / "knowledge"
    _write(folder / "topics.yaml", TOPICS)
    _write(folder / "values.yaml", VALUES)
    _write(folder / "notes.yaml", GAPS)
    for id, (topic, related, french, english) in ENTRIES.items():
        urgent = "urgent: yes\n" if id == "beta" else ""
        head = {"related": related, "urgent": urgent}
        _write(folder / topic / f"{id}.fr.md", FRENCH % {"question": french, **head})
        _write(folder / topic / f"{id}.en.md", ENGLISH % {"question": english, **head})
        _write(folder / topic / f"{id}.fr.txt", phrasings(id, "fr", 62))
        _write(folder / topic / f"{id}.en.txt", phrasings(id, "en", 26))
    small_talk = folder / "hors-sujet"
    _write(small_talk / "bavardage.fr.md", "Bonjour~! Racontez-moi ce qui ne va pas.\n")
    _write(small_talk / "bavardage.en.md", "Hello! Tell me what’s wrong.\n")
    _write(small_talk / "bavardage.fr.txt", phrasings("bavardage", "fr", 30))
    _write(small_talk / "bavardage.en.txt", phrasings("bavardage", "en", 30))
    _write(folder / "essais" / "tous.fr.txt", held_out())
    _write(folder / "essais" / "echecs-connus.txt", "# Liste\n" + impossible() + "\n")
    return folder


def phrasing(id: str, language: str, number: int) -> str:
    """Six made-up words, always the same for the same place and unlike those of any other."""
    rng = random.Random(f"{id} {language} {number}")
    return " ".join("".join(rng.choices(_SYLLABLES, k=4)) for _ in range(6))


def phrasings(id: str, language: str, count: int) -> str:
    """The text of a file: a comment, then one phrasing a line."""
    lines = [phrasing(id, language, number) for number in range(count)]
    return "\n".join(["# Façons de demander", *lines]) + "\n"


def impossible() -> str:
    """A question in the words of `beta` that the set wrongly expects `gamma` to answer."""
    return " ".join(phrasing("beta", "fr", 5).split()[:5])


def held_out() -> str:
    """Three questions: one that is served, one that never will be, one that is not ours."""
    ours = " ".join(phrasing("alpha", "fr", 3).split()[:5])
    other = " ".join(phrasing("bavardage", "fr", 3).split()[:5])
    return f"# Essais\n{ours} => alpha\n{impossible()} => gamma\n{other} => -\n"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.replace("~", NARROW), encoding="utf-8")
