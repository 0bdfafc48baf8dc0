"""A person who can do what a terminal can't: edit, answer a message, send an album or a voice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.assistant import Assistant
from bot.casefile.models import CaseFile
from bot.channels.render import plain
from bot.messages import Attachment, Button, Incoming, Kind, Reply
from bot.store.store import Store
from tests.conftest import Clock

PHOTO = b"\xff\xd8\xff\xe0" + b"photo" * 20


class Person:
    """One person of a chat; what they are sent is marked as sent, so that it can be answered.

    Args:
        language: the one of their program.
    """

    def __init__(
        self, assistant: Assistant, store: Store, clock: Clock, language: str = "fr"
    ) -> None:
        self.assistant = assistant
        self.store = store
        self.clock = clock
        self.language = language
        self.user = "telegram:7"
        self.replies: list[Reply] = []
        self.last = ""
        """The name of the last message that was sent to them."""

    def sends(self, text: str = "", kind: Kind = "message", **how: Any) -> str:
        """What is answered, all messages together."""
        incoming = Incoming(
            "telegram",
            self.user.removeprefix("telegram:"),
            self.clock(),
            text=text,
            kind=kind,
            language=self.language,
            **how,
        )
        self.assistant.handle(incoming)
        waiting = self.store.outbox.waiting(self.user)
        for sent in waiting:
            self.last = f"out{sent.id}"
            self.store.outbox.sent(sent.id, self.last)
        self.replies = [sent.reply for sent in waiting]
        return "\n".join(plain(r.text) if r.markup else r.text for r in self.replies)

    def presses(self, label: str) -> str:
        """Press the button of that label, or whose label begins so."""
        return self.sends(button=self.button(label).data)

    def button(self, label: str) -> Button:
        """The button of that label, or whose label begins so, among the last ones."""
        buttons = [b for reply in self.replies for row in reply.buttons for b in row]
        exact = [b for b in buttons if b.label == label]
        return (exact or [b for b in buttons if b.label.startswith(label)])[0]

    def labels(self) -> list[str]:
        """The buttons of the last replies."""
        return [b.label for reply in self.replies for row in reply.buttons for b in row]

    def sends_file(self, name: str, content: bytes | None, caption: str = "", **how: Any) -> str:
        """What is answered to one file."""
        message = how.pop("message", None)
        attachment = Attachment(name, content, **how)
        return self.sends(caption, attachments=(attachment,), message=message)

    def waits(self, **how: float) -> None:
        """Time goes by, such as `days=3`."""
        self.clock.now += timedelta(**how)

    @property
    def file(self) -> CaseFile:
        """Their active case."""
        user = self.store.users.get(self.user)
        assert user is not None
        assert user.active_case is not None
        case = self.store.cases.get(user.active_case)
        assert case is not None
        return self.store.cases.file(case)

    @property
    def journal(self) -> list[dict[str, Any]]:
        """What happened in their active case, oldest first."""
        return self.store.cases.journal(self.file.case.id)
