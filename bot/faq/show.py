"""An entry as a reply: the answer, its legal basis, what to do next."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.faq.entry import Answer, Knowledge, Source
from bot.i18n import N_, Translator
from bot.messages import Button, Reply

ACTIONS = {
    "incident": N_("Log an incident"),
    "loss": N_("Estimate the loss"),
    "notice": N_("Write the formal notice"),
    "report": N_("Write a first report to the provider"),
    "sent": N_("Tell me that a letter has gone"),
    "second-letter": N_("Write the second letter"),
    "reply": N_("Answer a chasing letter"),
    "access": N_("Ask for my access and domain"),
    "deadline": N_("Note a date and what it starts"),
    "check-suspend": N_("Before I stop paying"),
    "check-terminate": N_("Before I terminate"),
    "check-replace": N_("Before another firm repairs"),
    "check-review": N_("Before I publish a review"),
    "gaps": N_("What my proof lacks"),
    "dossier": N_("See my case"),
    "provider": N_("The provider and the contract"),
}
"""What an entry can offer to do, and the words on its button."""


def action_label(name: str, t: Translator) -> str:
    """The words on the button of an action."""
    label = ACTIONS[name]
    return t(label)


MAX_LABEL = 60
"""Longer labels are cut by telephones."""


def answer_reply(
    knowledge: Knowledge, answer: Answer, t: Translator, flows: Collection[str]
) -> Reply:
    """The first message: the answer, its legal basis, and buttons for more and for what to do.

    Args:
        knowledge: where the related entries are.
        answer: what to show.
        t: speaks the language of the answer.
        flows: the actions that exist; others are not offered.
    """
    text = f"**{answer.question}**\n\n{answer.lead}\n\n{basis(answer.sources, t)}"
    if set(answer.profiles) != _ALL:
        names = t.listing([t(_PROFILES[profile]) for profile in answer.profiles])
        text += "\n\n" + t("Holds for: {who}.", who=names)
    rows: list[tuple[Button, ...]] = []
    if answer.more:
        rows.append(
            (Button(t("More: steps, conditions, help"), f"m:{answer.entry}:{t.language}"),)
        )
    rows += [
        (Button(action_label(action, t), f"f:{action}"),)
        for action in answer.actions
        if action in flows and action in ACTIONS
    ]
    return Reply(text, markup=True, buttons=tuple(rows))


def more_reply(
    knowledge: Knowledge, answer: Answer, t: Translator, flows: Collection[str]
) -> Reply:
    """The second message: steps, conditions, who can help; then the related questions."""
    rows: list[tuple[Button, ...]] = [
        (Button(action_label(action, t), f"f:{action}"),)
        for action in answer.actions
        if action in flows and action in ACTIONS
    ]
    rows += entry_buttons(knowledge, answer.related, t)
    reviewed = t("Reviewed on {day}.", day=t.day(answer.reviewed))
    return Reply(f"{answer.more}\n\n{reviewed}", markup=True, buttons=tuple(rows))


def entry_buttons(
    knowledge: Knowledge, ids: Sequence[str], t: Translator
) -> list[tuple[Button, ...]]:
    """A row for each entry, labelled with its question."""
    return [
        (Button(_label(knowledge.answer(id, t.language).question), f"e:{id}:{t.language}"),)
        for id in ids
        if id in knowledge.entries
    ]


def basis(sources: Sequence[Source], t: Translator) -> str:
    """The legal basis, each with its link, and what is still to be checked."""
    lines = [t("Legal basis:")]
    for source in sources:
        name = source.reference.replace("[", "(").replace("]", ")")
        part = f"[{name}]({source.url})" if source.url else name
        lines.append(f"- {part} ({source.check})" if source.check else f"- {part}")
    return "\n".join(lines)


def _label(question: str) -> str:
    return question if len(question) <= MAX_LABEL else question[: MAX_LABEL - 1].rstrip() + "…"


_PROFILES = {
    "consumer": N_("consumers"),
    "nonprofessional": N_("associations and other non-professionals"),
    "small-business": N_("businesses of five or fewer, signed up off-premises"),
    "business": N_("businesses"),
}
_ALL = set(_PROFILES)
