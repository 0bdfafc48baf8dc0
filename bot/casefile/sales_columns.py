"""Which columns of a sales file hold the day, the amount, the status: by their names, then by
what is in them.

Preference for the amount, when several columns could be it: before tax, then the plain total, then
tax included, then subtotals, gross figures, prices. For the day: the order's, then any date, then
the payment's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.casefile.sales_cells import (
    Cell,
    bare_amount,
    has_amount,
    is_blank,
    is_number_date,
    plain,
    read_date,
)
from bot.errors import SalesFileError
from bot.i18n import N_, PARIS

HEADER_ROWS = 60
"""How far down the header may be."""

_DATE_RANKS = (
    re.compile(
        r"date|jour|day|date (heure|et heure|time)|datetime|timestamp|created( at| on)?( utc)?"
        r"|date (de |d )?(la )?(commande|vente|creation|achat|transaction|operation|facture)"
        r"|(order|sales?|purchase|transaction|invoice) (date|day)|date (created|ordered|placed)"
        r"|(commandee?|passee?|creee?) le|order (created|placed)( at| on)?|date created( gmt)?"
    ),
    re.compile(r".*\b(date|jour|day|created|creation)\b.*\b(commande|order|vente|sale|achat)s?\b.*"
               r"|.*\b(commande|order|vente|sale|achat)s?\b.*\b(date|jour|day|created)\b.*"),
    re.compile(r".*\b(date|jour|day|timestamp|periode|period)\b.*"),
    re.compile(r"(paid|processed)( at| on)?|(payee?|reglee?|encaissee?) le|paiement le"),
)  # fmt: skip
_PAYMENT_DATE = re.compile(r".*\b(paid|paiement|payment|payee?|reglement|encaissement)\b.*")
_NOT_DATE = re.compile(
    r".*\b(livraison|livree?|deliver\w*|ship\w*|expedi\w*|fulfil\w*|cancel\w*|annul\w*|updat\w*"
    r"|modif\w*|maj|due|echeance|naissance|birth\w*|available|refund\w*|rembours\w*|complet\w*"
    r"|expir\w*|valid\w*|depart|retour|estim\w*|panier|cart|nombre|nb|number|of week"
    r"|de semaine)\b.*"
)
_MONEY = (
    r"(total|totaux|montants?|amounts?|ca|chiffre d affaires?|chiffre affaires?|ventes?|sales?"
    r"|revenues?|revenus?|recettes?|turnover|encaissements?|net|gross|brute?s?|prix|price|paye|paid"
    r"|values?|valeur|subtotal|sub total|sous total)"
)
_UNTAXED = re.compile(
    r".*(\b(ht|h t|hors taxes?|hors tva|sans taxes?)\b"
    r"|\b(excl|excluding|exclusive|ex|before|without|net of) (tax|taxes|vat)\b"
    r"|\btax(es)? (excl|excluded|exclusive)\b|\bnet sales\b|\bventes nettes\b).*"
)
_TAXED = re.compile(
    r".*(\b(ttc|t t c|toutes taxes( comprises)?|taxes? comprises?|tva comprise|avec tva)\b"
    r"|\b(incl|including|inclusive|inc|with) (of )?(tax|taxes|vat)\b"
    r"|\btax(es)? (incl|included|inclusive)\b).*"
)
_NOT_AMOUNT = re.compile(
    r".*\b(tva|vat|taxe?s?|gst|livraison|shipping|port|frais|fees?|commissions?|discounts?|remises?"
    r"|reductions?|coupons?|promos?|rembours\w*|refund\w*|returns?|retours?|avoirs?|qte|quantites?"
    r"|quantity|qty|nombre|nb|number|count|num|numero|no|sessions?|visit\w*|moyenn?e?|average|aov"
    r"|unit\w*|unitaire|poids|weight|tips?|pourboires?|taux|rate|couts?|costs?|marges?|margin"
    r"|profit|benefice|id|code|cp|postal|zip|phone|tel|stock|outstanding|balance|solde|cumul\w*"
    r"|due|credits?|points|sku|annee|year|mois|month|semaine|week|heures?|time|iban|siret|ean"
    r"|orders|transactions|clients?|customers?|users?|tickets?"
    r"|escompte|acomptes?|gift|lineitem|line item|previous|precedente?|n 1|objectif|target|budget"
    r"|variation|rounding|arrondi|conversion)\b.*"
)
_PLAIN_TOTAL = re.compile(
    r"total|montant|amount|ca|chiffre d affaires|ventes|sales|revenue|turnover|recettes?"
    r"|(order|total|grand|net) (total|amount|sales|revenue)|total (commande|order|general|vente)s?"
    r"|montant (total|commande|vente)s?|total (de )?(la )?commande|ca total"
    r"|chiffre d affaires total|prix total|total price|total (paid|paye)|montant paye"
)
_LESSER = (
    (re.compile(r".*\b(subtotal|sub total|sous total|produits?|products?|articles?)\b.*"), 4.0),
    (re.compile(r".*\b(gross|brute?s?)\b.*"), 5.0),
    (re.compile(r"net( .*)?"), 5.5),
    (
        re.compile(
            r"(?!.*\b(total|montant|amount)\b).*\b(prix|price|paye|paid|values?|valeur)\b.*"
        ),
        6.0,
    ),
)
_STATUS = re.compile(
    r"status|statut|etat|state|.*\b(statut|status|etat)\b.*(commande|order|paiement|payment)?.*"
)
_NOT_STATUS = re.compile(
    r".*\b(fulfil\w*|livraison|shipping|delivery|expedition|tax|tva|client|customer|stock)\b.*"
)
_CANCELLED_AT = re.compile(r"cancell?ed( at| on)?|annulee? le|date (d )?annulation")
_KIND = re.compile(
    r"type|nature|operation|type (de |d )?(la )?(operation|transaction|mouvement|ligne|vente)"
    r"|transaction type|reporting category|sens"
)
_ORDER = re.compile(
    r"order|order (id|no|number|num|name|n|reference)|commande|id order"
    r"|(n|no|num|numero|id|ref|reference) (de )?(la )?(commande|order)"
    r"|commande (n|no|num|numero|id)"
)
_REFUND = re.compile(
    r"(order )?(refund(ed)? (amount|total)|amount refunded|total refund(ed)?)"
    r"|(montant|total) rembourse"
)
_CURRENCY = re.compile(r"(order |code )?(currency|devise|monnaie)( code)?")
_ITEM = re.compile(
    r".*\b(lineitem|line item|item|produit|product|article|sku|designation|libelle|quantite|qte"
    r"|quantity|qty)\b.*"
)
_QUANTITY = re.compile(r"(lineitem )?(quantites?|qtes?|quantity|qty|nombre d articles)")
_LINE_AMOUNT = re.compile(r".*\b(ligne|line)\b.*")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things stand in a table; columns are counted from 0, -1 when there is none.

    Attributes:
        header: the row number of the header, 0 without one.
        names: the columns as the file names them, or as a spreadsheet does.
        statuses: columns that may say that an order was cancelled.
        cancelled: a column that holds the day of a cancellation.
        kind: a column that tells sales from refunds and transfers.
        order: the order number, and whether rows may be the lines of an order.
        utc: times of the date column are in UTC.
        tax: "excluded", "included", or empty when the file does not say.
        preferred: the amount was chosen although another column was tax included.
    """

    header: int
    names: tuple[str, ...]
    date: int
    amount: int
    statuses: tuple[int, ...] = ()
    cancelled: int = -1
    kind: int = -1
    order: int = -1
    items: bool = False
    lines: bool = False
    refund: int = -1
    currency: int = -1
    utc: bool = False
    tax: str = ""
    preferred: bool = False


