"""The sales chart: a PNG of the right size, in the user's language, with no label over another."""

from __future__ import annotations

import io
from datetime import date, timedelta
from itertools import combinations
from typing import Any

import pytest
from matplotlib.figure import Figure
from PIL import Image

from bot.casefile.sales import Sales
from bot.documents.chart import HEIGHT, WIDTH, draw, sales_chart
from bot.errors import SalesFileError
from bot.i18n import Translator

FR, EN = Translator("fr"), Translator("en")


def shop(first: date, last: date, cents: int, outage: tuple[date, date]) -> Sales:
    """Sales that rise through the week, and a tenth of them during the outage."""
    days = {}
    for n in range((last - first).days + 1):
        day = first + timedelta(n)
        share = 10 if outage[0] <= day <= outage[1] else 100
        days[day] = cents * (4 + day.weekday()) * share // 700
    return Sales(days, name="ventes.csv")


TEN_DAYS = (date(2025, 11, 3), date(2025, 11, 12))
HALF_A_YEAR = (date(2025, 3, 10), date(2025, 8, 20))
ONE_DAY = (date(2025, 11, 5), date(2025, 11, 5))
CASES = {
    "last year": (shop(date(2024, 1, 1), date(2025, 11, 30), 250_00, TEN_DAYS), TEN_DAYS),
    "weeks before": (shop(date(2025, 9, 1), date(2025, 11, 12), 3_00, TEN_DAYS), TEN_DAYS),
    "one day": (shop(date(2025, 10, 20), date(2025, 11, 7), 250_00, ONE_DAY), ONE_DAY),
    "by week": (
        shop(date(2023, 12, 1), date(2025, 12, 1), 1_250_000_00, HALF_A_YEAR),
        HALF_A_YEAR,
    ),
}


def words(figure: Figure) -> list[Any]:
    """Everything written on the chart."""
    (axes,) = figure.axes
    figure.canvas.draw()
    legend = [text for box in figure.legends for text in box.get_texts()]
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    ticks = [text for text in axes.get_xticklabels() if left <= text.get_position()[0] <= right]
    ticks += [text for text in axes.get_yticklabels() if bottom <= text.get_position()[1] <= top]
    return [text for text in (*figure.texts, *legend, *ticks) if text.get_text()]


@pytest.mark.parametrize("case", CASES)
def test_the_chart_is_a_picture_of_its_size(case: str) -> None:
    sales, outage = CASES[case]
    picture = Image.open(io.BytesIO(sales_chart(sales, (outage,), FR)))
    assert (picture.format, picture.size) == ("PNG", (WIDTH, HEIGHT))


@pytest.mark.parametrize("t", [FR, EN], ids=["fr", "en"])
@pytest.mark.parametrize("case", CASES)
def test_no_label_leaves_the_picture_or_lies_on_another(case: str, t: Translator) -> None:
    sales, outage = CASES[case]
    figure = draw(sales, (outage,), t)
    boxes = [(text.get_text(), text.get_window_extent()) for text in words(figure)]
    for text, box in boxes:
        assert box.x0 >= 0 and box.x1 <= WIDTH and box.y0 >= 0 and box.y1 <= HEIGHT, text
    for (one, box), (other, other_box) in combinations(boxes, 2):
        assert not box.overlaps(other_box), (one, other)


@pytest.mark.parametrize("case", CASES)
def test_no_label_lies_on_the_curves(case: str) -> None:
    sales, outage = CASES[case]
    figure = draw(sales, (outage,), FR)
    (axes,) = figure.axes
    written = words(figure)
    drawing = axes.get_window_extent()
    for text in written:
        box = text.get_window_extent()
        inside = box.y0 > drawing.y0 and box.y1 < drawing.y1 and box.x0 > drawing.x0
        assert not inside, text.get_text()


def test_dates_and_amounts_follow_the_language() -> None:
    sales, outage = CASES["last year"]
    french = [text.get_text() for text in words(draw(sales, (outage,), FR))]
    english = [text.get_text() for text in words(draw(sales, (outage,), EN))]
    assert "3 novembre 2025" in french[1]
    assert "3 November 2025" in english[1]
    assert {"3 nov.", "300\N{NO-BREAK SPACE}€"} <= set(french)
    assert {"3 Nov", "€300"} <= set(english)


def test_the_sums_written_are_those_of_the_outage() -> None:
    # seven days a week at 250 ÷ 7 × (4 to 10): Monday 142.85, Sunday 357.14
    # 3 to 12 November: a week of 1 749.98 and Monday to Wednesday 142.85 + 178.57 + 214.28
    sales, outage = CASES["last year"]
    line = draw(sales, (outage,), EN).texts[1].get_text()
    assert "€229 made, €2,286 expected" in line


def test_sales_and_loss_are_drawn_for_the_days_of_the_outage() -> None:
    sales, outage = CASES["last year"]
    (axes,) = draw(sales, (outage,), EN).axes
    _, labels = axes.get_legend_handles_labels()
    assert set(labels) == {
        "Outage",
        "Sales lost",
        "Sales made",
        "Reference: the same dates last year, with the trend",
    }
    made = next(line for line in axes.lines if line.get_label() == "Sales made")
    drawn = list(made.get_ydata())  # type: ignore[arg-type]
    first = outage[0] - timedelta(28)
    assert (
        drawn[:-1]
        == [sales.on(first + timedelta(n)) / 100 for n in range((sales.last - first).days + 1)][
            : len(drawn) - 1
        ]
    )


def test_many_days_are_drawn_by_week() -> None:
    sales, outage = CASES["by week"]
    assert draw(sales, (outage,), EN).texts[0].get_text().startswith("Sales by week")


def test_a_file_without_the_outage_is_not_drawn() -> None:
    sales, _ = CASES["last year"]
    with pytest.raises(SalesFileError, match="no sales during the outage"):
        sales_chart(sales, ((date(2027, 1, 1), date(2027, 1, 2)),), FR)
