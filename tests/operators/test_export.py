"""An export has everything in order, the originals untouched, and no name that is a path."""

from __future__ import annotations

import json
import unicodedata
import zipfile
from datetime import timedelta
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.casefile.models import CaseDetails, Due, Event, Evidence, Incident, Letter, Note
from bot.errors import RecoursError
from bot.operators.export import export_user, original_name
from bot.store.store import Store
from bot.store.users import User
from tests.conftest import NOON

ANNE = "telegram:42"
CONTENTS = [b"\xff\xd8\x00photo", b"%PDF-1.7\r\n\x00\xff", b""]


@pytest.fixture
def filled(store: Store) -> Store:
    store.users.save(User(ANNE, "telegram", "42", NOON))
    first = store.cases.create(ANNE, NOON).id
    store.cases.create(ANNE, NOON + timedelta(days=1))
    for number, content in enumerate(CONTENTS, 1):
        sha256 = store.files.keep(content)
        exhibit = Evidence(sha256, "../../x", "image/jpeg", len(content), NOON)
        store.cases.save(first, exhibit, NOON)
        store.cases.save(first, Note(f"note {number} « é »"), NOON + timedelta(hours=number))
        store.cases.save(first, Incident("panne", f"incident {number}"), NOON)
    store.cases.save(first, Letter("notice", {"days": 15}), NOON)
    store.cases.save(first, Event("letter-sent", NOON.date(), 1), NOON)
    store.cases.save(first, Due("answer", NOON.date(), 1), NOON)
    store.cases.save(first, CaseDetails(provider={"name": "Agence"}), NOON)
    store.files.write_document(f"documents/{first}/v1/lettre.pdf", b"%PDF one")
    store.files.write_document(f"documents/{first}/v2/lettre.pdf", b"%PDF two")
    return store


def export(store: Store, target: Path) -> dict[str, bytes]:
    export_user(store, "42", target)
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert len(names) == len(set(names))
        return {name: archive.read(name) for name in names}


def case_json(store: Store, target: Path) -> Any:
    return json.loads(export(store, target)["case.json"])


def test_the_case_is_told_in_order(filled: Store, tmp_path: Path) -> None:
    body = case_json(filled, tmp_path / "a.zip")
    assert body["user"] == {"channel": "telegram", "name": "42"}
    assert [case["number"] for case in body["cases"]] == [1, 2]
    case = body["cases"][0]
    assert case["status"] == "open"
    assert case["created"] == NOON.isoformat()
    assert case["provider"]["name"] == "Agence"
    assert [i["what"] for i in case["incidents"]] == ["incident 1", "incident 2", "incident 3"]
    assert [n["text"] for n in case["notes"]] == [f"note {n} « é »" for n in (1, 2, 3)]
    assert [(e["number"], e["size"]) for e in case["evidence"]] == [(1, 8), (2, 12), (3, 0)]
    assert [letter["body"] for letter in case["letters"]] == [{"days": 15}]
    assert [(event["kind"], event["number"]) for event in case["events"]] == [("letter-sent", 1)]
    assert [due["due"] for due in case["dues"]] == ["2026-11-24"]
    assert body["cases"][1]["notes"] == []


def test_the_journal_goes_along_so_that_anyone_can_check_it(filled: Store, tmp_path: Path) -> None:
    journal = case_json(filled, tmp_path / "a.zip")["cases"][0]["journal"]
    case = filled.cases.of(ANNE)[0]
    assert journal == filled.cases.journal(case.id)
    assert [row["event"] for row in journal][:3] == ["case opened", "evidence added", "note added"]


def test_the_originals_are_byte_for_byte_what_was_received(filled: Store, tmp_path: Path) -> None:
    files = export(filled, tmp_path / "a.zip")
    originals = [body for name, body in sorted(files.items()) if name.startswith("originals/")]
    assert originals == CONTENTS


def test_letters_of_the_same_name_are_all_there(filled: Store, tmp_path: Path) -> None:
    files = export(filled, tmp_path / "a.zip")
    letters = {name: body for name, body in files.items() if name.startswith("letters/")}
    assert letters == {
        "letters/case-1/v1/lettre.pdf": b"%PDF one",
        "letters/case-1/v2/lettre.pdf": b"%PDF two",
    }


def test_only_the_owner_can_read_the_archive(filled: Store, tmp_path: Path) -> None:
    export(filled, tmp_path / "a.zip")
    assert (tmp_path / "a.zip").stat().st_mode & 0o777 == 0o600


def test_nothing_of_anybody_else_goes_along(filled: Store, tmp_path: Path) -> None:
    filled.users.save(User("telegram:43", "telegram", "43", NOON))
    case = filled.cases.create("telegram:43", NOON)
    filled.cases.save(case.id, Note("secret d’autrui"), NOON)
    filled.files.write_document(f"documents/{case.id}/lettre.pdf", b"secret")
    files = export(filled, tmp_path / "a.zip")
    assert not any(b"secret" in body for body in files.values())


def test_a_missing_original_does_not_stop_the_rest(filled: Store, tmp_path: Path) -> None:
    filled.files.evidence(filled.files.keep(CONTENTS[0])).unlink()
    files = export(filled, tmp_path / "a.zip")
    assert sorted(name for name in files if name.startswith("originals/")) == [
        "originals/case-1/002-_._x", "originals/case-1/003-_._x",
    ]  # fmt: skip
    assert len(json.loads(files["case.json"])["cases"][0]["evidence"]) == 3


def test_an_unknown_user_is_told_and_nothing_is_written(store: Store, tmp_path: Path) -> None:
    with pytest.raises(RecoursError, match="There is no user '42' here"):
        export_user(store, "42", tmp_path / "a.zip")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("facture.pdf", "007-facture.pdf"),
        ("Capture d’écran 2026-11-24.png", "007-Capture d_écran 2026-11-24.png"),
        ("e\u0301te\u0301.jpg", "007-été.jpg"),
        ("../../x", "007-_._x"),
        ("C:\\x", "007-C__x"),
        ("/etc/passwd", "007-_etc_passwd"),
        ("a\x00b\n.pdf", "007-a_b_.pdf"),
        ("..", "007-file"),
        (".htaccess", "007-htaccess"),
        ("facture. ", "007-facture"),
        ("", "007-file"),
        ("\ud83d\u202egpj.exe", "007-__gpj.exe"),
        ("=cmd|' /C calc'!A0.csv", "007-_cmd__ _C calc__A0.csv"),
        ("a" * 300 + ".pdf", "007-" + "a" * 196 + ".pdf"),
        ("é" * 300 + ".pdf", "007-" + "é" * 98 + ".pdf"),
        ("x." + "a" * 300, "007-x." + "a" * 198),
    ],
)
def test_a_name_is_shown_as_far_as_it_is_safe(name: str, expected: str) -> None:
    assert original_name(7, name) == expected


@given(st.integers(1, 2000), st.text(max_size=400))
def test_no_name_is_a_path_or_too_long(number: int, name: str) -> None:
    safe = original_name(number, name)
    assert safe.startswith(f"{number:03}-")
    assert PurePosixPath(safe).parts == (safe,)
    assert not set(safe) & set('/\\:*?"<>|')
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs"} for c in safe)
    assert len(safe.encode()) <= 210
    assert not safe.endswith((".", " "))


def test_files_of_the_same_name_are_told_apart() -> None:
    assert original_name(1, "photo.jpg") != original_name(2, "photo.jpg")
    assert original_name(1, "PHOTO.JPG").lower() != original_name(2, "photo.jpg").lower()
