"""What would have been sold: the same dates of last year with their trend, else the weeks before.

Same dates means 52 weeks earlier, so that a Saturday is compared with a Saturday.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bot.casefile.loss_models import LossInputs, Span, outage_days, round_cents
from bot.casefile.remarks import Remark, day, number, percent, text
from bot.casefile.sales import Sales
from bot.errors import SalesFileError
from bot.i18n import N_, PARIS

YEAR = timedelta(weeks=52)
TREND_WEEKS = 13
"""Three months."""

LEAST_TREND_WEEKS = 4
REFERENCE_WEEKS = 8
LEAST_REFERENCE_WEEKS = 2


@dataclass(frozen=True, slots=True)
class Baseline:
    """What each day would have sold.

    Attributes:
        sales: the file.
        days: the days of the outages that the file covers.
        missing: those it does not.
        basis: "last-year" or "previous-weeks".
        weeks: how many weeks of trend, or of reference.
    """

    sales: Sales
    days: tuple[date, ...]
    missing: tuple[date, ...]
    basis: str
    weeks: int

    @property
    def start(self) -> date:
        """The first day of the outages."""
        return min((*self.days, *self.missing))

    @property
    def realised(self) -> int:
        """What was sold during the outages, in cents."""
        return sum(map(self.sales.on, self.days))

    @property
    def base(self) -> int:
        """The reference before any trend, in cents."""
        if self.basis == "last-year":
            return sum(self.sales.on(self.year_before(d)) for d in self.days)
        return round_cents(sum(map(self.expected, self.days), Fraction(0)))

    @property
    def recent(self) -> int:
        """Sales of the weeks before the outages, in cents; 0 when there is no trend."""
        return sum(recent for recent, _ in self._weekly()) if self.trend_known else 0

    @property
    def earlier(self) -> int:
        """The same weeks a year before."""
        return sum(earlier for _, earlier in self._weekly()) if self.trend_known else 0

    @property
    def trend_known(self) -> bool:
        """Enough weeks on both sides, with sales in them."""
        weeks = self._weekly()
        return (
            self.basis == "last-year"
            and self.weeks >= LEAST_TREND_WEEKS
            and sum(recent for recent, _ in weeks) > 0
            and sum(earlier for _, earlier in weeks) > 0
        )

    def year_before(self, when: date) -> date:
        """The same weekday a year before; a week off when that day was itself an outage."""
        outage = set(self.days)
        for shift in (YEAR, YEAR + timedelta(7), YEAR - timedelta(7)):
            if when - shift not in outage and when - shift >= self.sales.first:
                return when - shift
        return when - YEAR

    def expected(self, when: date) -> Fraction:
        """What the day would have sold, in cents."""
        if self.basis == "last-year":
            same = self.sales.on(self.year_before(when))
            return (
                Fraction(same * self.recent, self.earlier) if self.trend_known else Fraction(same)
            )
        same_weekday = [self._in_week(k, when) for k in range(1, self.weeks + 1)]
        return Fraction(sum(same_weekday), self.weeks)

    def factors(self) -> tuple[Fraction, Fraction]:
        """What `base` is multiplied by on the low and on the high side, trend included.

        From last year: the mean growth of the weeks that grew least, and most, against the same
        week a year before. From the weeks before: the weaker and the better half of them.
        """
        if self.basis == "previous-weeks":
            totals = [
                Fraction(sum(self._in_week(k, when) for when in self.days))
                for k in range(1, self.weeks + 1)
            ]
            mean = sum(totals, Fraction(0)) / self.weeks
            if mean <= 0:
                return Fraction(1), Fraction(1)
            low, high = _halves(totals)
            return low / mean, high / mean
        ratios = [Fraction(recent, earlier) for recent, earlier in self._weekly() if earlier > 0]
        if not self.trend_known or len(ratios) < LEAST_TREND_WEEKS:
            return Fraction(1), Fraction(1)
        return _halves(ratios)

    def _in_week(self, k: int, when: date) -> int:
        """Sales of the same weekday, `k` weeks before the outages."""
        back = (self.start.weekday() - when.weekday()) % 7 or 7
        return self.sales.on(self.start - timedelta(days=back + 7 * (k - 1)))

    def _weekly(self) -> list[tuple[int, int]]:
        """Sales of each week before the outages, and of the same week a year before."""
        found = []
        for k in range(1, self.weeks + 1):
            first = self.start - timedelta(weeks=k)
            recent = self.sales.between(first, first + timedelta(6))
            earlier = self.sales.between(first - YEAR, first - YEAR + timedelta(6))
            found.append((recent, earlier))
        return found


def _halves(values: Sequence[Fraction]) -> tuple[Fraction, Fraction]:
    """The mean of the lower half and of the upper half."""
    ordered = sorted(values)
    half = max(1, len(ordered) // 2)
    return sum(ordered[:half], Fraction(0)) / half, sum(ordered[-half:], Fraction(0)) / half


def baseline(
    sales: Sales, outages: Sequence[Span], zone: tzinfo = PARIS, until: date | None = None
) -> Baseline:
    """The reference that a sales file gives.

    Args:
        sales: the file.
        outages: start and end of each.
        zone: whose days are counted.
        until: the day to which the file goes although nothing was sold on its last days; without
            it, days after the last sale are taken to be missing.

    Raises:
        SalesFileError: the file does not cover the outages, or has nothing to compare them with.
    """
    if sales.currency != "EUR":
        raise SalesFileError(
            N_("This file is in {currency}: the loss is counted in euros. Please send amounts in"
               " euros."),
            currency=sales.currency,
        )  # fmt: skip
    last = max(sales.last, until or sales.last)
    touched = outage_days(outages, zone)
    days = tuple(d for d in touched if sales.first <= d <= last)
    missing = tuple(d for d in touched if d not in set(days))
    if not days:
        raise SalesFileError(
            N_("This file has no sales during the outage: it goes from {first} to {last}. Please"
               " export a longer period, or answer the questions by hand."),
            first=sales.first, last=sales.last,
        )  # fmt: skip
    start = min(touched)
    trend_weeks = min(TREND_WEEKS, (start - YEAR - sales.first).days // 7)
    if min(days) - YEAR >= sales.first:
        return Baseline(sales, days, missing, "last-year", max(0, trend_weeks))
    weeks = min(REFERENCE_WEEKS, (start - sales.first).days // 7)
    if weeks < LEAST_REFERENCE_WEEKS:
        raise SalesFileError(
            N_("This file starts on {first}: too late to compare the outage with anything. Please"
               " export at least {weeks} weeks before it, if possible the whole year before."),
            first=sales.first, weeks=LEAST_REFERENCE_WEEKS,
        )  # fmt: skip
    return Baseline(sales, days, missing, "previous-weeks", weeks)


def from_sales(
    sales: Sales,
    outages: Sequence[Span],
    *,
    exhibit: int = 0,
    vat: Decimal | None = None,
    zone: tzinfo = PARIS,
    until: date | None = None,
    **known: Any,
) -> LossInputs:
    """The inputs of an estimate from a sales file.

    Args:
        sales: the file.
        outages: start and end of each; those that overlap count once.
        exhibit: the number under which the file is kept, 0 when it is not.
        vat: the rate to take off when the amounts are with tax: 0.2 for 20 %.
        zone: whose days are counted.
        until: as for `baseline`.
        known: the other fields of `LossInputs`.

    Raises:
        SalesFileError: as for `baseline`.
    """
    found = baseline(sales, outages, zone, until)
    base = _untaxed(max(0, found.base), vat)
    low, high = (round_cents(max(Fraction(0), base * factor)) for factor in found.factors())
    proofs = {"realised": (exhibit,), "reference": (exhibit,)} if exhibit else {}
    exhibits = {**proofs, **known.pop("exhibits", {})}
    return LossInputs(
        outages=tuple(outages),
        realised_cents=_untaxed(max(0, found.realised), vat),
        reference_cents=base,
        basis=found.basis,
        weeks=found.weeks if found.basis == "previous-weeks" else 0,
        recent_cents=found.recent or None,
        earlier_cents=found.earlier or None,
        low_reference_cents=low,
        high_reference_cents=high,
        exhibits=exhibits,
        notes=(*_notes(found, vat), *known.pop("notes", ())),
        **known,
    )


def _untaxed(cents: int, vat: Decimal | None) -> int:
    return cents if vat is None else round_cents(Fraction(cents) / (1 + Fraction(vat)))


def _notes(found: Baseline, vat: Decimal | None) -> list[Remark]:
    sales = found.sales
    notes = [
        Remark(
            N_("Sales come from “{name}”, from {first} to {last}."),
            {"name": text(sales.name), "first": day(sales.first), "last": day(sales.last)},
        )
    ]
    if found.missing:
        notes.append(
            Remark(N_("The file stops before the end of the outage: {days} days are not counted."),
                   {"days": number(len(found.missing))})
        )  # fmt: skip
    if found.basis == "last-year" and not found.trend_known:
        notes.append(
            Remark(N_("The file does not go back far enough to measure the trend of the year: last"
                      " year’s sales are used as they are."))
        )  # fmt: skip
    if found.basis == "last-year" and found.trend_known:
        notes.append(
            Remark(N_("The range of the reference comes from the {weeks} weeks before, each set"
                      " against the same week a year earlier."), {"weeks": number(found.weeks)})
        )  # fmt: skip
    if found.basis == "previous-weeks":
        notes.append(
            Remark(N_("The file has no sales of last year: the weeks before the outage are used."
                      " Seasons, clearance sales and holidays are not taken into account."))
        )  # fmt: skip
    if vat is not None:
        notes.append(
            Remark(N_("Amounts with tax were brought back before tax, at {rate}."),
                   {"rate": percent(vat)})
        )  # fmt: skip
    elif sales.tax == "included":
        notes.append(
            Remark(N_("The amounts of the file are with tax: the loss is counted before tax, so"
                      " this figure is too high."))
        )  # fmt: skip
    return notes
