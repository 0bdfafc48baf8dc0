"""What starts a delay, and what must be done then: the data of `knowledge/deadlines.yaml`, read.

The delays themselves are dated values, in `knowledge/values.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from bot.casefile.models import Event
from bot.errors import KnowledgeError
from bot.faq.entry import PROFILES, Knowledge, Value
from bot.faq.loader import PLACEHOLDER, fill
from bot.i18n import LANGUAGES

FILE = "deadlines"
Texts = Mapping[str, str]
Basis = Literal["calendar", "working", "hours"]

_UNITS: dict[str, Basis] = {
    "heure": "hours",
    "jour ouvré": "working",
    "jour": "calendar",
    "semaine": "calendar",
    "mois": "calendar",
    "an": "calendar",
}
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class EventKind:
    """Something that starts delays, and how its date is asked.

    Attributes:
        choose: a second question; empty when there is none.
        choices: its answers, as `(key, {language: label})`.
        words: beginnings of words by which a free sentence is recognised.
        future: its date mostly is one to come.
    """

    id: str
    group: str
    label: Texts
    ask: Texts
    hint: Texts
    choose: Texts
    choices: tuple[tuple[str, Texts], ...] = ()
    words: tuple[str, ...] = ()
    profiles: tuple[str, ...] = PROFILES
    future: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """What must be done, and how its last day is counted.

    Attributes:
        event: the id of the event that starts it.
        choice: holds only for that answer to the event's second question; "" for all.
        value: the delay; None when the day of the event itself is the last one.
        start: the rule of the same event from whose last day the delay runs; "" for the event.
        before: the delay runs backwards.
        basis: "calendar", "working" (working days) or "hours" (real elapsed time).
        rolls: a last day that is not a working day moves to the next one, or to the one before
            when the delay runs backwards.
        what: what must be done by then.
        effect: what happens otherwise.
        check: what is still to be verified; empty when nothing is.
        offsets: the reminders, in days from the last day, or in hours for `basis` "hours".
    """

    id: str
    event: str
    what: Texts
    effect: Texts
    check: Texts
    choice: str = ""
    value: Value | None = None
    start: str = ""
    before: bool = False
    basis: Basis = "calendar"
    rolls: bool = False
    offsets: tuple[int, ...] = ()
    profiles: tuple[str, ...] = PROFILES


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The events and the rules, by id, in the order of the file."""

    events: Mapping[str, EventKind]
    rules: Mapping[str, Rule]

    def kind(self, event: Event) -> EventKind | None:
        """The kind of an event, or None when the file no longer has it."""
        return self.events.get(split_kind(event.kind)[0])

    def of(self, event: Event, profile: str = "") -> list[Rule]:
        """The rules that an event starts, for a client's profile; "" when it is not known."""
        id, choice = split_kind(event.kind)
        return [
            rule
            for rule in self.rules.values()
            if rule.event == id
            and rule.choice in {"", choice}
            and (not profile or profile in rule.profiles)
        ]

    def counted_in_hours(self, event: str) -> bool:
        """The time of day of this kind of event matters."""
        return any(r.basis == "hours" for r in self.rules.values() if r.event == event)


def split_kind(kind: str) -> tuple[str, str]:
    """`Event.kind` is an event's id, and after a colon the answer to its second question."""
    id, _, choice = kind.partition(":")
    return id, choice


def _as_list(value: Any) -> Any:
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else value


def _as_numbers(value: Any) -> Any:
    return [part for part in _as_list(value) if part]


_Profile = Literal["consumer", "nonprofessional", "small-business", "business"]
_Profiles = Annotated[list[_Profile], BeforeValidator(_as_list)]


