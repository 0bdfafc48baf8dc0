"""Looks for the dates in a free sentence, and takes them only when it is plain what they date."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from bot.casefile.models import Moment
from bot.errors import InvalidAnswer
from bot.flows.dates import periods
from bot.flows.dates.calendar import Reference, resolve
from bot.flows.dates.vocabulary import DATE_WORD, PARTS, STARTERS, is_abbreviation
from bot.flows.dates.words import Said, understand

Role = Literal["", "since", "until", "other"]

_WIDEST = 12
"""In words, the longest date that is looked for."""
_FAR_DAYS = 300
"""A day without its year that would be longer ago is not taken for one in a sentence."""
_SINCE = ("depuis ", "since ")

_MONEY = re.compile(
    r"[€$£] ?\d+(?:[ .,']\d+)*|\d+(?:[ .,']\d+)*(?:[.,]-)? ?"
    r"(?:k?€|k? ?euros?\b|k?eur\b|\$|£|%|pour ?cent\b|per ?cent\b)"
)
_TROUBLE_STEMS = (
    "panne tombe casse bloqu hors- hs ko down brok fail stopp crash hack pirat coup plant dispar"
    " erreur error bug bogue inaccess indispo arret offline outage lost loss perd perte lent slow"
    " rame ralenti expir suspend supprim effac delet vide blanc blank incident problem souci issue"
    " attaqu attack virus refus reject cannot wrong missing manqu interr happen survenu occurr"
    " spam saute gone unavail unreach freez stuck defaill dysfonct retard delay mort dead rien"
    " nothing impossible unable fuite leak cesse"
)
_WHOLE_WORDS = {"hs", "ko", "down", "lost", "mort"}
_TROUBLE = re.compile(
    r"\b(?:"
    + "|".join(rf"{stem}\b" if stem in _WHOLE_WORDS else stem for stem in _TROUBLE_STEMS.split())
    + r"|hors |broke\b|arrive\b|[45]0\d\b|can'?t|won'?t|doesn'?t|isn'?t"
    r"|no (?:longer|more|access|e?-?mails?|orders?|site|pages?|sales?|payments?|bookings?)\b"
    r"|not (?:work|load|open|send|respond|answer)"
    r"|plus (?:d'|de |aucun)|n(?:e |')[^.]{1,30}\b(?:plus|pas)\b)"
)
"""What tells of an incident: without it a date in a sentence is of something else."""
_OTHER_WORDS = re.compile(
    r"\b(?:pour|avant|apres|d'ici|by|before|after|tous|toutes|chaque|every|each|sauf|except|pas"
    r"|not|prevue?|scheduled)(?: (?:le|la|les|the|on|a))*$"
)
_OTHER_ACTS = re.compile(
    r"\b(?:signe\w*|pay(?:ee?s?|er|ons|ez)|paid|paiement|payment|commande[ers]*|ordered|bought"
    r"|achete\w*|recus?|recues?|received|envoy\w+|sent|ecrit\w*|wrote|appel\w+|called|relanc\w+"
    r"|promis\w*|livr\w+|delivered|rendez-vous|rdv|reunion|meeting|appointment|contrats?|contract"
    r"|devis|quote|post(?:e|ee?s?|er|ed)|vers(?:e|ee?s?|er)|regl\w+|souscri\w+|mis fin|demand\w+"
    r"|asked|offre|offers?|depos\w+|cree\w*|created|expir\w+|renouvel\w+|renew\w*)\b"
    r"(?: [^ .;!?]+){0,3}$"
)
_PAPERS = re.compile(
    r"\b(?:factures?|invoices?|bills?|courriers?|lettres?|letters?|e?-?mails?|messages?|bons?"
    r"|avis|relances?|reponses?|reply)(?: [\w'-]+)??(?P<of> (?:du|de|d|of|from|dated|en date))?$"
)
_CUSTOMER = re.compile(
    r"\b(?:clients?|clientes?|customers?|contrat|contract|abonnee?s?|subscribed|hebergee?s?|hosted"
    r"|travaill\w+|work\w*|ouvert\w*|open|exist\w+|paie|paye|payons|pay|paying|membre|member"
    r"|connai\w+|know\w*)(?: [^ .;!?]+){0,3}$"
)
_UNTIL = re.compile(r"\b(?:jusqu'aux?|jusqu'a|until|till|up to)(?: (?:le|la|the))?$")
_BACK = re.compile(
    r"\b(?:revenue?s?|retablie?s?|reparee?s?|repris|resolue?s?|de retour|remarche|refonctionne"
    r"|back|restored|fixed|repaired|resolved)(?: (?:up|again|online|en ligne))?(?: (?:on|le|only"
    r"|seulement|que|depuis|since))*$"
)
_TO_COME = re.compile(
    r"\b(?:menac\w*|va|vont|doit|doivent|sera|seront|aura|auront|\w+(?:erai[st]?|eront|erions)"
    r"|will|would|going to|threat\w*|promi[st]\w*|promet\w*|due|must|should|if|si|s'ils?"
    r"|prevue?s?|s'apprete|s'arrete|s'acheve|ends?|starts?|runs? out|coming|rendez-vous|meeting)\b"
    r"|'ll\b"
)
_ANY_DAY = re.compile(
    r"\b(?:un|une|a|an|le|les|tout un|autre|en plein|another|some|certain|certains|\w+'s)$"
)
_IN_A_LIST = re.compile(r"\d(?:er|st|nd|rd|th)?(?: \w+)?,?(?: et| and)?(?: le| the)?$")
_OF_WHAT = re.compile(r" (?:d'|de |of )")
_USUAL_HOURS = re.compile(
    r"\b(?:ouverte?s?|fermee?s?|open|closed|disponibles?|available|joignables?|horaires?|hours"
    r"|travaill\w+|works?)(?: [^ .;!?]+){0,2}$"
)
_USUAL_DAY = re.compile(r"(?:le|les) [a-z]+")
_TIME = re.compile(
    r"(?<![\w/-])(?:[0-2]?\dh\d{0,2}|\d{1,2}:\d\d|\d{1,2} ?[ap]m|\d{1,2} heures"
    rf"|{'|'.join(PARTS)})(?![\w/])"
)
_DELAY = re.compile(r"\b(?:pendant|durant|for|sous|en|in|within|de|of|d')(?: (?:about|environ))?$")
_UNSURE = re.compile(
    r"\b(?:ou|or|ni|nor|sais pas|don't know|not sure|pas sure?|peut-etre|maybe|entre|between"
    r"|avant|apres|before|after)\b"
)
_STOP = re.compile(r"[.!?;](?: |\Z)")
_PLAIN_NUMBERS = re.compile(
    r"(?:(?:du|de|from|entre|between|depuis) )?(?:le )?\d{1,2}(?: ?- ?| \S+ )\d{1,2}|\d{4}"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A date in a sentence, from `begin` to `end` in its characters.

    Attributes:
        moment: None when it is a period or can't be read.
        refusal: why it can't be read, where that is known.
        role: "other" when it dates something else, such as a letter.
    """

    begin: int
    end: int
    role: Role = ""
    moment: Moment | None = None
    period: tuple[Moment, Moment] | None = None
    refusal: InvalidAnswer | None = None


