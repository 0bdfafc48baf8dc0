"""Settings, read once from the environment and from a `.env` file when there is one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import SettingsError

_PACKAGE = Path(__file__).parent


def shipped(name: str) -> Path:
    """Where a folder that comes with the program is: in a wheel, or beside `bot/`."""
    inside = _PACKAGE / "_data" / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


class Settings(BaseSettings):
    """What an operator can set; each is `RECOURS_` and its name in capitals."""

    model_config = SettingsConfigDict(
        env_prefix="RECOURS_", env_file=".env", extra="forbid", frozen=True
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
        except (ZoneInfoNotFoundError, ValueError) as error:
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

    @field_validator("token", "token_file", "webhook_url", "webhook_secret", mode="before")
    @classmethod
    def _empty_is_unset(cls, value: Any) -> Any:
        return None if value == "" else value

    @model_validator(mode="before")
    @classmethod
    def _read_token_file(cls, values: dict[str, Any]) -> dict[str, Any]:
        path = values.get("token_file")
        if path and not values.get("token"):
            try:
                values["token"] = Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise ValueError(f"RECOURS_TOKEN_FILE can't be read: {error}") from error
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
    try:
        return Settings()
    except ValidationError as error:
        lines = []
        for fault in error.errors():
            name = "_".join(str(part) for part in fault["loc"]).upper().removeprefix("RECOURS_")
            lines.append(f"RECOURS_{name}: {fault['msg']}")
        raise SettingsError("Settings can't be used:\n" + "\n".join(lines)) from error
