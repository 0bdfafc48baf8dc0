"""Loss estimates: cases worked by hand to the cent, overlaps, double counting, cautious ranges.

Each case says its sum in a comment; amounts there are in euros, in the code in cents.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.casefile.loss_models import Figure, LossInputs, Traffic, outage_days, periods
from bot.casefile.losses import HEADS, Estimate, Head, estimate, from_sales, render_lines
from bot.casefile.sales import Sales
from bot.errors import InvalidAnswer, SalesFileError
from bot.i18n import Translator

TEN_DAYS = ((date(2025, 11, 3), date(2025, 11, 12)),)


def D(value: str | int) -> Decimal:
    return Decimal(value)


def figure(low: int, median: int, high: int) -> Figure:
    return Figure(low, median, high)


def messages(found: Estimate) -> str:
    t = Translator("en")
    return "\n".join(warning.say(t) for warning in found.warnings)


WORKED = LossInputs(
    outages=TEN_DAYS,
    reference_cents=20_000_00,
    recent_cents=66_000_00,
    earlier_cents=60_000_00,
    realised_cents=9_000_00,
    report=D("0.15"),
    margin=D("0.42"),
    advertising_deducted=True,
    heads=(Head("repair", 800_00, exhibits=(4,)), Head("advertising", 350_00)),
    exhibits={"realised": (2,), "reference": (2,), "margin": (3,)},
)


def test_case_1_the_worked_example_of_the_method() -> None:
    # 20 000 × 66 000 ÷ 60 000 = 22 000; − 9 000 = 13 000
    # low: × (1 − 25 %) = 9 750 × 42 % = 4 095; middle: − 1 950 = 11 050 × 42 % = 4 641
    # high: × (1 − 5 %) = 12 350 × 42 % = 5 187; each + 800 + 350
    found = estimate(WORKED)
    amounts = {line.key: line.amount.median for line in found.lines}
    assert amounts == {
        "reference": 22_000_00,
        "realised": 9_000_00,
        "lost": 13_000_00,
        "report": -1_950_00,
        "margin": 4_641_00,
        "repair": 800_00,
        "advertising": 350_00,
    }
    assert found.total == figure(5_245_00, 5_791_00, 6_337_00)
    assert found.days == 10


def test_case_2_two_years_of_reference_give_the_range() -> None:
    # reference 18 000 / 19 000 / 20 000; − 12 500 = 5 500 / 6 500 / 7 500
    # later 30 / 20 / 10 %: 3 850 / 5 200 / 6 750; × 35 % = 1 347.50 / 1 820 / 2 362.50
    found = estimate(
        LossInputs(
            outages=TEN_DAYS,
            reference_cents=20_000_00,
            before_last_cents=18_000_00,
            realised_cents=12_500_00,
            margin=D("0.35"),
        )
    )
    assert found.total == figure(1_347_50, 1_820_00, 2_362_50)


def test_case_3_cents_are_rounded_once_a_line() -> None:
    # 1 234.56 × 30 000 ÷ 29 000 = 1 277.1310 → 1 277.13; − 400.10 = 877.03
    # 877.03 × 15 % = 131.5545 → 131.55; 745.48 × (90 000 − 53 000) ÷ 90 000 = 306.4751 → 306.48
    found = estimate(
        LossInputs(
            outages=TEN_DAYS,
            reference_cents=1_234_56,
            recent_cents=30_000_00,
            earlier_cents=29_000_00,
            realised_cents=400_10,
            report=D("0.15"),
            report_spread=D(0),
            revenue_cents=90_000_00,
            variable_cents=53_000_00,
        )
    )
    assert [line.amount.median for line in found.lines] == [
        1_277_13, 400_10, 877_03, -131_55, 306_48,
    ]  # fmt: skip
    assert found.total == Figure.of(306_48)


SIMPLE = LossInputs(
    outages=TEN_DAYS,
    reference_cents=3_000_00,
    realised_cents=2_000_00,
    report=D(0),
    report_spread=D(0),
    margin=D("0.40"),
)


def with_fields(inputs: LossInputs, **changes: Any) -> LossInputs:
    return replace(inputs, **changes)


@pytest.mark.parametrize("deducted", [False, None])
def test_case_4_advertising_is_not_counted_twice(deducted: bool | None) -> None:
    # (3 000 − 2 000) × 40 % = 400; the 350 of advertising are already in the margin
    found = estimate(
        with_fields(SIMPLE, advertising_deducted=deducted, heads=(Head("advertising", 350_00),))
    )
    assert found.total.median == 400_00
    line = found.line("advertising")
    assert line is not None
    assert (line.amount.median, line.counts) == (0, False)
    assert "counted twice" in messages(found)


def test_case_5_advertising_counts_for_its_share() -> None:
    # 400 + 500 × 60 % = 700
    heads = (Head("advertising", 500_00, share=D("0.60")),)
    found = estimate(with_fields(SIMPLE, advertising_deducted=True, heads=heads))
    assert found.total.median == 700_00


def test_case_6_price_and_repair_of_one_defect_are_not_added() -> None:
    # the higher of 1 200 and 800; for two defects 1 200 + 800
    heads = (Head("paid", 1_200_00), Head("repair", 800_00))
    one = estimate(LossInputs(outages=TEN_DAYS, heads=heads))
    two = estimate(LossInputs(outages=TEN_DAYS, heads=heads, same_defect=False))
    assert (one.total.median, two.total.median) == (1_200_00, 2_000_00)
    assert "not both" in messages(one)
    assert "not both" not in messages(two)


def test_case_7_a_full_refund_takes_its_price_off_the_margin() -> None:
    # 5 000 − 1 000 = 4 000; later 20 / 10 / 0 %: 3 200 / 3 600 / 4 000; × 50 % = 1 600 / 1 800 /
    # 2 000; + 1 200 − 1 200
    inputs = LossInputs(
        outages=TEN_DAYS,
        reference_cents=5_000_00,
        realised_cents=1_000_00,
        report=D("0.10"),
        margin=D("0.5"),
        heads=(Head("paid", 1_200_00),),
        full_refund=True,
    )
    assert estimate(inputs).total == figure(1_600_00, 1_800_00, 2_000_00)
    # a margin of 4 000 × 90 % × 10 % = 360 is under the price: 1 200 + 360 − 360
    assert estimate(with_fields(inputs, margin=D("0.1"))).total.median == 1_200_00
    # without the refund of the whole price: 1 200 + 1 800
    assert estimate(with_fields(inputs, full_refund=False)).total.median == 3_000_00


def test_case_8_other_heads_and_savings() -> None:
    # 12.5 h × 23.40 = 292.50; + 89.99 + 150 − 75.25 = 457.24
    found = estimate(
        LossInputs(
            outages=TEN_DAYS,
            heads=(
                Head("penalties", 150_00),
                Head("staff", 23_40, hours=D("12.5")),
                Head("exceptional", 89_99),
            ),
            savings_cents=75_25,
        )
    )
    assert found.total == Figure.of(457_24)
    assert [line.key for line in found.lines] == ["staff", "exceptional", "penalties", "savings"]


def test_case_9_the_cap_is_a_second_figure_between_businesses_only() -> None:
    # 5 245 / 5 791 / 6 337 under a cap of 5 500: 5 245 / 5 500 / 5 500
    business = estimate(with_fields(WORKED, cap_cents=5_500_00, profile="business"))
    consumer = estimate(with_fields(WORKED, cap_cents=5_500_00, profile="consumer"))
    assert business.total.median == consumer.total.median == 5_791_00
    assert business.capped == figure(5_245_00, 5_500_00, 5_500_00)
    assert consumer.capped is None
    assert "in principle void" in messages(consumer)


def test_case_10_no_fall_in_sales_is_no_lost_margin() -> None:
    # 2 000 were made where 1 500 were expected: only the 100 of repair are left
    found = estimate(
        with_fields(SIMPLE, reference_cents=1_500_00, heads=(Head("repair", 100_00),))
    )
    assert found.total == Figure.of(100_00)
    assert "no loss of revenue" in messages(found)


def test_case_11_a_new_site_is_reckoned_from_its_visits() -> None:
    # 4 000 × (2.5 % − 0.4 %) × 38.90 = 84 × 38.90 = 3 267.60
    # later 30 / 20 / 10 %: 980.28 / 653.52 / 326.76, leaving 2 287.32 / 2 614.08 / 2 940.84
    # × 30 % = 686.196 → 686.20 / 784.224 → 784.22 / 882.252 → 882.25
    found = estimate(
        LossInputs(
            outages=TEN_DAYS,
            traffic=Traffic(4_000, D("0.025"), D("0.004"), 38_90),
            margin=D("0.30"),
        )
    )
    assert found.total == figure(686_20, 784_22, 882_25)


def test_case_12_a_chance_is_a_part_of_the_gain() -> None:
    # 10 000 × 35 % = 3 500; + 500 + 640.10
    heads = (
        Head("chance", 10_000_00, share=D("0.35")),
        Head("image", 500_00),
        Head("data", 640_10),
    )
    assert estimate(LossInputs(outages=TEN_DAYS, heads=heads)).total == Figure.of(4_640_10)


def every_day(first: date, last: date, cents: int) -> dict[date, int]:
    return {first + timedelta(n): cents for n in range((last - first).days + 1)}


def test_case_13_a_file_of_nine_weeks_is_compared_with_its_weeks_before() -> None:
    # eight weeks before Wednesday 5 November: four at 100 a day, then four at 120
    # three days: mean 330, weaker half 300, better half 360; made 50 + 0 + 10 = 60
    # lost 240 / 270 / 300; later 30 / 20 / 10 %: 168 / 216 / 270; × 50 % = 84 / 108 / 135
    days = every_day(date(2025, 9, 10), date(2025, 10, 7), 100_00)
    days |= every_day(date(2025, 10, 8), date(2025, 11, 4), 120_00)
    days |= {date(2025, 11, 5): 50_00, date(2025, 11, 7): 10_00, date(2025, 11, 8): 130_00}
    outage = ((date(2025, 11, 5), date(2025, 11, 7)),)
    inputs = from_sales(Sales(days, name="ventes.csv"), outage, margin=D("0.5"))
    assert (inputs.basis, inputs.weeks) == ("previous-weeks", 8)
    assert estimate(inputs).total == figure(84_00, 108_00, 135_00)


TWO_YEARS = Sales(
    {
        # 100 a day the year before, 110 a day since July: + 10 %
        **every_day(date(2024, 7, 1), date(2025, 6, 30), 100_00),
        **every_day(date(2025, 7, 1), date(2025, 11, 30), 110_00),
        # and 45 a day during the outage
        **every_day(date(2025, 11, 3), date(2025, 11, 12), 45_00),
    },
    name="ventes.csv",
)


def test_case_14_a_file_of_two_years_is_compared_with_last_year() -> None:
    # 10 × 100 × 110 ÷ 100 = 1 100; − 450 = 650; later 30 / 20 / 10 %: 455 / 520 / 585
    # × 40 % = 182 / 208 / 234
    inputs = from_sales(TWO_YEARS, TEN_DAYS, exhibit=7, margin=D("0.4"))
    found = estimate(inputs)
    assert inputs.basis == "last-year"
    assert found.total == figure(182_00, 208_00, 234_00)
    reference = found.line("reference")
    assert reference is not None
    assert (reference.exhibits, reference.proved) == ((7,), True)


def test_weeks_that_grew_unevenly_widen_the_range() -> None:
    # of 13 weeks at + 10 %, six fall to 50 a day: trend (7 × 770 + 6 × 350) ÷ (13 × 700)
    # = 7 490 ÷ 9 100; 10 × 100 × that = 823.0769 → 823.08; weaker six: 500; better six: 1 100
    days = dict(TWO_YEARS.days)
    days |= every_day(date(2025, 9, 22), date(2025, 11, 2), 50_00)
    inputs = from_sales(Sales(days), TEN_DAYS, margin=D("0.4"))
    reference = estimate(inputs).line("reference")
    assert reference is not None
    assert reference.amount == figure(500_00, 823_08, 1_100_00)


def test_amounts_with_tax_are_brought_back_before_tax() -> None:
    # (1 100 − 450) ÷ 1.2: 1 000 ÷ 1.2 = 833.33 × 1.1 = 916.663 → 916.66; − 375 = 541.66
    sales = Sales(TWO_YEARS.days, tax="included")
    lost = estimate(from_sales(sales, TEN_DAYS, vat=D("0.2"))).line("lost")
    assert lost is not None
    assert lost.amount == Figure.of(541_66)


def test_outages_that_overlap_are_counted_once() -> None:
    overlapping = (
        (date(2025, 11, 3), date(2025, 11, 8)),
        (datetime(2025, 11, 7, 9, tzinfo=UTC), datetime(2025, 11, 12, 18, tzinfo=UTC)),
        (date(2025, 11, 5), date(2025, 11, 5)),
    )
    assert outage_days(overlapping) == outage_days(TEN_DAYS)
    once = estimate(from_sales(TWO_YEARS, TEN_DAYS, margin=D("0.4")))
    twice = estimate(from_sales(TWO_YEARS, overlapping, margin=D("0.4")))
    assert (once.total, once.periods) == (twice.total, twice.periods)


def test_outages_apart_keep_their_own_periods() -> None:
    days = outage_days(
        (
            (date(2025, 11, 9), date(2025, 11, 9)),
            (date(2025, 11, 3), date(2025, 11, 4)),
        )
    )
    assert periods(days) == (
        (date(2025, 11, 3), date(2025, 11, 4)),
        (date(2025, 11, 9), date(2025, 11, 9)),
    )


def test_a_time_in_utc_falls_on_the_day_in_paris() -> None:
    late = datetime(2025, 11, 3, 23, 30, tzinfo=UTC)
    assert outage_days(((late, late),)) == (date(2025, 11, 4),)


def test_days_after_the_last_sale_are_missing_unless_nothing_was_sold() -> None:
    days = {day: cents for day, cents in TWO_YEARS.days.items() if day <= date(2025, 11, 7)}
    partly = from_sales(Sales(days), TEN_DAYS, margin=D("0.4"))
    wholly = from_sales(Sales(days), TEN_DAYS, margin=D("0.4"), until=date(2025, 11, 12))
    assert (partly.reference_cents, partly.realised_cents) == (500_00, 225_00)
    assert (wholly.reference_cents, wholly.realised_cents) == (1_000_00, 225_00)
    assert "5 days are not counted" in messages(estimate(partly))


@pytest.mark.parametrize(
    ("outage", "part"),
    [
        ((date(2026, 1, 3), date(2026, 1, 5)), "no sales during the outage"),
        ((date(2024, 7, 8), date(2024, 7, 9)), "too late to compare"),
    ],
)
def test_a_file_that_does_not_fit_the_outage_is_refused(
    outage: tuple[date, date], part: str
) -> None:
    with pytest.raises(SalesFileError, match=part):
        from_sales(TWO_YEARS, (outage,))


def test_a_file_in_another_currency_is_refused() -> None:
    with pytest.raises(SalesFileError, match="counted in euros"):
        from_sales(Sales(TWO_YEARS.days, currency="USD"), TEN_DAYS)


@pytest.mark.parametrize(
    "changes",
    [
        {"realised_cents": -1},
        {"reference_cents": -1},
        {"savings_cents": -1},
        {"cap_cents": -1},
        {"margin": D("1.01")},
        {"margin": D("-0.01")},
        {"report": D("1.5")},
        {"margin": None, "revenue_cents": 100, "variable_cents": 101},
        {"heads": (Head("repair", -1),)},
        {"heads": (Head("staff", 10, hours=D(-1)),)},
        {"heads": (Head("chance", 10),)},
        {"traffic": Traffic(-1, D(0), D(0), 0)},
        {"outages": ((date(2025, 11, 4), date(2025, 11, 3)),)},
        {
            "outages": (
                (datetime(2025, 11, 4, 9, tzinfo=UTC), datetime(2025, 11, 4, 8, tzinfo=UTC)),
            )
        },
    ],
)
def test_impossible_figures_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidAnswer):
        estimate(with_fields(SIMPLE, **changes))


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"outages": ((date(2025, 11, 3), date(2025, 11, 4)),)}, "under 3 days"),
        ({"margin": D("0.91")}, "above 90%"),
        ({"margin": None}, "a margin rate is needed"),
        ({"realised_cents": None}, "a reference are needed"),
        ({"basis": "usual"}, "no reference from last year"),
        ({"recent_cents": 300, "earlier_cents": 100}, "changed a great deal"),
        ({"heads": (Head("staff", 1000, hours=D(3)),)}, "extra hours really worked"),
        ({"heads": (Head("image", 1000),)}, "left to the judge"),
        ({}, "No line has an exhibit"),
        (
            {"report": D("0.1"), "report_spread": D("0.1")},
            "10%, is an assumption: the low figure uses 20%, the high one 0%",
        ),
    ],
)
def test_what_weakens_the_figure_is_said(changes: dict[str, Any], part: str) -> None:
    assert part in messages(estimate(with_fields(SIMPLE, **changes)))


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"outages": ((date(2025, 11, 3), date(2025, 11, 5)),)}, "under 3 days"),
        ({"margin": D("0.90")}, "above 90%"),
        ({"exhibits": {"realised": (1,)}}, "No line has an exhibit"),
        ({"exhibits": {"report": (1,)}}, "is an assumption"),
    ],
)
def test_what_holds_is_not_criticised(changes: dict[str, Any], part: str) -> None:
    assert part not in messages(estimate(with_fields(SIMPLE, **changes)))


def test_a_line_is_proved_when_all_its_figures_are() -> None:
    found = {line.key: line for line in estimate(WORKED).lines}
    assert {key: line.proved for key, line in found.items()} == {
        "reference": True, "realised": True, "lost": True, "report": False,
        "margin": True, "repair": True, "advertising": False,
    }  # fmt: skip
    assert found["margin"].exhibits == (2, 3)
    assert estimate(WORKED).proved_cents == 5_441_00  # 4 641 + 800
    without = estimate(with_fields(WORKED, exhibits={"realised": (2,), "reference": (2,)}))
    margin = without.line("margin")
    assert margin is not None
    assert not margin.proved


def test_each_line_opens_its_formula_and_its_proof() -> None:
    lines = render_lines(estimate(WORKED).to_json(), Translator("en"))
    assert lines[0] == (
        "Reference revenue: €22,000\n"
        "  = €20,000 on the same dates last year × €66,000 ÷ €60,000, the trend before the outage"
        " (10%)\n"
        "  exhibit 2, proved"
    )
    assert lines[4] == (
        "Lost margin: €4,641 (from €4,095 to €5,187)\n"
        "  = €11,050 × 42%, the margin rate on variable costs\n  exhibits 2 and 3, proved"
    )
    assert lines[6].endswith("to be proved")
    assert all("{" not in line for line in lines)


cents = st.integers(0, 10**9)
rates = st.decimals(0, 1, places=3)
heads = st.builds(
    Head,
    st.sampled_from([kind for kind in HEADS if kind != "chance"]),
    cents,
    share=rates,
    exhibits=st.sampled_from([(), (1,)]),
)
any_inputs = st.builds(
    LossInputs,
    outages=st.just(TEN_DAYS),
    realised_cents=st.none() | cents,
    reference_cents=st.none() | cents,
    before_last_cents=st.none() | cents,
    recent_cents=st.none() | cents,
    earlier_cents=st.none() | cents,
    report=rates,
    report_spread=rates,
    margin=st.none() | rates,
    advertising_deducted=st.none() | st.booleans(),
    heads=st.lists(heads, max_size=6).map(tuple),
    savings_cents=cents,
    full_refund=st.booleans(),
    same_defect=st.booleans(),
    cap_cents=st.none() | cents,
    profile=st.sampled_from(["", "consumer", "business"]),
)


@given(any_inputs)
def test_the_range_is_in_order_and_is_the_sum_of_its_lines(inputs: LossInputs) -> None:
    found = estimate(inputs)
    assert 0 <= found.total.low <= found.total.median <= found.total.high
    counted = sum(line.amount.median for line in found.lines if line.counts)
    assert found.total.median == max(0, counted)
    assert 0 <= found.proved_cents <= found.total.median
    if found.capped is not None:
        assert inputs.cap_cents is not None
        assert found.capped.high == inputs.cap_cents < found.total.high
    texts = render_lines(found.to_json(), Translator("fr"))
    assert len(texts) == len(found.lines)
