"""Every rule finds the fault it is for, where it is, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.faq.lint import RULES, lint, summary
from bot.faq.loader import load
from tests.faq.small_set import NARROW, phrasing, write_small_set

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 24)

Seed = Callable[[Path], None]
Case = tuple[str, str, Seed, list[tuple[str, int]]]
"""Name, code, how the fault is put in, and where it must be found."""


def in_file(name: str, old: str, new: str) -> Seed:
    """Replace `old`, which must be there, by `new`."""

    def seed(folder: Path) -> None:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {name}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return seed


def in_both(name: str, old: str, new: str) -> Seed:
    """The same in the French and in the English answer."""

    def seed(folder: Path) -> None:
        for language in ("fr", "en"):
            in_file(f"{name}.{language}.md", old, new)(folder)

    return seed


def without(name: str) -> Seed:
    return lambda folder: (folder / name).unlink()


def added(name: str, text: str) -> Seed:
    """Add `text` at the end of a file, which is made where there is none."""

    def seed(folder: Path) -> None:
        path = folder / name
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        path.write_text(before + text, encoding="utf-8")

    return seed


def backwards(line: str) -> str:
    return " ".join(reversed(line.split()))


ALPHA, BETA, GAMMA = "contrat/alpha", "contrat/beta", "preuves/gamma"
LEAD = "Aujourd’hui, écrivez au prestataire et laissez-lui {{delai}} pour répondre."
STEP = "1. Rassemblez vos pièces."
SOURCE = "  - C. civ., art. 1226 | https://example.org/code\n"
LONG = " ".join(["mot"] * 40)

CASES: list[Case] = [
    ("an English answer alone", "K101", added(f"{GAMMA[:8]}seul.en.md", "Text.\n"),
     [("preuves/seul.en.md", 1)]),
    ("a file without a language", "K101", added("contrat/notes.md", "À faire.\n"),
     [("contrat/notes.md", 1)]),
    ("no English answer", "K102", without(f"{ALPHA}.en.md"), [(f"{ALPHA}.fr.md", 1)]),
    ("no phrasings", "K103", without(f"{ALPHA}.en.txt"), [(f"{ALPHA}.en.md", 1)]),
    ("a long first paragraph", "K104", in_file(f"{ALPHA}.fr.md", LEAD, LEAD + " Écrivez." * 60),
     [(f"{ALPHA}.fr.md", 11)]),
    ("over two messages", "K105",
     in_file(f"{ALPHA}.fr.md", STEP, STEP + "\n1. Gardez une copie de chaque pièce." * 120),
     [(f"{ALPHA}.fr.md", 11)]),
    ("a long sentence", "K106", in_file(f"{ALPHA}.fr.md", STEP, f"1. Le {LONG}."),
     [(f"{ALPHA}.fr.md", 14)]),
    ("an English heading in French", "K107",
     in_file(f"{ALPHA}.fr.md", "## Qui peut aider", "## Who can help"), [(f"{ALPHA}.fr.md", 21)]),
    ("an unknown heading", "K107",
     in_file(f"{ALPHA}.en.md", "## Who can help", "## Anything else"), [(f"{ALPHA}.en.md", 21)]),
    ("a list first", "K108", in_file(f"{ALPHA}.fr.md", "Aujourd’hui, écrivez", "- Écrivez"),
     [(f"{ALPHA}.fr.md", 11)]),
    ("bold that is not closed", "K109", in_file(f"{ALPHA}.fr.md", STEP, "1. **Vos pièces."),
     [(f"{ALPHA}.fr.md", 14)]),
    ("a link that is not closed", "K109",
     in_file(f"{ALPHA}.fr.md", STEP, "1. [Aide](https://example.org."), [(f"{ALPHA}.fr.md", 14)]),
    ("code", "K109", in_file(f"{ALPHA}.fr.md", STEP, "1. Tapez `aide`."),
     [(f"{ALPHA}.fr.md", 14)]),
    ("an empty topic", "K110", added("topics.yaml", "- key: vide\n  fr: Vide\n  en: Empty\n"),
     [("topics.yaml", 7)]),
    ("urgent, but not when", "K111", in_file(f"{BETA}.fr.md", LEAD,
     "Écrivez au prestataire.\n\nLaissez-lui {{delai}}."), [(f"{BETA}.fr.md", 12)]),
    ("an unknown profile", "K112", in_both(GAMMA, "[consumer, business]", "[consumer, robot]"),
     [(f"{GAMMA}.en.md", 9), (f"{GAMMA}.fr.md", 9)]),
    ("other actions in English", "K113", in_file(f"{GAMMA}.en.md", "[notice, gaps]", "[notice]"),
     [(f"{GAMMA}.en.md", 8)]),
    ("other figures in English", "K114", in_file(f"{GAMMA}.en.md", "{{delai}}", "nine days"),
     [(f"{GAMMA}.en.md", 11)]),
    ("few phrasings", "K201", lambda folder: (folder / f"{ALPHA}.fr.txt").write_text(
     "".join(phrasing("alpha", "fr", n) + "\n" for n in range(59))), [(f"{ALPHA}.fr.txt", 1)]),
    ("one phrasing in two entries", "K202",
     added(f"{GAMMA}.fr.txt", phrasing("alpha", "fr", 7).upper() + "\n"),
     [(f"{GAMMA}.fr.txt", 64)]),
    ("the question of another entry", "K202",
     added(f"{GAMMA}.fr.txt", "comment rompre le contrat\n"), [(f"{GAMMA}.fr.txt", 64)]),
    ("a phrasing of what is not ours", "K202",
     added("hors-sujet/bavardage.fr.txt", phrasing("alpha", "fr", 7) + "\n"),
     [("hors-sujet/bavardage.fr.txt", 32)]),
    ("a phrasing twice", "K203", added(f"{GAMMA}.fr.txt", phrasing("gamma", "fr", 7) + "\n"),
     [(f"{GAMMA}.fr.txt", 64)]),
    ("a phrasing nearer to another", "K204",
     added(f"{GAMMA}.fr.txt", backwards(phrasing("alpha", "fr", 7)) + "\n"),
     [(f"{GAMMA}.fr.txt", 64)]),
    ("a held-out phrasing", "K205",
     added("essais/tous.fr.txt", phrasing("alpha", "fr", 7) + " => alpha\n"),
     [("essais/tous.fr.txt", 5)]),
    ("a held-out question for nothing", "K206",
     added("essais/tous.fr.txt", "au sujet de rien => delta\n"), [("essais/tous.fr.txt", 5)]),
    ("a failure that is not asked", "K207",
     added("essais/echecs-connus.txt", "plus demandé\n"), [("essais/echecs-connus.txt", 3)]),
    ("small talk in French alone", "K208", without("hors-sujet/bavardage.en.txt"),
     [("hors-sujet/bavardage.fr.txt", 1)]),
    ("a source without a link", "K301",
     in_file(f"{ALPHA}.fr.md", SOURCE, "  - C. civ., art. 1226\n"), [(f"{ALPHA}.fr.md", 5)]),
    ("a link by http", "K302",
     in_file(f"{ALPHA}.fr.md", "https://example.org/aide", "http://example.org/aide"),
     [(f"{ALPHA}.fr.md", 22)]),
    ("a link to nothing", "K303",
     in_file(f"{ALPHA}.fr.md", "(https://example.org/aide)", "()"), [(f"{ALPHA}.fr.md", 22)]),
    ("a link to another file", "K303",
     in_file(f"{ALPHA}.fr.md", "(https://example.org/aide)", "(aide.html)"),
     [(f"{ALPHA}.fr.md", 22)]),
    ("a source that is no address", "K303",
     in_file(f"{ALPHA}.fr.md", "https://example.org/code", "www.example.org"),
     [(f"{ALPHA}.fr.md", 5)]),
    ("related to nothing", "K304", in_both(ALPHA, "[beta, gamma]", "[beta, delta]"),
     [(f"{ALPHA}.en.md", 7), (f"{ALPHA}.fr.md", 7)]),
    ("related to itself", "K305", in_both(BETA, "[alpha, gamma]", "[alpha, beta]"),
     [(f"{BETA}.en.md", 8), (f"{BETA}.fr.md", 8)]),
    ("one related entry", "K306", in_both(ALPHA, "[beta, gamma]", "[beta]"),
     [(f"{ALPHA}.en.md", 7), (f"{ALPHA}.fr.md", 7)]),
    ("an unknown action", "K307", in_both(ALPHA, "[notice, gaps]", "[notice, dance]"),
     [(f"{ALPHA}.en.md", 8), (f"{ALPHA}.fr.md", 8)]),
    ("an unknown placeholder", "K308", in_both(ALPHA, "{{delai}}", "{{delay}}"),
     [(f"{ALPHA}.en.md", 11), (f"{ALPHA}.fr.md", 11)]),
    ("a placeholder in a reply", "K308", in_file("hors-sujet/bavardage.en.md", "me", "{{delai}}"),
     [("hors-sujet/bavardage.en.md", 1)]),
    ("an unknown placeholder in the data", "K308", in_file("notes.yaml", "{{delai}}", "{{delay}}"),
     [("notes.yaml", 3)]),
    ("a note left in", "K308", in_file(f"{ALPHA}.fr.md", STEP, "1. TODO."),
     [(f"{ALPHA}.fr.md", 14)]),
    ("a doubtful value given as sure", "K309",
     in_file(f"{ALPHA}.fr.md", ", à vérifier au greffe", ""), [(f"{ALPHA}.fr.md", 18)]),
    ("reviewed tomorrow", "K401", in_both(ALPHA, "2026-03-02", "2026-11-25"),
     [(f"{ALPHA}.en.md", 3), (f"{ALPHA}.fr.md", 3)]),
    ("reviewed long ago", "K402", in_both(ALPHA, "2026-03-02", "2025-11-23"),
     [(f"{ALPHA}.en.md", 3), (f"{ALPHA}.fr.md", 3)]),
    ("English older than French", "K403", in_file(f"{ALPHA}.en.md", "2026-03-02", "2026-03-01"),
     [(f"{ALPHA}.en.md", 3)]),
    ("a value of tomorrow", "K404", in_file("values.yaml", "2026-01-05", "2026-11-25"),
     [("values.yaml", 1)]),
    ("a promise in French", "K501", in_file(f"{ALPHA}.fr.md", STEP, "1. Alors vous gagnerez."),
     [(f"{ALPHA}.fr.md", 14)]),
    ("a promise in English", "K501",
     in_file(f"{ALPHA}.en.md", "Collect your documents", "Success is guaranteed"),
     [(f"{ALPHA}.en.md", 14)]),
    ("a promise in the data", "K501", in_file("notes.yaml", "n’a pas de date", "est garanti"),
     [("notes.yaml", 3)]),
    ("a straight apostrophe", "K502", in_file(f"{ALPHA}.fr.md", "l’agence", "l'agence"),
     [(f"{ALPHA}.fr.md", 15)]),
    ("straight quotes", "K502",
     in_file(f"{ALPHA}.fr.md", f"«{NARROW}sous huit jours{NARROW}»", '"sous huit jours"'),
     [(f"{ALPHA}.fr.md", 19)]),
    ("a straight apostrophe in the data", "K502",
     in_file("notes.yaml", "L’incident", "L'incident"),
     [("notes.yaml", 3)]),
    ("an ordinary space before a colon", "K503",
     in_file(f"{ALPHA}.fr.md", f"){NARROW}: gratuit", ") : gratuit"), [(f"{ALPHA}.fr.md", 22)]),
    ("no space before a question mark", "K503",
     in_file(f"{ALPHA}.fr.md", f"contrat{NARROW}?", "contrat?"), [(f"{ALPHA}.fr.md", 2)]),
    ("an ordinary space in a reply", "K503",
     in_file("hors-sujet/bavardage.fr.md", f"{NARROW}!", " !"),
     [("hors-sujet/bavardage.fr.md", 1)]),
    ("straight quotes in English", "K504",
     in_file(f"{ALPHA}.en.md", "“within eight days”", '"within eight days"'),
     [(f"{ALPHA}.en.md", 19)]),
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_small_set(tmp_path)


def test_the_small_set_has_no_fault(folder: Path) -> None:
    assert lint(load(folder), TODAY) == []


@pytest.mark.parametrize(
    ("code", "seed", "places"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_fault_is_found_where_it_is_and_nothing_else(
    folder: Path, code: str, seed: Seed, places: list[tuple[str, int]]
) -> None:
    seed(folder)
    found = lint(load(folder), TODAY)
    expected = [(f"knowledge/{name}", line, code) for name, line in places]
    assert [(f.path.as_posix(), f.line, f.code) for f in found] == expected


def test_every_rule_has_a_seeded_fault() -> None:
    assert sorted({case[1] for case in CASES}) == [rule.code for rule in RULES]


def test_a_code_belongs_to_one_rule() -> None:
    codes = [rule.code for rule in RULES]
    assert sorted(set(codes)) == codes


def test_marks_ageing_and_missing_links_never_block() -> None:
    severities = {rule.code: rule.severity for rule in RULES}
    never = ("K301", "K302", "K402", "K403", "K502", "K503", "K504")
    assert {severities[code] for code in never} == {"warning"}


def test_what_misleads_a_client_blocks() -> None:
    severities = {rule.code: rule.severity for rule in RULES}
    always = ("K111", "K303", "K304", "K307", "K308", "K309", "K401", "K404", "K501")
    assert {severities[code] for code in always} == {"error"}


def test_a_finding_is_told_as_path_line_code_reason(folder: Path) -> None:
    in_file(f"{ALPHA}.en.md", "2026-03-02", "2026-03-01")(folder)
    (finding,) = lint(load(folder), TODAY)
    assert str(finding) == (
        "knowledge/contrat/alpha.en.md:3: K403 older than the French answer (2026-03-02); "
        "bring it up to date (warning)"
    )


def test_what_a_provider_promised_may_be_quoted(folder: Path) -> None:
    quoted = f"1. Gardez l’annonce «{NARROW}résultat garanti{NARROW}»."
    in_file(f"{ALPHA}.fr.md", STEP, quoted)(folder)
    assert lint(load(folder), TODAY) == []


@pytest.mark.parametrize(
    "words", ["n’est pas garanti", "la garantie légale", "garanti par le contrat"]
)
def test_legal_words_are_no_promise(folder: Path, words: str) -> None:
    in_file(f"{ALPHA}.fr.md", STEP, f"1. Un point~: {words}.".replace("~", NARROW))(folder)
    assert lint(load(folder), TODAY) == []


def test_an_intruder_beside_a_pair_is_the_one_that_is_told(folder: Path) -> None:
    line = phrasing("alpha", "fr", 7)
    added(f"{ALPHA}.fr.txt", backwards(line) + "\n")(folder)
    shuffled = " ".join([*line.split()[3:], *line.split()[:3]])
    added(f"{GAMMA}.fr.txt", shuffled + "x\n")(folder)
    found = [(f.path.name, f.line, f.code) for f in lint(load(folder), TODAY)]
    assert found == [("gamma.fr.txt", 64, "K204")]


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    """The exit code and the output of a command on that knowledge."""
    environment = {"RECOURS_KNOWLEDGE": str(folder), "RECOURS_DATA": str(folder.parent / "data")}
    result = CliRunner(env=environment).invoke(main, ["knowledge", *arguments])
    return result.exit_code, result.output


def test_check_says_so_when_nothing_is_wrong(folder: Path) -> None:
    assert run(folder, "check") == (0, "3 entries: 0 errors, 0 warnings.\n")


def test_check_fails_on_an_error_alone(folder: Path) -> None:
    in_file(f"{ALPHA}.fr.md", "l’agence", "l'agence")(folder)
    code, output = run(folder, "check")
    assert (code, output.splitlines()[-1]) == (0, "3 entries: 0 errors, 1 warning.")
    in_file(f"{ALPHA}.fr.md", STEP, "1. TODO.")(folder)
    code, output = run(folder, "check")
    assert (code, output.splitlines()[-1]) == (1, "3 entries: 1 error, 1 warning.")


def test_check_tells_what_the_loader_can_not_read(folder: Path) -> None:
    in_file(f"{ALPHA}.fr.md", "---\n", "")(folder)
    code, output = run(folder, "check")
    assert (code, output.split(" ", 2)[:2]) == (1, ["knowledge/contrat/alpha.fr.md:1:", "K020"])


def test_fix_mends_the_marks_and_nothing_else(folder: Path) -> None:
    before = {p: p.read_bytes() for p in folder.rglob("*.*")}
    in_file(f"{ALPHA}.fr.md", f"contrat{NARROW}?", "contrat ?")(folder)
    in_file(f"{ALPHA}.fr.md", "l’agence", "l'agence")(folder)
    in_file("notes.yaml", f"date{NARROW}:", "date :")(folder)
    code, output = run(folder, "fix")
    assert (code, output) == (
        0, "knowledge/contrat/alpha.fr.md\nknowledge/notes.yaml\nFiles changed: 2.\n",
    )  # fmt: skip
    assert {p: p.read_bytes() for p in folder.rglob("*.*")} == before


def test_the_summary_counts_each_severity() -> None:
    assert summary([]) == "0 errors, 0 warnings"


def test_every_code_is_in_the_table_of_the_readme() -> None:
    loader = (ROOT / "bot" / "faq" / "loader.py").read_text(encoding="utf-8")
    trial = (ROOT / "bot" / "faq" / "trial.py").read_text(encoding="utf-8")
    codes = set(re.findall(r'"(K0\d\d)"', loader)) | set(re.findall(r'"(T\d{3})"', trial))
    codes |= {rule.code for rule in RULES}
    # K001 is told without quotes around it: there is no folder to name a file in.
    codes.add("K001")
    readme = (ROOT / "knowledge" / "README.md").read_text(encoding="utf-8")
    documented = re.findall(r"^\| ((?:K|T)\d{3}) \|", readme, re.MULTILINE)
    assert sorted(documented) == sorted(codes)
