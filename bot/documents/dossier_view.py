"""A case as the layout of its dossier is given it: plain text, in the language of the dossier."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from bot.casefile.loss_models import LossInputs
from bot.casefile.models import (
    CaseFile,
    Evidence,
    Incident,
    Letter,
    LossEstimate,
    Moment,
    Party,
    from_json,
)
from bot.casefile.remarks import Remark
from bot.casefile.rules import read_deadlines, split_kind
from bot.casefile.sales import Sales
from bot.documents import facts, letter, typography
from bot.documents.chart import sales_chart
from bot.documents.pictures import Picture
from bot.documents.wording import Vault
from bot.errors import InvalidAnswer, SalesFileError
from bot.faq.entry import Knowledge
from bot.i18n import N_, Translator

_SHORT = 220

LETTERS = {
    "notice": N_("Formal notice"),
    "report": N_("First report"),
    "second-letter": N_("Second letter"),
    "reply": N_("Reply to a chasing letter"),
    "access": N_("Request for access"),
}
_SENT_BY = {
    "registered": N_("by registered letter"),
    "e-registered": N_("by electronic registered letter"),
    "email": N_("by e-mail"),
    "hand": N_("by hand"),
    "bailiff": N_("by a bailiff (commissaire de justice)"),
}
_SEVERITY = {
    "blocked": N_("Nothing works any more"),
    "degraded": N_("It works badly"),
    "minor": N_("A detail, but annoying"),
}


@dataclass(frozen=True, slots=True)
class View:
    """The case as the layout is given it: plain text, in the language of the dossier."""

    file: CaseFile
    knowledge: Knowledge
    t: Translator
    now: datetime
    copies: dict[int, Picture]
    unreadable: dict[int, str]

    def data(self, folder: Path) -> dict[str, Any]:
        """Everything; the chart is written to `folder`."""
        t, case = self.t, self.file.case
        day = self.now.astimezone(t.timezone).date()
        client = self.words(case.client.name) or t("The client")
        provider = self.words(case.provider.name) or t("The provider")
        return {
            "language": t.language,
            "day": day.isoformat(),
            "title": t("Dossier {number}: {client} and {provider}", number=case.number,
                       client=client, provider=provider),
            "author": client,
            "running": self.short(t("Dossier {number}: {client} and {provider}",
                                    number=case.number, client=client, provider=provider), 80),
            "labels": self.labels(),
            "cover": {
                "title": t("Dossier"),
                "parties": [client, t("and"), provider],
                "lines": [
                    t("Case {number}, as it stands on {day}", number=case.number,
                      day=self.shown.day(day)),
                    t.listing(self.counts()),
                ],
            },
            "parties": [
                {"title": t("Client"), "rows": self.party(case.client)},
                {"title": t("Provider"), "rows": self.party(case.provider)},
                {"title": t("Contract"), "rows": self.contract()},
            ],
            "summary": self.summary(),
            "chronology": self.chronology(),
            "incidents": [self.incident(found) for found in self.file.incidents],
            "exhibits": [self.exhibit(found) for found in self.file.evidence],
            "loss": self.loss(folder),
            "letters": [self.letter(found) for found in kept_letters(self.file)],
            "unreadable": [
                t("Exhibit {number} ({name}): {reason}", number=number,
                  name=self.words(self.named(number)), reason=t(reason))
                for number, reason in sorted(self.unreadable.items())
            ],
        }  # fmt: skip

    @property
    def shown(self) -> facts.Shown:
        """Prints dates, periods and amounts."""
        return facts.Shown(self.t, Vault(self.t.language), self.knowledge)

    def words(self, text: str) -> str:
        """A client's words as they are printed."""
        return typography.words(text, self.t.language)

    def named(self, number: int) -> str:
        """The name of an exhibit."""
        found = next((e for e in self.file.evidence if e.number == number), None)
        return facts.title(found) if found else ""

    def labels(self) -> dict[str, str]:
        """The words of the layout itself."""
        t = self.t
        return {
            "contents": t("Contents"), "summary": t("Summary"), "chronology": t("Chronology"),
            "incidents": t("Incidents"), "exhibits": t("Exhibits"), "loss": t("Loss"),
            "letters": t("Letters"), "page": t("page"), "exhibit": t("Exhibit"),
            "number": t("No."), "date": t("Date"), "fact": t("Fact"), "what": t("What"),
            "received": t("Received"), "low": t("Low"), "middle": t("Middle"), "high": t("High"),
            "line": t("Line"), "proof": t("Proof"), "total": t("Total"),
            "left": t("Pictures that could not be shown"),
            "check": t("To check the originals: unpack the archive, then run “sha256sum -c"
                       " SHA256SUMS” in its folder. Each fingerprint is also printed here."),
        }  # fmt: skip

    def counts(self) -> list[str]:
        """How many of each."""
        t, file = self.t, self.file
        sent = sum(1 for found in file.letters if found.status == "sent")
        return [
            t.plural("{n} incident", "{n} incidents", len(file.incidents)),
            t.plural("{n} exhibit", "{n} exhibits", len(file.evidence)),
            t.plural("{n} letter sent", "{n} letters sent", sent),
        ]

    def party(self, party: Party) -> list[list[str]]:
        """Name, address and numbers, as far as they are known."""
        t = self.t
        siren = "\N{NO-BREAK SPACE}".join(party.siren[i : i + 3] for i in range(0, 9, 3))
        return self.rows(
            (t("Name"), party.name),
            (t("Represented by"), party.representative),
            (t("Address"), facts.address_lines(party.address)),
            (t("SIREN"), siren if party.siren else ""),
            (t("E-mail"), party.email),
        )

    def contract(self) -> list[list[str]]:
        """What is known of the contract."""
        t, contract, shown = self.t, self.file.case.contract, self.shown
        return self.rows(
            (t("Subject"), contract.subject),
            (t("Reference"), contract.reference),
            (t("Made on"), shown.day(contract.signed) if contract.signed else ""),
            (t("Price"), shown.money(contract.price_cents)),
            (t("Paid so far"), shown.money(contract.paid_cents)),
            (t("Delivery promised"), shown.day(contract.due) if contract.due else ""),
            (t("Promises"), contract.commitments),
        )

    def rows(self, *pairs: tuple[str, str]) -> list[list[str]]:
        """Label and words, without those that are not known."""
        return [[label, self.words(text)] for label, text in pairs if text.strip()]

    def summary(self) -> list[str]:
        """The case in a few sentences."""
        t, file, shown = self.t, self.file, self.shown
        if not (file.incidents or file.evidence or file.notes or file.letters):
            return [t("Nothing is logged in this case yet.")]
        found = []
        starts = sorted(i.started.day for i in file.incidents if i.started)
        if starts:
            found.append(
                t("The first dated incident begins on {first}, the last on {last}.",
                  first=shown.day(starts[0]), last=shown.day(starts[-1]))
                if starts[0] != starts[-1]
                else t("The incident begins on {first}.", first=shown.day(starts[0]))
            )  # fmt: skip
        open_ones = sum(1 for i in file.incidents if not i.ended and "until" not in i.unsure)
        if open_ones:
            found.append(
                t.plural("{n} incident still goes on.", "{n} incidents still go on.", open_ones)
            )
        told = sum(1 for i in file.incidents if i.told == "written")
        if told:
            found.append(
                t.plural("The provider was told of {n} incident in writing.",
                         "The provider was told of {n} incidents in writing.", told)
            )  # fmt: skip
        found += [self.sending(x) for x in file.letters if x.status == "sent"]
        if file.losses:
            totals = file.losses[-1].body.get("totals", {})
            if totals:
                found.append(
                    t("The loss is put at {median}, from {low} to {high}: an estimate to discuss.",
                      **{key: t.money(totals[key]) for key in ("median", "low", "high")})
                )  # fmt: skip
        return found

    def chronology(self) -> list[dict[str, Any]]:
        """What happened, oldest first."""
        found = [*self._incident_dates(), *self._other_dates()]
        found.sort(key=lambda item: (item[0], item[1]))
        return [
            {"when": when, "what": self.words(what), "exhibits": numbers}
            for _, _, when, what, numbers in found
        ]

    def _incident_dates(self) -> list[tuple[date, time, str, str, list[int]]]:
        t = self.t
        found = []
        for incident in self.file.incidents:
            number, exhibits = incident.number, self.exhibits_of(incident)
            began = incident.started or self._noted(incident)
            short = self.short(incident.what)
            if began:
                what = t("Incident {number}, {kind}: {what}", number=number,
                         kind=self.kind(incident), what=short)  # fmt: skip
                found.append(self._dated(began, what, exhibits))
            if incident.ended:
                found.append(
                    self._dated(incident.ended, t("Incident {number} ends.", number=number))
                )
            if incident.told_on and incident.told in {"written", "spoken"}:
                message = (
                    t("The provider is told of incident {number} in writing.", number=number)
                    if incident.told == "written"
                    else t("The provider is told of incident {number} by word of mouth.",
                           number=number)
                )  # fmt: skip
                found.append(self._dated(incident.told_on, message))
        return found

    def _noted(self, incident: Incident) -> Moment | None:
        """The day it was logged, when nobody knows its start."""
        created = incident.created
        return Moment(created.astimezone(self.t.timezone).date()) if created else None

    def _other_dates(self) -> list[tuple[date, time, str, str, list[int]]]:
        t, file = self.t, self.file
        found = []
        if file.case.contract.signed:
            day = Moment(date.fromisoformat(file.case.contract.signed))
            found.append(self._dated(day, t("The contract is made.")))
        for note in file.notes:
            if note.created:
                local = note.created.astimezone(t.timezone)
                moment = Moment(local.date(), note.created, "time")
                found.append(
                    self._dated(
                        moment, t("Note {number}: {text}", number=note.number, text=note.text)
                    )
                )
        for sent in (x for x in file.letters if x.status == "sent"):
            for key, message in (
                ("posted", N_("{letter} {number} is sent.")),
                ("presented", N_("{letter} {number} is first presented.")),
                ("received", N_("{letter} {number} is received.")),
            ):
                if sent.sent.get(key):
                    day = Moment(date.fromisoformat(sent.sent[key]))
                    what = t(message, letter=t(LETTERS[sent.kind]), number=sent.number)
                    found.append(self._dated(day, what))
        known = read_deadlines(self.knowledge).events
        for event in file.events:
            kind = known.get(split_kind(event.kind)[0])
            if kind is not None and event.letter is None:
                moment = Moment(event.on, event.at, "time" if event.at else "day")
                found.append(self._dated(moment, kind.label[t.language] + "."))
        return found

    def _dated(
        self, moment: Moment, what: str, exhibits: Sequence[int] = ()
    ) -> tuple[date, time, str, str, list[int]]:
        at = moment.at.astimezone(self.t.timezone).time() if moment.at else time()
        return moment.day, at, self.shown.when(moment), what, list(exhibits)

    def kind(self, incident: Incident) -> str:
        """The name of its kind."""
        found = self.knowledge.kinds.get(incident.kind)
        return found.label[self.t.language] if found else incident.kind

    def short(self, text: str, longest: int = _SHORT) -> str:
        """The beginning of a long text, on one line."""
        flat = re.sub(r"[ \n\t]+", " ", text).strip()
        return flat if len(flat) <= longest else flat[:longest].rsplit(" ", 1)[0] + "…"

    def exhibits_of(self, incident: Incident) -> list[int]:
        """The numbers of what proves it."""
        return [e.number for e in self.file.evidence if facts.belongs(e, incident)]

    def incident(self, incident: Incident) -> dict[str, Any]:
        """An incident with everything that was logged of it."""
        t, shown = self.t, self.shown
        told = ""
        if incident.told:
            told = {
                "written": t("in writing"), "spoken": t("by word of mouth"), "no": t("not yet"),
            }[incident.told]  # fmt: skip
            if incident.told_on:
                told = f"{told}, {shown.on(incident.told_on)}"
        details = [
            (item["libelle"], shown.vault.reveal(item["valeur"]))
            for item in facts.details(incident, shown)
        ]
        return {
            "title": t("Incident {number}: {kind}", number=incident.number,
                       kind=self.kind(incident)),
            "text": typography.sentence(incident.what, t.language),
            "rows": self.rows(
                (t("When"), typography.capital(shown.period(incident))),
                (t("Where"), incident.page),
                *details,
                (t("How serious"), t(_SEVERITY.get(incident.severity, ""))),
                (t("Cost so far"), shown.money(incident.cost_cents)),
                (t("Provider told"), told),
            ),
            "exhibits": self.exhibits_of(incident),
        }  # fmt: skip

    def exhibit(self, exhibit: Evidence) -> dict[str, Any]:
        """An exhibit: caption, date, source, fingerprint, picture."""
        t = self.t
        number = exhibit.number
        copy = self.copies.get(number)
        incidents = [i.number for i in self.file.incidents if facts.belongs(exhibit, i)]
        reason = self.unreadable.get(number)
        note = ""
        if reason:
            note = t("It could not be shown: {reason}.", reason=t(reason))
        elif copy is None:
            note = t("This file is in the archive of originals.")
        return {
            "number": number,
            "title": self.words(facts.title(exhibit)).replace("\n", " "),
            "received": self.shown.day(exhibit.received.astimezone(t.timezone).date()),
            "rows": self.rows(
                (t("Received"), t.moment(exhibit.received)),
                (t("Source"), self.source(exhibit)),
                (t("Date in the picture"), self.taken(copy)),
                (t("File"), exhibit.name),
                (t("Type and size"), f"{exhibit.mime}, {size_text(exhibit.size, t)}"),
                (t("Incident"), t.listing([str(n) for n in incidents]) if incidents else ""),
            ),
            "sha256": exhibit.sha256,
            "note": note,
            "picture": {"name": f"/{copy.name}", "width": copy.width, "height": copy.height}
            if copy
            else None,
        }  # fmt: skip

    def source(self, exhibit: Evidence) -> str:
        """How it reached us."""
        t = self.t
        parts = [t("sent in the chat")]
        if exhibit.forwarded:
            parts.append(t("forwarded from another conversation"))
        if exhibit.compressed:
            parts.append(t("as a compressed photo, without its own date"))
        return ", ".join(parts)

    def taken(self, copy: Picture | None) -> str:
        """The date the camera wrote."""
        if copy is None or not copy.taken:
            return ""
        try:
            return (
                self.shown.when(
                    Moment(datetime.strptime(copy.taken[:10], "%Y:%m:%d").date())  # noqa: DTZ007
                )
                + copy.taken[10:16]
            )
        except ValueError:
            return copy.taken

    def loss(self, folder: Path) -> dict[str, Any] | None:
        """The last estimate as a table, with its chart when a sales file was given."""
        if not self.file.losses:
            return None
        t, body = self.t, self.file.losses[-1].body
        totals = body.get("totals")
        if not totals:
            return None
        chart = loss_chart(self.file.losses[-1], t)
        if chart:
            (folder / "chart.png").write_bytes(chart)
        capped = totals.get("capped")
        return {
            "lines": [self.loss_line(line) for line in body.get("lines", ())],
            "total": [t.money(totals[key]) for key in ("low", "median", "high")],
            "notes": [
                t("An estimate to discuss, before tax: it is not an amount owed."),
                t("Of the middle figure, {amount} has its exhibits.",
                  amount=t.money(totals["proved"])),
                *([t("Under the cap of the contract: {amount}.", amount=t.money(capped[1]))]
                  if capped else []),
                *(Remark.from_json(warning).say(t) for warning in body.get("warnings", ())),
            ],
            "chart": "/chart.png" if chart else None,
            "alt": t("Sales day by day, what was expected, and the loss between the two."),
        }  # fmt: skip

    def loss_line(self, line: dict[str, Any]) -> dict[str, Any]:
        """One line of the estimate."""
        t = self.t
        return {
            "label": t(line["label"]),
            "formula": Remark.from_json(line["formula"]).say(t),
            "amounts": [signed(cents, t) for cents in line["amount"]],
            "exhibits": line["exhibits"],
            "proof": t("proved") if line["proved"] else t("to be proved"),
            "counts": line["counts"],
        }

    def letter(self, kept: Letter) -> dict[str, Any]:
        """A letter in full, how it went, and the fingerprint of its PDF."""
        t = self.t
        title = t(LETTERS.get(kept.kind, kept.kind))
        text = letter.text_of(kept)
        return {
            "title": f"{title} {kept.number}",
            "rows": self.rows(
                (
                    t("Status"),
                    self.sending(kept) if kept.status == "sent" else t("Draft, not sent"),
                ),
                (t("Version"), str(kept.version)),
            ),
            "sha256": kept.files[0][1] if kept.files else "",
            "sender": list(text.sender),
            "recipient": list(text.recipient),
            "sending": list(text.sending),
            "place": text.place_date,
            "subject": text.subject,
            "blocks": [{"kind": block.kind, "text": block.text} for block in text.blocks],
            "signature": list(text.signature),
            "exhibits": [line.removeprefix("- ") for line in text.exhibits],
        }

    def sending(self, kept: Letter) -> str:
        """`Formal notice 2 sent on 3 March by registered letter (1A 234), received on 5 March.`"""
        t, sent = self.t, kept.sent
        known = {key: self.shown.day(sent[key]) for key in ("posted", "presented", "received")
                 if sent.get(key)}  # fmt: skip
        text = f"{t(LETTERS.get(kept.kind, kept.kind))} {kept.number}"
        if "posted" in known:
            text += " " + t("sent on {day}", day=known["posted"])
        how = _SENT_BY.get(str(sent.get("how")))
        if how:
            text += " " + t(how)
        if sent.get("tracking"):
            text += f" ({self.words(str(sent['tracking']))})"
        if "presented" in known:
            text += ", " + t("first presented on {day}", day=known["presented"])
        if "received" in known:
            text += ", " + t("received on {day}", day=known["received"])
        return text + "."


