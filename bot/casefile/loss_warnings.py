"""What weakens a loss estimate, and what would count the same money twice."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from bot.casefile.loss_models import (
    HIGH_MARGIN,
    NO_CAP_PROFILES,
    SHORT_PERIOD,
    Line,
    LossInputs,
    margin_rate,
    report_bounds,
    total_of,
)
from bot.casefile.remarks import Remark, money, number, percent
from bot.i18n import N_


def left_out(inputs: LossInputs) -> dict[str, Remark]:
    """Heads that would count the same money twice, and why."""
    found = {}
    if not inputs.advertising_deducted and total_of(inputs, "advertising"):
        found["advertising"] = Remark(
            N_("not added: the margin rate does not count advertising as a cost, so the margin"
               " already covers it")
        )  # fmt: skip
    paid, repair = total_of(inputs, "paid"), total_of(inputs, "repair")
    if paid and repair and inputs.same_defect:
        smaller = "repair" if repair < paid else "paid"
        found[smaller] = Remark(
            N_("not added: the price paid and the repair are not claimed together for one defect,"
               " and the other is higher")
        )  # fmt: skip
    return found


def warnings(inputs: LossInputs, lines: Sequence[Line], days: int) -> list[Remark]:
    """Everything that the user should know of the figure.

    Args:
        inputs: what the estimate was made from.
        lines: what it came to.
        days: how many days the outages touch.
    """
    keys = {line.key for line in lines}
    found = [*_period_warnings(inputs, days), *_margin_warnings(inputs, lines)]
    twice = left_out(inputs)
    if "advertising" in twice:
        found.append(
            Remark(N_("Advertising is added only when the margin rate was worked out after"
                      " deducting it: otherwise it would be counted twice. Ask your accountant."))
        )  # fmt: skip
    if {"paid", "repair"} & twice.keys():
        found.append(
            Remark(N_("Claim either the price back or the cost of the repair for one defect, not"
                      " both: only the higher is counted."))
        )  # fmt: skip
    if "refund-margin" in keys:
        found.append(
            Remark(N_("With the whole price claimed back, the margin is lowered by what the site"
                      " would have cost: having both would repair the loss twice."))
        )  # fmt: skip
    if "paid" in keys:
        found.append(
            Remark(N_("A price is claimed back with its VAT if you can’t recover it; ask your"
                      " accountant."))
        )  # fmt: skip
    if "staff" in keys:
        found.append(
            Remark(N_("Only extra hours really worked count; normal hours are rarely accepted."))
        )
    if {"image", "chance"} & keys:
        found.append(
            Remark(N_("Reputation and lost chances are left to the judge: bring reviews,"
                      " complaints and past figures, and expect less."))
        )  # fmt: skip
    found += _cap_warnings(inputs)
    if lines and not any(line.proved for line in lines):
        found.append(
            Remark(N_("No line has an exhibit yet: send raw exports, invoices, and a statement by"
                      " your accountant."))
        )  # fmt: skip
    return found


def _period_warnings(inputs: LossInputs, days: int) -> list[Remark]:
    if 0 < days < SHORT_PERIOD:
        return [
            Remark(N_("The outage lasted under {days} days: so short a comparison proves little."
                      " Add orders that failed, visits and messages from customers."),
                   {"days": number(SHORT_PERIOD)})
        ]  # fmt: skip
    return []


def _margin_warnings(inputs: LossInputs, lines: Sequence[Line]) -> list[Remark]:
    found = []
    by_key = {line.key: line for line in lines}
    lost = by_key.get("lost")
    if lost is None:
        found.append(
            Remark(N_("The lost margin is not counted: the revenue made and a reference are"
                      " needed."))
        )  # fmt: skip
    elif lost.amount.median == 0:
        found.append(Remark(N_("These figures show no loss of revenue over the period.")))
    elif "margin" not in by_key:
        found.append(
            Remark(N_("The lost margin is not counted: a margin rate is needed. Lost revenue is"
                      " never claimed whole."))
        )  # fmt: skip
    if lost is not None and lost.amount.high > 0 and not inputs.exhibits.get("report"):
        least, most = report_bounds(inputs)
        found.append(
            Remark(N_("The share of sales made later, {share}, is an assumption: the low figure"
                      " uses {most}, the high one {least}."),
                   {"share": percent(inputs.report), "least": percent(least),
                    "most": percent(most)})
        )  # fmt: skip
    rate = margin_rate(inputs)
    if rate is not None and rate > Fraction(HIGH_MARGIN):
        found.append(
            Remark(N_("A margin rate above {limit} is rarely accepted: check that purchases,"
                      " packing, carriage, payment fees and paid clicks are taken off."),
                   {"limit": percent(HIGH_MARGIN)})
        )  # fmt: skip
    if lost is not None and inputs.basis == "usual":
        found.append(
            Remark(N_("There is no reference from last year: for a new site, use the weeks before,"
                      " visits × conversion × basket, or claim the loss of a chance."))
        )  # fmt: skip
    if inputs.recent_cents and inputs.earlier_cents:
        trend = Fraction(inputs.recent_cents, inputs.earlier_cents)
        if not Fraction(1, 2) <= trend <= 2:
            found.append(
                Remark(N_("Sales changed a great deal from one year to the next: explain why, or"
                          " the comparison will be disputed."))
            )  # fmt: skip
    return found


def _cap_warnings(inputs: LossInputs) -> list[Remark]:
    if inputs.cap_cents is None:
        return []
    values = {"cap": money(inputs.cap_cents)}
    if inputs.profile in NO_CAP_PROFILES:
        return [
            Remark(N_("The contract caps the compensation at {cap}: against a consumer or a"
                      " non-professional such a clause is in principle void, so it is not"
                      " applied."), values)
        ]  # fmt: skip
    return [
        Remark(N_("The contract caps the compensation at {cap}: a second figure applies it. The"
                  " cap falls with gross negligence, or if it empties the contract of its"
                  " substance; the judge decides."), values)
    ]  # fmt: skip
