"""The case as the client sees it: summary, timeline, search, notes, and which case is active."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.assistant import guided
from bot.assistant.evidence import file_size
from bot.assistant.turn import Rows, Turn
from bot.casefile.gaps import find_gaps, gap_text
from bot.casefile.models import Case, CaseFile, Evidence, Incident, Note
from bot.casefile.proofs import exhibits_of, proof_score
from bot.casefile.timeline import FILTERS, Item, timeline
from bot.faq.show import action_label
from bot.flows import incident as incident_flow
from bot.flows.answers import MAX_TEXT, clean
from bot.flows.letters import TITLES
from bot.flows.registry import FLOWS
from bot.i18n import N_
from bot.messages import Button

PAGE = 12
"""Items on one page of the timeline."""

_FILTER_NAMES = {
    "": N_("Everything, newest first"),
    "incident": N_("Incidents"),
    "note": N_("Notes"),
    "evidence": N_("Exhibits"),
    "letter": N_("Letters"),
    "event": N_("Dates"),
}


def show_case(turn: Turn) -> None:
    """The summary: what there is, what is open, what falls due; then the newest items."""
    t = turn.t
    file = turn.file()
    if file is None:
        turn.say(
            t("Your case is empty for now. It begins with the first incident, note or file."),
            ((Button(action_label("incident", t), "f:incident"),),),
        )
        return
    case = file.case
    lines = [
        t("{case}, opened on {day}", case=turn.case_name(case), day=t.day(case.created)),
        _counts(turn, file),
    ]
    ongoing = [i for i in file.incidents if i.is_ongoing]
    if ongoing:
        lines.append(
            t.plural("{n} incident still goes on.", "{n} incidents still go on.", len(ongoing))
        )
    costs = sum(i.cost_cents or 0 for i in file.incidents)
    if costs:
        lines.append(t("Cost told so far: {amount}", amount=t.money(costs)))
    due = sorted((d for d in file.dues if d.status == "open"), key=lambda d: d.due)
    if due:
        lines.append(t("Next date: {day}", day=t.weekday(due[0].due)))
    if case.status == "closed":
        lines.append(t("This case is closed."))
    items, rows = _page(turn, file, "", 0)
    turn.say("\n".join([*lines, "", *items]), (*rows, *_case_buttons(turn, file)))


def _counts(turn: Turn, file: CaseFile) -> str:
    """`2 incidents, 1 note et 3 pièces`; what there is none of is left out."""
    t = turn.t
    counts = [
        (len(file.incidents), t.plural("{n} incident", "{n} incidents", len(file.incidents))),
        (len(file.notes), t.plural("{n} note", "{n} notes", len(file.notes))),
        (len(file.evidence), t.plural("{n} exhibit", "{n} exhibits", len(file.evidence))),
        (len(file.letters), t.plural("{n} letter", "{n} letters", len(file.letters))),
    ]
    return t.listing([text for count, text in counts if count]) or t("Nothing here yet.")


def _case_buttons(turn: Turn, file: CaseFile) -> Rows:
    t = turn.t
    names = [name for name in ("incident", "provider", "loss", "notice") if name in FLOWS]
    rows: list[tuple[Button, ...]] = [
        tuple(Button(action_label(name, t), f"f:{name}") for name in names[i : i + 2])
        for i in range(0, len(names), 2)
    ]
    rows.append(
        (
            Button(t("Dates and reminders"), "d:list"),
            Button(action_label("gaps", t), "f:gaps"),
        )
    )
    rows.append((Button(t("Take it away: the dossier"), "doc:dossier"),))
    state = (
        Button(t("Close this case"), "case:close")
        if file.case.status == "open"
        else Button(t("Reopen this case"), "case:reopen")
    )
    rows.append((Button(t("Other cases"), "case:list"), state))
    return tuple(rows)


def show_timeline(turn: Turn, only: str, page: int) -> None:
    """A page of items, newest first, with filters and changes under it."""
    file = turn.file()
    if file is None:
        return show_case(turn)
    lines, rows = _page(turn, file, only, page)
    turn.say("\n".join(lines), rows)
    return None


def _page(turn: Turn, file: CaseFile, only: str, page: int) -> tuple[list[str], Rows]:
    """The words of a page, and its buttons: changes, filters, other pages."""
    t = turn.t
    items = timeline(file, only)
    shown = items[page * PAGE : (page + 1) * PAGE]
    lines = [t(_FILTER_NAMES[only])]
    for item in shown:
        lines += ["", describe(turn, file, item)]
    if not shown:
        lines.append(t("Nothing here yet."))
    rows: list[tuple[Button, ...]] = [
        (Button(t("✎ Change incident {number}", number=item.number), f"i:{item.number}"),)
        for item in shown
        if item.kind == "incident"
    ]
    others = [kind for kind in ("", *FILTERS) if kind != only]
    filters = [
        Button(t(_FILTER_NAMES[kind]), f"tl:0:{kind}")
        for kind in others
        if not kind or timeline(file, kind)
    ]
    rows += [tuple(filters[i : i + 3]) for i in range(0, len(filters), 3)]
    moves = []
    if page > 0:
        moves.append(Button(t("← Newer"), f"tl:{page - 1}:{only}"))
    if (page + 1) * PAGE < len(items):
        moves.append(Button(t("Older →"), f"tl:{page + 1}:{only}"))
    if moves:
        rows.append(tuple(moves))
    return lines, tuple(rows)


def describe(turn: Turn, file: CaseFile, item: Item) -> str:
    """One item in words."""
    t = turn.t
    record = item.record
    if item.kind == "incident":
        return describe_incident(turn, file, record)
    if item.kind == "note":
        return t(
            "{moment}\nNote {number}: {text}",
            moment=t.moment(item.when),
            number=item.number,
            text=record.text,
        )
    if item.kind == "evidence":
        return f"{t.moment(item.when)}\n{describe_exhibit(turn, record)}"
    if item.kind == "letter":
        title = TITLES.get(record.kind, N_("Letter"))
        name = t(title)
        state = t("sent") if record.status == "sent" else t("draft")
        return t(
            "{moment}\nLetter {number}, {name}: {state}",
            moment=t.moment(item.when),
            number=item.number,
            name=name,
            state=state,
        )
    return f"{t.day(record.on)}\n{event_name(turn, record.kind)}"


def event_name(turn: Turn, kind: str) -> str:
    """The name that the operators gave to a kind of event."""
    from bot.casefile.rules import read_deadlines, split_kind

    found = read_deadlines(turn.library.knowledge).events.get(split_kind(kind)[0])
    return found.label[turn.language] if found else kind


def describe_incident(turn: Turn, file: CaseFile, incident: Incident) -> str:
    """An incident, its proof score and its exhibits."""
    t = turn.t
    context = turn.context({}, file)
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
        "• " + describe_exhibit(turn, exhibit) for exhibit in exhibits_of(incident, file.evidence)
    ]
    kind = turn.library.knowledge.kinds.get(incident.kind)
    if kind is not None and kind.proofs:
        score = proof_score(incident, file.evidence, kind)
        lines.append(t("Proof: {score}", score=str(score)))
    return "\n".join(lines)


def proof_lines(turn: Turn, number: int) -> str:
    """What proof a freshly saved incident has, and what it lacks."""
    t = turn.t
    file = turn.file()
    incident = file.incident(number) if file else None
    kind = turn.library.knowledge.kinds.get(incident.kind) if incident else None
    if file is None or incident is None or kind is None or not kind.proofs:
        return ""
    score = proof_score(incident, file.evidence, kind)
    text = t("Proof: {score}", score=str(score))
    labels = {proof.key: proof.label[turn.language] for proof in kind.proofs}
    if score.missing:
        missing = t.listing([_within(labels[key]) for key in score.missing[:3]])
        text += "\n" + t("Still useful: {what}.", what=missing)
    return text


def _within(label: str) -> str:
    """A label as part of a sentence; an acronym keeps its capitals."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


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


