"""One random walk: a person who answers, errs, goes back, leaves, comes again and presses things.

`test_walks` runs ten thousand of them; `walk(seed, world)` makes one again from its seed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from bot.assistant import Assistant
from bot.faq.library import Library
from bot.flows import engine
from bot.flows.model import REVIEW, Context, Session, Step
from bot.flows.registry import FLOWS
from bot.i18n import PARIS, Catalogues
from bot.messages import Button, Incoming, Kind, Reply
from bot.store.store import Store
from tests.flows import walking_words as words
from tests.flows.walking_rules import COUNTS, State, check_answers, check_file, check_reply

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
        self.state = self.look()
        self.screen: tuple[Context | None, tuple[Step, ...]] = (None, ())

    # What is looked at

    def look(self) -> State:
        rows = self.store.database.execute(COUNTS, {"user": self.user}).fetchall()
        kept = dict(rows)
        return State(self.store.users.session(self.user), kept, kept.pop("sent") or 0)

    def context(self, session: Session) -> Context:
        user = self.store.users.get(self.user)
        assert user is not None
        t = self.world.catalogues.for_code(user.language or user.client_language)
        case = self.store.cases.get(user.active_case) if user.active_case else None
        file = self.store.cases.file(case) if case else None
        return Context(self.now, PARIS, t, self.world.library.knowledge, file, session.data)

    def step(self) -> tuple[Step | None, Context | None]:
        """The question on the screen, None at the review; no context outside flows."""
        session = self.state.session
        if session is None:
            return None, None
        context, steps = self.screen
        return next((step for step in steps if step.key == session.cursor), None), context

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
        before = self.state
        update = next(self.world.updates) if self.chance.random() < 0.1 else None
        if update is not None:
            self.store.inbox.add(update, None, "{}", self.now)
        replies = self.assistant.handle(incoming, update)
        after = self.state = self.look()
        if update is not None:
            assert self.assistant.handle(incoming, update) == [], "a repeated update was answered"
            assert self.look() == after, "a repeated update changed something"
            self.world.seen["repeated update"] += 1
        self._note(replies)
        self._check(before, after, replies, what, forged, str(how.get("button") or ""))
        self._check_session(after)
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
            assert (after.session, after.kept) == (None, {"case": 0, "journal": 0})
            return
        assert after.sent - before.sent == len(replies), "the outbox does not hold the replies"
        for kind, number in before.kept.items():
            assert after.kept[kind] >= number, f"{kind}: one is lost"
        for reply in replies:
            check_reply(reply)
        if forged or what == "stale":
            assert after.told == before.told, "a stale or forged button changed something"
        if what == "edits" and before.session and after.session:
            changed = len(after.session.changes) > len(before.session.changes)
            self.world.seen["changed by an edit"] += changed
        if what != "opens" and not button.startswith(_OPENS):
            check_answers(before.session, after.session)
        if before.session and not after.session and after.kept["journal"] > before.kept["journal"]:
            self.world.seen[f"saved {before.session.flow}"] += 1

    # The events

    def opens(self, name: str = "") -> None:
        """Begin a flow, by its command or its button."""
        name = name or self.chance.choice(list(FLOWS))
        if name == "incident" and self.chance.random() < 0.7:
            opening = self.chance.choice(words.OPENINGS)
            return self.turn("opens", text=f"/incident {opening}")
        return self.turn("opens", button=f"f:{name}")

    def answers(self) -> None:
        """Type what the question can read; at the review, confirm."""
        step, context = self.step()
        if context is None:
            return self.opens()
        if step is None:
            return self.turn("confirms", text=self.chance.choice(("oui", "ok", "save")))
        return self.turn("answers", text=words.fitting(step, context, self.chance))

    def presses(self) -> None:
        """Press one of the buttons just shown."""
        if not self.fresh:
            return self.opens()
        button = self.chance.choice(self.fresh)
        if button.data.endswith(f":{engine.CANCEL}"):  # it is in every question
            button = self.chance.choice(self.fresh)
        return self.turn("presses", button=button.data)

    def presses_stale(self) -> None:
        """Press a button of an earlier question, or the same one a second time."""
        session = self.state.session
        revision = f"{session.revision}:" if session else "none"
        old = [data for data in self.stale if not data.startswith(revision)]
        if not old:
            return self.presses()
        return self.turn("stale", button=self.chance.choice(old))

    def forges(self) -> None:
        """Send data that no button carries."""
        session = self.state.session
        data = words.forged(session.revision if session else 7, self.chance)
        self.turn("forged", button=data, forged=True)

    def sends(self) -> None:
        """Send a file, alone or in an album."""
        if self.chance.random() < 0.5:
            self.album = ""
        elif not self.album:
            self.album = f"album{self.chance.random()}"
        text = self.chance.choice(("", "", "facture de mars"))
        sent = words.files(self.chance, self.album)
        self.turn("file", text=text, attachments=sent)
        check_file(self.store, self.user, self.state.session, sent[0])

    def edits(self) -> None:
        """Change the words of an earlier message."""
        text = self.chance.choice((*words.FITTING["Text"], *words.FITTING["Day"], *words.WRONG))
        said = list((self.state.session.data.get("said") or {}) if self.state.session else ())
        message = self.chance.choice(said or self.messages or ["m0"])
        self.turn("edits", "edited", text=text, message=message)

    def restarts(self) -> None:
        """The program ends and starts again, and shows the question under way."""
        before = self.state
        self.assistant = self.world.assistant()
        incoming = Incoming("console", self.name, self.now, language=self.language)
        self._note(self.assistant.greet(incoming))
        self.log.append("restarts")
        self.state = self.look()
        assert self.state.told == before.told, "a restart changed something"
        self.world.seen["restarts"] += 1

    def leaves(self) -> None:
        """Whatever has happened, the way out that was shown leads out."""
        session = self.state.session
        if session is not None:
            self.turn("leaves", button=f"{session.revision}:{engine.CANCEL}")
            assert self.state.session is None, "cancel did not end the flow"

    def types(self, what: str, pool: tuple[str, ...]) -> None:
        """Type something out of a pool."""
        self.turn(what, text=self.chance.choice(pool))

    def _check_session(self, state: State) -> None:
        session = state.session
        if session is None:
            return
        flow = FLOWS[session.flow]
        self.world.seen[f"in {flow.name}"] += 1
        context = self.context(session)
        self.screen = context, engine.visible(flow, session, context)
        visible = [step.key for step in self.screen[1]]
        assert session.cursor == REVIEW or session.cursor in visible, "the cursor is nowhere"
        if session.cursor == REVIEW:
            self.world.seen[f"review of {flow.name}"] += 1
            assert set(visible) <= session.answers.keys(), "a question at the review is open"
        assert engine.CANCEL in self.shown.get(session.revision, ()), "there is no way out"


EVENTS: tuple[tuple[int, Callable[[Walk], None]], ...] = (
    (34, Walk.answers),
    (20, Walk.presses),
    (5, Walk.presses_stale),
    (5, Walk.forges),
    (5, Walk.sends),
    (3, Walk.edits),
    (3, Walk.restarts),
    (2, Walk.opens),
    (5, lambda walk: walk.types("back", ("/retour", "retour", "/back"))),
    (5, lambda walk: walk.types("skip", ("/passer", "passer", "/skip", "je ne sais pas"))),
    (1, lambda walk: walk.types("cancel", ("/annuler", "/cancel", "annuler"))),
    (3, lambda walk: walk.types("question", words.QUESTIONS)),
    (2, lambda walk: walk.types("wrong", words.WRONG)),
    (3, lambda walk: walk.types("hostile", words.HOSTILE)),
    (2, lambda walk: walk.types("command", words.COMMANDS)),
    (2, lambda walk: walk.types("language", words.LANGUAGES)),
    (
        1,
        lambda walk: walk.turn("unsupported", "unsupported", text=walk.chance.choice(words.KINDS)),
    ),
)


def walk(seed: int, world: World) -> str:
    """Walk once.

    Returns:
        What went wrong, with the way that led there; "" when nothing did.
    """
    person = Walk(seed, world)
    weights = [weight for weight, _ in EVENTS]
    try:
        person.opens(list(FLOWS)[seed % len(FLOWS)])
        patient = seed // len(FLOWS) % 40 == 0  # answers most questions, up to the end
        for _ in range(60 if patient else person.chance.randrange(6, 13)):
            if patient and person.chance.random() < 0.85:
                person.answers()
            else:
                person.chance.choices(EVENTS, weights)[0][1](person)
        person.leaves()
    except Exception as error:  # the walk is what is tested: its end is told with its seed
        way = "\n  ".join(person.log)
        return f"seed {seed}: {type(error).__name__}: {error}\n  {way}"
    return ""
