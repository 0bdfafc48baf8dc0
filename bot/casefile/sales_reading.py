"""One table of a sales file: what counts of each row, then whole columns read and added up."""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, tzinfo
from typing import Any

from bot.casefile.remarks import Remark, text
from bot.casefile.sales_cells import (
    AmountStyle,
    Cell,
    Figures,
    amount_style,
    currency_of,
    day_order,
    has_amount,
    is_blank,
    is_month,
    plain,
    read_date,
    short_date,
)
from bot.casefile.sales_columns import Layout
from bot.casefile.sales_source import MAX_ROWS, too_many_rows
from bot.errors import SalesFileError
from bot.i18n import N_


@dataclass(slots=True)
class Reading:
    """One table while it is read: the columns that matter, row by row."""

    layout: Layout
    sheet: str
    row_numbers: array[int] = field(default_factory=lambda: array("L"))
    dates: list[Cell] = field(default_factory=list)
    amounts: list[Cell] = field(default_factory=list)
    orders: list[str] = field(default_factory=list)
    negate: set[int] = field(default_factory=set)
    """Rows that a column calls a refund."""
    refunds: dict[int, Cell] = field(default_factory=dict)
    """Row number and what was paid back, from a column of its own."""
    refunded: set[int] = field(default_factory=set)
    """Rows whose status says that the order was refunded."""
    currencies: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, array[int]] = field(default_factory=dict)
    days: dict[date, int] = field(default_factory=dict)
    counted: int = 0
    notes: list[Remark] = field(default_factory=list)

    def leave_out(self, reason: str, row: int) -> None:
        """Set a row aside."""
        self.left_out.setdefault(reason, array("L")).append(row)


_TOTAL = re.compile(
    r"(sous |grand |sub ?|daily |weekly |monthly )?tot(al|aux)\b.*|subtotals?\b.*"
    r"|(somme|sum|moyenne|average|cumul|report|resultats?)\b.*|(semaine|week) \d+"
)
_MAYBE_TOTAL = re.compile(
    r"tot|somme|sum|moyenne|average|cumul|report|r[ée]sultat|semaine|week", re.IGNORECASE
)
_SURE_TOTAL = re.compile(
    r"total|sous total\b.*|sub ?total\b.*|grand total|total general|(daily|weekly|monthly) total"
    r"|total (du |de la |de )?(jour|journee|mois|semaine|periode)\b.*"
)
_CANCELLED = re.compile(
    r"(?!.*\b(non|not|un) ?annul).*(cancel|annul|fail|echou|echec|erreur|error|refus|declin|void"
    r"|expir|abandon|rejet|reject|denied|trash|corbeille|chargeback|brouillon|draft)"
)
_UNPAID = re.compile(
    r"pending( payment)?|attente( de)?( du)? (paiement|reglement)|en attente (de|du) .*"
    r"(paiement|reglement|virement|cheque)|paiement en attente|unpaid|impayee?|non payee?"
    r"|awaiting .*payment.*|open|not paid|requires payment method"
)
_REFUNDED = re.compile(r"(?!.*\b(partial|partiel|non\b)).*(refunded|rembourse)")
_REFUND_KIND = re.compile(
    r".*\b(rembours\w*|refunds?|avoirs?|credit notes?|retours?|returns?)\b.*"
)
_NOT_SALE_KIND = re.compile(
    r".*\b(payouts?|transfers?|transferts?|virements?|versements?|withdrawals?|retraits?|fees?"
    r"|frais|commissions?|adjustments?|ajustements?|reserve|deposits?)\b.*"
)


def extract(table: Iterable[tuple[int, list[Cell]]], reading: Reading) -> None:
    """Keep what counts of each row under the header; set aside what does not."""
    layout = reading.layout
    width = len(layout.names)
    needed = max(layout.date, layout.amount)
    count = 0
    for row, cells in table:
        if row <= layout.header or all(map(is_blank, cells)):
            continue
        count += 1
        if count > MAX_ROWS:
            raise too_many_rows()
        if len(cells) > width and any(not is_blank(c) for c in cells[width:]):
            raise SalesFileError(
                N_("Row {row} has {found} cells where the titles name {wanted}. A comma inside"
                   " an amount may cut it in two: please save the file with semicolons, or as"
                   " Excel."),
                row=row, found=len(cells), wanted=width,
            )  # fmt: skip
        if len(cells) <= needed:
            cells = [*cells, *[""] * (needed + 1 - len(cells))]
        reason = _reason_to_leave(row, cells, reading)
        if reason:
            reading.leave_out(reason, row)
            continue
        reading.row_numbers.append(row)
        reading.dates.append(short_date(cells[layout.date]))
        reading.amounts.append(cells[layout.amount])
        if layout.order >= 0:
            reading.orders.append(str(_at(cells, layout.order)).strip())


def _at(cells: list[Cell], index: int) -> Cell:
    return cells[index] if 0 <= index < len(cells) else ""