@dataclass(frozen=True, slots=True)
class _Sample:
    """The first rows under the header, column by column."""

    rows: Sequence[tuple[int, list[Cell]]]

    def column(self, index: int) -> Iterator[tuple[int, Cell]]:
        for row, cells in self.rows:
            if index < len(cells) and not is_blank(cells[index]):
                yield row, cells[index]

    def share_of_dates(self, index: int, named: bool) -> float:
        cells = [cell for _, cell in self.column(index)]
        dates = sum(
            (named or not is_number_date(cell)) and read_date(cell, False, PARIS) is not None
            for cell in cells
        )
        return dates / len(cells) if cells else 0.0

    def share_of_amounts(self, index: int) -> float:
        cells = [cell for _, cell in self.column(index) if has_amount(cell)]
        amounts = sum(bare_amount(cell) is not None for cell in cells)
        return amounts / len(cells) if cells else 0.0

    def same(self, one: int, other: int, as_days: bool) -> bool:
        """Both columns say the same on every row."""
        for _, cells in self.rows:
            pair = [cells[i] if i < len(cells) else "" for i in (one, other)]
            if as_days:
                pair = [str(read_date(cell, False, PARIS)) for cell in pair]
            if pair[0] != pair[1]:
                return False
        return True


def find_layout(
    rows: Sequence[tuple[int, list[Cell]]], date_column: str = "", amount_column: str = ""
) -> Layout:
    """The layout of a table, from its first rows.

    Args:
        rows: row number and cells.
        date_column: the name of the date column, when the user has chosen it.
        amount_column: the same for the amount.

    Raises:
        SalesFileError: a column is missing, or several could be it; names them.
    """
    start = _header_index(rows)
    header, cells = rows[start] if start is not None else (0, [])
    sample = _Sample(rows[start + 1 :] if start is not None else _data_rows(rows))
    width = len(cells) or max((len(row) for _, row in sample.rows), default=0)
    names = tuple(
        (str(cells[i]).strip() if i < len(cells) else "") or _letters(i) for i in range(width)
    )
    folded = [plain(name) for name in names]
    date = _chosen(date_column, names, header) if date_column else _date(sample, names, header)
    amount = (
        _chosen(amount_column, names, header)
        if amount_column
        else _amount(sample, names, header, date)
    )
    other = [i for i in range(width) if i not in (date, amount)]
    tax = _tax(folded[amount]) or _tax_before(rows[: start or 0])
    return Layout(
        header, names, date, amount,
        statuses=tuple(
            i for i in other if _STATUS.fullmatch(folded[i]) and not _NOT_STATUS.match(folded[i])
        ),
        cancelled=_first(other, folded, _CANCELLED_AT),
        kind=_first(other, folded, _KIND),
        order=_order(other, folded),
        items=any(_ITEM.match(folded[i]) for i in other),
        lines=bool(_LINE_AMOUNT.match(folded[amount])),
        refund=_first(other, folded, _REFUND),
        currency=_first(other, folded, _CURRENCY),
        utc=bool(re.search(r"\b(utc|gmt)\b", folded[date])),
        tax=tax,
        preferred=tax == "excluded" and any(_rank(folded[i]) == 3.0 for i in other),
    )  # fmt: skip


