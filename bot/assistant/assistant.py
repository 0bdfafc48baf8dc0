"""One turn: an `Incoming` in, one transaction, replies out. The only port of the product."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo

from bot.assistant import cases, data, deadlines, evidence, guided, jobs, questions
from bot.assistant.turn import Turn
from bot.casefile.timeline import FILTERS
from bot.commands import BY_NAME, COMMANDS
from bot.errors import StoreError
from bot.faq.library import Library
from bot.flows import provider
from bot.flows.model import Back, Skip
from bot.flows.registry import FLOWS
from bot.i18n import LANGUAGES, Catalogues
from bot.messages import Attachment, Button, Incoming, Reply
from bot.store.store import Store
from bot.store.users import User

_COMMAND = re.compile(r"/([a-zA-Zàâéèêëîïôûùç]+)(?:@\w+)?(?:\s+(.*))?\Z", re.DOTALL)
_FLOW_BUTTON = re.compile(r"(\d{1,9}):([a-z]+)(?::(.*))?\Z")
_KEPT = timedelta(days=7)
_READING = {
    "case", "note", "topics", "help", "start", "data", "deadlines", "gaps", "search", "cases",
}  # fmt: skip
"""Commands after which a flow goes on where it was."""


class Assistant:
    """Decides what each message is: a command, an answer to a flow, a file or a question.

    Args:
        store: where everything is kept.
        library: gives the set of knowledge in use; a turn keeps the one it began with.
        catalogues: the languages.
        zone: in which times are read and shown.
    """

    def __init__(
        self,
        store: Store,
        library: Callable[[], Library],
        catalogues: Catalogues,
        zone: tzinfo,
    ) -> None:
        self.store = store
        self.catalogues = catalogues
        self._library = library
        self._zone = zone

    def handle(self, incoming: Incoming, update: int | None = None) -> list[Reply]:
        """One turn: everything it changes, and its replies, are kept together or not at all.

        Args:
            incoming: what came in.
            update: the id of the inbox row that this turn ends.

        Returns:
            The replies, which are in the outbox as well.

        Raises:
            StoreError: nothing could be kept; nothing has changed.
        """
        with self.store.transaction():
            if update is not None and not self.store.inbox.is_new(update):
                return []
            turn = self._begin(incoming)
            self._dispatch(turn)
            self.store.users.save(turn.user)
            self.store.users.save_session(turn.user.id, turn.session, incoming.now)
            self.store.outbox.add(turn.user.id, turn.replies, incoming.now)
            if update is not None:
                self.store.inbox.done(update)
        return self._erase(turn) if turn.erase else turn.replies

    def _erase(self, turn: Turn) -> list[Reply]:
        """Outside the turn's transaction: freeing the bytes on disk can't be undone anyway."""
        try:
            self.store.erase(turn.user.id)
            reply = Reply(turn.t("Everything of yours is erased."))
        except StoreError:
            reply = Reply(
                turn.t("I could not erase everything just now. Please send /data again later.")
            )
        self.store.outbox.add(turn.user.id, [reply], turn.now)
        return [reply]

    def run_jobs(self, incoming: Incoming) -> int:
        """Make and deliver the documents this person waits for, in this thread."""
        return jobs.run(self.store, self._library(), self.catalogues, incoming.now, incoming.user)

    def greet(self, incoming: Incoming) -> list[Reply]:
        """The question under way, or a welcome: what a person sees who opens the chat again."""
        with self.store.transaction():
            turn = self._begin(incoming)
            if turn.session is not None:
                guided.ask(turn)
            else:
                _welcome(turn)
            self.store.users.save(turn.user)
            self.store.users.save_session(turn.user.id, turn.session, incoming.now)
            self.store.outbox.add(turn.user.id, turn.replies, incoming.now)
            return turn.replies

    def choose_language(self, incoming: Incoming, language: str) -> None:
        """The person chose a language when they opened the chat."""
        with self.store.transaction():
            turn = self._begin(incoming)
            turn.remember(language=language)
            self.store.users.save(turn.user)

    def apologise(self, incoming: Incoming) -> None:
        """An update was set aside after several failures: tell the person."""
        with self.store.transaction():
            turn = self._begin(incoming)
            turn.say(
                turn.t(
                    "Something went wrong on my side with your last message. What you had"
                    " saved is safe. Please send it again."
                )
            )
            self.store.users.save(turn.user)
            self.store.outbox.add(turn.user.id, turn.replies, incoming.now)

    def forget_old(self, now: datetime) -> None:
        """Drop the traces of turns and replies long over."""
        with self.store.transaction():
            before = now - _KEPT
            self.store.inbox.forget_before(before)
            self.store.outbox.forget_before(before)

    def _begin(self, incoming: Incoming) -> Turn:
        # A lone half of a character can be typed, but not written to a file.
        text = incoming.text.encode("utf-8", "ignore").decode()
        incoming = replace(incoming, text=text)
        users = self.store.users
        user = users.get(incoming.user)
        if user is None:
            user = User(incoming.user, incoming.channel, incoming.name, incoming.now)
            users.save(user)
        turn = Turn(self.store, self._library(), self.catalogues, self._zone, incoming, user)
        turn.remember(reachable=True)
        if incoming.language:
            turn.remember(client_language=incoming.language)
        session = users.session(user.id)
        turn.session = guided.resumed(turn, session) if session else None
        return turn

    def _dispatch(self, turn: Turn) -> None:
        incoming = turn.incoming
        if incoming.button is not None:
            return _press(turn, incoming.button)
        if incoming.kind == "edited":
            if not (guided.edited(turn, incoming.text) or cases.edited(turn)):
                turn.say(turn.t("I only read the new messages: please send it again."))
            return None
        if incoming.kind == "unsupported":
            questions.unsupported(turn, incoming.text)
            return guided.ask(turn) if turn.session else None
        if incoming.attachments:
            return evidence.receive(turn)
        return _hear(turn, incoming.text.strip())


def _hear(turn: Turn, text: str) -> None:
    if not text:
        return guided.ask(turn) if turn.session else _help(turn)
    command = _COMMAND.match(text)
    if command is not None:
        return _command(turn, command[1].lower(), (command[2] or "").strip())
    if turn.user.memory.get("waiting") == "note":
        cases.add_note(turn, text)
        return guided.go_on(turn)
    if cases.replied(turn, text):
        return None
    if turn.session is not None:
        return guided.hear(turn, text)
    return questions.answer(turn, text)


def _command(turn: Turn, name: str, argument: str) -> None:
    command = BY_NAME.get(name)
    if command is None:
        turn.say(turn.t("I don’t know this command. Here is what I can do:"))
        return _help(turn)
    if command.id != "note":
        turn.note("waiting", None)
    actions: dict[str, Callable[[], None]] = {
        "incident": lambda: guided.start(turn, "incident", opening=argument),
        "case": lambda: cases.show_case(turn),
        "note": lambda: cases.add_note(turn, argument),
        "deadlines": lambda: deadlines.show_deadlines(turn),
        "gaps": lambda: cases.show_gaps(turn),
        "search": lambda: cases.search(turn, argument),
        "cases": lambda: cases.list_cases(turn),
        "topics": lambda: questions.topics(turn),
        "cancel": lambda: guided.cancel(turn),
        "data": lambda: data.show(turn),
        "language": lambda: _language(turn, argument),
        "help": lambda: _help(turn),
        "start": lambda: _welcome(turn),
        "back": lambda: guided.apply(turn, Back()) if turn.session else _help(turn),
        "skip": lambda: guided.apply(turn, Skip()) if turn.session else _help(turn),
    }
    actions[command.id]()
    waiting = turn.user.memory.get("waiting")
    if command.id in _READING and not waiting:
        guided.go_on(turn)
    return None


def _press(turn: Turn, pressed: str) -> None:
    turn.note("waiting", None)
    flow = _FLOW_BUTTON.match(pressed)
    if flow is not None:
        return guided.press(turn, int(flow[1]), flow[2], flow[3] or "")
    verb, _, argument = pressed.partition(":")
    entry, _, language = argument.partition(":")
    knowledge = turn.library.knowledge
    language = language if language in LANGUAGES else turn.language
    if verb in {"e", "m"} and entry in knowledge.entries:
        show = questions.show_entry if verb == "e" else questions.show_more
        show(turn, entry, language)
        return guided.go_on(turn)
    if verb == "t":
        return questions.topic(turn, argument)
    if verb == "l" and argument in LANGUAGES:
        return _language(turn, argument)
    if verb == "f":
        return _start(turn, entry, argument.partition(":")[2])
    if verb == "i" and argument.isdecimal():
        return cases.change_incident(turn, int(argument))
    if verb == "d":
        name, *arguments = argument.split(":")
        return deadlines.press(turn, name, arguments)
    if verb == "tl":
        page, _, only = argument.partition(":")
        if re.fullmatch(r"\d{1,4}", page) and (only in FILTERS or not only):
            return cases.show_timeline(turn, only, int(page))
    if verb == "ev":
        exhibit, _, incident = argument.partition(":")
        if exhibit.isdecimal() and incident.isdecimal():
            return cases.attach(turn, int(exhibit), int(incident))
    if verb == "case":
        return cases.choose_case(turn, argument)
    if verb == "doc":
        return data.ask_document(turn, argument)
    if verb == "data":
        return data.press(turn, argument)
    if verb == "none":
        return questions.nothing(turn)
    return None  # a forged button does nothing


def _start(turn: Turn, name: str, argument: str) -> None:
    if name == "dossier":
        return cases.show_case(turn)
    if name == "gaps":
        return cases.show_gaps(turn)
    if name not in FLOWS:
        return None
    file = turn.file()
    if name == "sent" and not (file and file.letters):
        turn.say(turn.t("There is no letter in this case yet."))
        return None
    opening = str(turn.user.memory.get("asked") or "") if argument == "said" else ""
    answers = provider.answers_of(file) if name == "provider" and file else None
    guided.start(turn, name, opening, answers=answers)
    known = {str(exhibit.number) for exhibit in file.evidence} if file else set()
    if name == "incident" and argument in known and turn.session is not None:
        guided.files_arrived(turn, [(int(argument), Attachment("", None))], quiet=True)
    return None


def _language(turn: Turn, argument: str) -> None:
    chosen = {"français": "fr", "francais": "fr", "anglais": "en", "english": "en", "french": "fr"}
    language = chosen.get(argument.lower(), argument.lower())
    if language not in LANGUAGES:
        turn.say(
            turn.t("Which language?"),
            ((Button("Français", "l:fr"), Button("English", "l:en")),),
        )
        return
    turn.remember(language=language)
    turn.say(
        turn.t("From now on I answer in English.")
        if language == "en"
        else turn.t("From now on I answer in French.")
    )
    if turn.session is not None:
        guided.ask(turn)


def _welcome(turn: Turn) -> None:
    t = turn.t
    turn.say(
        "\n".join(
            [
                t(
                    "Hello. I help you in a dispute with the company that made or hosts your"
                    " website."
                ),
                "",
                t(
                    "Ask your question in your own words: I answer with the law it rests on and"
                    " what to do next."
                ),
                t("I also help you log each incident and keep the proof, in your own case file."),
                "",
                t("I give information, not a lawyer’s advice, and I promise no outcome."),
            ]
        ),
        (
            (Button(t("Browse the topics"), "t:"),),
            (Button(t("Log an incident"), "f:incident"),),
            (Button("Français", "l:fr"), Button("English", "l:en")),
        ),
    )


def _help(turn: Turn) -> None:
    t = turn.t
    lines = [t("Ask a question in your own words, or use a command:"), ""]
    lines += [
        f"/{command.names[turn.language]}  {t(command.help)}"
        for command in COMMANDS
        if command.in_menu
    ]
    lines += ["", t("Send a photo or a file at any moment: it is kept in your case.")]
    turn.say("\n".join(lines))
