"""The commands, in both languages: one table for the menu, the help and the console."""

from __future__ import annotations

from dataclasses import dataclass

from bot.i18n import N_


@dataclass(frozen=True, slots=True)
class Command:
    """One command.

    Attributes:
        id: what it does, for the assistant.
        names: by language, without the slash; every name works in every language.
        help: what it does, in a few words; a message id.
        in_menu: shown in Telegram's menu.
    """

    id: str
    names: dict[str, str]
    help: str
    in_menu: bool = True


COMMANDS = (
    Command("incident", {"fr": "incident", "en": "incident"}, N_("Log an incident")),
    Command("case", {"fr": "dossier", "en": "case"}, N_("See my case")),
    Command("note", {"fr": "note", "en": "note"}, N_("Add a dated note to my case")),
    Command("deadlines", {"fr": "echeances", "en": "dates"}, N_("What falls due, and reminders")),
    Command("gaps", {"fr": "manques", "en": "gaps"}, N_("What my proof lacks")),
    Command("search", {"fr": "chercher", "en": "search"}, N_("Find a word in my case")),
    Command("cases", {"fr": "dossiers", "en": "cases"}, N_("Change or open a case")),
    Command("topics", {"fr": "themes", "en": "topics"}, N_("Browse the questions by topic")),
    Command("cancel", {"fr": "annuler", "en": "cancel"}, N_("Stop what is under way")),
    Command("data", {"fr": "donnees", "en": "data"}, N_("My data: a copy, or erasing it")),
    Command("language", {"fr": "langue", "en": "language"}, N_("Change the language")),
    Command("help", {"fr": "aide", "en": "help"}, N_("What I can do")),
    Command("start", {"fr": "start", "en": "start"}, N_("Begin"), in_menu=False),
    Command("back", {"fr": "retour", "en": "back"}, N_("Back to the question before"), False),
    Command("skip", {"fr": "passer", "en": "skip"}, N_("Skip this question"), False),
)

BY_NAME = {name: command for command in COMMANDS for name in command.names.values()}
"""Every name in every language."""
