"""The only room that knows all the others: wires settings, store, knowledge and assistant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.assistant import Assistant, reminders
from bot.config import Settings
from bot.faq.library import Library, open_library
from bot.i18n import Catalogues
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
        """The periodic work: reminders that are due, and forgetting what is long over."""
        reminders.tick(
            self.store, self.library, self.assistant.catalogues, self.settings.zone, now
        )
        self.assistant.forget_old(now)


def build_library(settings: Settings) -> Library:
    """The knowledge and its matcher.

    Raises:
        KnowledgeError: the files can't be used.
    """
    return open_library(settings.knowledge, settings.data / "cache")


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
