"""A figure for the loss: lost margin, other heads, a cautious range. Pure arithmetic.

    lost revenue = reference revenue − revenue made, over the same days, before tax
    lost margin  = (lost revenue − sales made later) × margin rate on variable costs
    loss         = lost margin + other heads − savings

The result is an estimate to discuss, never an amount owed. Amounts are in cents, computed exactly
and rounded once a line, halves up. The low and high figures differ by the share of sales made
later and by the reference; both are written on their lines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bot.casefile.loss_models import (
    HEADS,
    NO_CAP_PROFILES,
    Estimate,
    Figure,
    Head,
    Line,
    LossInputs,
    amount_of,
    margin_rate,
    outage_days,
    periods,
    report_bounds,
    round_cents,
)
from bot.casefile.loss_reference import from_sales
from bot.casefile.loss_warnings import left_out, warnings
from bot.casefile.remarks import Remark, money, number, percent
from bot.errors import InvalidAnswer
from bot.i18n import N_, PARIS, Translator

__all__ = ["HEADS", "Estimate", "Head", "LossInputs", "estimate", "from_sales", "render_lines"]


def estimate(inputs: LossInputs, zone: tzinfo = PARIS) -> Estimate:
    """Put a figure on the loss.

    Args:
        inputs: what is known; what is not is left out of the total and said in a warning.
        zone: whose days the outages are counted in.

    Raises:
        InvalidAnswer: a figure is negative or a rate is out of bounds.
    """
    _check(inputs)
    runs = periods(outage_days(inputs.outages, zone))
    lines = _margin_lines(inputs)
    lines += _head_lines(inputs)
    if inputs.savings_cents:
        lines.append(
            _line(
                "savings", N_("Costs spared"),
                Remark(N_("{saved}, not spent"), _m(saved=inputs.savings_cents)),
                Figure.of(-inputs.savings_cents), inputs, counts=True,
            )
        )  # fmt: skip
    refunded = _refund_margin_line(inputs, lines)
    if refunded is not None:
        lines.append(refunded)
    counted = [line for line in lines if line.counts]
    total = Figure(
        max(0, sum(line.amount.low for line in counted)),
        max(0, sum(line.amount.median for line in counted)),
        max(0, sum(line.amount.high for line in counted)),
    )
    backed = sum(line.amount.median for line in counted if line.proved)
    days = sum((last - first).days + 1 for first, last in runs)
    return Estimate(
        lines=tuple(lines),
        total=total,
        capped=_capped(inputs, total),
        proved_cents=max(0, min(total.median, backed)),
        warnings=(*inputs.notes, *warnings(inputs, lines, days)),
        periods=runs,
    )


def _check(inputs: LossInputs) -> None:
    amounts = [
        inputs.realised_cents, inputs.reference_cents, inputs.before_last_cents,
        inputs.recent_cents, inputs.earlier_cents, inputs.low_reference_cents,
        inputs.high_reference_cents, inputs.revenue_cents, inputs.variable_cents,
        inputs.savings_cents, inputs.cap_cents, *(head.cents for head in inputs.heads),
    ]  # fmt: skip
    if inputs.traffic is not None:
        amounts += [inputs.traffic.sessions, inputs.traffic.basket_cents]
    hours = [head.hours for head in inputs.heads]
    if any(amount is not None and amount < 0 for amount in [*amounts, *hours]):
        raise InvalidAnswer(
            N_("An amount can’t be below zero: please write it without a minus sign.")
        )
    rates = [inputs.report, inputs.report_spread, *(head.share for head in inputs.heads)]
    rates += [inputs.margin] if inputs.margin is not None else []
    if inputs.traffic is not None:
        rates += [inputs.traffic.normal, inputs.traffic.observed]
    if any(not 0 <= rate <= 1 for rate in rates):
        raise InvalidAnswer(N_("A rate is between 0 and 100 %."))
    if any(head.kind == "chance" and head.share == 1 for head in inputs.heads):
        raise InvalidAnswer(N_("A chance is never certain: its probability must be under 100 %."))
    if inputs.revenue_cents and (inputs.variable_cents or 0) > inputs.revenue_cents:
        raise InvalidAnswer(
            N_("The variable costs are above the revenue: please check both, for the same period.")
        )


def _m(**cents: int) -> dict[str, tuple[str, Any]]:
    return {name: money(amount) for name, amount in cents.items()}


def _line(
    key: str,
    label: str,
    formula: Remark,
    amount: Figure,
    inputs: LossInputs,
    *,
    proofs: tuple[str, ...] = (),
    counts: bool = False,
) -> Line:
    """A line proved by the exhibits of `proofs`, or of its own key."""
    found = [inputs.exhibits.get(name, ()) for name in proofs or (key,)]
    exhibits = tuple(sorted({exhibit for numbers in found for exhibit in numbers}))
    return Line(key, label, formula, amount, exhibits, all(found), counts)


def _margin_lines(inputs: LossInputs) -> list[Line]:
    """From the reference to the lost margin."""
    lines: list[Line] = []
    lost = _lost_line(inputs, lines)
    if lost is None:
        return lines
    lines.append(lost)
    shares = _report_shares(inputs)
    report = Figure(*(
        round_cents(amount * Fraction(share))
        for amount, share in zip(_sides(lost.amount), shares, strict=True)
    ))  # fmt: skip
    lines.append(
        _line(
            "report", N_("Sales made later or elsewhere"),
            Remark(
                N_("{lost} × {share} (between {least} and {most})"),
                {**_m(lost=lost.amount.median), "share": percent(shares[1]),
                 "least": percent(shares[2]), "most": percent(shares[0])},
            ),
            -report, inputs,
        )
    )  # fmt: skip
    rate = margin_rate(inputs)
    if rate is None:
        return lines
    kept = lost.amount + -report
    margin = Figure(*(round_cents(amount * rate) for amount in _sides(kept)))
    values = {**_m(kept=kept.median), "rate": percent(_decimal(rate))}
    formula = Remark(N_("{kept} × {rate}, the margin rate on variable costs"), values)
    if inputs.margin is None:
        assert inputs.revenue_cents is not None
        values |= _m(revenue=inputs.revenue_cents, variable=inputs.variable_cents or 0)
        formula = Remark(
            N_("{kept} × {rate}, which is ({revenue} − {variable}) ÷ {revenue}"), values
        )
    proofs = (
        ("margin", "realised") if lost.formula.message == _TRAFFIC else
        ("margin", "realised", "reference")
    )  # fmt: skip
    lines.append(
        _line("margin", N_("Lost margin"), formula, margin, inputs, proofs=proofs, counts=True)
    )
    return lines


def _sides(figure: Figure) -> tuple[int, int, int]:
    return figure.low, figure.median, figure.high


def _report_shares(inputs: LossInputs) -> tuple[Decimal, Decimal, Decimal]:
    """On the low side more was sold later, on the high side less."""
    least, most = report_bounds(inputs)
    return most, inputs.report, least


def _decimal(rate: Fraction) -> Decimal:
    return Decimal(rate.numerator) / Decimal(rate.denominator)


_TRAFFIC = N_("{sessions} sessions × ({normal} − {observed}) × {basket}, the mean basket")


def _lost_line(inputs: LossInputs, lines: list[Line]) -> Line | None:
    """The lost revenue; what leads to it is added to `lines`. None when it can't be known."""
    label = N_("Lost revenue")
    if inputs.reference_cents is None or inputs.realised_cents is None:
        traffic = inputs.traffic
        if traffic is None:
            return None
        rate = Fraction(traffic.normal) - Fraction(traffic.observed)
        lost = round_cents(max(Fraction(0), traffic.sessions * rate * traffic.basket_cents))
        values = {
            "sessions": number(traffic.sessions), "normal": percent(traffic.normal),
            "observed": percent(traffic.observed), "basket": money(traffic.basket_cents),
        }  # fmt: skip
        return _line("lost", label, Remark(_TRAFFIC, values), Figure.of(lost), inputs,
                     proofs=("realised",))  # fmt: skip
    reference = _reference_line(inputs)
    realised = inputs.realised_cents
    lines.append(reference)
    lines.append(
        _line(
            "realised", N_("Revenue made"), Remark(N_("during the outage, before tax")),
            Figure.of(realised), inputs,
        )
    )  # fmt: skip
    lost_sides = Figure(*(max(0, amount - realised) for amount in _sides(reference.amount)))
    values = _m(reference=reference.amount.median, realised=realised)
    return _line(
        "lost", label, Remark(N_("{reference} − {realised}"), values), lost_sides, inputs,
        proofs=("realised", "reference"),
    )  # fmt: skip


