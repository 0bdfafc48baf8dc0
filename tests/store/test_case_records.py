"""A case keeps records under numbers, journals every change, and finds its words again."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.casefile.models import (
    Case,
    CaseDetails,
    Contract,
    Due,
    Event,
    Evidence,
    GateVerdict,
    Incident,
    Letter,
    LossEstimate,
    Moment,
    Note,
    Party,
    as_json,
)
from bot.store.cases import KINDS, Found
from bot.store.store import Store
from tests.conftest import NOON
from tests.store.conftest import ANNE, add_user

LATER = NOON + timedelta(hours=3)

EXHIBIT = Evidence(
    "a" * 64, "facture_2024-v2.pdf", "application/pdf", 12, NOON, "l’accès refusé", True, True, 1
)
RECORDS: list[Any] = [
    Incident(
        "panne", "Le site ne s’affiche plus", Moment(date(2026, 11, 23), NOON, "time"),
        Moment(date(2026, 11, 1), None, "month"), "/boutique", "blocked", 80_000, "written",
        Moment(date(2026, 11, 24)), {"code": "502", "n": 3}, (1, 2), ("page",),
    ),
    Note("Appelé l’agence", message="42:7"),
    EXHIBIT,
    Letter(
        "notice", {"asks": ["repair"], "days": 15}, (("lettre.pdf", "b" * 64),), "sent",
        {"how": "lrar", "posted": "2026-11-24"}, version=2,
    ),
    Event("letter-received", date(2026, 11, 26), 1, at=NOON),
    Due("answer", date(2026, 12, 11), 1, NOON + timedelta(hours=72), "done"),
    GateVerdict("suspend-payment", "wait", ("no notice",), {"notice": "no"}),
    LossEstimate({"lines": [["sales", 120_000]], "total_cents": 120_000}),
]  # fmt: skip

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
zones = st.sampled_from([UTC, timezone(timedelta(hours=2)), timezone(timedelta(hours=-9.5))])
times = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=zones)  # noqa: DTZ001
days = st.dates(date(2000, 1, 1), date(2100, 1, 1))
moments = st.none() | st.builds(
    Moment, day=days, at=st.none() | times, precision=st.sampled_from(["time", "day", "month"])
)
incidents = st.builds(
    Incident, kind=texts, what=texts, started=moments, ended=moments, page=texts,
    cost_cents=st.none() | st.integers(0, 10**12), told_on=moments,
    details=st.dictionaries(texts, texts | st.integers(0, 2**53) | st.booleans(), max_size=3),
    evidence=st.lists(st.integers(1, 99), max_size=3).map(tuple),
    unsure=st.lists(texts, max_size=2).map(tuple), created=st.none() | times,
)  # fmt: skip


def stored(store: Store, case: Case) -> list[Any]:
    file = store.cases.file(case)
    return [
        *file.incidents, *file.notes, *file.evidence, *file.letters, *file.events, *file.dues,
        *file.verdicts, *file.losses,
    ]  # fmt: skip


def events(store: Store, case: Case) -> list[tuple[str, Any]]:
    return [(item["event"], json.loads(item["body"])) for item in store.cases.journal(case.id)]


def find(store: Store, case: Case, query: str) -> list[Found]:
    return store.cases.search(case.id, query)


def test_cases_are_numbered_for_each_user(store: Store) -> None:
    add_user(store)
    add_user(store, "console:bob")
    numbers = [store.cases.create(user, NOON).number for user in (ANNE, ANNE, "console:bob", ANNE)]
    assert numbers == [1, 2, 1, 3]
    assert [case.number for case in store.cases.of(ANNE)] == [1, 2, 3]


def test_a_new_case_is_open_and_empty(store: Store) -> None:
    add_user(store)
    case = store.cases.create(ANNE, NOON)
    assert case == Case(case.id, 1, ANNE, "open", NOON)
    assert store.cases.get(case.id) == case
    assert stored(store, case) == []
    assert store.cases.get(case.id + 1) is None


def test_records_are_numbered_for_each_kind_and_case(store: Store, case: Case) -> None:
    other = store.cases.create(ANNE, NOON)
    cases = [case, case, other, case]
    assert [store.cases.save(c.id, Note("a"), NOON) for c in cases] == [1, 2, 1, 3]
    assert store.cases.save(case.id, EXHIBIT, NOON) == 1


def test_every_kind_of_record_is_tried_here() -> None:
    assert {type(record) for record in RECORDS} == set(KINDS.values())


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_a_record_comes_back_as_saved(store: Store, case: Case, record: Any) -> None:
    number = store.cases.save(case.id, record, NOON)
    numbered = replace(record, number=number)
    if hasattr(record, "created"):
        numbered = replace(numbered, created=NOON)
    assert stored(store, case) == [numbered]
    json.dumps(as_json(numbered))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(incident=incidents)
def test_any_incident_comes_back_as_saved(store: Store, case: Case, incident: Incident) -> None:
    number = store.cases.save(case.id, incident, NOON)
    kept = replace(incident, number=number, created=incident.created or NOON)
    assert store.cases.file(case).incident(number) == kept


def test_a_change_replaces_and_the_journal_keeps_both(store: Store, case: Case) -> None:
    store.cases.save(case.id, Note("hier"), NOON)
    store.cases.save(case.id, Note("avant-hier", number=1), LATER)
    new = Note("avant-hier", number=1, created=NOON)
    old = replace(new, text="hier")
    assert store.cases.file(case).notes == (new,)
    assert events(store, case) == [
        ("case opened", {"number": 1}),
        ("note added", as_json(old)),
        ("note changed", {"was": as_json(old), "is": as_json(new)}),
    ]
    assert [item["at"] for item in store.cases.journal(case.id)] == [
        NOON.isoformat(), NOON.isoformat(), LATER.isoformat(),
    ]  # fmt: skip


def test_a_record_is_found_by_the_message_it_came_in(store: Store, case: Case) -> None:
    store.cases.save(case.id, Note("a"), NOON, message="42:7")
    store.cases.save(case.id, Note("b"), NOON)
    found = store.cases.by_message(ANNE, "42:7")
    assert found == (case.id, Note("a", number=1, created=NOON))
    assert store.cases.by_message(ANNE, "42:8") is None


def test_a_changed_record_is_still_found_by_its_message(store: Store, case: Case) -> None:
    store.cases.save(case.id, Note("a"), NOON, message="42:7")
    store.cases.save(case.id, Note("b", number=1), LATER)
    found = store.cases.by_message(ANNE, "42:7")
    assert found == (case.id, Note("b", number=1, created=NOON))


def test_the_time_of_a_record_survives_every_change(store: Store, case: Case) -> None:
    store.cases.save(case.id, Note("a"), NOON)
    for hours in (1, 2):
        note = Note(f"après {hours} h", number=1)
        store.cases.save(case.id, note, NOON + timedelta(hours=hours))
    assert [note.created for note in store.cases.file(case).notes] == [NOON]


def test_no_message_finds_the_record_of_somebody_else(store: Store, case: Case) -> None:
    add_user(store, "console:bob")
    store.cases.save(case.id, Note("a"), NOON, message="42:7")
    assert store.cases.by_message("console:bob", "42:7") is None


def test_details_change_only_what_they_hold(store: Store, case: Case) -> None:
    assert store.cases.save(case.id, CaseDetails(provider={"name": "Agence é"}), NOON) == 0
    details = CaseDetails({"email": "a@b.fr"}, {"name": "Anne"}, {"price_cents": 240_000})
    store.cases.save(case.id, details, LATER)
    kept = store.cases.get(case.id)
    assert kept is not None
    assert kept.provider == Party("Agence é", email="a@b.fr")
    assert kept.client == Party("Anne")
    assert kept.contract == Contract(price_cents=240_000)
    was, now = events(store, case)[-1][1]["was"], events(store, case)[-1][1]["is"]
    assert (was["provider"]["email"], now["provider"]["email"]) == ("", "a@b.fr")


def test_a_case_is_closed_and_opened_again(store: Store, case: Case) -> None:
    store.cases.set_status(case.id, "closed", NOON)
    assert store.cases.get(case.id) == replace(case, status="closed")
    store.cases.set_status(case.id, "open", LATER)
    assert store.cases.get(case.id) == case
    names = [name for name, _ in events(store, case)]
    assert names == ["case opened", "case closed", "case open"]


@pytest.mark.parametrize(
    "query",
    [
        "acces", "accès", "ACCÈS", "l’accès", "l'acces", "acce\u0300s", "acc", "oeuvre", "œuvre",
        "aujourd'hui", "facture_2024-v2.pdf", "facture 2024", "v2", "pdf",
        "800", "800 €", "lukasz", "Łukasz", "مرحبا", "прив", "ACCES paye",
    ],
)  # fmt: skip
def test_a_search_finds_words_in_any_form(store: Store, case: Case, query: str) -> None:
    store.cases.save(case.id, Note("rien à voir"), NOON)
    text = "L’accès à l’œuvre, payé 800 € aujourd’hui à Łukasz (مرحبا, привет): "
    store.cases.save(case.id, Note(text + "facture_2024-v2.pdf"), NOON)
    assert find(store, case, query) == [Found("note", 2)]


@pytest.mark.parametrize("query", ["", "  ", "…", '"', "*", "\x00", "\ud83d", "ccès", "acces nul"])
def test_a_search_for_other_words_finds_nothing(store: Store, case: Case, query: str) -> None:
    store.cases.save(case.id, Note("l’accès"), NOON)
    assert find(store, case, query) == []


@pytest.mark.parametrize("query", ["text: a OR b", "NEAR(a b)", "-a", "a AND", "(", "a*", "'; --"])
def test_the_syntax_of_a_search_is_only_words(store: Store, case: Case, query: str) -> None:
    words = query.translate(str.maketrans("", "", ":()*-';"))
    store.cases.save(case.id, Note("b a near"), NOON)
    store.cases.save(case.id, Note(f"text or and near {words}"), NOON)
    expected = [] if not words.strip() else [Found("note", 2)]
    assert find(store, case, query)[:1] == expected


def test_a_search_looks_into_every_kind_the_client_wrote(store: Store, case: Case) -> None:
    store.cases.save(case.id, replace(EXHIBIT, name="panier.png", description=""), NOON)
    store.cases.save(case.id, Incident("panne", "Le panier est vide"), NOON)
    store.cases.save(case.id, Incident("panne", details={"où": "panier"}), NOON)
    store.cases.save(case.id, Note("panier"), NOON)
    store.cases.save(case.id, Note("autre"), NOON, text="panier")
    assert find(store, case, "panier") == [
        Found("note", 2), Found("note", 1), Found("incident", 2), Found("incident", 1),
        Found("evidence", 1),
    ]  # fmt: skip


def test_a_search_follows_a_change_and_stays_in_its_case(store: Store, case: Case) -> None:
    other = store.cases.create(ANNE, NOON)
    store.cases.save(case.id, Note("panier"), NOON)
    store.cases.save(case.id, Note("caisse", number=1), LATER)
    assert find(store, case, "panier") == []
    assert find(store, case, "caisse") == [Found("note", 1)]
    assert find(store, other, "caisse") == []


def test_the_end_of_a_long_text_is_found_too(store: Store, case: Case) -> None:
    store.cases.save(case.id, Note("mot " * 5000 + "aiguille"), NOON)
    assert find(store, case, "aiguille") == [Found("note", 1)]


def test_a_search_of_thousands_of_words_is_answered(store: Store, case: Case) -> None:
    store.cases.save(case.id, Note("mot"), NOON)
    assert find(store, case, "mot " * 5000) == [Found("note", 1)]
    assert find(store, case, " ".join(f"mot{n}" for n in range(1000))) == []


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=texts)
def test_any_text_finds_its_own_note_if_it_holds_a_word(
    store: Store, case: Case, text: str
) -> None:
    number = store.cases.save(case.id, Note(text), NOON)
    found = find(store, case, text)
    assert Found("note", number) in found or not any(c.isalnum() for c in text)