@dataclass(frozen=True, slots=True)
class Scan:
    """The dates of one sentence."""

    sentence: str
    found: tuple[Found, ...]

    @property
    def several(self) -> bool:
        """Whether it tells of more than one moment."""
        return len({f.moment for f in self.found if f.moment}) > 1 or any(
            f.period for f in self.found
        )

    def only_moment(self) -> Moment | None:
        """Its one moment, when the rest of it holds no other figure and no doubt.

        Raises:
            InvalidAnswer: its one moment can't be read.
        """
        if len(self.found) != 1:
            return None
        (found,) = self.found
        rest = f"{self.sentence[: found.begin]} {self.sentence[found.end :]}"
        doubt = re.search(r"\d", rest) or DATE_WORD.search(rest) or _UNSURE.search(rest)
        if doubt or found.role in {"other", "until"}:
            return None
        if found.refusal is not None:
            raise found.refusal
        return found.moment

    def start_and_end(self) -> tuple[Moment | None, Moment | None]:
        """When it began and ended, wherever that is plain."""
        since = [f for f in self.found if f.role == "since"]
        plain = [f for f in self.found if f.role == ""]
        spans = {f.period for f in self.found if f.period is not None and f.role != "other"}
        if spans:
            return spans.pop() if len(spans) == 1 and not since else (None, None)
        starts = {f.moment for f in (*since, *plain)}
        if len(starts) != 1:
            return None, None
        ends = {f.moment for f in self.found if f.role == "until"}
        return starts.pop(), ends.pop() if len(ends) == 1 else None

    def duration(self) -> periods.Duration | None:
        """How long it lasted, said right after when it began."""
        ends = [f.end for f in self.found if f.role in {"since", ""}]
        beside = " ".join(self.sentence[ends[0] :].split()[:6]) if len(ends) == 1 else ""
        return periods.without_duration(beside)[1]


