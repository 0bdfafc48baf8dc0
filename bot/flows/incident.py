"""Log an incident: what happened, since when, how bad, what it cost, and the evidence."""

from __future__ import annotations

import re
from typing import Any

from bot.casefile.models import Incident, Moment
from bot.errors import InvalidAnswer
from bot.faq.entry import IncidentKind, KindQuestion
from bot.faq.text import fold
from bot.flows import amounts, dates
from bot.flows.answers import Choice, Day, Files, Money, Number, Text, When, YesNo, show_moment
from bot.flows.model import UNKNOWN, Answers, AnswerType, Context, Flow, Outcome, Step, value
from bot.i18n import N_

SEVERITIES = (
    ("blocked", N_("Nothing works any more")),
    ("degraded", N_("It works badly")),
    ("minor", N_("A detail, but annoying")),
)
TOLD = (
    ("written", N_("Yes, in writing (e-mail, ticket, letter)")),
    ("spoken", N_("Yes, by phone or in person")),
    ("no", N_("Not yet")),
)
_ANSWERS: dict[str, AnswerType] = {
    "text": Text(),
    "number": Number(),
    "money": Money(),
    "yes-no": YesNo(),
    "day": Day(),
}


def steps(answers: Answers, context: Context) -> tuple[Step, ...]:
    """The questions common to all incidents, and those of the chosen kind in their midst."""
    kinds = tuple((kind.id, kind.label) for kind in context.knowledge.kinds.values())
    kind = context.knowledge.kinds.get(value(answers, "kind") or "")
    return (
        Step("kind", N_("What kind of problem is it?"), N_("Problem"), Choice(kinds)),
        Step(
            "since", N_("Since when?"), N_("Since"), When(), can_ignore=True,
            hint=N_("For example: yesterday at 2 pm, 3 March, two weeks ago."),
        ),
        Step(
            "until", N_("Until when?"), N_("Until"), When(still=True), can_ignore=True,
            hint=N_("If it still goes on, press the button."),
        ),
        Step(
            "what", N_("What happens, in your own words?"), N_("What happens"), Text(),
            hint=N_("What you do, what you see, what should happen instead."),
        ),
        Step(
            "page", N_("On which page or in which part of the site?"), N_("Where"), Text(),
            optional=True,
        ),
        *(_kind_step(question, context) for question in (kind.questions if kind else ())),
        Step("severity", N_("How serious is it?"), N_("How serious"), Choice(SEVERITIES)),
        Step(
            "cost", N_("What has it cost you so far, about?"), N_("Cost so far"), Money(),
            optional=True, can_ignore=True, hint=N_("For example: 800 €. A rough figure will do."),
        ),
        Step(
            "told", N_("Have you told the provider?"), N_("Provider told"), Choice(TOLD),
        ),
        Step(
            "told_on", N_("When did you tell them?"), N_("Told on"), When(), can_ignore=True,
            when=lambda found: value(found, "told") in {"written", "spoken"},
        ),
        Step(
            "evidence", N_("Send what proves it: screenshots, e-mails, invoices."),
            N_("Evidence"), Files(), optional=True,
            hint=N_("Send pictures as files, so that their date and quality are kept."),
        ),
    )  # fmt: skip


def _kind_step(question: KindQuestion, context: Context) -> Step:
    language = context.t.language
    answer = _ANSWERS.get(question.answer) or Choice(question.choices)
    return Step(
        f"kind.{question.key}", question.ask[language], question.label[language], answer,
        optional=True, can_ignore=True, translated=True,
    )  # fmt: skip


def understand(text: str, context: Context) -> dict[str, Any]:
    """What one sentence says: kind, start and end, loss. The sentence itself says what happens."""
    found: dict[str, Any] = {"what": text.strip()}
    kind = guess_kind(text, context)
    if kind is not None:
        found["kind"] = kind.id
    start, end = dates.find_moments(text, context.now, context.zone)
    if start is None:
        start, end = _dated_part(text, context)
    if start is not None:
        found["since"] = start.to_json()
        if end is not None:
            found["until"] = end.to_json()
        elif _GOES_ON.intersection(fold(text).split()):
            found["until"] = "ongoing"
    words = set(fold(text).split())
    for severity, signs in _SIGNS.items():
        if words & signs:
            found["severity"] = severity
            break
    losses = amounts.find_amounts(text)
    if len(losses) == 1:
        found["cost"] = losses[0].cents
    return found


