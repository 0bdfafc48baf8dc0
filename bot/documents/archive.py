"""The originals of a case as ZIP archives with a manifest that `sha256sum -c` accepts."""

from __future__ import annotations

import hashlib
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.casefile.models import Evidence
from bot.i18n import N_

MAX_BYTES = 45_000_000
"""Telegram sends 50 MB; some is left for its own frame."""

MANIFEST = "SHA256SUMS"
MISSING = N_("the original is missing")
ALTERED = N_("the original no longer has the fingerprint it was received with")
TOO_BIG = N_("the original is too big to be sent")
_ENTRY = 400
"""What an entry costs in an archive beside its bytes, generously."""


@dataclass(frozen=True, slots=True)
class Archives:
    """The archives, and the exhibits that are in none, each with the reason."""

    files: tuple[Path, ...]
    left_out: tuple[tuple[int, str], ...]


def entry_name(exhibit: Evidence) -> str:
    """`pieces/003-capture-panier.png`: plain letters only, which every system unpacks."""
    plain = unicodedata.normalize("NFKD", exhibit.name).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", Path(plain).stem).strip("-.") or "piece"
    suffix = re.sub(r"[^A-Za-z0-9.]", "", Path(plain).suffix)
    return f"pieces/{exhibit.number:03}-{stem[:60]}{suffix[:10]}"


def write_archives(
    exhibits: Sequence[Evidence],
    originals: Callable[[str], Path],
    out: Path,
    name: str,
    now: datetime,
    step: Callable[[], None],
    limit: int = MAX_BYTES,
) -> Archives:
    """Pack the originals as received, in parts of at most `limit` bytes.

    Args:
        exhibits: what to pack.
        originals: where the bytes of a fingerprint are.
        out: the folder of the archives.
        name: of the archives, without its end; several get `-1`, `-2`.
        now: the date on the entries.
        step: called after each exhibit.
        limit: in bytes.
    """
    left_out: list[tuple[int, str]] = []
    sound: list[tuple[Evidence, Path, int]] = []
    for exhibit in exhibits:
        path = originals(exhibit.sha256)
        reason = _fault(path, exhibit.sha256, limit)
        if reason:
            left_out.append((exhibit.number, reason))
        else:
            sound.append((exhibit, path, path.stat().st_size))
        step()
    parts = list(_parts(sound, limit))
    files = []
    for position, part in enumerate(parts, 1):
        suffix = f"-{position}" if len(parts) > 1 else ""
        target = out / f"{name}{suffix}.zip"
        _write(target, part, now)
        files.append(target)
    return Archives(tuple(files), tuple(left_out))


def _fault(path: Path, sha256: str, limit: int) -> str:
    """Why an original can't be packed; empty when it can."""
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return MISSING
    if found != sha256:
        return ALTERED
    return TOO_BIG if path.stat().st_size + 2 * _ENTRY > limit else ""


def _parts(
    sound: Sequence[tuple[Evidence, Path, int]], limit: int
) -> Iterator[list[tuple[Evidence, Path]]]:
    """In order, as many as fit in each."""
    part: list[tuple[Evidence, Path]] = []
    weight = _ENTRY
    for exhibit, path, size in sound:
        if part and weight + size + _ENTRY > limit:
            yield part
            part, weight = [], _ENTRY
        part.append((exhibit, path))
        weight += size + _ENTRY
    if part:
        yield part


def _write(target: Path, part: Sequence[tuple[Evidence, Path]], now: datetime) -> None:
    """Whole or not at all; the bytes are stored, not squeezed, so that they are as received."""
    unfinished = target.with_name(target.name + ".part")
    stamp = (now.year, now.month, now.day, now.hour, now.minute, now.second)
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_STORED) as archive:
        lines = []
        for exhibit, path in part:
            entry = _entry(entry_name(exhibit), stamp)
            with path.open("rb") as source, archive.open(entry, "w") as packed:
                while block := source.read(1 << 20):
                    packed.write(block)
            lines.append(f"{exhibit.sha256}  {entry.filename}\n")
        archive.writestr(_entry(MANIFEST, stamp), "".join(lines))
    unfinished.replace(target)


def _entry(name: str, stamp: tuple[int, int, int, int, int, int]) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, stamp)
    entry.external_attr = 0o644 << 16  # else Unix unpacks a file nobody may read
    return entry
