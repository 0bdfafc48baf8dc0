"""Photos, files and albums: kept as they are, with a receipt; accepted at any moment."""

from __future__ import annotations

from bot.assistant import guided
from bot.assistant.turn import Turn
from bot.casefile.models import Evidence
from bot.flows.answers import clean
from bot.i18n import N_, Translator
from bot.messages import Attachment, Button

MAX_NAME = 120


def receive(turn: Turn) -> None:
    """Keep every file of the message, give a receipt for each, then go on."""
    kept = [
        (number, attachment)
        for attachment in turn.incoming.attachments
        if (number := _keep(turn, attachment)) is not None
    ]
    if not kept:
        return
    group = turn.incoming.attachments[0].group
    again = group is not None and turn.user.memory.get("group") == group
    turn.note("group", group)
    if turn.session is not None:
        guided.files_arrived(turn, kept, quiet=again)
    elif not again:
        t = turn.t
        file = turn.file()
        known = [
            (Button(t("To incident {number}", number=i.number), f"ev:{kept[0][0]}:{i.number}"),)
            for i in (file.incidents[-3:] if file else ())
        ]
        turn.say(
            t("Does it belong to an incident?"),
            (
                *known,
                (Button(t("Log an incident with it"), f"f:incident:{kept[0][0]}"),),
                (Button(t("See my case"), "f:dossier"),),
            ),
        )


def _keep(turn: Turn, attachment: Attachment) -> int | None:
    t = turn.t
    name = clean(attachment.name)[-MAX_NAME:] or t("photo")
    if attachment.content is None:
        turn.say(t(_REFUSED.get(attachment.refused, _REFUSED[""]), name=name))
        return None
    if not attachment.content:
        turn.say(t("{name} is empty: there is nothing in it. Please send it again.", name=name))
        return None
    case = turn.need_case()
    sha256 = turn.store.files.keep(attachment.content)
    known = next((e for e in turn.store.cases.file(case).evidence if e.sha256 == sha256), None)
    if known is not None:
        turn.say(
            t(
                "I already have this file: it is exhibit {number}, received on {moment}.",
                number=known.number,
                moment=t.moment(known.received),
            )
        )
        return known.number
    exhibit = Evidence(
        sha256=sha256,
        name=name,
        mime=attachment.mime or guess_type(attachment.content),
        size=len(attachment.content),
        received=turn.now,
        description=clean(turn.incoming.text),
        compressed=attachment.compressed,
        forwarded=attachment.forwarded,
    )
    number = turn.store.cases.save(case.id, exhibit, turn.now, message=turn.incoming.message)
    turn.say(_receipt(turn, exhibit, number), about=f"evidence:{number}")
    return number


def _receipt(turn: Turn, exhibit: Evidence, number: int) -> str:
    t = turn.t
    lines = [
        t(
            "Exhibit {number} is kept: {name}, {size}.",
            number=number,
            name=exhibit.name,
            size=file_size(exhibit.size, t),
        ),
        t(
            "Received on {moment}. Fingerprint: {fingerprint}…",
            moment=t.moment(exhibit.received),
            fingerprint=exhibit.sha256[:16],
        ),
    ]
    if exhibit.compressed:
        lines.append(
            t(
                "Telegram has squeezed this photo. Send it as a file too, so that its date and"
                " quality are kept."
            )
        )
    return "\n".join(lines)


def file_size(size: int, t: Translator) -> str:
    """`12 ko`, `1.3 MB`."""
    unit = "o" if t.language == "fr" else "B"
    if size < 1000:
        return f"{size}\N{NO-BREAK SPACE}{'octets' if t.language == 'fr' else 'bytes'}"
    if size < 1_000_000:
        return f"{t.number(round(size / 1000))}\N{NO-BREAK SPACE}k{unit}"
    return f"{t.number(round(size / 1_000_000, 1))}\N{NO-BREAK SPACE}M{unit}"


def guess_type(content: bytes) -> str:
    """The type that the first bytes show; text when they are text."""
    import filetype

    kind = filetype.guess(content)
    if kind is not None:
        return str(kind.mime)
    try:
        content[:4096].decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(content[:4096]) - 4:
            return "application/octet-stream"
    return "text/plain"


_REFUSED = {
    "too big": N_(
        "{name} is over 20 MB, more than Telegram lets me fetch. Please send it in parts,"
        " or a link to it in a note."
    ),
    "": N_("{name} could not be fetched. Please send it again."),
}
