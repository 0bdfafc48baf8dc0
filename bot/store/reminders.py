"""Reminders of due dates: planned, moved, put off, and each sent exactly once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlite_utils import Database

from bot.store.database import row, rows, transaction

LATE_AFTER = timedelta(hours=12)
"""A reminder sent later than this after its time is said to be late."""

_PLANNED, _SNOOZED, _SENT = "planned", "snoozed", "sent"


@dataclass(frozen=True, slots=True)
class Reminder:
    """One that is to be sent now.

    Attributes:
        case: the id of its case; `due` is the number of its due date there.
        label: what it is about, should its rule be gone.
        at: when it was meant for.
        late: that is long ago.
    """

    id: int
    user: str
    case: int
    due: int
    label: str
    at: datetime
    late: bool


@dataclass(frozen=True, slots=True)
class Reminders:
    """The reminders of all cases. Times are stored in UTC, to the second."""

    database: Database

    def plan(self, case: int, due: int, label: str, times: Iterable[datetime]) -> None:
        """Add reminders of a due date; a time that it already has, sent or not, is left alone."""
        with transaction(self.database):
            for at in times:
                self._add(case, due, label, at, _PLANNED)

    def replan(self, case: int, due: int, label: str, times: Iterable[datetime]) -> None:
        """Put `times` in the place of all those of a due date that were not sent."""
        with transaction(self.database):
            self.done(case, due)
            self.plan(case, due, label, times)

    def due_now(self, now: datetime) -> list[Reminder]:
        """Those whose time has come, oldest first.

        Only of open cases, and of users who asked for reminders and can be reached.
        """
        found = rows(
            self.database,
            "SELECT r.*, c.user AS user FROM reminders r"
            " JOIN cases c ON c.id = r.case_id JOIN users u ON u.id = c.user"
            " WHERE r.state IN (?, ?) AND r.at <= ?"
            " AND u.reminders = 1 AND u.reachable = 1 AND c.status = 'open' ORDER BY r.at, r.id",
            _PLANNED,
            _SNOOZED,
            _text(now),
        )
        return [
            Reminder(
                id=item["id"],
                user=item["user"],
                case=item["case_id"],
                due=item["due"],
                label=item["label"] or "",
                at=(at := datetime.fromisoformat(item["at"])),
                late=now - at > LATE_AFTER,
            )
            for item in found
        ]

    def mark_sent(self, id: int, now: datetime) -> bool:
        """Note that it goes out; in the same transaction as its reply.

        Returns:
            False when it went out already, or is no longer wanted: it must not be sent.
        """
        changed = self.database.execute(
            "UPDATE reminders SET state = ?, sent = ? WHERE id = ? AND state IN (?, ?)",
            [_SENT, _text(now), id, _PLANNED, _SNOOZED],
        )
        return changed.rowcount == 1

    def snooze(self, case: int, due: int, label: str, at: datetime) -> None:
        """Remind again at `at`, and not before; an earlier snooze is forgotten."""
        with transaction(self.database):
            self.database.execute(
                "DELETE FROM reminders WHERE case_id = ? AND due = ?"
                " AND (state = ? OR (state = ? AND at <= ?))",
                [case, due, _SNOOZED, _PLANNED, _text(at)],
            )
            self._add(case, due, label, at, _SNOOZED)

    def done(self, case: int, due: int) -> None:
        """Drop what was not sent of a due date."""
        self.database.execute(
            "DELETE FROM reminders WHERE case_id = ? AND due = ? AND state != ?",
            [case, due, _SENT],
        )

    def stop(self, user: str) -> None:
        """Drop whatever was not sent to a user."""
        self.database.execute(
            "DELETE FROM reminders WHERE state != ?"
            " AND case_id IN (SELECT id FROM cases WHERE user = ?)",
            [_SENT, user],
        )

    def forget_missed(self, user: str, now: datetime) -> None:
        """Drop what should have gone to a user by now: they had not asked for it then."""
        self.database.execute(
            "DELETE FROM reminders WHERE state != ? AND at <= ?"
            " AND case_id IN (SELECT id FROM cases WHERE user = ?)",
            [_SENT, _text(now), user],
        )

    def waiting(self, case: int, due: int) -> list[datetime]:
        """When reminders of a due date are still to come, soonest first."""
        found = rows(
            self.database,
            "SELECT at FROM reminders WHERE case_id = ? AND due = ? AND state != ? ORDER BY at",
            case,
            due,
            _SENT,
        )
        return [datetime.fromisoformat(item["at"]) for item in found]

    def _add(self, case: int, due: int, label: str, at: datetime, state: str) -> None:
        when = _text(at)
        known = row(
            self.database,
            "SELECT 1 FROM reminders WHERE case_id = ? AND due = ? AND at = ?",
            case,
            due,
            when,
        )
        if known is None:
            self.database.table("reminders").insert(
                {"case_id": case, "due": due, "at": when, "state": state, "label": label}
            )


def _text(at: datetime) -> str:
    """The same length for every time, so that they sort as text."""
    return at.astimezone(UTC).isoformat(timespec="seconds")
