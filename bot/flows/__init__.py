"""Guided flows: one question at a time."""
