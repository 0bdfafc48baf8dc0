"""What a letter is made of: the facts of a case and the answers, as the templates see them.

The names are French, for the editors who write the templates; `knowledge/lettres/LISEZ-MOI.md`
explains each.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.casefile.models import CaseFile, Evidence, Incident, Moment
from bot.documents.wording import Vault
from bot.faq.entry import Knowledge
from bot.faq.loader import show_value
from bot.i18n import Translator

Answers = Mapping[str, Any]

CASE_FACTS = {
    "client_name": ("client", "name"),
    "client_address": ("client", "address"),
    "client_siren": ("client", "siren"),
    "client_email": ("client", "email"),
    "client_representative": ("client", "representative"),
    "provider_name": ("provider", "name"),
    "provider_address": ("provider", "address"),
    "provider_siren": ("provider", "siren"),
    "provider_email": ("provider", "email"),
    "provider_representative": ("provider", "representative"),
    "contract_subject": ("contract", "subject"),
    "contract_signed": ("contract", "signed"),
    "contract_reference": ("contract", "reference"),
    "contract_price": ("contract", "price_cents"),
    "contract_paid": ("contract", "paid_cents"),
    "contract_commitments": ("contract", "commitments"),
    "contract_due": ("contract", "due"),
    "clause_text": ("contract", "termination_clause"),
}
"""Where the case keeps what a letter asks, by the key of the answer."""

FORMS = {"person": "consumer", "association": "nonprofessional", "trader": "business",
         "company": "business"}  # fmt: skip
"""Who the client is, and the profile it stands for unless the case says otherwise."""

ASSETS = ("domain", "transfer", "hosting", "admin", "database", "files", "mail", "accounts")
"""What can be asked back, in the order of the letter."""

ASSET_SETS = {
    "all": ASSETS,
    "domain": ("domain", "transfer"),
    "site": ("hosting", "admin", "database"),
    "data": ("database", "files", "mail"),
}
"""What the client chose to ask back."""


def said(answers: Answers, key: str) -> Any:
    """The answer to `key`; None when there is none, or it was skipped or not known."""
    found = answers.get(key)
    if isinstance(found, Mapping) and (found.get("skipped") or found.get("unknown")):
        return None
    return found


def fact(file: CaseFile, answers: Answers, key: str) -> Any:
    """What was answered, else what the case holds; None or empty when it is not known."""
    found = said(answers, key)
    if found is not None or key not in CASE_FACTS:
        return found
    part, name = CASE_FACTS[key]
    return getattr(getattr(file.case, part), name)


def form(file: CaseFile, answers: Answers) -> str:
    """Who the client is, of `FORMS`; empty when it is not known."""
    found = said(answers, "form")
    if found:
        return str(found)
    for letter in reversed(file.letters):
        earlier = said(letter.body.get("answers", {}), "form")
        if earlier:
            return str(earlier)
    client = file.case.client
    if client.profile == "consumer":
        return "person"
    if client.profile == "nonprofessional":
        return "association"
    return "company" if client.profile and client.representative else ""


def profile(file: CaseFile, answers: Answers) -> str:
    """The client's profile, as the case has it, else as their form has it."""
    return file.case.client.profile or FORMS.get(form(file, answers), "business")


def concerned(kind: str, file: CaseFile, answers: Answers) -> tuple[Incident, ...]:
    """The incidents that a letter speaks of, oldest first.

    All that could concern it, or those of them chosen in `incidents`.
    """
    chosen = said(answers, "incidents")
    numbers = None if chosen in (None, "all") else set(chosen)
    found = [
        incident
        for incident in relevant(kind, file, answers)
        if numbers is None or incident.number in numbers
    ]
    story = said(answers, "story")
    if story and not found and kind not in {"access", "reply"}:
        started = Moment.from_json(said(answers, "story_since"))
        found = [Incident("other", what=str(story), started=started, told="no")]
    return tuple(sorted(found, key=_chronological))


def relevant(kind: str, file: CaseFile, answers: Answers) -> list[Incident]:
    """The incidents that could concern a letter: a request for access speaks of access alone, a
    reply of the invoices alone unless bad work is the reason."""
    only = ""
    if kind == "access":
        only = "access"
    elif kind == "reply" and said(answers, "claim_reason") not in (None, "poor"):
        only = "billing"
    return [incident for incident in file.incidents if not only or incident.kind == only]


