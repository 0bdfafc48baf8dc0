"""One turn of conversation. `Assistant.handle` is the only port."""

from bot.assistant.assistant import Assistant

__all__ = ["Assistant"]
