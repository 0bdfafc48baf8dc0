"""From a question to one of three outcomes: an answer, up to three suggestions, or none.

fold -> mend -> rank -> decide. Ranking and abstaining are two questions with two scores: the
rank adds three views of the entries; the decision asks how likely it is that the question is
ours at all, and that the first entry is the right one. The kinds of what is not ours stand
beside the entries in every index, so that they compete for a question.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from bot.faq.entry import Entry, Knowledge, Phrasing
from bot.faq.gate import FEATURES, Gate
from bot.faq.index import Bm25, Floats, Phrasings, Tokens, terms
from bot.faq.linear import Linear
from bot.faq.spelling import Speller
from bot.faq.text import MAX_CHARS, fold, words
from bot.i18n import LANGUAGES

Outcome = Literal["answer", "suggest", "none"]

SHOWN = 5
STAGES = ("bm25", "near", "linear")
"""The views: an entry's words, its nearest phrasings, what speaks for it and against."""

SHARES = {"bm25": 0.5, "near": 1.0, "linear": 2.0}
"""What each view weighs in the rank, in standard deviations over the entries."""

SMALL_TALK = frozenset({"bavardage", "remerciements", "insultes", "ordres", "charabia"})
"""Kinds that never are a question: a follow-up is not looked for in them."""

_CANDIDATES = 10
_NEAREST = 4
_FOLLOW_UP_WORDS = 8
_NEEDS = 4
"""How many questions of one message are looked at one by one: time must stay bounded."""

_SEQUEL = re.compile(
    r"(?:et|and|mais|but|ou|or|sinon|otherwise|donc|so|alors|then|ok|combien|"
    r"how (?:long|much|many)|"
    r"what about|what if|pourquoi|why|quand|when|comment|par|by|in|en)\b"
)
"""How a question begins that goes on from the last answer."""

_SENTENCES = re.compile(r"(?<=[.!?…\n])\s+|\n+|;\s+")
_POLITE = re.compile(
    r"^(?:bonjour|bonsoir|salut|hello|hi|hey|coucou|good (?:morning|afternoon|evening)|madame|"
    r"monsieur|messieurs|dear \w+|merci(?: (?:d )?avance| beaucoup| pour votre (?:aide|reponse))?|"
    r"cordialement|bien a vous|bonne (?:journee|soiree)|thanks(?: in advance| a lot)?|thank you|"
    r"many thanks|kind regards|regards|svp|(?:s )?il vous plait|please|a tous|tout le monde|all|"
    r"maitre|there|et| )+$"
)

_HELLO = re.compile(
    r"^(?:(?:bonjour|bonsoir|salut|hello|hi|hey|coucou|bjr|bsr|slt|"
    r"good (?:morning|afternoon|evening))"
    r"(?: (?:madame|monsieur|messieurs|maitre|a tous|tout le monde|all|there|et))* )+"
)
_THANKS = re.compile(
    r"(?: (?:(?:et )?merci(?: (?:d )?avance| beaucoup| bcp| pour (?:votre|ton) (?:aide|reponse))?|"
    r"cordialement|bien a vous|bonne (?:journee|soiree)|thanks(?: in advance| a lot)?|thank you|"
    r"many thanks|kind regards|regards|svp|stp|(?:s )?il (?:vous|te) plait|please))+$"
)
_SAYS_SOMETHING = 4
"""Words that must be left, or thanks and greetings are what a message says."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One entry that may be meant, and each stage's share of its rank."""

    id: str
    score: float
    shares: Mapping[str, float] = field(default_factory=dict)
    nearest: str = ""
    terms: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """What a question comes to.

    Attributes:
        ids: the best entries, best first, up to five.
        scores: how likely each is the right one, from 0 to 1.
        language: the language the question was asked in.
        ours: how likely it is that the question is ours at all.
        off_topic: the kind of what is not ours that it is likest to; set when the outcome is none.
        also: another entry that the same message asks about.
    """

    outcome: Outcome
    ids: tuple[str, ...] = ()
    scores: tuple[float, ...] = ()
    language: str = "fr"
    ours: float = 0.0
    off_topic: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranked:
    """The scores of one text: `rank` orders the entries, `views` are its parts."""

    rank: Floats
    views: Mapping[str, Floats]
    tokens: Tokens
    features: Floats