def all_paid(file: CaseFile, answers: Answers) -> bool:
    """Nothing of the price is left to pay, as answered or as the case has it."""
    answered = said(answers, "all_paid")
    if answered is not None:
        return bool(answered)
    price, paid = fact(file, answers, "contract_price"), fact(file, answers, "contract_paid")
    return price is not None and paid is not None and paid >= price


def exhibits(incidents: tuple[Incident, ...], file: CaseFile, answers: Answers) -> list[Evidence]:
    """The exhibits that go with a letter, in the order of their numbers in the case."""
    return [
        exhibit
        for exhibit in file.evidence
        if any(belongs(exhibit, incident) for incident in incidents)
        or (said(answers, "attach") and is_general(exhibit, file))
    ]


def belongs(exhibit: Evidence, incident: Incident) -> bool:
    """The exhibit proves that incident."""
    number = incident.number
    return exhibit.number in incident.evidence or (bool(number) and exhibit.incident == number)


def is_general(exhibit: Evidence, file: CaseFile) -> bool:
    """The exhibit belongs to no incident: a contract, a quote, an invoice."""
    return not any(belongs(exhibit, incident) for incident in file.incidents)


@dataclass(frozen=True, slots=True)
class Shown:
    """How one language prints the facts of one letter."""

    t: Translator
    vault: Vault
    knowledge: Knowledge

    def day(self, when: date | str) -> str:
        """`1er mars 2026`."""
        day = date.fromisoformat(when) if isinstance(when, str) else when
        text = self.t.day(day)
        return re.sub(r"^1 ", "1er ", text) if self.t.language == "fr" else text

    def month(self, when: date) -> str:
        """`mars 2026`."""
        return self.t.month(when)

    def clock(self, at: datetime) -> str:
        """`14 h 30`, `9 h`; in the user's zone."""
        local = at.astimezone(self.t.timezone)
        if self.t.language != "fr":
            return f"{local:%H:%M}"
        text = f"{local.hour}\N{NO-BREAK SPACE}h"
        return f"{text}\N{NO-BREAK SPACE}{local:%M}" if local.minute else text

    def when(self, moment: Moment) -> str:
        """`3 mars 2026 à 14 h 30`, as precisely as it is known."""
        if moment.precision == "month":
            return self.month(moment.day)
        if moment.at is None:
            return self.day(moment.day)
        joint = {"fr": "à", "en": "at"}[self.t.language]
        return f"{self.day(moment.day)} {joint} {self.clock(moment.at)}"

    def on(self, moment: Moment) -> str:
        """`le 3 mars 2026 à 14 h 30`, `en mars 2026`."""
        preposition = _PREPOSITIONS[self.t.language]["month" if _is_month(moment) else "on"]
        return f"{preposition} {self.when(moment)}"

    def money(self, cents: int | None) -> str:
        """`1 234,56 €`; empty when there is no amount."""
        return "" if cents is None else self.t.money(cents)

    def period(self, incident: Incident) -> str:
        """`depuis le 3 mars 2026 à 14 h 30`, `du 3 mars 2026 au 5 mars 2026`."""
        words = _PREPOSITIONS[self.t.language]
        start, end = incident.started, incident.ended
        if start is None and end is not None:
            return f"{words['month until' if _is_month(end) else 'until']} {self.when(end)}"
        if start is None:
            created = incident.created
            return (
                "" if created is None else f"{words['noted']} {self.day(_local(created, self.t))}"
            )
        if end is None:
            key = "from" if "until" in incident.unsure else "since"
            return self._from(key, start)
        return self._between(start, end)

    def _between(self, start: Moment, end: Moment) -> str:
        words = _PREPOSITIONS[self.t.language]
        if _is_month(start) and _is_month(end) and start.day == end.day:
            return self.on(start)
        if not _is_month(start) and not _is_month(end) and start.day == end.day:
            if start.at is None or end.at is None or start.at == end.at:
                return self.on(start)
            hours = words["hours"].format(start=self.clock(start.at), end=self.clock(end.at))
            return f"{words['on']} {self.day(start.day)}{hours}"
        head = self._from("between", start)
        return f"{head} {words['month to' if _is_month(end) else 'to']} {self.when(end)}"

    def _from(self, key: str, moment: Moment) -> str:
        words = _PREPOSITIONS[self.t.language]
        shown = self.when(moment)
        preposition = words[f"month {key}" if _is_month(moment) else key]
        if f" {preposition}".endswith(" de") and shown[0] in "ao":
            return f"{preposition[:-1]}’{shown}"
        return f"{preposition} {shown}"


