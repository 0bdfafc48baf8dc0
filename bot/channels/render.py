"""An editor's Markdown as a channel shows it: entities for Telegram, plain text elsewhere."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

MAX_UNITS = 4096
"""UTF-16 units in one Telegram message, markup taken off."""

MAX_CAPTION = 1024


@lru_cache(maxsize=1)
def _config() -> Any:
    from telegramify_markdown.config import RenderConfig

    config = RenderConfig.isolated()
    symbol = config.markdown_symbol
    symbol.heading_level_1 = symbol.heading_level_2 = ""
    symbol.heading_level_3 = symbol.heading_level_4 = ""
    symbol.unordered_list_item = "•"
    return config


@lru_cache(maxsize=512)
def convert(markdown: str) -> tuple[str, tuple[Any, ...]]:
    """The text and its entities (bold, links), counted in UTF-16 units."""
    import telegramify_markdown

    text, entities = telegramify_markdown.convert(markdown, latex_escape=False, config=_config())
    return text.rstrip("\n"), tuple(entities)


def plain(markdown: str) -> str:
    """For a terminal: the text, each link's address after it."""
    text, entities = convert(markdown)
    units = text.encode("utf-16-le")
    for entity in sorted(entities, key=lambda e: -(e.offset + e.length)):
        if entity.type == "text_link" and entity.url:
            end = (entity.offset + entity.length) * 2
            units = units[:end] + f" <{entity.url}>".encode("utf-16-le") + units[end:]
    return units.decode("utf-16-le")


def split(text: str, entities: tuple[Any, ...] = ()) -> list[tuple[str, list[Any]]]:
    """Messages that Telegram accepts, cut at line ends."""
    import telegramify_markdown

    return telegramify_markdown.split_entities(text, list(entities), MAX_UNITS)
