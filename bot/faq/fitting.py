"""Fits a matcher on the knowledge, or takes it from the cache of the same knowledge."""

from __future__ import annotations

import hashlib
import json
import logging
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot.faq.entry import Knowledge, Phrasing
from bot.faq.gate import Gate
from bot.faq.index import Bm25, Phrasings, Tokens, terms
from bot.faq.linear import Linear
from bot.faq.matcher import Matcher, phrasings_of
from bot.faq.spelling import Speller, spell_out
from bot.faq.text import words
from bot.i18n import LANGUAGES

log = logging.getLogger(__name__)

_KEPT = 3
"""How many fitted sets stay in the cache."""


def fit(knowledge: Knowledge, cache: Path | None = None) -> Matcher:
    """A matcher for this knowledge.

    Args:
        knowledge: what it is fitted on.
        cache: the folder of fitted sets; None to fit each time.
    """
    ids = [name for name, _ in _owners(knowledge)]
    path = cache / f"matcher-{_key(knowledge)}.npz" if cache else None
    parts = _read(path) if path else None
    if parts is None:
        parts = _fit(knowledge)
        if path:
            _write(path, parts)
    bm25, phrasings, linear, counts, languages = parts
    return Matcher(
        knowledge, ids, bm25, phrasings, linear, Speller(counts, knowledge.synonyms),
        languages, Gate.from_data(knowledge.data.get("thresholds")),
    )  # fmt: skip


Parts = tuple[Bm25, Phrasings, Linear | None, dict[str, int], dict[str, dict[str, float]]]


def _fit(knowledge: Knowledge) -> Parts:
    groups = [
        [Tokens(spell_out(words(p.text), knowledge.synonyms), p.language) for p in phrasings]
        for _, phrasings in _owners(knowledge)
    ]
    counts = Counter(word for group in groups for tokens in group for word in tokens.words)
    phrasings = Phrasings.fit(groups)
    return (
        Bm25.fit([term for tokens in group for term in terms(tokens)] for group in groups),
        phrasings,
        Linear.fit(phrasings),
        dict(counts),
        language_weights(groups),
    )


def _owners(knowledge: Knowledge) -> list[tuple[str, list[Phrasing]]]:
    """Every entry, then every kind of what is not ours, with the texts it is fitted on."""
    return [
        *((e.id, phrasings_of(e)) for e in knowledge.entries.values()),
        *((kind.kind, list(kind.phrasings)) for kind in knowledge.off_topic.values()),
    ]


def language_weights(groups: Sequence[Sequence[Tokens]]) -> dict[str, dict[str, float]]:
    """For each language, how much more likely each word is there than in the others."""
    counts = {language: Counter[str]() for language in LANGUAGES}
    for group in groups:
        for tokens in group:
            counts[tokens.language].update(tokens.words)
    totals = {language: sum(count.values()) + 1 for language, count in counts.items()}
    vocabulary = set().union(*counts.values())
    found: dict[str, dict[str, float]] = {language: {} for language in LANGUAGES}
    for word in vocabulary:
        shares = {name: (counts[name][word] + 0.1) / totals[name] for name in LANGUAGES}
        for language, share in shares.items():
            rest = max(other for name, other in shares.items() if name != language)
            found[language][word] = round(float(np.clip(np.log(share / rest), 0, 3)), 2)
    return found


def _key(knowledge: Knowledge) -> str:
    """Of what the fit reads, and of the code that fits: neither may change unseen."""
    digest = hashlib.sha256(repr(sorted(knowledge.synonyms.items())).encode())
    for owner in _owners(knowledge):
        digest.update(owner[0].encode())
        for phrasing in owner[1]:
            digest.update(f"\0{phrasing.language}\0{phrasing.text}".encode())
    folder = Path(__file__).parent
    for name in ("text", "index", "linear", "spelling", "fitting"):
        digest.update((folder / f"{name}.py").read_bytes())
    return digest.hexdigest()[:24]


def _write(path: Path, parts: Parts) -> None:
    bm25, phrasings, linear, counts, languages = parts
    arrays: dict[str, Any] = {
        "bm25_starts": bm25.starts, "bm25_docs": bm25.docs, "bm25_weights": bm25.weights,
        "idf": phrasings.idf, "starts": phrasings.starts, "columns": phrasings.columns,
        "values": phrasings.values, "firsts": phrasings.firsts,
        "texts": _packed({
            "bm25_terms": list(bm25.terms), "size": bm25.size,
            "features": list(phrasings.features), "counts": counts, "languages": languages,
            "linear": linear is not None,
        }),
    }  # fmt: skip
    if linear is not None:
        arrays["linear"] = linear.weights
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
            np.savez(file, **arrays)
        Path(file.name).replace(path)
        fitted = sorted(path.parent.glob("matcher-*.npz"), key=lambda p: p.stat().st_mtime)
        for old in fitted[:-_KEPT]:
            old.unlink(missing_ok=True)
    except OSError as error:
        log.warning("the fitted matcher could not be kept: %s", error)


def _read(path: Path) -> Parts | None:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as found:
            texts = json.loads(found["texts"].tobytes())
            bm25 = Bm25(
                {term: i for i, term in enumerate(texts["bm25_terms"])}, found["bm25_starts"],
                found["bm25_docs"], found["bm25_weights"], texts["size"],
            )  # fmt: skip
            phrasings = Phrasings(
                {feature: i for i, feature in enumerate(texts["features"])}, found["idf"],
                found["starts"], found["columns"], found["values"], found["firsts"],
            )  # fmt: skip
            linear = Linear(found["linear"]) if texts["linear"] else None
            return bm25, phrasings, linear, texts["counts"], texts["languages"]
    except FileNotFoundError:
        return None
    except Exception as error:  # a damaged file may raise anything, and is but a cache
        log.warning("the kept matcher can't be read, it is fitted again: %s", error)
        return None


def _packed(texts: dict[str, Any]) -> Any:
    return np.frombuffer(json.dumps(texts).encode(), dtype=np.uint8)
