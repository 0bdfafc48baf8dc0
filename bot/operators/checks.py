"""What the data files of the knowledge must hold, beyond the entries that the lint reads."""

from __future__ import annotations

from collections.abc import Callable

from bot.casefile.gaps import read_gaps
from bot.casefile.rules import read_deadlines
from bot.documents.check import check as letter_faults
from bot.errors import KnowledgeError
from bot.faq.entry import Knowledge
from bot.flows.gates import read_gates


def data_faults(knowledge: Knowledge) -> list[str]:
    """Faults in deadlines, gates, gaps and letters, one `path:line: CODE reason` each."""
    faults = letter_faults(knowledge)
    readers: tuple[Callable[[], object], ...] = (
        lambda: read_deadlines(knowledge),
        lambda: read_gates(knowledge.data.get("gates")),
        lambda: read_gaps(knowledge.data.get("gaps")),
    )
    for read in readers:
        try:
            read()
        except KnowledgeError as error:
            faults += error.findings
    return faults
