"""Fixtures: a store on disk, and a case in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.casefile.models import Case
from bot.store.store import Store
from bot.store.users import User
from tests.conftest import NOON

ANNE = "console:anne"


def add_user(store: Store, key: str = ANNE) -> User:
    channel, _, name = key.partition(":")
    user = User(key, channel, name, NOON)
    store.users.save(user)
    return user


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Store]:
    """A store whose database is a file."""
    store = Store(tmp_path / "data")
    yield store
    store.close()


@pytest.fixture
def case(store: Store) -> Case:
    add_user(store)
    return store.cases.create(ANNE, NOON)
