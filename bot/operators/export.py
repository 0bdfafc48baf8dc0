"""What a user has here, in one archive: the case as data, the originals, the letters."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.casefile.models import CaseFile, as_json
from bot.errors import RecoursError
from bot.store.files import Files, private_archive
from bot.store.store import Store

_MAX_NAME_BYTES = 200
"""File systems take 255, and the number comes before the name."""

_LISTS = ("incidents", "notes", "evidence", "letters", "events", "dues", "verdicts", "losses")


def export_user(store: Store, name: str, target: Path) -> None:
    """Write `case.json`, `originals/` and `letters/` to a zip file.

    Args:
        store: where the user is.
        name: the Telegram user id, or the console's name.
        target: the archive to write.

    Raises:
        RecoursError: there is no such user, or the archive can't be written.
    """
    user = store.users.find(name)
    if user is None:
        raise RecoursError(f"There is no user {name!r} here.")
    files = [store.cases.file(case) for case in store.cases.of(user.id)]
    body = collect(files, user.id)
    for case, file in zip(body["cases"], files, strict=True):
        case["journal"] = store.cases.journal(file.case.id)
    write_archive(files, body, store.data, target)


def collect(files: Sequence[CaseFile], user: str) -> dict[str, Any]:
    """The cases as plain JSON values, in order."""
    channel, _, name = user.partition(":")
    return {"user": {"channel": channel, "name": name}, "cases": [_case(file) for file in files]}


def write_archive(
    files: Sequence[CaseFile], body: dict[str, Any], data: Path, target: Path
) -> None:
    """The archive itself, whole or not at all; only its owner can read it.

    Raises:
        StoreError: it can't be written.
    """
    kept = Files(data)
    with private_archive(target) as archive:
        archive.writestr("case.json", json.dumps(body, ensure_ascii=False, indent=2))
        for file in files:
            for exhibit in file.evidence:
                path = kept.evidence(exhibit.sha256)
                if path.is_file():
                    name = original_name(exhibit.number, exhibit.name)
                    archive.write(path, f"originals/case-{file.case.number}/{name}")
            folder = data / "documents" / str(file.case.id)
            for path in sorted(folder.rglob("*")):
                if path.is_file():
                    name = path.relative_to(folder).as_posix()
                    archive.write(path, f"letters/case-{file.case.number}/{name}")


def original_name(number: int, name: str) -> str:
    """`003-facture.pdf`: a name no path can hide in."""
    # Macs send é as two characters, of which the second is no letter.
    name = unicodedata.normalize("NFC", name)
    safe = "".join(c if c.isalnum() or c in "-_. " else "_" for c in name).strip(". ")
    stem, dot, ending = safe.rpartition(".")
    if dot and len(ending) <= 8:
        room = _MAX_NAME_BYTES - len((dot + ending).encode())
        safe = _cut(stem, room) + dot + ending
    else:
        safe = _cut(safe, _MAX_NAME_BYTES)
    return f"{number:03}-{safe or 'file'}"


def _cut(text: str, size: int) -> str:
    """At most `size` bytes of it, no character cut in two."""
    return text.encode()[:size].decode(errors="ignore").rstrip(". ")


def _case(file: CaseFile) -> dict[str, Any]:
    found: dict[str, Any] = {
        "number": file.case.number,
        "status": file.case.status,
        "created": file.case.created.isoformat(),
        "provider": asdict(file.case.provider),
        "client": asdict(file.case.client),
        "contract": asdict(file.case.contract),
    }
    for name in _LISTS:
        found[name] = [as_json(model) for model in getattr(file, name)]
    return found
