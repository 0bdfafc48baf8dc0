"""The chart of sales before, during and after an outage, as a PNG that a telephone can show."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from babel.dates import format_skeleton

from bot.casefile.loss_models import Span, periods
from bot.casefile.loss_reference import Baseline, baseline
from bot.casefile.sales import Sales
from bot.i18n import Translator

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, HEIGHT, DPI = 1200, 750, 100
"""In pixels, and pixels to the inch."""

MAX_POINTS = 100
"""More days than that are drawn by week."""

# Colours that people who do not see red and green alike can tell apart (Okabe and Ito).
_SALES = "#0072B2"
_EXPECTED = "#4D4D4D"
_LOSS = "#E69F00"
_OUTAGE = "#F3E3DC"


@dataclass(frozen=True, slots=True)
class _Series:
    """What is drawn: one point a day, or one a week. Amounts in euros."""

    days: tuple[date, ...]
    sales: tuple[float, ...]
    expected: tuple[float, ...]
    step: int


def sales_chart(
    sales: Sales, outages: Sequence[Span], t: Translator, until: date | None = None
) -> bytes:
    """Sales, the reference and the loss between them.

    Args:
        sales: the file.
        outages: start and end of each; those that overlap are drawn once.
        t: speaks the user's language; gives its dates and amounts.
        until: as for `loss_reference.baseline`.

    Returns:
        A PNG of about `WIDTH` by `HEIGHT` pixels.

    Raises:
        SalesFileError: the file does not cover the outages, or has nothing to compare them with.
    """
    out = io.BytesIO()
    draw(sales, outages, t, until).savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()


def draw(
    sales: Sales, outages: Sequence[Span], t: Translator, until: date | None = None
) -> Figure:
    """The drawing itself; arguments and errors as for `sales_chart`."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    found = baseline(sales, outages, t.timezone, until)
    series = _series(found, max(sales.last, until or sales.last))
    figure = Figure(figsize=(WIDTH / DPI, HEIGHT / DPI), dpi=DPI)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.1, 0.1, 0.87, 0.68))
    _draw(axes, series, found, t)
    _format(figure, axes, series, t)
    _title(figure, series, found, t)
    return figure