class _Item(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Choice(_Item):
    key: str = Field(pattern=r"^[a-z0-9-]+$")
    fr: str
    en: str


class _Event(_Item):
    id: str = Field(pattern=r"^[a-z0-9-]+$")
    group: Literal["letters", "court", "contract", "money", "online"]
    fr: str
    en: str
    ask_fr: str
    ask_en: str
    hint_fr: str = ""
    hint_en: str = ""
    choose_fr: str = ""
    choose_en: str = ""
    choices: list[_Choice] = []
    words: Annotated[list[str], BeforeValidator(_as_list)] = []
    profiles: _Profiles = Field(default=list(PROFILES))  # type: ignore[arg-type]
    future: Literal["yes", "no"] = "no"


class _Rule(_Item):
    id: str = Field(pattern=r"^[a-z0-9_-]+$")
    event: str
    choice: str = ""
    value: str = ""
    start: str = Field(default="", alias="from")
    direction: Literal["after", "before"]
    basis: Basis
    roll: Literal["next-working-day", "none"]
    fr: str = Field(min_length=5)
    en: str = Field(min_length=5)
    effect_fr: str = Field(min_length=5)
    effect_en: str = Field(min_length=5)
    reminders: Annotated[list[int], BeforeValidator(_as_numbers)] = []
    check_fr: str = ""
    check_en: str = ""
    profiles: _Profiles = Field(default=list(PROFILES))  # type: ignore[arg-type]


def read_deadlines(knowledge: Knowledge) -> Deadlines:
    """The events and the rules of a set of knowledge; none when it has no such file.

    Raises:
        KnowledgeError: something in the file can't be used; every fault is told.
    """
    # Several times a turn, always of the set in use: one set is remembered, by identity.
    if not _read or _read[0][0] is not knowledge:
        _read[:] = [(knowledge, _Reader(knowledge).read())]
    return _read[0][1]


_read: list[tuple[Knowledge, Deadlines]] = []


class _Reader:
    """Turns the plain data into rules, noting what is wrong."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._faults: list[str] = []

    def read(self) -> Deadlines:
        """All of it.

        Raises:
            KnowledgeError: there is a fault.
        """
        plain = self._knowledge.data.get(FILE) or {}
        if not isinstance(plain, dict) or not plain.keys() <= {"events", "rules"}:
            self._fault("", "K040", "expected two lists: events and rules")
            plain = {}
        events = {e.id: self._event(e) for e in self._items(plain, "events", _Event)}
        rules = {}
        for item in self._items(plain, "rules", _Rule):
            rules[item.id] = self._rule(item, events)
        self._check_starts(rules)
        self._check_events(events, rules)
        if self._faults:
            raise KnowledgeError(self._faults)
        return Deadlines(events, rules)

    def _items(self, plain: Mapping[str, Any], name: str, model: type[M]) -> Iterator[M]:
        seen: set[str] = set()
        items = plain.get(name) or []
        if not isinstance(items, list):
            self._fault("", "K040", f"{name}: expected a list: each item begins with “- ”")
            items = []
        for index, item in enumerate(items):
            id = str(item.get("id", "")) if isinstance(item, dict) else ""
            try:
                found = model.model_validate(item)
            except ValidationError as error:
                for fault in error.errors():
                    place = ".".join(map(str, [name, id or index, *fault["loc"]]))
                    self._fault(id, "K041", f"{place}: {fault['msg']}")
                continue
            if id in seen:
                self._fault(id, "K042", f"{name}: {id!r} is there twice; keep one")
                continue
            seen.add(id)
            yield found

    def _event(self, item: _Event) -> EventKind:
        if bool(item.choices) != bool(item.choose_fr and item.choose_en):
            self._fault(item.id, "K043", "choose_fr, choose_en and choices go together")
        return EventKind(
            id=item.id,
            group=item.group,
            label=self._texts(item.id, item.fr, item.en),
            ask=self._texts(item.id, item.ask_fr, item.ask_en),
            hint=self._texts(item.id, item.hint_fr, item.hint_en),
            choose=self._texts(item.id, item.choose_fr, item.choose_en),
            choices=tuple((c.key, self._texts(item.id, c.fr, c.en)) for c in item.choices),
            words=tuple(item.words),
            profiles=tuple(item.profiles),
            future=item.future == "yes",
        )

    def _rule(self, item: _Rule, events: Mapping[str, EventKind]) -> Rule:
        event = events.get(item.event)
        if event is None:
            self._fault(item.id, "K044", f"there is no event {item.event!r}")
        elif item.choice and item.choice not in dict(event.choices):
            self._fault(item.id, "K044", f"{item.event!r} has no choice {item.choice!r}")
        return Rule(
            id=item.id,
            event=item.event,
            what=self._texts(item.id, item.fr, item.en),
            effect=self._texts(item.id, item.effect_fr, item.effect_en),
            check=self._texts(item.id, item.check_fr, item.check_en),
            choice=item.choice,
            value=self._value(item),
            start=item.start,
            before=item.direction == "before",
            basis=item.basis,
            rolls=item.roll == "next-working-day",
            offsets=tuple(sorted(set(item.reminders))),
            profiles=tuple(item.profiles),
        )

    def _value(self, item: _Rule) -> Value | None:
        if not item.value:
            if item.basis != "calendar":
                self._fault(item.id, "K045", f"basis {item.basis} needs a value")
            return None
        value = self._knowledge.values.get(item.value)
        if value is None:
            self._fault(item.id, "K045", f"values.yaml has no {item.value!r}")
        elif _UNITS.get(value.unit) != item.basis:
            reason = f"basis {item.basis} does not go with {item.value!r}, counted in {value.unit}"
            self._fault(item.id, "K045", reason)
        elif value.value != int(value.value) or value.value < 0:
            self._fault(item.id, "K045", f"{item.value!r} is not a whole number")
        else:
            return value
        return None

    def _check_starts(self, rules: Mapping[str, Rule]) -> None:
        for rule in rules.values():
            if not rule.start:
                continue
            first = rules.get(rule.start)
            if first is None or first.event != rule.event or first.start:
                reason = f"from: {rule.start!r} is no rule of the same event that starts from it"
                self._fault(rule.id, "K046", reason)
            elif "hours" in {first.basis, rule.basis}:
                self._fault(rule.id, "K046", "from: a delay in hours starts from the event alone")

    def _check_events(self, events: Mapping[str, EventKind], rules: Mapping[str, Rule]) -> None:
        for event in events.values():
            for key in dict(event.choices) or [""]:
                if not any(r.event == event.id and r.choice in {"", key} for r in rules.values()):
                    name = f"{event.id!r}, choice {key!r}" if key else f"{event.id!r}"
                    self._fault(event.id, "K047", f"no rule says what {name} starts")

    def _texts(self, id: str, fr: str, en: str) -> dict[str, str]:
        if bool(fr) != bool(en):
            self._fault(id, "K048", f"one language is missing beside {fr or en!r}")
        texts = {
            language: fill(text, self._knowledge.values, language)
            for language, text in zip(LANGUAGES, (fr, en), strict=True)
        }
        for text in texts.values():
            for name in PLACEHOLDER.findall(text):
                self._fault(id, "K049", f"values.yaml has no {name!r}")
        return texts

    def _fault(self, id: str, code: str, reason: str) -> None:
        path = self._knowledge.root / f"{FILE}.yaml"
        shown = path.relative_to(self._knowledge.root.parent)
        name = f"{id}: " if id and not reason.startswith(("events.", "rules.")) else ""
        self._faults.append(f"{shown}:{_line(path, id)}: {code} {name}{reason}")


def _line(path: Path, id: str) -> int:
    """Where an item begins; the plain data has no lines, so the file is read again."""
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        return 1
    wanted = (f"- id: {id}", f'- id: "{id}"')
    return next((n for n, line in enumerate(lines, 1) if id and line.strip() in wanted), 1)
