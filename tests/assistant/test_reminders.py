"""Reminders: each exactly once through restarts and kills, in the day, moved, put off, stopped."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.assistant import deadlines
from bot.assistant.reminders import tick
from bot.assistant.turn import Turn
from bot.casefile.deadlines import reminder_times
from bot.casefile.models import Due, Event
from bot.casefile.rules import read_deadlines
from bot.faq.library import Library
from bot.i18n import PARIS, Catalogues
from bot.messages import Incoming, Reply
from bot.store.reminders import Reminders
from bot.store.store import Store
from bot.store.users import User


def paris(*parts: int) -> datetime:
    """A moment in Paris, in UTC."""
    return datetime(*parts, tzinfo=PARIS).astimezone(UTC)  # type: ignore[arg-type,misc]


@dataclass
class World:
    """A store on disk, a clock that the test moves, and people who press buttons."""

    folder: Path
    library: Library
    catalogues: Catalogues
    now: datetime
    store: Store

    def restart(self) -> None:
        """As after the end of the process: nothing is kept but the file."""
        self.store.close()
        self.store = Store(self.folder)

    def turn(self, name: str, act: Callable[[Turn], None], language: str = "en") -> list[Reply]:
        """One turn of a person, kept as the assistant keeps it."""
        incoming = Incoming("console", name, self.now)
        with self.store.transaction():
            user = self.store.users.get(incoming.user)
            if user is None:
                user = User(incoming.user, "console", name, self.now, language=language)
                self.store.users.save(user)
            turn = Turn(self.store, self.library, self.catalogues, PARIS, incoming, user)
            act(turn)
            self.store.users.save(turn.user)
        return turn.replies

    def note(self, name: str, kind: str, on: date, language: str = "en", **more: Any) -> str:
        event = Event(kind, on, **more)
        return text_of(self.turn(name, lambda t: deadlines.note_event(t, event), language))

    def press(self, name: str, data: str) -> list[Reply]:
        """Press a standing button, as the assistant passes it on."""
        room, verb, *args = data.split(":")
        assert room == "d"
        return self.turn(name, lambda turn: deadlines.press(turn, verb, args))

    def tick(self) -> int:
        return tick(self.store, self.library, self.catalogues, PARIS, self.now)

    def run_until(self, end: datetime, step: timedelta = timedelta(minutes=37)) -> None:
        while self.now < end:
            self.now += step
            self.tick()

    def outbox(self, name: str) -> list[tuple[datetime, Reply]]:
        """Every reminder that a person was sent, with the moment."""
        created = {
            row["id"]: datetime.fromisoformat(row["created"])
            for row in self.store.database.query("SELECT id, created FROM outbox")
        }
        waiting = self.store.outbox.waiting(f"console:{name}")
        return [(created[sent.id], sent.reply) for sent in waiting]

    def dues(self, name: str) -> tuple[Due, ...]:
        [case] = self.store.cases.of(f"console:{name}")
        return self.store.cases.file(case).dues

    def waiting(self, name: str, due: int) -> list[datetime]:
        [case] = self.store.cases.of(f"console:{name}")
        return Reminders(self.store.database).waiting(case.id, due)


def text_of(replies: list[Reply]) -> str:
    return "\n".join(reply.text for reply in replies)


START = paris(2026, 10, 1, 10, 0)
LATE = "This reminder is late"


@pytest.fixture
def world(tmp_path: Path, library: Library, catalogues: Catalogues) -> Iterator[World]:
    folder = tmp_path / "data"
    world = World(folder, library, catalogues, START, Store(folder))
    yield world
    world.store.close()


EVENTS = (
    ("order-to-pay-served", date(2026, 9, 28)),
    ("notice-received:standard", date(2026, 10, 10)),
    ("notice-received:heavy", date(2026, 10, 2)),
    ("judgment-served:interim", date(2026, 10, 20)),
    ("simplified-collection", date(2026, 11, 3)),
    ("insolvency-published", date(2026, 10, 26)),
    ("direct-debit", date(2026, 9, 30)),
    ("review-published", date(2026, 9, 20)),
    ("domain-deleted:fr", date(2026, 11, 20)),
    ("data-breach", date(2026, 10, 24)),
)
RESTARTS = [START + timedelta(days=8 * n, hours=5 * n) for n in range(1, 11)]
NINETY_DAYS = START + timedelta(days=90)


def test_through_ninety_days_and_ten_restarts_each_reminder_comes_exactly_once(
    world: World,
) -> None:
    rules = read_deadlines(world.library.knowledge).rules
    for name in ("anna", "paul"):
        for kind, on in EVENTS:
            world.note(name, kind, on)
        world.press(name, "d:on")
    expected = Counter(
        at
        for due in world.dues("anna")
        for at in reminder_times(due, rules[due.rule], PARIS)
        if START < at <= NINETY_DAYS
    )
    for restart in RESTARTS:
        world.run_until(restart)
        world.restart()
    world.run_until(NINETY_DAYS)
    assert sum(expected.values()) == 29  # counted by hand
    for name in ("anna", "paul"):
        found = world.outbox(name)
        meant = Counter(
            datetime.fromisoformat(row["at"])
            for row in world.store.database.query(
                "SELECT r.at FROM reminders r JOIN cases c ON c.id = r.case_id"
                " WHERE r.state = 'sent' AND c.user = ?",
                [f"console:{name}"],
            )
        )
        assert meant == expected
        assert len(found) == sum(expected.values())
        assert len({reply.text for _, reply in found}) == len(found)
        assert not any(LATE in reply.text for _, reply in found)
        clocks = {at.astimezone(PARIS).time() for at, _ in found}
        assert all(time(8) <= clock < time(21) for clock in clocks)


def test_the_night_the_clocks_change_reminders_still_come_once_and_at_nine(world: World) -> None:
    for day in range(8, 14):  # 15 days later: from Friday 23 to Thursday 29 October
        world.note("anna", "notice-received:standard", date(2026, 10, day))
    world.press("anna", "d:on")
    world.run_until(paris(2026, 10, 30, 12, 0), timedelta(minutes=1))
    found = [at.astimezone(PARIS) for at, _ in world.outbox("anna")]
    assert {(at.hour, at.minute) for at in found} == {(9, 0)}
    assert len(found) == 12


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a forked process")
def test_killed_anywhere_while_reminders_go_out_none_is_lost_or_doubled(world: World) -> None:
    for day in range(2, 12):
        world.note("anna", "notice-received:standard", date(2026, 10, day))
    world.press("anna", "d:on")
    world.now = paris(2026, 10, 27, 9, 30)
    for statement in (3, 5, 8, 9, 10, 11, 12, 13, 14, 40, 41):
        world.store.close()
        child = os.fork()
        if child == 0:
            _tick_until_killed(world, statement)
        _, status = os.waitpid(child, 0)
        assert os.WTERMSIG(status) == signal.SIGKILL
        world.store = Store(world.folder)
    world.tick()
    sent = [r["due"] for r in world.store.database.query("SELECT due FROM reminders")]
    assert len(world.outbox("anna")) == len(sent) == 20
    assert world.waiting("anna", 1) == []


def _tick_until_killed(world: World, statement: int) -> None:
    """In a process of its own: dies as its `statement`-th SQL statement begins."""
    world.store = Store(world.folder)
    seen = 0

    def count(_sql: str) -> None:
        nonlocal seen
        seen += 1
        if seen == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    world.store.database.conn.set_trace_callback(count)
    world.tick()
    os._exit(1)  # more statements than there were: the test asks for a kill


def test_nobody_is_written_to_in_the_quiet_hours(world: World) -> None:
    world.note("anna", "notice-received:standard", date(2026, 10, 10))
    world.press("anna", "d:on")
    world.now = paris(2026, 10, 24, 23, 0)
    assert world.tick() == 0
    world.now = paris(2026, 10, 26, 7, 59)
    assert world.tick() == 0
    world.now = paris(2026, 10, 26, 8, 0)
    assert world.tick() == 1


def test_a_reminder_that_could_not_go_out_in_time_says_that_it_is_late(world: World) -> None:
    world.note("anna", "notice-received:standard", date(2026, 10, 10))  # until Monday the 26th
    world.press("anna", "d:on")
    world.now = paris(2026, 10, 24, 20, 59)  # not yet twelve hours after nine
    assert world.tick() == 1
    world.restart()
    world.now = paris(2026, 10, 28, 10, 0)
    assert world.tick() == 1
    in_time, late = [reply.text for _, reply in world.outbox("anna")]
    assert LATE not in in_time
    assert late.startswith(f"{LATE}: it was meant for 26 October 2026 at 09:00")
    assert "Monday, 26 October 2026: this date has passed" in late


def test_reminders_go_only_to_those_who_asked(world: World) -> None:
    said = world.note("anna", "notice-received:standard", date(2026, 10, 10))
    assert "Reminders are off." in said
    world.run_until(paris(2026, 11, 1, 12, 0))
    assert world.outbox("anna") == []


def test_turned_on_later_only_what_is_still_to_come_is_sent(world: World) -> None:
    world.note("anna", "order-to-pay-served", date(2026, 9, 28))  # 28 October: 18, 25, 28
    world.now = paris(2026, 10, 20, 12, 0)
    world.press("anna", "d:on")
    world.run_until(paris(2026, 11, 5, 12, 0))
    assert [at.astimezone(PARIS).day for at, _ in world.outbox("anna")] == [25, 28]


def test_turned_off_nothing_is_sent_and_turned_on_again_it_is(world: World) -> None:
    world.note("anna", "order-to-pay-served", date(2026, 9, 28))
    world.press("anna", "d:on")
    world.press("anna", "d:off")
    world.run_until(paris(2026, 10, 26, 12, 0))
    assert world.outbox("anna") == []
    world.press("anna", "d:on")
    world.run_until(paris(2026, 11, 5, 12, 0))
    assert [at.astimezone(PARIS).day for at, _ in world.outbox("anna")] == [28]


def test_a_user_who_blocked_the_bot_is_told_late_once_back(world: World) -> None:
    world.note("anna", "simplified-collection", date(2026, 10, 1))  # 1 November: 25, 31 October
    world.press("anna", "d:on")
    world.store.users.unreachable("console:anna")
    world.run_until(paris(2026, 10, 27, 12, 0))
    assert world.outbox("anna") == []
    user = world.store.users.get("console:anna")
    assert user is not None
    world.store.users.save(replace(user, reachable=True))
    world.run_until(paris(2026, 11, 5, 12, 0))
    assert [LATE in reply.text for _, reply in world.outbox("anna")] == [True, False]


def test_a_closed_case_reminds_of_nothing(world: World) -> None:
    world.note("anna", "order-to-pay-served", date(2026, 9, 28))
    world.press("anna", "d:on")
    [case] = world.store.cases.of("console:anna")
    world.store.cases.set_status(case.id, "closed", world.now)
    world.run_until(paris(2026, 11, 5, 12, 0))
    assert world.outbox("anna") == []


@pytest.mark.parametrize("days", [1, 3, 7])
def test_a_snoozed_reminder_comes_again_once_at_nine(world: World, days: int) -> None:
    world.note("anna", "direct-debit", date(2026, 9, 15))  # 10 November: 3 and 9 November
    world.press("anna", "d:on")
    world.run_until(paris(2026, 11, 3, 12, 0))
    [(_, reminder)] = world.outbox("anna")
    snooze = next(b for b in reminder.buttons[1] if b.data.endswith(f":{days}"))
    said = text_of(world.press("anna", snooze.data))
    again = date(2026, 11, 3) + timedelta(days=days)
    assert f"again on {world.catalogues.translator('en').weekday(again)}" in said
    world.run_until(paris(2026, 11, 20, 12, 0))
    found = [at.astimezone(PARIS) for at, _ in world.outbox("anna")[1:]]
    days_sent = [at.date() for at in found if at < paris(2026, 11, 11, 0, 0)]
    # The one that the rule plans for the 9th still comes, but not before a later snooze.
    assert days_sent == ([again, date(2026, 11, 9)] if days < 6 else [again])
    assert {at.hour for at in found} == {9}


def test_a_second_snooze_takes_the_place_of_the_first(world: World) -> None:
    world.note("anna", "review-published", date(2026, 9, 20))  # 20 December
    world.press("anna", "d:on")
    world.press("anna", "d:snooze:1-1:7")
    world.press("anna", "d:snooze:1-1:3")
    world.press("anna", "d:snooze:1-1:3")
    assert world.waiting("anna", 1)[0] == paris(2026, 10, 4, 9, 0)
    assert world.waiting("anna", 1)[1] == paris(2026, 11, 20, 9, 0)


def test_a_snooze_past_the_last_day_is_warned_of(world: World) -> None:
    world.note("anna", "notice-received:standard", date(2026, 9, 20))  # 5 October
    world.press("anna", "d:on")
    assert "after the last day, Monday, 5 October 2026" in text_of(
        world.press("anna", "d:snooze:1-1:7")
    )
    assert "after the last day" not in text_of(world.press("anna", "d:snooze:1-1:3"))


def test_what_is_done_is_not_reminded_of_and_says_so_when_pressed_again(world: World) -> None:
    world.note("anna", "order-to-pay-served", date(2026, 9, 28))
    world.press("anna", "d:on")
    world.run_until(paris(2026, 10, 19, 12, 0))
    [(_, reminder)] = world.outbox("anna")
    done = reminder.buttons[0][0]
    assert text_of(world.press("anna", done.data)).startswith("Well done.")
    assert text_of(world.press("anna", done.data)) == "This date is marked as done already."
    assert [due.status for due in world.dues("anna")] == ["done"]
    world.run_until(paris(2026, 11, 5, 12, 0))
    assert len(world.outbox("anna")) == 1


def test_what_is_stopped_is_kept_but_not_reminded_of(world: World) -> None:
    world.note("anna", "insolvency-published", date(2026, 9, 28))
    world.press("anna", "d:on")
    world.press("anna", "d:stop:1-1")
    assert [due.status for due in world.dues("anna")] == ["stopped", "open"]
    world.run_until(paris(2026, 12, 20, 12, 0))
    assert world.outbox("anna") == []


def test_a_moved_event_moves_its_dates_and_says_from_what_to_what(world: World) -> None:
    world.note("anna", "order-to-pay-served", date(2026, 9, 28))
    world.press("anna", "d:on")
    world.run_until(paris(2026, 10, 19, 12, 0))  # the first of three went out on the 18th
    assert len(world.outbox("anna")) == 1
    said = text_of(world.turn("anna", lambda t: deadlines.change_event(t, 1, date(2026, 10, 5))))
    assert "Moved: from Wednesday, 28 October 2026 to Thursday, 5 November 2026" in said
    assert [(due.number, due.due) for due in world.dues("anna")] == [(1, date(2026, 11, 5))]
    assert world.waiting("anna", 1) == [
        paris(2026, 10, 26, 9, 0), paris(2026, 11, 2, 9, 0), paris(2026, 11, 5, 9, 0),
    ]  # fmt: skip
    world.run_until(paris(2026, 11, 20, 12, 0))
    assert len(world.outbox("anna")) == 4


def test_an_event_noted_again_unchanged_plans_nothing_twice(world: World) -> None:
    world.note("anna", "order-to-pay-served", date(2026, 9, 28))
    world.press("anna", "d:on")
    before = world.waiting("anna", 1)
    said = world.note("anna", "order-to-pay-served", date(2026, 9, 28), number=1)
    assert "▸ Unchanged: Wednesday, 28 October 2026" in said
    assert world.waiting("anna", 1) == before
    assert len(world.dues("anna")) == 1


def test_what_was_done_stays_done_when_its_event_moves(world: World) -> None:
    world.note("anna", "order-to-pay-served", date(2026, 9, 28))
    world.press("anna", "d:on")
    world.press("anna", "d:done:1-1")
    world.turn("anna", lambda t: deadlines.change_event(t, 1, date(2026, 10, 5)))
    assert [(due.due, due.status) for due in world.dues("anna")] == [(date(2026, 11, 5), "done")]
    assert world.waiting("anna", 1) == []


def test_another_delay_for_the_same_letter_withdraws_the_first_and_can_bring_it_back(
    world: World,
) -> None:
    day = date(2026, 10, 9)
    world.note("anna", "notice-received:annoying", day)
    said = world.note("anna", "notice-received:heavy", day, number=1)
    assert "No longer due on Monday, 19 October 2026" in said
    assert [(due.rule, due.status) for due in world.dues("anna")] == [
        ("med_genant", "stopped"), ("med_lourd", "open"),
    ]  # fmt: skip
    world.note("anna", "notice-received:annoying", day, number=1)
    assert [(due.rule, due.status) for due in world.dues("anna")] == [
        ("med_genant", "open"), ("med_lourd", "stopped"),
    ]  # fmt: skip


def test_moving_what_does_not_exist_changes_nothing(world: World) -> None:
    said = text_of(world.turn("anna", lambda t: deadlines.change_event(t, 9, date(2026, 10, 5))))
    assert said == "There is no such date in this case."


def test_noting_an_event_tells_the_date_the_act_the_effect_and_the_law(world: World) -> None:
    said = world.note("anna", "order-to-pay-served", date(2027, 3, 5))
    for words in (
        "Noted: Order to pay served, Friday, 5 March 2027.",
        "▸ Monday, 5 April 2027",
        "Oppose the order to pay",
        "can in principle be enforced",
        "Delay: 1\N{NO-BREAK SPACE}month (CPC 1416).",
        "To be checked: the exact form of the opposition",
    ):
        assert words in said


def test_a_holiday_in_the_way_is_explained(world: World) -> None:
    moved = world.note("anna", "order-to-pay-served", date(2027, 4, 17))
    assert (
        "The count ends on Monday, 17 May 2027, not a working day: it moves to the next" in moved
    )
    kept = world.note("anna", "insolvency-published", date(2026, 12, 31))
    assert "to be safe, be ready by Friday, 26 February 2027" in kept
    back = world.note("anna", "hearing-set:civil", date(2027, 4, 13))
    assert "Monday, 29 March 2027, not a working day: it moves to the working day before" in back


def test_a_breach_without_its_time_is_counted_from_the_start_of_the_day(world: World) -> None:
    said = world.note("anna", "data-breach", date(2026, 9, 30))
    assert "3 October 2026 at 00:00" in said
    assert "from the start of that day, to be safe" in said


def test_the_reminder_speaks_the_language_of_its_user(world: World) -> None:
    world.note("anna", "order-to-pay-served", date(2026, 9, 28), "fr")
    world.press("anna", "d:on")
    world.note("paul", "order-to-pay-served", date(2026, 9, 28), "en")
    world.press("paul", "d:on")
    world.run_until(paris(2026, 10, 19, 12, 0))
    [(_, french)], [(_, english)] = world.outbox("anna"), world.outbox("paul")
    assert "Faire opposition" in french.text
    assert "Oppose the order" in english.text


def test_the_list_shows_open_dates_soonest_first_with_their_buttons(world: World) -> None:
    world.note("anna", "insolvency-published", date(2026, 9, 28))
    world.note("anna", "order-to-pay-served", date(2026, 9, 28))
    world.note("anna", "notice-received:standard", date(2026, 9, 20))
    world.press("anna", "d:done:1-2")
    [reply] = world.press("anna", "d:list")
    heads = [line for line in reply.text.splitlines() if line[:2] in {"1.", "2.", "3.", "4."}]
    assert heads == [
        "1. Monday, 5 October 2026: in 4 days",
        "2. Wednesday, 28 October 2026: in 27 days",
        "3. Saturday, 28 November 2026: in 58 days",
    ]
    assert [button.data for row in reply.buttons[:2] for button in row] == [
        "d:done:1-4", "d:stop:1-4", "d:move:1-4",
        "d:snooze:1-4:1", "d:snooze:1-4:3", "d:snooze:1-4:7",
    ]  # fmt: skip
    assert [button.data for button in reply.buttons[-1]] == ["d:on"]


def test_an_empty_list_offers_to_note_a_date(world: World) -> None:
    [reply] = world.press("anna", "d:list")
    assert reply.buttons[0][0].data == "f:deadline"


@pytest.mark.parametrize(
    "data",
    ["d:done:1-9", "d:done:2-1", "d:done:x", "d:done", "d:snooze:1-1:4", "d:snooze:1-1", "d:x:1-1",
     "d:done:1-1'--", "d:done:99999999-1"],
)  # fmt: skip
def test_a_forged_button_changes_nothing_and_says_nothing(world: World, data: str) -> None:
    world.note("anna", "order-to-pay-served", date(2026, 9, 28))
    before = (world.dues("anna"), world.waiting("anna", 1))
    assert world.press("anna", data) == []
    assert (world.dues("anna"), world.waiting("anna", 1)) == before


def test_a_button_reaches_the_presser_s_own_cases_alone(world: World) -> None:
    world.note("anna", "order-to-pay-served", date(2026, 9, 28))
    assert world.press("eve", "d:done:1-1") == []
    assert [due.status for due in world.dues("anna")] == ["open"]


def test_a_damaged_row_does_not_hold_up_the_others(world: World) -> None:
    for name in ("anna", "paul"):
        world.note(name, "order-to-pay-served", date(2026, 9, 28))
        world.press(name, "d:on")
    [case] = world.store.cases.of("console:anna")
    world.store.database.execute(
        "UPDATE records SET body = '{}' WHERE kind = 'due' AND case_id = ?", [case.id]
    )
    world.now = paris(2026, 10, 18, 9, 1)
    with pytest.raises(ValueError, match="Due"):
        world.tick()
    assert [len(world.outbox(name)) for name in ("anna", "paul")] == [0, 1]


def test_everything_of_a_due_date_is_in_the_journal(world: World) -> None:
    world.note("anna", "order-to-pay-served", date(2026, 9, 28))
    world.turn("anna", lambda t: deadlines.change_event(t, 1, date(2026, 10, 5)))
    world.press("anna", "d:done:1-1")
    [case] = world.store.cases.of("console:anna")
    assert [row["event"] for row in world.store.cases.journal(case.id)] == [
        "case opened", "event added", "due added", "event changed", "due changed", "due changed",
    ]  # fmt: skip
    assert list(world.store.altered()) == []


def test_a_reminder_is_marked_once_by_whoever_comes_first_and_never_once_done(
    world: World,
) -> None:
    for day in (10, 11):
        world.note("anna", "notice-received:standard", date(2026, 10, day))
    world.press("anna", "d:on")
    later = paris(2026, 10, 24, 9, 1)
    second = Store(world.folder)  # another process that looked at the same moment
    mine, theirs = (Reminders(store.database) for store in (world.store, second))
    first, other = mine.due_now(later)
    assert theirs.due_now(later) == [first, other]
    assert mine.mark_sent(first.id, later)
    assert not theirs.mark_sent(first.id, later)
    theirs.done(other.case, other.due)
    assert not mine.mark_sent(other.id, later)
    second.close()