def _series(found: Baseline, last: date) -> _Series:
    """The outage with at least four weeks before it and two after, as far as the file goes."""
    first_day, last_day = found.days[0], found.days[-1]
    length = (last_day - first_day).days + 1
    start = max(found.sales.first, first_day - timedelta(max(28, length)))
    end = min(last, last_day + timedelta(max(14, length // 2)))
    days = [start + timedelta(n) for n in range((end - start).days + 1)]
    sales = [found.sales.on(day) / 100 for day in days]
    expected = [_expected(found, day) for day in days]
    if len(days) <= MAX_POINTS:
        return _Series(tuple(days), tuple(sales), tuple(expected), 1)
    # whole weeks, one of which starts with the outage
    starts = range((first_day - start).days % 7, len(days) - 6, 7)
    return _Series(
        tuple(days[i] for i in starts),
        tuple(sum(sales[i : i + 7]) for i in starts),
        tuple(sum(expected[i : i + 7]) for i in starts),
        7,
    )


def _expected(found: Baseline, day: date) -> float:
    """In euros; not a number where the file does not go back far enough."""
    if found.basis == "last-year" and found.year_before(day) < found.sales.first:
        return math.nan
    return float(found.expected(day)) / 100


def _draw(axes: Axes, series: _Series, found: Baseline, t: Translator) -> None:
    import numpy as np
    from matplotlib.dates import date2num

    # each day is a step as wide as itself, so that shaded days and curves agree
    edges = np.array([*(_number(d) for d in series.days), _number(series.days[-1]) + series.step])
    sold = np.array([*series.sales, series.sales[-1]])
    wanted = np.array([*series.expected, series.expected[-1]])
    for number, (first, last) in enumerate(periods(found.days)):
        axes.axvspan(
            date2num(first), date2num(last) + 1, color=_OUTAGE, zorder=0, lw=0,  # type: ignore[no-untyped-call]
            label=t("Outage") if number == 0 else None,
        )  # fmt: skip
    inside = np.array([_in_outage(day, series.step, found) for day in series.days])
    lost = np.repeat(inside & (sold[:-1] < wanted[:-1]), 2)
    across = np.column_stack((edges[:-1], edges[1:])).ravel()
    low, high = np.repeat(sold[:-1], 2), np.repeat(wanted[:-1], 2)
    axes.fill_between(
        across, low, high, where=lost, color=_LOSS, alpha=0.75, lw=0, zorder=2,
        label=t("Sales lost"),
    )  # fmt: skip
    axes.step(
        edges, wanted, where="post", color=_EXPECTED, lw=2.2, ls=(0, (4, 2)), zorder=3,
        label=t("Reference: the same dates last year, with the trend")
        if found.basis == "last-year" and found.trend_known
        else t("Reference: the same dates last year")
        if found.basis == "last-year"
        else t("Reference: the same weekdays before the outage"),
    )  # fmt: skip
    axes.step(edges, sold, where="post", color=_SALES, lw=2.6, zorder=4, label=t("Sales made"))
    top = max(1.0, float(sold.max()), float(np.nanmax(wanted)))
    if sold.min() < 0:
        axes.axhline(0, color="#000000", lw=1, zorder=1)
    axes.set_ylim(min(0.0, float(sold.min()) * 1.1), top * 1.08)
    axes.set_xlim(edges[0], edges[-1])


def _number(day: date) -> float:
    from matplotlib.dates import date2num

    return float(date2num(day))  # type: ignore[no-untyped-call]


def _in_outage(day: date, step: int, found: Baseline) -> bool:
    days = set(found.days)
    return any(day + timedelta(n) in days for n in range(step))


def _format(figure: Figure, axes: Axes, series: _Series, t: Translator) -> None:
    from matplotlib.dates import num2date
    from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

    ticks, skeleton = _ticks(series)

    def say_day(value: float, _: Any = None) -> str:
        day = num2date(value).date()  # type: ignore[no-untyped-call]
        return format_skeleton(skeleton, day, locale=t.locale)

    middle = 0.5 if series.step == 1 else 0.0
    axes.xaxis.set_major_locator(FixedLocator([_number(day) + middle for day in ticks]))
    axes.xaxis.set_major_formatter(FuncFormatter(say_day))
    axes.yaxis.set_major_locator(MaxNLocator(6, integer=True, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: t.money(round(v) * 100)))
    axes.tick_params(labelsize=15, length=0, pad=8)
    axes.tick_params(axis="x", pad=12)
    axes.grid(axis="y", color="#DDDDDD", lw=1)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    longest = max(len(t.money(round(v) * 100)) for v in axes.get_ylim())
    left = 0.04 + 0.0105 * max(5, longest)
    axes.set_position((left, 0.09, 0.97 - left, 0.685))
    # above the drawing, so that no label can lie on a curve
    handles, labels = axes.get_legend_handles_labels()
    order = sorted(range(len(labels)), key=lambda i: -handles[i].get_zorder())
    figure.legend(
        [handles[i] for i in order], [labels[i] for i in order], loc="upper left",
        bbox_to_anchor=(0.02, 0.88), ncols=2, frameon=False, fontsize=15, handlelength=1.8,
        columnspacing=1.6, borderaxespad=0.2,
    )  # fmt: skip


def _ticks(series: _Series) -> tuple[list[date], str]:
    """At most nine days to name, and how: days, or months when many are drawn."""
    first, last = series.days[0], series.days[-1]
    span = (last - first).days + series.step
    if series.step == 1:
        step = 1 if span <= 8 else 2 if span <= 16 else 7 * math.ceil(span / 63)
        return [first + timedelta(n) for n in range(0, span, step)], "MMMd"
    months = [
        date(first.year + (first.month + n) // 12, (first.month + n) % 12 + 1, 1)
        for n in range(span // 28 + 1)
    ]
    months = [month for month in months if month <= last]
    return months[:: math.ceil(len(months) / 7)], "yMMM"


def _title(figure: Figure, series: _Series, found: Baseline, t: Translator) -> None:
    runs = periods(found.days)
    (first, _), (_, last) = runs[0], runs[-1]
    made = _whole(found.realised)
    wanted = _whole(round(sum(map(found.expected, found.days))))
    values = {
        "first": t.day(first), "last": t.day(last), "made": t.money(made),
        "wanted": t.money(wanted),
    }  # fmt: skip
    if first == last:
        line = t("On {first}: {made} made, {wanted} expected.", **values)
    else:
        line = t("From {first} to {last}: {made} made, {wanted} expected.", **values)
    if found.sales.tax == "included":
        line = f"{line} {t('Amounts include tax.')}"
    title = (
        t("Sales by week before, during and after the outage")
        if series.step == 7
        else t("Sales by day before, during and after the outage")
    )
    for y, words, size, weight in ((0.945, title, 20, "bold"), (0.895, line, 16, "normal")):
        _fit(figure, figure.text(0.03, y, words, fontsize=size, weight=weight, va="center"))


def _whole(cents: int) -> int:
    """Rounded to whole euros, in cents: a chart needs no more."""
    return round(cents / 100) * 100


def _fit(figure: Figure, words: Any) -> None:
    """Make a line smaller until it fits the width."""
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    width = words.get_window_extent(renderer).width
    if width > 0.94 * WIDTH:
        words.set_fontsize(words.get_fontsize() * 0.94 * WIDTH / width)
