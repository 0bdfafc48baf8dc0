"""The letters: only what the case lacks is asked, then the letter is written and kept.

Five flows of one pattern: what is said, what is asked and for when, what follows otherwise, then
what is not known yet of the contract and the parties.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any

from bot.casefile.models import CaseFile, Incident, Letter, Moment
from bot.documents import facts, letter
from bot.errors import DocumentError, InvalidAnswer
from bot.faq.loader import show_value
from bot.flows import dates
from bot.flows.answers import Choice, Day, Money, Text, When, YesNo
from bot.flows.model import Answers, Context, Flow, Outcome, Step, value
from bot.flows.provider import detail, details, form_step, is_body
from bot.i18n import LANGUAGES, N_, Translator

SENDINGS = (
    ("registered", N_("Registered letter, on paper")),
    ("e-registered", N_("Registered letter, electronic")),
    ("email", N_("E-mail")),
    ("hand", N_("By hand, against a receipt")),
    ("bailiff", N_("By a bailiff (commissaire de justice)")),
)
ENDINGS = (
    ("law", N_("Yes, under the law (article 1226)")),
    ("clause", N_("Yes, by the termination clause")),
    ("no", N_("No")),
)
ROUTES = (
    ("reduction", N_("Reduce the price")),
    ("law", N_("End the contract, under the law")),
    ("clause", N_("End the contract, by its clause")),
)
POSITIONS = (("all", N_("All of it")), ("part", N_("A part of it")))
REASONS = (
    ("poor", N_("The work is not done, or badly")),
    ("not-ordered", N_("I did not order it")),
    ("paid", N_("It is already paid")),
    ("price", N_("The amount is not what was agreed")),
)
ASSETS = (
    ("all", N_("Everything")),
    ("domain", N_("The domain name")),
    ("site", N_("Access to the site and hosting")),
    ("data", N_("My files and data")),
)
WHYS = (
    ("cut", N_("The site is down")),
    ("leaving", N_("I want another provider")),
    ("ended", N_("The contract has ended")),
    ("safety", N_("To be able to act myself")),
)
DELAYS = (
    ("med_urgence", N_("{delay}: site or payment down")),
    ("med_genant", N_("{delay}: an annoying fault")),
    ("med_courant", N_("{delay}: the usual case")),
    ("med_lourd", N_("{delay}: heavy rework")),
)
SHORT_DAYS = 8
"""Under so many days, a registered letter alone may come too late."""


@dataclass(frozen=True, slots=True)
class IncidentNumbers:
    """Which incidents of the case: all of them, or a list of numbers."""

    kind: str

    def options(self, context: Context) -> tuple[tuple[str, str], ...]:
        """All of them."""
        return (("all", context.t("All of them")),)

    def choose(self, key: str, context: Context) -> str:
        """All of them."""
        if key != "all":
            raise InvalidAnswer(N_("This button does not belong to this question."))
        return key

    def parse(self, text: str, context: Context) -> list[int]:
        """The numbers typed, such as `1, 3`."""
        there = {incident.number for incident in _file(context).incidents}
        words = "".join(c if c.isdecimal() else " " for c in text).split()
        numbers = sorted({int(word) for word in words if len(word) < 6})
        if not numbers or not there.issuperset(numbers):
            raise InvalidAnswer(
                N_("Please write the numbers of incidents, for example: 1, 3. You have: {all}."),
                all=context.t.listing([str(number) for number in sorted(there)]),
            )
        return numbers

    def show(self, value: Any, context: Context) -> str:
        """`all`, or the numbers."""
        if value == "all":
            return context.t("All of them")
        return context.t.listing([str(number) for number in value])


@dataclass(frozen=True, slots=True)
class DayToCome(Day):
    """A working day far enough for a letter to arrive."""

    def parse(self, text: str, context: Context) -> str:
        """The day typed."""
        moment = dates.read_moment(text, context.now, context.zone, future=True)
        today = context.now.astimezone(context.zone).date()
        if moment.precision == "month":
            raise InvalidAnswer(N_("Which day of that month? For example: 3 March."))
        if moment.day < today + timedelta(days=3):
            raise InvalidAnswer(
                N_("The letter must have time to arrive: please give a day after {day}."),
                day=context.t.day(today + timedelta(days=2)),
            )
        if moment.day.weekday() >= 5:
            monday = moment.day + timedelta(days=7 - moment.day.weekday())
            raise InvalidAnswer(
                N_("That is a day of the weekend: please give a working day, such as {day}."),
                day=context.t.weekday(monday),
            )
        return moment.day.isoformat()


@dataclass(frozen=True, slots=True)
class DelayChoice(Choice):
    """One of the usual delays; "15" and "15 jours" are read by their figure."""

    def parse(self, text: str, context: Context) -> str:
        """The delay typed."""
        figure = re.match(r"\s*(\d{1,3})\b(?!\s*\D*\d)", text)
        if figure:
            for id, _ in self.choices:
                known = context.knowledge.values.get(id)
                if known is not None and known.value == int(figure[1]):
                    return str(id)
        return Choice.parse(self, text, context)


@dataclass(frozen=True, slots=True)
class EndingChoice(Choice):
    """Whether and how the contract may be ended; a plain "yes" means under the law."""

    def parse(self, text: str, context: Context) -> str:
        """The choice typed."""
        try:
            return Choice.parse(self, text, context)
        except InvalidAnswer:
            return "law" if YesNo().parse(text, context) else "no"


@dataclass(frozen=True, slots=True)
class Asking:
    """The questions of one kind of letter, given what the case knows."""

    kind: str
    context: Context
    answers: Answers

    @property
    def file(self) -> CaseFile:
        """The case."""
        return _file(self.context)

    def facts(self) -> Iterable[Step]:
        """What is reproached: the incidents of the case, else a story."""
        found = facts.relevant(self.kind, self.file, self.answers)
        if len(found) > 1:
            yield Step(
                "incidents", N_("Which incidents does the letter speak of?"), N_("Incidents"),
                IncidentNumbers(self.kind),
                hint=N_("All of them, or their numbers, for example: 1, 3."),
            )  # fmt: skip
        elif not found and self.kind not in {"access", "reply"}:
            yield Step(
                "story", N_("What goes wrong, in your own words?"), N_("What happens"), Text(),
                hint=N_("What you do, what you see, what should happen instead."),
            )  # fmt: skip
            yield Step("story_since", N_("Since when?"), N_("Since"), When(), can_ignore=True)

    def demand(self, **how: Any) -> Step:
        """What the provider must do."""
        return Step(
            "demand", N_("What exactly must the provider do?"), N_("Demand"), Text(3),
            hint=N_("One demand a line, each easy to check, beginning with a verb: repair…,"
                    " deliver…, hand over…, refund…. Your words go into the French letter as they"
                    " are."), **how,
        )  # fmt: skip

    def delay(self, **how: Any) -> Iterable[Step]:
        """For when: a usual delay, or a date."""
        yield Step("delay", N_("How long do you give?"), N_("Delay"), self._delays(),
                   hint=self._usual(), **how)  # fmt: skip
        yield Step(
            "until", N_("Until which day?"), N_("Until"), DayToCome(future=True),
            hint=N_("For example: 15 December. Leave the letter time to arrive."),
            when=lambda found: value(found, "delay") == "date",
        )  # fmt: skip

    def _delays(self) -> Choice:
        choices: list[tuple[str, Any]] = []
        t = self.context.t
        for id, label in DELAYS:
            known = self.context.knowledge.values.get(id)
            if known is not None:
                shown = t(label, delay=show_value(known, t.language))
                choices.append((id, dict.fromkeys(LANGUAGES, shown)))
        return DelayChoice((*choices, ("date", N_("Until a date I choose"))))

    def _usual(self) -> str:
        """What is usual for the gravest incident."""
        severities = {i.severity for i in facts.concerned(self.kind, self.file, self.answers)}
        if "blocked" in severities:
            return N_("Usual when the site or the payment is down: the shortest one.")
        return N_("Usual: the third one, unless the work asked for is heavy.")

    def ending(self) -> Iterable[Step]:
        """Whether the contract may be ended afterwards, and how."""
        yield Step(
            "ending", N_("If nothing is done, do you want to be able to end the contract?"),
            N_("End the contract"), EndingChoice(ENDINGS),
            hint=N_("Without this sentence, a later letter could not end it in principle."),
        )  # fmt: skip
        yield from self.clause(lambda found: value(found, "ending") == "clause")

    def clause(self, when: Callable[[Answers], bool]) -> Iterable[Step]:
        """The termination clause, word for word."""
        yield Step(
            "clause_article", N_("Where does the clause stand in the contract?"), N_("Clause"),
            Text(), optional=True, when=when, hint=N_("For example: article 12."),
        )  # fmt: skip
        if not self.file.case.contract.termination_clause:
            yield Step(
                "clause_text", N_("Please copy the clause, word for word."), N_("Its words"),
                Text(10), when=when,
            )  # fmt: skip

    def consequences(self) -> Iterable[Step]:
        """What may follow, one by one."""
        yield from self.ending()
        yield Step(
            "replace", N_("Otherwise, may another firm do the work at the provider’s cost?"),
            N_("Another firm"), YesNo(),
            hint=N_("Article 1222: in a reasonable time, at a reasonable cost."),
        )  # fmt: skip
        yield Step(
            "reduce", N_("Otherwise, do you announce a price reduction?"), N_("Price reduction"),
            YesNo(), hint=N_("Article 1223: a second letter then gives the amount."),
        )  # fmt: skip
        yield Step(
            "suspend", N_("Do you withhold a part of the price from now on?"),
            N_("Withhold payment"), YesNo(),
            hint=N_("Only for a serious failure, and only a part in proportion. See “Before I stop"
                    " paying” first."),
        )  # fmt: skip
        holds = partial(_is_true, key="suspend")
        yield Step("suspend_cents", N_("How much do you withhold?"), N_("Withheld"), Money(),
                   when=holds)  # fmt: skip
        yield Step(
            "suspend_invoice", N_("On which invoice?"), N_("Invoice"), Text(1), optional=True,
            when=holds, hint=N_("Its number."),
        )  # fmt: skip
        yield Step(
            "suspend_paid", N_("How much of the rest is paid?"), N_("Part paid"), Money(),
            optional=True, when=holds, hint=N_("The part you do not dispute should be paid."),
        )  # fmt: skip
        yield self.court()

    def court(self) -> Step:
        """Whether court is announced."""
        return Step("court", N_("Otherwise, do you announce that you may go to court?"),
                    N_("Court"), YesNo())  # fmt: skip

    def nullity(self) -> Step:
        """Whether the contract may still be annulled."""
        return Step(
            "nullity", N_("Might the contract still be cancelled or annulled?"),
            N_("Annulment open"), YesNo(), can_ignore=True,
            hint=N_("You were misled, or signed after a visit and were not told of your rights."
                    " Then decide first: asking for the work may confirm the contract."),
        )  # fmt: skip

    def last_words(self) -> Iterable[Step]:
        """What else to say, what else to enclose, and how it goes."""
        yield Step(
            "more", N_("Is there anything else the letter must say?"), N_("Also"), Text(3),
            optional=True, hint=N_("A call, a promise, an answer received, with its date."),
        )  # fmt: skip
        general = [e for e in self.file.evidence if facts.is_general(e, self.file)]
        if general:
            yield Step(
                "attach", N_("Enclose the files that belong to no incident too?"),
                N_("Other files"), YesNo(),
            )  # fmt: skip
        yield Step("sending", N_("How will you send it?"), N_("Sending"), Choice(SENDINGS),
                   hint=N_("A registered letter is the usual way. Under 8 days, also send it by"
                           " e-mail."))  # fmt: skip

    def contract(self, *required: str) -> Iterable[Step]:
        """What the case lacks of the contract."""
        for key in ("contract_subject", "contract_signed", "contract_price", "contract_paid",
                    "contract_commitments"):  # fmt: skip
            if self._lacks(key, required=key in required):
                free = key not in required
                yield detail(key, optional=free, can_ignore=free)

    def parties(self, *required: str) -> Iterable[Step]:
        """What the case lacks of the client and the provider."""
        file = self.file
        if not facts.form(file, {}):
            yield form_step()
        for key in ("client_name", "client_representative", "client_address", "provider_name",
                    "provider_address", "provider_email"):  # fmt: skip
            if not self._lacks(key, required=key in required):
                continue
            if key == "client_representative":
                yield detail(key, when=lambda found: is_body(found, file))
            else:
                yield detail(key, optional=key not in required)

    def _lacks(self, key: str, *, required: bool) -> bool:
        """The case does not have it, and no earlier letter asked for it in vain."""
        if facts.fact(self.file, {}, key) not in (None, ""):
            return False
        asked = any(key in letter.body.get("answers", {}) for letter in self.file.letters)
        return required or not asked


_BOTH = ("client_name", "client_address", "provider_name", "provider_address")


def _notice(ask: Asking) -> Iterable[Step]:
    yield from ask.facts()
    yield ask.demand()
    yield from ask.delay()
    yield from ask.consequences()
    yield from ask.contract("contract_subject")
    yield ask.nullity()
    yield from ask.last_words()
    yield from ask.parties(*_BOTH)


def _report(ask: Asking) -> Iterable[Step]:
    yield from ask.facts()
    yield ask.demand()
    yield from ask.delay(optional=True)
    yield from ask.last_words()
    yield from ask.contract()
    yield from ask.parties("client_name", "provider_name")


def _second(ask: Asking) -> Iterable[Step]:
    ending = partial(_is_in, key="route", options=("law", "clause"))
    reducing = partial(_is_in, key="route", options=("reduction",))
    yield from ask.facts()
    if facts.last_sent(ask.file, "notice") is None:
        yield Step("notice_on", N_("On which day did you send the formal notice?"),
                   N_("Notice sent"), Day())  # fmt: skip
        yield Step(
            "notice_received", N_("On which day was it received, or first presented?"),
            N_("Notice received"), Day(), can_ignore=True,
        )  # fmt: skip
    yield Step(
        "route", N_("What do you decide?"), N_("Decision"), Choice(ROUTES),
        hint=N_("One way only: two letters that disagree weaken you."),
    )  # fmt: skip
    yield Step("reduction_cents", N_("By how much do you reduce the price?"), N_("Reduction"),
               Money(), when=reducing)  # fmt: skip
    contract = ask.file.case.contract
    if contract.price_cents is None or contract.paid_cents is None:
        yield Step(
            "all_paid", N_("Is the whole price paid?"), N_("All paid"), YesNo(), when=reducing
        )
    yield from ask.clause(lambda found: value(found, "route") == "clause")
    yield Step(
        "reasons", N_("Why this amount, or why is the failure serious?"), N_("Reasons"), Text(3),
        optional=True, hint=N_("A quote, a calculation, the effect on your activity; one a line."),
    )  # fmt: skip
    yield replace(ask.demand(optional=True), when=ending)
    yield from ask.delay()
    yield from ask.contract("contract_subject")
    yield from ask.last_words()
    yield from ask.parties(*_BOTH)


def _reply(ask: Asking) -> Iterable[Step]:
    part = partial(_is_in, key="claim_position", options=("part",))
    yield Step("claim_on", N_("What is the date of the letter you received?"), N_("Their letter"),
               Day())  # fmt: skip
    yield Step(
        "claim_agency", N_("Does a collection firm write for the provider?"),
        N_("Collection firm"), Text(), optional=True,
        hint=N_("Its name and address. Skip if the provider wrote."),
    )  # fmt: skip
    yield Step(
        "claim_cents", N_("How much do they claim?"), N_("Claimed"), Money(), can_ignore=True
    )
    yield Step("claim_invoice", N_("On which invoice?"), N_("Invoice"), Text(1), optional=True,
               hint=N_("Its number."))  # fmt: skip
    yield Step("claim_position", N_("What do you dispute?"), N_("Disputed"), Choice(POSITIONS))
    yield Step("claim_contested", N_("How much do you dispute?"), N_("Disputed part"), Money(),
               when=part)  # fmt: skip
    yield Step("claim_paid", N_("How much of the rest is paid?"), N_("Part paid"), Money(),
               optional=True, when=part)  # fmt: skip
    yield Step("claim_reason", N_("Why do you dispute it?"), N_("Reason"), Choice(REASONS))
    yield from ask.facts()
    yield Step(
        "reasons", N_("In your own words, why?"), N_("In your words"), Text(3), optional=True
    )
    yield from ask.contract()
    yield from ask.last_words()
    yield from ask.parties(*_BOTH)


def _access(ask: Asking) -> Iterable[Step]:
    yield Step("assets", N_("What must be handed over?"), N_("To hand over"), Choice(ASSETS))
    yield Step(
        "domains", N_("Which domain name?"), N_("Domain"), Text(3), optional=True,
        hint=N_("For example: mybakery.fr."),
        when=partial(_is_in, key="assets", options=("all", "domain")),
    )  # fmt: skip
    yield Step("assets_more", N_("Anything else to hand over?"), N_("Also to hand over"), Text(3),
               optional=True, hint=N_("One thing a line."))  # fmt: skip
    yield Step("access_why", N_("Why now?"), N_("Why now"), Choice(WHYS), optional=True)
    yield from ask.delay()
    yield Step(
        "access_paid", N_("Have you paid the part of their invoices you do not dispute?"),
        N_("Part paid"), Money(), optional=True,
        hint=N_("The amount paid. Skip if nothing is owed."),
    )  # fmt: skip
    yield ask.court()
    yield from ask.facts()
    yield from ask.contract()
    yield from ask.last_words()
    yield from ask.parties(*_BOTH)


_QUESTIONS: dict[str, Callable[[Asking], Iterable[Step]]] = {
    "notice": _notice,
    "report": _report,
    "second-letter": _second,
    "reply": _reply,
    "access": _access,
}


def steps(answers: Answers, context: Context, *, kind: str) -> tuple[Step, ...]:
    """The questions of one kind of letter."""
    return tuple(_QUESTIONS[kind](Asking(kind, context, answers)))


def finish(answers: Answers, context: Context, *, kind: str) -> Outcome:
    """The letter, kept with its fingerprint, and what the case learnt on the way."""
    file = _file(context)
    _agree(answers, file)
    today = context.now.astimezone(context.zone).date()
    try:
        made = write(kind, file, answers, context, today)
        fingerprints = tuple(
            (name, hashlib.sha256(content).hexdigest())
            for name, content in letter.letter_files(made, reading_copy=context.t.language != "fr")
        )
    except DocumentError as error:
        raise InvalidAnswer(error.message, **error.values) from error
    learnt = details(answers, file)
    story = _story(answers, file, kind)
    return Outcome(
        saves=(learnt, replace(made, files=fingerprints), *story),
        say=_say(made, fingerprints[0][1], answers, context),
        offer=("sent", "dossier"),
        job=("letter", {"letter": made.number}),
    )


def write(kind: str, file: CaseFile, answers: Answers, context: Context, today: date) -> Letter:
    """The next version of a letter, without its files.

    Raises:
        DocumentError: something is missing, or a template can't be used.
    """
    translators = {lang: Translator(lang, timezone=context.zone) for lang in LANGUAGES}
    body = letter.body_of(kind, file, answers, context.knowledge, translators, today)
    number = max((found.number for found in file.letters), default=0) + 1
    # The number is the store's to give; this one is for the names of the files.
    return Letter(kind, body, version=letter.next_version(kind, file), number=number)


def _story(answers: Answers, file: CaseFile, kind: str) -> tuple[Incident, ...]:
    """A story told in the letter becomes an incident of the case."""
    story = value(answers, "story")
    if not story or facts.relevant(kind, file, answers):
        return ()
    return (
        Incident("other", what=story, started=Moment.from_json(value(answers, "story_since")),
                 unsure=() if value(answers, "story_since") else ("since",)),
    )  # fmt: skip


def _agree(answers: Answers, file: CaseFile) -> None:
    """Amounts that can't be."""
    if value(answers, "suspend") and not value(answers, "suspend_cents"):
        raise InvalidAnswer(N_("The amount withheld can’t be zero: please change it."))
    price = facts.fact(file, answers, "contract_price")
    reduction = value(answers, "reduction_cents")
    if reduction == 0 or (reduction and price is not None and reduction > price):
        raise InvalidAnswer(
            N_("The reduction must be more than zero and at most the price: please change it.")
        )
    claimed, contested = value(answers, "claim_cents"), value(answers, "claim_contested")
    if claimed is not None and contested is not None and contested > claimed:
        raise InvalidAnswer(N_("You dispute more than they claim: please change one of the two."))


