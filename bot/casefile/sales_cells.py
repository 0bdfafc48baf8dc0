"""Cells of a sales file: amounts and dates, read the way the whole column is written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from bot.errors import SalesFileError
from bot.i18n import N_

Cell = str | float | int
"""A cell: text, or a number of a spreadsheet. A true date of a spreadsheet is text that starts
with `TRUE_DATE`."""

TRUE_DATE = "\N{SYMBOL FOR NULL}"
"""Marks an ISO date that the spreadsheet itself holds as a date."""

_SPACES = re.compile(r"[\s\u00a0\u202f\u2007\u2009'’]+")
_CURRENCY = re.compile(
    r"€|\$|£|\b(?:eur|euros?|usd|gbp|chf|cad)\b|\b(?:ttc|ht)\b\.?", re.IGNORECASE
)
_USUAL = re.compile(
    r"(-?)((?:\d{1,3}(?:[ \u00a0\u202f]\d{3})+|\d+)(?:[.,]\d+)?)(?:[ \u00a0\u202f]?€)?"
)
"""The way most amounts are written: those need no further cleaning."""

_NO_SPACES = {32: None, 0xA0: None, 0x202F: None}
_GROUPED = re.compile(r"\d{1,3}(?: \d{3})+(?:[.,]\d+)?|[\d.,]*\d[.,]?")
_NO_AMOUNT = {"", "-", "–", "—", "n/a", "na", "nan", "null", "none", "néant", "#n/a", "--"}
SYMBOLS = {"€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "$": "USD", "usd": "USD",
           "£": "GBP", "gbp": "GBP", "chf": "CHF", "cad": "CAD"}  # fmt: skip


@lru_cache(maxsize=10_000)
def plain(words: str) -> str:
    """Lower case, no accents, everything but letters and figures a space."""
    bare = unicodedata.normalize("NFKD", words.replace("°", " ").replace("œ", "oe").lower())
    bare = "".join(c for c in bare if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", bare).split())


def is_blank(cell: Cell) -> bool:
    """Nothing is written in it."""
    return isinstance(cell, str) and not cell.strip()


def has_amount(cell: Cell) -> bool:
    """Something that stands for an amount, readable or not."""
    return not isinstance(cell, str) or cell.strip().lower() not in _NO_AMOUNT


def currency_of(cell: Cell) -> str:
    """The currency written in the cell, or empty."""
    if not isinstance(cell, str):
        return ""
    if "€" in cell:
        return "EUR"
    found = re.search(r"€|\$|£|\b(?:eur|euros?|usd|gbp|chf|cad)\b", cell, re.IGNORECASE)
    return SYMBOLS[found[0].lower()] if found else ""


def bare_amount(cell: Cell) -> tuple[int, str] | None:
    """The sign and the figures with their marks: `(-1, "1234,50")`; None when not an amount."""
    if isinstance(cell, (int, float)):
        return None if isinstance(cell, bool) else (-1 if cell < 0 else 1, "")
    if usual := _USUAL.fullmatch(cell):
        return (-1 if usual[1] else 1), usual[2].translate(_NO_SPACES)
    words = cell.strip().removeprefix('="').removesuffix('"') if cell[:2] == '="' else cell
    words = _SPACES.sub(" ", _CURRENCY.sub(" ", words)).strip()
    sign = 1
    if words.startswith("(") and words.endswith(")"):
        sign, words = -1, words[1:-1].strip()
    if words[:1] in {"-", "−", "–", "+"}:
        sign, words = (sign if words[0] == "+" else -sign), words[1:].strip()
    elif words.endswith(("-", "−")):
        sign, words = -sign, words[:-1].strip()
    if not _GROUPED.fullmatch(words):
        return None
    return sign, words.replace(" ", "")


@dataclass(frozen=True, slots=True)
class AmountStyle:
    """How a column writes its amounts.

    Attributes:
        mark: the decimal mark, "," or "."; empty when each amount is clear by itself.
        mixed: both marks were found, each time without doubt.
    """

    mark: str
    mixed: bool = False

    def cents(self, cell: Cell) -> int | None:
        """The amount in cents, halves away from zero; None when it can't be read."""
        found = bare_amount(cell)
        if found is None:
            return None
        sign, figures = found
        if isinstance(cell, (int, float)):
            value = Decimal(repr(cell))
            return _to_cents(value) if value.is_finite() and abs(value) < 10**12 else None
        mark = own_mark(figures)
        if mark == "?":
            mark = self.mark
        if mark is None:
            return None
        whole, _, part = figures.partition(mark) if mark else (figures, "", "")
        if not _is_grouped(whole):
            return None
        digits = re.sub(r"[.,]", "", whole)
        if not (digits or part) or len(digits) > 12 or not (part.isdecimal() or not part):
            return None
        if len(part) <= 2:
            return sign * (int(digits or 0) * 100 + int(part.ljust(2, "0")))
        return sign * _to_cents(Decimal(f"{digits or 0}.{part or 0}"))


