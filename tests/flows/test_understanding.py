"""Dates, times and amounts in free French and English: the cases of `data/understanding.jsonl`.

An expectation is written as a client's moment: `2026-03` (a month), `2026-03-03` (a day) or
`2026-03-03T14:30+01:00` (a time); null is a question put back. An amount is `800.00 HT/month`.
A sentence has its start, its end and its amounts.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from babel.dates import format_date
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from bot.casefile.models import Moment
from bot.errors import InvalidAnswer
from bot.flows import amounts
from bot.flows.amounts import Amount, find_amounts, read_amount
from bot.flows.dates import (
    NOT_A_PERIOD,
    NOT_READ,
    SEVERAL,
    TOO_LONG,
    find_moments,
    read_moment,
    read_period,
)
from bot.flows.dates import calendar as reasons
from bot.flows.dates.periods import END_FIRST
from bot.flows.dates.words import NEEDS_DATE, NEEDS_DAY
from bot.i18n import PARIS, Catalogues, Translator

Case = dict[str, Any]

ROOT = Path(__file__).parent.parent.parent
DATA = ROOT / "tests" / "data"
NOW = datetime.fromisoformat("2026-11-24T10:00+01:00")
"""A Tuesday."""


def load(name: str) -> list[Case]:
    return [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines()]


CASES = load("understanding.jsonl")
HELD_OUT = load("understanding_heldout.jsonl")


def written(moment: Moment | None) -> str | None:
    if moment is None:
        return None
    if moment.precision == "month":
        return f"{moment.day:%Y-%m}"
    if moment.at is None:
        return moment.day.isoformat()
    return moment.at.astimezone(PARIS).isoformat(timespec="minutes")


def written_amount(amount: Amount) -> str:
    tax, per = amount.tax and f" {amount.tax}", amount.per and f"/{amount.per}"
    return f"{Decimal(amount.cents) / 100:.2f}{tax}{per}"


def read(case: Case) -> Any:
    now = datetime.fromisoformat(case["now"]) if "now" in case else NOW
    text = case["text"]
    try:
        if case["kind"] == "moment":
            return written(read_moment(text, now, PARIS, future=case.get("future", False)))
        if case["kind"] == "period":
            return [written(moment) for moment in read_period(text, now, PARIS)]
        if case["kind"] == "amount":
            return written_amount(read_amount(text))
    except InvalidAnswer:
        return None
    found = [written(moment) for moment in find_moments(text, now, PARIS)]
    return [*found, [written_amount(amount) for amount in find_amounts(text)]]


def is_silently_wrong(case: Case) -> bool:
    """Something was read that is not what was meant; what was not read will be asked."""
    got, expected = read(case), case["expect"]
    if case["kind"] != "sentence":
        return got is not None and got != expected
    moments = zip(got[:2], expected[:2], strict=True)
    return any(one is not None and one != other for one, other in moments) or not (
        set(got[2]) <= set(expected[2])
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['kind']}: {case['text']}")
def test_a_case_is_read_as_it_was_meant(case: Case) -> None:
    assert read(case) == case["expect"]


def test_nearly_every_case_is_exact_and_none_is_silently_wrong() -> None:
    exact = sum(read(case) == case["expect"] for case in CASES)

    assert len(CASES) >= 200
    assert exact >= 0.98 * len(CASES)
    assert [case["text"] for case in CASES if is_silently_wrong(case)] == []


def test_held_out_cases_are_nearly_all_exact_and_none_is_silently_wrong() -> None:
    exact = sum(read(case) == case["expect"] for case in HELD_OUT)

    assert exact >= 0.9 * len(HELD_OUT)
    assert [case["text"] for case in HELD_OUT if is_silently_wrong(case)] == []


MOMENT_REFUSALS = [
    *(NOT_READ, SEVERAL, TOO_LONG, NEEDS_DATE, NEEDS_DAY),
    *(text for name, text in vars(reasons).items() if name.isupper() and isinstance(text, str)),
]
AMOUNT_REFUSALS = [
    *(amounts.NOT_READ, amounts.IN_EUROS, amounts.PERCENTAGE, amounts.NEGATIVE),
    *(amounts.ONE_AMOUNT, amounts.PER_WHAT, amounts.TOO_MUCH),
]


def examples(message: str, language: str) -> list[str]:
    """What a refusal quotes for the client to copy."""
    t = Catalogues(ROOT / "locales").translator(language)
    quoted = re.findall("“(.+?)”|«(.+?)»", t(message, day="25/10/2026", time="2:30"))
    return [english or french for english, french in quoted]


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("message", MOMENT_REFUSALS)
def test_the_moments_we_give_as_examples_can_be_read(message: str, language: str) -> None:
    evening = NOW.replace(hour=23)

    assert [read_moment(example, evening, PARIS) for example in examples(message, language)]


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("message", [NOT_A_PERIOD, END_FIRST])
def test_the_periods_we_give_as_examples_can_be_read(message: str, language: str) -> None:
    assert [read_period(example, NOW, PARIS) for example in examples(message, language)]


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("message", AMOUNT_REFUSALS)
def test_the_amounts_we_give_as_examples_can_be_read(message: str, language: str) -> None:
    assert [read_amount(example) for example in examples(message, language)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("demain", reasons.FUTURE),
        ("31/04/2026", reasons.NO_SUCH_DAY),
        ("3 mars 3026", reasons.CHECK_YEAR),
        ("hier à 25h", reasons.NO_SUCH_TIME),
        ("lundi 3 mars", reasons.OTHER_WEEKDAY),
        ("mardi", reasons.TODAY_OR_LAST_WEEK),
        ("next Friday", reasons.WHICH_WEEK),
        ("hier à minuit", reasons.WHICH_NIGHT),
        ("yesterday at 3", reasons.WHICH_HALF),
        ("depuis 2h", reasons.TIME_OR_HOURS),
        ("hier ou avant-hier", SEVERAL),
        ("la semaine dernière", NEEDS_DATE),
        ("il y a deux ans", NEEDS_DAY),
        ("hier " * 100, TOO_LONG),
    ],
)
def test_a_refused_moment_says_why(text: str, message: str) -> None:
    with pytest.raises(InvalidAnswer) as refused:
        read_moment(text, NOW, PARIS)

    assert refused.value.message == message


@pytest.mark.parametrize(
    ("text", "message", "values"),
    [
        ("le 25 octobre à 2h30", reasons.TWICE, {"day": "25/10/2026", "time": "2:30"}),
        ("le 29 mars à 2h05", reasons.NEVER, {"day": "29/03/2026", "time": "2:05"}),
    ],
)
def test_the_nights_of_the_clock_change_are_asked_with_their_day_and_time(
    text: str, message: str, values: dict[str, str]
) -> None:
    with pytest.raises(InvalidAnswer) as refused:
        read_moment(text, NOW, PARIS)

    assert (refused.value.message, refused.value.values) == (message, values)


def test_a_period_that_ends_before_it_starts_says_so() -> None:
    with pytest.raises(InvalidAnswer) as refused:
        read_period("du 5 au 3 mars", NOW, PARIS)

    assert refused.value.message == END_FIRST


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("500 $", amounts.IN_EUROS),
        ("20 %", amounts.PERCENTAGE),
        ("-300 €", amounts.NEGATIVE),
        ("300-400 €", amounts.ONE_AMOUNT),
        ("3 factures de 200 €", amounts.ONE_AMOUNT),
        ("100 € par semaine", amounts.PER_WHAT),
    ],
)
def test_a_refused_amount_says_why(text: str, message: str) -> None:
    with pytest.raises(InvalidAnswer) as refused:
        read_amount(text)

    assert refused.value.message == message


FRAGMENTS = """
le la du de à a au et jusqu'à depuis hier lundi mardi 3 5 31 12 99 25h 14h30 2:30 mars février 2026
1026 ce matin soir nuit vers il y deux semaines 999 jours - / , to from until since yesterday at
3pm 12am between and the last next ago h minuit € 800 k % x par mois HT mille cents 1.234,56 +99:99
pendant heure d'été d'hiver panne
"""
DATE_WORDS = st.lists(st.sampled_from(FRAGMENTS.split()), max_size=12).map(" ".join)


@given(st.text(max_size=400) | DATE_WORDS)
def test_any_text_is_read_or_refused_with_a_sentence(text: str) -> None:
    for reader in (
        lambda: read_moment(text, NOW, PARIS),
        lambda: read_moment(text, NOW, PARIS, future=True),
        lambda: read_period(text, NOW, PARIS),
        lambda: read_amount(text),
    ):
        try:
            reader()
        except InvalidAnswer as refused:
            assert refused.message.format(**refused.values)


@given(st.text(max_size=900) | DATE_WORDS)
def test_any_sentence_is_searched_and_never_gives_a_moment_to_come(text: str) -> None:
    start, end = find_moments(text, NOW, PARIS)

    assert start is None or start.day <= NOW.date()
    assert end is None or (start is not None and start.day <= end.day <= NOW.date())
    assert all(amount.cents >= 0 for amount in find_amounts(text))


DAYS = st.dates(datetime(1990, 1, 1, tzinfo=UTC).date(), NOW.date() - timedelta(days=1))


@given(
    DAYS,
    st.sampled_from(["fr", "en_GB", "en_US"]),
    st.sampled_from(["medium", "long", "full"]),
)
def test_a_day_that_babel_wrote_reads_back(day: Any, locale: str, length: Any) -> None:
    assert read_moment(format_date(day, length, locale=locale), NOW, PARIS) == Moment(day)


@given(DAYS, st.sampled_from(["fr", "en"]))
def test_a_day_as_we_show_it_reads_back(day: Any, language: str) -> None:
    t = Translator(language)

    for shown in (t.day(day), t.weekday(day), t.short_day(day)):
        assert read_moment(shown, NOW, PARIS) == Moment(day)


@given(
    st.integers(int(datetime(1990, 1, 2, tzinfo=UTC).timestamp()), int(NOW.timestamp())),
    st.sampled_from(["fr", "en"]),
)
def test_a_time_as_we_show_it_reads_back_or_is_asked_when_the_clocks_showed_it_twice(
    seconds: int, language: str
) -> None:
    at = datetime.fromtimestamp(seconds - seconds % 60, UTC)
    shown = Translator(language).moment(at)

    local = at.astimezone(PARIS)
    if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
        with pytest.raises(InvalidAnswer) as refused:
            read_moment(shown, NOW, PARIS)
        assert refused.value.message == reasons.TWICE
    else:
        assert read_moment(shown, NOW, PARIS) == Moment(local.date(), at, "time")


@given(st.integers(0, 100_000_000_000), st.sampled_from(["fr_FR", "en_GB", "en_US"]))
def test_an_amount_that_babel_wrote_reads_back(cents: int, locale: str) -> None:
    shown = format_currency(Decimal(cents) / 100, "EUR", locale=locale)

    assert read_amount(shown) == Amount(cents)
    assert find_amounts(f"perte {shown} hier") == [Amount(cents)]


@given(st.integers(0, 100_000_000_000), st.sampled_from(["fr", "en"]))
def test_an_amount_as_we_show_it_reads_back(cents: int, language: str) -> None:
    assert read_amount(Translator(language).money(cents)) == Amount(cents)
