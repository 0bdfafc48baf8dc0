"""Estimate the loss: from a few answers, or from a sales file; a cautious range, never a promise.

A file can be sent at any moment: `sales_step_update` makes it the answer to the file's question,
and the questions that it answers are no longer asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from bot.casefile.loss_models import DEFAULT_REPORT, Span, outage_days
from bot.casefile.loss_reference import Baseline, baseline
from bot.casefile.losses import Head, LossInputs, estimate, from_sales, render_lines
from bot.casefile.models import Incident, LossEstimate, Moment, as_json
from bot.casefile.remarks import Remark
from bot.casefile.sales import Sales
from bot.errors import InvalidAnswer, SalesFileError
from bot.flows import dates, engine
from bot.flows.answers import Choice, Money, Number, When, YesNo
from bot.flows.incident import describe
from bot.flows.loss_answers import Percent, SalesFile
from bot.flows.model import UNKNOWN, Answers, Context, Flow, Outcome, Session, Step, value
from bot.i18n import N_, Translator

MAX_INCIDENTS = 6
"""Incidents offered one by one; the button for all of them takes the others too."""

KEPT_DAYS = 1150
"""What is kept of a sales file: three years, enough for the reference and its trend."""

GAP_DAYS = 7
"""A file that stops longer than this before the outage is not the right one."""

_TAX = (("excluded", N_("Before tax")), ("included", N_("Tax included")))
_HEADS = (
    ("repair", "repair"), ("paid", "paid"), ("advertising", "advertising"),
    ("other", "exceptional"),
)  # fmt: skip
_PROOFS = {
    "realised": ("realised",),
    "reference": ("last_year", "usual", "recent", "earlier"),
    "margin": ("margin", "revenue", "variable"),
    "report": ("report",),
    "savings": ("savings",),
}
"""The questions during which an exhibit that proves each figure is sent."""


def steps(answers: Answers, context: Context) -> tuple[Step, ...]:
    """When, then sales, then the margin, then what else it cost."""
    return (
        *_period_steps(answers, context),
        *_sales_steps(answers, context),
        *_margin_steps(),
        *_cost_steps(),
    )


def _period_steps(answers: Answers, context: Context) -> tuple[Step, ...]:
    incidents = dated_incidents(context)
    choices: list[tuple[str, Any]] = []
    if len(incidents) > 1:
        choices.append(("all", N_("All my incidents")))
    language = context.t.language
    choices += [
        (f"i{incident.number}", {language: describe(incident, context)})
        for incident in incidents[-MAX_INCIDENTS:]
    ]
    choices.append(("other", N_("Other dates")))
    asked = not incidents or value(answers, "which") == "other"
    found = []
    if incidents:
        found.append(
            Step("which", N_("Which outage do you want to put a figure on?"), N_("Outage"),
                 Choice(tuple(choices)),
                 hint=N_("Incidents that overlap are counted once."))
        )  # fmt: skip
    if asked:
        found += [
            Step("from", N_("When did the outage start?"), N_("Start of the outage"), When(),
                 hint=N_("For example: 3 March, or yesterday at 2 pm.")),
            Step("to", N_("When did it end?"), N_("End of the outage"), When(still=True),
                 hint=N_("If it still goes on, press the button.")),
        ]  # fmt: skip
    return tuple(found)


def _sales_steps(answers: Answers, context: Context) -> tuple[Step, ...]:
    found = [
        Step("sales", N_("Do you have your sales in a file? Please send it here, CSV or Excel."),
             N_("Sales file"), SalesFile(),
             hint=N_("By day or by order, if possible from a year before the outage until after"
                     " it. You can export it from your shop."))
    ]  # fmt: skip
    sales = sales_of(answers)
    if sales is None:
        return (*found, *_revenue_steps(answers))
    last = _last_day(answers, context)
    if last is not None and sales.last < last:
        t = context.t
        found.append(
            Step(
                "stopped",
                t("Your file stops on {day}, before the end of the outage. Were there no sales at"
                  " all after that?", day=t.day(sales.last)),
                t("No sales after the file"), YesNo(), translated=True,
            )
        )  # fmt: skip
    if _baseline(answers, context) is None:
        return (*found, *_revenue_steps(answers))
    if not sales.tax:
        found.append(
            Step("tax", N_("Are the amounts of your file before tax or tax included?"),
                 N_("Amounts"), Choice(_TAX))
        )  # fmt: skip
    if sales.tax == "included" or (not sales.tax and value(answers, "tax") == "included"):
        found.append(
            Step("vat", N_("Which VAT rate is in your prices? The loss is counted before tax."),
                 N_("VAT rate"), Percent(), hint=N_("With several rates, give the usual one."))
        )  # fmt: skip
    return tuple(found)


def _revenue_steps(answers: Answers) -> tuple[Step, ...]:
    """The same by hand."""
    return (
        Step("realised", N_("How much did you sell during the outage, before tax?"),
             N_("Sales during the outage"), Money(), can_ignore=True,
             hint=N_("For example: 9,000 €. Zero is an answer.")),
        Step("last_year", N_("How much on the same dates last year?"),
             N_("Same dates last year"), Money(), can_ignore=True),
        Step("usual", N_("How much do you usually sell in a period as long?"),
             N_("Usual sales"), Money(), can_ignore=True,
             when=lambda found: found.get("last_year") == UNKNOWN),
        Step("recent", N_("How much in the three months before the outage?"),
             N_("Three months before"), Money(), optional=True,
             when=lambda found: value(found, "last_year") is not None,
             hint=N_("It shows whether you sell more or less than last year.")),
        Step("earlier", N_("And in the same three months of the year before?"),
             N_("Those months a year before"), Money(),
             when=lambda found: value(found, "last_year") is not None
             and value(found, "recent") is not None),
    )  # fmt: skip


def _margin_steps() -> tuple[Step, ...]:
    return (
        Step("margin", N_("What is your margin rate on variable costs?"), N_("Margin rate"),
             Percent(), can_ignore=True,
             hint=N_("What is left of 100 € of sales after purchases, packing, carriage, payment"
                     " fees and paid clicks. Your accountant knows it.")),
        Step("revenue", N_("What was your revenue last year, before tax?"), N_("Yearly revenue"),
             Money(), can_ignore=True, when=_margin_unknown),
        Step("variable", N_("And your variable costs that year?"), N_("Yearly variable costs"),
             Money(), can_ignore=True,
             when=lambda found: _margin_unknown(found) and value(found, "revenue") is not None,
             hint=N_("Purchases, packing, carriage, payment fees, paid clicks. Not rent, salaries"
                     " or subscriptions.")),
        Step("report", N_("Which share of the lost sales was made later, or in your shop?"),
             N_("Sold later"), Percent((0, 10, 20, 30)), can_ignore=True,
             hint=N_("If you do not know, a cautious 20 % is used.")),
    )  # fmt: skip


def _margin_unknown(answers: Answers) -> bool:
    return answers.get("margin") == UNKNOWN


def _cost_steps() -> tuple[Step, ...]:
    return (
        Step("costs", N_("Did it cost you anything else?"), N_("Other costs"), YesNo(),
             hint=N_("A repair, money paid for nothing, advertising, extra hours.")),
        Step("repair", N_("How much for the repair, paid or quoted?"), N_("Repair"), Money(),
             optional=True, when=_costs,
             hint=N_("You can send each invoice here, while its question is asked.")),
        Step("paid", N_("How much did you pay the provider for nothing?"), N_("Paid for nothing"),
             Money(), optional=True, when=_costs,
             hint=N_("For what was not delivered or was of no use.")),
        Step("same_defect", N_("Is it for the same defect as the repair?"), N_("Same defect"),
             YesNo(), when=lambda found: _both(found, "repair", "paid")),
        Step("full_refund", N_("Do you claim the whole price of the site back?"),
             N_("Whole price claimed"), YesNo(), when=lambda found: _both(found, "paid")),
        Step("advertising", N_("How much advertising led to the pages that failed, meanwhile?"),
             N_("Advertising wasted"), Money(), optional=True, when=_costs),
        Step("ads_deducted", N_("Does your margin rate already count advertising as a cost?"),
             N_("Advertising in the margin"), YesNo(), can_ignore=True,
             when=lambda found: _both(found, "advertising")),
        Step("hours", N_("How many extra hours of staff were worked because of it?"),
             N_("Extra hours"), Number(highest=100_000), optional=True, when=_costs),
        Step("hour_cost", N_("How much does one of these hours cost you, charges included?"),
             N_("Cost of an hour"), Money(), when=lambda found: _both(found, "hours")),
        Step("other", N_("How much in other exceptional costs?"), N_("Exceptional costs"),
             Money(), optional=True, when=_costs,
             hint=N_("Vouchers, express deliveries, a bailiff’s report.")),
        Step("savings", N_("Did the outage spare you costs? How much?"), N_("Costs spared"),
             Money(), optional=True, when=_costs,
             hint=N_("Only what your margin rate does not count already.")),
    )  # fmt: skip


def _costs(answers: Answers) -> bool:
    return value(answers, "costs") is True


def _both(answers: Answers, *keys: str) -> bool:
    """Costs are asked, and each of `keys` was answered with more than zero."""
    return _costs(answers) and all(value(answers, key) for key in keys)


# The outages


def dated_incidents(context: Context) -> tuple[Incident, ...]:
    """The incidents whose days are known well enough to compare sales."""
    incidents = context.file.incidents if context.file else ()
    return tuple(incident for incident in incidents if _span(incident, context) is not None)


def _span(incident: Incident, context: Context) -> Span | None:
    start, end = incident.started, incident.ended
    if start is None or start.precision == "month" or "until" in incident.unsure:
        return None
    if end is None:
        return (start.at or start.day, context.now)
    return None if end.precision == "month" else (start.at or start.day, end.at or end.day)


def outages_of(answers: Answers, context: Context) -> tuple[Span, ...]:
    """Start and end of what the figure is for; nothing until it is known."""
    incidents = dated_incidents(context)
    which = value(answers, "which")
    if incidents and which != "other":
        chosen = [i for i in incidents if which in {"all", f"i{i.number}"}]
        return tuple(span for i in chosen if (span := _span(i, context)) is not None)
    start = Moment.from_json(value(answers, "from"))
    until = value(answers, "to")
    if start is None or until is None:
        return ()
    end = None if until == "ongoing" else Moment.from_json(until)
    return ((start.at or start.day, (end.at or end.day) if end else context.now),)


def _days(answers: Answers, context: Context) -> tuple[date, ...]:
    try:
        return outage_days(outages_of(answers, context), context.zone)
    except InvalidAnswer:
        return ()


def _last_day(answers: Answers, context: Context) -> date | None:
    days = _days(answers, context)
    return days[-1] if days else None


# The sales file


def sales_of(answers: Answers) -> Sales | None:
    """The sales file among the answers, or None."""
    body = value(answers, "sales")
    return Sales.from_json(body) if isinstance(body, Mapping) else None


def sales_step_update(
    answers: Answers, sales: Sales, context: Context, exhibit: int = 0
) -> dict[str, Any]:
    """The answers once a sales file has arrived; the user can still change each of them.

    Args:
        answers: those so far.
        sales: the file, read.
        context: the turn's.
        exhibit: the number under which the file is kept.

    Raises:
        SalesFileError: the file can't serve for the outage, when that is known already.
    """
    days = _days(answers, context)
    if days:
        near = sales.last >= days[0] - timedelta(GAP_DAYS)
        until = days[-1] if near else None
        try:
            baseline(sales, outages_of(answers, context), context.zone, until)
        except SalesFileError as error:
            raise _in_words(error, context.t) from error
    first = sales.last - timedelta(KEPT_DAYS)
    kept = replace(sales, days={day: n for day, n in sales.days.items() if day >= first})
    return {**answers, "sales": {**kept.to_json(), "exhibit": exhibit}}


def _in_words(error: SalesFileError, t: Translator) -> SalesFileError:
    """The same error with its days in the user's format."""
    values = {k: t.day(v) if isinstance(v, date) else v for k, v in error.values.items()}
    return SalesFileError(error.message, **values)


