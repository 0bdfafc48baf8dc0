"""What operators are told: missed questions once a day, and knowledge that can't be used."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta, tzinfo

from bot.i18n import Translator
from bot.messages import Reply
from bot.store.store import Store

MORNING = time(8)
_LAST = "digest"
_SHOWN = 40


def daily(
    store: Store, operators: Iterable[int], t: Translator, zone: tzinfo, now: datetime
) -> bool:
    """Once a day, after eight in the morning: the questions of the last day that were missed.

    Args:
        store: where they are kept.
        operators: the chats that are told.
        t: speaks the operators' language.
        zone: whose morning it is.
        now: the time.

    Returns:
        Whether it was sent now.
    """
    local = now.astimezone(zone)
    today = local.date().isoformat()
    if local.time() < MORNING or store.fact(_LAST) == today:
        return False
    since = (now - timedelta(days=1)).isoformat()
    missed = [m for m in store.missed_questions(500) if m["asked"] >= since]
    with store.transaction():
        store.set_fact(_LAST, today)
        if missed:
            tell(store, operators, _digest(missed, t), now)
    return bool(missed)


def _digest(missed: list[dict[str, str]], t: Translator) -> str:
    n = len(missed)
    lines = [
        t.plural(
            "{n} question was missed since yesterday:",
            "{n} questions were missed since yesterday:",
            n,
        )
    ]
    lines += [
        f"• ({m['language']}, {m['outcome']}) {m['question'][:200]}" for m in missed[:_SHOWN]
    ]
    if n > _SHOWN:
        lines.append(t("The others: recours stats"))
    return "\n".join(lines)


def tell(store: Store, operators: Iterable[int], text: str, now: datetime) -> None:
    """Put a message for every operator in the outbox."""
    for chat in operators:
        store.outbox.add(f"telegram:{chat}", [Reply(text)], now)
