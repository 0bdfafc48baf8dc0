"""Settings, read once from the environment and from a `.env` file when there is one."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import SettingsError

_PACKAGE = Path(__file__).parent
_PREFIX = "RECOURS_"


def shipped(name: str) -> Path:
    """Where a folder that comes with the program is: in a wheel, or beside `bot/`."""
    inside = _PACKAGE / "_data" / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


class Settings(BaseSettings):
    """What an operator can set; each is `RECOURS_` and its name in capitals."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX,
        env_file=".env",
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,  # a trace of a fault must not show the token
    )

    token: SecretStr | None = None
    token_file: Path | None = None
    api_url: str = "https://api.telegram.org"
    data: Path = Path("data")
    knowledge: Path = Field(default_factory=lambda: shipped("knowledge"))
    locales: Path = Field(default_factory=lambda: shipped("locales"))
    operators: Annotated[frozenset[int], NoDecode] = frozenset()
    webhook_url: str | None = None
    webhook_secret: SecretStr | None = None
    listen: str = "127.0.0.1:8080"
    timezone: str = "Europe/Paris"
    log: str = "INFO"

    @field_validator("operators", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if isinstance(value, str):
            return frozenset(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(
                f"{value!r} is not a time zone; use a name such as Europe/Paris"
            ) from error
        return value

    @field_validator("log")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError("use DEBUG, INFO, WARNING or ERROR")
        return value.upper()

    @field_validator("listen")
    @classmethod
    def _host_and_port(cls, value: str) -> str:
        port = value.rpartition(":")[2]
        if ":" not in value or not port.isdecimal() or int(port) > 65535:
            raise ValueError("use HOST:PORT, such as 127.0.0.1:8080")
        return value

    @field_validator("token", "token_file", "webhook_url", "webhook_secret", mode="before")
    @classmethod
    def _empty_is_unset(cls, value: Any) -> Any:
        return None if value == "" else value

    @field_validator("token_file")
    @classmethod
    def _holds_a_token(cls, value: Path | None) -> Path | None:
        if value is not None and not _token_in(value):
            raise ValueError(f"{value} is empty")
        return value

    @model_validator(mode="before")
    @classmethod
    def _read_token_file(cls, values: dict[str, Any]) -> dict[str, Any]:
        path = values.get("token_file")
        if path and not values.get("token"):
            # What is wrong with the file is told with the other faults, by its own validator.
            with suppress(ValueError):
                values["token"] = _token_in(Path(path))
        return values

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which users are shown times."""
        return ZoneInfo(self.timezone)


def load() -> Settings:
    """The settings.

    Raises:
        SettingsError: one is wrong; every fault is named.
    """
    known = {_PREFIX + name.upper() for name in Settings.model_fields}
    faults = [
        f"{name}: there is no such setting"
        for name in sorted(os.environ)
        if name.upper().startswith(_PREFIX) and name.upper() not in known
    ]
    settings: Settings | None = None
    try:
        settings = Settings()
    except ValidationError as error:
        faults += [
            _describe(fault["loc"], fault["type"], fault["msg"]) for fault in error.errors()
        ]
    if settings is None or faults:
        raise SettingsError("Settings can't be used:\n" + "\n".join(faults))
    return settings


def _describe(where: tuple[int | str, ...], kind: str, message: str) -> str:
    name = str(where[0]).upper() if where else ""
    if kind == "extra_forbidden":
        return f"{name}: there is no such setting (in .env)"
    return f"{_PREFIX}{name}: {message.removeprefix('Value error, ')}"


def _token_in(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} can't be read as text: {error}") from None