def sales_arrived(session: Session, sales: Sales, context: Context, exhibit: int = 0) -> Session:
    """The session once a sales file has arrived, on the first question that is left open.

    Args:
        session: one of this flow, at any question.
        sales: the file, read.
        context: the turn's.
        exhibit: the number under which the file is kept.

    Raises:
        SalesFileError: as for `sales_step_update`; the session is to stay as it was.
    """
    answers = sales_step_update(session.answers, sales, context, exhibit)
    return engine.resume(FLOW, replace(session, answers=answers, cursor=""), context)


def _until(answers: Answers, context: Context) -> date | None:
    return _last_day(answers, context) if value(answers, "stopped") is True else None


def _baseline(answers: Answers, context: Context) -> Baseline | None:
    """The reference that the file gives; None without a file, or when it does not fit."""
    sales = sales_of(answers)
    if sales is None or not _days(answers, context):
        return None
    try:
        return baseline(
            sales, outages_of(answers, context), context.zone, _until(answers, context)
        )
    except SalesFileError:
        return None


# The result


def finish(answers: Answers, context: Context) -> Outcome:
    """The estimate, kept with everything it was made from."""
    inputs = inputs_of(answers, context)
    found = estimate(inputs, context.zone)
    if not found.lines:
        raise InvalidAnswer(
            N_("There is nothing to count yet: please give the sales, or what it cost you.")
        )
    body = {"inputs": as_json(inputs), **found.to_json()}
    if _baseline(answers, context) is not None:
        until = _until(answers, context)
        body["sales"] = value(answers, "sales")
        body["until"] = until.isoformat() if until else None
    return Outcome(
        saves=(LossEstimate(body),), say=render_estimate(body, context.t),
        offer=("notice", "dossier"),
    )  # fmt: skip


