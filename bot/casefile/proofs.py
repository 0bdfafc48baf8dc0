"""How much of its proof checklist an incident has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.casefile.models import Evidence, Incident
from bot.faq.text import fold

if TYPE_CHECKING:
    from bot.faq.entry import IncidentKind, Proof


@dataclass(frozen=True, slots=True)
class ProofScore:
    """Which items of the checklist are there, by key, in the order of the checklist."""

    have: tuple[str, ...]
    missing: tuple[str, ...]

    def __str__(self) -> str:
        """`4/6`."""
        return f"{len(self.have)}/{len(self.have) + len(self.missing)}"


def proof_score(
    incident: Incident, exhibits: Iterable[Evidence], kind: IncidentKind
) -> ProofScore:
    """What the incident's exhibits and answers satisfy of the checklist of its kind.

    Args:
        incident: whose proof is counted.
        exhibits: those of the whole case, or of the incident alone; others are left out.
        kind: the incident's, with its checklist.
    """
    shown: set[str] = set()
    for exhibit in exhibits_of(incident, exhibits):
        shown |= _recognised(exhibit, kind.proofs)
    have = tuple(p.key for p in kind.proofs if p.key in shown or _answered(p.key, incident))
    return ProofScore(have, tuple(p.key for p in kind.proofs if p.key not in have))


def exhibits_of(incident: Incident, exhibits: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """The exhibits that belong to the incident, by its list or by their own."""
    return tuple(
        exhibit
        for exhibit in exhibits
        if exhibit.number in incident.evidence or exhibit.incident == incident.number
    )


def names_any(text: str, words: Iterable[str]) -> bool:
    """Whether one of the folded `words` begins a word of `text`."""
    folded = f" {fold(text)}"
    return any(f" {word}" in folded for word in words)


def _recognised(exhibit: Evidence, proofs: Iterable[Proof]) -> set[str]:
    """The items that an exhibit's name and description tell of; else those of its media type.

    A photo called `IMG_2034.jpg` is taken for a picture; one called `facture.jpg` is an invoice.
    """
    told = f"{exhibit.name} {exhibit.description}"
    by_name = {proof.key for proof in proofs if names_any(told, proof.words)}
    return by_name or {proof.key for proof in proofs if names_any(exhibit.mime, proof.words)}


def _answered(key: str, incident: Incident) -> bool:
    """Whether an answer alone satisfies the item of that key."""
    if key == "dates":
        return incident.started is not None
    if key == "page":
        return bool(incident.page)
    return incident.details.get(key) not in (None, "", False)
