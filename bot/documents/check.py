"""Tries every letter template on invented cases, so that an editor's fault is told before a client
meets it. Lines read `path:line: CODE reason`, as for the rest of the knowledge."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from jinja2 import TemplateSyntaxError, meta

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
from bot.documents import facts, letter, wording
from bot.errors import DocumentError
from bot.faq.entry import Knowledge
from bot.i18n import LANGUAGES, Translator

VARIABLES = {
    "client", "prestataire", "contrat", "griefs", "precisions", "demandes", "delai", "suites",
    "nullite", "profil", "pieces", "envoi", "date", "med", "reduction", "voie", "motifs",
    "relance", "acces", "je", "nb", "liste", "valeur",
}  # fmt: skip
"""All that a template may name."""

_SHARED = ("commun", "faits")
_DAY = date(2026, 11, 26)
_NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
_FAULTS = (
    (re.compile(r"(?<=\S)[^\S\n]{2,}"), "L006", "two spaces in a row"),
    (re.compile(r"\bet/ou\b", re.IGNORECASE), "L007", "“et/ou”: say which"),
    (
        re.compile(r"[\[{<][^\]}>]*[\]}>]|\.{4,}|_{3,}|\bX{3,}\b"),
        "L008",
        "looks like a blank to fill in",
    ),
    (re.compile(r"[:(]\s*[.;,)]|«\s*»|“\s*”"), "L009", "a label with nothing after it"),
    (
        re.compile(r"[.,;:]\s*[,;]|\s[.,](?:\s|$)"),
        "L010",
        "two marks in a row, or a space before a mark",
    ),
)


@dataclass(frozen=True, slots=True)
class Sample:
    """An invented case and the answers of one letter."""

    kind: str
    file: CaseFile
    answers: Mapping[str, Any]


def check(knowledge: Knowledge) -> list[str]:
    """What is wrong with the letter templates, one line a fault; empty when all is well."""
    texts = wording.texts_of(knowledge)
    return sorted(set(_check_files(texts) or _check_samples(knowledge, texts)))


def _fault(name: str, line: int, code: str, reason: str) -> str:
    return f"knowledge/{wording.FOLDER}/{name}:{line}: {code} {reason}"


def _check_files(texts: Mapping[str, str]) -> list[str]:
    """Missing files, syntax, and names that a template may not use."""
    found = []
    for stem in (*letter.KINDS, *_SHARED):
        for language in LANGUAGES:
            name = f"{stem}.{language}.md"
            if name not in texts:
                found.append(_fault(name, 1, "L001", "the file is missing"))
    environment = wording.environment(texts)
    for name, text in texts.items():
        try:
            tree = environment.parse(text, name)
        except TemplateSyntaxError as error:
            found.append(_fault(name, error.lineno, "L002", str(error.message)))
            continue
        for unknown in sorted(meta.find_undeclared_variables(tree) - VARIABLES):
            reason = f"{unknown!r} is not a value; see LISEZ-MOI.md"
            found.append(_fault(name, _line(text, unknown), "L003", reason))
    return found


def _line(text: str, word: str) -> int:
    match = re.search(rf"\b{re.escape(word)}\b", text)
    return text[: match.start()].count("\n") + 1 if match else 1


def _check_samples(knowledge: Knowledge, texts: Mapping[str, str]) -> list[str]:
    """Every letter on every invented case, in both languages."""
    found: list[str] = []
    for sample in samples(knowledge):
        for language in LANGUAGES:
            name = f"{sample.kind}.{language}.md"
            try:
                made = letter.compose(
                    sample.kind, sample.file, sample.answers, knowledge, Translator(language), _DAY
                )
            except DocumentError as error:
                values = error.values
                where = (str(values.get("name", name)), int(values.get("line", 1)))
                found.append(_fault(*where, "L004", str(values.get("reason", error))))
                continue
            found += [_fault(name, *fault) for fault in _read(made, sample)]
    return found


def _read(made: letter.LetterText, sample: Sample) -> Iterator[tuple[int, str, str]]:
    """What is wrong with one letter."""
    if not made.subject:
        yield 1, "L005", "there is no subject: a line that begins with “# ”"
    parts = (made.subject, *(block.text for block in made.blocks), *made.sender, *made.recipient,
             *made.sending, made.place_date, *made.signature, *made.exhibits)  # fmt: skip
    for part in parts:
        for pattern, code, reason in _FAULTS:
            if match := pattern.search(part):
                around = part[max(match.start() - 30, 0) : match.end() + 10].replace("\n", " ")
                yield 1, code, f"{reason}, near “{around.strip()}”"
    whole = re.sub(r"\s+", " ", letter.preview(made))
    for fact in _facts(sample, made.language):
        if fact not in whole:
            yield 1, "L011", f"the letter leaves out a fact of the case: “{fact}”"


def _facts(sample: Sample, language: str) -> list[str]:
    """Words that only the case has, and that the letter must print."""
    found = [sample.file.case.client.name, sample.file.case.provider.name]
    for incident in facts.concerned(sample.kind, sample.file, sample.answers):
        found += [incident.what, *([incident.page] if incident.page else [])]
    if sample.kind in {"notice", "report", "second-letter"}:
        found += [line for line in str(sample.answers.get("demand", "")).split("\n") if line]
    if "clause" in (sample.answers.get("ending"), sample.answers.get("route")):
        found.append(sample.answers["clause_text"])
    if sample.kind == "notice" and sample.answers.get("ending") == "law":
        found.append("1226")
    if sample.kind == "notice" and sample.answers.get("suspend"):
        amount = Translator(language).money(sample.answers["suspend_cents"])
        found += ["1219", re.sub(r"\s", " ", amount)]
    return found


def samples(knowledge: Knowledge) -> list[Sample]:
    """One incident and five, a person, a trader, a company and an association, with little and
    with everything."""
    delay = next((id for id in knowledge.values if id.startswith("med_")), "")
    company = {"form": "company", "delay": delay, "demand": "Réparer A\nLivrer B"}
    person = {"form": "person", "delay": "date", "until": "2026-12-15", "demand": "Réparer A"}
    full = {
        **company, "ending": "law", "replace": True, "reduce": True, "court": True,
        "suspend": True, "suspend_cents": 90000, "suspend_paid": 90000,
        "suspend_invoice": "F-1 et F-2",
        "nullity": True, "attach": True, "more": "Précision une\nPrécision deux",
        "sending": "registered",
    }  # fmt: skip
    clause = {
        **person, "ending": "clause", "clause_article": "article 12", "clause_text": "Texte C",
        "sending": "e-registered",
    }  # fmt: skip
    claim = {"claim_on": "2026-11-20", "claim_position": "all", "claim_reason": "not-ordered"}
    part = {
        **claim, "claim_position": "part", "claim_contested": 100, "claim_paid": 200,
        "claim_cents": 300, "claim_agency": "Agence R", "claim_invoice": "facture F-9",
        "claim_reason": "poor",
    }  # fmt: skip
    access = {
        "assets": "all",
        "domains": "a.example",
        "assets_more": "Le fichier X",
        "court": True,
    }
    after = {"notice_on": "2026-09-01", "route": "reduction", "reduction_cents": 50000}
    law = {**after, "route": "law"}
    one, five = _file(1, little=True), _file(5)
    asso = replace(
        five, case=replace(five.case, client=replace(five.case.client, profile="nonprofessional"))
    )
    found = [
        Sample("notice", one, person), Sample("notice", five, full), Sample("notice", one, clause),
        Sample("notice", asso, full), Sample("notice", five, company),
        Sample("report", one, {"form": "person", "demand": "Réparer A"}),
        Sample("report", five, {**company, "sending": "email"}),
        Sample("second-letter", one, {**person, **after}),
        Sample("second-letter", five, {**company, **after, "all_paid": True, "reasons": "Devis"}),
        Sample("second-letter", one, {**person, **after, "all_paid": True}),
        Sample("second-letter", five, {**company, **law, "reasons": "R un\nR deux"}),
        Sample("second-letter", asso, {**company, **law}),
        Sample("second-letter", one, {**clause, **after, "route": "clause", "ending": "no"}),
        Sample("reply", _file(0, little=True), {"form": "person", **claim}),
        Sample("reply", five, {**full, **part}), Sample("reply", one, {**person, **part}),
        Sample("access", one, {**person, **access, "access_why": "cut"}),
        Sample("access", five, {**full, **access, "assets": "data", "access_paid": 100}),
        Sample("access", five, {**company, **access, "assets": "domain", "access_why": "ended"}),
        Sample("access", _file(0), {**company, "assets": "site", "access_why": "safety"}),
    ]  # fmt: skip
    found += [
        Sample("reply", one, {**person, **part, "claim_reason": reason})
        for reason in ("paid", "price")
    ]
    return found + [
        Sample("notice", one, {**person, "sending": how}) for how in ("bailiff", "hand", "email")
    ]


def _file(count: int, *, little: bool = False) -> CaseFile:
    """A case of so many incidents, with `little` or everything known."""
    client = Party("Client C", "1 rue Une, 35000 Rennes")
    provider = Party("Agence P", "2 rue Deux, 75001 Paris")
    contract = Contract(subject="site S")
    if not little:
        client = replace(client, siren="732829320", email="c@c.example",
                         representative="Dominique R, présidence", profile="business")  # fmt: skip
        provider = replace(
            provider, siren="552100554", email="p@p.example", representative="Camille P"
        )
        contract = Contract("REF-1", "site S", "2025-09-01", 480000, 300000,
                            "Promesse une\nPromesse deux", "2025-12-15")  # fmt: skip
    kinds = ("payment", "outage", "access", "late", "other")
    incidents = tuple(_incident(n, kinds[(n - 1) % 5], little) for n in range(1, count + 1))
    evidence = () if little else tuple(
        Evidence(f"{n:064}", f"fichier{n}.png", "image/png", 1, _NOW, f"Preuve {n}",
                 incident=n if n <= count else None, number=n)
        for n in range(1, count + 2)
    )  # fmt: skip
    sent = () if little else (
        Letter("notice", {}, status="sent", number=1,
               sent={"posted": "2026-10-01", "presented": "2026-10-02"}),
    )  # fmt: skip
    case = Case(1, 1, "", "open", _NOW, provider, client, contract)
    return CaseFile(case, incidents, evidence=evidence, letters=sent)


def _incident(number: int, kind: str, little: bool) -> Incident:
    if little:
        return Incident(kind, what=f"Panne numéro {number}.", number=number, created=_NOW,
                        unsure=("since", "until"))  # fmt: skip
    day = date(2026, 3, number)
    return Incident(
        kind=kind, what=f"Panne numéro {number}.", number=number, created=_NOW,
        started=Moment(day, datetime(2026, 3, number, 13, 30, tzinfo=UTC), "time"),
        ended=None if number % 2 else Moment(date(2026, 4, 1), precision="month"),
        page=f"Page {number}", severity="degraded" if number % 2 else "blocked",
        cost_cents=number * 1000, told="written" if number % 2 else "spoken",
        told_on=Moment(date(2026, 3, number + 1)), details={"error": "Erreur E"},
    )  # fmt: skip