class Matcher:
    """Fitted on one set of knowledge; immutable. Made by `bot.faq.fitting.fit`.

    Args:
        knowledge: the set it was fitted on.
        ids: the entries, then the kinds of what is not ours.
        bm25, phrasings, linear: the views.
        speller: mends words.
        languages: how much each word speaks for each language.
        gate: decides.
        stages: the views in use; fewer to measure what each adds.
    """

    def __init__(
        self,
        knowledge: Knowledge,
        ids: Sequence[str],
        bm25: Bm25,
        phrasings: Phrasings,
        linear: Linear | None,
        speller: Speller,
        languages: Mapping[str, Mapping[str, float]],
        gate: Gate,
        stages: Sequence[str] = STAGES,
    ) -> None:
        self.ids = list(ids)
        self.entries = len(knowledge.entries)
        self.gate = gate
        self.stages = tuple(stages)
        self.mending = True
        self._knowledge = knowledge
        self._bm25 = bm25
        self._phrasings = phrasings
        self._linear = linear
        self._speller = speller
        self._languages = languages
        self._number = {id: i for i, id in enumerate(self.ids[: self.entries])}

    def match(self, text: str, language: str = "fr", previous: str = "") -> Match:
        """What `text` asks.

        Args:
            text: as typed, of any length.
            language: the user's; the question's own is guessed from its words.
            previous: the entry answered just before, for a follow-up.
        """
        if not self.entries:
            return Match("none", language=language)
        sentences = self._sentences(text)
        found = self._decide(self._rank(" ".join(sentences), language))
        if previous in self._number and self._may_follow(sentences, found):
            found = self._follow(" ".join(sentences), language, previous, found)
        if len(sentences) > 1:
            found = self._second_need(sentences, language, found)
        return found

    def rank_all(self, text: str, language: str = "fr") -> Ranked:
        """The scores of a text alone, to calibrate and to explain."""
        return self._rank(" ".join(self._sentences(text)), language)

    def explain(self, text: str, language: str = "fr") -> tuple[Candidate, ...]:
        """The first candidates, with what matched and each stage's share."""
        if not self.entries:
            return ()
        ranked = self.rank_all(text, language)
        order = np.argsort(-ranked.rank[: self.entries], kind="stable")[:SHOWN]
        return tuple(self._explain(int(i), ranked) for i in order)

    def _explain(self, entry: int, ranked: Ranked) -> Candidate:
        shares = {
            name: round(float(SHARES[name] * _standard(view[: self.entries])[entry]), 2)
            for name, view in ranked.views.items()
        }
        counted = {term: self._bm25.share(term, entry) for term in set(terms(ranked.tokens))}
        best = sorted(counted.items(), key=lambda item: -item[1])[:6]
        similar = self._phrasings.similarities(self._phrasings.query(ranked.tokens), entry)
        owner = self._knowledge.entries[self.ids[entry]]
        texts = phrasings_of(owner)
        nearest = texts[int(similar.argmax())].text if len(similar) else ""
        return Candidate(
            self.ids[entry], round(float(ranked.rank[entry]), 3), shares, nearest,
            tuple((term, round(share, 1)) for term, share in best if share > 0),
        )  # fmt: skip

    def guess_language(self, tokens: Sequence[str], default: str) -> str:
        """The language whose words these are; `default` when they tell nothing."""
        totals = {
            language: sum(weights.get(token, 0.0) for token in tokens)
            for language, weights in self._languages.items()
        }
        best = max(totals, key=lambda language: totals[language])
        return best if totals[best] - min(totals.values()) > 1.0 else default

    def _sentences(self, text: str) -> list[str]:
        """The sentences that say something: greetings and thanks around them are taken off."""
        parts = [part for part in _SENTENCES.split(text[:MAX_CHARS]) if part and part.strip()]
        kept = [part for part in parts if not _POLITE.match(fold(part))]
        return kept or parts

    def _rank(self, text: str, language: str) -> Ranked:
        found = _bare(words(text))
        asked = self.guess_language(found, language)
        known = sum(token in self._speller.words for token in found) / max(len(found), 1)
        mended = self._speller.mend(found) if self.mending else found
        tokens = Tokens(mended, asked)
        size = len(self.ids)
        query = Counter(terms(tokens))
        meant = self._speller.expand([*found, *mended])
        query.update(terms(Tokens(meant, asked)))
        vector = self._phrasings.query(tokens)
        whole = self._bm25.scores({term: 1.0 + float(np.log(n)) for term, n in query.items()})
        near = np.zeros(size, dtype=np.float32)
        closest = np.zeros(size, dtype=np.float32)
        linear = self._linear.scores(vector) if self._linear is not None else None
        for entry in self._likely(whole, linear):
            similar = self._phrasings.similarities(vector, entry)
            if len(similar):
                best = np.partition(similar, -min(_NEAREST, len(similar)))[-_NEAREST:]
                near[entry], closest[entry] = best.mean(), best.max()
        views = {"bm25": whole / np.float32(np.sqrt(max(len(query), 1))), "near": near}
        if linear is not None:
            views["linear"] = linear
        views = {name: view for name, view in views.items() if name in self.stages}
        rank = np.zeros(size, dtype=np.float32)
        for name, view in views.items():
            rank += np.float32(SHARES[name]) * _standard(view, self.entries)
        rank /= np.float32(sum(SHARES[name] for name in views))
        return Ranked(rank, views, tokens, self._features(rank, views, closest, known))

    @staticmethod
    def _likely(whole: Floats, linear: Floats | None) -> list[int]:
        """The entries worth comparing phrasing by phrasing: the best few of the other views."""
        few = min(_CANDIDATES, len(whole))
        likely: set[int] = set()
        for view in (whole, linear):
            if view is not None and few:
                likely.update(np.argpartition(-view, few - 1)[:few].tolist())
        return sorted(likely)

    def _features(
        self, rank: Floats, views: Mapping[str, Floats], closest: Floats, known: float
    ) -> Floats:
        """What the gate looks at; all on the scale of one question, whatever the set's size."""
        ours, others = slice(0, self.entries), slice(self.entries, None)
        found = dict.fromkeys(FEATURES, 0.0)
        first, second = _top_two(rank[ours])
        found["margin"] = first - second
        for name, view in views.items():
            best, next_best = _top_two(view[ours])
            found[name] = best
            found[f"{name} margin"] = best - next_best
            if len(view[others]):
                found[f"{name} other"] = best - float(view[others].max())
        found["closest"] = float(closest[ours].max())
        found["closest other"] = found["closest"] - float(closest[others].max(initial=0.0))
        found["known"] = known
        return np.array([found[name] for name in FEATURES], dtype=np.float32)

    def _decide(self, ranked: Ranked) -> Match:
        rank = ranked.rank[: self.entries]
        order = np.argsort(-rank, kind="stable")[:SHOWN]
        language = ranked.tokens.language
        if not len(order) or not ranked.tokens.words:
            return Match("none", language=language)
        ours, right = self.gate.judge(ranked.features)
        outcome = self.gate.outcome(ours, right)
        off_topic = ""
        if outcome == "none" and len(self.ids) > self.entries:
            other = int(np.argmax(ranked.rank[self.entries :])) + self.entries
            if ours < self.gate.surely_not:
                off_topic = self.ids[other]
        # On one scale: the first has its likelihood, the others theirs by how far they are behind.
        scores = tuple(
            round(float(right * np.exp(-2.0 * (rank[order[0]] - rank[i]))), 4) for i in order
        )
        ids = tuple(self.ids[i] for i in order)
        return Match(outcome, ids, scores, language, round(float(ours), 4), off_topic)

    def _may_follow(self, sentences: Sequence[str], found: Match) -> bool:
        """A few words that say little alone, or that begin as a sequel does."""
        if len(sentences) != 1 or found.off_topic in SMALL_TALK:
            return False
        folded = fold(sentences[0])
        if not 0 < len(folded.split()) <= _FOLLOW_UP_WORDS:
            return False
        return found.outcome == "none" or bool(_SEQUEL.match(folded))

    def _follow(self, text: str, language: str, previous: str, found: Match) -> Match:
        """Read a few words beside the entry answered just before, among its neighbours."""
        answers = self._knowledge.entries[previous].answers
        asked = found.language if found.language in answers else "fr"
        beside = self._decide(self._rank(f"{text} {answers[asked].question}", language))
        topic = self._knowledge.entries[previous].topic
        near = {
            id
            for id, entry in self._knowledge.entries.items()
            if entry.topic == topic or previous in entry.answers["fr"].related
        } | set(answers["fr"].related)
        alone = [id for id in found.ids if id in near and id != previous]
        joined = [id for id in beside.ids if id in near and id != previous]
        agreed = [id for id in alone[:3] if id in joined[:3]]
        choices = tuple(dict.fromkeys([*agreed, *joined[:2], *alone[:2], previous]))
        if agreed and agreed[0] in (*alone[:1], *joined[:1]):
            return replace(
                found, outcome="answer", ids=choices[:SHOWN], off_topic="",
                scores=_fading(beside, len(choices[:SHOWN])),
            )  # fmt: skip
        if joined or alone:
            return replace(
                found, outcome="suggest", ids=choices[:3], off_topic="",
                scores=_fading(beside, len(choices[:3])),
            )  # fmt: skip
        return found

    def _second_need(self, sentences: Sequence[str], language: str, found: Match) -> Match:
        """Two questions in one message: both are served."""
        asked = [s for s in sentences if s.rstrip().endswith("?") and len(words(s)) > 3]
        if len(asked) < 2:
            return found
        each = [self._decide(self._rank(sentence, language)) for sentence in asked[:_NEEDS]]
        sure = list(dict.fromkeys(m.ids[0] for m in each if m.outcome == "answer"))
        if len(sure) < 2:
            return found
        first = found.ids[0] if found.outcome == "answer" and found.ids[0] in sure else sure[0]
        others = tuple(id for id in sure if id != first)
        ids = tuple(dict.fromkeys([first, *others, *found.ids]))[:SHOWN]
        return replace(
            found, outcome="answer", ids=ids, also=others[:2], off_topic="",
            scores=_fading(each[0], len(ids)),
        )  # fmt: skip


