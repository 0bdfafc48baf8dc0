"""Sales files: the totals of good ones to the cent, a message that names the row for bad ones."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.casefile.sales import Sales, read_sales
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
