"""Bytes as received, under their fingerprint; and the documents we made."""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from bot.errors import StoreError

PARTIAL = ".part"
"""How the name of a file ends that is not whole yet."""


@dataclass(frozen=True, slots=True)
class Files:
    """The data folder's files: `evidence/<2 letters>/<sha256>` and `documents/<case>/<name>`.

    Only their owner can read them.
    """

    root: Path

    def keep(self, content: bytes) -> str:
        """Store bytes under their SHA-256, once.

        Returns:
            The fingerprint, in hexadecimal.

        Raises:
            StoreError: they can't be written.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        path = self.evidence(sha256)
        if not path.exists():
            self._write(path, content)
        return sha256

    def evidence(self, sha256: str) -> Path:
        """Where the bytes of that fingerprint are."""
        return self.root / "evidence" / sha256[:2] / sha256

    def write_document(self, name: str, content: bytes) -> None:
        """Store a document we made; `name` is relative to the data folder."""
        self._write(self.document(name), content)

    def document(self, name: str) -> Path:
        """Where a document is.

        Raises:
            StoreError: `name` leaves the data folder.
        """
        try:
            path = (self.root / name).resolve()
        except ValueError as error:  # a NUL in it
            raise StoreError(f"{name!r} is no file name") from error
        if not path.is_relative_to(self.root.resolve()):
            raise StoreError(f"{name!r} is outside the data folder")
        return path

    def _write(self, path: Path, content: bytes) -> None:
        """Whole or not at all, also through a power cut."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, temporary = tempfile.mkstemp(PARTIAL, dir=path.parent)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                Path(temporary).replace(path)
            except BaseException:
                Path(temporary).unlink(missing_ok=True)
                raise
            folder = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            raise StoreError(
                f"A file can't be kept in {self.root}: {error.strerror}. Free some space or check"
                " the folder's rights, then send it again."
            ) from error


def copies_folder(user: str) -> str:
    """Where the copies made for a user are, relative to the data folder; no name leaves it."""
    return f"documents/{quote(user, safe='')}"


@contextmanager
def private_archive(target: Path) -> Iterator[zipfile.ZipFile]:
    """A zip file to be filled: whole or not at all; only its owner can read it.

    Raises:
        StoreError: it can't be written.
    """
    part = target.with_name(target.name + PARTIAL)
    try:
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        # A clock that was wrong dates a file before 1980, which zip does not know.
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
            yield archive
        part.replace(target)
    except OSError as error:
        raise StoreError(
            f"{target} can't be written: {error}. Check the free space and the folder's rights."
        ) from error
    finally:
        part.unlink(missing_ok=True)
