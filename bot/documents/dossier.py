"""The dossier of a case: one PDF to read, and the originals with a manifest to check.

Pure functions of a snapshot: they touch neither the store nor the clock, and can run for seconds
in a worker thread.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.casefile.models import CaseFile, Evidence
from bot.documents import archive, pictures, typesetting
from bot.documents.dossier_view import View
from bot.documents.pictures import Picture
from bot.errors import DocumentError
from bot.faq.entry import Knowledge
from bot.i18n import N_, Translator

Progress = Callable[[int, int], None]

PICTURE_BYTES = 34_000_000
"""What the pictures of the PDF may weigh together, so that it can be sent."""

_LAYOUT = Path(__file__).with_name("dossier.typ")


@dataclass(frozen=True, slots=True)
class DossierResult:
    """What was made.

    Attributes:
        files: the PDF first, then the archives, each small enough to be sent.
        left_out: the exhibits that could not be shown or packed: number and reason, in the
            user's words.
    """

    files: tuple[Path, ...]
    left_out: tuple[tuple[int, str], ...]


def make_dossier(
    file: CaseFile,
    originals: Callable[[str], Path],
    knowledge: Knowledge,
    t: Translator,
    now: datetime,
    out: Path,
    progress: Progress = lambda done, total: None,
) -> DossierResult:
    """Make the PDF and the archives of a case.

    Args:
        file: a snapshot of the case.
        originals: where the bytes of a fingerprint are.
        knowledge: has the names of incidents and of events.
        t: speaks the language of the dossier.
        now: the moment it is made, with its zone.
        out: an existing folder for the files.
        progress: called with what is done and what there is, as it goes.

    Raises:
        DocumentError: the PDF can't be laid out, or the folder can't be written.
    """
    shown = [exhibit for exhibit in file.evidence if pictures.is_picture(exhibit)]
    steps = _Steps(progress, len(shown) + len(file.evidence) + 2)
    stem = f"dossier-{file.case.number}-{now:%Y-%m-%d}"
    try:
        with tempfile.TemporaryDirectory(dir=out) as folder:
            copies, unreadable = _copy_all(shown, originals, Path(folder), steps)
            view = View(file, knowledge, t, now, copies, dict(unreadable))
            data = view.data(Path(folder))
            steps.step()
            pdf = out / f"{stem}.pdf"
            content = typesetting.pdf(_LAYOUT.read_bytes(), data=data, made=now, root=Path(folder))
            pdf.write_bytes(content)
            steps.step()
        packed = archive.write_archives(
            file.evidence, originals, out, f"{stem}-originaux", now.astimezone(t.timezone),
            steps.step,
        )  # fmt: skip
    except OSError as error:
        raise DocumentError(
            N_("The dossier could not be written: {reason}"), reason=error.strerror or str(error)
        ) from error
    left_out = dict(unreadable) | dict(packed.left_out)
    return DossierResult(
        (pdf, *packed.files),
        tuple((number, t(reason)) for number, reason in sorted(left_out.items())),
    )


@dataclass(slots=True)
class _Steps:
    """Counts what is done."""

    progress: Progress
    total: int
    done: int = 0

    def step(self) -> None:
        self.done += 1
        self.progress(self.done, self.total)


def _copy_all(
    exhibits: Sequence[Evidence], originals: Callable[[str], Path], folder: Path, steps: _Steps
) -> tuple[dict[int, Picture], list[tuple[int, str]]]:
    """Copies of the pictures, light enough together; and those that can't be read."""
    copies: dict[int, Picture] = {}
    unreadable: list[tuple[int, str]] = []
    pixels = pictures.pixels_each(len(exhibits))
    for exhibit in exhibits:
        original, target = originals(exhibit.sha256), folder / f"{exhibit.number}.jpg"
        try:
            if not original.is_file():
                raise DocumentError(archive.MISSING)
            copies[exhibit.number] = pictures.copy_picture(original, target, pixels)
        except DocumentError as error:
            target.unlink(missing_ok=True)
            unreadable.append((exhibit.number, error.message))
        steps.step()
    paths = [folder / copy.name for copy in copies.values()]
    weight = sum(path.stat().st_size for path in paths)
    if weight > PICTURE_BYTES:
        for path in paths:
            pictures.shrink(path, (PICTURE_BYTES / weight) ** 0.5 * 0.95)
    return copies, unreadable
