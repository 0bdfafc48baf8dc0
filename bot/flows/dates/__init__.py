"""Reads days, times and periods as people write them, in French and in English.

The past is meant unless `future` says otherwise, days come before months, and what may be meant
in two ways is asked: every refusal says why, with an example. No answer is read in part.

`words` has what a phrase says, `calendar` which moment that is, `periods` joins two of them, and
`sentences` looks for them in free text.
"""

from __future__ import annotations

import re
from datetime import datetime, tzinfo

from rapidfuzz.distance import OSA

from bot.casefile.models import Moment
from bot.errors import InvalidAnswer
from bot.flows.dates import periods, sentences
from bot.flows.dates.calendar import Reference, is_past, passed, resolve
from bot.flows.dates.vocabulary import LONG_WORDS
from bot.flows.dates.words import understand
from bot.flows.numerals import figures, fold
from bot.i18n import N_

MAX_CHARS = 300
"""The longest answer that is read as a moment or a period."""
MAX_SENTENCE = 600
"""How much of a free sentence is looked at, in characters."""

NOT_READ = N_(
    "I couldn’t read a date there. You can write “3 March at 14:30”, “yesterday around 9 am” "
    "or “two weeks ago”."
)
NOT_A_PERIOD = N_(
    "I couldn’t read a period there. You can write “from 3 to 5 March”, “since Tuesday 2 pm” "
    "or “yesterday from 10 am to noon”."
)
TOO_LONG = N_("That is too long for a date. Please give only the date, for example “3 March”.")
SEVERAL = N_("I see more than one date there. Please give only one, for example “3 March”.")


def read_moment(text: str, now: datetime, zone: tzinfo, *, future: bool = False) -> Moment:
    """The moment that an answer names.

    Args:
        text: what was typed.
        now: the moment of the turn, with its zone.
        zone: the user's.
        future: days to come are allowed, and meant where nothing says otherwise.

    Raises:
        InvalidAnswer: it can't be read, is still to come, or may be meant in two ways.
    """
    phrase = _prepare(text)
    moment = _moment(phrase, Reference(now.astimezone(zone), zone, future))
    if moment is None:
        raise InvalidAnswer(NOT_READ)
    return moment


def read_period(text: str, now: datetime, zone: tzinfo) -> tuple[Moment, Moment | None]:
    """The start and the end that an answer names; no end when it names none.

    Args:
        text: what was typed.
        now: the moment of the turn, with its zone.
        zone: the user's.

    Raises:
        InvalidAnswer: it can't be read, is still to come, or may be meant in two ways.
    """
    phrase = _prepare(text)
    reference = Reference(now.astimezone(zone), zone)
    found = periods.past_week(phrase, reference) or periods.joined(phrase, reference)
    if found is not None:
        return found
    rest, duration = periods.without_duration(phrase)
    start = _moment(rest, reference)
    if start is None:
        raise InvalidAnswer(NOT_A_PERIOD)
    if duration is None:
        return start, None
    end = duration.end(start, reference)
    if end is None:
        raise InvalidAnswer(NOT_A_PERIOD)
    return start, passed(end, reference)


def find_moments(text: str, now: datetime, zone: tzinfo) -> tuple[Moment | None, Moment | None]:
    """The start and the end of what a free sentence tells; None wherever that is not sure.

    Amounts, quantities, the dates of letters and bills and what is to come are left alone.

    Args:
        text: a sentence.
        now: the moment of the turn, with its zone.
        zone: the user's.
    """
    reference = Reference(now.astimezone(zone), zone)
    scan = sentences.scan(_readable(text[:MAX_SENTENCE]), reference)
    start, end = scan.start_and_end()
    if start is None or (end is not None and not periods.in_order(start, end)):
        return None, None
    if end is None:
        duration = scan.duration()
        end = duration.end(start, reference) if duration else None
    if end is not None and not (periods.in_order(start, end) and is_past(end, reference)):
        return start, None
    return start, end


def _moment(phrase: str, reference: Reference) -> Moment | None:
    said = understand(phrase)
    if said is not None:
        return resolve(said, reference)
    night = periods.in_night(phrase, reference)
    if night is not None:
        return night
    scan = sentences.scan(phrase, reference, asked=True)
    if scan.several:
        raise InvalidAnswer(SEVERAL)
    return scan.only_moment()


def _prepare(text: str) -> str:
    if len(text) > MAX_CHARS:
        raise InvalidAnswer(TOO_LONG)
    return re.sub(r"[a-z'-]{6,}", _mend, _readable(text))


def _readable(text: str) -> str:
    """Folded, with figures for number words, and a space between date and time in a log line."""
    text = re.sub(r"(?<=\d)t(?=\d\d:\d\d)|(?<=\d{4}):(?=\d\d:\d\d)", " ", figures(fold(text)))
    return " ".join(re.sub(r"[\"“”«»()\[\]]", " ", text).split()).strip(" .,;:!?")


def _mend(match: re.Match[str]) -> str:
    """A long word of dates with one letter wrong, put right if it can be only one."""
    word = match[0]
    if word in LONG_WORDS:
        return word
    near = [known for known in LONG_WORDS if OSA.distance(word, known, score_cutoff=1) <= 1]
    return near[0] if len(near) == 1 else word
