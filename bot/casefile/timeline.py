"""Everything in a case in the order it happened, newest first, and what of it to show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from bot.casefile.models import CaseFile, Incident

FILTERS = ("incident", "note", "evidence", "letter", "event")
"""The kinds of item that can be shown alone."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing in a case: what it is, and when it happened or was received."""

    kind: str
    record: Any
    when: datetime

    @property
    def number(self) -> int:
        """Its number among its kind."""
        return int(self.record.number)


def timeline(file: CaseFile, only: str = "") -> list[Item]:
    """The items of a case, newest first.

    Args:
        file: the case.
        only: one of `FILTERS`, or all when empty.
    """
    found = [Item("incident", i, _of_incident(i)) for i in file.incidents]
    found += [Item("note", n, n.created) for n in file.notes if n.created]
    found += [Item("evidence", e, e.received) for e in file.evidence]
    found += [Item("letter", x, x.created) for x in file.letters if x.created]
    found += [
        Item("event", e, e.at or datetime.combine(e.on, time(12), tzinfo=UTC)) for e in file.events
    ]
    kept = [item for item in found if only in ("", item.kind)]
    return sorted(kept, key=lambda item: (item.when, item.number), reverse=True)


def _of_incident(incident: Incident) -> datetime:
    """When it began; when it was logged if nobody knows."""
    if incident.started is None:
        assert incident.created is not None
        return incident.created
    return incident.started.at or datetime.combine(incident.started.day, time(0), tzinfo=UTC)