def _reference_line(inputs: LossInputs) -> Line:
    one, two = inputs.reference_cents or 0, inputs.before_last_cents
    bases = Figure.of(one)
    if two is not None:
        bases = Figure(min(one, two), round_cents(Fraction(one + two, 2)), max(one, two))
    trend = Fraction(1)
    if inputs.recent_cents and inputs.earlier_cents:
        trend = Fraction(inputs.recent_cents, inputs.earlier_cents)
    amount = Figure(*(round_cents(base * trend) for base in _sides(bases)))
    low, high = inputs.low_reference_cents, inputs.high_reference_cents
    amount = Figure(
        amount.low if low is None else min(low, amount.median),
        amount.median,
        amount.high if high is None else max(high, amount.median),
    )
    return _line(
        "reference", N_("Reference revenue"), _reference_formula(inputs, bases.median, trend),
        amount, inputs,
    )  # fmt: skip


def _reference_formula(inputs: LossInputs, base: int, trend: Fraction) -> Remark:
    values = _m(base=base)
    if inputs.basis == "previous-weeks":
        message = N_("{base}, the mean of the same weekdays in the {weeks} weeks before")
        return Remark(message, {**values, "weeks": number(inputs.weeks)})
    if inputs.basis == "usual":
        return Remark(N_("{base} in a usual period as long"), values)
    if inputs.recent_cents and inputs.earlier_cents:
        values |= _m(recent=inputs.recent_cents, earlier=inputs.earlier_cents)
        values["trend"] = percent(_decimal(trend) - 1)
        if inputs.before_last_cents is not None:
            return Remark(
                N_("{base}, the mean of the same dates of the two years before × {recent} ÷"
                   " {earlier}, the trend before the outage ({trend})"),
                values,
            )  # fmt: skip
        return Remark(
            N_("{base} on the same dates last year × {recent} ÷ {earlier}, the trend before the"
               " outage ({trend})"),
            values,
        )  # fmt: skip
    if inputs.before_last_cents is not None:
        return Remark(N_("{base}, the mean of the same dates of the two years before"), values)
    return Remark(N_("{base} on the same dates last year"), values)


