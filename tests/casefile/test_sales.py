"""Sales files: the totals of good ones to the cent, a message that names the row for bad ones."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from babel.dates import format_date
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.casefile.sales import Sales, read_sales
from bot.casefile.sales_source import MAX_BYTES
from bot.errors import SalesFileError
from bot.i18n import Translator

FOLDER = Path(__file__).parents[1] / "data" / "sales"
INDEX: list[dict[str, Any]] = yaml.safe_load((FOLDER / "index.yaml").read_text("utf-8"))
GOOD = [case for case in INDEX if "error" not in case]
BAD = [case for case in INDEX if "error" in case]


def read(name: str, **options: Any) -> Sales:
    return read_sales((FOLDER / name).read_bytes(), name, **options)


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case["file"])
def test_a_good_file_gives_its_total_to_the_cent(case: dict[str, Any]) -> None:
    sales = read(case["file"])
    found = {
        "total": sales.total,
        "days": len(sales.days),
        "first": sales.first.isoformat(),
        "last": sales.last.isoformat(),
        "rows": sales.rows,
        "ignored": {left_out.reason: left_out.count for left_out in sales.ignored},
        "tax": sales.tax,
        "currency": sales.currency,
    }
    wanted = {"ignored": {}, "tax": "", "currency": "EUR", **case}
    assert found == {key: wanted[key] for key in found}


@pytest.mark.parametrize("case", BAD, ids=lambda case: case["file"])
def test_a_bad_file_is_refused_with_its_row(case: dict[str, Any]) -> None:
    with pytest.raises(SalesFileError) as caught:
        read(case["file"])
    assert case["error"] in caught.value.message
    assert caught.value.values.get("row") == case.get("row")
    caught.value.message.format(**caught.value.values)


def test_a_chosen_column_settles_what_was_asked() -> None:
    assert read("two-amounts.csv", amount_column="Total").total == 36_00
    assert read("two-amounts.csv", amount_column="montant").total == 30_00
    assert read("two-dates.csv", date_column="Date de facture").first == date(2025, 11, 30)


def test_a_column_that_does_not_exist_is_named_with_the_others() -> None:
    with pytest.raises(SalesFileError) as caught:
        read("two-amounts.csv", amount_column="Prix")
    assert caught.value.values["column"] == "Prix"
    assert caught.value.values["columns"] == "Date, Montant, Total"


def test_what_was_read_and_left_out_is_told_with_its_rows() -> None:
    assert read("preamble-and-total.csv").describe(Translator("en")) == (
        "preamble-and-total.csv: 3 rows read, from 1 November 2025 to 15 November 2025, €805.20"
        " in all.\n"
        "Days come from “Date”, amounts from “Ventes TTC”: with tax. A loss is counted before"
        " tax.\n"
        "Rows left out because they are totals: 12.\n"
        "Rows left out because they have no amount: 8.\n"
        "Rows left out because they have neither date nor amount: 13."
    )


def test_many_rows_left_out_are_counted() -> None:
    rows = "".join(f"2025-11-{day:02};\n" for day in range(1, 13))
    sales = read_sales(f"date;total\n2025-11-30;5\n{rows}".encode(), "x.csv")
    told = sales.describe(Translator("en")).splitlines()[-1]
    assert told.endswith("no amount: 3, 4, 5, 6, 7, 8, 9, 10… (12).")


def test_an_amount_in_another_currency_is_not_shown_in_euros() -> None:
    told = read("us-dollars.csv").describe(Translator("en"))
    assert "2,169.5\N{NO-BREAK SPACE}USD in all" in told


def test_the_figures_survive_being_kept() -> None:
    sales = read("shopify-orders.csv")
    kept = Sales.from_json(sales.to_json())
    assert (kept.days, kept.rows, kept.name) == (sales.days, sales.rows, sales.name)


def test_a_zip_that_unpacks_too_far_is_refused_unopened() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(MAX_BYTES // 1_000_000 + 1):
                sheet.write(bytes(1_000_000))
    with pytest.raises(SalesFileError, match="too big once opened"):
        read_sales(out.getvalue(), "bomb.xlsx")


def test_a_zip_that_lies_about_its_size_is_counted_all_the_same() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", bytes(MAX_BYTES + 1))
    content = bytearray(out.getvalue())
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = content.index(signature) + offset
        content[at : at + 4] = (1000).to_bytes(4, "little")
    with pytest.raises(SalesFileError, match="too big once opened"):
        read_sales(bytes(content), "liar.xlsx")


def test_a_sheet_with_one_cell_at_the_far_end_brings_nothing_down() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(FOLDER / "shop.xlsx") as good, zipfile.ZipFile(content, "w") as bad:
        for name in good.namelist():
            body = good.read(name)
            if name == "xl/worksheets/sheet1.xml":
                far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
                body = body.replace(b"</sheetData>", far)
            bad.writestr(name, body)
    with pytest.raises(SalesFileError, match="opened"):
        read_sales(content.getvalue(), "far.xlsx")


def test_more_than_a_million_rows_are_refused() -> None:
    content = b"date;total\n" + b"2025-11-03;1\n" * 1_000_001
    with pytest.raises(SalesFileError, match="over a million rows"):
        read_sales(content, "long.csv")


@given(st.binary(max_size=400), st.sampled_from(["x.csv", "x.xlsx"]))
@settings(max_examples=60, deadline=None)
def test_any_bytes_are_read_or_refused_with_a_message(content: bytes, name: str) -> None:
    try:
        read_sales(content, name)
    except SalesFileError as error:
        assert error.message.format(**error.values)


@given(
    st.sampled_from([case["file"] for case in GOOD if case["file"].endswith(("csv", "txt"))]),
    st.integers(0, 10_000),
    st.integers(1, 40),
    st.sampled_from([b"", b'"', b";", b"\r", b"\x00", b"99999999999", b"GMT+99:99"]),
)
@settings(deadline=None)
def test_a_damaged_file_is_read_or_refused_with_a_message(
    name: str, at: int, length: int, instead: bytes
) -> None:
    content = (FOLDER / name).read_bytes()
    at %= len(content)
    try:
        read_sales(content[:at] + instead + content[at + length :], name)
    except SalesFileError as error:
        assert error.message.format(**error.values)


def test_a_whole_line_in_quotes_may_hold_a_line_break() -> None:
    content = b'date;total\n"a note; on\rtwo lines"\n2025-11-03;5\n'
    assert read_sales(content, "x.csv").total == 5_00


orders = st.lists(
    st.tuples(st.dates(date(2024, 1, 1), date(2025, 12, 31)), st.integers(-500_000, 99_999_999)),
    min_size=1,
    max_size=30,
)


def written(cents: int, mark: str, group: str, sign: str) -> str:
    whole, part = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole:,}".replace(",", group) + f"{mark}{part:02}{sign}"


DATES: dict[str, Callable[[date], str]] = {
    "iso": lambda day: day.isoformat(),
    "day first": lambda day: f"{day:%d/%m/%Y}",
    "points": lambda day: f"{day.day}.{day.month}.{day:%y}",
    "words": lambda day: format_date(day, "d MMMM y", locale="fr"),
    "time": lambda day: f"{day:%Y-%m-%d} 23:59:59",
}


@given(
    orders,
    st.sampled_from([";", "\t", "|", ","]),
    st.sampled_from([(",", "\N{NO-BREAK SPACE}"), (",", "."), (".", ","), (".", ""), (",", " ")]),
    st.sampled_from(sorted(DATES)),
    st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
    st.sampled_from(["", " €"]),
)
@settings(deadline=None)
def test_a_file_in_any_usual_form_gives_its_totals(
    sold: list[tuple[date, int]],
    delimiter: str,
    marks: tuple[str, str],
    form: str,
    encoding: str,
    sign: str,
) -> None:
    # a day over 12 and an amount with cents, so that the column leaves no doubt
    sold = [*sold, (date(2025, 5, 31), 12_34)]
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(("Date de commande", "Client", "Montant total"))
    for day, cents in sold:
        writer.writerow((DATES[form](day), 'Zoé; & fils, "Cie"', written(cents, *marks, sign)))
    totals: dict[date, int] = {}
    for day, cents in sold:
        totals[day] = totals.get(day, 0) + cents
    sales = read_sales(out.getvalue().encode(encoding), "x.csv")
    assert sales.days == dict(sorted(totals.items()))
    assert sales.rows == len(sold)
