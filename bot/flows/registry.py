"""All the flows, by name."""

from __future__ import annotations

from bot.flows import deadline, gates, incident, loss
from bot.flows.model import Flow

FLOWS: dict[str, Flow] = {flow.name: flow for flow in (incident.FLOW, loss.FLOW, deadline.FLOW, *gates.FLOWS)}