_PREPOSITIONS = {
    "fr": {
        "on": "le", "month": "en", "until": "jusqu’au", "month until": "jusqu’en",
        "noted": "à la date du", "since": "depuis le", "month since": "depuis",
        "from": "à partir du", "month from": "à partir de", "between": "du", "month between": "de",
        "to": "au", "month to": "à", "hours": ", de {start} à {end}",
    },
    "en": {
        "on": "on", "month": "in", "until": "until", "month until": "until",
        "noted": "as of", "since": "since", "month since": "since",
        "from": "from", "month from": "from", "between": "from", "month between": "from",
        "to": "to", "month to": "to", "hours": ", from {start} to {end}",
    },
}  # fmt: skip


def values(
    kind: str,
    file: CaseFile,
    answers: Answers,
    shown: Shown,
    natures: Mapping[str, str],
    today: date,
) -> dict[str, Any]:
    """Everything a template may use.

    Args:
        kind: the kind of letter.
        file: the case.
        answers: the flow's answers; they win over the case.
        shown: prints in the letter's language; its vault takes the client's words.
        natures: how the letters name each kind of incident.
        today: the day on the letter.
    """
    incidents = concerned(kind, file, answers)
    pieces = exhibits(incidents, file, answers)
    keep = shown.vault
    return {
        "client": _client(file, answers, keep),
        "prestataire": _party(file, answers, "provider", keep),
        "contrat": _contract(file, answers, shown),
        "griefs": [_grief(i, pieces, shown, natures) for i in incidents],
        "precisions": [keep.sentence(p) for p in _split(said(answers, "more"))],
        "demandes": [keep.inline(_item(line)) for line in _split(said(answers, "demand"))],
        "delai": _delay(answers, shown),
        "suites": _consequences(file, answers, shown),
        "nullite": bool(said(answers, "nullity")),
        "profil": profile(file, answers),
        "pieces": [_piece(exhibit, shown) for exhibit in pieces],
        "envoi": said(answers, "sending") or _usual_sending(kind, file, answers),
        "date": shown.day(today),
        "med": _notice(file, answers, shown),
        "reduction": _reduction(file, answers, shown),
        "voie": said(answers, "route") or "",
        "motifs": [keep.sentence(p) for p in _split(said(answers, "reasons"))],
        "relance": _claim(answers, shown),
        "acces": _assets(answers, shown),
    }


def _usual_sending(kind: str, file: CaseFile, answers: Answers) -> str:
    if kind != "report":
        return "registered"
    return "email" if fact(file, answers, "provider_email") else ""


def _client(file: CaseFile, answers: Answers, keep: Vault) -> dict[str, Any]:
    party = _party(file, answers, "client", keep)
    address = str(fact(file, answers, "client_address") or "")
    town = re.search(r"\b\d{5}[ ,]+([^\n,\d][^\n,]*)", address)
    return {
        **party,
        "forme": form(file, answers) or "person",
        "ville": keep.inline(town[1]) if town else "",
    }


def _party(file: CaseFile, answers: Answers, who: str, keep: Vault) -> dict[str, Any]:
    def get(name: str) -> str:
        return str(fact(file, answers, f"{who}_{name}") or "")

    siren = re.sub(r"\D", "", get("siren"))
    return {
        "nom": keep.inline(get("name")),
        "adresse": keep.lines(address_lines(get("address"))),
        "siren": "\N{NO-BREAK SPACE}".join(siren[i : i + 3] for i in range(0, len(siren), 3)),
        "email": keep.inline(get("email")),
        "representant": keep.inline(get("representative")),
    }


