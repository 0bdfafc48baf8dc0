"""What the proof of a case lacks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.casefile.gaps import LATE, Gap, find_gaps, gap_text, read_gaps
from bot.casefile.models import (
    Case,
    CaseFile,
    Evidence,
    GateVerdict,
    Incident,
    Letter,
    LossEstimate,
    Moment,
    Note,
)
from bot.errors import KnowledgeError
from bot.faq.entry import Knowledge
from bot.faq.text import fold
from bot.i18n import PARIS

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=PARIS)
RECEIVED = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def exhibit(number: int, name: str, incident: int | None = 1, **more: Any) -> Evidence:
    fields: dict[str, Any] = {"received": RECEIVED} | more
    return Evidence(
        f"{number:064x}", name, "image/png", 1, number=number, incident=incident, **fields
    )


INCIDENT = Incident(
    "payment",
    started=Moment(date(2026, 11, 18)),
    ended=Moment(date(2026, 11, 19)),
    told="written",
    number=1,
    created=RECEIVED,
)
SENT = Letter("notice", {}, status="sent", number=1, created=RECEIVED + timedelta(days=1))
WHOLE = CaseFile(
    Case(1, 1, "console:a", "open", RECEIVED),
    incidents=(INCIDENT,),
    evidence=(exhibit(1, "capture.png"), exhibit(2, "contrat signé.pdf", None)),
    letters=(SENT,),
    losses=(LossEstimate({}, 1),),
)
"""A case that lacks nothing."""


def keys(file: CaseFile, knowledge: Knowledge, now: datetime = NOW) -> list[tuple[str, int]]:
    return [(gap.key, gap.subject) for gap in find_gaps(file, now, knowledge)]


def with_incident(**changes: Any) -> CaseFile:
    return replace(WHOLE, incidents=(replace(INCIDENT, **changes),))


def test_a_whole_case_lacks_nothing(knowledge: Knowledge) -> None:
    assert find_gaps(WHOLE, NOW, knowledge) == ()


def test_an_empty_case_lacks_its_contract_alone(knowledge: Knowledge) -> None:
    empty = CaseFile(WHOLE.case)
    assert find_gaps(empty, NOW, knowledge) == (Gap("no-contract", 0, "provider"),)


def test_an_incident_without_a_date_is_told(knowledge: Knowledge) -> None:
    assert find_gaps(with_incident(started=None, ended=None), NOW, knowledge) == (
        Gap("undated", 1, "incident"),
    )


@pytest.mark.parametrize("told", ["spoken", "no", ""])
def test_a_provider_who_was_not_told_in_writing_is_told(told: str, knowledge: Knowledge) -> None:
    file = replace(with_incident(told=told), letters=())
    assert keys(file, knowledge) == [("not-told", 1), ("no-notice", 0)]


def test_a_letter_sent_after_the_incident_tells_the_provider(knowledge: Knowledge) -> None:
    assert keys(with_incident(told="no"), knowledge) == []


@pytest.mark.parametrize(
    "letter",
    [
        replace(SENT, status="draft"),
        replace(SENT, kind="reply"),
    ],
)
def test_a_draft_or_an_answer_tells_the_provider_nothing(
    letter: Letter, knowledge: Knowledge
) -> None:
    file = replace(with_incident(told="no"), letters=(letter,))
    assert keys(file, knowledge) == [("not-told", 1), ("no-notice", 0)]


def test_a_letter_from_before_the_incident_does_not_tell_of_it(knowledge: Knowledge) -> None:
    early = replace(SENT, created=RECEIVED - timedelta(days=1))
    file = replace(with_incident(told="no"), letters=(early,))
    assert keys(file, knowledge) == [("not-told", 1)]


def test_an_incident_without_exhibits_is_told(knowledge: Knowledge) -> None:
    file = replace(WHOLE, evidence=(exhibit(2, "devis.pdf", None),))
    assert keys(file, knowledge) == [("no-evidence", 1)]


def test_exhibits_listed_by_the_incident_are_its_own(knowledge: Knowledge) -> None:
    file = replace(with_incident(evidence=(2,)), evidence=(exhibit(2, "devis.pdf", None),))
    assert keys(file, knowledge) == []


def test_compressed_photos_alone_are_told(knowledge: Knowledge) -> None:
    photo = exhibit(1, "photo.jpg", compressed=True)
    contract = exhibit(2, "contrat.pdf", None)
    assert keys(replace(WHOLE, evidence=(photo, contract)), knowledge) == [("compressed", 1)]
    original = exhibit(3, "capture.png")
    assert keys(replace(WHOLE, evidence=(photo, original, contract)), knowledge) == []


@pytest.mark.parametrize(
    ("days", "found"), [(LATE.days, []), (LATE.days + 1, [("late-evidence", 1)])]
)
def test_evidence_that_came_long_afterwards_is_told(
    days: int, found: list[tuple[str, int]], knowledge: Knowledge
) -> None:
    day = RECEIVED.date() - timedelta(days=days)
    assert keys(with_incident(started=Moment(day), ended=Moment(day)), knowledge) == found


def test_evidence_of_the_night_counts_on_the_day_of_the_user(knowledge: Knowledge) -> None:
    day = Moment(date(2026, 10, 20))
    night = datetime(2026, 11, 19, 23, 30, tzinfo=UTC)
    evidence = (exhibit(1, "capture.png", received=night), exhibit(2, "devis.pdf", None))
    file = replace(with_incident(started=day, ended=day), evidence=evidence)
    assert keys(file, knowledge) == [("late-evidence", 1)]


def test_while_an_incident_goes_on_its_evidence_is_never_late(knowledge: Knowledge) -> None:
    assert keys(with_incident(started=Moment(date(2026, 1, 2)), ended=None), knowledge) == []


def test_an_end_that_is_not_known_counts_from_the_start(knowledge: Knowledge) -> None:
    file = with_incident(started=Moment(date(2026, 1, 2)), ended=None, unsure=("until",))
    assert keys(file, knowledge) == [("late-evidence", 1)]


def test_one_exhibit_that_came_in_time_is_enough(knowledge: Knowledge) -> None:
    early = exhibit(3, "a.png", received=datetime(2026, 1, 5, tzinfo=UTC))
    day = Moment(date(2026, 1, 2))
    file = replace(with_incident(started=day, ended=day), evidence=(*WHOLE.evidence, early))
    assert keys(file, knowledge) == []


@pytest.mark.parametrize(
    ("day", "found"),
    [
        (date(2022, 11, 24), [("old", 1)]),
        (date(2022, 11, 25), []),
        (date(2020, 2, 29), [("old", 1)]),
    ],
)
def test_an_incident_older_than_four_years_is_told(
    day: date, found: list[tuple[str, int]], knowledge: Knowledge
) -> None:
    assert keys(with_incident(started=Moment(day), ended=None), knowledge) == found


def test_days_are_those_of_the_user(knowledge: Knowledge) -> None:
    eve = datetime(2026, 11, 23, 23, 30, tzinfo=UTC).astimezone(PARIS)
    file = with_incident(started=Moment(date(2022, 11, 24)), ended=None)
    assert keys(file, knowledge, eve) == [("old", 1)]


def test_a_gate_answer_tells_that_another_firm_touched_the_site(knowledge: Knowledge) -> None:
    said = GateVerdict("check-replace", "wait", (), {"frozen": "touched"})
    assert keys(replace(WHOLE, verdicts=(said,)), knowledge) == [("touched", 0)]
    frozen = GateVerdict("check-replace", "wait", (), {"frozen": "full"})
    elsewhere = GateVerdict("check-review", "wait", (), {"frozen": "touched"})
    assert keys(replace(WHOLE, verdicts=(frozen, elsewhere)), knowledge) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Une autre agence a corrigé la page le 3", [("touched", 0)]),
        ("I had it fixed by a friend", [("touched", 0)]),
        ("Une autre agence m’a fait un devis", []),
    ],
)
def test_a_note_tells_that_another_firm_touched_the_site(
    text: str, found: list[tuple[str, int]], knowledge: Knowledge
) -> None:
    assert keys(replace(WHOLE, notes=(Note(text),)), knowledge) == found


@pytest.mark.parametrize(
    "name", ["Devis_2025.pdf", "CGV.pdf", "Cahier des charges.docx", "terms.txt"]
)
def test_a_contract_is_known_by_its_name(name: str, knowledge: Knowledge) -> None:
    file = replace(WHOLE, evidence=(exhibit(1, "capture.png"), exhibit(2, name, None)))
    assert keys(file, knowledge) == []


def test_a_case_without_contract_loss_and_notice_is_told_of_each(knowledge: Knowledge) -> None:
    file = replace(WHOLE, evidence=(exhibit(1, "capture.png"),), letters=(), losses=())
    assert find_gaps(file, NOW, knowledge) == (
        Gap("no-contract", 0, "provider"),
        Gap("no-loss", 0, "loss"),
        Gap("no-notice", 0, "notice"),
    )


def test_each_incident_has_its_own_gaps(knowledge: Knowledge) -> None:
    second = replace(INCIDENT, number=2, started=None, ended=None)
    file = replace(WHOLE, incidents=(INCIDENT, second))
    assert keys(file, knowledge) == [("undated", 2), ("no-evidence", 2)]


def test_every_gap_is_said_in_both_languages(knowledge: Knowledge) -> None:
    for rule in read_gaps(knowledge.data["gaps"]):
        texts = [gap_text(Gap(rule.key, 7, rule.action), knowledge, lang) for lang in ("fr", "en")]
        assert texts[0] != texts[1]
        for text in texts:
            said = f"{text.missing} {text.why} {text.close}"
            assert "{" not in said
            assert rule.basis in text.why
        assert [fold(word) for word in rule.words] == list(rule.words)


def test_the_number_of_the_incident_and_dated_values_are_filled_in(knowledge: Knowledge) -> None:
    text = gap_text(Gap("old", 3, "deadline"), knowledge, "fr")
    assert text.missing.startswith("L’incident 3 ")
    assert "5\N{NO-BREAK SPACE}ans" in text.why


def test_a_gap_that_the_program_does_not_know_is_refused(knowledge: Knowledge) -> None:
    item = {**knowledge.data["gaps"][0], "key": "bad-weather"}
    with pytest.raises(KnowledgeError, match="bad-weather"):
        read_gaps([item])


def test_an_incomplete_gap_is_refused() -> None:
    with pytest.raises(KnowledgeError, match=r"0\.why_fr"):
        read_gaps([{"key": "old", "action": "deadline", "fr": "a", "en": "b"}])
