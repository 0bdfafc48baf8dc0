"""Recours: a chat assistant for clients in dispute with their web provider."""

__version__ = "0.1.0"
