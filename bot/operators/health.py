"""Is the bot alive? What the health check and an operator want to know."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.store.store import Store

HEARTBEAT = "heartbeat"
MAX_SILENCE = timedelta(minutes=3)
MAX_WAIT = timedelta(minutes=15)
MAX_SET_ASIDE = 100
"""A few messages that can't be read are no illness; so many are."""


def health(store: Store, now: datetime, *, on_telegram: bool) -> list[str]:
    """What is wrong, one line each; empty when all is well.

    Args:
        store: the running bot's.
        now: the time.
        on_telegram: a bot should be running, so a sign of life is expected.
    """
    problems = []
    seen = store.fact(HEARTBEAT)
    if on_telegram:
        if seen is None:
            problems.append("the bot has not started yet")
        elif now - datetime.fromisoformat(seen) > MAX_SILENCE:
            problems.append(f"the bot gave no sign of life since {seen}")
    for what, since in (("inbox", store.inbox.oldest()), ("outbox", store.outbox.oldest())):
        if on_telegram and since is not None and now - since > MAX_WAIT:
            problems.append(f"something in the {what} waits since {since.isoformat()}")
    aside = store.counts()["inbox set aside"]
    if aside > MAX_SET_ASIDE:
        problems.append(f"{aside} messages were set aside after errors; see the log")
    return problems
