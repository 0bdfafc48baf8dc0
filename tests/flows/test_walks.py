"""Ten thousand seeded random walks over every flow: nothing is lost, nobody is stuck.

A person answers, errs, goes back, skips, cancels, changes the language, sends files, edits
messages, asks questions in between, presses buttons that are fresh, stale or forged, and sends
hostile texts; the program restarts; the channel repeats an update. After every event:

- there was no exception, and every message but a forged button was answered;
- the outbox holds exactly the replies that were given;
- the cursor of the flow is on a visible question or on the review;
- at the review, every visible question has an answer;
- cancel is offered with the question on the screen, and it leads out whatever has happened;
- nothing is lost: cases, records of every kind and the journal only grow, unless the person asks
  to be erased and confirms; a file is in the case, on disk and in the flow; answers only grow;
- one event changes one answer at most, and the value before it is kept;
- a repeated update, a stale button, a forged one and a restart change nothing at all;
- a button carries at most 64 bytes and has a label;
- a message fits in 4096 UTF-16 units once it is split as the channel splits it;
- at the end, every journal and every fingerprint agrees with what is kept.

A failure names its seed: `walk(seed, world)` of `walking.py` walks the same way again.
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from bot.faq.library import Library, open_library
from bot.flows.registry import FLOWS
from bot.i18n import Catalogues
from bot.store.store import Store
from tests.flows.walking import World, walk

ROOT = Path(__file__).parents[2]
WALKS = 10_000
TOGETHER = 50
"""Persons who share a store, each one's turns among what the others left."""

_shared: dict[str, tuple[Library, Catalogues]] = {}


def prepare(cache: Path) -> None:
    """Once in each process: the knowledge."""
    library = open_library(ROOT / "knowledge", cache)
    _shared["all"] = library, Catalogues(ROOT / "locales")


def walk_together(first: int) -> tuple[list[str], Counter[str]]:
    """The walks of one store, in a process of its own: what went wrong, and what was seen."""
    library, catalogues = _shared["all"]
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder), memory=True)
        world = World(library, catalogues, store)
        faults = [walk(seed, world) for seed in range(first, first + TOGETHER)]
        faults += [f"seeds from {first}: {fault}" for fault in store.altered()]
        store.close()
    return [fault for fault in faults if fault], world.seen


@pytest.mark.slow
def test_ten_thousand_random_walks_lose_nothing_and_never_get_stuck(fitted: Path) -> None:
    faults: list[str] = []
    seen: Counter[str] = Counter()
    with ProcessPoolExecutor(
        os.cpu_count(),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=partial(prepare, fitted),
    ) as processes:
        for found, counted in processes.map(walk_together, range(0, WALKS, TOGETHER)):
            faults += found
            seen += counted
    assert not faults, f"{len(faults)} of {WALKS} walks failed. " + "\n".join(faults[:3])
    rare = {name for name in EXPECTED if seen[name] < WALKS // 200}
    assert not rare, f"the walks hardly ever did this: {sorted(rare)}"
    unseen = {flow for flow in FLOWS if not (seen[f"review of {flow}"] and seen[f"saved {flow}"])}
    assert not unseen, f"no walk came to the end of these flows: {sorted(unseen)}"
    assert sum(seen[name] for name in EXPECTED) > 10 * WALKS


EXPECTED = (
    "opens", "answers", "presses", "confirms", "back", "skip", "cancel", "leaves", "edits",
    "file", "question", "wrong", "hostile", "command", "language", "unsupported", "restarts",
    "stale", "forged", "repeated update", "changed by an edit",
)  # fmt: skip
"""What the walks must have done often, or they prove nothing."""