def address_lines(address: str) -> str:
    """An address typed on one line, cut before its postal code."""
    if "\n" in address.strip():
        return "\n".join(line.rstrip(" ,") for line in address.split("\n"))
    return re.sub(r"\s*,?\s+(?=\d{5}\s+\D)", "\n", address, count=1)


def _contract(file: CaseFile, answers: Answers, shown: Shown) -> dict[str, Any]:
    def get(name: str) -> Any:
        return fact(file, answers, f"contract_{name}")

    price, paid = get("price"), get("paid")
    payment = ""
    if paid is not None:
        payment = (
            "rien" if paid == 0 else "tout" if price is not None and paid >= price else "partie"
        )
    keep = shown.vault
    return {
        "objet": keep.quoted(str(get("subject") or "").rstrip(" .")),
        "date": shown.day(get("signed")) if get("signed") else "",
        "reference": keep.inline(str(get("reference") or "")),
        "prix": shown.money(price),
        "paye": shown.money(paid),
        "paiement": payment,
        "engagements": [keep.quoted(_item(p)) for p in _split(get("commitments"))],
        "livraison": shown.day(get("due")) if get("due") else "",
    }


def _grief(
    incident: Incident, pieces: list[Evidence], shown: Shown, natures: Mapping[str, str]
) -> dict[str, Any]:
    keep, language = shown.vault, shown.t.language
    kind = shown.knowledge.kinds.get(incident.kind)
    label = kind.label[language] if kind else ""
    told = incident.told_on
    return {
        "nature": natures.get(incident.kind, label),
        "periode": shown.period(incident),
        "recit": keep.sentence(incident.what),
        "suite": keep.rest(incident.what),
        "page": keep.inline(incident.page),
        "details": details(incident, shown),
        "gravite": incident.severity,
        "signalement": incident.told,
        "signale_le": shown.on(told) if told else "",
        "cout": shown.money(incident.cost_cents or None),
        "pieces": [exhibit.number for exhibit in pieces if belongs(exhibit, incident)],
    }


def details(incident: Incident, shown: Shown) -> list[dict[str, str]]:
    """The answers to the questions of the incident's kind, in the order they were asked."""
    kind = shown.knowledge.kinds.get(incident.kind)
    language = shown.t.language
    found = []
    for question in kind.questions if kind else ():
        answer = incident.details.get(question.key)
        if answer in (None, ""):
            continue
        text = _detail(answer, question.answer, dict(question.choices), shown)
        found.append({"libelle": question.label[language], "valeur": text})
    return found


def _detail(answer: Any, how: str, choices: Mapping[str, Mapping[str, str]], shown: Shown) -> str:
    language = shown.t.language
    if how == "yes-no":
        return {"fr": ("non", "oui"), "en": ("no", "yes")}[language][bool(answer)]
    if how == "money":
        return shown.money(int(answer))
    if how == "day":
        return shown.day(str(answer))
    if how == "number":
        return shown.t.number(answer)
    if how == "choice" and answer in choices:
        label = choices[answer][language]
        return (
            label[:1].lower() + label[1:] if label[1:2].islower() or label[1:2] == " " else label
        )
    return shown.vault.inline(str(answer))


def _delay(answers: Answers, shown: Shown) -> dict[str, str]:
    """One way of the two: a number of days, or a date."""
    choice, until = said(answers, "delay"), said(answers, "until")
    value = shown.knowledge.values.get(str(choice))
    return {
        "jours": show_value(value, shown.t.language) if value and not until else "",
        "date": shown.day(str(until)) if until else "",
    }


def _consequences(file: CaseFile, answers: Answers, shown: Shown) -> dict[str, Any]:
    end = said(answers, "ending")
    keep = shown.vault
    used = "clause" in (end, said(answers, "route"))
    clause = fact(file, answers, "clause_text") if used else ""
    withheld = said(answers, "suspend_cents") if said(answers, "suspend") else None
    return {
        "resolution": end == "law",
        "clause": {
            "article": keep.inline(str(said(answers, "clause_article") or "")),
            "texte": keep.quoted(str(clause or "")),
        },
        "remplacement": bool(said(answers, "replace")),
        "reduction": bool(said(answers, "reduce")),
        "suspension": {
            "retenu": shown.money(withheld or None),
            **_invoices(said(answers, "suspend_invoice"), keep),
            "regle": shown.money(said(answers, "suspend_paid") or None),
        },
        "justice": bool(said(answers, "court")),
    }