def _to_cents(value: Decimal) -> int:
    return int((value * 100).quantize(Decimal(1), ROUND_HALF_UP))


def _is_grouped(whole: str) -> bool:
    """No mark, or groups of three."""
    return bool(re.fullmatch(r"\d*|\d{1,3}(?:\.\d{3})+|\d{1,3}(?:,\d{3})+", whole))


def own_mark(figures: str) -> str | None:
    """The decimal mark that figures show by themselves.

    Returns:
        "," or "."; empty when there are no decimals; "?" when `1,234` may be a thousand or one;
        None when it can't be a number.
    """
    commas, points = figures.count(","), figures.count(".")
    if commas and points:
        mark = "," if figures.rfind(",") > figures.rfind(".") else "."
        return mark if figures.count(mark) == 1 else None
    if commas + points == 0:
        return ""
    mark = "," if commas else "."
    if commas + points > 1:
        return "" if _is_grouped(figures) else None
    before, after = figures.split(mark)
    if len(after) != 3 or len(before) > 3 or before in {"", "0"} or before.startswith("0"):
        return mark
    return "?"


def amount_style(cells: Iterable[tuple[int, Cell]], column: str) -> AmountStyle:
    """The style of a whole column.

    Args:
        cells: row number and cell; the same text need not be given twice.
        column: its name, for messages.

    Raises:
        SalesFileError: the column leaves a doubt between thousands and decimals.
    """
    proof: dict[str, tuple[int, str]] = {}
    doubtful: dict[str, tuple[int, str]] = {}
    decimals: set[int] = set()
    longest_whole = 0
    for row, cell in cells:
        found = bare_amount(cell)
        if found is None or not isinstance(cell, str):
            continue
        figures = found[1]
        mark = own_mark(figures)
        if mark == "?":
            doubtful.setdefault("," if "," in figures else ".", (row, cell.strip()))
        elif mark:
            proof.setdefault(mark, (row, cell.strip()))
            decimals.add(len(figures.rpartition(mark)[2]))
        elif mark == "":
            if re.search(r"[.,]", figures):
                proof.setdefault("." if "," in figures else ",", (row, cell.strip()))
            longest_whole = max(longest_whole, len(figures) if figures.isdecimal() else 0)
    if not doubtful:
        return AmountStyle("", mixed=len(proof) > 1)
    row, sample = next(iter(doubtful.values()))
    if len(proof) == 1:
        (mark,) = proof
        if mark not in doubtful or any(count > 2 for count in decimals):
            return AmountStyle(mark)
    elif not proof and len(doubtful) == 1 and 0 < longest_whole <= 3:
        return AmountStyle("." if "," in doubtful else ",")
    raise SalesFileError(
        N_("Row {row}, column “{column}”: “{text}” may be a thousand or a decimal number, and the"
           " rest of the column does not settle it. Please save the file with two decimals for"
           " every amount, then send it again."),
        row=row, column=column, text=sample,
    )  # fmt: skip


# Dates

