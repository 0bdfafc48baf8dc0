"""Fixtures: the real knowledge, an assistant on a temporary store, and a scripted chat."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.assistant import Assistant
from bot.channels.console import Console
from bot.faq.entry import Knowledge
from bot.faq.library import Library, open_library
from bot.faq.loader import load
from bot.i18n import PARIS, Catalogues
from bot.store.store import Store

ROOT = Path(__file__).parent.parent
NOON = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
"""The tests' present: Tuesday 24 November 2026, 10:00 in Paris."""


class Clock:
    """A clock that moves one second a look, and further when told."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """What the operators wrote, as it is shipped."""
    return load(ROOT / "knowledge")


@pytest.fixture(scope="session")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the matcher of the real knowledge, fitted once."""
    folder = tmp_path_factory.mktemp("cache")
    open_library(ROOT / "knowledge", folder)
    return folder


@pytest.fixture(scope="session")
def library(fitted: Path) -> Library:
    return open_library(ROOT / "knowledge", fitted)


@pytest.fixture(scope="session")
def catalogues() -> Catalogues:
    return Catalogues(ROOT / "locales")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "data", memory=True)
    yield store
    store.close()


@pytest.fixture
def assistant(store: Store, library: Library, catalogues: Catalogues) -> Assistant:
    return Assistant(store, lambda: library, catalogues, PARIS)


Chat = Callable[..., str]


@pytest.fixture
def chat(assistant: Assistant, store: Store, clock: Clock) -> Chat:
    """`chat("/incident", "1", …)` gives the transcript of those lines."""

    def run(*lines: str, user: str = "test", lang: str = "fr") -> str:
        out = io.StringIO()
        Console(assistant, store, user, lang, out, clock, echo=True).run(lines)
        return out.getvalue()

    return run
