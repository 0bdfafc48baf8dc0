"""What tests share: an emulated Bot API on loopback, and a person who writes to it."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

ROOT = Path(__file__).parent.parent
TOKEN = "12345:TEST-TOKEN"


@dataclass
class FakeBotApi:
    """Enough of the Bot API for one bot: updates, messages, files, buttons, webhooks and faults.

    Updates stay until a later `getUpdates` confirms them, as on Telegram's side, so that a bot
    that is killed is given again what it did not confirm.
    """

    port: int = 0
    updates: list[dict[str, Any]] = field(default_factory=list)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    uploads: list[tuple[str, str, bytes]] = field(default_factory=list)
    faults: list[Callable[[str, dict[str, Any]], dict[str, Any] | None]] = field(
        default_factory=list
    )
    webhook: dict[str, Any] = field(default_factory=dict)
    latency: float = 0.0
    polls: int = 0
    next_update: int = 1000
    next_message: int = 1
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        app = web.Application(client_max_size=60_000_000)
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        app.router.add_get("/file/bot{token}/{path:.*}", self._file)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _file(self, request: web.Request) -> web.Response:
        content = self.files.get(request.match_info["path"])
        return web.Response(body=content) if content is not None else web.Response(status=404)

    async def _call(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        values: dict[str, Any] = {}
        if request.content_type == "multipart/form-data":
            async for part in await request.multipart():
                if part.filename is not None:
                    content = bytes(await part.read())
                    self.uploads.append((method, part.filename, content))
                    values[part.name or ""] = part.filename
                else:
                    values[part.name or ""] = await part.text()
        else:
            values = dict(await request.post()) | dict(request.query)
            if request.content_type == "application/json":
                values |= await request.json()
        for fault in self.faults:
            answer = fault(method, values)
            if answer is not None:
                status = answer.pop("status", 200)
                return web.json_response(answer, status=status)
        if self.latency:
            await asyncio.sleep(self.latency)
        if method == "getUpdates":
            self.polls += 1
            return await self._get_updates(values)
        self.calls.append((method, values))
        return web.json_response({"ok": True, "result": self._result(method, values)})

    async def _get_updates(self, values: dict[str, Any]) -> web.Response:
        offset = int(values.get("offset") or 0)
        self.updates = [u for u in self.updates if u["update_id"] >= offset]
        if not self.updates:
            self._arrived.clear()
            try:
                timeout = min(float(values.get("timeout") or 0), 1.0)
                await asyncio.wait_for(self._arrived.wait(), timeout)
            except TimeoutError:
                pass
        return web.json_response({"ok": True, "result": self.updates[:100]})

    def _result(self, method: str, values: dict[str, Any]) -> Any:
        if method == "getMe":
            return {
                "id": 12345,
                "is_bot": True,
                "first_name": "Recours",
                "username": "recours_bot",
            }
        if method == "setWebhook":
            self.webhook = values
            return True
        if method == "getFile":
            return {
                "file_id": values["file_id"],
                "file_unique_id": values["file_id"],
                "file_path": values["file_id"],
            }
        if method.startswith("send"):
            self.next_message += 1
            return {
                "message_id": self.next_message,
                "date": 1_790_000_000,
                "chat": {"id": int(values["chat_id"]), "type": "private"},
                "text": values.get("text", ""),
            }
        return True

    def add(self, **content: Any) -> int:
        """Queue an update; the bot gets it at its next `getUpdates`."""
        self.next_update += 1
        self.updates.append({"update_id": self.next_update, **content})
        self._arrived.set()
        return self.next_update

    def person(self, id: int = 42, language: str = "fr") -> Person:
        return Person(self, id, language)

    def sent(self, chat: int) -> list[dict[str, Any]]:
        """The messages a chat was sent, in order."""
        return [
            values
            for method, values in self.calls
            if method in {"sendMessage", "sendDocument", "sendPhoto"}
            and int(values["chat_id"]) == chat
        ]


@dataclass
class Person:
    """Someone who writes to the bot in a private chat."""

    api: FakeBotApi
    id: int
    language: str

    def _message(self, **content: Any) -> dict[str, Any]:
        self.api.next_message += 1
        return {
            "message_id": self.api.next_message,
            "date": 1_790_000_000,
            "chat": {"id": self.id, "type": "private", "first_name": "A"},
            "from": {
                "id": self.id,
                "is_bot": False,
                "first_name": "A",
                "language_code": self.language,
            },
            **content,
        }

    def update(self, **content: Any) -> dict[str, Any]:
        """A message as an update body, without queueing it."""
        return {"message": self._message(**content)}

    def says(self, text: str) -> int:
        return self.api.add(**self.update(text=text))

    def presses(self, data: str) -> int:
        return self.api.add(
            callback_query={
                "id": str(self.api.next_update),
                "chat_instance": "1",
                "data": data,
                "from": {
                    "id": self.id,
                    "is_bot": False,
                    "first_name": "A",
                    "language_code": self.language,
                },
                "message": self._message(text="…"),
            }
        )

    def buttons(self) -> list[tuple[str, str]]:
        """The `(label, data)` of the last keyboard."""
        for message in reversed(self.messages()):
            if "reply_markup" in message:
                rows = json.loads(message["reply_markup"])["inline_keyboard"]
                return [
                    (button["text"], button["callback_data"]) for row in rows for button in row
                ]
        return []

    def offers(self, words: str) -> bool:
        """The last keyboard has a button whose label holds `words`."""
        return any(words in label for label, _ in self.buttons())

    def presses_label(self, words: str) -> int:
        """Press the first button of the last keyboard whose label holds `words`."""
        data = next((data for label, data in self.buttons() if words in label), None)
        assert data is not None, f"no button {words!r} in {self.buttons()}"
        return self.presses(data)

    def sends_document(self, name: str, content: bytes, **more: Any) -> int:
        id = f"doc-{self.api.next_message}"
        self.api.files[id] = content
        return self.api.add(
            **self.update(
                document={
                    "file_id": id,
                    "file_unique_id": id,
                    "file_name": name,
                    "file_size": len(content),
                },
                **more,
            )
        )

    def sends_photo(self, content: bytes, **more: Any) -> int:
        id = f"photo-{self.api.next_message}"
        self.api.files[id] = content
        return self.api.add(
            **self.update(
                photo=[
                    {
                        "file_id": id,
                        "file_unique_id": id,
                        "width": 9,
                        "height": 9,
                        "file_size": len(content),
                    }
                ],
                **more,
            )
        )

    def messages(self) -> list[dict[str, Any]]:
        return self.api.sent(self.id)

    async def hears(self, count: int, seconds: float = 15.0) -> list[dict[str, Any]]:
        """Wait until at least `count` messages came; all of them.

        Raises:
            AssertionError: fewer came in time.
        """
        try:
            async with asyncio.timeout(seconds):
                while len(self.messages()) < count:
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(
                f"{len(self.messages())} of {count} messages: {self.messages()}"
            ) from None
        return self.messages()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Running:
    """The bot as a process of its own."""

    def __init__(self, api: FakeBotApi, folder: Path, fitted: Path, mode: str) -> None:
        self.api = api
        self.mode = mode
        self.folder = folder
        # A matcher that is fitted already, so that the process starts at once.
        shutil.copytree(fitted, folder / "cache", dirs_exist_ok=True)
        self.listen = f"127.0.0.1:{free_port()}"
        self.environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "RECOURS_TOKEN": TOKEN,
            "RECOURS_API_URL": api.url,
            "RECOURS_DATA": str(folder),
            "RECOURS_LOG": "WARNING",
        }
        if mode == "webhook":
            self.environment |= {
                "RECOURS_WEBHOOK_URL": f"http://{self.listen}/hook",
                "RECOURS_LISTEN": self.listen,
                "RECOURS_WEBHOOK_SECRET": "s3cret",
            }
        self.process: subprocess.Popen[bytes] | None = None
        self.log = folder.parent / "bot.log"

    async def start(self) -> None:
        """Start it, and in webhook mode wait until it has told the API its address."""
        self.api.webhook = {}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot", "run"],
                env=self.environment,
                cwd=self.folder.parent,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
        if self.mode == "webhook":
            await self.until(lambda: bool(self.api.webhook))

    async def until(self, condition: Any, seconds: float = 20.0) -> None:
        """Wait for something to be so."""
        async with asyncio.timeout(seconds):
            while not condition():
                assert self.process is None or self.process.poll() is None, self.log.read_text()
                await asyncio.sleep(0.02)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()

    async def push(self) -> None:
        """Webhook mode: Telegram's side posts what waits, in order, until each is taken."""
        async with aiohttp.ClientSession() as session:
            while self.api.updates:
                update = self.api.updates[0]
                try:
                    status = await self._post(session, update)
                except aiohttp.ClientConnectionError:
                    # Telegram tries again as well: the address is told before the port opens.
                    await asyncio.sleep(0.05)
                    continue
                if status == 200:
                    self.api.updates.pop(0)

    async def _post(self, session: aiohttp.ClientSession, update: dict[str, Any]) -> int:
        async with session.post(
            f"http://{self.listen}/hook",
            json=update,
            headers={"X-Telegram-Bot-Api-Secret-Token": "s3cret"},
        ) as answer:
            return answer.status
