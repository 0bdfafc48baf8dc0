"""What a loss estimate is made from, and what it comes to. Amounts are in cents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bot.casefile.remarks import Remark
from bot.errors import InvalidAnswer
from bot.i18n import N_, PARIS

DEFAULT_REPORT = Decimal("0.20")
"""The share of lost sales taken to be made later, when the client does not know: on the cautious
side."""

REPORT_SPREAD = Decimal("0.10")
"""How far the low and high figures move that share."""

SHORT_PERIOD = 3
"""Under so many days, a comparison proves little."""

HIGH_MARGIN = Decimal("0.90")

NO_CAP_PROFILES = ("consumer", "nonprofessional")
"""For whom a clause that caps the provider's liability is void."""

HEADS: dict[str, str] = {
    "repair": N_("Cost of the repair"),
    "advertising": N_("Advertising wasted"),
    "staff": N_("Extra staff time"),
    "exceptional": N_("Exceptional costs"),
    "paid": N_("Paid for nothing"),
    "penalties": N_("Penalties paid to your customers"),
    "data": N_("Rebuilding lost data"),
    "image": N_("Harm to your reputation"),
    "chance": N_("Loss of a chance"),
}
"""The heads of loss beside the margin, in the order they are shown."""

Bound = date | datetime
Span = tuple[Bound, Bound]


@dataclass(frozen=True, slots=True)
class Head:
    """One head of loss beside the margin.

    Attributes:
        kind: a key of `HEADS`.
        cents: the amount; for "staff", the cost of an hour.
        share: the part that counts: the advertising sent to the pages that failed, or the
            probability of a chance, which is never 1.
        hours: for "staff", the extra hours actually worked.
        exhibits: the numbers of what proves it.
    """

    kind: str
    cents: int
    share: Decimal = Decimal(1)
    hours: Decimal | None = None
    exhibits: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Traffic:
    """For a site without a past: sessions that met the fault, conversion rates, mean basket."""

    sessions: int
    normal: Decimal
    observed: Decimal
    basket_cents: int


@dataclass(frozen=True, slots=True)
class LossInputs:
    """What the estimate is made from. Amounts are in cents, before tax.

    Attributes:
        outages: start and end of each, both included; those that overlap count once.
        realised_cents: revenue made during the outages.
        reference_cents: revenue of the same dates last year, or of a usual period as long.
        before_last_cents: revenue of the same dates two years ago.
        basis: where the reference comes from: "last-year", "previous-weeks" or "usual".
        weeks: for "previous-weeks", how many.
        recent_cents: revenue of the three months before the outage.
        earlier_cents: revenue of the same three months a year before.
        low_reference_cents: the reference on the low side, trend included; None when it is not
            known apart.
        high_reference_cents: the same on the high side.
        traffic: used when there is no reference.
        report: the share of lost sales made later or elsewhere.
        report_spread: added to `report` for the low figure, taken off for the high one.
        margin: the margin rate on variable costs; else it is made from the next two.
        revenue_cents: revenue of a whole period, such as a year.
        variable_cents: variable costs of the same period.
        advertising_deducted: the rate counts advertising among the variable costs.
        heads: the other heads.
        savings_cents: costs that the outage spared, not already among the variable costs.
        full_refund: the whole price is claimed back.
        same_defect: what was paid for nothing and the repair concern the same defect.
        cap_cents: the most that the contract allows.
        profile: "consumer", "nonprofessional", "small-business", "business" or empty.
        exhibits: the numbers of what proves "realised", "reference", "report", "margin" and
            "savings".
        notes: what else was found while the inputs were made.
    """

    outages: tuple[Span, ...] = ()
    realised_cents: int | None = None
    reference_cents: int | None = None
    before_last_cents: int | None = None
    basis: str = "last-year"
    weeks: int = 0
    recent_cents: int | None = None
    earlier_cents: int | None = None
    low_reference_cents: int | None = None
    high_reference_cents: int | None = None
    traffic: Traffic | None = None
    report: Decimal = DEFAULT_REPORT
    report_spread: Decimal = REPORT_SPREAD
    margin: Decimal | None = None
    revenue_cents: int | None = None
    variable_cents: int | None = None
    advertising_deducted: bool | None = None
    heads: tuple[Head, ...] = ()
    savings_cents: int = 0
    full_refund: bool = False
    same_defect: bool = True
    cap_cents: int | None = None
    profile: str = ""
    exhibits: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    notes: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount in cents on the low side, in the middle, on the high side."""

    low: int
    median: int
    high: int

    @classmethod
    def of(cls, cents: int) -> Figure:
        """The same on all sides."""
        return cls(cents, cents, cents)

    def __neg__(self) -> Figure:
        return Figure(-self.low, -self.median, -self.high)

    def __add__(self, other: Figure) -> Figure:
        return Figure(self.low + other.low, self.median + other.median, self.high + other.high)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the estimate.

    Attributes:
        key: "reference", "realised", "lost", "report", "margin", a key of `HEADS`, "savings" or
            "refund-margin".
        label: a message id.
        formula: how the middle amount was found.
        amount: in cents; what is taken off is negative.
        exhibits: the numbers of what proves it.
        proved: each figure in it has an exhibit.
        counts: it is added to the total; the others lead to one that is.
    """

    key: str
    label: str
    formula: Remark
    amount: Figure
    exhibits: tuple[int, ...] = ()
    proved: bool = False
    counts: bool = False


