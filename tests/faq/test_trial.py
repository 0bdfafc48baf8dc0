"""Held-out questions: what fails must be on the list, what passes must not."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.errors import RecoursError
from bot.faq.entry import HeldOut
from bot.faq.fitting import fit
from bot.faq.loader import load
from bot.faq.matcher import Match, Outcome
from bot.faq.trial import begin_list, served, shorten, trial
from tests.faq.small_set import impossible, phrasing, write_small_set

ESSAYS = "essais/tous.fr.txt"
LIST = "essais/echecs-connus.txt"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_small_set(tmp_path)


def add(path: Path, line: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")


def part_of(id: str, number: int) -> str:
    """Most words of one phrasing: asked so, its entry is the answer."""
    return " ".join(phrasing(id, "fr", number).split()[:5])


def faults(folder: Path) -> list[tuple[str, int, str]]:
    knowledge = load(folder)
    found = trial(knowledge, fit(knowledge))
    return [(f.path.as_posix(), f.line, f.code) for f in found]


@pytest.mark.parametrize(
    ("wanted", "outcome", "expected"),
    [
        (("a",), "answer", True),
        (("b",), "answer", False),
        (("x", "a"), "answer", True),
        (("a",), "suggest", True),
        (("c",), "suggest", True),
        (("d",), "suggest", False),
        (("a",), "none", False),
        ((), "answer", False),
        ((), "suggest", True),
        ((), "none", True),
    ],
)
def test_a_client_is_served_by_the_right_entry_or_by_none(
    wanted: tuple[str, ...], outcome: Outcome, expected: bool
) -> None:
    held = HeldOut("?", "fr", wanted, Path("essais.fr.txt"), 1)
    assert served(held, Match(outcome, ("a", "b", "c", "d"))) == expected


def test_known_failures_that_fail_are_no_fault(folder: Path) -> None:
    assert faults(folder) == []


def test_a_failure_that_is_not_listed_is_told_where_it_is_asked(folder: Path) -> None:
    add(folder / ESSAYS, part_of("beta", 9) + " => alpha")
    assert faults(folder) == [(f"knowledge/{ESSAYS}", 5, "T001")]


def test_an_answer_to_what_is_not_ours_is_a_failure(folder: Path) -> None:
    add(folder / ESSAYS, part_of("beta", 9) + " => -")
    assert faults(folder) == [(f"knowledge/{ESSAYS}", 5, "T001")]


def test_a_listed_question_that_passes_must_be_taken_off(folder: Path) -> None:
    add(folder / LIST, part_of("alpha", 3))
    assert faults(folder) == [(f"knowledge/{LIST}", 3, "T002")]


def test_a_failure_says_what_was_answered_and_what_was_expected(folder: Path) -> None:
    question = part_of("beta", 9)
    add(folder / ESSAYS, f"{question} => alpha")
    knowledge = load(folder)
    (fault,) = trial(knowledge, fit(knowledge))
    assert str(fault) == (
        f"knowledge/{ESSAYS}:5: T001 “{question}” is answered with beta; expected alpha"
    )


def test_recording_takes_off_what_passes_and_nothing_else(folder: Path) -> None:
    before = (folder / LIST).read_text(encoding="utf-8")
    add(folder / LIST, part_of("alpha", 3))
    add(folder / ESSAYS, part_of("beta", 9) + " => alpha")
    knowledge = load(folder)
    assert shorten(knowledge, fit(knowledge)) == 1
    assert (folder / LIST).read_text(encoding="utf-8") == before


def test_recording_without_a_list_makes_none(folder: Path) -> None:
    (folder / LIST).unlink()
    knowledge = load(folder)
    assert shorten(knowledge, fit(knowledge)) == 0
    assert not (folder / LIST).exists()


def test_the_first_list_holds_every_failure(folder: Path) -> None:
    (folder / LIST).unlink()
    knowledge = load(folder)
    assert begin_list(knowledge, fit(knowledge)) == 1
    assert (folder / LIST).read_text(encoding="utf-8").splitlines()[-1] == impossible()
    assert faults(folder) == []


def test_the_first_list_is_written_once(folder: Path) -> None:
    knowledge = load(folder)
    with pytest.raises(RecoursError, match="--record"):
        begin_list(knowledge, fit(knowledge))


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    environment = {"RECOURS_KNOWLEDGE": str(folder), "RECOURS_DATA": str(folder.parent / "data")}
    result = CliRunner(env=environment).invoke(main, ["knowledge", "test", *arguments])
    return result.exit_code, result.output


def test_the_command_fails_until_the_list_is_shortened(folder: Path) -> None:
    add(folder / LIST, part_of("alpha", 3))
    code, output = run(folder)
    assert (code, output.splitlines()[-1]) == (1, "3 questions asked, 1 to look at.")
    assert run(folder, "--record") == (
        0, "Known failures taken off: 1.\n3 questions asked, 0 to look at.\n",
    )  # fmt: skip
    assert run(folder) == (0, "3 questions asked, 0 to look at.\n")


def test_the_command_refuses_a_second_first_list(folder: Path) -> None:
    code, output = run(folder, "--first")
    assert (code, output.startswith("recours: ")) == (1, True)
