"""Settings come from the environment and `.env`; whatever is wrong is named, all at once."""

from __future__ import annotations

import os
import traceback
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from bot.config import Settings, load, shipped
from bot.errors import SettingsError

SECRET = "12345:very-secret"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to be in, and no setting in the environment."""
    for name in list(os.environ):
        if name.upper().startswith("RECOURS_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def faults() -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load()
    first, *lines = str(caught.value).splitlines()
    assert first == "Settings can't be used:"
    return lines


def test_nothing_has_to_be_set() -> None:
    settings = load()
    assert settings.token is None
    assert settings.data == Path("data")
    assert settings.zone == ZoneInfo("Europe/Paris")
    assert settings.operators == frozenset()
    assert (settings.knowledge / "topics.yaml").is_file()
    assert (settings.locales / "fr").is_dir() or (settings.locales / "fr.po").is_file()


def test_what_is_shipped_is_beside_the_program() -> None:
    assert shipped("knowledge").is_dir()


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {
        "TOKEN": SECRET, "DATA": "/srv/recours", "OPERATORS": "1, -2,,3 ", "LOG": "debug",
        "TIMEZONE": "Europe/Brussels", "LISTEN": ":80", "API_URL": "http://localhost:1",
    }  # fmt: skip
    for name, value in values.items():
        monkeypatch.setenv(f"RECOURS_{name}", value)
    settings = load()
    assert settings.token is not None
    assert settings.token.get_secret_value() == SECRET
    assert settings.data == Path("/srv/recours")
    assert settings.operators == {1, -2, 3}
    assert settings.log == "DEBUG"
    assert settings.zone == ZoneInfo("Europe/Brussels")
    assert settings.listen == ":80"
    assert settings.api_url == "http://localhost:1"


def test_settings_come_from_a_file_and_the_environment_wins(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / ".env").write_text("# mine\nRECOURS_LOG=ERROR\nRECOURS_DATA='other folder'\n")
    monkeypatch.setenv("RECOURS_LOG", "WARNING")
    settings = load()
    assert (settings.log, settings.data) == ("WARNING", Path("other folder"))


def test_the_token_can_be_in_a_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "token").write_text(f" {SECRET}\n")
    monkeypatch.setenv("RECOURS_TOKEN_FILE", "token")
    settings = load()
    assert settings.token is not None
    assert settings.token.get_secret_value() == SECRET


def test_a_token_that_is_given_wins_over_its_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "token").write_text("54321:other")
    monkeypatch.setenv("RECOURS_TOKEN_FILE", "token")
    monkeypatch.setenv("RECOURS_TOKEN", SECRET)
    settings = load()
    assert settings.token is not None
    assert settings.token.get_secret_value() == SECRET


@pytest.mark.parametrize("name", ["TOKEN", "TOKEN_FILE", "WEBHOOK_URL", "WEBHOOK_SECRET"])
def test_an_empty_setting_is_not_set(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(f"RECOURS_{name}", "")
    assert getattr(load(), name.lower()) is None


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "No such file"), (b"", "is empty"), (b" \n", "is empty"), (b"\xff\xfe", "as text")],
)
def test_a_token_file_without_a_token_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, words: str
) -> None:
    if content is not None:
        (folder / "token").write_bytes(content)
    monkeypatch.setenv("RECOURS_TOKEN_FILE", "token")
    [line] = faults()
    assert line.startswith("RECOURS_TOKEN_FILE: ")
    assert words in line


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("TIMEZONE", "Mars/Olympus", "use a name such as Europe/Paris"),
        ("TIMEZONE", "Europe", "use a name such as Europe/Paris"),
        ("TIMEZONE", "", "use a name such as Europe/Paris"),
        ("TIMEZONE", "../../etc/passwd", "use a name such as Europe/Paris"),
        ("LOG", "loud", "use DEBUG, INFO, WARNING or ERROR"),
        ("OPERATORS", "anne", "valid integer"),
        ("LISTEN", "8080", "use HOST:PORT"),
        ("LISTEN", "localhost:", "use HOST:PORT"),
        ("LISTEN", "localhost:99999", "use HOST:PORT"),
    ],
)
def test_a_wrong_value_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    monkeypatch.setenv(f"RECOURS_{name}", value)
    [line] = faults()
    assert line.startswith(f"RECOURS_{name}: ")
    assert words in line


def test_an_unknown_setting_is_named_wherever_it_is(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / ".env").write_text(f"RECOURS_TOKKEN={SECRET}\nTZ=UTC\n")
    monkeypatch.setenv("RECOURS_TIMEZON", "Europe/Paris")
    assert faults() == [
        "RECOURS_TIMEZON: there is no such setting",
        "RECOURS_TOKKEN: there is no such setting (in .env)",
        "TZ: there is no such setting (in .env)",
    ]


def test_all_faults_are_told_at_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / ".env").write_text("RECOURS_DTA=x\n")
    wrong = {"TOKEN_FILE": "nowhere", "TIMEZONE": "Mars", "LOG": "loud", "OPERATORS": "anne"}
    for name, value in wrong.items():
        monkeypatch.setenv(f"RECOURS_{name}", value)
    named = {line.partition(":")[0] for line in faults()}
    assert named == {"RECOURS_DTA", *(f"RECOURS_{name}" for name in wrong)}


def test_no_secret_is_shown(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECOURS_TOKEN", SECRET)
    monkeypatch.setenv("RECOURS_WEBHOOK_SECRET", SECRET)
    settings = load()
    assert "very-secret" not in f"{settings} {settings!r} {settings.model_dump_json()}"


def test_no_secret_is_in_what_the_library_says(folder: Path) -> None:
    (folder / ".env").write_text(f"RECOURS_TOKKEN={SECRET}\n")
    with pytest.raises(ValidationError) as caught:
        Settings()
    assert "very-secret" not in str(caught.value)


def test_no_secret_is_in_the_trace_of_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECOURS_TOKEN", SECRET)
    monkeypatch.setenv("RECOURS_TOKEN_FILE", "nowhere")
    monkeypatch.setenv("RECOURS_LOG", "loud")
    try:
        load()
    except SettingsError as error:
        trace = "".join(traceback.format_exception(error))
    assert "RECOURS_LOG" in trace
    assert "very-secret" not in trace
