"""K4xx: dates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from bot.faq.lint.rule import Place, Reading, Rule, error, warning

MAX_AGE = timedelta(days=365)


@error("K401")
def reviewed_in_future(reading: Reading) -> Iterator[Place]:
    """A review that has not taken place."""
    for answer in reading.answers():
        if answer.reviewed > reading.today:
            reason = f"reviewed {answer.reviewed} is in the future; put the day of the review"
            yield answer.path, answer.lines["reviewed"], reason


@warning("K402")
def review_overdue(reading: Reading) -> Iterator[Place]:
    """An answer that no one has read again for a year."""
    for answer in reading.answers():
        if reading.today - answer.reviewed > MAX_AGE:
            reason = f"last reviewed {answer.reviewed}; read it again, then put today's date"
            yield answer.path, answer.lines["reviewed"], reason


@warning("K403")
def english_older(reading: Reading) -> Iterator[Place]:
    """An English answer that may not say what the French one now says."""
    for entry in reading.knowledge.entries.values():
        french, english = entry.answers.get("fr"), entry.answers.get("en")
        if french and english and english.reviewed < french.reviewed:
            reason = f"older than the French answer ({french.reviewed}); bring it up to date"
            yield english.path, english.lines["reviewed"], reason


@error("K404")
def value_in_future(reading: Reading) -> Iterator[Place]:
    """A value said to hold from a day that has not come."""
    for value in reading.knowledge.values.values():
        if value.as_of > reading.today:
            path = reading.knowledge.root / "values.yaml"
            yield path, value.line, f"{value.id}: as_of {value.as_of} is in the future"


RULES: tuple[Rule, ...] = (reviewed_in_future, review_overdue, english_older, value_in_future)