def _reason_to_leave(row: int, cells: list[Cell], reading: Reading) -> str:
    """Why a row does not count; empty when it does. Notes what else the row says."""
    layout = reading.layout
    day, amount = cells[layout.date], cells[layout.amount]
    if isinstance(amount, str) and amount.strip() == layout.names[layout.amount]:
        return "header"
    no_day = is_blank(day)
    if _is_total(cells, _TOTAL if no_day or _is_words(day) else _SURE_TOTAL):
        return "total"
    if not has_amount(amount):
        return "text" if no_day or _is_words(day) else "no-amount"
    if layout.cancelled >= 0 and not is_blank(_at(cells, layout.cancelled)):
        return "cancelled"
    for index in layout.statuses:
        status = plain(str(_at(cells, index)))
        if _CANCELLED.match(status):
            return "cancelled"
        if _UNPAID.fullmatch(status):
            return "unpaid"
        if _REFUNDED.match(status):
            reading.refunded.add(row)
    if layout.kind >= 0:
        kind = plain(str(_at(cells, layout.kind)))
        if _NOT_SALE_KIND.fullmatch(kind):
            return "transfer"
        if _REFUND_KIND.fullmatch(kind):
            reading.negate.add(row)
    if layout.refund >= 0 and has_amount(_at(cells, layout.refund)):
        reading.refunds[row] = _at(cells, layout.refund)
    if layout.currency >= 0 and (code := str(_at(cells, layout.currency)).strip().upper()):
        reading.currencies.setdefault(code, row)
    return ""


def _is_total(cells: list[Cell], pattern: re.Pattern[str]) -> bool:
    words = [cell for cell in cells if isinstance(cell, str)]
    if _MAYBE_TOTAL.search("\n".join(words)) is None:
        return False
    return any(len(word) < 60 and pattern.fullmatch(plain(word)) for word in words)


def _is_words(day: Cell) -> bool:
    return isinstance(day, str) and not any(c.isdigit() for c in day)


# Whole columns


def convert(reading: Reading, zone: tzinfo) -> None:
    """Read dates and amounts the way their whole columns are written, and add them up."""
    style = _style(reading)
    cents = _all_cents(reading, style)
    days = _all_days(reading, zone)
    _leave_totals_without_a_day(reading, cents, days)
    _leave_refunded(reading, cents)
    repeated = _repeated_totals(reading, cents, days)
    totals: dict[date, int] = defaultdict(int)
    left_out = {row for numbers in reading.left_out.values() for row in numbers}
    for index, row in enumerate(reading.row_numbers):
        day = days[index]
        if day is None or row in left_out or index in repeated:
            continue
        amount = cents[index]
        if row in reading.negate:
            amount = -abs(amount)
        totals[day] += amount - _paid_back(reading, row, style)
        reading.counted += 1
    if repeated:
        for index in sorted(repeated):
            reading.leave_out("repeated", reading.row_numbers[index])
    if reading.refunds:
        column = reading.layout.names[reading.layout.refund]
        reading.notes.append(
            Remark(N_("Refunds are taken off, from “{column}”."), {"column": text(column)})
        )
    reading.days = dict(totals)


def _style(reading: Reading) -> AmountStyle:
    column = reading.layout.names[reading.layout.amount]
    seen: dict[Cell, int] = {}
    for row, cell in zip(reading.row_numbers, reading.amounts, strict=True):
        seen.setdefault(cell, row)
    for cell, row in seen.items():
        if currency := currency_of(cell):
            reading.currencies.setdefault(currency, row)
    style = amount_style(((row, cell) for cell, row in seen.items()), column)
    if style.mixed:
        reading.notes.append(
            Remark(N_("Column “{column}” writes decimals in two ways; each amount was clear."),
                   {"column": text(column)})
        )  # fmt: skip
    return style


def _all_cents(reading: Reading, style: AmountStyle) -> list[int]:
    known: dict[Cell, int] = {}
    found = []
    for row, cell in zip(reading.row_numbers, reading.amounts, strict=True):
        cents = known.get(cell)
        if cents is None:
            cents = style.cents(cell)
            if cents is None:
                raise SalesFileError(
                    N_("Row {row}, column “{column}”: “{text}” is not an amount. Please correct"
                       " it, or delete the row, then send the file again."),
                    row=row, column=reading.layout.names[reading.layout.amount],
                    text=str(cell).strip()[:40],
                )  # fmt: skip
            known[cell] = cents
        found.append(cents)
    return found