def search(turn: Turn, words: str) -> None:
    """Incidents, notes and exhibits that hold every word."""
    t = turn.t
    case = turn.case
    if not words:
        turn.say(t("What should I look for? For example: /search basket."))
        return
    file = turn.file()
    found = turn.store.cases.search(case.id, words) if case else []
    if file is None or not found:
        turn.say(t("Nothing in this case holds: {words}", words=words))
        return
    wanted = {(hit.kind, hit.number) for hit in found}
    items = [item for item in timeline(file) if (item.kind, item.number) in wanted]
    lines = [t.plural("{n} result", "{n} results", len(items))]
    for item in items[:PAGE]:
        lines += ["", describe(turn, file, item)]
    turn.say("\n".join(lines))


def show_gaps(turn: Turn) -> None:
    """What courts have found wanting in such cases, checked against this one."""
    t = turn.t
    file = turn.file()
    if file is None:
        return show_case(turn)
    knowledge = turn.library.knowledge
    gaps = find_gaps(file, turn.now, knowledge)
    if not gaps:
        turn.say(t("I see nothing missing among the points I can check. A lawyer may see more."))
        return None
    lines = [t("What your proof still lacks, among the points I can check:")]
    actions: dict[str, None] = {}
    for gap in gaps[:8]:
        words = gap_text(gap, knowledge, turn.language)
        lines += ["", f"• {words.missing}", words.why, f"→ {words.close}"]
        actions.setdefault(gap.action)
    rows = tuple(
        (Button(action_label(name, t), f"f:{name}"),) for name in actions if name in FLOWS
    )
    turn.say("\n".join(lines), rows)
    return None


