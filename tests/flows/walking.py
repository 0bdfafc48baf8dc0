"""One random walk: a person who answers, errs, goes back, leaves, comes again and presses things.

`test_walks` runs ten thousand of them; a walk is made again from its seed with `walk(seed, world)`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from bot.assistant import Assistant
from bot.channels.render import MAX_UNITS, convert, split
from bot.faq.library import Library
from bot.flows import engine
from bot.flows.model import REVIEW, Context, Session, Step
from bot.flows.registry import FLOWS
from bot.i18n import PARIS, Catalogues
from bot.messages import MAX_DATA_BYTES, Button, Incoming, Kind, Reply
from bot.store.store import Store
from tests.flows import walking_words as words

START = datetime(2026, 1, 1, 8, tzinfo=UTC)
_OPENS = ("f:", "i:", "d:move")
"""Buttons that begin another flow."""


@dataclass
class World:
    """What walks share: the knowledge, and a store that several persons use."""

    library: Library
    catalogues: Catalogues
    store: Store
    seen: Counter[str] = field(default_factory=Counter)
    updates: count[int] = field(default_factory=lambda: count(1))

    def assistant(self) -> Assistant:
        return Assistant(self.store, lambda: self.library, self.catalogues, PARIS)


@dataclass(frozen=True)
class State:
    """What is kept of one person, as far as the invariants speak of it."""

    session: Session | None
    kept: dict[str, int]

    @property
    def told(self) -> tuple[Any, ...]:
        """The state without the number of the question on the screen."""
        return (replace(self.session, revision=0) if self.session else None, self.kept)


class Walk:
    """A person's walk; `log` tells it when an invariant is broken."""

    def __init__(self, seed: int, world: World) -> None:
        self.chance = Random(seed)
        self.world = world
        self.store = world.store
        self.assistant = world.assistant()
        self.name = f"walker{seed}"
        self.user = f"console:{self.name}"
        self.language = self.chance.choice(("fr", "en", None, "de"))
        self.now = START + timedelta(minutes=self.chance.randrange(3 * 365 * 24 * 60))
        self.fresh: list[Button] = []
        self.stale: list[str] = []
        self.shown: dict[int, list[str]] = {}
        self.messages: list[str] = []
        self.album = ""
        self.log: list[str] = []

    # What is looked at

    def state(self) -> State:
        rows = self.store.database.execute(_COUNTS, {"user": self.user}).fetchall()
        return State(self.store.users.session(self.user), dict(rows))

    def context(self, session: Session) -> Context:
        user = self.store.users.get(self.user)
        assert user is not None
        t = self.world.catalogues.for_code(user.language or user.client_language)
        case = self.store.cases.get(user.active_case) if user.active_case else None
        file = self.store.cases.file(case) if case else None
        return Context(self.now, PARIS, t, self.world.library.knowledge, file, session.data)

    def step(self) -> tuple[Step | None, Context | None]:
        session = self.store.users.session(self.user)
        if session is None:
            return None, None
        context = self.context(session)
        return engine.current(FLOWS[session.flow], session, context), context

    # One event

    def turn(self, what: str, kind: Kind = "message", *, forged: bool = False, **how: Any) -> None:
        """Send one message, and hold every invariant."""
        self.now += timedelta(seconds=self.chance.choice((1, 5, 60, 600, 86_400)))
        if kind != "edited":
            self.messages.append(f"m{len(self.messages)}")
            how["message"] = self.messages[-1]
        self.log.append(f"{what}: {how}")
        incoming = Incoming(
            "console", self.name, self.now, language=self.language, kind=kind, **how
        )
        before = self.state()
        update = next(self.world.updates) if self.chance.random() < 0.2 else None
        if update is not None:
            self.store.inbox.add(update, None, "{}", self.now)
        replies = self.assistant.handle(incoming, update)
        after = self.state()
        if update is not None:
            assert self.assistant.handle(incoming, update) == [], "a repeated update was answered"
            assert self.state() == after, "a repeated update changed something"
            self.world.seen["repeated update"] += 1
        self._note(replies)
        self._check(before, after, replies, what, forged, str(how.get("button") or ""))
        self._check_session(after.session)
        self.world.seen[what] += 1

    def _note(self, replies: list[Reply]) -> None:
        buttons = [b for reply in replies for row in reply.buttons for b in row]
        self.stale += [b.data for b in self.fresh if b.data[:1].isdigit()]
        self.fresh = [b for b in buttons if b.data]
        for button in buttons:
            revision, _, verb = button.data.partition(":")
            if revision.isdecimal():
                self.shown.setdefault(int(revision), []).append(verb)

    def _check(
        self,
        before: State,
        after: State,
        replies: list[Reply],
        what: str,
        forged: bool,
        button: str,
    ) -> None:
        assert replies or forged, "nothing was answered"
        if button == "data:erase-now" and not forged:
            self.world.seen["erased"] += 1
            assert after == State(None, {"case": 0, "journal": 0, "outbox": 1})
            return
        sent = after.kept["outbox"] - before.kept.get("outbox", 0)
        assert sent == len(replies), "the outbox does not hold the replies"
        for kind, number in before.kept.items():
            assert after.kept[kind] >= number, f"{kind}: one is lost"
        for reply in replies:
            _check_reply(reply)
        if forged or what == "stale":
            unchanged = replace(after, kept={**after.kept, "outbox": 0})
            was = replace(before, kept={**before.kept, "outbox": 0})
            assert unchanged.told == was.told, "a stale or forged button changed something"
        if what != "opens" and not button.startswith(_OPENS):
            _check_answers(before.session, after.session)
        if before.session and not after.session and after.kept["journal"] > before.kept["journal"]:
            self.world.seen[f"saved {before.session.flow}"] += 1

    def _check_session(self, session: Session | None) -> None:
        if session is None:
            return
        flow = FLOWS[session.flow]
        visible = [step.key for step in engine.visible(flow, session, self.context(session))]
        assert session.cursor == REVIEW or session.cursor in visible, "the cursor is nowhere"
        if session.cursor == REVIEW:
            self.world.seen[f"review of {flow.name}"] += 1
            assert set(visible) <= session.answers.keys(), "a question at the review is open"
        assert engine.CANCEL in self.shown.get(session.revision, ()), "there is no way out"
        evidence = self.state().kept.get("evidence", 0)
        assert len(session.files) <= evidence, "a file of the session is not in the case"


