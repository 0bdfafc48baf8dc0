"""What passes between a channel and the assistant.

A channel turns what it received into one `Incoming`, and shows the `Reply`s that come back.
Nothing here knows of Telegram or of the console.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

MAX_DATA_BYTES = 64
"""What Telegram allows for the data of a button."""

Kind = Literal["message", "edited", "unsupported"]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file as it was received, or why it could not be.

    Attributes:
        name: the sender's file name; may be empty, may hold anything.
        content: the bytes, untouched; None when the channel could not fetch them.
        mime: what the sender's program says it is.
        compressed: the channel squeezed it (a Telegram photo), so date and quality are lost.
        group: files sent together (an album) share it.
        refused: why `content` is None: "too big" or "unavailable".
        forwarded: it was forwarded from another conversation.
    """

    name: str
    content: bytes | None
    mime: str = ""
    compressed: bool = False
    group: str | None = None
    refused: str = ""
    forwarded: bool = False


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message, button or file from one person.

    Attributes:
        channel: "telegram" or "console".
        name: who it is within the channel: the Telegram user id, or the console's name.
        now: when the turn takes place, with its time zone.
        text: what was typed, or the caption of a file.
        button: the data of the button that was pressed.
        language: the language of the sender's program, such as "fr" or "en-GB".
        message: the channel's name for this message, to recognise an edited one.
        reply_to: the channel's name of the message this one answers.
        kind: "edited" when an earlier message was changed; "unsupported" for a voice message,
            a sticker, a contact or a place, named in `text`.
    """

    channel: str
    name: str
    now: datetime
    text: str = ""
    button: str | None = None
    attachments: tuple[Attachment, ...] = ()
    language: str | None = None
    message: str | None = None
    reply_to: str | None = None
    kind: Kind = "message"

    @property
    def user(self) -> str:
        """The key of this person in the store."""
        return f"{self.channel}:{self.name}"


@dataclass(frozen=True, slots=True)
class Button:
    """A choice under a reply. `data` comes back in `Incoming.button`; an address opens a page."""

    label: str
    data: str = ""
    url: str = ""

    def __post_init__(self) -> None:
        if len(self.data.encode()) > MAX_DATA_BYTES:
            raise ValueError(f"button data over {MAX_DATA_BYTES} bytes: {self.data!r}")


@dataclass(frozen=True, slots=True)
class Document:
    """A file that goes with a reply: `path` is relative to the data folder."""

    path: str
    name: str
    picture: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """One message to a person.

    Attributes:
        text: shown as typed, unless `markup`.
        markup: `text` is Markdown that an editor wrote. Never set with a client's words in it.
        buttons: rows of choices.
        document: a file that goes with it.
        silent: no sound on the person's telephone.
        about: what was kept, such as "note:3": an answer to this message is about it.
    """

    text: str
    markup: bool = False
    buttons: tuple[tuple[Button, ...], ...] = ()
    document: Document | None = None
    silent: bool = False
    about: str = ""

    def to_json(self) -> dict[str, Any]:
        """For the outbox."""
        return {
            "text": self.text,
            "markup": self.markup,
            "buttons": [[[b.label, b.data, b.url] for b in row] for row in self.buttons],
            "document": None
            if self.document is None
            else [self.document.path, self.document.name, self.document.picture],
            "silent": self.silent,
            "about": self.about,
        }

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Reply:
        """The reply that `to_json` wrote."""
        return cls(
            text=body["text"],
            markup=body["markup"],
            buttons=tuple(tuple(Button(*b) for b in row) for row in body["buttons"]),
            document=Document(*body["document"]) if body["document"] else None,
            silent=body["silent"],
            about=body.get("about", ""),
        )


@dataclass(frozen=True, slots=True)
class Sent:
    """A reply as the outbox holds it: `id` orders them, `user` is who it is for."""

    id: int
    user: str
    reply: Reply
    attempts: int = field(default=0)
