"""Telegram: updates become `Incoming`s, the outbox becomes messages. Polling and webhook.

Order is kept within a chat; chats go side by side. Turns run in the one thread that owns the
database; sending and fetching files are asynchronous.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import sqlite3
from collections import defaultdict
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlparse

from telegram import (
    Bot,
    BotCommand,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    LinkPreviewOptions,
    Message,
    Update,
)
from telegram import MessageEntity as Entity
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.ext import (
    Application,
    BaseUpdateProcessor,
    ContextTypes,
    TypeHandler,
)

from bot.app import App, build_app, utc_now
from bot.assistant import jobs
from bot.channels.queue import DurableQueue
from bot.channels.render import MAX_CAPTION, convert, split
from bot.commands import COMMANDS
from bot.config import Settings
from bot.errors import KnowledgeError, RecoursError, SettingsError
from bot.i18n import LANGUAGES
from bot.messages import Attachment, Incoming, Reply, Sent
from bot.operators.health import HEARTBEAT

CHANNEL = "telegram"
MAX_DOWNLOAD = 20_000_000
SENDS_AT_ONCE = 16
"""More waiting requests make the connection pool slow: it scans them all at each step."""

_TICK = 20.0
_MAX_RETRY_WAIT = 60.0
_ALLOWED = ["message", "edited_message", "callback_query", "my_chat_member"]
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

log = logging.getLogger(__name__)
T = TypeVar("T")


class ByChat(BaseUpdateProcessor):
    """One update at a time in a chat, chats side by side.

    The lock of the chat is taken before a place among those at work, so that one flooding
    client queues behind themselves, not before others.
    """

    def __init__(self) -> None:
        super().__init__(max_concurrent_updates=100_000)
        self._locks: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._places = asyncio.Semaphore(SENDS_AT_ONCE)

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Wait for the chat's turn, then for a place."""
        chat = getattr(getattr(update, "effective_chat", None), "id", 0)
        lock = self._locks[chat]
        async with lock, self._places:
            await coroutine
        if not lock.locked() and not getattr(lock, "_waiters", None):
            self._locks.pop(chat, None)

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""


