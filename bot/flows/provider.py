"""What is known of the two parties and of the contract: every answer can be left out."""

from __future__ import annotations

from typing import Any

from bot.casefile.models import CaseDetails, CaseFile
from bot.documents import facts
from bot.flows.answers import Choice, Day, Email, Money, Siren, Text
from bot.flows.model import Answers, AnswerType, Context, Flow, Outcome, Step, value
from bot.i18n import N_

FORMS = (
    ("person", N_("A private person")),
    ("trader", N_("A business in my own name")),
    ("company", N_("A company")),
    ("association", N_("An association")),
)
SMALL = (
    ("yes", N_("Yes, all three")),
    ("no", N_("No")),
)


def detail(key: str, **how: Any) -> Step:
    """The question for one detail of the case, by the key the letters use."""
    ask, label, answer, hint = _QUESTIONS[key]
    return Step(key, ask, label, answer, hint=hint, **how)


_QUESTIONS: dict[str, tuple[str, str, AnswerType, str]] = {
    "provider_name": (
        N_("What is the provider’s exact name?"), N_("Provider"), Text(),
        N_("As on their invoices or legal notice, with the form of the company."),
    ),
    "provider_address": (
        N_("What is the provider’s address?"), N_("Their address"), Text(5),
        N_("The registered office: a letter to a wrong address can lose its effect."),
    ),
    "provider_siren": (
        N_("What is the provider’s SIREN number?"), N_("Their SIREN"), Siren(),
        N_("Nine digits, on their invoices or on annuaire-entreprises.data.gouv.fr."),
    ),
    "provider_email": (
        N_("At which e-mail address do you write to the provider?"), N_("Their e-mail"), Email(),
        "",
    ),
    "provider_representative": (
        N_("Who runs the provider?"), N_("Their manager"), Text(),
        N_("The letter is sent for their attention. For example: Jeanne Martin, manager."),
    ),
    "contract_subject": (
        N_("What is the contract about?"), N_("Contract"), Text(3),
        N_("A few words. For example: creation and upkeep of an online shop."),
    ),
    "contract_signed": (
        N_("On which day was the contract made?"), N_("Made on"), Day(),
        N_("The day of the signature, or of the accepted quote."),
    ),
    "contract_reference": (
        N_("Does the contract, quote or customer have a number?"), N_("Reference"), Text(), "",
    ),
    "contract_price": (
        N_("What is the price of the contract?"), N_("Price"), Money(),
        N_("The total, with tax if you can’t recover it."),
    ),
    "contract_paid": (
        N_("How much have you paid so far?"), N_("Paid so far"), Money(),
        N_("Write 0 if nothing."),
    ),
    "contract_commitments": (
        N_("Which promise or clause was not kept?"), N_("Promises"), Text(3),
        N_("Copy the words of the contract, quote or e-mail, one a line; say where they stand."),
    ),
    "contract_due": (
        N_("For which day was delivery promised?"), N_("Delivery promised"), Day(future=True), "",
    ),
    "client_name": (
        N_("In whose name is the contract, on your side?"), N_("Your name"), Text(),
        N_("First name and name, or the exact name of the company or association."),
    ),
    "client_representative": (
        N_("Who signs, and in what capacity?"), N_("Who signs"), Text(),
        N_("Someone with the power to do so. For example: Marie Durand, manager."),
    ),
    "client_address": (
        N_("What is your address?"), N_("Your address"), Text(5),
        N_("Street, postal code and town."),
    ),
    "client_siren": (N_("What is your SIREN number?"), N_("Your SIREN"), Siren(), ""),
    "client_email": (N_("What is your e-mail address?"), N_("Your e-mail"), Email(), ""),
}  # fmt: skip


def form_step(**how: Any) -> Step:
    """The question of who the client is."""
    return Step(
        "form", N_("Who is the client in the contract?"), N_("Client"), Choice(FORMS), **how
    )


def is_body(answers: Answers, file: CaseFile) -> bool:
    """The client is a company or an association, which someone represents."""
    return facts.form(file, answers) in {"company", "association"}


def steps(answers: Answers, context: Context) -> tuple[Step, ...]:
    """The provider, the contract, the client."""
    file = context.file
    order = (
        "provider_name", "provider_address", "provider_siren", "provider_email",
        "provider_representative", "contract_subject", "contract_signed", "contract_reference",
        "contract_price", "contract_paid", "contract_commitments", "contract_due",
    )  # fmt: skip
    client = ("client_name", "client_representative", "client_address", "client_siren",
              "client_email")  # fmt: skip
    whens = {
        "client_representative": lambda found: file is None or is_body(found, file),
        "client_siren": lambda found: file is None or facts.form(file, found) != "person",
    }
    return (
        *(detail(key, optional=True) for key in order),
        form_step(optional=True),
        Step(
            "small",
            N_("Were you five employees or fewer, signing away from the provider’s premises for"
               " something outside your main activity?"),
            N_("Small business"), Choice(SMALL), optional=True, can_ignore=True,
            hint=N_("All three together give rights close to a consumer’s."),
            when=lambda found: value(found, "form") in {"trader", "company"},
        ),
        *(detail(key, optional=True, when=whens.get(key)) for key in client),
    )  # fmt: skip


def details(answers: Answers, file: CaseFile) -> CaseDetails:
    """What the answers add to the case; what was left out stays as it was."""
    parts: dict[str, dict[str, Any]] = {"provider": {}, "client": {}, "contract": {}}
    for key, (part, name) in facts.CASE_FACTS.items():
        found = value(answers, key)
        if found is not None:
            parts[part][name] = found
    form, small = value(answers, "form"), value(answers, "small")
    if small == "yes":
        parts["client"]["profile"] = "small-business"
    elif form and (small or form in {"person", "association"} or not file.case.client.profile):
        parts["client"]["profile"] = facts.FORMS[form]
    return CaseDetails(**parts)


def finish(answers: Answers, context: Context) -> Outcome:
    """The details, for every document to come."""
    assert context.file is not None
    return Outcome(saves=(details(answers, context.file),), offer=("notice", "dossier"))


def answers_of(file: CaseFile) -> dict[str, Any]:
    """The answers that would make what the case knows, to change it."""
    found = {key: facts.fact(file, {}, key) for key in _QUESTIONS}
    known = {key: answer for key, answer in found.items() if answer not in (None, "")}
    form = facts.form(file, {})
    return known | ({"form": form} if form else {})


FLOW = Flow(
    name="provider",
    version=1,
    title=N_("Provider and contract"),
    steps=steps,
    finish=finish,
)