def scan(sentence: str, reference: Reference, *, asked: bool = False) -> Scan:
    """Every date in `sentence`, the longest reading first.

    Args:
        sentence: folded, with its number words as figures.
        reference: what relative words are counted from.
        asked: it answers a question about a date, so "aujourd'hui" is one.
    """
    sentence = _MONEY.sub(lambda match: "§" * len(match[0].rstrip()) + " ", sentence)
    sentence = re.sub(r"\b([dl])'(?=hier|avant|aujourd)", r"\1 ", sentence)
    words = [match.span() for match in re.finditer(r"\S+", sentence)]
    found: list[Found] = []
    for first, (begin, _) in enumerate(words):
        if (not found or begin >= found[-1].end) and STARTERS.match(sentence, begin):
            window = words[first : first + _WIDEST]
            here = _longest(sentence, window, reference, asked)
            found += [here] if here is not None else []
    return Scan(sentence, (*found, *_loose_times(sentence, found)))


def _longest(
    sentence: str, words: list[tuple[int, int]], reference: Reference, asked: bool
) -> Found | None:
    """The longest date that begins with the first of `words`."""
    stops = (n for n, span in enumerate(words, 1) if _ends_sentence(sentence[slice(*span)]))
    begin = words[0][0]
    for _, end in reversed(words[: next(stops, len(words))]):
        phrase = sentence[begin:end].rstrip(" ,;:.!?)")
        if (found := _read(sentence, begin, phrase, reference, asked)) is not None:
            return found
    return None


def _ends_sentence(word: str) -> bool:
    if word.endswith("."):
        return not (is_abbreviation(word.rstrip(".")) or word in {"a.m.", "p.m."})
    return word.endswith(("!", "?", ";", ":"))


def _read(
    sentence: str, begin: int, phrase: str, reference: Reference, asked: bool
) -> Found | None:
    if _PLAIN_NUMBERS.fullmatch(phrase):
        return None
    said = _understood(phrase)
    sides = None if said is not None else periods.sides(phrase)
    if sides is not None and not (sides[0].has_day or sides[1].has_day):
        return None
    if said is None and sides is None:
        return None
    if isinstance(said, Said) and _is_weak(said, phrase, asked):
        return None
    before, after = sentence[:begin].rstrip(), sentence[begin + len(phrase) :]
    if _is_quantity(said, before, phrase, after):
        return None
    role = _role(before, phrase, said)
    if not asked and role in {"", "since"} and not _is_of_an_incident(said, before, phrase, after):
        role = "other"
    found = Found(begin, begin + len(phrase), role)
    try:
        if sides is not None:
            return replace(found, period=periods.ends(*sides, reference))
        if isinstance(said, InvalidAnswer):
            raise said
        if said is None:
            return None
        moment = resolve(said, reference)
        return replace(found, moment=moment, role=_nearby(said, moment, found.role, reference))
    except InvalidAnswer as refusal:
        return replace(found, refusal=refusal)