def _dated_part(text: str, context: Context) -> tuple[Moment | None, Moment | None]:
    """A date said without a word of trouble beside it: the whole sentence is about the trouble."""
    for begin in _BEGINS.finditer(text):
        part = re.split(r"[,.;!?\n]", text[begin.start() :])[0]
        try:
            return dates.read_period(part, context.now, context.zone)
        except InvalidAnswer:
            continue
    return None, None


_BEGINS = re.compile(
    r"\b(?:du|depuis|entre|le|hier|avant-hier|from|since|between|on|yesterday)\b", re.IGNORECASE
)

SITE_WORDS = frozenset({
    "site", "boutique", "page", "pages", "panier", "paiement", "serveur", "hebergement", "appli",
    "application", "formulaire", "domaine", "webmaster", "wordpress", "prestashop", "shopify",
    "website", "webshop", "shop", "checkout", "server", "hosting", "app", "basket",
})  # fmt: skip
"""Words that say a fault is one of a website."""

_SIGNS = {
    "blocked": {"panne", "inaccessible", "hs", "bloque", "bloquee", "mort", "coupe", "down",
                "offline", "unreachable", "dead", "broken", "plante", "pirate", "hacked"},
    "degraded": {"lent", "lente", "rame", "lenteur", "slow", "parfois", "sometimes", "souvent"},
}  # fmt: skip
"""What a sentence says of how bad it is; asked when it says nothing."""

_GOES_ON = {"depuis", "since", "toujours", "still"}


def guess_kind(text: str, context: Context) -> IncidentKind | None:
    """The kind whose words the sentence uses most; None when none or two do alike."""
    folded = f" {fold(text)} "
    scores = {
        kind.id: sum(len(word) for word in kind.words if f" {fold(word)}" in folded)
        for kind in context.knowledge.kinds.values()
    }
    best = sorted(scores, key=lambda id: scores[id], reverse=True)[:2]
    if not best or scores[best[0]] == 0:
        return None
    if len(best) > 1 and scores[best[1]] == scores[best[0]]:
        return None
    return context.knowledge.kinds[best[0]]


def finish(answers: Answers, context: Context) -> Outcome:
    """The incident, with what belongs to it."""
    until = value(answers, "until")
    incident = Incident(
        kind=value(answers, "kind"),
        what=value(answers, "what") or "",
        started=Moment.from_json(value(answers, "since")),
        ended=None if until == "ongoing" else Moment.from_json(until),
        page=value(answers, "page") or "",
        severity=value(answers, "severity") or "",
        cost_cents=value(answers, "cost"),
        told=value(answers, "told") or "",
        told_on=Moment.from_json(value(answers, "told_on")),
        details={
            key.removeprefix("kind."): found
            for key in answers
            if key.startswith("kind.") and (found := value(answers, key)) is not None
        },
        evidence=tuple(context.data.get("files", ())),
        unsure=tuple(key for key, answer in answers.items() if answer == UNKNOWN),
        number=context.data.get("incident", 0),
    )
    if incident.started and incident.ended and _before(incident.ended, incident.started):
        raise InvalidAnswer(N_("The end is before the beginning: please change one of the two."))
    return Outcome(saves=(incident,), offer=("incident", "loss", "notice", "dossier"))


def _before(end: Moment, start: Moment) -> bool:
    """Surely before: two times, else two days."""
    if end.at is not None and start.at is not None:
        return end.at < start.at
    return end.day < start.day


def answers_of(incident: Incident) -> dict[str, Any]:
    """The answers that would make this incident, to change it later."""
    found: dict[str, Any] = {
        "kind": incident.kind,
        "what": incident.what,
        "since": incident.started.to_json() if incident.started else None,
        "until": incident.ended.to_json() if incident.ended else "ongoing",
        "page": incident.page or None,
        "severity": incident.severity or None,
        "cost": incident.cost_cents,
        "told": incident.told or None,
        "told_on": incident.told_on.to_json() if incident.told_on else None,
        "evidence": "done",
    }
    found |= {f"kind.{key}": answer for key, answer in incident.details.items()}
    known = {key: answer for key, answer in found.items() if answer is not None}
    return known | dict.fromkeys(incident.unsure, UNKNOWN)


def describe(incident: Incident, context: Context) -> str:
    """One line: `3 mars 2026 : paiement, rien ne marche plus`."""
    kind = context.knowledge.kinds.get(incident.kind)
    label = kind.label[context.t.language] if kind else incident.kind
    when = show_moment(incident.started, context) if incident.started else context.t("no date")
    return f"{when} · {label}"


FLOW = Flow(
    name="incident",
    version=1,
    title=N_("Incident"),
    steps=steps,
    finish=finish,
    understand=understand,
)
