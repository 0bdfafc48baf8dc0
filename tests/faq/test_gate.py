from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.faq import tuning
from bot.faq.evaluate import Question
from bot.faq.fitting import fit
from bot.faq.gate import FEATURES, Curve, Gate, fit_curve
from bot.faq.index import Floats
from bot.faq.loader import load
from tests.faq.small_set import write_small_set
from tests.faq.toys import ENTRIES, OFF_TOPIC, toy_knowledge

TODAY = date(2026, 11, 24)
likelihood = st.floats(0, 1)


def features(**changes: float) -> Floats:
    return np.array([changes.get(name, 0.0) for name in FEATURES], dtype=np.float32)


def curve(weight: float = 1.0, constant: float = 0.0) -> Curve:
    """A curve that looks at the first feature only."""
    rest = len(FEATURES) - 1
    return Curve((weight, *[0.0] * rest), constant, (0.0,) * (rest + 1), (1.0,) * (rest + 1))


@pytest.mark.parametrize(
    ("ours", "right", "outcome"),
    [
        (0.29, 1.0, "none"),
        (0.30, 0.0, "suggest"),
        (0.59, 1.0, "suggest"),
        (0.60, 0.69, "suggest"),
        (0.60, 0.70, "answer"),
        (1.0, 1.0, "answer"),
        (0.0, 0.0, "none"),
    ],
)
def test_an_answer_needs_both_likelihoods_and_an_offer_one(
    ours: float, right: float, outcome: str
) -> None:
    gate = Gate(answer_ours=0.6, answer_right=0.7, offer_ours=0.3)
    assert gate.outcome(ours, right) == outcome


@given(likelihood, likelihood, likelihood, likelihood, likelihood)
def test_a_likelier_question_never_gets_a_lesser_outcome(
    ours: float, right: float, more: float, answer: float, offer: float
) -> None:
    gate = Gate(answer_ours=answer, answer_right=0.5, offer_ours=offer)
    order = ["none", "suggest", "answer"]
    before = order.index(gate.outcome(ours, right))
    assert order.index(gate.outcome(max(ours, more), right)) >= before
    assert order.index(gate.outcome(ours, max(right, more))) >= before


def test_the_likelihood_is_one_half_where_weights_and_constant_cancel_out() -> None:
    assert curve(weight=2.0, constant=-6.0).at(features(margin=3.0)) == pytest.approx(0.5)


def test_the_likelihood_grows_with_what_speaks_for_it() -> None:
    found = [curve().at(features(margin=value)) for value in (-1e9, -2.0, 0.0, 2.0, 1e9)]
    assert found == sorted(found)
    assert 0.0 <= found[0] < 0.01
    assert 0.99 < found[-1] <= 1.0


def test_a_curve_learns_to_tell_two_kinds_of_rows_apart() -> None:
    draw = np.random.default_rng(1)
    rows = [features(margin=float(m), known=float(draw.normal())) for m in draw.normal(0, 1, 200)]
    labels = [bool(row[0] > 0.5) for row in rows]
    found = fit_curve(rows, labels)
    told = [found.at(row) > 0.5 for row in rows]
    assert np.mean(np.array(told) == np.array(labels)) > 0.9
    assert found.weights[0] > 5 * abs(found.weights[FEATURES.index("known")])


def test_a_feature_that_never_varies_does_no_harm() -> None:
    rows = [features(margin=m, known=1.0) for m in (-1.0, -0.5, 0.5, 1.0)]
    found = fit_curve(rows, [False, False, True, True])
    assert found.at(rows[0]) < 0.5 < found.at(rows[-1])


def test_few_of_one_kind_count_as_much_as_many_of_the_other() -> None:
    rows = [features(margin=-1.0)] * 95 + [features(margin=1.0)] * 5
    found = fit_curve(rows, [False] * 95 + [True] * 5)
    assert found.at(features(margin=0.0)) == pytest.approx(0.5, abs=0.02)


