"""Documents made in the background: asked for in a turn, made beside the turns, then delivered.

`take` and `deliver` touch the store and belong in its thread; `make` works on a snapshot and may
take its time in another one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.casefile.models import CaseFile
from bot.errors import RecoursError
from bot.faq.library import Library
from bot.i18n import Catalogues, Translator, pick_language
from bot.messages import Document, Reply
from bot.operators.export import collect, write_archive
from bot.store.files import copies_folder
from bot.store.jobs import Job
from bot.store.store import Store

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Task:
    """A job with a snapshot of what it needs."""

    job: Job
    files: tuple[CaseFile, ...]
    t: Translator
    now: datetime
    data: Path


@dataclass(frozen=True, slots=True)
class Made:
    """What came of a task: the files, relative to the data folder, and words for the person."""

    documents: tuple[Document, ...]
    text: str


def take(
    store: Store, catalogues: Catalogues, now: datetime, user: str | None = None
) -> list[Task]:
    """The jobs that wait, with a snapshot each."""
    tasks = []
    for job in store.jobs.waiting(user):
        person = store.users.get(job.user)
        if person is None:
            store.jobs.done(job.id)
            continue
        language = person.language or pick_language(person.client_language)
        cases = [case for case in store.cases.of(job.user) if job.case in (None, case.id)]
        tasks.append(
            Task(
                job,
                tuple(store.cases.file(case) for case in cases),
                catalogues.translator(language),
                now,
                store.data,
            )
        )
    return tasks


def make(task: Task, library: Library) -> Made:
    """Make the documents of one task.

    Raises:
        RecoursError: they can't be made; the message is for the log.
    """
    return _MAKERS[task.job.kind](task, library)


def deliver(store: Store, task: Task, made: Made, now: datetime) -> None:
    """Put the documents in the outbox, and end the job."""
    with store.transaction():
        replies = [Reply(made.text)] if made.text else []
        replies += [Reply("", document=document) for document in made.documents]
        store.outbox.add(task.job.user, replies, now)
        store.jobs.done(task.job.id)


def give_up(store: Store, task: Task, now: datetime) -> None:
    """Count a failure; the last one is told."""
    with store.transaction():
        if store.jobs.failed(task.job.id):
            text = task.t(
                "I could not make this document. Nothing of your case is lost; please ask for it"
                " again, or take your copy with /data."
            )
            store.outbox.add(task.job.user, [Reply(text)], now)


def run(store: Store, library: Library, catalogues: Catalogues, now: datetime, user: str) -> int:
    """Make and deliver one person's documents, one after the other, in this thread.

    Returns:
        How many were delivered.
    """
    delivered = 0
    for task in take(store, catalogues, now, user):
        try:
            made = make(task, library)
        except RecoursError as error:
            log.error("a document could not be made: %s", type(error).__name__)
            give_up(store, task, now)
            continue
        deliver(store, task, made, now)
        delivered += 1
    return delivered


def _copy(task: Task, library: Library) -> Made:
    name = f"recours-{task.now:%Y-%m-%d}.zip"
    path = f"{copies_folder(task.job.user)}/{name}"
    target = task.data / path
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_archive(task.files, collect(task.files, task.job.user), task.data, target)
    return Made((Document(path, name),), task.t("Here is your copy: the case and the originals."))


_MAKERS: dict[str, Callable[[Task, Library], Made]] = {"copy": _copy}
