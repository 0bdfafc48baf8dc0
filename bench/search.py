"""Time to find any word among 500 incidents of a case: `python bench/search.py`."""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bot.assistant import Assistant
from bot.casefile.models import Incident, Moment
from bot.faq.library import open_library
from bot.i18n import PARIS, Catalogues
from bot.messages import Incoming
from bot.store.cases import fold_for_search
from bot.store.store import Store

ROOT = Path(__file__).parents[1]
INCIDENTS = 500
LIMIT = 0.2
"""Seconds that an answer to /search may take."""

_SYLLABLES = (
    "ba",
    "ca",
    "dé",
    "fo",
    "gi",
    "ho",
    "jeu",
    "ki",
    "lon",
    "mé",
    "nu",
    "pa",
    "qui",
    "sœ",
    "té",
)
_NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def sentences(number: int) -> list[str]:
    """As many texts of forty words, of a vocabulary of some thousands."""
    chance = random.Random(11)
    words = ["".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))) for _ in range(4000)]
    return [" ".join(chance.choices(words, k=40)) for _ in range(number)]


def filled(store: Store, assistant: Assistant, texts: list[str]) -> None:
    """A person whose case holds an incident for each text."""
    assistant.handle(Incoming("console", "bench", _NOW, text="/note premier"))
    [case] = store.cases.of("console:bench")
    with store.transaction():
        for index, text in enumerate(texts):
            day = (_NOW - timedelta(days=index)).date()
            incident = Incident("outage", text, Moment(day), page="accueil", severity="blocked")
            store.cases.save(case.id, incident, _NOW + timedelta(seconds=index))


def main() -> int:
    """Print the figures; 1 when one is over the limit."""
    texts = sentences(INCIDENTS)
    words = sorted({word for text in texts for word in fold_for_search(text).split()})
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        library = open_library(ROOT / "knowledge")
        assistant = Assistant(store, lambda: library, Catalogues(ROOT / "locales"), PARIS)
        filled(store, assistant, texts)
        [case] = store.cases.of("console:bench")
        alone, whole = [], []
        for word in words:
            begin = time.perf_counter()
            found = store.cases.search(case.id, word)
            alone.append(time.perf_counter() - begin)
            assert any(word in fold_for_search(texts[hit.number - 1]).split() for hit in found)
        for index, word in enumerate(random.Random(5).sample([*words, "accueil"], 300)):
            incoming = Incoming("console", "bench", _NOW, text=f"/search {word}")
            begin = time.perf_counter()
            replies = assistant.handle(incoming)
            whole.append(time.perf_counter() - begin)
            assert len(replies) == 1, index
        store.close()
    print(f"{INCIDENTS} incidents, {len(words)} words")
    for name, times in (("the index alone", alone), ("a whole /search turn", whole)):
        median = statistics.median(times) * 1000
        print(f"{name}: median {median:.2f} ms, longest {max(times) * 1000:.1f} ms")
    print(f"limit: {LIMIT * 1000:.0f} ms")
    return int(max(*alone, *whole) > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
