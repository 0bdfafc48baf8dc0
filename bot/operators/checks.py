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
    readers: dict[str, Callable[[], object]] = {
        "deadlines": lambda: read_deadlines(knowledge),
        "gates": lambda: read_gates(knowledge.data["gates"]),
        "gaps": lambda: read_gaps(knowledge.data["gaps"]),
    }
    faults = letter_faults(knowledge) if knowledge.data.get("lettres") else []
    for name, read in readers.items():
        if knowledge.data.get(name) is None:
            continue
        try:
            read()
        except KnowledgeError as error:
            faults += error.findings
    return faults
