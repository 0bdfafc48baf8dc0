"""What must hold of a walk after every event: of the state, of the replies, of the answers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any

from bot.channels.render import MAX_UNITS, convert, split
from bot.flows.model import Session
from bot.messages import MAX_DATA_BYTES, Attachment, Reply
from bot.store.store import Store


@dataclass(frozen=True)
class State:
    """What is kept of one person, as far as the invariants speak of it."""

    session: Session | None
    kept: dict[str, int]
    sent: int

    @property
    def told(self) -> tuple[Any, ...]:
        """The state without the number of the question on the screen."""
        return (replace(self.session, revision=0) if self.session else None, self.kept)


def check_reply(reply: Reply) -> None:
    for row in reply.buttons:
        for button in row:
            assert button.label, "a button without a label"
            assert len(button.data.encode()) <= MAX_DATA_BYTES, "too much data on a button"
    if len(reply.text) < MAX_UNITS // 2:
        return
    text, entities = convert(reply.text) if reply.markup else (reply.text, ())
    for part, _ in split(text, entities):
        assert len(part.encode("utf-16-le")) // 2 <= MAX_UNITS, "a message is too long"


def check_answers(before: Session | None, after: Session | None) -> None:
    """Within a flow no answer is lost, and what replaces one keeps it, once."""
    if before is None or after is None:
        return
    assert before.flow == after.flow, "the flow changed under way"
    assert before.answers.keys() <= after.answers.keys(), "an answer is lost"
    assert set(before.files) <= set(after.files), "a file is lost"
    changed = [(key, old) for key, old in before.answers.items() if after.answers[key] != old]
    assert len(changed) <= 1, "two answers changed at once"
    assert after.changes == (*before.changes, *changed), "the old value is not kept"


def check_file(store: Store, user: str, session: Session | None, sent: Attachment) -> None:
    """Bytes that came are in a case, on disk, and in the flow that runs."""
    if not sent.content:
        return
    sha256 = hashlib.sha256(sent.content).hexdigest()
    kept = [
        exhibit.number
        for case in store.cases.of(user)
        for exhibit in store.cases.file(case).evidence
        if exhibit.sha256 == sha256
    ]
    assert kept, "a file is not in the case"
    assert store.files.evidence(sha256).read_bytes() == sent.content, "a file is not on disk"
    assert session is None or set(kept) & set(session.files), "the flow forgot a file"


COUNTS = """
SELECT r.kind, count(*) FROM records r JOIN cases c ON c.id = r.case_id
WHERE c.user = :user GROUP BY r.kind
UNION ALL SELECT 'case', count(*) FROM cases WHERE user = :user
UNION ALL SELECT 'journal', count(*) FROM journal j JOIN cases c ON c.id = j.case_id
WHERE c.user = :user
UNION ALL SELECT 'sent', max(id) FROM outbox
"""