def inputs_of(answers: Answers, context: Context) -> LossInputs:
    """What the answers say, ready to be counted.

    Raises:
        InvalidAnswer: the end of the outage is before its beginning.
    """
    outages = outages_of(answers, context)
    outage_days(outages, context.zone)
    exhibits = _exhibits(context)
    known = {**_margin(answers), **_costs_of(answers, exhibits), **_contract(context)}
    proofs = {
        name: numbers
        for name, keys in _PROOFS.items()
        if (numbers := tuple(n for key in keys for n in exhibits.get(key, ())))
    }
    reference = _baseline(answers, context)
    sales = sales_of(answers)
    if reference is not None and sales is not None:
        vat = value(answers, "vat")
        body = value(answers, "sales")
        return from_sales(
            sales, outages, exhibit=body.get("exhibit", 0),
            vat=_rate(vat) if vat is not None and _taxed(answers, sales) else None,
            zone=context.zone, until=_until(answers, context), exhibits=proofs, **known,
        )  # fmt: skip
    last_year, usual = value(answers, "last_year"), value(answers, "usual")
    return LossInputs(
        outages=outages,
        realised_cents=value(answers, "realised"),
        reference_cents=last_year if last_year is not None else usual,
        basis="last-year" if last_year is not None else "usual",
        recent_cents=value(answers, "recent"),
        earlier_cents=value(answers, "earlier"),
        exhibits=proofs,
        **known,
    )


