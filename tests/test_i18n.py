"""The translations are complete, and dates and money read as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot import catalogues
from bot.i18n import Translator, pick_language
from tests.conftest import ROOT

FR, EN = Translator("fr"), Translator("en")


def test_no_sentence_is_missing_fuzzy_obsolete_or_badly_filled_in() -> None:
    assert catalogues.check(ROOT / "locales") == []


def test_the_template_in_the_repository_is_up_to_date(tmp_path) -> None:
    catalogues.extract(tmp_path)
    assert (tmp_path / "bot.pot").read_text() == (ROOT / "locales" / "bot.pot").read_text()


def test_a_missing_translation_is_told(tmp_path) -> None:
    catalogues.update(tmp_path)
    faults = catalogues.check(tmp_path)
    assert any("not translated" in fault for fault in faults)


@pytest.mark.parametrize(
    ("code", "expected"),
    [("fr", "fr"), ("fr-CA", "fr"), ("en-GB", "en"), ("de", "en"), (None, "fr"), ("", "fr")],
)
def test_the_language_follows_the_program_of_the_client(code: str | None, expected: str) -> None:
    assert pick_language(code) == expected


def test_times_are_shown_in_paris_whatever_they_are_stored_in() -> None:
    summer = datetime(2026, 7, 1, 12, 5, tzinfo=UTC)
    assert FR.moment(summer) == "1er juillet 2026 à 14\u00a0h\u00a005"
    assert EN.moment(summer) == "1 July 2026 at 14:05"


def test_the_first_of_a_month_is_an_ordinal_and_one_o_clock_is_not() -> None:
    night = datetime(2026, 2, 28, 23, 30, tzinfo=UTC)
    assert FR.moment(night) == "1er mars 2026 à 0\u00a0h\u00a030"
    assert FR.moment(datetime(2026, 3, 2, 0, 0, tzinfo=UTC)) == "2 mars 2026 à 1\u00a0h\u00a000"


def test_money_is_written_as_in_the_country() -> None:
    assert FR.money(123456) == "1\u202f234,56\u00a0€"
    assert FR.money(500000) == "5\u202f000\u00a0€"
    assert EN.money(123456) == "€1,234.56"


def test_days_and_months_have_their_names() -> None:
    assert FR.weekday(date(2026, 11, 24)) == "mardi 24 novembre 2026"
    assert EN.month(date(2026, 3, 1)) == "March 2026"


def test_french_counts_zero_as_one() -> None:
    from bot.i18n import Catalogues

    t = Catalogues(ROOT / "locales").translator("fr")
    assert t.plural("{n} note", "{n} notes", 0) == "0 note"
    assert t.plural("{n} note", "{n} notes", 2) == "2 notes"