class Telegram:
    """The bot on Telegram.

    Args:
        app: what answers.
    """

    def __init__(self, app: App) -> None:
        self.app = app
        self.exit_code = 0
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._queue = DurableQueue(app.store.inbox, self._executor, utc_now)
        self._sending: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._told_groups: set[int] = set()
        self._ticker: asyncio.Task[None] | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._maker: asyncio.Task[None] | None = None
        self._more_documents = False
        self.application = self._build(app.settings)

    def _build(self, settings: Settings) -> Application[Any, Any, Any, Any, Any, Any]:
        assert settings.token is not None
        root = settings.api_url.rstrip("/")
        application = (
            Application.builder()
            .token(settings.token.get_secret_value())
            .base_url(f"{root}/bot")
            .base_file_url(f"{root}/file/bot")
            .update_queue(self._queue)
            .concurrent_updates(ByChat())
            .connection_pool_size(SENDS_AT_ONCE * 2)
            .post_init(self._started)
            .post_stop(self._stopping)
            .build()
        )
        application.add_handler(TypeHandler(Update, self._update))
        application.add_error_handler(self._error)
        return application

    def run(self) -> int:
        """Serve until stopped.

        Returns:
            The exit code: 0 when it was asked to stop.

        Raises:
            SettingsError: Telegram refuses the token.
        """
        settings = self.app.settings
        try:
            if settings.webhook_url:
                self._serve_webhook(settings, settings.webhook_url)
            else:
                self.application.run_polling(allowed_updates=_ALLOWED, bootstrap_retries=-1)
        except InvalidToken as error:
            raise SettingsError(
                "Telegram refuses RECOURS_TOKEN. Ask @BotFather for the right one."
            ) from error
        finally:
            self._executor.shutdown()
            self.app.store.close()
        return self.exit_code

    def _serve_webhook(self, settings: Settings, url: str) -> None:
        host, _, port = settings.listen.rpartition(":")
        assert settings.token is not None
        secret = (
            settings.webhook_secret.get_secret_value()
            if settings.webhook_secret
            # Anyone can post to an open address: without a secret of the operator's, one that
            # only who knows the token can make.
            else hashlib.sha256(
                b"webhook" + settings.token.get_secret_value().encode()
            ).hexdigest()
        )
        self.application.run_webhook(
            listen=host or "127.0.0.1",
            port=int(port),
            url_path=urlparse(url).path.lstrip("/"),
            webhook_url=url,
            secret_token=secret,
            allowed_updates=_ALLOWED,
            bootstrap_retries=-1,
        )

    async def _in_store(self, call: Callable[..., T], *arguments: Any, **named: Any) -> T:
        """Run in the thread that owns the database."""
        return await asyncio.get_running_loop().run_in_executor(
            self._executor, partial(call, *arguments, **named)
        )

    async def _started(self, application: Application[Any, Any, Any, Any, Any, Any]) -> None:
        bot: Bot = application.bot
        waiting = await self._in_store(self.app.store.inbox.waiting)
        updates = [Update.de_json(json.loads(body), bot) for _, body in waiting]
        if updates:
            log.info("taking up %d updates that a former run left", len(updates))
        await self._queue.replay(updates)
        for language in LANGUAGES:
            t = self.app.assistant.catalogues.translator(language)
            menu = [
                BotCommand(command.names[language], t(command.help))
                for command in COMMANDS
                if command.in_menu
            ]
            try:
                await bot.set_my_commands(menu, language_code=language)
                if language == LANGUAGES[0]:
                    await bot.set_my_commands(menu)
            except TelegramError as error:
                log.warning("the command menu could not be set: %s", error)
        self._ticker = asyncio.create_task(self._tick())
        self._watcher = asyncio.create_task(self._watch())

    async def _stopping(self, application: Application[Any, Any, Any, Any, Any, Any]) -> None:
        if self._ticker is not None:
            self._ticker.cancel()
        if self._watcher is not None:
            self._watcher.cancel()

    async def _tick(self) -> None:
        """Signs of life, what is due, and what is still to be sent, again and again."""
        while True:
            try:
                await self._in_store(self._beat)
                self._start_documents()
                for user in await self._in_store(self.app.store.outbox.users, CHANNEL):
                    await self._deliver(user)
            except (RecoursError, sqlite3.Error):
                log.exception("the periodic work failed; it is tried again")
            await asyncio.sleep(_TICK)

    async def _watch(self) -> None:
        """Swap the knowledge as a whole when its files change and pass their checks."""
        from watchfiles import awatch

        async for _ in awatch(self.app.settings.knowledge, debounce=1000, step=200):
            try:
                self.app.library = await asyncio.to_thread(self.app.renewed, utc_now())
            except KnowledgeError as error:
                log.warning("the changed knowledge can't be used: %s", error)
                await self._in_store(self.app.refuse_knowledge, error.findings, utc_now())

    def _beat(self) -> None:
        now = utc_now()
        self.app.store.set_fact(HEARTBEAT, now.isoformat())
        self.app.tick(now)

    async def _update(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """One update, tried a few times; then it is set aside and the queue moves on."""
        while True:
            try:
                await self._take(update, context.bot)
                return
            except Exception as error:
                # The type alone: a message may hold what the client wrote.
                log.error("update %d failed: %s", update.update_id, type(error).__name__)
                log.debug("details", exc_info=error)
                if await self._failed(update, context.bot, error):
                    return
                await asyncio.sleep(0.2)

    async def _failed(self, update: Update, bot: Bot, error: Exception) -> bool:
        """Count it; True when it is given up, and the person was told."""
        reason = f"{type(error).__name__}: {error}"[:500]
        try:
            aside = await self._in_store(self.app.store.inbox.failed, update.update_id, reason)
        except (RecoursError, sqlite3.Error):
            # Not even the failure can be kept: the row is still there for the next start.
            await self._say_broken(update, bot)
            return True
        if not aside:
            return False
        try:
            incoming = await self._read(update, bot, fetch=False)
            if incoming is not None:
                await self._in_store(self.app.assistant.apologise, incoming)
                await self._deliver(incoming.user)
        except (RecoursError, sqlite3.Error, TelegramError):
            await self._say_broken(update, bot)
        return True

    async def _say_broken(self, update: Update, bot: Bot) -> None:
        """The store itself is in trouble: say so without it."""
        if update.effective_chat is None:
            return
        code = update.effective_user.language_code if update.effective_user else None
        t = self.app.assistant.catalogues.for_code(code)
        text = t(
            "I can’t save anything right now, so I did not take your last message into"
            " account. Please try again in a few minutes."
        )
        try:
            await bot.send_message(update.effective_chat.id, text)
        except TelegramError as error:
            log.warning("could not tell the person: %s", error)

    async def _take(self, update: Update, bot: Bot) -> None:
        if update.my_chat_member is not None:
            await self._in_store(self._membership, update)
            return
        if update.callback_query is not None:
            await _acknowledge(update.callback_query)
        chat = update.effective_chat
        if chat is None or chat.type != chat.PRIVATE:
            await self._refuse_group(update, bot)
            await self._in_store(self._drop, update.update_id)
            return
        if not await self._in_store(self.app.store.inbox.is_new, update.update_id):
            return
        incoming = await self._read(update, bot)
        if incoming is None:
            await self._in_store(self._drop, update.update_id)
            return
        await self._in_store(self.app.assistant.handle, incoming, update.update_id)
        await self._deliver(incoming.user)
        self._start_documents()

    def _start_documents(self) -> None:
        """Make what was asked for, one document at a time, while the turns go on."""
        if self._maker is None or self._maker.done():
            self._maker = asyncio.create_task(self._make_documents())
        else:
            self._more_documents = True

    async def _make_documents(self) -> None:
        self._more_documents = True
        while self._more_documents:
            self._more_documents = False
            store, catalogues = self.app.store, self.app.assistant.catalogues
            for task in await self._in_store(jobs.take, store, catalogues, utc_now()):
                try:
                    made = await asyncio.to_thread(jobs.make, task, self.app.library)
                    await self._in_store(jobs.deliver, store, task, made, utc_now())
                except Exception as error:  # a document that fails must not stop the others
                    log.error("a document could not be made: %s", type(error).__name__)
                    log.debug("details", exc_info=error)
                    await self._in_store(jobs.give_up, store, task, utc_now())
                    self._more_documents = True
                await self._deliver(task.job.user)

    def _membership(self, update: Update) -> None:
        member = update.my_chat_member
        assert member is not None
        if member.new_chat_member.status in {"kicked", "left"}:
            self.app.store.users.unreachable(f"{CHANNEL}:{member.chat.id}")
        self._drop(update.update_id)

    def _drop(self, update: int) -> None:
        self.app.store.inbox.done(update)

    async def _refuse_group(self, update: Update, bot: Bot) -> None:
        chat = update.effective_chat
        if chat is None or chat.id in self._told_groups:
            return
        self._told_groups.add(chat.id)
        code = update.effective_user.language_code if update.effective_user else None
        t = self.app.assistant.catalogues.for_code(code)
        try:
            await bot.send_message(
                chat.id, t("I only work in a private chat, and I keep nothing of this group.")
            )
        except TelegramError as error:
            log.info("could not answer in a group: %s", error)

    async def _read(self, update: Update, bot: Bot, *, fetch: bool = True) -> Incoming | None:
        """The update as an `Incoming`; None when it holds nothing for us."""
        user = update.effective_user
        if user is None:
            return None
        name, language = str(user.id), user.language_code
        if update.callback_query is not None:
            return Incoming(
                CHANNEL,
                name,
                utc_now(),
                button=update.callback_query.data or "",
                language=language,
            )
        message = update.effective_message
        if message is None:
            return None
        incoming = Incoming(
            CHANNEL,
            name,
            utc_now(),
            text=message.text or message.caption or "",
            language=language,
            message=_message_name(message),
            reply_to=_message_name(message.reply_to_message),
        )
        if update.edited_message is not None:
            return replace(incoming, kind="edited")
        unread = _unsupported(message)
        if unread:
            return replace(incoming, kind="unsupported", text=unread)
        attachment = await self._attachment(message, bot) if fetch else None
        return replace(incoming, attachments=(attachment,) if attachment else ())

    async def _attachment(self, message: Message, bot: Bot) -> Attachment | None:
        photo = message.photo[-1] if message.photo else None
        file = (
            photo
            or message.document
            or message.video
            or message.audio
            or message.animation
            or message.video_note
        )
        if file is None:
            return None
        name = getattr(file, "file_name", None) or (
            f"photo-{message.message_id}.jpg" if photo else f"file-{message.message_id}"
        )
        mime = getattr(file, "mime_type", None) or ("image/jpeg" if photo else "")
        make = partial(
            Attachment, name, mime=mime,
            compressed=photo is not None, group=message.media_group_id,
            forwarded=message.forward_origin is not None,
        )  # fmt: skip
        if (file.file_size or 0) > MAX_DOWNLOAD:
            return make(content=None, refused="too big")
        for wait in (0.5, 2.0, None):
            try:
                found = await bot.get_file(file.file_id)
                return make(content=bytes(await found.download_as_bytearray()))
            except BadRequest as error:
                big = "too big" in str(error).lower()
                return make(content=None, refused="too big" if big else "unavailable")
            except NetworkError:
                if wait is None:
                    break
                await asyncio.sleep(wait)
        return make(content=None, refused="unavailable")

    async def _deliver(self, user: str) -> None:
        """Send what the outbox holds for one person, in order."""
        async with self._sending[user]:
            for sent in await self._in_store(self.app.store.outbox.waiting, user):
                if not await self._deliver_one(sent):
                    return

    async def _deliver_one(self, sent: Sent) -> bool:
        """Send one reply; False when the rest must wait."""
        outbox = self.app.store.outbox
        try:
            message = await self._send(int(sent.user.partition(":")[2]), sent.reply)
        except Forbidden:
            await self._in_store(self.app.store.users.unreachable, sent.user)
            await self._in_store(outbox.failed, sent.id, "blocked", permanent=True)
            return True
        except BadRequest as error:
            log.error("Telegram refuses a message: %s", error)
            await self._in_store(outbox.failed, sent.id, str(error), permanent=True)
            return True
        except RetryAfter as error:
            wait = error.retry_after
            seconds = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
            await asyncio.sleep(min(seconds, _MAX_RETRY_WAIT))
            return await self._deliver_one(sent)
        except TelegramError as error:
            log.warning("sending failed, it is tried again: %s", type(error).__name__)
            await self._in_store(outbox.failed, sent.id, type(error).__name__, permanent=False)
            return False
        await self._in_store(outbox.sent, sent.id, message)
        return True

    async def _send(self, chat: int, reply: Reply) -> str:
        bot: Bot = self.application.bot
        keyboard = _keyboard(reply)
        if reply.document is not None:
            path = self.app.store.files.document(reply.document.path)
            content = await asyncio.to_thread(path.read_bytes)
            file = InputFile(content, filename=reply.document.name)
            caption = reply.text if len(reply.text.encode("utf-16-le")) // 2 <= MAX_CAPTION else ""
            if not caption and reply.text:
                await self._send_text(bot, chat, Reply(reply.text), None)
            send = bot.send_photo if reply.document.picture else bot.send_document
            message = await send(chat, file, caption=caption or None, reply_markup=keyboard)
            return _message_name(message) or ""
        return await self._send_text(bot, chat, reply, keyboard)

    async def _send_text(
        self, bot: Bot, chat: int, reply: Reply, keyboard: InlineKeyboardMarkup | None
    ) -> str:
        text, entities = convert(reply.text) if reply.markup else (reply.text, ())
        parts = split(text, entities)
        name = ""
        for index, (part, marks) in enumerate(parts):
            message = await bot.send_message(
                chat, part, entities=[Entity(**mark.to_dict()) for mark in marks],
                reply_markup=keyboard if index == len(parts) - 1 else None,
                link_preview_options=_NO_PREVIEW, disable_notification=reply.silent,
            )  # fmt: skip
            name = _message_name(message) or ""
        return name

    async def _error(self, update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        error = context.error
        if isinstance(error, Conflict):
            log.error("another program already runs this bot with the same token; stop it first")
            self.exit_code = 1
            context.application.stop_running()
            return
        log.error("unexpected: %s", type(error).__name__)


async def _acknowledge(query: CallbackQuery) -> None:
    """Stop the button's spinner; late is no harm."""
    try:
        await query.answer()
    except TelegramError as error:
        log.debug("a button could not be acknowledged: %s", error)


def _message_name(message: Message | None) -> str | None:
    return None if message is None else f"{message.chat.id}:{message.message_id}"


def _unsupported(message: Message) -> str:
    """What kind of message we can't read, or ""."""
    kinds = {
        "voice": message.voice,
        "sticker": message.sticker,
        "contact": message.contact,
        "location": message.location or message.venue,
        "other": message.poll or message.dice or message.game or message.story,
    }
    return next((kind for kind, found in kinds.items() if found), "")


def _keyboard(reply: Reply) -> InlineKeyboardMarkup | None:
    if not reply.buttons:
        return None
    return InlineKeyboardMarkup([
        [
            InlineKeyboardButton(b.label, url=b.url) if b.url
            else InlineKeyboardButton(b.label, callback_data=b.data)
            for b in row
        ]
        for row in reply.buttons
    ])  # fmt: skip


class _HideToken(logging.Filter):
    """Takes the token out of every line, whoever writes it."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self._token = token

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        if self._token in text:
            record.msg, record.args = text.replace(self._token, "***"), None
        return True


def run(settings: Settings) -> int:
    """Run on Telegram until stopped.

    Raises:
        RecoursError: it can't start; the message says what to do.
    """
    assert settings.token is not None
    logging.basicConfig(
        level=settings.log, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    for handler in logging.getLogger().handlers:
        handler.addFilter(_HideToken(settings.token.get_secret_value()))
    # It prints every URL, and the token is part of it.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    return Telegram(build_app(settings)).run()
