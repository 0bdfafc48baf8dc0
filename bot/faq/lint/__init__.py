"""What is wrong in a set of knowledge, told as `path:line: CODE reason` with how to mend it.

Each rule is one small function; its code is stable and explained in `knowledge/README.md`. An
error would mislead a client; a warning (ageing, marks, length) never keeps a set from being used.
"""

from __future__ import annotations

from datetime import date

from bot.faq.entry import Knowledge
from bot.faq.lint import ageing, answers, links, phrasings, wording
from bot.faq.lint.rule import Finding, Reading, Rule
from bot.faq.texts import read_texts

__all__ = ["RULES", "Finding", "lint", "summary"]

RULES: tuple[Rule, ...] = (
    *answers.RULES, *phrasings.RULES, *links.RULES, *ageing.RULES, *wording.RULES,
)  # fmt: skip


def lint(knowledge: Knowledge, today: date) -> list[Finding]:
    """Everything the rules find, in the order of files and lines.

    Args:
        knowledge: as loaded; the loader's own faults (K0xx) come before.
        today: the operators' day, against which reviews are measured.
    """
    reading = Reading(knowledge, today, read_texts(knowledge))
    return sorted(finding for rule in RULES for finding in rule.findings(reading))


def summary(findings: list[Finding]) -> str:
    """The last line: how many of each."""
    errors = sum(finding.severity == "error" for finding in findings)
    warnings = len(findings) - errors
    return f"{_count(errors, 'error')}, {_count(warnings, 'warning')}"


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
