"""What is kept of a person: a copy for them, and erasing it for good."""

from __future__ import annotations

from bot.assistant.turn import Turn
from bot.messages import Button


def show(turn: Turn) -> None:
    """What is kept, and what can be done with it."""
    t = turn.t
    turn.say(
        "\n".join(
            [
                t(
                    "I keep what you write and send in your own case file: incidents, exhibits,"
                    " notes, letters, dates."
                ),
                t(
                    "A question I could not answer is kept too, without your name, for the people"
                    " who write the answers."
                ),
            ]
        ),
        (
            (Button(t("Send me a copy of everything"), "data:copy"),),
            (Button(t("Erase everything"), "data:erase"),),
        ),
    )


def ask_document(turn: Turn, kind: str) -> None:
    """Ask for the dossier of the active case."""
    case = turn.case
    if kind != "dossier" or case is None:
        return
    turn.store.jobs.add(turn.user.id, case.id, "dossier", {}, turn.now)
    turn.say(turn.t("I am preparing the dossier. You can go on meanwhile."))


def press(turn: Turn, what: str) -> None:
    """One of the buttons above, or the confirmation."""
    t = turn.t
    if what == "copy":
        turn.store.jobs.add(turn.user.id, None, "copy", {}, turn.now)
        turn.say(t("I am preparing your copy."))
    elif what == "erase":
        turn.say(
            t(
                "This erases your case, your exhibits and your letters, for good. Take a copy"
                " first: your evidence may be needed later."
            ),
            (
                (Button(t("Send me a copy of everything"), "data:copy"),),
                (Button(t("Yes, erase everything"), "data:erase-now"),),
            ),
        )
        turn.note("erase", turn.now.date().isoformat())
    elif what == "erase-now" and turn.user.memory.get("erase"):
        turn.erase = True