def _say(made: Letter, fingerprint: str, answers: Answers, context: Context) -> str:
    """The letter to read, its fingerprint, and what to know before it goes."""
    t = context.t
    parts = [letter.preview(letter.text_of(made))]
    if t.language != "fr":
        parts += [letter.preview(letter.text_of(made, "en"))]
    parts.append(t("Version {version}. SHA-256 of the PDF: {fingerprint}", version=made.version,
                   fingerprint=fingerprint))  # fmt: skip
    parts += [f"• {t(advice)}" for advice in _advice(made, answers, context)]
    return "\n\n".join(parts)


def _advice(made: Letter, answers: Answers, context: Context) -> Iterable[str]:
    days = made.body["days"]
    if days and days < SHORT_DAYS:
        yield N_("The delay is short: send it by e-mail too, asking for a receipt, and on paper."
                 " An electronic registered letter alone may be read too late.")  # fmt: skip
    if value(answers, "nullity") and made.kind in {"notice", "second-letter"}:
        yield N_("If the contract may be annulled, see a lawyer before you send this letter:"
                 " asking for the work may confirm the contract.")  # fmt: skip
    if made.kind == "second-letter" and value(answers, "route") != "reduction":
        yield N_("Before you end the contract, make sure you hold the domain name, the access and"
                 " a backup. The letter takes effect when it is received.")  # fmt: skip
    if value(answers, "route") == "clause" and not _clause_announced(_file(context)):
        yield N_(
            "The clause can be used only if your formal notice quoted it: please check yours."
        )
    if made.kind == "reply":
        yield N_("If a court’s order to pay was served on you, this letter is not enough: oppose"
                 " it at the court within the time limit.")  # fmt: skip
    yield N_("Read it once more, sign it, and keep proof of sending. When it has gone, tell me the"
             " day: your deadlines start there.")  # fmt: skip


def _clause_announced(file: CaseFile) -> bool:
    return any(
        sent.kind == "notice"
        and sent.status == "sent"
        and value(sent.body.get("answers", {}), "ending") == "clause"
        for sent in file.letters
    )


def _file(context: Context) -> CaseFile:
    assert context.file is not None, "a letter needs a case"
    return context.file


def _is_true(found: Answers, *, key: str) -> bool:
    return value(found, key) is True


def _is_in(found: Answers, *, key: str, options: tuple[str, ...]) -> bool:
    return value(found, key) in options


TITLES = {
    "notice": N_("Formal notice"),
    "report": N_("First report"),
    "second-letter": N_("Second letter"),
    "reply": N_("Reply to a chasing letter"),
    "access": N_("Request for access"),
}

FLOWS = tuple(
    Flow(
        name=kind,
        version=1,
        title=title,
        steps=partial(steps, kind=kind),
        finish=partial(finish, kind=kind),
        confirm=N_("Write the letter"),
    )
    for kind, title in TITLES.items()
)