def _header_index(rows: Sequence[tuple[int, list[Cell]]]) -> int | None:
    """The row that names most columns; else the row of words above the first data."""
    best, most = None, (0, 0)
    for index, (_, cells) in enumerate(rows[:HEADER_ROWS]):
        words = [plain(c) for c in cells if isinstance(c, str) and not is_blank(c)]
        dates = sum(_date_rank(word) is not None for word in words)
        amounts = sum(_rank(word) is not None for word in words)
        values = sum(_is_value(c) for c in cells)
        score = (min(dates, 1) + min(amounts, 1), len(words))
        if len(words) > 1 and not values and score[0] and score > most:
            best, most = index, score
    if most[0] == 2:
        return best
    first = next((i for i, (_, cells) in enumerate(rows[:HEADER_ROWS]) if _is_data(cells)), None)
    if first is None:
        return best
    above = [i for i in range(first) if any(not is_blank(c) for c in rows[i][1])]
    if above and sum(not is_blank(c) for c in rows[above[-1]][1]) > 1:
        return above[-1]
    return None


def _is_value(cell: Cell) -> bool:
    if is_blank(cell):
        return False
    return bare_amount(cell) is not None or read_date(cell, False, PARIS) is not None


def _is_data(cells: Sequence[Cell]) -> bool:
    dates = [not is_blank(c) and read_date(c, False, PARIS) is not None for c in cells]
    return any(dates) and any(
        not is_blank(c) and bare_amount(c) is not None and not dated
        for c, dated in zip(cells, dates, strict=True)
    )


def _data_rows(rows: Sequence[tuple[int, list[Cell]]]) -> Sequence[tuple[int, list[Cell]]]:
    first = next((i for i, (_, cells) in enumerate(rows) if _is_data(cells)), 0)
    return rows[first:]


