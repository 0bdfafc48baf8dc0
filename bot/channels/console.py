"""The assistant in a terminal: lines in, replies out. A script can be piped in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import TextIO

from bot.assistant import Assistant
from bot.channels.render import plain
from bot.faq.text import fold
from bot.messages import Attachment, Button, Incoming, Sent
from bot.store.store import Store

CHANNEL = "console"


class Console:
    """One person's conversation in a terminal.

    Args:
        assistant: who answers.
        store: whose outbox is shown.
        name: who the person is.
        language: the one the person chose, or None to keep what they chose before.
        out: where replies are written.
        clock: tells the time of each turn.
        echo: write each line that was read, for a transcript.
    """

    def __init__(
        self,
        assistant: Assistant,
        store: Store,
        name: str,
        language: str | None,
        out: TextIO,
        clock: Callable[[], datetime],
        *,
        echo: bool = False,
    ) -> None:
        self._assistant = assistant
        self._store = store
        self._name = name
        self._language = language
        self._out = out
        self._clock = clock
        self._echo = echo
        self._buttons: list[Button] = []
        self._count = 0

    def run(self, lines: Iterable[str]) -> None:
        """Show what was left unsent and the question under way, then answer each line."""
        if self._language:
            self._assistant.choose_language(self._incoming(), self._language)
        if self._store.users.session(f"{CHANNEL}:{self._name}") is not None:
            self._flush()
            self._assistant.greet(self._incoming())
        self._flush()
        for line in lines:
            text = line.rstrip("\r\n")
            if self._echo:
                self._write(f"> {text}")
            if text.strip():
                self._turn(text)

    def _turn(self, text: str) -> None:
        incoming = self._read(text)
        if incoming is None:
            return
        self._assistant.handle(incoming)
        self._buttons = []
        self._flush()
        if self._assistant.run_jobs(incoming):
            self._flush()

    def _read(self, text: str) -> Incoming | None:
        if text == "/file" or text.startswith("/file "):
            return self._file(text.removeprefix("/file").strip())
        button = self._pressed(text.strip())
        if button is not None:
            if button.url:
                self._write(button.url)
                return None
            return self._incoming(button=button.data)
        return self._incoming(text=text)

    def _pressed(self, text: str) -> Button | None:
        if text.isdecimal() and 1 <= int(text) <= len(self._buttons):
            return self._buttons[int(text) - 1]
        labelled = [b for b in self._buttons if fold(b.label) == fold(text) and fold(text)]
        # The latest: after a restart the same question may stand above, with an old revision.
        return labelled[-1] if labelled else None

    def _file(self, name: str) -> Incoming | None:
        path, _, caption = name.partition(" | ")
        try:
            content = Path(path).expanduser().read_bytes()
        except OSError as error:
            self._write(f"! {path}: {error.strerror}. /file PATH [| description]")
            return None
        attachment = Attachment(Path(path).name, content)
        return self._incoming(text=caption, attachments=(attachment,))

    def _incoming(
        self,
        text: str = "",
        button: str | None = None,
        attachments: tuple[Attachment, ...] = (),
    ) -> Incoming:
        self._count += 1
        now = self._clock()
        return Incoming(
            CHANNEL,
            self._name,
            now,
            text=text,
            button=button,
            attachments=attachments,
            message=f"{now.timestamp():.6f}.{self._count}",
        )

    def _flush(self) -> None:
        """Show what the outbox holds for this person, then call it sent."""
        for sent in self._store.outbox.waiting(f"{CHANNEL}:{self._name}"):
            self._show(sent)
            self._store.outbox.sent(sent.id)

    def _show(self, sent: Sent) -> None:
        reply = sent.reply
        self._write("")
        self._write(plain(reply.text) if reply.markup else reply.text)
        if reply.document is not None:
            self._write(
                f"[{reply.document.name}] {self._store.files.document(reply.document.path)}"
            )
        if reply.buttons:
            self._write("")
        for row in reply.buttons:
            cells = []
            for button in row:
                self._buttons.append(button)
                cells.append(f"[{len(self._buttons)}] {button.label}")
            self._write("   ".join(cells))

    def _write(self, text: str) -> None:
        print(text.encode("utf-8", "replace").decode(), file=self._out, flush=True)
