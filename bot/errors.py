"""Every error that Recours raises on purpose.

RecoursError
├── SettingsError       a setting is missing or wrong; the program can't start
├── KnowledgeError      the files under knowledge/ can't be used; holds the findings
├── StoreError          the database or the data folder can't be used
├── InvalidAnswer       a client's answer could not be read; the step is asked again
├── SalesFileError      a sales file could not be read; names the row
└── DocumentError       a letter or a dossier could not be made
"""

from __future__ import annotations

from typing import Any


class RecoursError(Exception):
    """Root of all: its message tells the reader what to do next."""


class SettingsError(RecoursError):
    """A setting is missing or wrong."""


class KnowledgeError(RecoursError):
    """The knowledge can't be used.

    Args:
        findings: one line a fault, each as `path:line: CODE reason`.
    """

    def __init__(self, findings: list[str]) -> None:
        super().__init__("\n".join(findings))
        self.findings = findings


class StoreError(RecoursError):
    """The database or the data folder can't be used."""


class _Translatable(RecoursError):
    """An error told to a client: a message for gettext and what it is filled with."""

    def __init__(self, message: str, **values: Any) -> None:
        super().__init__(message)
        self.message = message
        self.values = values


class InvalidAnswer(_Translatable):
    """A client's answer could not be read; nothing has changed."""


class SalesFileError(_Translatable):
    """A sales file could not be read."""


class DocumentError(_Translatable):
    """A document could not be made."""