@dataclass(frozen=True, slots=True)
class Estimate:
    """The result.

    Attributes:
        lines: in the order they are read.
        total: what the counted lines come to, never below zero.
        capped: the same under the cap of the contract, when there is one that may hold.
        proved_cents: the part of the middle total that has its exhibits.
        warnings: what weakens it, and what is still to do.
        periods: the outages as whole days, merged.
    """

    lines: tuple[Line, ...]
    total: Figure
    capped: Figure | None
    proved_cents: int
    warnings: tuple[Remark, ...]
    periods: tuple[tuple[date, date], ...]

    @property
    def days(self) -> int:
        """How many days the outages touch, each counted once."""
        return sum((last - first).days + 1 for first, last in self.periods)

    def line(self, key: str) -> Line | None:
        """The line of that key, or None."""
        return next((line for line in self.lines if line.key == key), None)

    def to_json(self) -> dict[str, Any]:
        """For a `LossEstimate`: "lines", "totals", "warnings" and "periods"."""
        return {
            "lines": [
                {
                    "key": line.key,
                    "label": line.label,
                    "formula": line.formula.to_json(),
                    "amount": [line.amount.low, line.amount.median, line.amount.high],
                    "exhibits": list(line.exhibits),
                    "proved": line.proved,
                    "counts": line.counts,
                }
                for line in self.lines
            ],
            "totals": {
                "low": self.total.low,
                "median": self.total.median,
                "high": self.total.high,
                "proved": self.proved_cents,
                "capped": None
                if self.capped is None
                else [self.capped.low, self.capped.median, self.capped.high],
            },
            "warnings": [warning.to_json() for warning in self.warnings],
            "periods": [[first.isoformat(), last.isoformat()] for first, last in self.periods],
        }


# Periods


def outage_days(outages: Iterable[Span], zone: tzinfo = PARIS) -> tuple[date, ...]:
    """Every day that an outage touches, once, in order.

    Args:
        outages: start and end, both included; times are moved to `zone`.
        zone: whose days are counted.

    Raises:
        InvalidAnswer: an end is before its beginning.
    """
    days: set[date] = set()
    for start, end in outages:
        first, last = _local_day(start, zone), _local_day(end, zone)
        if last < first or _both_times_reversed(start, end):
            raise InvalidAnswer(
                N_("The end is before the beginning: please change one of the two.")
            )
        days.update(first + timedelta(n) for n in range((last - first).days + 1))
    return tuple(sorted(days))


def periods(days: Sequence[date]) -> tuple[tuple[date, date], ...]:
    """Days in order, as runs of consecutive ones."""
    found: list[tuple[date, date]] = []
    for day in days:
        if found and day - found[-1][1] == timedelta(1):
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return tuple(found)


def _local_day(bound: Bound, zone: tzinfo) -> date:
    if isinstance(bound, datetime):
        return (bound.astimezone(zone) if bound.tzinfo else bound).date()
    return bound


def _both_times_reversed(start: Bound, end: Bound) -> bool:
    return isinstance(start, datetime) and isinstance(end, datetime) and end < start


# Figures


def round_cents(value: Fraction | Decimal) -> int:
    """To the cent, halves up."""
    exact = Fraction(value)
    return int((exact * 2 + 1) // 2)


def report_bounds(inputs: LossInputs) -> tuple[Decimal, Decimal]:
    """The least and the greatest share of lost sales taken to be made later."""
    return (
        max(Decimal(0), inputs.report - inputs.report_spread),
        min(Decimal(1), inputs.report + inputs.report_spread),
    )


def margin_rate(inputs: LossInputs) -> Fraction | None:
    """The margin rate on variable costs, exact; None when it is not known."""
    if inputs.margin is not None:
        return Fraction(inputs.margin)
    if not inputs.revenue_cents or inputs.variable_cents is None:
        return None
    return Fraction(inputs.revenue_cents - inputs.variable_cents, inputs.revenue_cents)


def total_of(inputs: LossInputs, kind: str) -> int:
    """All the heads of one kind, in cents."""
    return sum(amount_of(head) for head in inputs.heads if head.kind == kind)


def amount_of(head: Head) -> int:
    """What a head comes to, in cents."""
    if head.hours is not None:
        return round_cents(Fraction(head.hours) * head.cents * Fraction(head.share))
    return round_cents(head.cents * Fraction(head.share))
