"""Questions: the right entry, a choice of a few, or an honest "I don't know"."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.assistant.turn import Rows, Turn
from bot.faq import show
from bot.faq.matcher import SMALL_TALK, Match
from bot.faq.text import fold
from bot.flows import amounts, dates, incident
from bot.flows.registry import FLOWS
from bot.i18n import N_
from bot.messages import Button

FOLLOW_UP = timedelta(minutes=30)
"""How long a question like "and by e-mail?" is read beside the last answer."""

BURST = timedelta(seconds=60)
"""Short messages that follow each other so closely are one question."""

MISSES_BEFORE_HUMAN = 2


def match(turn: Turn, text: str) -> Match:
    """What the library makes of a question, in the light of what was just said."""
    recent = turn.user.last_at is not None and turn.now - turn.user.last_at < FOLLOW_UP
    previous = turn.user.last_entry if recent else ""
    found = turn.library.matcher.match(text, turn.language, previous=previous)
    before = _unanswered_before(turn)
    if before and found.outcome != "answer" and found.off_topic not in SMALL_TALK:
        joined = turn.library.matcher.match(f"{before} {text}", turn.language)
        if _OUTCOMES.index(joined.outcome) > _OUTCOMES.index(found.outcome):
            return joined
    return found


_OUTCOMES = ("none", "suggest", "answer")


def _unanswered_before(turn: Turn) -> str:
    """The message just before, when it came in a burst and got no answer."""
    burst = turn.user.memory.get("burst") or {}
    if not burst or turn.now - datetime.fromisoformat(burst["at"]) > BURST:
        return ""
    return str(burst["text"])


def answer(turn: Turn, text: str, found: Match | None = None) -> None:
    """Reply to a question."""
    found = found or match(turn, text)
    if found.outcome != "answer" and found.off_topic not in SMALL_TALK:
        said = f"{_unanswered_before(turn)} {text}".strip()[-500:]
        turn.note("burst", {"text": said, "at": turn.now.isoformat()})
    else:
        turn.note("burst", None)
    if found.outcome == "answer":
        return show_entry(turn, found.ids[0], _language(turn, found), also=found.also)
    if found.outcome == "suggest":
        return _suggest(turn, text, found)
    if reports_fault(turn, text) and found.off_topic not in SMALL_TALK:
        return _suggest(turn, text, found)
    if found.off_topic not in SMALL_TALK:
        turn.store.missed(text, found.language, found.outcome, list(found.ids), turn.now)
    if found.off_topic:
        return _off_topic(turn, found)
    return nothing(turn)


def _language(turn: Turn, found: Match) -> str:
    """The one the user chose; else the one the question was asked in."""
    return turn.user.language or found.language


def show_entry(turn: Turn, entry: str, language: str, also: tuple[str, ...] = ()) -> None:
    """The answer of one entry, in `language`, with what else the message may have asked."""
    knowledge = turn.library.knowledge
    t = turn.catalogues.translator(language)
    reply = show.answer_reply(knowledge, knowledge.answer(entry, language), t, FLOWS)
    rows = list(reply.buttons)
    if turn.incoming.text and tells_incident(turn, turn.incoming.text):
        turn.note("asked", turn.incoming.text[:1000])
        rows.insert(0, (Button(t("Log this as an incident"), "f:incident:said"),))
        rows = [row for row in rows if row[0].data != "f:incident"]
    rows += show.entry_buttons(knowledge, also, t)
    if language != turn.language:
        mine = turn.t(_ANSWER_ME[turn.language])
        rows.append((Button(mine, f"e:{entry}:{turn.language}"),))
    turn.say(reply.text, tuple(rows), markup=True)
    turn.remember(misses=0, last_entry=entry, last_at=turn.now)


_ANSWER_ME = {"fr": N_("Answer me in French"), "en": N_("Answer me in English")}


def tells_incident(turn: Turn, text: str) -> bool:
    """The message dates a fault, or puts a figure on it: it can be logged as it is."""
    start, _ = dates.find_moments(text, turn.now, turn.zone)
    return start is not None or len(amounts.find_amounts(text)) == 1


def show_more(turn: Turn, entry: str, language: str) -> None:
    """Steps, conditions and who can help."""
    knowledge = turn.library.knowledge
    t = turn.catalogues.translator(language)
    turn.replies.append(show.more_reply(knowledge, knowledge.answer(entry, language), t, FLOWS))
    turn.remember(last_entry=entry, last_at=turn.now)


def reports_fault(turn: Turn, text: str) -> bool:
    """The message dates a fault of a website in so many words: it is ours, whatever it asks."""
    if not tells_incident(turn, text) or not incident.SITE_WORDS.intersection(fold(text).split()):
        return False
    return incident.guess_kind(text, turn.context({})) is not None


def _suggest(turn: Turn, text: str, found: Match) -> None:
    t = turn.catalogues.translator(_language(turn, found))
    rows = show.entry_buttons(turn.library.knowledge, found.ids[:3], t)
    if tells_incident(turn, text):
        rows.insert(0, (Button(t("Log this as an incident"), "f:incident:said"),))
    rows.append((Button(t("None of these"), "none"),))
    turn.store.missed(text, found.language, found.outcome, list(found.ids), turn.now)
    turn.note("asked", text[:1000])
    turn.say(t("Do you mean one of these?"), tuple(rows))


def _off_topic(turn: Turn, found: Match) -> None:
    kind = turn.library.knowledge.off_topic[found.off_topic]
    turn.say(kind.replies[_language(turn, found)], markup=True)
    if found.off_topic in SMALL_TALK:
        return
    turn.remember(misses=turn.user.misses + 1)
    if turn.user.misses >= MISSES_BEFORE_HUMAN:
        turn.say("\n".join([_human(turn), turn.t(_CHOOSE)]), topic_buttons(turn))


def nothing(turn: Turn) -> None:
    """ "I don't know", with the topics; the second time in a row, a human too."""
    t = turn.t
    turn.remember(misses=turn.user.misses + 1, last_entry="")
    lines = [
        t("I don’t have an answer to that, and I would rather not guess."),
        t("Your question is kept, without your name, for the people who write the answers."),
    ]
    if turn.user.misses >= MISSES_BEFORE_HUMAN:
        lines.append(_human(turn))
    lines.append(t(_CHOOSE))
    turn.say("\n".join(lines), topic_buttons(turn))


_CHOOSE = N_("Choose a topic, or ask in other words:")


def _human(turn: Turn) -> str:
    """Where a person can be spoken to."""
    return turn.t(
        "You can speak to someone for free: Point-justice, telephone 3039, or justice.fr."
    )


def topic_buttons(turn: Turn) -> Rows:
    """One button a topic."""
    language = turn.language
    return tuple(
        (Button(labels[language], f"t:{topic}"),)
        for topic, labels in turn.library.knowledge.topics
    )


def topics(turn: Turn) -> None:
    """What can be asked about."""
    turn.say(turn.t("What is it about?"), topic_buttons(turn))


def topic(turn: Turn, name: str) -> None:
    """The questions of one topic."""
    knowledge = turn.library.knowledge
    labels = dict(knowledge.topics).get(name)
    if labels is None:
        return topics(turn)
    rows = show.entry_buttons(knowledge, knowledge.topic_entries(name), turn.t)
    turn.say(labels[turn.language], tuple(rows))
    return None


def unsupported(turn: Turn, what: str) -> None:
    """A voice message, a sticker, a contact, a place: politely."""
    turn.say(turn.t(_UNSUPPORTED.get(what, _UNSUPPORTED[""])))


_UNSUPPORTED = {
    "voice": N_("I can’t listen to voice messages. Please write it in a few words."),
    "sticker": N_("I can’t read stickers. Please write your question, or press /help."),
    "contact": N_("I don’t keep contacts. Please write the name and what happened."),
    "location": N_("I don’t need your position. Please write what happened."),
    "": N_("I can’t read this kind of message. Please write it, or send a photo or a file."),
}