_MONTHS = {
    "janvier": 1, "janv": 1, "jan": 1, "january": 1, "fevrier": 2, "fevr": 2, "fev": 2, "feb": 2,
    "february": 2, "mars": 3, "mar": 3, "march": 3, "avril": 4, "avr": 4, "apr": 4, "april": 4,
    "mai": 5, "may": 5, "juin": 6, "jun": 6, "june": 6, "juillet": 7, "juil": 7, "jul": 7,
    "july": 7, "aout": 8, "aou": 8, "aug": 8, "august": 8, "septembre": 9, "sept": 9, "sep": 9,
    "september": 9, "octobre": 10, "oct": 10, "october": 10, "novembre": 11, "nov": 11,
    "november": 11, "decembre": 12, "dec": 12, "december": 12,
}  # fmt: skip
_ZONES = {"z": 0, "utc": 0, "gmt": 0, "pst": -8, "pdt": -7, "est": -5, "edt": -4}
_TIME = (
    r"(?:[\s,T]+(?:à|a|at|-)?\s*(?P<hour>\d{1,2})\s*[:hH]\s*(?P<minute>\d{2})?"
    r"(?::(?P<second>\d{2})(?:[.,]\d+)?)?\s*(?P<half>[AaPp]\.?[Mm]\.?)?"
    r"\s*(?P<zone>Z|[A-Za-z]{2,4})?\s*(?P<offset>[+-]\d{2}:?\d{0,2})?(?:\s*\(.*\))?)?"
)
_WEEKDAY = r"(?:[A-Za-zé]{2,9}\.?,?\s+)?"
_ISO = re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})" + _TIME)
_COMPACT = re.compile(r"(?P<y>20\d{2})(?P<m>\d{2})(?P<d>\d{2})(?:T?\d{4,6}Z?)?")
_FIGURES = re.compile(
    _WEEKDAY + r"(?P<a>\d{1,2})(?P<sep>[/.\- ])(?P<b>\d{1,2})(?P=sep)(?P<y>\d{4}|\d{2})" + _TIME
)
_DAY_NAME = re.compile(
    _WEEKDAY + r"(?P<d>\d{1,2})(?:er|st|nd|rd|th)?[\s\-./]+(?P<name>[A-Za-zéûôÉÛ]{3,9})\.?,?"
    r"[\s\-./]*(?P<y>\d{4}|\d{2})" + _TIME
)
_NAME_DAY = re.compile(
    _WEEKDAY + r"(?P<name>[A-Za-zéûôÉÛ]{3,9})\.?[\s\-]+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?[\s\-]+"
    r"(?P<y>\d{4}|\d{2})" + _TIME
)
_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?")
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?")
_MONTH_ONLY = re.compile(
    r"\d{4}[-/]\d{1,2}|\d{1,2}[-/]\d{4}|(?P<name>[A-Za-zéûôÉÛ]{3,9})\.?\s+\d{4}"
)
_FIRST_SERIAL, _LAST_SERIAL = 36526, 73050
_SIMPLE_TIME = re.compile(r"[ T]\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?")


def short_date(cell: Cell) -> Cell:
    """The same date without its time, when the time can't change the day."""
    if isinstance(cell, str):
        text = cell.strip()
        if len(text) > 10 and _SIMPLE_TIME.fullmatch(text, 10):
            return text[:10]
        return text
    return cell


@dataclass(frozen=True, slots=True)
class Figures:
    """A date in figures whose order is not known yet."""

    first: int
    second: int
    year: int
    separator: str
    time: tuple[int, int, int] | None = None
    offset: int | None = None

    def day(self, day_first: bool, utc: bool, zone: tzinfo) -> date | None:
        """The day, read one way or the other; None when there is none such."""
        day, month = (self.first, self.second) if day_first else (self.second, self.first)
        return _local_day((self.year, month, day), self.time, self.offset, utc, zone)


def read_date(cell: Cell, utc: bool, zone: tzinfo) -> date | Figures | None:
    """A date cell; None when it is not a date.

    Args:
        cell: the cell.
        utc: times without an offset are in UTC.
        zone: whose days are wanted.
    """
    if isinstance(cell, (int, float)):
        return _from_serial(float(cell))
    text = cell.strip().removeprefix(TRUE_DATE)
    if found := _ISO.fullmatch(text):
        return _parts(found, int(found["m"]), utc, zone)
    if found := _FIGURES.fullmatch(text):
        if not _is_weekday_or_none(text):
            return None
        return Figures(int(found["a"]), int(found["b"]), _year(found["y"]), found["sep"],
                       _time(found), _offset(found))  # fmt: skip
    for pattern in (_DAY_NAME, _NAME_DAY):
        if (found := pattern.fullmatch(text)) and (month := _MONTHS.get(plain(found["name"]))):
            return _parts(found, month, utc, zone)
    if found := _COMPACT.fullmatch(text):
        return _local_day(
            (int(found["y"]), int(found["m"]), int(found["d"])), None, None, utc, zone
        )
    if _SERIAL.fullmatch(text):
        return _from_serial(float(text.replace(",", ".")))
    if _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), UTC).astimezone(zone).date()
    return None


def is_month(cell: Cell) -> bool:
    """A month without a day: such files can't be used."""
    if not isinstance(cell, str):
        return False
    found = _MONTH_ONLY.fullmatch(cell.strip())
    return found is not None and (found["name"] is None or plain(found["name"]) in _MONTHS)


def is_number_date(cell: Cell) -> bool:
    """A date only if the column is known to hold dates: a serial or a count of seconds."""
    return not isinstance(cell, str) or re.fullmatch(r"\d+(?:[.,]\d+)?", cell.strip()) is not None


