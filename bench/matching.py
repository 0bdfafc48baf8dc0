"""How well and how fast questions find their entry: `python bench/matching.py [FILE.jsonl]`.

FILE has lines of `{"q": …, "lang": …, "ids": […]}`; the questions held out beside the knowledge
are always asked. Four tables are printed: the matcher beside plainer ways over the same phrasings,
the matcher with each stage switched off in turn, time and memory at three sizes beside
`process.extractOne`, and time on hostile texts. Nothing is asserted. It takes about twenty
minutes, and 4 GB for the largest size; `--sizes 77,1000` leaves that one out.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]
# One core, as the figures say: numpy would take every core it finds.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np  # noqa: E402
from rapidfuzz import fuzz, process  # noqa: E402

from bench.hostile import texts  # noqa: E402
from bench.rivals import folded_phrasings, rivals  # noqa: E402
from bench.synthetic import PHRASINGS, enlarged  # noqa: E402
from bot.faq.entry import Knowledge  # noqa: E402
from bot.faq.evaluate import Question, Tally, held_out, read_questions  # noqa: E402
from bot.faq.fitting import fit  # noqa: E402
from bot.faq.loader import load  # noqa: E402
from bot.faq.matcher import STAGES, Matcher  # noqa: E402
from bot.faq.text import fold, words  # noqa: E402

KNOWLEDGE = ROOT / "knowledge"
SEED = 1
SIZES = (77, 1000, 10_000)
PASSES = 3
HOSTILE = 10_000
SLOW = 0.05
"""Seconds: no text should take longer."""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("file", nargs="?", type=Path, help="more questions, as JSON lines")
    arguments.add_argument("--sizes", default=",".join(map(str, SIZES)), help="entries")
    given = arguments.parse_args()
    knowledge = load(KNOWLEDGE)
    sets = {"held out": held_out(knowledge)}
    if given.file:
        sets[given.file.name] = read_questions(given.file)
    with tempfile.TemporaryDirectory() as cache:
        matcher = fit(knowledge, Path(cache))
        quality(knowledge, matcher, sets)
        stages(knowledge, matcher, sets)
        asked = [question for questions in sets.values() for question in questions]
        speed([int(size) for size in given.sizes.split(",")], asked, Path(cache))
        in_its_own_process(hostile, Path(cache))


def in_its_own_process(work: Callable[..., Any], *arguments: Any) -> Any:
    """`work` in a fresh interpreter, so that its memory is its own."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn) as pool:
        return pool.submit(work, *arguments).result()


