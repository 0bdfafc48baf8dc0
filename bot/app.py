"""The only room that knows all the others: wires settings, store, knowledge and assistant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.assistant import Assistant, reminders
from bot.config import Settings
from bot.errors import KnowledgeError
from bot.faq.library import Library, open_library, renew
from bot.i18n import DEFAULT_LANGUAGE, Catalogues
from bot.operators import digest
from bot.operators.checks import data_faults
from bot.store.store import Store


def utc_now() -> datetime:
    """The clock of the running program."""
    return datetime.now(UTC)


@dataclass(slots=True)
class App:
    """A running program's parts. `library` is replaced as a whole when the knowledge changes."""

    settings: Settings
    store: Store
    library: Library
    assistant: Assistant

    def tick(self, now: datetime) -> None:
        """The periodic work: reminders, the operators' digest, forgetting what is long over."""
        reminders.tick(
            self.store, self.library, self.assistant.catalogues, self.settings.zone, now
        )
        t = self.assistant.catalogues.translator(DEFAULT_LANGUAGE)
        digest.daily(self.store, self.settings.operators, t, self.settings.zone, now)
        self.assistant.forget_old(now)

    def renewed(self, now: datetime) -> Library:
        """The knowledge as it is now on disk; slow, so call it in a thread of its own.

        Raises:
            KnowledgeError: it is not fit to replace the one in use.
        """
        return renew(
            self.library,
            self.settings.knowledge,
            cache_of(self.settings),
            now.date(),
            data_faults,
        )

    def refuse_knowledge(self, findings: list[str], now: datetime) -> None:
        """The set in use stays; the operators are told file, line and reason."""
        t = self.assistant.catalogues.translator(DEFAULT_LANGUAGE)
        head = t("The changed knowledge can’t be used; the former one stays.")
        text = "\n".join([head, *findings[:30]])
        digest.tell(self.store, self.settings.operators, text, now)


def build_library(settings: Settings) -> Library:
    """The knowledge and its matcher.

    Raises:
        KnowledgeError: the files can't be used.
    """
    library = open_library(settings.knowledge, cache_of(settings))
    if faults := data_faults(library.knowledge):
        raise KnowledgeError(faults)
    return library


def cache_of(settings: Settings) -> Path:
    """Where the fitted matcher is kept between starts."""
    return settings.data / "cache"


def build_app(settings: Settings) -> App:
    """Everything wired, nothing started.

    Raises:
        RecoursError: a setting, the knowledge or the store can't be used.
    """
    store = Store(settings.data)
    library = build_library(settings)
    catalogues = Catalogues(settings.locales, settings.zone)
    app: App
    assistant = Assistant(store, lambda: app.library, catalogues, settings.zone)
    app = App(settings, store, library, assistant)
    return app


@contextmanager
def open_store(settings: Settings) -> Iterator[Store]:
    """The store alone, for commands that need no knowledge.

    Raises:
        StoreError: it can't be used.
    """
    store = Store(settings.data)
    try:
        yield store
    finally:
        store.close()