def _is_weekday_or_none(text: str) -> bool:
    word = re.match(r"[A-Za-zé]+", text)
    days = ("lun", "mar", "mer", "jeu", "ven", "sam", "dim",
            "mon", "tue", "wed", "thu", "fri", "sat", "sun")  # fmt: skip
    return word is None or word[0].lower().startswith(days)


def _from_serial(serial: float) -> date | None:
    if not _FIRST_SERIAL <= serial < _LAST_SERIAL:
        return None
    return date(1899, 12, 30) + timedelta(days=int(serial))


def _parts(found: re.Match[str], month: int, utc: bool, zone: tzinfo) -> date | None:
    parts = (_year(found["y"]), month, int(found["d"]))
    return _local_day(parts, _time(found), _offset(found), utc, zone)


def _year(figures: str) -> int:
    return int(figures) + (2000 if len(figures) == 2 else 0)


def _time(found: re.Match[str]) -> tuple[int, int, int] | None:
    if found["hour"] is None:
        return None
    hour = int(found["hour"])
    half = (found["half"] or "").lower()[:1]
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return hour, int(found["minute"] or 0), int(found["second"] or 0)


def _offset(found: re.Match[str]) -> int | None:
    """Minutes east of Greenwich; None when the file does not say, or says the user's own zone."""
    if found["offset"]:
        figures = re.sub(r"\D", "", found["offset"]).ljust(4, "0")
        minutes = int(figures[:2]) * 60 + int(figures[2:4])
        return -minutes if found["offset"][0] == "-" else minutes
    hours = _ZONES.get((found["zone"] or "").lower())
    return None if hours is None else hours * 60


def _local_day(
    parts: tuple[int, int, int],
    time: tuple[int, int, int] | None,
    offset: int | None,
    utc: bool,
    zone: tzinfo,
) -> date | None:
    year, month, day = parts
    if not 2000 <= year < 2100:
        return None
    try:
        if time is None:
            return date(year, month, day)
        if offset is None and not utc:
            datetime(year, month, day, *time)  # noqa: DTZ001 - only to check that it exists
            return date(year, month, day)
        east = timezone(timedelta(minutes=offset or 0))
        return datetime(year, month, day, *time, tzinfo=east).astimezone(zone).date()
    except ValueError:
        return None


_DAY_FIRST = re.compile(r".*\b(jj|dd|j|d) (mm|m)\b.*")
_MONTH_FIRST = re.compile(r".*\b(mm|m) (jj|dd|j|d)\b.*")


def day_order(dates: Mapping[Cell, tuple[int, Figures]], column: str) -> bool:
    """Whether the day comes first in a column of dates in figures.

    Args:
        dates: each text with its first row and what it says.
        column: its name, for messages.

    Raises:
        SalesFileError: the column contradicts itself, or both orders are possible.
    """
    day_first = next(((r, c) for c, (r, f) in dates.items() if f.first > 12), None)
    month_first = next(((r, c) for c, (r, f) in dates.items() if f.second > 12), None)
    if day_first and month_first:
        raise SalesFileError(
            N_("Column “{column}”: row {row} ({text}) puts the day first and row {other_row}"
               " ({other}) puts the month first. Please save the dates in one format, such as"
               " 2025-11-30, then send the file again."),
            column=column, row=day_first[0], text=str(day_first[1]),
            other_row=month_first[0], other=str(month_first[1]),
        )  # fmt: skip
    if day_first or month_first:
        return day_first is not None
    if any(f.separator == "." for _, f in dates.values()) or _DAY_FIRST.fullmatch(plain(column)):
        return True
    if _MONTH_FIRST.fullmatch(plain(column)):
        return False
    if all(f.first == f.second for _, f in dates.values()):
        return True
    found = _by_continuity([f for _, f in dates.values()])
    if found is None:
        text, (row, _) = next(iter(dates.items()))
        raise SalesFileError(
            N_("Row {row}, column “{column}”: “{text}” may be read day first or month first, and"
               " no other row settles it. Please send a file that covers the whole month, or with"
               " dates such as 2025-11-30."),
            row=row, column=column, text=str(text),
        )  # fmt: skip
    return found


def _by_continuity(figures: list[Figures]) -> bool | None:
    """Sales days follow one another: one reading fills its period, the other is full of holes."""
    density = {}
    for day_first in (True, False):
        days = {f.day(day_first, False, UTC) for f in figures} - {None}
        known = sorted(day for day in days if day is not None)
        span = (known[-1] - known[0]).days + 1 if known else 1
        density[day_first] = len(known) / span
        if len(known) < 5:
            return None
    if density[True] >= 0.8 and density[False] < 0.3:
        return True
    if density[False] >= 0.8 and density[True] < 0.3:
        return False
    return None
