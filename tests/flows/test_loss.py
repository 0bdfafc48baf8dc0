"""The loss flow: by hand, with a file, with incidents; what it keeps and what it says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.casefile.models import (
    Case,
    CaseFile,
    Contract,
    Incident,
    Letter,
    LossEstimate,
    Moment,
    Party,
)
from bot.casefile.sales import Sales, read_sales
from bot.errors import InvalidAnswer, SalesFileError
from bot.faq.entry import Knowledge
from bot.flows import engine
from bot.flows.loss import FLOW, render_estimate, sales_arrived, sales_step_update
from bot.flows.loss_answers import Percent, SalesFile
from bot.flows.model import REVIEW, UNKNOWN, Answer, Choose, Context, Edit, Ignore, Session, Skip
from bot.i18n import PARIS, Translator

NOW = datetime(2025, 11, 24, 9, 0, tzinfo=UTC)
CASE = Case(1, 1, "console:test", "open", NOW)


def context(**case: Any) -> Context:
    incidents = case.pop("incidents", ())
    data = case.pop("data", {})
    knowledge = Knowledge({}, (), {}, {}, {}, {}, (), Path(), "")
    file = CaseFile(replace(CASE, **case), incidents=incidents)
    return Context(NOW, PARIS, Translator("en"), knowledge, file, data)


def incident(number: int, start: date, end: date | None, **more: Any) -> Incident:
    ended = Moment(end) if end else None
    return Incident("outage", started=Moment(start), ended=ended, number=number, **more)


def play(where: Context, script: dict[str, Any], session: Session | None = None) -> Session:
    """Answer each question from `script` until nothing more is answered there."""
    session = session or engine.begin(FLOW, where)
    while session.cursor != REVIEW and session.cursor in script:
        event = script[session.cursor]
        session = engine.advance(
            FLOW, session, Answer(event) if isinstance(event, str) else event, where
        )
    return session


def result(where: Context, session: Session) -> tuple[dict[str, Any], str]:
    assert session.cursor == REVIEW
    engine.render(FLOW, session, where)
    outcome = FLOW.finish(engine.final_answers(FLOW, session, where), where)
    (saved,) = outcome.saves
    assert isinstance(saved, LossEstimate)
    assert outcome.offer == ("notice", "dossier")
    return saved.body, outcome.say


BY_HAND: dict[str, Any] = {
    "from": "3 November 2025",
    "to": "12 November 2025",
    "sales": Choose("none"),
    "realised": "9000 €",
    "last_year": "20 000 €",
    "recent": "66 000 €",
    "earlier": "60 000 €",
    "margin": "42 %",
    "report": "15",
    "costs": Choose("yes"),
    "repair": "800 €",
    "paid": Skip(),
    "advertising": "350 €",
    "ads_deducted": Choose("yes"),
    "hours": Skip(),
    "other": Skip(),
    "savings": Skip(),
}


def test_the_worked_example_by_hand() -> None:
    where = context()
    body, said = result(where, play(where, BY_HAND))
    assert body["totals"]["median"] == 5_791_00
    assert (body["totals"]["low"], body["totals"]["high"]) == (5_245_00, 6_337_00)
    assert body["periods"] == [["2025-11-03", "2025-11-12"]]
    assert "from €5,245 to €6,337; €5,791 in the middle" in said
    assert "an estimate to discuss, not an amount owed" in said
    assert said == render_estimate(body, where.t)
    for line in body["lines"]:
        assert line["label"] in said
    assert "{" not in said


def test_nothing_else_cost_asks_no_more() -> None:
    where = context()
    session = play(where, {**BY_HAND, "costs": Choose("no")})
    assert session.cursor == REVIEW
    body, _ = result(where, session)
    assert body["totals"]["median"] == 4_641_00


def test_what_is_not_known_is_asked_another_way() -> None:
    # 3 000 − 1 000 = 2 000, less 20 % by default, × (50 − 30) ÷ 50 = 640
    where = context()
    script = {
        **BY_HAND,
        "realised": "1000 €",
        "last_year": Ignore(),
        "usual": "3000 €",
        "margin": Ignore(),
        "revenue": "50 000 €",
        "variable": "30 000 €",
        "report": Ignore(),
        "costs": Choose("no"),
    }
    body, said = result(where, play(where, script))
    assert body["totals"]["median"] == 640_00
    assert "no reference from last year" in said


def test_incidents_give_the_period_and_overlaps_count_once() -> None:
    where = context(
        incidents=(
            incident(1, date(2025, 11, 3), date(2025, 11, 8)),
            incident(2, date(2025, 11, 6), date(2025, 11, 12)),
            Incident("outage", started=Moment(date(2025, 1, 1), precision="month"), number=3),
            incident(4, date(2025, 11, 20), None, unsure=("until",)),
        )
    )  # fmt: skip
    first = engine.render(FLOW, engine.begin(FLOW, where), where)
    labels = [button.label for row in first.buttons for button in row]
    assert labels[:4] == [
        "All my incidents",
        "Monday, 3 November 2025 · outage",
        "Thursday, 6 November 2025 · outage",
        "Other dates",
    ]
    body, _ = result(where, play(where, {**BY_HAND, "which": Choose("all")}))
    assert body["periods"] == [["2025-11-03", "2025-11-12"]]
    body, _ = result(where, play(where, {**BY_HAND, "which": Choose("i2")}))
    assert body["periods"] == [["2025-11-06", "2025-11-12"]]


def test_an_outage_that_goes_on_ends_today() -> None:
    where = context(incidents=(incident(1, date(2025, 11, 20), None),))
    body, _ = result(where, play(where, {**BY_HAND, "which": Choose("i1")}))
    assert body["periods"] == [["2025-11-20", "2025-11-24"]]


def days(first: date, last: date, cents: int) -> dict[date, int]:
    return {first + timedelta(n): cents for n in range((last - first).days + 1)}


SALES = Sales(
    {
        **days(date(2024, 7, 1), date(2025, 6, 30), 100_00),
        **days(date(2025, 7, 1), date(2025, 11, 20), 110_00),
        **days(date(2025, 11, 3), date(2025, 11, 12), 45_00),
    },
    name="ventes.csv",
    tax="excluded",
)
WITH_FILE = {**BY_HAND, "margin": "40", "report": "20", "costs": Choose("no")}
WITH_FILE.pop("sales")


def test_a_file_answers_the_questions_on_sales() -> None:
    # as case 14 of the estimates: 10 × 110 − 450 = 650, − 20 % = 520, × 40 % = 208
    where = context()
    asked = play(where, WITH_FILE)
    assert asked.cursor == "sales"
    session = sales_arrived(asked, SALES, where, exhibit=5)
    assert session.cursor == "margin"
    body, said = result(where, play(where, WITH_FILE, session))
    assert body["totals"]["median"] == 208_00
    assert body["lines"][0]["exhibits"] == [5]
    assert body["lines"][0]["proved"] is True
    assert Sales.from_json(body["sales"]).days == SALES.days
    assert "exhibit 5" in said


def test_a_file_may_come_first_and_the_dates_may_change_after() -> None:
    where = context()
    session = sales_arrived(engine.begin(FLOW, where), SALES, where)
    assert session.cursor == "from"
    session = play(where, WITH_FILE, session)
    body, _ = result(where, session)
    assert body["totals"]["median"] == 208_00
    session = engine.advance(FLOW, session, Edit("to"), where)
    session = play(where, {"to": "7 November 2025"}, session)
    body, _ = result(where, session)
    assert body["totals"]["median"] == 104_00


def test_a_file_may_come_when_the_questions_by_hand_are_being_asked() -> None:
    where = context()
    script = {key: BY_HAND[key] for key in ("from", "to", "sales")}
    session = play(where, script)
    assert session.cursor == "realised"
    assert sales_arrived(session, SALES, where).cursor == "margin"


def test_a_file_that_does_not_say_its_tax_asks_for_it() -> None:
    # 1 000 ÷ 1.2 = 833.33 × 1.1 = 916.66, − 375 = 541.66; − 20 % = 433.33; × 40 % = 173.33
    where = context()
    session = sales_arrived(engine.begin(FLOW, where), replace(SALES, tax=""), where)
    script = {**WITH_FILE, "tax": Choose("included"), "vat": "20"}
    body, said = result(where, play(where, script, session))
    assert body["totals"]["median"] == 173_33
    assert "brought back before tax, at 20%" in said


def test_a_file_that_stops_during_the_outage_asks_whether_nothing_was_sold() -> None:
    where = context()
    short = replace(SALES, days={d: n for d, n in SALES.days.items() if d <= date(2025, 11, 7)})
    session = sales_arrived(play(where, WITH_FILE), short, where)
    assert session.cursor == "stopped"
    assert "stops on 7 November 2025" in engine.render(FLOW, session, where).text
    nothing_sold = {**WITH_FILE, "stopped": Choose("yes")}
    body, _ = result(where, play(where, nothing_sold, session))
    # 10 × 110 − 5 × 45 = 875, − 20 % = 700, × 40 % = 280
    assert body["totals"]["median"] == 280_00
    missing = {**WITH_FILE, "stopped": Choose("no")}
    body, said = result(where, play(where, missing, session))
    assert body["totals"]["median"] == 104_00
    assert "5 days are not counted" in said


def test_a_file_of_another_year_is_refused_and_changes_nothing() -> None:
    where = context()
    session = play(where, WITH_FILE)
    old = replace(SALES, days={d: n for d, n in SALES.days.items() if d.year == 2024})
    with pytest.raises(SalesFileError, match="no sales during the outage"):
        sales_step_update(session.answers, old, where)


def test_a_file_is_kept_short() -> None:
    where = context()
    long = replace(SALES, days=days(date(2005, 1, 1), date(2025, 11, 20), 1_00))
    kept = sales_step_update({}, long, where)["sales"]["days"]
    assert len(kept) == 1151


def test_an_invoice_sent_while_its_question_is_asked_proves_its_line() -> None:
    where = context(data={"files_at": {"8": "repair", "9": "margin"}})
    body, said = result(where, play(where, BY_HAND))
    repair = next(line for line in body["lines"] if line["key"] == "repair")
    assert (repair["exhibits"], repair["proved"]) == ([8], True)
    margin = next(line for line in body["lines"] if line["key"] == "margin")
    assert (margin["exhibits"], margin["proved"]) == ([9], False)
    assert "exhibit 8, proved" in said


def test_the_cap_of_the_contract_is_a_second_figure() -> None:
    where = context(
        contract=Contract(liability_cap_cents=5_500_00), client=Party(profile="business")
    )
    body, said = result(where, play(where, BY_HAND))
    assert body["totals"]["capped"] == [5_245_00, 5_500_00, 5_500_00]
    assert "Under the cap of the contract: from €5,245 to €5,500." in said


def test_a_notice_that_was_not_sent_is_recalled() -> None:
    where = context()
    _, said = result(where, play(where, BY_HAND))
    assert "takes a formal notice first" in said
    assert where.file is not None
    sent = replace(where, file=replace(where.file, letters=(Letter("notice", {}, status="sent"),)))
    _, said = result(sent, play(sent, BY_HAND))
    assert "takes a formal notice first" not in said


def test_dates_the_wrong_way_round_are_refused_at_the_end() -> None:
    where = context()
    session = play(where, {**BY_HAND, "to": "1 November 2025"})
    with pytest.raises(InvalidAnswer, match="end is before"):
        FLOW.finish(engine.final_answers(FLOW, session, where), where)


def test_an_estimate_of_nothing_is_refused() -> None:
    where = context()
    script = {
        **BY_HAND, "realised": Ignore(), "last_year": Ignore(), "usual": Ignore(),
        "costs": Choose("no"),
    }  # fmt: skip
    session = play(where, script)
    with pytest.raises(InvalidAnswer, match="nothing to count"):
        FLOW.finish(engine.final_answers(FLOW, session, where), where)


def test_the_first_sentence_may_hold_the_dates() -> None:
    where = context()
    session = engine.begin(FLOW, where, "en panne du 3 novembre 2025 au 12 novembre 2025")
    assert session.cursor == "sales"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("42", "42"),
        ("42 %", "42"),
        ("42,5%", "42.5"),
        ("0", "0"),
        ("100", "100"),
        ("8.25", "8.25"),
    ],
)
def test_a_rate_is_read(typed: str, kept: str) -> None:
    assert Percent().parse(typed, context()) == kept


@pytest.mark.parametrize("typed", ["", "beaucoup", "101", "0,42", "-5", "42 €"])
def test_what_is_no_rate_is_refused(typed: str) -> None:
    with pytest.raises(InvalidAnswer):
        Percent().parse(typed, context())


@pytest.mark.parametrize("typed", ["non", "je n'en ai pas", "I don't have one", "no file"])
def test_having_no_file_is_an_answer(typed: str) -> None:
    assert SalesFile().parse(typed, context()) == "none"


def test_anything_else_is_no_file() -> None:
    with pytest.raises(InvalidAnswer, match="send the file here"):
        SalesFile().parse("demain", context())


def test_an_unknown_margin_with_unknown_figures_leaves_the_margin_out() -> None:
    where = context()
    script = {**BY_HAND, "margin": Ignore(), "revenue": Ignore()}
    session = play(where, script)
    assert session.answers["margin"] == UNKNOWN
    body, said = result(where, session)
    assert body["totals"]["median"] == 1_150_00
    assert "a margin rate is needed" in said


def test_a_real_file_is_read_and_shown_on_the_review() -> None:
    where = context()
    folder = Path(__file__).parents[1] / "data" / "sales"
    sales = read_sales((folder / "subtotals.csv").read_bytes(), "subtotals.csv")
    session = sales_arrived(engine.begin(FLOW, where), sales, where)
    shown = SalesFile().show(session.answers["sales"], where)
    assert shown == "subtotals.csv, from 3 November 2025 to 13 November 2025"