def _understood(phrase: str) -> Said | InvalidAnswer | None:
    """What the phrase says, or why it is refused."""
    try:
        return understand(phrase)
    except InvalidAnswer as refusal:
        return refusal


def _is_weak(said: Said, phrase: str, asked: bool) -> bool:
    if said.weekday is not None and said.day is None and not said.which:
        return _USUAL_DAY.fullmatch(phrase) is not None  # "fermé le lundi"
    some_month = said.months is not None or (said.month is not None and said.year is None)
    vague = some_month and said.day is None and not said.which
    if not (said.weak or vague) or (asked and said.days == 0):
        return False
    return not phrase.startswith(_SINCE)


def _is_quantity(said: Said | InvalidAnswer | None, before: str, phrase: str, after: str) -> bool:
    """ "une panne de 2 heures hier", "il y a 3 jours d'arrêt"."""
    if not isinstance(said, Said):
        return False
    if said.clock is not None and phrase[0].isdigit() and _DELAY.search(before):
        return True
    if said.clock is not None and re.search(r"\dh$|heures?$", phrase) and _OF_WHAT.match(after):
        return True
    counted = said.ago is not None or (said.days is not None and re.search(r"\d", phrase))
    return bool(counted and said.clock is None and _OF_WHAT.match(after))


def _is_of_an_incident(
    said: Said | InvalidAnswer | None, before: str, phrase: str, after: str
) -> bool:
    """Whether the sentence of the date tells of trouble, and of one that has begun."""
    earlier, later = _STOP.split(before)[-1], _STOP.split(after)[0]
    if phrase.startswith(("ca fait", "cela fait")):
        earlier = ""
    since = phrase.startswith(_SINCE)
    if since and len(_STOP.split(f"{before} {after}".strip())) == 1:
        return True  # "depuis lundi" may be all that is said
    if not (_TROUBLE.search(earlier) or _TROUBLE.search(later)):
        return False
    if not isinstance(said, Said) or said.weekday is None or said.day is not None or said.which:
        return True
    told = f"{earlier} {later}"
    return since or not (_TO_COME.search(told) or _ANY_DAY.search(earlier))


def _nearby(said: Said, moment: Moment, role: Role, reference: Reference) -> Role:
    """ "Le domaine expire le 30 novembre" is hardly of last year."""
    far = (reference.today - moment.day).days > _FAR_DAYS
    return (
        "other"
        if far and said.month is not None and said.year is None and not said.which
        else role
    )


def _role(before: str, phrase: str, said: Said | InvalidAnswer | None) -> Role:
    """What the date is of, by the words before it."""
    if _UNTIL.search(before) or _BACK.search(before):
        return "until"
    if _IN_A_LIST.search(before):
        return "other"
    if isinstance(said, Said) and phrase.startswith(_SINCE):
        return "other" if _CUSTOMER.search(before) else "since"
    paper = _PAPERS.search(before)
    of_paper = paper is not None and (paper["of"] or phrase.startswith(("du ", "of ", "from ")))
    others = (_OTHER_WORDS, _OTHER_ACTS, _USUAL_HOURS)
    return "other" if of_paper or any(other.search(before) for other in others) else ""


def _loose_times(sentence: str, found: list[Found]) -> list[Found]:
    """Times right beside a date that was read without them: then it was not understood."""
    loose = []
    for time in _TIME.finditer(sentence):
        if _DELAY.search(sentence[: time.start()].rstrip()):
            continue
        for near in found:
            gap = sentence[near.end : time.start()] or sentence[time.end() : near.begin]
            inside = near.begin < time.end() and time.start() < near.end
            if not inside and len(gap.split()) <= 2 and gap:
                loose.append(Found(time.start(), time.end(), near.role))
    return loose
