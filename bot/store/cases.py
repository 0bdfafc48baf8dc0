"""Cases and everything in them: records with a number, a search index, and a chained journal."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from bot.casefile.models import (
    Case,
    CaseDetails,
    CaseFile,
    Contract,
    Due,
    Event,
    Evidence,
    GateVerdict,
    Incident,
    Letter,
    LossEstimate,
    Note,
    Party,
    as_json,
    from_json,
)
from bot.errors import StoreError
from bot.store.database import row, rows

KINDS: dict[str, type[Any]] = {
    "incident": Incident,
    "note": Note,
    "evidence": Evidence,
    "letter": Letter,
    "event": Event,
    "due": Due,
    "verdict": GateVerdict,
    "loss": LossEstimate,
}
"""The kinds of record, by the name they are stored under."""

_NAMES = {model: name for name, model in KINDS.items()}
_FIRST = "0" * 64
_SEARCHED = {"incident", "note", "evidence"}
_DETAILS = ("provider", "client", "contract")
_LETTERS = str.maketrans(
    {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l"}
)
"""What Unicode does not take apart."""


@dataclass(frozen=True, slots=True)
class Found:
    """One hit of a search."""

    kind: str
    number: int


@dataclass(frozen=True, slots=True)
class Cases:
    """The case files."""

    database: Database

    def create(self, user: str, now: datetime) -> Case:
        """A new case, numbered after the user's last."""
        last = row(self.database, "SELECT max(number) AS n FROM cases WHERE user = ?", user)
        number = ((last and last["n"]) or 0) + 1
        table = self.database.table("cases")
        table.insert(
            {
                "user": user,
                "number": number,
                "status": "open",
                "provider": "{}",
                "client": "{}",
                "contract": "{}",
                "created": now.isoformat(),
            }
        )
        assert table.last_pk is not None
        case = self.get(int(table.last_pk))
        assert case is not None
        self._write_journal(case.id, "case opened", {"number": number}, now)
        return case

    def get(self, id: int) -> Case | None:
        """The case of that id, or None."""
        found = row(self.database, "SELECT * FROM cases WHERE id = ?", id)
        return None if found is None else self._case(found)

    def of(self, user: str) -> list[Case]:
        """A user's cases, oldest first."""
        found = rows(self.database, "SELECT * FROM cases WHERE user = ? ORDER BY number", user)
        return [self._case(item) for item in found]

    def file(self, case: Case) -> CaseFile:
        """Everything in a case, in order."""
        groups: dict[str, list[Any]] = {name: [] for name in KINDS}
        for item in rows(
            self.database,
            "SELECT kind, number, body, created, message FROM records WHERE case_id = ?"
            " ORDER BY number",
            case.id,
        ):
            groups[item["kind"]].append(self._record(item))
        return CaseFile(
            case=case,
            incidents=tuple(groups["incident"]),
            notes=tuple(groups["note"]),
            evidence=tuple(groups["evidence"]),
            letters=tuple(groups["letter"]),
            events=tuple(groups["event"]),
            dues=tuple(groups["due"]),
            verdicts=tuple(groups["verdict"]),
            losses=tuple(groups["loss"]),
        )

    def save(
        self, case: int, model: Any, now: datetime, *, message: str | None = None, text: str = ""
    ) -> int:
        """Keep a record and journal it; one that has a number replaces that number's.

        Args:
            case: the id of the case.
            model: one of `KINDS`, or `CaseDetails`.
            now: when.
            message: the channel's name of the message it came in, to honour a later edit.
            text: more words under which a search finds it.

        Returns:
            Its number within the case; 0 for details.
        """
        if isinstance(model, CaseDetails):
            self._save_details(case, model, now)
            return 0
        kind = _NAMES[type(model)]
        if model.number:
            old = row(
                self.database,
                "SELECT id, body, created, message FROM records"
                " WHERE case_id = ? AND kind = ? AND number = ?",
                case,
                kind,
                model.number,
            )
            _refuse_sent(model, old)
        else:
            old = None
        number = model.number or self._next_number(case, kind)
        fields = {"number": number}
        if hasattr(model, "created"):
            created = datetime.fromisoformat(old["created"]) if old else now
            fields["created"] = model.created or created
        model = replace(model, **fields)
        body = as_json(model)
        words = _words(model) + " " + text
        new = {
            "case_id": case,
            "kind": kind,
            "number": number,
            "text": words,
            "body": json.dumps(body, ensure_ascii=False, sort_keys=True),
            "created": old["created"] if old else now.isoformat(),
            "message": message or (old["message"] if old else None),
        }
        if old is None:
            self.database.table("records").insert(new)
            self._write_journal(case, f"{kind} added", body, now)
        else:
            self.database.table("records").update(old["id"], new)
            change = {"was": json.loads(old["body"]), "is": body}
            self._write_journal(case, f"{kind} changed", change, now)
        if kind in _SEARCHED:
            self._index(case, kind, number, words)
        return number

    def by_message(self, user: str, message: str) -> tuple[int, Any] | None:
        """What was kept from a message, as `(case id, record)`, to honour an edit."""
        found = row(
            self.database,
            "SELECT r.* FROM records r JOIN cases c ON c.id = r.case_id"
            " WHERE c.user = ? AND r.message = ?",
            user,
            message,
        )
        return None if found is None else (found["case_id"], self._record(found))

    @staticmethod
    def kind_of(record: Any) -> str:
        """The name a record is stored under."""
        return _NAMES[type(record)]

    def search(self, case: int, query: str) -> list[Found]:
        """Records that hold every word of `query`, in any form of accents, newest first."""
        terms = [f'"{word}"*' for word in fold_for_search(query).split()]
        if not terms:
            return []
        found = rows(
            self.database,
            "SELECT kind, number FROM search WHERE search MATCH ? AND case_id = ?"
            " ORDER BY rowid DESC",
            " AND ".join(terms),
            case,
        )
        return [Found(item["kind"], item["number"]) for item in found]

    def set_status(self, case: int, status: str, now: datetime) -> None:
        """Close or reopen a case."""
        self.database.execute("UPDATE cases SET status = ? WHERE id = ?", [status, case])
        self._write_journal(case, f"case {status}", {}, now)

    def note_changes(self, case: int, flow: str, was: list[dict[str, Any]], now: datetime) -> None:
        """Keep the answers that a flow replaced before it was saved."""
        self._write_journal(case, f"{flow} answers changed", {"changes": was}, now)

    def journal(self, case: int) -> list[dict[str, Any]]:
        """What happened in a case, oldest first."""
        return rows(self.database, "SELECT * FROM journal WHERE case_id = ? ORDER BY id", case)

    def altered(self) -> Iterator[str]:
        """What no longer agrees with the journals, one line each."""
        for case in rows(self.database, "SELECT * FROM cases ORDER BY id"):
            name = f"case {case['number']} of {case['user']}"
            previous = _FIRST
            told: dict[tuple[str, int], Any] = {}
            for item in self.journal(case["id"]):
                if item["previous"] != previous or item["hash"] != _hash(item):
                    what = f"{item['id']} ({item['event']}, {item['at']})"
                    yield f"{name}: journal row {what} was altered, or one before it is gone"
                previous = item["hash"]
                told |= _told(item)
            kept = self._kept(case)
            for key in sorted(told.keys() | kept.keys(), key=str):
                if key not in told or key not in kept or told[key] != kept[key]:
                    kind, number = key
                    what = f"{kind} {number}" if number else kind
                    yield f"{name}: {what} does not agree with the journal"

    def _kept(self, case: dict[str, Any]) -> dict[tuple[str, int], Any]:
        """What is in a case, as `_told` gives it."""
        kept: dict[tuple[str, int], Any] = {
            ("details", 0): {part: _read(case[part]) for part in _DETAILS},
            ("status", 0): case["status"],
        }
        sql = "SELECT kind, number, body FROM records WHERE case_id = ?"
        for item in rows(self.database, sql, case["id"]):
            kept[item["kind"], item["number"]] = _read(item["body"])
        return kept

    def _save_details(self, case: int, details: CaseDetails, now: datetime) -> None:
        old = self.get(case)
        assert old is not None
        was = {part: asdict(getattr(old, part)) for part in _DETAILS}
        new = {part: was[part] | getattr(details, part) for part in _DETAILS}
        self.database.table("cases").update(
            case, {part: json.dumps(body, ensure_ascii=False) for part, body in new.items()}
        )
        self._write_journal(case, "details changed", {"was": was, "is": new}, now)

    def _next_number(self, case: int, kind: str) -> int:
        last = row(
            self.database,
            "SELECT max(number) AS n FROM records WHERE case_id = ? AND kind = ?",
            case,
            kind,
        )
        return ((last and last["n"]) or 0) + 1

    def _index(self, case: int, kind: str, number: int, words: str) -> None:
        self.database.execute(
            "DELETE FROM search WHERE case_id = ? AND kind = ? AND number = ?",
            [case, kind, number],
        )
        self.database.execute(
            "INSERT INTO search (text, case_id, kind, number) VALUES (?, ?, ?, ?)",
            [fold_for_search(words), case, kind, number],
        )

    def _write_journal(self, case: int, event: str, body: dict[str, Any], now: datetime) -> None:
        last = row(
            self.database,
            "SELECT hash FROM journal WHERE case_id = ? ORDER BY id DESC LIMIT 1",
            case,
        )
        item = {
            "case_id": case,
            "at": now.isoformat(),
            "event": event,
            "body": json.dumps(body, ensure_ascii=False, sort_keys=True),
            "previous": last["hash"] if last else _FIRST,
        }
        self.database.table("journal").insert(item | {"hash": _hash(item)})

    @staticmethod
    def _case(item: dict[str, Any]) -> Case:
        return Case(
            id=item["id"],
            number=item["number"],
            user=item["user"],
            status=item["status"],
            created=datetime.fromisoformat(item["created"]),
            provider=Party(**json.loads(item["provider"])),
            client=Party(**json.loads(item["client"])),
            contract=Contract(**json.loads(item["contract"])),
        )

    @staticmethod
    def _record(item: dict[str, Any]) -> Any:
        return from_json(KINDS[item["kind"]], json.loads(item["body"]))


