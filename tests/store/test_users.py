"""Users and their sessions come back as they were saved."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.flows.model import SKIPPED, UNKNOWN, Session
from bot.store.store import Store
from bot.store.users import User
from tests.conftest import NOON
from tests.store.conftest import ANNE, add_user

USER = User(
    ANNE, "console", "anne", NOON, language="fr", client_language="en-GB", active_case=3,
    revision=12, misses=2, last_entry="panne", last_at=NOON, reachable=False, reminders=True,
    memory={"waiting": "note", "candidates": ["a", "b"], "é": None},
)  # fmt: skip

# What a terminal or Telegram can bring in: anything but lone surrogates.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
sessions = st.builds(
    Session,
    flow=texts,
    version=st.integers(1, 9),
    cursor=texts,
    answers=st.dictionaries(texts, plain, max_size=3),
    editing=st.booleans(),
    revision=st.integers(0, 10**6),
    changes=st.lists(st.tuples(texts, plain), max_size=3).map(tuple),
    files=st.lists(st.integers(1, 99), max_size=3).map(tuple),
    data=st.dictionaries(texts, plain, max_size=3),
)


@pytest.mark.parametrize("user", [USER, User("telegram:42", "telegram", "42", NOON)])
def test_a_user_comes_back_as_saved(store: Store, user: User) -> None:
    store.users.save(user)
    assert store.users.get(user.id) == user


def test_saving_again_replaces_and_keeps_what_points_to_the_user(store: Store) -> None:
    store.users.save(USER)
    case = store.cases.create(USER.id, NOON)
    changed = replace(USER, language="en", last_at=None, memory={})
    store.users.save(changed)
    assert store.users.get(USER.id) == changed
    assert store.cases.of(USER.id) == [case]
    assert store.counts()["users"] == 1


@pytest.mark.parametrize("name", ["42", "telegram:42"])
def test_an_operator_finds_a_user_by_number_or_key(store: Store, name: str) -> None:
    add_user(store, "telegram:42")
    found = store.users.find(name)
    assert found is not None
    assert found.id == "telegram:42"


@pytest.mark.parametrize("name", ["", "4", "%", "telegram:", "42 OR 1=1", "a\x00b"])
def test_no_other_name_finds_anybody(store: Store, name: str) -> None:
    add_user(store, "telegram:42")
    assert store.users.find(name) is None


def test_someone_who_blocked_the_bot_is_not_reachable(store: Store) -> None:
    user = add_user(store)
    store.users.unreachable(user.id)
    assert store.users.get(user.id) == replace(user, reachable=False)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(session=sessions)
def test_a_session_comes_back_as_saved(store: Store, session: Session) -> None:
    add_user(store)
    store.users.save_session(ANNE, session, NOON)
    assert store.users.session(ANNE) == session


def test_a_later_session_replaces_and_none_ends_it(store: Store) -> None:
    add_user(store)
    first = Session("incident", 1, "kind", {"kind": "down", "page": SKIPPED, "cost": UNKNOWN})
    second = replace(first, cursor="what", changes=(("kind", "slow"),), files=(1, 2))
    store.users.save_session(ANNE, first, NOON)
    store.users.save_session(ANNE, second, NOON)
    assert store.users.session(ANNE) == second
    store.users.save_session(ANNE, None, NOON)
    assert store.users.session(ANNE) is None
