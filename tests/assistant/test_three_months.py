"""A case followed over three simulated months, with its reminders and through restarts."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.assistant import Assistant
from bot.assistant.reminders import tick
from bot.casefile.models import CaseFile
from bot.casefile.rules import read_deadlines
from bot.channels.console import Console
from bot.faq.library import Library
from bot.i18n import PARIS, Catalogues
from bot.store.store import Store
from tests.assistant.person import PHOTO
from tests.conftest import NOON, Clock


@dataclass
class Months:
    """A store on disk, and people who write to it from a terminal as the months go by."""

    folder: Path
    library: Library
    catalogues: Catalogues
    clock: Clock
    store: Store
    restarts: int = 0

    def restart(self) -> None:
        """The program ends and starts again: nothing is kept but the folder."""
        self.store.close()
        self.store = Store(self.folder / "data")
        self.restarts += 1

    def says(self, *lines: str, user: str = "anna", lang: str = "en") -> str:
        """The transcript of those lines; without lines, what waits for that person."""
        assistant = Assistant(self.store, lambda: self.library, self.catalogues, PARIS)
        out = io.StringIO()
        Console(assistant, self.store, user, lang, out, self.clock, echo=True).run(lines)
        return out.getvalue()

    def until(self, day: date, user: str = "anna", lang: str = "en") -> list[tuple[date, str]]:
        """Let time go by, hour by hour with a restart each week: what came, and on which day."""
        came = []
        end = datetime(day.year, day.month, day.day, 10, tzinfo=UTC)
        while self.clock.now < end:
            self.clock.now += timedelta(hours=1)
            if self.clock.now.weekday() == 6 and self.clock.now.hour == 3:
                self.restart()
            tick(self.store, self.library, self.catalogues, PARIS, self.clock.now)
            said = self.says(user=user, lang=lang).strip()
            if said:
                came.append((self.clock.now.astimezone(PARIS).date(), said))
        return came

    def file(self, user: str = "anna") -> CaseFile:
        [case] = self.store.cases.of(f"console:{user}")
        return self.store.cases.file(case)


@pytest.fixture
def months(tmp_path: Path, library: Library, catalogues: Catalogues) -> Iterator[Months]:
    found = Months(tmp_path, library, catalogues, Clock(NOON), Store(tmp_path / "data"))
    yield found
    found.store.close()


NOTICE = (
    "/dates", "Note a date and what it starts", "A letter I sent", "Formal notice received",
)  # fmt: skip
ORDER = ("/dates", "Note a date and what it starts", "A paper from a court", "Order to pay served")
"""What is pressed to note that something happened; its details and its day follow."""


def days_of(came: list[tuple[date, str]]) -> list[tuple[int, int]]:
    return [(day.month, day.day) for day, _ in came]


def test_a_case_is_followed_over_three_months_with_its_reminders(months: Months) -> None:
    picture = months.folder / "basket.jpg"
    picture.write_bytes(PHOTO)

    # November: an incident, its proof, a note.
    said = months.says(
        "/incident The card payment has been down since Monday at 2 pm, I lost €800",
        f"/file {picture} | the empty basket", "Not yet", "Save",
        "/note Paul said on the phone that it would be repaired",
    )  # fmt: skip
    assert "Incident 1 is saved." in said
    assert "Note 1 is kept, dated 24 November 2026" in said
    assert months.until(date(2026, 12, 1)) == []

    # December: the notice was received, with 15 days to comply; reminders are wanted.
    said = months.says(*NOTICE, "15", "30 November 2026", "Save", "Yes, remind me")
    assert "Tuesday, 15 December 2026" in said
    assert "Reminders are on" in said
    came = months.until(date(2026, 12, 14))
    assert days_of(came) == [(12, 13)]
    assert "in 2 days" in came[0][1]
    assert "Case 1" in came[0][1]

    # It is put off by a day, the day itself is reminded of, and the end is noted.
    assert "I will remind you again on Tuesday, 15 December 2026." in months.says(
        "/dates", "1. Snooze 1 day"
    )
    came = months.until(date(2026, 12, 20))
    assert days_of(came) == [(12, 15)]
    assert "Tuesday, 15 December 2026: today" in came[0][1]
    assert "Well done." in months.says("/dates", "1. Done")
    assert months.until(date(2026, 12, 28)) == []

    # January: an order to pay; its date was wrong and is changed, the due date follows.
    said = months.says(*ORDER, "27 December 2026", "Save")
    assert "Wednesday, 27 January 2027" in said
    said = months.says("/dates", "1. Change", "28 December 2026", "Save")
    assert "Moved: from Wednesday, 27 January 2027 to Thursday, 28 January 2027" in said
    months.says("/incident The site is down since yesterday at 9 am, I lost €300", "no", "save")
    came = months.until(date(2027, 2, 24))
    assert days_of(came) == [(1, 18), (1, 25), (1, 28)]
    assert all("Oppose the order to pay" in text for _, text in came)

    # After three months: everything is there, in order, and nothing was altered.
    file = months.file()
    assert [incident.cost_cents for incident in file.incidents] == [80_000, 30_000]
    assert [exhibit.description for exhibit in file.evidence] == ["the empty basket"]
    assert [due.status for due in file.dues] == ["done", "open"]
    said = months.says("/case", "/search basket")
    assert "2 incidents, 1 note and 1 exhibit" in said
    assert "Cost told so far: €1,100" in said
    assert "basket.jpg" in said.rsplit("/search", 1)[1]
    assert list(months.store.altered()) == []
    assert months.restarts >= 12
    assert (months.clock.now - NOON).days >= 90


def test_les_rappels_parlent_francais_a_qui_parle_francais(months: Months) -> None:
    rule = read_deadlines(months.library.knowledge).rules["opposition_ip"]
    months.says(*ORDER, "20 November 2026", "Save", "Yes, remind me", user="luc")
    months.says("/langue français", user="luc", lang="fr")
    came = months.until(date(2026, 12, 22), user="luc", lang="fr")
    assert days_of(came) == [(12, 11), (12, 18), (12, 21)]
    assert all(rule.what["fr"] in text for _, text in came)
    assert "lundi 21 décembre 2026" in came[-1][1]


def test_a_flow_left_open_for_three_months_goes_on_where_it_was(months: Months) -> None:
    months.says("/incident", "Invoice or price", "yesterday")
    months.until(date(2027, 2, 24), user="nobody")
    assert months.restarts >= 12
    said = months.says("It still goes on")
    assert re.findall(r"^Incident, \d+/\d+$", said, re.MULTILINE) == [
        "Incident, 3/12", "Incident, 4/12",
    ]  # fmt: skip
    session = months.store.users.session("console:anna")
    assert session is not None
    assert session.answers["since"]["day"] == "2026-11-23"
