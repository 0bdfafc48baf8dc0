"""What the proof of a case lacks, by what courts have rejected in such cases.

What is said of each gap, and in which order, is in `knowledge/gaps.yaml`; how it is found is here,
one small function each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from bot.casefile.models import CaseFile, Evidence, Incident
from bot.casefile.proofs import exhibits_of, names_any
from bot.errors import KnowledgeError
from bot.faq.loader import fill

if TYPE_CHECKING:
    from bot.faq.entry import Knowledge

LATE = timedelta(days=30)
"""Evidence that comes longer than this after an incident is over says little of its day."""

WARN_YEARS = 1
"""How long before the limitation an incident is called old."""

LIMITATION = "prescription_5ans"
"""The dated value that tells the years of the limitation."""

FILE = "knowledge/gaps.yaml"


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is missing.

    Attributes:
        key: of its texts in the knowledge.
        subject: the number of the incident, or 0 for the case as a whole.
        action: the flow or command that closes it.
    """

    key: str
    subject: int
    action: str


@dataclass(frozen=True, slots=True)
class GapText:
    """What is said of a gap, in one language: what is missing, why it matters, how to close it."""

    missing: str
    why: str
    close: str


class GapRule(BaseModel):
    """One gap as the operators wrote it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    key: str
    action: str
    words: tuple[str, ...] = ()
    fr: str
    en: str
    why_fr: str
    why_en: str
    basis: str
    close_fr: str
    close_en: str


_ALL: TypeAdapter[tuple[GapRule, ...]] = TypeAdapter(tuple[GapRule, ...])


def read_gaps(plain: object) -> tuple[GapRule, ...]:
    """The gaps of the data file, in its order.

    Args:
        plain: the file as plain values: a list.

    Raises:
        KnowledgeError: something can't be used; `findings` has every fault.
    """
    try:
        rules = _ALL.validate_python(plain)
    except ValidationError as error:
        raise KnowledgeError(
            [f"{FILE}:1: K010 {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        ) from error
    strange = [rule.key for rule in rules if rule.key not in _CHECKS]
    if strange:
        known = ", ".join(_CHECKS)
        raise KnowledgeError([f"{FILE}:1: K010 {key!r} is not one of: {known}" for key in strange])
    return rules


def find_gaps(file: CaseFile, now: datetime, knowledge: Knowledge) -> tuple[Gap, ...]:
    """What the case lacks, in the order of the knowledge, then of the incidents.

    Args:
        file: the case.
        now: the moment of the turn, with the user's zone.
        knowledge: which gaps are looked for, the words they need, and the limitation.
    """
    return tuple(
        Gap(rule.key, subject, rule.action)
        for rule in read_gaps(knowledge.data.get("gaps") or [])
        for subject in _CHECKS[rule.key](_Look(file, now, knowledge, rule.words))
    )


def gap_text(gap: Gap, knowledge: Knowledge, language: str) -> GapText:
    """What to tell the client of a gap.

    Raises:
        KeyError: the knowledge has no such gap.
    """
    rules = {rule.key: rule for rule in read_gaps(knowledge.data.get("gaps") or [])}
    rule = rules[gap.key]
    french = language == "fr"

    def said(text: str) -> str:
        shown = fill(text, knowledge.values, language)
        return shown.replace("{incident}", str(gap.subject))

    return GapText(
        said(rule.fr if french else rule.en),
        f"{said(rule.why_fr if french else rule.why_en)} ({rule.basis})",
        said(rule.close_fr if french else rule.close_en),
    )


@dataclass(frozen=True, slots=True)
class _Look:
    """What a check may look at."""

    file: CaseFile
    now: datetime
    knowledge: Knowledge
    words: tuple[str, ...]

    def exhibits(self, incident: Incident) -> tuple[Evidence, ...]:
        return exhibits_of(incident, self.file.evidence)

    def day(self, at: datetime) -> date:
        """The day of an instant, in the user's zone."""
        return at.astimezone(self.now.tzinfo).date()


def _undated(look: _Look) -> Iterator[int]:
    return (i.number for i in look.file.incidents if i.started is None)


def _not_told(look: _Look) -> Iterator[int]:
    return (
        i.number for i in look.file.incidents if i.told != "written" and not _written_to(look, i)
    )


def _written_to(look: _Look, incident: Incident) -> bool:
    """Whether a letter made after the incident was logged has gone out."""
    return any(
        letter.status == "sent"
        and letter.kind in {"report", "notice", "second-letter"}
        and (
            letter.created is None
            or incident.created is None
            or letter.created >= incident.created
        )
        for letter in look.file.letters
    )


def _no_evidence(look: _Look) -> Iterator[int]:
    return (i.number for i in look.file.incidents if not look.exhibits(i))


def _compressed(look: _Look) -> Iterator[int]:
    for incident in look.file.incidents:
        exhibits = look.exhibits(incident)
        if exhibits and all(exhibit.compressed for exhibit in exhibits):
            yield incident.number


def _late_evidence(look: _Look) -> Iterator[int]:
    """Nothing that came soon; while an incident goes on, what comes shows it."""
    for incident in look.file.incidents:
        exhibits = look.exhibits(incident)
        over = _over(incident)
        if exhibits and over and min(look.day(e.received) for e in exhibits) - over > LATE:
            yield incident.number


def _over(incident: Incident) -> date | None:
    """The day it was over; its first day when the end is not known; None while it goes on."""
    if incident.ended is not None:
        return incident.ended.day
    if "until" in incident.unsure and incident.started is not None:
        return incident.started.day
    return None


def _old(look: _Look) -> Iterator[int]:
    limit = look.knowledge.values.get(LIMITATION)
    if limit is None:
        return
    years = int(limit.value) - WARN_YEARS
    today = look.now.date()
    for incident in look.file.incidents:
        day = incident.started.day if incident.started else None
        if day and (day.year + years, day.month, day.day) <= (today.year, today.month, today.day):
            yield incident.number


def _touched(look: _Look) -> Iterable[int]:
    """The client said so before letting others repair, or in a note."""
    answers = [v.answers for v in look.file.verdicts if v.gate == "check-replace"]
    said = any(found.get("frozen") == "touched" for found in answers)
    noted = any(names_any(note.text, look.words) for note in look.file.notes)
    return (0,) if said or noted else ()


def _no_contract(look: _Look) -> Iterable[int]:
    found = any(names_any(f"{e.name} {e.description}", look.words) for e in look.file.evidence)
    return () if found else (0,)


def _no_loss(look: _Look) -> Iterable[int]:
    return (0,) if look.file.incidents and not look.file.losses else ()


def _no_notice(look: _Look) -> Iterable[int]:
    sent = any(
        letter.status == "sent" and letter.kind in {"notice", "second-letter"}
        for letter in look.file.letters
    )
    return (0,) if look.file.incidents and not sent else ()


_CHECKS: dict[str, Callable[[_Look], Iterable[int]]] = {
    "touched": _touched,
    "old": _old,
    "undated": _undated,
    "no-evidence": _no_evidence,
    "compressed": _compressed,
    "late-evidence": _late_evidence,
    "not-told": _not_told,
    "no-contract": _no_contract,
    "no-loss": _no_loss,
    "no-notice": _no_notice,
}
