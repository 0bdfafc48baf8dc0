"""Sales files as shops export them: totals by day, what was left out, and why.

Refunds count as negative sales on the day the file gives them. Orders that were cancelled, failed
or are unpaid are left out when a column says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from decimal import Decimal
from itertools import chain, islice
from typing import Any

from bot.casefile.remarks import Remark, names, rows, text
from bot.casefile.sales_cells import currency_of, is_blank
from bot.casefile.sales_columns import Layout, find_layout
from bot.casefile.sales_reading import Reading, convert, extract
from bot.casefile.sales_source import tables
from bot.errors import SalesFileError
from bot.i18n import N_, PARIS, Translator

EXTENSIONS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
"""The names under which a sales file may come."""

_SAMPLE_ROWS = 2000

_REASONS = {
    "total": N_("Rows left out because they are totals: {rows}."),
    "no-amount": N_("Rows left out because they have no amount: {rows}."),
    "text": N_("Rows left out because they have neither date nor amount: {rows}."),
    "header": N_("Rows left out because they repeat the titles: {rows}."),
    "cancelled": N_("Orders left out because they were cancelled, refused or failed: {rows}."),
    "unpaid": N_("Orders left out because they are not paid: {rows}."),
    "refunded": N_("Orders left out because they were refunded in full: {rows}."),
    "transfer": N_("Rows left out because they are transfers or fees, not sales: {rows}."),
    "repeated": N_("Rows left out because they repeat the total of an order: {rows}."),
}


@dataclass(frozen=True, slots=True)
class Ignored:
    """Rows that were left out, and why.

    Attributes:
        reason: a key such as "total" or "cancelled".
        count: how many.
        rows: the numbers of the first few.
    """

    reason: str
    count: int
    rows: tuple[int, ...]

    @property
    def remark(self) -> Remark:
        """What is told of them."""
        return Remark(_REASONS[self.reason], {"rows": rows(self.rows, self.count)})


@dataclass(frozen=True, slots=True)
class Sales:
    """The sales of a file, by day.

    Attributes:
        days: cents for each day that has sales; refunds are negative.
        rows: how many rows were counted.
        name: the file's.
        ignored: what was left out.
        currency: "EUR" unless the file says otherwise.
        tax: "excluded" or "included" when the file says so, else empty.
        date_column: the column the days come from, as the file names it.
        amount_column: the same for the amounts.
        notes: what else the user should know.
    """

    days: Mapping[date, int]
    rows: int = 0
    name: str = ""
    ignored: tuple[Ignored, ...] = ()
    currency: str = "EUR"
    tax: str = ""
    date_column: str = ""
    amount_column: str = ""
    notes: tuple[Remark, ...] = ()

    @property
    def first(self) -> date:
        """The first day with sales."""
        return min(self.days)

    @property
    def last(self) -> date:
        """The last day with sales."""
        return max(self.days)

    @property
    def total(self) -> int:
        """All of it, in cents."""
        return sum(self.days.values())

    def on(self, day: date) -> int:
        """The sales of a day, in cents; none means zero."""
        return self.days.get(day, 0)

    def between(self, first: date, last: date) -> int:
        """The sales from `first` to `last`, both included."""
        return sum(self.on(first + timedelta(n)) for n in range((last - first).days + 1))

    def describe(self, t: Translator) -> str:
        """What was read and what was left out, in a few lines."""
        head = t.plural(
            "{name}: {n} row read, from {first} to {last}, {total} in all.",
            "{name}: {n} rows read, from {first} to {last}, {total} in all.",
            self.rows,
            name=self.name, first=t.day(self.first), last=t.day(self.last),
            total=self._total(t),
        )  # fmt: skip
        lines = [remark.say(t) for remark in self.notes]
        return "\n".join([head, *lines, *(left_out.remark.say(t) for left_out in self.ignored)])

    def _total(self, t: Translator) -> str:
        if self.currency == "EUR":
            return t.money(self.total)
        return f"{t.number(Decimal(self.total) / 100)}\N{NO-BREAK SPACE}{self.currency}"

    def to_json(self) -> dict[str, Any]:
        """The figures, for the answers of a flow; not what was left out."""
        return {
            "name": self.name,
            "rows": self.rows,
            "currency": self.currency,
            "tax": self.tax,
            "days": {day.isoformat(): cents for day, cents in sorted(self.days.items())},
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Sales:
        """The figures that `to_json` wrote."""
        days = {date.fromisoformat(day): cents for day, cents in body["days"].items()}
        return cls(days, body["rows"], body["name"], currency=body["currency"], tax=body["tax"])


def read_sales(
    content: bytes,
    name: str,
    *,
    date_column: str = "",
    amount_column: str = "",
    zone: tzinfo = PARIS,
) -> Sales:
    """Read a sales file.

    Args:
        content: the file, as received: CSV, TSV or text, XLSX, XLS or ODS.
        name: its name, kept in the result.
        date_column: the column of days, when the user was asked and chose.
        amount_column: the same for the amounts.
        zone: whose days are counted; times of another zone are moved to it.

    Raises:
        SalesFileError: it can't be read without a doubt; says which row and what to do.
    """
    found: list[Reading] = []
    failed: SalesFileError | None = None
    others: list[str] = []
    for table in tables(content):
        head = list(islice(table.rows, _SAMPLE_ROWS))
        if not any(not is_blank(cell) for _, cells in head for cell in cells):
            continue
        try:
            layout = find_layout(head, date_column, amount_column)
        except SalesFileError as error:
            failed = failed or error
            others.append(table.name)
            continue
        if found and layout.names != found[0].layout.names:
            others.append(table.name)
            continue
        reading = Reading(layout, table.name)
        extract(chain(head, table.rows), reading)
        convert(reading, zone)
        found.append(reading)
    if not found:
        raise failed or SalesFileError(N_("This file is empty. Please export it again."))
    return _gather(found, others, name)


def _gather(found: list[Reading], others: list[str], name: str) -> Sales:
    """One result from the sheets that have the same columns."""
    days: dict[date, int] = {}
    for reading in found:
        if not days.keys().isdisjoint(reading.days):
            raise SalesFileError(
                N_("Two sheets hold sales of the same days: {sheets}. Please keep only one of"
                   " them, then send the file again."),
                sheets=", ".join(r.sheet for r in found),
            )  # fmt: skip
        days |= reading.days
    first = found[0]
    if not days:
        raise SalesFileError(
            N_("No sale is left once totals, empty and cancelled rows are taken out. Please check"
               " the file, or export it again.")
        )  # fmt: skip
    merged: dict[str, list[int]] = defaultdict(list)
    for reading in found:
        for reason, numbers in reading.left_out.items():
            merged[reason] += numbers
    currencies = {currency: row for r in found for currency, row in r.currencies.items()}
    notes = [_columns_note(first.layout), *(note for r in found for note in r.notes)]
    if len(found) > 1:
        sheets = names([r.sheet for r in found])
        notes.append(Remark(N_("Sheets read together: {sheets}."), {"sheets": sheets}))
    if others:
        notes.append(Remark(N_("Sheets not read: {sheets}."), {"sheets": names(others)}))
    return Sales(
        days=dict(sorted(days.items())),
        rows=sum(r.counted for r in found),
        name=name,
        ignored=tuple(
            Ignored(reason, len(merged[reason]), tuple(sorted(merged[reason])[:20]))
            for reason in _REASONS
            if merged.get(reason)
        ),
        currency=_one_currency(currencies, first),
        tax=first.layout.tax,
        date_column=first.layout.names[first.layout.date],
        amount_column=first.layout.names[first.layout.amount],
        notes=tuple(notes),
    )


def _columns_note(layout: Layout) -> Remark:
    values = {
        "date": text(layout.names[layout.date]),
        "amount": text(layout.names[layout.amount]),
    }
    if layout.preferred:
        return Remark(
            N_("Days come from “{date}”, amounts from “{amount}”: before tax, as a loss is"
               " counted, although the file also has amounts with tax."),
            values,
        )  # fmt: skip
    if layout.tax == "included":
        return Remark(
            N_("Days come from “{date}”, amounts from “{amount}”: with tax. A loss is counted"
               " before tax."),
            values,
        )  # fmt: skip
    return Remark(N_("Days come from “{date}”, amounts from “{amount}”."), values)


def _one_currency(currencies: Mapping[str, int], reading: Reading) -> str:
    if len(currencies) > 1:
        (one, _), (other, row) = sorted(currencies.items(), key=lambda item: item[1])[:2]
        raise SalesFileError(
            N_("Row {row} is in {other}, earlier rows in {one}. Please send one file for each"
               " currency, or amounts in euros only."),
            row=row, one=one, other=other,
        )  # fmt: skip
    header = currency_of(reading.layout.names[reading.layout.amount])
    return next(iter(currencies), header or "EUR")
