from __future__ import annotations

import logging
import random
from pathlib import Path

import numpy as np
import pytest

from bot.faq.fitting import fit, language_weights
from bot.faq.index import Tokens
from bot.faq.matcher import Matcher
from tests.faq.toys import ENTRIES, OFF_TOPIC, phrasings, toy_knowledge

QUESTIONS = [
    ("comment récupérer mon argent", "fr"),
    ("my website has crashed", "en"),
    ("captures d'ecran devant le juge", "fr"),
    ("le prestatère garde l'acconpte", "fr"),
    ("bonjour", "fr"),
    ("zzz", "fr"),
]


def found(matcher: Matcher) -> list[object]:
    return [matcher.match(text, language) for text, language in QUESTIONS]


def kept(cache: Path) -> list[Path]:
    return sorted(cache.iterdir())


def test_a_matcher_from_the_cache_matches_as_a_fresh_one(tmp_path: Path) -> None:
    knowledge = toy_knowledge()
    fresh = fit(knowledge)
    fit(knowledge, tmp_path)
    cached = fit(knowledge, tmp_path)
    assert found(cached) == found(fresh)
    for text, language in QUESTIONS:
        assert cached.explain(text, language) == fresh.explain(text, language)


def test_the_cache_is_read_and_not_only_written(tmp_path: Path) -> None:
    knowledge = toy_knowledge()
    fit(knowledge, tmp_path)
    (file,) = kept(tmp_path)
    before = file.stat().st_mtime_ns
    fit(knowledge, tmp_path)
    assert [p.stat().st_mtime_ns for p in kept(tmp_path)] == [before]


def test_the_cache_folder_is_made_and_is_the_owner_s_alone(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "yet"
    fit(toy_knowledge(), folder)
    assert len(kept(folder)) == 1
    assert folder.stat().st_mode & 0o077 == 0


def _more_phrasings() -> dict[str, object]:
    entries = dict(toy_knowledge().entries)
    entry = entries["panne"]
    more = (*entry.phrasings, *phrasings(["le site est tout blanc"], "fr"))
    entries["panne"] = type(entry)(entry.id, entry.topic, entry.answers, more)
    return {"entries": entries}


@pytest.mark.parametrize(
    "changes",
    [_more_phrasings(), {"synonyms": {}}, {"off_topic": {}}],
    ids=["a phrasing", "synonyms", "kinds"],
)
def test_other_knowledge_is_never_read_from_the_cache(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    fit(toy_knowledge(), tmp_path)
    other = toy_knowledge(**changes)
    assert found(fit(other, tmp_path)) == found(fit(other))
    assert len(kept(tmp_path)) == 2


def test_only_a_few_fitted_sets_are_kept_the_newest_ones(tmp_path: Path) -> None:
    for number in range(5):
        fit(toy_knowledge(synonyms={f"mot{number}": ("sens",)}), tmp_path)
    assert len(kept(tmp_path)) == 3


def _emptied(content: bytes) -> bytes:
    return b""


def _cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _text(content: bytes) -> bytes:
    return b"not an archive at all"


def _pickle(content: bytes) -> bytes:
    import pickle

    return pickle.dumps({"texts": 1})


def _array(content: bytes) -> bytes:
    import io

    out = io.BytesIO()
    np.save(out, np.arange(3))
    return out.getvalue()


def _other_archive(content: bytes) -> bytes:
    import io

    out = io.BytesIO()
    np.savez(out, texts=np.frombuffer(b"[1, 2]", dtype=np.uint8))
    return out.getvalue()


def _without_texts(content: bytes) -> bytes:
    import io

    out = io.BytesIO()
    np.savez(out, idf=np.arange(3))
    return out.getvalue()


@pytest.mark.parametrize(
    "damage", [_emptied, _cut, _text, _pickle, _array, _other_archive, _without_texts]
)
def test_a_damaged_cache_is_told_and_fitted_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: object
) -> None:
    knowledge = toy_knowledge()
    fresh = found(fit(knowledge, tmp_path))
    (file,) = kept(tmp_path)
    file.write_bytes(damage(file.read_bytes()))  # type: ignore[operator]
    with caplog.at_level(logging.WARNING):
        assert found(fit(knowledge, tmp_path)) == fresh
    assert "fitted again" in caplog.text
    caplog.clear()
    fit(knowledge, tmp_path)
    assert caplog.text == ""


def test_a_flipped_bit_never_stops_the_start(tmp_path: Path) -> None:
    knowledge = toy_knowledge()
    fresh = found(fit(knowledge, tmp_path))
    (file,) = kept(tmp_path)
    whole = file.read_bytes()
    draw = random.Random(3)
    for _ in range(150):
        damaged = bytearray(whole)
        # Names and sizes are at the ends, where a flip is worst.
        at = draw.choice([draw.randrange(len(whole)), -draw.randrange(1, 1200)])
        damaged[at] ^= 1 << draw.randrange(8)
        file.write_bytes(bytes(damaged))
        assert found(fit(knowledge, tmp_path)) == fresh


def test_a_cache_that_cannot_be_written_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way", encoding="utf-8")
    with caplog.at_level(logging.WARNING):
        matcher = fit(toy_knowledge(), blocked / "cache")
    assert found(matcher) == found(fit(toy_knowledge()))
    assert "could not be kept" in caplog.text


def test_every_phrasing_of_the_toys_finds_its_entry() -> None:
    matcher = fit(toy_knowledge())
    for entry, (title, english_title, french, english) in ENTRIES.items():
        for text in (title, *french):
            assert matcher.match(text, "fr").ids[0] == entry
        for text in (english_title, *english):
            assert matcher.match(text, "en").ids[0] == entry


def test_entries_come_first_and_kinds_of_other_things_last() -> None:
    matcher = fit(toy_knowledge())
    assert matcher.ids == [*ENTRIES, *OFF_TOPIC]
    assert matcher.entries == len(ENTRIES)


def test_thresholds_of_the_knowledge_are_in_force() -> None:
    from bot.faq.gate import Gate

    data = Gate(offer_ours=0.111).to_data()
    assert fit(toy_knowledge(data={"thresholds": data})).gate.offer_ours == 0.111
    assert fit(toy_knowledge()).gate == Gate()


def test_a_knowledge_without_entries_answers_nothing() -> None:
    matcher = fit(toy_knowledge(entries={}, off_topic={}))
    assert matcher.match("mon site est en panne").outcome == "none"
    assert matcher.explain("mon site est en panne") == ()


def test_a_word_speaks_for_the_language_it_is_used_in() -> None:
    weights = language_weights(
        [[Tokens(["le", "site"], "fr"), Tokens(["the", "site"], "en"), Tokens(["le"], "fr")]]
    )
    assert weights["fr"]["le"] > 0 == weights["en"]["le"]
    assert weights["en"]["the"] > 0 == weights["fr"]["the"]
    assert abs(weights["fr"]["site"] - weights["en"]["site"]) < 1