def _check_reply(reply: Reply) -> None:
    for row in reply.buttons:
        for button in row:
            assert button.label, "a button without a label"
            assert len(button.data.encode()) <= MAX_DATA_BYTES, "too much data on a button"
    if len(reply.text) < MAX_UNITS // 2:
        return
    text, entities = convert(reply.text) if reply.markup else (reply.text, ())
    for part, _ in split(text, entities):
        assert len(part.encode("utf-16-le")) // 2 <= MAX_UNITS, "a message is too long"


def _check_answers(before: Session | None, after: Session | None) -> None:
    """Within a flow no answer is lost, and what replaces one keeps it, once."""
    if before is None or after is None:
        return
    assert before.flow == after.flow, "the flow changed under way"
    assert before.answers.keys() <= after.answers.keys(), "an answer is lost"
    assert set(before.files) <= set(after.files), "a file is lost"
    changed = [
        (key, old) for key, old in before.answers.items() if after.answers[key] != old
    ]
    assert len(changed) <= 1, "two answers changed at once"
    assert after.changes == (*before.changes, *changed), "the old value is not kept"


_COUNTS = """
SELECT r.kind, count(*) FROM records r JOIN cases c ON c.id = r.case_id
WHERE c.user = :user GROUP BY r.kind
UNION ALL SELECT 'case', count(*) FROM cases WHERE user = :user
UNION ALL SELECT 'journal', count(*) FROM journal j JOIN cases c ON c.id = j.case_id
WHERE c.user = :user
UNION ALL SELECT 'outbox', count(*) FROM outbox WHERE user = :user
"""