def _refuse_sent(model: Any, old: dict[str, Any] | None) -> None:
    """A letter that was sent is proof: only how it went and came back may still be told.

    Raises:
        StoreError: its text or its files would change.
    """
    if not isinstance(model, Letter) or old is None:
        return
    sent = from_json(Letter, json.loads(old["body"]))
    if sent.status == "sent" and (sent.body, sent.files) != (model.body, model.files):
        raise StoreError("A letter that was sent can't be changed; write a new version instead.")


def _hash(item: dict[str, Any]) -> str:
    parts = [str(item[key]) for key in ("previous", "case_id", "at", "event", "body")]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _told(item: dict[str, Any]) -> dict[tuple[str, int], Any]:
    """What a row of the journal says that a case now holds, by kind and number."""
    body, event = _read(item["body"]), str(item["event"])
    kind, _, done = event.partition(" ")
    if event == "case opened":
        return {("status", 0): "open", ("details", 0): {part: {} for part in _DETAILS}}
    if kind == "case":
        return {("status", 0): done}
    if not isinstance(body, dict):
        return {}
    now = body.get("is") if done == "changed" else body
    if kind == "details":
        return {("details", 0): now}
    number = now.get("number") if isinstance(now, dict) else None
    return {(kind, number): now} if isinstance(number, int) else {}


def _read(text: str) -> Any:
    """The JSON value; None when somebody spoilt it, so that it agrees with nothing."""
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return None


def _words(model: Any) -> str:
    if isinstance(model, Incident):
        details = " ".join(str(value) for value in model.details.values())
        return f"{model.what} {model.page} {details}"
    if isinstance(model, Note):
        return model.text
    if isinstance(model, Evidence):
        return f"{model.name} {model.description}"
    return ""


def fold_for_search(text: str) -> str:
    """`l'accès` and `acces` are found alike: no accents, no ligatures, file names in words."""
    text = unicodedata.normalize("NFKD", text.translate(_LETTERS)).lower()
    letters = (c for c in text if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in letters).split())