def _taxed(answers: Answers, sales: Sales) -> bool:
    return (sales.tax or value(answers, "tax")) == "included"


def _rate(shown: str) -> Decimal:
    return Decimal(shown) / 100


def _margin(answers: Answers) -> dict[str, Any]:
    margin, report = value(answers, "margin"), value(answers, "report")
    return {
        "margin": None if margin is None else _rate(margin),
        "revenue_cents": value(answers, "revenue"),
        "variable_cents": value(answers, "variable"),
        "report": DEFAULT_REPORT if report is None else _rate(report),
    }


def _costs_of(answers: Answers, exhibits: Mapping[str, tuple[int, ...]]) -> dict[str, Any]:
    if not _costs(answers):
        return {}
    heads = [
        Head(kind, value(answers, key), exhibits=exhibits.get(key, ()))
        for key, kind in _HEADS
        if value(answers, key)
    ]
    hours, cost = value(answers, "hours"), value(answers, "hour_cost")
    if hours and cost:
        proof = (*exhibits.get("hours", ()), *exhibits.get("hour_cost", ()))
        heads.append(Head("staff", cost, hours=Decimal(hours), exhibits=proof))
    same = value(answers, "same_defect")
    return {
        "heads": tuple(heads),
        "advertising_deducted": value(answers, "ads_deducted"),
        "same_defect": True if same is None else same,
        "full_refund": value(answers, "full_refund") is True,
        "savings_cents": value(answers, "savings") or 0,
    }