def _all_days(reading: Reading, zone: tzinfo) -> list[date | None]:
    """The day of each row; None where there is none written."""
    layout = reading.layout
    column = layout.names[layout.date]
    seen: dict[Cell, tuple[int, date | Figures | None]] = {}
    for row, cell in zip(reading.row_numbers, reading.dates, strict=True):
        if cell not in seen:
            seen[cell] = (row, None if is_blank(cell) else read_date(cell, layout.utc, zone))
    figures = {cell: (row, f) for cell, (row, f) in seen.items() if isinstance(f, Figures)}
    day_first = day_order(figures, column) if figures else True
    _refuse_swapped(seen, figures, column)
    months = {cell for cell, (_, found) in seen.items() if found is None and is_month(cell)}
    only_months = all(found is None for _, found in seen.values()) and bool(months)
    days: dict[Cell, date | None] = {}
    for cell, (row, found) in seen.items():
        if isinstance(found, Figures):
            found = found.day(day_first, layout.utc, zone)
        days[cell] = found
        if found is not None or is_blank(cell) or (cell in months and not only_months):
            continue
        if only_months:
            raise _whole_month(row, str(cell))
        raise SalesFileError(
            N_("Row {row}, column “{column}”: “{text}” is not a date I can read. Please write it"
               " as 2025-11-30, or delete the row, then send the file again."),
            row=row, column=column, text=str(cell)[:40],
        )  # fmt: skip
    _refuse_first_days(
        {day: row for cell, (row, _) in seen.items() if (day := days[cell])}, column
    )
    return [days[cell] for cell in reading.dates]


def _refuse_first_days(days: Mapping[date, int], column: str) -> None:
    """Only first days of months: these are totals by month."""
    months = re.search(r"\b(mois|months?)\b", plain(column))
    if len(days) >= (2 if months else 4) and all(day.day == 1 for day in days):
        raise _whole_month(days[min(days)], min(days).isoformat())


def _whole_month(row: int, text: str) -> SalesFileError:
    return SalesFileError(
        N_(
            "Row {row}: “{text}” is a whole month. Please export the sales by day, or one row"
            " for each order."
        ),
        row=row,
        text=text,
    )


def _refuse_swapped(
    seen: Mapping[Cell, tuple[int, Any]], figures: Mapping[Cell, tuple[int, Figures]], column: str
) -> None:
    """A spreadsheet set to another country reads 03/11 as 11 March and leaves 13/11 as text."""
    true_dates = [
        found for cell, (_, found) in seen.items()
        if isinstance(found, date) and isinstance(cell, str) and not cell[:1].isdigit()
    ]  # fmt: skip
    if not figures or len(true_dates) < 2:
        return
    if all(f.first > 12 or f.second > 12 for _, f in figures.values()) and all(
        day.day <= 12 for day in true_dates
    ):
        cell, (row, _) = next(iter(figures.items()))
        raise SalesFileError(
            N_("Row {row}, column “{column}”: “{text}” is text among real dates. Your spreadsheet"
               " program has probably swapped days and months. Please send the file as your shop"
               " exported it, before it was opened."),
            row=row, column=column, text=str(cell),
        )  # fmt: skip


def _leave_totals_without_a_day(
    reading: Reading, cents: list[int], days: list[date | None]
) -> None:
    """An amount without a day is a total if it is the sum of rows above; else it is refused."""
    since_total = since_start = 0
    for index, row in enumerate(reading.row_numbers):
        if days[index] is not None:
            since_total += cents[index]
            since_start += cents[index]
            continue
        if cents[index] == 0:
            reading.leave_out("no-amount", row)
            continue
        if cents[index] not in {since_total, since_start}:
            raise SalesFileError(
                N_("Row {row} has an amount but no date. Please add the date, or delete the row,"
                   " then send the file again."),
                row=row,
            )  # fmt: skip
        reading.leave_out("total", row)
        since_total = 0


def _leave_refunded(reading: Reading, cents: list[int]) -> None:
    """Refunded orders are left out, unless the file takes refunds off in rows of their own."""
    if not reading.refunded or reading.refunds:
        return
    if reading.negate or any(amount < 0 for amount in cents):
        return
    for row in sorted(reading.refunded):
        reading.leave_out("refunded", row)


def _paid_back(reading: Reading, row: int, style: AmountStyle) -> int:
    cell = reading.refunds.get(row)
    if cell is None:
        return 0
    cents = style.cents(cell)
    if cents is None:
        raise SalesFileError(
            N_("Row {row}, column “{column}”: “{text}” is not an amount. Please correct it, or"
               " delete the row, then send the file again."),
            row=row, column=reading.layout.names[reading.layout.refund], text=str(cell)[:40],
        )  # fmt: skip
    return abs(cents)


def _repeated_totals(reading: Reading, cents: list[int], days: list[date | None]) -> set[int]:
    """Rows that repeat the total of their order: exports with a row for each article do that.

    Only when every order of several rows shows one amount throughout; orders whose rows differ are
    made of lines that add up.
    """
    layout = reading.layout
    if layout.order < 0 or layout.lines:
        return set()
    groups: dict[tuple[str, date | None], list[int]] = defaultdict(list)
    for index, order in enumerate(reading.orders):
        if order and cents[index]:
            groups[order, days[index]].append(index)
    several = [indices for indices in groups.values() if len(indices) > 1]
    if any(cents[i] != cents[indices[0]] for indices in several for i in indices):
        return set()
    return {i for indices in several for i in indices[1:]}