def phrasings_of(entry: Entry) -> list[Phrasing]:
    """The texts an entry is fitted on: its questions, then its phrasings."""
    titles = [Phrasing(a.question, a.language, a.path, 0) for a in entry.answers.values()]
    return [*titles, *entry.phrasings]


def _bare(found: list[str]) -> list[str]:
    """The words without a greeting before them and thanks after."""
    left = _THANKS.sub("", _HELLO.sub("", " ".join(found))).split()
    return left if len(left) >= _SAYS_SOMETHING else found


def _fading(found: Match, count: int) -> tuple[float, ...]:
    """Scores for entries that were ordered by more than their scores."""
    first = found.scores[0] if found.scores else 0.5
    return tuple(round(first * 0.8**i, 4) for i in range(count))


def _standard(view: Floats, ours: int | None = None) -> Floats:
    """In standard deviations over the entries, so that views add up."""
    part = view[:ours] if ours else view
    spread = float(part.std()) or 1.0
    found: Floats = (view - part.mean()) / np.float32(spread)
    return found


def _top_two(values: Floats) -> tuple[float, float]:
    if len(values) < 2:
        return (float(values[0]) if len(values) else 0.0), 0.0
    two = np.partition(values, -2)[-2:]
    return float(two[1]), float(two[0])


assert set(LANGUAGES) == {"fr", "en"}