def kept_letters(file: CaseFile) -> list[Letter]:
    """Every letter sent, and of each kind the last draft after it."""
    drafts: dict[str, Letter] = {}
    for found in file.letters:
        if found.status == "sent":
            drafts.pop(found.kind, None)
        else:
            drafts[found.kind] = found
    last = {found.number for found in drafts.values()}
    return [
        found
        for found in file.letters
        if (found.status == "sent" or found.number in last) and found.body.get("texts")
    ]


def loss_chart(estimate: LossEstimate, t: Translator) -> bytes | None:
    """The chart of a saved estimate as PNG; None when it has no sales file that fits."""
    body = estimate.body
    if not isinstance(body.get("sales"), dict):
        return None
    until = date.fromisoformat(body["until"]) if body.get("until") else None
    try:
        inputs = from_json(LossInputs, body["inputs"])
        return sales_chart(Sales.from_json(body["sales"]), inputs.outages, t, until)
    except (KeyError, ValueError, InvalidAnswer, SalesFileError):
        return None


def signed(cents: int, t: Translator) -> str:
    """An amount; what is taken off with a true minus sign."""
    return t.money(cents) if cents >= 0 else f"−\N{NO-BREAK SPACE}{t.money(-cents)}"


def size_text(size: int, t: Translator) -> str:
    """`12 ko`, `3,4 Mo`."""
    units = ("o", "ko", "Mo") if t.language == "fr" else ("B", "kB", "MB")
    if size < 1000:
        return f"{t.number(size)}\N{NO-BREAK SPACE}{units[0]}"
    if size < 1_000_000:
        return f"{t.number(round(size / 1000))}\N{NO-BREAK SPACE}{units[1]}"
    return f"{t.number(round(size / 1_000_000, 1))}\N{NO-BREAK SPACE}{units[2]}"