# The other heads


def _head_lines(inputs: LossInputs) -> list[Line]:
    twice = left_out(inputs)
    order = list(HEADS)
    heads = sorted(inputs.heads, key=lambda head: order.index(head.kind))
    return [_head_line(head, twice.get(head.kind)) for head in heads if amount_of(head)]


def _head_line(head: Head, left_out: Remark | None) -> Line:
    amount = Figure.of(0 if left_out else amount_of(head))
    return Line(
        head.kind, HEADS[head.kind], left_out or _head_formula(head), amount, head.exhibits,
        bool(head.exhibits), counts=left_out is None,
    )  # fmt: skip


def _head_formula(head: Head) -> Remark:
    values = _m(amount=head.cents)
    if head.hours is not None:
        return Remark(N_("{hours} h × {amount}"), {**values, "hours": number(head.hours)})
    if head.share != 1:
        return Remark(N_("{amount} × {share}"), {**values, "share": percent(head.share)})
    if head.kind == "image":
        return Remark(N_("{amount}, left to the judge"), values)
    return Remark(N_("{amount}, as paid or quoted"), values)


def _refund_margin_line(inputs: LossInputs, lines: Sequence[Line]) -> Line | None:
    """A site refunded in full would have cost its price: it comes off the margin it would earn."""
    margin = next((line for line in lines if line.key == "margin"), None)
    paid = sum(line.amount.median for line in lines if line.key == "paid" and line.counts)
    if not inputs.full_refund or margin is None or not paid:
        return None
    amount = Figure(*(-min(paid, side) for side in _sides(margin.amount)))
    formula = Remark(
        N_("the lesser of {paid}, the price claimed back, and {margin}, the lost margin"),
        _m(paid=paid, margin=margin.amount.median),
    )
    return Line("refund-margin", N_("Price that the site would have cost"), formula, amount,
                margin.exhibits, margin.proved, counts=True)  # fmt: skip


def _capped(inputs: LossInputs, total: Figure) -> Figure | None:
    """The second scenario: the cap of the contract, where such a clause may hold."""
    cap = inputs.cap_cents
    if cap is None or inputs.profile in NO_CAP_PROFILES or total.high <= cap:
        return None
    return Figure(*(min(side, cap) for side in _sides(total)))


# The text


def render_lines(body: Mapping[str, Any], t: Translator) -> list[str]:
    """Each line of a saved estimate: amount, formula, exhibit, proved or to be proved."""
    return [_render_line(line, t) for line in body["lines"]]


def _render_line(line: Mapping[str, Any], t: Translator) -> str:
    low, median, high = line["amount"]
    formula = Remark.from_json(line["formula"]).say(t)
    name = line["label"]
    proof = t("proved") if line["proved"] else t("to be proved")
    if line["exhibits"]:
        numbers = t.listing([t.number(exhibit) for exhibit in line["exhibits"]])
        proof = (
            t("exhibit {numbers}, {proof}", numbers=numbers, proof=proof)
            if len(line["exhibits"]) == 1
            else t("exhibits {numbers}, {proof}", numbers=numbers, proof=proof)
        )
    amount = signed(median, t)
    if low != high:
        least, most = sorted((low, high))
        amount = t("{amount} (from {low} to {high})",
                   amount=amount, low=signed(least, t), high=signed(most, t))  # fmt: skip
    return t("{label}: {amount}\n  = {formula}\n  {proof}",
             label=t(name), amount=amount, formula=formula, proof=proof)  # fmt: skip


def signed(cents: int, t: Translator) -> str:
    """An amount; what is taken off with a true minus sign."""
    return t.money(cents) if cents >= 0 else f"−\N{NO-BREAK SPACE}{t.money(-cents)}"