def _letters(index: int) -> str:
    """A, B … Z, AA: as a spreadsheet names columns."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _first(indices: Sequence[int], folded: Sequence[str], pattern: re.Pattern[str]) -> int:
    return next((i for i in indices if pattern.fullmatch(folded[i])), -1)


def _order(other: Sequence[int], folded: Sequence[str]) -> int:
    """The order number. Shopify calls it “Name”, next to its “Lineitem …” columns."""
    found = _first(other, folded, _ORDER)
    if found < 0 and any(name.startswith("lineitem") for name in folded):
        found = _first(other, folded, re.compile("name"))
    return found


def _chosen(column: str, names: Sequence[str], header: int) -> int:
    wanted = plain(column)
    for index, name in enumerate(names):
        if plain(name) == wanted:
            return index
    raise SalesFileError(
        N_("There is no column “{column}”. The columns are: {columns}."),
        column=column, row=header, columns=_listed(names),
    )  # fmt: skip


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:12])


# The day


def _date_rank(name: str) -> float | None:
    if _NOT_DATE.match(name):
        return None
    for rank, pattern in enumerate(_DATE_RANKS):
        if pattern.fullmatch(name):
            return 3.0 if _PAYMENT_DATE.match(name) else float(rank)
    return None


def _date(sample: _Sample, names: Sequence[str], header: int) -> int:
    named = {
        i: rank
        for i, name in enumerate(names)
        if header and (rank := _date_rank(plain(name))) is not None
    }
    found = {i: rank for i, rank in named.items() if sample.share_of_dates(i, True) >= 0.5}
    if not found:
        refused = {i for i, name in enumerate(names) if header and _NOT_DATE.match(plain(name))}
        found = {
            i: 9.0
            for i in range(len(names))
            if i not in refused and sample.share_of_dates(i, False) >= 0.8
        }
    if not found and named:
        return min(named, key=lambda i: named[i])
    if not found:
        raise SalesFileError(
            N_("I find no column of dates. Please send a file with a title above each column, such"
               " as “Date” and “Total”. The columns are: {columns}."),
            row=header, columns=_listed(names),
        )  # fmt: skip
    best = [i for i, rank in found.items() if rank == min(found.values())]
    return _only(best, sample, names, header, as_days=True)


def _only(
    best: Sequence[int], sample: _Sample, names: Sequence[str], header: int, as_days: bool
) -> int:
    """The one column, or the first of several that say the same."""
    if all(sample.same(best[0], other, as_days) for other in best[1:]):
        return best[0]
    message = (
        N_("Several columns could be the day of the sale: {columns}. Which one is it? You can also"
           " delete the others and send the file again.")
        if as_days
        else N_("Several columns could be the amount: {columns}. Which one is it? You can also"
                " delete the others and send the file again.")
    )  # fmt: skip
    raise SalesFileError(message, row=header, columns=_listed([names[i] for i in best]))


# The amount


def _tax(name: str) -> str:
    if _UNTAXED.match(name):
        return "excluded"
    return "included" if _TAXED.match(name) else ""


def _tax_before(rows: Sequence[tuple[int, list[Cell]]]) -> str:
    """What the lines above the header say of tax."""
    said = {_tax(plain(c)) for _, cells in rows for c in cells if isinstance(c, str)} - {""}
    return said.pop() if len(said) == 1 else ""


_TAX_AND_CURRENCY = re.compile(
    r"\b(ht|ttc|h t|t t c|(hors|avec|sans|toutes) (taxes?|tva)( comprises)?|tva comprise"
    r"|taxes? comprises?)\b"
    r"|\b(excl|excluding|exclusive|ex|before|without|net of|incl|including|inclusive|inc|with)"
    r" (of )?(tax|taxes|vat)\b|\btax(es)? (in|ex)cl\w*|\b(eur|euros?|usd|gbp|chf)\b"
)


def _rank(name: str) -> float | None:
    """The preference for an amount column; lower is better."""
    tax = _tax(name)
    bare = " ".join(_TAX_AND_CURRENCY.sub(" ", name).split())
    if _NOT_AMOUNT.match(bare) or (bare and not re.search(rf"\b{_MONEY}\b", bare)):
        return None
    if not bare and not tax:
        return None
    lesser = next((rank for pattern, rank in _LESSER if pattern.fullmatch(bare)), 0.0)
    if "net sales" in bare or "ventes nettes" in bare:
        lesser = 0.0
    if tax == "excluded":
        return lesser / 10
    if tax == "included":
        return 3.0 + lesser / 10
    return lesser or (1.0 if _PLAIN_TOTAL.fullmatch(bare) else 2.0)


def _amount(sample: _Sample, names: Sequence[str], header: int, date: int) -> int:
    named = {
        i: rank
        for i, name in enumerate(names)
        if header and i != date and (rank := _rank(plain(name))) is not None
    }
    found = {i: rank for i, rank in named.items() if sample.share_of_amounts(i) >= 0.5}
    if not found and named:
        return min(named, key=lambda i: named[i])
    if not found:
        refused = {
            i for i, name in enumerate(names)
            if header and (_NOT_AMOUNT.match(plain(name)) or _date_rank(plain(name)) is not None)
        }  # fmt: skip
        found = {
            i: 9.0
            for i in range(len(names))
            if i != date
            and i not in refused
            and sample.share_of_amounts(i) >= 0.8
            and sample.share_of_dates(i, False) < 0.5
        }
    if not found:
        raise SalesFileError(
            N_("I find no column of amounts. Please send a file with a title above each column,"
               " such as “Date” and “Total”. The columns are: {columns}."),
            row=header, columns=_listed(names),
        )  # fmt: skip
    lowest = min(found.values())
    if lowest == 6.0 and any(_QUANTITY.fullmatch(plain(name)) for name in names):
        raise SalesFileError(
            N_(
                "I find prices and quantities, but no total for each row. Please add a column"
                " “Total”, then send the file again. The columns are: {columns}."
            ),
            row=header,
            columns=_listed(names),
        )
    best = [i for i, rank in found.items() if rank == lowest]
    if 1.0 <= lowest <= 2.0:
        best += [i for i, rank in found.items() if rank == 3.0]
    return _only(best, sample, names, header, as_days=False)