def plain_strings(value: Any) -> Any:
    """As the knowledge's loader reads YAML: nothing but strings, lists and mappings."""
    if isinstance(value, dict):
        return {key: plain_strings(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain_strings(item) for item in value]
    return str(value)


def test_thresholds_come_back_from_their_file_as_they_were(tmp_path: Path) -> None:
    draw = np.random.default_rng(2)
    rows = [np.array(row, dtype=np.float32) for row in draw.normal(size=(40, len(FEATURES)))]
    ours = fit_curve(rows, [bool(row[0] > 0) for row in rows])
    right = fit_curve(rows, [bool(row[1] > 0) for row in rows])
    figures = {"file": "essais", "date": "2026-11-24", "questions": 40, "answered_right": 0.9}
    gate = Gate(ours, right, 0.6, 0.7, 0.3, 0.2, figures)
    path = tmp_path / "thresholds.yaml"

    tuning.write(gate, path)
    back = Gate.from_data(plain_strings(yaml.safe_load(path.read_text(encoding="utf-8"))))

    assert (back.answer_ours, back.answer_right) == (0.6, 0.7)
    assert (back.offer_ours, back.surely_not) == (0.3, 0.2)
    assert back.figures == {key: str(value) for key, value in figures.items()}
    for row in rows:
        assert back.judge(row) == pytest.approx(gate.judge(row), abs=0.002)
    assert [p.name for p in tmp_path.iterdir()] == ["thresholds.yaml"]


def test_the_loader_reads_what_was_written(tmp_path: Path) -> None:
    folder = write_small_set(tmp_path)
    gate = Gate(curve(0.25), curve(0.75, 1.0), 0.61, 0.72, 0.33, 0.24, {"file": "essais"})
    tuning.write(gate, folder / "thresholds.yaml")
    assert Gate.from_data(load(folder).data["thresholds"]) == gate


def test_without_thresholds_the_nearest_phrasings_decide() -> None:
    gate = Gate.from_data(None)
    assert gate == Gate()
    near, far = features(near=0.9, **{"near other": 0.5}), features(near=0.0)
    assert gate.outcome(*gate.judge(near)) == "answer"
    assert gate.outcome(*gate.judge(far)) == "none"


def toy_questions() -> list[Question]:
    """Ours and others, with phrasings of one another among them to be hard at times."""
    ours = [
        Question(f"{start} {text}", "fr", (entry,))
        for entry, (_, _, french, _) in ENTRIES.items()
        for text in french
        for start in ("dites moi", "voilà", "monsieur l’avocat")
    ]
    wrong = [
        Question("faut-il garder le site en panne", "fr", ("remboursement",)),
        Question("prouver que l’agence garde mon argent", "fr", ("panne",)),
    ]
    others = [
        Question(f"{text} {end}", "fr", ())
        for texts in OFF_TOPIC.values()
        for text in texts
        for end in ("le site", "mon voisin", "la facture de gaz", "en panne", "preuve")
    ]
    return [*ours, *wrong, *others]


def test_tuning_keeps_within_its_bounds() -> None:
    questions = toy_questions()
    matcher = fit(toy_knowledge())
    matcher.gate = gate = tuning.tune(matcher, questions, "toys", TODAY)
    found = [matcher.match(q.text, q.language) for q in questions]

    ours = [(q, m) for q, m in zip(questions, found, strict=True) if q.ids]
    others = [m for q, m in zip(questions, found, strict=True) if not q.ids]
    answered = [m for m in others if m.outcome == "answer"]
    offered = [m for m in others if m.outcome != "none"]
    wrong = [m for q, m in ours if m.outcome == "answer" and m.ids[0] not in q.ids]
    right = [m for q, m in ours if m.outcome == "answer" and m.ids[0] in q.ids]

    assert len(answered) <= tuning.MAX_ANSWERED * len(others)
    assert len(offered) <= tuning.MAX_OFFERED * len(others)
    assert len(wrong) <= tuning.MAX_WRONG * len(ours)
    assert len(right) > len(ours) / 2
    assert gate.figures["questions"] == len(questions)
    assert gate.figures["others_offered"] == round(len(offered) / len(others), 3)
    assert gate.figures["answered_right"] == round(len(right) / len(ours), 3)


def test_tuning_says_on_what_and_when() -> None:
    gate = tuning.tune(fit(toy_knowledge()), toy_questions(), "essais.jsonl", TODAY)
    assert (gate.figures["file"], gate.figures["date"]) == ("essais.jsonl", "2026-11-24")


def test_tuned_thresholds_keep_their_bounds_once_read_back(tmp_path: Path) -> None:
    questions = toy_questions()
    matcher = fit(toy_knowledge())
    tuning.write(tuning.tune(matcher, questions, "toys", TODAY), tmp_path / "thresholds.yaml")
    data = yaml.safe_load((tmp_path / "thresholds.yaml").read_text(encoding="utf-8"))
    matcher.gate = Gate.from_data(plain_strings(data))
    others = [matcher.match(q.text, q.language) for q in questions if not q.ids]
    offered = sum(m.outcome != "none" for m in others)
    assert offered <= tuning.MAX_OFFERED * len(others)
