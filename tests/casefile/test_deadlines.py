"""Due dates: hand-reasoned cases, the arithmetic on any day, the times of reminders, the data."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.casefile.deadlines import (
    QUIET,
    add_months,
    due_dates,
    is_quiet,
    is_working_day,
    letter_event,
    next_working_day,
    previous_working_day,
    reminder_times,
    snooze_time,
)
from bot.casefile.models import Due, Event
from bot.casefile.rules import Deadlines, read_deadlines
from bot.errors import KnowledgeError
from bot.faq.entry import Knowledge
from bot.faq.library import Library
from bot.i18n import PARIS

TESTS = Path(__file__).parent.parent
CASES = [
    json.loads(line)
    for line in (TESTS / "data" / "due_dates.jsonl").read_text("utf-8").splitlines()
]
DAYS = st.dates(date(1995, 1, 1), date(2060, 12, 31))
MOMENTS = st.integers(0, 20 * 365 * 24 * 60).map(
    lambda minutes: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@pytest.fixture(scope="module")
def knowledge(library: Library) -> Knowledge:
    return library.knowledge


@pytest.fixture(scope="module")
def deadlines(knowledge: Knowledge) -> Deadlines:
    return read_deadlines(knowledge)


def due_of(rule: str, event: Event, knowledge: Knowledge) -> Due:
    return next(due for due in due_dates(event, knowledge, PARIS) if due.rule == rule)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['rule']} from {case['on']}")
def test_a_due_date_is_the_one_reasoned_by_hand(
    case: dict[str, Any], knowledge: Knowledge
) -> None:
    at = datetime.fromisoformat(case["at"]) if "at" in case else None
    event = Event(case["event"], date.fromisoformat(case["on"]), number=4, at=at)
    due_at = datetime.fromisoformat(case["due_at"]) if "due_at" in case else None
    expected = Due(case["rule"], date.fromisoformat(case["due"]), 4, due_at)
    assert due_of(case["rule"], event, knowledge) == expected


def test_the_cases_cover_more_than_forty_dates() -> None:
    assert len(CASES) >= 44
    assert len({(case["event"], case["on"], case["rule"]) for case in CASES}) == len(CASES)


def test_every_event_makes_something_due(knowledge: Knowledge, deadlines: Deadlines) -> None:
    silent = []
    for kind in deadlines.events.values():
        for choice in [key for key, _ in kind.choices] or [""]:
            name = f"{kind.id}:{choice}" if choice else kind.id
            if not due_dates(Event(name, date(2026, 11, 24)), knowledge, PARIS):
                silent.append(name)
    assert silent == []


def test_a_choice_leaves_the_rules_of_the_others_out(knowledge: Knowledge) -> None:
    event = Event("notice-received:annoying", date(2026, 11, 24))
    assert [due.rule for due in due_dates(event, knowledge, PARIS)] == ["med_genant"]


def test_a_known_profile_leaves_out_what_does_not_hold_for_it(knowledge: Knowledge) -> None:
    event = Event("renewal-term", date(2027, 3, 31))
    found = {
        profile: [due.rule for due in due_dates(event, knowledge, PARIS, profile=profile)]
        for profile in ("", "business", "nonprofessional")
    }
    both = ["refuser_reconduction", "tacite_info"]
    assert found == {"": both, "business": ["refuser_reconduction"], "nonprofessional": both}


def test_an_event_that_the_file_no_longer_has_makes_nothing_due(knowledge: Knowledge) -> None:
    assert due_dates(Event("gone", date(2026, 11, 24)), knowledge, PARIS) == []


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2028, 2, 29), 48, date(2032, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
    ],
)
def test_months_keep_the_number_of_the_day_or_end_with_the_month(
    day: date, count: int, expected: date
) -> None:
    assert add_months(day, count) == expected


@given(DAYS, st.integers(-60, 60))
def test_months_land_in_the_right_month_on_any_day(day: date, count: int) -> None:
    found = add_months(day, count)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == count
    clipped = (found + timedelta(days=1)).day == 1
    assert found.day == day.day or (found.day < day.day and clipped)


@given(DAYS)
def test_a_working_day_is_found_on_both_sides_with_none_in_between(day: date) -> None:
    after, before = next_working_day(day), previous_working_day(day)
    assert before <= day <= after
    assert is_working_day(before)
    assert is_working_day(after)
    gap = [before + timedelta(days=n) for n in range(1, (after - before).days)]
    assert not any(is_working_day(d) for d in gap if d != day)


@given(DAYS)
def test_a_rolled_due_date_is_a_working_day_and_never_early(library: Library, day: date) -> None:
    for kind in ("order-to-pay-served", "notice-received:standard", "judgment-served:interim"):
        [due] = due_dates(Event(kind, day), library.knowledge, PARIS)
        assert is_working_day(due.due)
        assert due.due > day
    for due in due_dates(Event("hearing-set:commercial", day), library.knowledge, PARIS):
        assert is_working_day(due.due)
        assert due.due < day


@given(MOMENTS)
def test_hours_are_counted_as_they_elapse(library: Library, at: datetime) -> None:
    event = Event("data-breach", at.astimezone(PARIS).date(), at=at)
    for due in due_dates(event, library.knowledge, PARIS):
        assert due.due_at is not None
        assert due.due_at - at == timedelta(hours=72)
        assert due.due == due.due_at.astimezone(PARIS).date()


@given(DAYS)
def test_reminders_come_at_nine_on_the_days_of_the_rule(library: Library, day: date) -> None:
    deadlines = read_deadlines(library.knowledge)
    rule = deadlines.rules["opposition_ip"]
    [due] = due_dates(Event("order-to-pay-served", day), library.knowledge, PARIS)
    local = [at.astimezone(PARIS) for at in reminder_times(due, rule, PARIS)]
    assert [at.time() for at in local] == [time(9)] * 3
    assert [(at.date() - due.due).days for at in local] == [-10, -3, 0]


@given(MOMENTS)
def test_reminders_in_hours_keep_out_of_the_night_and_come_in_time(
    library: Library, at: datetime
) -> None:
    event = Event("data-breach", at.astimezone(PARIS).date(), at=at)
    rule = read_deadlines(library.knowledge).rules["cnil_72h"]
    due = due_of("cnil_72h", event, library.knowledge)
    assert due.due_at is not None
    times = reminder_times(due, rule, PARIS)
    assert times
    assert not any(is_quiet(found, PARIS) for found in times)
    assert all(found < due.due_at for found in times)


def test_a_reminder_that_the_night_would_delay_past_the_end_comes_the_evening_before(
    deadlines: Deadlines,
) -> None:
    end = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)  # Thursday, 4 am in Paris
    due = Due("cnil_72h", date(2026, 11, 26), 1, end)
    assert reminder_times(due, deadlines.rules["cnil_72h"], PARIS) == [
        datetime(2026, 11, 24, 7, 0, tzinfo=UTC),  # 48 hours before is 4 am: at 8 instead
        datetime(2026, 11, 25, 7, 0, tzinfo=UTC),  # 24 hours before is 4 am: at 8 instead
        datetime(2026, 11, 25, 19, 0, tzinfo=UTC),  # 6 hours before is 10 pm: at 8 pm instead
    ]


def test_quiet_hours_of_ones_own_move_the_reminder_to_their_end(deadlines: Deadlines) -> None:
    due = Due("med_genant", date(2026, 11, 26), 1)
    times = reminder_times(due, deadlines.rules["med_genant"], PARIS, (time(8), time(12, 30)))
    assert [at.astimezone(PARIS).time() for at in times] == [time(12, 30)] * 2


@pytest.mark.parametrize(
    ("hour", "minute", "quiet"),
    [(20, 59, False), (21, 0, True), (0, 0, True), (7, 59, True), (8, 0, False)],
)
def test_the_quiet_hours_begin_at_nine_and_end_at_eight(
    hour: int, minute: int, quiet: bool
) -> None:
    at = datetime(2026, 11, 24, hour, minute, tzinfo=PARIS)
    assert is_quiet(at, PARIS, QUIET) is quiet


def test_a_snooze_comes_at_nine_whatever_the_clocks_did_meanwhile() -> None:
    friday_evening = datetime(2026, 10, 23, 22, 30, tzinfo=PARIS)
    found = [snooze_time(friday_evening, days, PARIS) for days in (1, 3)]
    assert found == [
        datetime(2026, 10, 24, 7, 0, tzinfo=UTC),
        datetime(2026, 10, 26, 8, 0, tzinfo=UTC),
    ]


def test_the_delay_of_a_letter_picks_its_rule_or_becomes_a_fixed_day(
    deadlines: Deadlines,
) -> None:
    received = date(2026, 11, 24)
    assert [letter_event(deadlines, received, days, 2) for days in (3, 8, 15, 30, 10)] == [
        Event("notice-received:urgent", received, 2),
        Event("notice-received:annoying", received, 2),
        Event("notice-received:standard", received, 2),
        Event("notice-received:heavy", received, 2),
        Event("notice-day", date(2026, 12, 4), 2),
    ]


def test_no_sentence_keeps_a_placeholder_or_lacks_a_language(deadlines: Deadlines) -> None:
    texts = [
        text
        for rule in deadlines.rules.values()
        for text in (*rule.what.values(), *rule.effect.values())
    ] + [
        text
        for kind in deadlines.events.values()
        for text in (*kind.label.values(), *kind.ask.values())
    ]
    assert [text for text in texts if not text or "{{" in text] == []


def test_the_labels_of_events_fit_a_button(deadlines: Deadlines) -> None:
    labels = [label for kind in deadlines.events.values() for label in kind.label.values()]
    assert [label for label in labels if len(label) >= 28] == []


GOOD_EVENT = {
    "id": "e",
    "group": "court",
    "fr": "Un",
    "en": "One",
    "ask_fr": "Quand ?",
    "ask_en": "When?",
}
GOOD_RULE = {
    "id": "r",
    "event": "e",
    "value": "opposition_ip",
    "direction": "after",
    "basis": "calendar",
    "roll": "none",
    "fr": "À faire",
    "en": "To do",
    "effect_fr": "Sinon rien",
    "effect_en": "Else nothing",
    "reminders": "-3, 0",
}


def faults_of(knowledge: Knowledge, events: list[Any], rules: list[Any]) -> list[str]:
    broken = replace(knowledge, data={"deadlines": {"events": events, "rules": rules}})
    with pytest.raises(KnowledgeError) as caught:
        read_deadlines(broken)
    return [line.split(": ", 1)[1] for line in caught.value.findings]


def test_a_good_rule_is_read(knowledge: Knowledge) -> None:
    data = {"deadlines": {"events": [GOOD_EVENT], "rules": [GOOD_RULE]}}
    found = read_deadlines(replace(knowledge, data=data))
    assert found.rules["r"].offsets == (-3, 0)
    assert found.rules["r"].rolls is False


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"event": "x"}, "K044 r: there is no event 'x'"),
        ({"choice": "x"}, "K044 r: 'e' has no choice 'x'"),
        ({"value": "x"}, "K045 r: values.yaml has no 'x'"),
        ({"value": ""}, "K045 r: basis working needs a value"),
        (
            {"basis": "hours"},
            "K045 r: basis hours does not go with 'opposition_ip', counted in mois",
        ),
        ({"from": "x"}, "K046 r: from: 'x' is no rule of the same event that starts from it"),
        ({"check_fr": "À voir"}, "K048 r: one language is missing beside 'À voir'"),
        ({"fr": "Sous {{nothing}}"}, "K049 r: values.yaml has no 'nothing'"),
        ({"direction": "sideways"}, "K041 rules.r.direction: Input should be 'after' or 'before'"),
        ({"reminders": "-3; 0"}, "K041 rules.r.reminders.0: Input should be a valid integer,"),
        ({"profiles": "nobody"}, "K041 rules.r.profiles.0: Input should be 'consumer',"),
        ({"extra": "x"}, "K041 rules.r.extra: Extra inputs are not permitted"),
    ],
)
def test_a_fault_in_a_rule_is_told_in_clear_words(
    knowledge: Knowledge, change: dict[str, str], reason: str
) -> None:
    rule = GOOD_RULE | change
    if reason.endswith("needs a value"):
        rule["basis"] = "working"
    # A rule that is not read leaves its event without one, which is told as well.
    assert any(line.startswith(reason) for line in faults_of(knowledge, [GOOD_EVENT], [rule]))


def test_faults_between_events_and_rules_are_told_all_at_once(knowledge: Knowledge) -> None:
    second = GOOD_EVENT | {"id": "alone", "choose_fr": "Lequel ?", "choose_en": "Which?"}
    found = faults_of(knowledge, [GOOD_EVENT, GOOD_EVENT, second], [GOOD_RULE])
    assert found == [
        "K042 e: events: 'e' is there twice; keep one",
        "K043 alone: choose_fr, choose_en and choices go together",
        "K047 alone: no rule says what 'alone' starts",
    ]


def test_a_fault_names_the_file_and_the_line_of_its_item(
    knowledge: Knowledge, tmp_path: Path
) -> None:
    root = tmp_path / "knowledge"
    root.mkdir()
    (root / "deadlines.yaml").write_text("# a comment\n\nrules:\n  - id: r\n", "utf-8")
    data = {"deadlines": {"events": [GOOD_EVENT], "rules": [GOOD_RULE | {"value": "x"}]}}
    with pytest.raises(KnowledgeError) as caught:
        read_deadlines(replace(knowledge, data=data, root=root))
    assert caught.value.findings == ["knowledge/deadlines.yaml:4: K045 r: values.yaml has no 'x'"]


@pytest.mark.parametrize("data", ["words", ["a list"], {"event": []}, {"events": "x"}])
def test_a_file_of_another_shape_is_refused(knowledge: Knowledge, data: Any) -> None:
    with pytest.raises(KnowledgeError, match="K040"):
        read_deadlines(replace(knowledge, data={"deadlines": data}))


def test_without_the_file_nothing_is_due(knowledge: Knowledge) -> None:
    empty = replace(knowledge, data={})
    assert due_dates(Event("order-to-pay-served", date(2026, 11, 24)), empty, PARIS) == []
