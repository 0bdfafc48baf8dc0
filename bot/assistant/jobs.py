"""Documents made in the background: asked for in a turn, made beside the turns, then delivered.

`take` and `deliver` touch the store and belong in its thread; `make` works on a snapshot and may
take its time in another one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bot.casefile.models import CaseFile
from bot.documents.dossier import make_dossier
from bot.documents.dossier_view import loss_chart
from bot.documents.letter import letter_files
from bot.errors import RecoursError
from bot.faq.library import Library
from bot.i18n import Catalogues, Translator, pick_language
from bot.messages import Document, Reply
from bot.operators.export import collect, write_archive
from bot.store.files import Files, copies_folder
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
    """Put the documents in the outbox, and end the job; erased meanwhile, they go as well."""
    with store.transaction():
        if not store.jobs.is_waiting(task.job.id):
            for document in made.documents:
                store.files.document(document.path).unlink(missing_ok=True)
            return
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


def _letter(task: Task, library: Library) -> Made:
    """The PDF and the DOCX of one version; in English chats a reading copy too."""
    number = task.job.body.get("letter") or task.job.body.get("number")
    letter = next((x for x in task.files[0].letters if x.number == number), None)
    if letter is None:
        return Made((), "")
    files = letter_files(letter, reading_copy=task.t.language != "fr")
    return Made(
        tuple(_keep(task, name, content) for name, content in files),
        task.t("Here is your letter, to read once more, sign and send."),
    )


def _dossier(task: Task, library: Library) -> Made:
    """The PDF and the archives of the originals; what could not be shown is named."""
    file, kept = task.files[0], Files(task.data)
    folder = task.data / _folder(task)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = make_dossier(file, kept.evidence, library.knowledge, task.t, task.now, folder)
    lines = [task.t("Here is your dossier, for you or for a lawyer.")]
    if made.left_out:
        lines.append(task.t("Left out of it, because they can’t be read:"))
        lines += [
            "• " + task.t("Exhibit {number}: {reason}", number=number, reason=reason)
            for number, reason in made.left_out
        ]
    paths = (path.relative_to(task.data).as_posix() for path in made.files)
    return Made(tuple(Document(p, Path(p).name) for p in paths), "\n".join(lines))


def _chart(task: Task, library: Library) -> Made:
    """The sales before, during and after, when a sales file was given."""
    picture = loss_chart(task.files[0].losses[-1], task.t) if task.files[0].losses else None
    if picture is None:
        return Made((), "")
    name = f"{task.t('sales')}-{task.now:%Y-%m-%d}.png"
    document = _keep(task, name, picture)
    return Made((replace(document, picture=True),), "")


def _keep(task: Task, name: str, content: bytes) -> Document:
    path = f"{_folder(task)}/{name}"
    Files(task.data).write_document(path, content)
    return Document(path, name)


def _folder(task: Task) -> str:
    return f"documents/{task.files[0].case.id}"


_MAKERS: dict[str, Callable[[Task, Library], Made]] = {
    "copy": _copy,
    "letter": _letter,
    "dossier": _dossier,
    "chart": _chart,
}
