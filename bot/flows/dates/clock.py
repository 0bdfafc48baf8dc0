"""Times of day as they are said: "14h30", "half past three", "midi et quart"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from bot.flows.dates.vocabulary import MONTHS, any_of

Half = Literal["", "am", "pm", "?"]
Zone = int | Literal["", "summer", "winter"]


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day as it was said; not yet checked.

    Attributes:
        half: "?" when an English hour may be of the morning or of the afternoon.
        zone: minutes east of UTC; "summer" or "winter" for one of the two times of the zone.
        midnight: said by that word, so at either end of the day.
        hours: written "2h" or "1h30": after "depuis" it may be a time or so many hours.
    """

    hour: int
    minute: int = 0
    second: int = 0
    half: Half = ""
    zone: Zone = ""
    midnight: bool = False
    hours: bool = False


_NEAR = (
    r"(?:\b(?:a|at|vers|around|about|environ|by|autour de|aux (?:alentours|environs) de"
    r"|sur les? coups? de|les)\b ?|[,@] ?)"
)
CLOCK = re.compile(
    rf"(?<![\w:/.+'-]){_NEAR}*(?:"
    r"(?P<noon>midi|noon|midday)(?P<noon_more> et demie?| et quart| [0-5]\d)?"
    r"|(?P<midnight>minuit|midnight)(?: et demie?| et quart| [0-5]\d)?"
    r"|(?P<past>(?:half|quarter|5|10|20|25|\d{1,2} minutes) past|(?:quarter|\d{1,2} minutes) to)"
    r" (?P<past_hour>\d{1,2})"
    r"|(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,6})?)?"
    r"|(?P<heure>\d{1,2}) ?(?:heures?|hrs?|h)"
    rf"(?: ?(?P<heure_minute>\d{{2}})(?! ?{any_of(MONTHS)}))?(?: ?(?:mn|min|minutes?)\b)?"
    r"(?P<more> et demie?| et quart| moins le quart| moins \d{1,2})?"
    r"|(?P<twelve>\d{1,2})(?:[.:](?P<twelve_minute>\d{2}))?(?= ?[ap]\.?m\b)"
    r"|(?:(?:at|around|about) (?P<bare>\d{1,2})|(?P<oclock>\d{1,2})(?= o'clock))"
    rf"(?! ?(?:{any_of(MONTHS)}|st|nd|rd|th|of|minutes?|hours?|days?|weeks?|months?)\b)"
    r")(?: ?(?P<half>[ap])\.?m\b\.?)?"
    r"(?:,? ?\(?(?P<zone>z\b|utc\b|gmt\b|cest\b|cet\b|[+-]\d{2}:?\d{2}\b"
    r"|heure d'ete|heure d'hiver|summer time|winter time)\)?)?"
    r"(?: (?:environ|pile|precises?|sharp|exactement|o'clock))*(?![\w:/]|[.,-]\d)"
)
"""A time of day inside a folded phrase, with the small words before it."""

_ZONES: dict[str, Zone] = {
    "z": 0,
    "utc": 0,
    "gmt": 0,
    "cet": 60,
    "cest": 120,
    "heure d'ete": "summer",
    "summer time": "summer",
    "heure d'hiver": "winter",
    "winter time": "winter",
}
_HALVES: dict[str | None, Half] = {"a": "am", "p": "pm"}


def clock_of(match: re.Match[str], *, english: bool) -> Clock:
    """The time that a match of `CLOCK` is; its figures may be out of range."""
    found = match.groupdict()
    zone = _zone(found["zone"] or "")
    half = _HALVES.get(found["half"], "")
    if found["noon"]:
        return Clock(12, _fraction(found["noon_more"])[1], zone=zone)
    if found["midnight"]:
        return Clock(0, midnight=True, zone=zone)
    if found["past"]:
        hour, minute = _fraction(found["past"])
        return Clock(int(found["past_hour"]) + hour, minute, half=half or "?", zone=zone)
    if found["twelve"]:
        return Clock(int(found["twelve"]), int(found["twelve_minute"] or 0), half=half, zone=zone)
    if found["heure"]:
        hour, minute = _fraction(found["more"])
        minute += int(found["heure_minute"] or 0)
        return Clock(int(found["heure"]) + hour, minute, half=half, zone=zone, hours=True)
    if found["bare"] or found["oclock"]:
        hour = int(found["bare"] or found["oclock"])
        return Clock(hour, half=half or ("?" if hour <= 12 else ""), zone=zone)
    hour = int(found["hour"])
    if english and not half and len(found["hour"]) == 1 and hour:
        half = "?"  # with two figures it is of the 24-hour clock, which we show ourselves
    return Clock(hour, int(found["minute"]), int(found["second"] or 0), half, zone)


def _zone(words: str) -> Zone:
    if words[:1] not in {"+", "-"}:
        return _ZONES.get(words, "")
    minutes = int(words[1:3]) * 60 + int(words[-2:])
    return minutes if words[0] == "+" else -minutes


def _fraction(words: str | None) -> tuple[int, int]:
    """Hours and minutes to add for "et demie", "moins 10", "quarter to"."""
    words = (words or "").strip()
    figure = re.search(r"\d+", words)
    minutes = 15 if "quart" in words else 30 if "demi" in words or "half" in words else 0
    minutes = int(figure[0]) if figure else minutes
    before = words.startswith("moins") or words.endswith(" to")
    return (-1, 60 - minutes) if before else (0, minutes)
