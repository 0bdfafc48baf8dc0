"""`recours ask`: what scripts rely on."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main


@pytest.fixture
def runner(tmp_path: Path, fitted: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    shutil.copytree(fitted, tmp_path / "cache")
    monkeypatch.setenv("RECOURS_DATA", str(tmp_path))
    return CliRunner()


def test_each_line_gets_one_json_object_in_order(runner: CliRunner) -> None:
    lines = (
        '{"q": "mon prestataire ne corrige rien", "lang": "fr"}\n\n'
        '{"q": "merci beaucoup", "lang": "fr"}\n'
    )
    done = runner.invoke(main, ["ask", "--jsonl"], input=lines)
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert first["outcome"] == "answer"
    assert first["ids"][0] == "prestataire-ne-corrige-pas"
    assert len(first["ids"]) == len(first["scores"]) == 5
    assert second["outcome"] == "none"


def test_a_line_that_is_no_question_is_named(runner: CliRunner) -> None:
    done = runner.invoke(main, ["ask", "--jsonl"], input='{"q": "site en panne"}\n{"x": 1}\n')
    assert len(done.stdout.splitlines()) == 1
    assert "line 2 is not a question" in done.stderr
    assert done.exit_code == 1


def test_the_reasons_are_shown_for_each_candidate(runner: CliRunner) -> None:
    done = runner.invoke(main, ["ask", "mon prestataire ne corrige rien"])
    assert "outcome   answer" in done.stdout
    assert "nearest:" in done.stdout
    assert "bm25" in done.stdout