def _contract(context: Context) -> dict[str, Any]:
    if context.file is None:
        return {}
    case = context.file.case
    sent = any(
        letter.kind == "notice" and letter.status == "sent" for letter in context.file.letters
    )
    notes = () if sent else (Remark(_NO_NOTICE),)
    return {
        "notes": notes,
        "cap_cents": case.contract.liability_cap_cents,
        "profile": case.client.profile,
    }


_NO_NOTICE = N_(
    "Compensation in principle takes a formal notice first, as long as the provider can still"
    " perform: send it if you have not."
)


def _exhibits(context: Context) -> dict[str, tuple[int, ...]]:
    """The exhibits sent while each question was asked: `data["files_at"]` is `{number: key}`."""
    found: dict[str, tuple[int, ...]] = {}
    for exhibit, key in (context.data.get("files_at") or {}).items():
        found[key] = (*found.get(key, ()), int(exhibit))
    return found


def understand(text: str, context: Context) -> dict[str, Any]:
    """The outage that one sentence dates."""
    start, end = dates.find_moments(text, context.now, context.zone)
    if start is None or start.precision == "month":
        return {}
    found: dict[str, Any] = {"which": "other", "from": start.to_json()}
    if end is not None and end.precision != "month":
        found["to"] = end.to_json()
    return found


def render_estimate(body: Mapping[str, Any], t: Translator) -> str:
    """A saved estimate in full: the range, each line with formula and exhibit, the warnings.

    Args:
        body: that of a `LossEstimate`.
        t: speaks the user's language.
    """
    totals = body["totals"]
    low, median, high = (t.money(totals[side]) for side in ("low", "median", "high"))
    if totals["low"] == totals["high"]:
        head = [t("Estimated loss: {median}.", median=median)]
    else:
        head = [
            t("Estimated loss: from {low} to {high}; {median} in the middle.",
              low=low, high=high, median=median)
        ]  # fmt: skip
    if totals["capped"]:
        least, _, most = (t.money(cents) for cents in totals["capped"])
        head.append(
            t("Under the cap of the contract: {most}.", most=most)
            if least == most
            else t("Under the cap of the contract: from {least} to {most}.",
                   least=least, most=most)
        )  # fmt: skip
    head.append(t("It is an estimate to discuss, not an amount owed. The judge decides."))
    if totals["proved"]:
        head.append(t("Backed by exhibits: {proved}.", proved=t.money(totals["proved"])))
    periods = [_period(pair, t) for pair in body["periods"]]
    if periods:
        head.append(t("Outage: {periods}.", periods=t.listing(periods)))
    warnings = [f"• {Remark.from_json(warning).say(t)}" for warning in body["warnings"]]
    parts = ["\n".join(head), *render_lines(body, t)]
    if warnings:
        parts.append("\n".join([t("To keep in mind:"), *warnings]))
    return "\n\n".join(parts)


def _period(pair: tuple[str, str], t: Translator) -> str:
    first, last = (date.fromisoformat(day) for day in pair)
    if first == last:
        return t.day(first)
    return t("from {first} to {last}", first=t.day(first), last=t.day(last))


FLOW = Flow(
    name="loss",
    version=1,
    title=N_("Loss"),
    steps=steps,
    finish=finish,
    understand=understand,
)
