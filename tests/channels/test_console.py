"""The terminal: piped scripts, buttons, files, and a kill in the middle."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tests.conftest import Chat
from tests.support import ROOT


def environment(folder: Path, fitted: Path) -> dict[str, str]:
    shutil.copytree(fitted, folder / "cache", dirs_exist_ok=True)
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "RECOURS_DATA": str(folder),
        "PYTHONIOENCODING": "utf-8",
    }


def run(folder: Path, fitted: Path, script: str, *arguments: str) -> str:
    """A whole piped session."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", "chat", "--user", "anna", *arguments],
        input=script, text=True, capture_output=True, check=True, cwd=folder.parent,
        env=environment(folder, fitted),
    )  # fmt: skip
    return done.stdout


def test_a_piped_question_prints_its_answer_in_the_language_asked_for(
    tmp_path: Path, fitted: Path
) -> None:
    french = run(tmp_path / "fr", fitted, "mon prestataire ne corrige rien\n")
    english = run(tmp_path / "en", fitted, "mon prestataire ne corrige rien\n", "--lang", "en")
    assert "mise en demeure écrite" in french
    assert "Base juridique" in french
    assert "En savoir plus" in french
    assert "formal notice" in english
    assert "Legal basis" in english
    assert "More: steps" in english


def test_a_session_killed_in_the_middle_goes_on_at_the_same_question(
    tmp_path: Path, fitted: Path
) -> None:
    folder, proof = tmp_path / "data", tmp_path / "capture.txt"
    proof.write_text("erreur 500")
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "chat", "--user", "anna", "--lang", "fr"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=tmp_path,
        env=environment(folder, fitted),
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"/incident\n1\nhier\n/file {proof}\n")
    process.stdin.flush()
    seen = ""
    deadline = time.monotonic() + 30
    while "Empreinte" not in seen and time.monotonic() < deadline:
        seen += process.stdout.readline()
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()

    rest = "\n".join(
        ["Ça dure encore", "Le panier renvoie une erreur", "Passer", "Passer", "Passer", "Passer",
         "Plus rien ne marche", "800 €", "Pas encore", "C’est tout", "Enregistrer", "/dossier"]
    )  # fmt: skip
    out = run(folder, fitted, rest + "\n")
    first = out[: out.index("> Ça dure encore")]
    assert "Jusqu’à quand" in first
    case = out[out.index("> /dossier") :]
    assert "Le panier renvoie une erreur" in case
    assert "capture.txt" in case
    assert "800\u00a0€" in case


def test_a_button_is_chosen_by_its_number_or_its_label(chat: Chat) -> None:
    by_number = chat("/langue", "2", user="a")
    by_label = chat("/langue", "english", user="b")
    assert "I answer in English" in by_number
    assert "I answer in English" in by_label


def test_a_number_that_is_no_button_is_read_as_words(chat: Chat) -> None:
    assert "99" in chat("/note", "99", "/dossier")


def test_a_file_that_is_not_there_is_told_and_changes_nothing(chat: Chat) -> None:
    assert "No such file" in chat("/file /nowhere/at/all.png")
