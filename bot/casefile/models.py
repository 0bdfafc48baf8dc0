"""What is known of a case. Money is in cents; times are in UTC, days in the user's zone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")

Precision = Literal["time", "day", "month"]
CaseStatus = Literal["open", "closed"]
LetterStatus = Literal["draft", "sent"]
DueStatus = Literal["open", "done", "stopped"]


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happened, as precisely as the client could say.

    Attributes:
        day: in the user's zone; the first of the month when `precision` is "month".
        at: the instant in UTC when the time of day is known, else None.
        precision: what was said.
    """

    day: date
    at: datetime | None = None
    precision: Precision = "day"

    def to_json(self) -> dict[str, Any]:
        """For answers and rows."""
        return {
            "day": self.day.isoformat(),
            "at": self.at.isoformat() if self.at else None,
            "precision": self.precision,
        }

    @classmethod
    def from_json(cls, body: dict[str, Any] | None) -> Moment | None:
        """The moment that `to_json` wrote, or None."""
        if not body:
            return None
        at = datetime.fromisoformat(body["at"]) if body.get("at") else None
        return cls(date.fromisoformat(body["day"]), at, body.get("precision", "day"))


@dataclass(frozen=True, slots=True)
class Party:
    """The provider or the client: whoever a letter names."""

    name: str = ""
    address: str = ""
    siren: str = ""
    email: str = ""
    representative: str = ""
    profile: str = ""
    """The client's: "consumer", "nonprofessional", "small-business" or "business"."""


@dataclass(frozen=True, slots=True)
class Contract:
    """What was agreed with the provider."""

    reference: str = ""
    subject: str = ""
    signed: str = ""
    """ISO day, or empty."""
    price_cents: int | None = None
    paid_cents: int | None = None
    commitments: str = ""
    due: str = ""
    """ISO day of the promised delivery, or empty."""
    termination_clause: str = ""
    liability_cap_cents: int | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A dispute with one provider."""

    id: int
    number: int
    user: str
    status: CaseStatus
    created: datetime
    provider: Party = Party()
    client: Party = Party()
    contract: Contract = Contract()


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that went wrong. `number` counts within the case; 0 until it is saved.

    Attributes:
        kind: an id of `knowledge/incidents.yaml`.
        severity: "blocked", "degraded" or "minor".
        told: how the provider was told: "written", "spoken" or "no".
        details: the answers to the questions of its kind.
        evidence: the numbers of the exhibits that belong to it.
        unsure: keys whose answer was "I don't know".
    """

    kind: str
    what: str = ""
    started: Moment | None = None
    ended: Moment | None = None
    page: str = ""
    severity: str = ""
    cost_cents: int | None = None
    told: str = ""
    told_on: Moment | None = None
    details: dict[str, Any] = field(default_factory=dict)
    evidence: tuple[int, ...] = ()
    unsure: tuple[str, ...] = ()
    number: int = 0
    created: datetime | None = None

    @property
    def is_ongoing(self) -> bool:
        """It is known to go on; not knowing when it ended is another thing."""
        return self.ended is None and "until" not in self.unsure


@dataclass(frozen=True, slots=True)
class Note:
    """A dated note in the client's own words."""

    text: str
    number: int = 0
    created: datetime | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file, kept as received under its fingerprint.

    Attributes:
        sha256: of the bytes as received; the file's name in the data folder.
        received: when it reached us.
        incident: the number of the incident it belongs to, or None.
    """

    sha256: str
    name: str
    mime: str
    size: int
    received: datetime
    description: str = ""
    compressed: bool = False
    forwarded: bool = False
    incident: int | None = None
    number: int = 0


@dataclass(frozen=True, slots=True)
class Letter:
    """One version of a letter. A sent one never changes.

    Attributes:
        kind: "notice", "report", "second-letter", "reply" or "access".
        body: what the letter was made from; enough to make it again.
        files: the name and SHA-256 of each file made, PDF first.
        sent: how and when it went: "how", "posted", "tracking", "presented", "received".
    """

    kind: str
    body: dict[str, Any]
    files: tuple[tuple[str, str], ...] = ()
    status: LetterStatus = "draft"
    sent: dict[str, Any] = field(default_factory=dict)
    number: int = 0
    version: int = 1
    created: datetime | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that starts a delay: a letter received, an order to pay served."""

    kind: str
    on: date
    letter: int | None = None
    number: int = 0
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """A date by which something must be done.

    Attributes:
        rule: an id of `knowledge/deadlines.yaml`.
        due: the last day, in the user's zone.
        due_at: the instant, for a delay counted in hours.
        event: the number of the event that started it.
    """

    rule: str
    due: date
    event: int
    due_at: datetime | None = None
    status: DueStatus = "open"
    number: int = 0


@dataclass(frozen=True, slots=True)
class GateVerdict:
    """What came of the questions before a step that can hurt."""

    gate: str
    verdict: Literal["go", "wait", "lawyer"]
    reasons: tuple[str, ...]
    answers: dict[str, Any]
    number: int = 0
    created: datetime | None = None


@dataclass(frozen=True, slots=True)
class LossEstimate:
    """A figure put on the loss: the answers it was made from and the lines it came to."""

    body: dict[str, Any]
    number: int = 0
    created: datetime | None = None


@dataclass(frozen=True, slots=True)
class CaseDetails:
    """What a flow learnt of the parties and the contract; empty parts stay as they were."""

    provider: dict[str, Any] = field(default_factory=dict)
    client: dict[str, Any] = field(default_factory=dict)
    contract: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything in one case, in order, as flows and documents read it."""

    case: Case
    incidents: tuple[Incident, ...] = ()
    notes: tuple[Note, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    letters: tuple[Letter, ...] = ()
    events: tuple[Event, ...] = ()
    dues: tuple[Due, ...] = ()
    verdicts: tuple[GateVerdict, ...] = ()
    losses: tuple[LossEstimate, ...] = ()

    def incident(self, number: int) -> Incident | None:
        """The incident of that number, or None."""
        return next((i for i in self.incidents if i.number == number), None)


def as_json(model: Any) -> dict[str, Any]:
    """A model as plain JSON values, for rows, exports and the journal."""
    plain: dict[str, Any] = _adapter(type(model)).dump_python(model, mode="json")
    return plain


def from_json(model: type[T], body: dict[str, Any]) -> T:
    """The model that `as_json` wrote.

    Raises:
        ValueError: `body` is not one.
    """
    found: T = _adapter(model).validate_python(body)
    return found


def _adapter(model: type[Any]) -> TypeAdapter[Any]:
    """The reader and writer of a model, made once: making one takes milliseconds."""
    if model not in _ADAPTERS:
        _ADAPTERS[model] = TypeAdapter(model)
    return _ADAPTERS[model]


_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}