def _piece(exhibit: Evidence, shown: Shown) -> dict[str, Any]:
    return {"numero": exhibit.number, "titre": shown.vault.inline(title(exhibit))}


def title(exhibit: Evidence) -> str:
    """`Panier en erreur (capture.png)`, or the name alone."""
    name, description = exhibit.name.strip(), exhibit.description.strip()
    if description and name and description != name:
        return f"{description.rstrip('.')} ({name})"
    return description or name or exhibit.mime or exhibit.sha256[:12]


def last_sent(file: CaseFile, *kinds: str) -> tuple[int, dict[str, Any]] | None:
    """The number and dates of the last letter of those kinds that was sent."""
    for letter in reversed(file.letters):
        if letter.kind in kinds and letter.status == "sent":
            return letter.number, letter.sent
    return None


def _notice(file: CaseFile, answers: Answers, shown: Shown) -> dict[str, str]:
    sent = last_sent(file, "notice")
    known = sent[1] if sent else {}
    posted = said(answers, "notice_on") or known.get("posted")
    received = said(answers, "notice_received") or known.get("received") or known.get("presented")
    return {
        "date": shown.day(str(posted)) if posted else "",
        "recue": shown.day(str(received)) if received else "",
    }


def _reduction(file: CaseFile, answers: Answers, shown: Shown) -> dict[str, Any]:
    cents, price = said(answers, "reduction_cents"), fact(file, answers, "contract_price")
    share = shown.t.percent(cents / price) if cents and price else ""
    return {
        "montant": shown.money(cents),
        "part": share if price and cents and cents < price else "",
        "tout_paye": all_paid(file, answers),
    }


def _claim(answers: Answers, shown: Shown) -> dict[str, Any]:
    keep = shown.vault
    on, contested = said(answers, "claim_on"), said(answers, "claim_contested")
    return {
        "date": shown.day(str(on)) if on else "",
        "auteur": keep.inline(str(said(answers, "claim_agency") or "")),
        "montant": shown.money(said(answers, "claim_cents")),
        **_invoices(said(answers, "claim_invoice"), keep),
        "position": said(answers, "claim_position") or "",
        "raison": said(answers, "claim_reason") or "",
        "conteste": shown.money(contested),
        "regle": shown.money(said(answers, "claim_paid") or None),
    }


def _invoices(typed: Any, keep: Vault) -> dict[str, Any]:
    """The numbers without the word before them, and how many there seem to be."""
    bare = re.sub(r"^\s*(?:la |les |the )?(?:factures?|invoices?)\b\s*:?\s*", "", str(typed or ""),
                  flags=re.IGNORECASE)  # fmt: skip
    several = re.search(r",|\s(?:et|and|&)\s", bare) is not None
    return {"facture": keep.inline(bare), "factures": 2 if several else 1}


def _assets(answers: Answers, shown: Shown) -> dict[str, Any]:
    keep = shown.vault
    chosen = ASSET_SETS.get(str(said(answers, "assets")), ())
    return {
        "liste": list(chosen),
        "domaines": keep.inline(str(said(answers, "domains") or "")),
        "autres": [keep.inline(_item(line)) for line in _split(said(answers, "assets_more"))],
        "motif": said(answers, "access_why") or "",
        "regle": shown.money(said(answers, "access_paid") or None),
    }


def _split(text: Any) -> list[str]:
    """One item a line, as it was typed."""
    return [line.strip() for line in str(text or "").split("\n") if line.strip(" -–—•*\t.")]


def _item(line: str) -> str:
    """A line of a list without the mark the client put before it."""
    return re.sub(r"^\s*(?:[-–—•*]|\d{1,2}[.)/])\s+", "", line)


def _is_month(moment: Moment) -> bool:
    return moment.precision == "month"


def _local(when: datetime, t: Translator) -> date:
    return when.astimezone(t.timezone).date() if when.tzinfo else when.date()


def _chronological(incident: Incident) -> tuple[date, datetime | date, int]:
    started = incident.started or incident.ended
    if started is None:
        return date.max, date.max, incident.number
    return started.day, started.day, incident.number