def show(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table; the first column is a name, the others are figures."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    for row in [head, *rows]:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        print("  ".join(cells), flush=True)


# ---- (a) beside plainer ways


def quality(knowledge: Knowledge, matcher: Matcher, sets: dict[str, list[Question]]) -> None:
    """Right first and right in three, of the questions that are ours."""
    phrasings = sum(len(entry.phrasings) for entry in knowledge.entries.values())
    print(f"\nRight first / right in three, {phrasings} phrasings of {matcher.entries} entries\n")
    ours = {name: [q for q in questions if q.ids] for name, questions in sets.items()}
    rows = [["the matcher", *(_cell(_ranked(matcher, asked), asked) for asked in ours.values())]]
    ids = np.array(list(knowledge.entries))
    for name, scorer in rivals(knowledge).items():
        cells = []
        for asked in ours.values():
            best = np.argsort(-scorer(asked), axis=1, kind="stable")[:, :3]
            cells.append(_cell([ids[row].tolist() for row in best], asked))
        rows.append([name, *cells])
    show(["", *(f"{name} ({len(asked)})" for name, asked in ours.items())], rows)


def _ranked(matcher: Matcher, asked: Sequence[Question]) -> list[list[str]]:
    return [list(matcher.match(q.text, q.language).ids[:3]) for q in asked]


def _cell(ranked: Sequence[Sequence[str]], asked: Sequence[Question]) -> str:
    pairs = list(zip(ranked, asked, strict=True))
    first = sum(bool(set(ids[:1]) & set(q.ids)) for ids, q in pairs) / max(len(pairs), 1)
    three = sum(bool(set(ids[:3]) & set(q.ids)) for ids, q in pairs) / max(len(pairs), 1)
    return f"{first:.1%} / {three:.1%}"


# ---- (b) stage by stage


def stages(knowledge: Knowledge, matcher: Matcher, sets: dict[str, list[Question]]) -> None:
    """What is lost when a stage is switched off; thresholds stay as they were tuned."""
    plain = fit(replace(knowledge, synonyms={}))
    for name, asked in sets.items():
        print(f"\nStage by stage, {name}: {len(asked)} questions, thresholds untouched\n")
        rows = [["everything", *_figures(matcher, asked)]]
        for stage in STAGES:
            matcher.stages = tuple(other for other in STAGES if other != stage)
            rows.append([f"without {stage}", *_figures(matcher, asked)])
        matcher.stages = STAGES
        matcher.mending = False
        rows.append(["without mending", *_figures(matcher, asked)])
        matcher.mending = True
        rows.append(["without synonyms", *_figures(plain, asked)])
        head = [
            "first",
            "in three",
            "served",
            "wrong",
            "none",
            "others answered",
            "others offered",
        ]
        show(["", *head], rows)


def _figures(matcher: Matcher, asked: Sequence[Question]) -> list[str]:
    tally = Tally()
    for question in asked:
        tally.add(question, matcher.match(question.text, question.language))
    return [cell.strip() for cell in tally.row()]


# ---- (c) time and memory


def speed(sizes: Sequence[int], asked: Sequence[Question], cache: Path) -> None:
    """Milliseconds a question, memory and load time, each size in processes of its own."""
    print(
        f"\nTime and memory on one core; made-up sets have {PHRASINGS} phrasings an entry, each\n"
        "the beginning of a real phrasing and the end of another with a word of the entry's own\n"
        f"(seed {SEED}), beside the real kinds of what is not ours\n"
    )
    rows = []
    for size in (0, *sizes):
        cold, peak = in_its_own_process(_fit_cold, size, cache)
        few = asked if size <= 1000 else asked[:: max(1, len(asked) // 100)]
        warm, resident, times = in_its_own_process(_ask, size, cache, few)
        fuzzy = in_its_own_process(_extract_one, size, asked[:: max(1, len(asked) // _few(size))])
        name = f"{size:,} made up" if size else "as it is"
        rows.append(
            [
                name,
                f"{1000 * statistics.median(times):.1f}",
                f"{1000 * float(np.percentile(times, 99)):.1f}",
                *(f"{1000 * statistics.median(each):.1f}" for each in fuzzy.values()),
                f"{cold:.1f}", f"{warm:.2f}", f"{resident:,.0f}", f"{peak:,.0f}",
            ]
        )  # fmt: skip
    head = [
        "entries", "ms median", "ms p99", "WRatio ms", "token_set ms", "cold fit s",
        "from cache s", "resident MB", "peak of fit MB",
    ]  # fmt: skip
    show(head, rows)
    print(f"\nfrom nothing to the first answer, a whole process: {_ready(cache):.2f} s")


def _few(size: int) -> int:
    """How many questions `extractOne` is asked: it takes seconds each at the largest size."""
    return 100 if size <= 100 else 20 if size <= 1000 else 4


def _set(size: int) -> Knowledge:
    knowledge = load(KNOWLEDGE)
    return enlarged(knowledge, size, SEED) if size else knowledge


def _fit_cold(size: int, cache: Path) -> tuple[float, float]:
    """Seconds to fit and to keep, and the most memory it took."""
    knowledge = _set(size)
    for old in cache.glob("matcher-*"):
        old.unlink()
    start = time.perf_counter()
    fit(knowledge, cache)
    seconds = time.perf_counter() - start
    return seconds, _memory("VmHWM")


def _ask(size: int, cache: Path, asked: Sequence[Question]) -> tuple[float, float, list[float]]:
    """Seconds to load, megabytes that stay, seconds a question."""
    knowledge = _set(size)
    before = _memory("VmRSS")
    start = time.perf_counter()
    matcher = fit(knowledge, cache)
    seconds = time.perf_counter() - start
    for question in asked[:20]:
        matcher.match(question.text, question.language)
    times = [_timed(matcher, asked) for _ in range(PASSES)]
    medians = [statistics.median(each) for each in zip(*times, strict=True)]
    return seconds, _memory("VmRSS") - before, medians


def _timed(matcher: Matcher, asked: Sequence[Question]) -> list[float]:
    """Each question for the first time: no word of it was mended before."""
    matcher._speller._mend.cache_clear()
    found = []
    for question in asked:
        start = time.perf_counter()
        matcher.match(question.text, question.language)
        found.append(time.perf_counter() - start)
    return found


def _extract_one(size: int, asked: Sequence[Question]) -> dict[str, list[float]]:
    phrasings, _ = folded_phrasings(_set(size))
    found: dict[str, list[float]] = {}
    for name, scorer in (("WRatio", fuzz.WRatio), ("token_set", fuzz.token_set_ratio)):
        found[name] = []
        for question in asked:
            start = time.perf_counter()
            process.extractOne(fold(question.text), phrasings, scorer=scorer)
            found[name].append(time.perf_counter() - start)
    return found


def _memory(name: str) -> float:
    """Megabytes of this process: `VmRSS` for now, `VmHWM` for the most it ever had."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    raise LookupError(name)


def _ready(cache: Path) -> float:
    """The median of a few starts from the cache, in seconds."""
    code = (
        "from pathlib import Path\n"
        "from bot.faq.library import open_library\n"
        f"library = open_library(Path({str(KNOWLEDGE)!r}), Path({str(cache)!r}))\n"
        "library.matcher.match('Que doit contenir une mise en demeure ?')\n"
    )
    times = []
    for _ in range(1 + 5):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


# ---- hostile texts


def hostile(cache: Path) -> None:
    """How long the worst texts take, and which they are."""
    knowledge = load(KNOWLEDGE)
    matcher = fit(knowledge, cache)
    vocabulary = sorted(
        {word for e in knowledge.entries.values() for p in e.phrasings for word in words(p.text)}
    )
    previous = ("", next(iter(knowledge.entries)))
    found = []
    for number, text in enumerate(texts(HOSTILE, SEED, vocabulary)):
        seconds = _once(matcher, text, previous[number % 2])
        if seconds > SLOW / 2:
            # Another program may have had the core: the best of three is the text's own.
            again = (_once(matcher, text, previous[number % 2]) for _ in range(2))
            seconds = min(seconds, *again)
        found.append((seconds, text))
    times = sorted(seconds for seconds, _ in found)
    print(
        f"\nHostile texts ({HOSTILE:,}): median {1000 * times[len(times) // 2]:.1f} ms, "
        f"99th percentile {1000 * times[int(len(times) * 0.99)]:.1f} ms, "
        f"slowest {1000 * times[-1]:.1f} ms; "
        f"{sum(t > SLOW for t in times)} over {1000 * SLOW:.0f} ms\n"
    )
    found.sort(key=lambda item: -item[0])
    show(
        ["slowest", "ms", "characters"],
        [[ascii(t[:50]), f"{1000 * s:.1f}", f"{len(t):,}"] for s, t in found[:5]],
    )


def _once(matcher: Matcher, text: str, previous: str) -> float:
    matcher._speller._mend.cache_clear()
    start = time.perf_counter()
    matcher.match(text, "fr", previous)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