def list_cases(turn: Turn) -> None:
    """Every case of the user, to switch or to begin another."""
    t = turn.t
    cases = turn.store.cases.of(turn.user.id)
    rows = [(Button(_case_line(turn, case), f"case:{case.number}"),) for case in cases]
    rows.append((Button(t("Open a new case"), "case:new"),))
    turn.say(t("Which case?"), tuple(rows))


def _case_line(turn: Turn, case: Case) -> str:
    name = turn.case_name(case)
    if case.status == "closed":
        name = turn.t("{case}, closed", case=name)
    return f"▸ {name}" if case.id == turn.user.active_case else name


def choose_case(turn: Turn, what: str) -> None:
    """A button of the list of cases, or of the summary."""
    t = turn.t
    if what == "list":
        return list_cases(turn)
    if what in {"close", "reopen"}:
        case = turn.case
        if case is None:
            return show_case(turn)
        status = "closed" if what == "close" else "open"
        turn.store.cases.set_status(case.id, status, turn.now)
        words = t("is closed. You can reopen it at any moment.")
        if status == "open":
            words = t("is open again.")
        turn.say(f"{turn.case_name(case)} {words}")
        return None
    if what == "new":
        case = turn.store.cases.create(turn.user.id, turn.now)
    else:
        mine = {str(c.number): c for c in turn.store.cases.of(turn.user.id)}
        if what not in mine:
            return None
        case = mine[what]
    turn.remember(active_case=case.id)
    turn.say(t("From now on everything goes to: {case}", case=turn.case_name(case)))
    return None


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
    turn.say("\n".join(lines), about=f"note:{number}")


def replied(turn: Turn, text: str) -> bool:
    """An answer to the message of something kept becomes a note about it. False when it is not."""
    message = turn.incoming.reply_to
    if not message or turn.session is not None:
        return False
    about = turn.store.outbox.about(turn.user.id, message)
    if not about:
        found = turn.store.cases.by_message(turn.user.id, message)
        if found is None:
            return False
        about = f"{turn.store.cases.kind_of(found[1])}:{found[1].number}"
    kind, _, number = about.partition(":")
    label = {
        "incident": N_("About incident {number}: {text}"),
        "evidence": N_("About exhibit {number}: {text}"),
        "note": N_("About note {number}: {text}"),
    }.get(kind)
    if label is None:
        return False
    add_note(turn, turn.t(label, number=number, text=text))
    return True


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


def attach(turn: Turn, exhibit: int, incident: int) -> None:
    """An exhibit that came alone belongs to an incident after all."""
    file = turn.file()
    found = next((e for e in file.evidence if e.number == exhibit), None) if file else None
    if file is None or found is None or file.incident(incident) is None:
        turn.say(turn.t("There is no such incident in this case."))
        return
    turn.store.cases.save(file.case.id, replace(found, incident=incident), turn.now)
    lines = [
        turn.t(
            "Exhibit {exhibit} belongs to incident {incident}.", exhibit=exhibit, incident=incident
        ),
        proof_lines(turn, incident),
    ]
    turn.say("\n".join(line for line in lines if line))


def change_incident(turn: Turn, number: int) -> None:
    """Open the review of a saved incident."""
    file = turn.file()
    incident = file.incident(number) if file else None
    if incident is None:
        turn.say(turn.t("There is no such incident in this case."))
        return
    data: dict[str, Any] = {"incident": number, "evidence": list(incident.evidence)}
    guided.start(turn, "incident", data=data, answers=incident_flow.answers_of(incident))
