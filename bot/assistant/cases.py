"""The case as the client sees it: what is in it, in order; notes; changing an incident."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.assistant import guided
from bot.assistant.evidence import file_size
from bot.assistant.turn import Turn
from bot.casefile.models import CaseFile, Evidence, Incident, Note
from bot.faq.show import ACTIONS
from bot.flows import incident as incident_flow
from bot.flows.answers import MAX_TEXT, clean
from bot.flows.registry import FLOWS
from bot.messages import Button


def show_case(turn: Turn) -> None:
    """Incidents, notes and evidence, in order, with what can be done next."""
    t = turn.t
    file = turn.file()
    if file is None:
        turn.say(
            t("Your case is empty for now. It begins with the first incident, note or file."),
            ((Button(t(ACTIONS["incident"]), "f:incident"),),),
        )
        return
    lines = [
        t("{case}, opened on {day}", case=turn.case_name(file.case), day=t.day(file.case.created)),
        ", ".join(
            [
                t.plural("{n} incident", "{n} incidents", len(file.incidents)),
                t.plural("{n} note", "{n} notes", len(file.notes)),
                t.plural("{n} exhibit", "{n} exhibits", len(file.evidence)),
            ]
        ),
    ]
    for when, text in timeline(turn, file):
        lines += ["", f"{t.moment(when)}", text]
    rows = [(Button(t(ACTIONS["incident"]), "f:incident"),)]
    rows += [
        (Button(t("✎ Change incident {number}", number=found.number), f"i:{found.number}"),)
        for found in file.incidents[-5:]
    ]
    rows += [
        (Button(t(ACTIONS[name]), f"f:{name}"),) for name in ("loss", "notice") if name in FLOWS
    ]
    turn.say("\n".join(lines), tuple(rows))


def timeline(turn: Turn, file: CaseFile) -> list[tuple[datetime, str]]:
    """Everything in the case, oldest first, as `(when it was noted, words)`."""
    t = turn.t
    found: list[tuple[datetime, str]] = []
    for incident in file.incidents:
        if incident.created is not None:
            found.append((incident.created, describe_incident(turn, file, incident)))
    found += [
        (note.created, t("Note {number}: {text}", number=note.number, text=note.text))
        for note in file.notes
        if note.created is not None
    ]
    found += [
        (exhibit.received, describe_exhibit(turn, exhibit))
        for exhibit in file.evidence
        if exhibit.incident is None
    ]
    return sorted(found, key=lambda item: item[0])


def describe_incident(turn: Turn, file: CaseFile, incident: Incident) -> str:
    """An incident with its evidence."""
    t = turn.t
    context = turn.context({})
    lines = [
        t(
            "Incident {number}: {what}",
            number=incident.number,
            what=incident_flow.describe(incident, context),
        ),
        incident.what,
    ]
    if incident.cost_cents is not None:
        lines.append(t("Cost so far: {amount}", amount=t.money(incident.cost_cents)))
    lines += [
        "• " + describe_exhibit(turn, exhibit)
        for exhibit in file.evidence
        if exhibit.incident == incident.number
    ]
    return "\n".join(lines)


def describe_exhibit(turn: Turn, exhibit: Evidence) -> str:
    """`Exhibit 2: facture.pdf, 12 kB (description)`."""
    t = turn.t
    text = t(
        "Exhibit {number}: {name}, {size}",
        number=exhibit.number,
        name=exhibit.name,
        size=file_size(exhibit.size, t),
    )
    return f"{text} ({exhibit.description})" if exhibit.description else text


def add_note(turn: Turn, text: str) -> None:
    """A dated note in the active case, made at need."""
    t = turn.t
    words = clean(text)
    if not words:
        turn.note("waiting", "note")
        turn.say(t("What should I note? Write it in your next message."))
        return
    turn.note("waiting", None)
    kept = words[:MAX_TEXT]
    case = turn.need_case()
    note = Note(kept, message=turn.incoming.message)
    number = turn.store.cases.save(case.id, note, turn.now, message=turn.incoming.message)
    lines = [t("Note {number} is kept, dated {moment}.", number=number, moment=t.moment(turn.now))]
    if len(words) > MAX_TEXT:
        lines.append(t("It was too long: I kept the first {limit} characters.", limit=MAX_TEXT))
    lines.append(turn.case_name(case))
    turn.say("\n".join(lines))


def edited(turn: Turn) -> bool:
    """The message of a note or a caption was edited: the record follows, the old words stay."""
    message = turn.incoming.message
    found = turn.store.cases.by_message(turn.user.id, message) if message else None
    if found is None:
        return False
    case, record = found
    words = clean(turn.incoming.text)
    if isinstance(record, Note):
        words = words.split(maxsplit=1)[1] if words.startswith("/") and " " in words else words
        if not words:
            return False
        turn.store.cases.save(case, replace(record, text=words[:MAX_TEXT]), turn.now)
        turn.say(turn.t("Note {number} is changed; the old text is kept.", number=record.number))
        return True
    if isinstance(record, Evidence):
        turn.store.cases.save(case, replace(record, description=words), turn.now)
        turn.say(turn.t("The description of exhibit {number} is changed.", number=record.number))
        return True
    return False


def change_incident(turn: Turn, number: int) -> None:
    """Open the review of a saved incident."""
    file = turn.file()
    incident = file.incident(number) if file else None
    if incident is None:
        turn.say(turn.t("There is no such incident in this case."))
        return
    guided.start(
        turn,
        "incident",
        data={"incident": number, "evidence": list(incident.evidence)},
        answers=incident_flow.answers_of(incident),
    )
