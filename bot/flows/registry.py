"""All the flows, by name."""

from __future__ import annotations

from bot.flows import deadline, gates, incident, letters, loss, provider, sent
from bot.flows.model import Flow

FLOWS: dict[str, Flow] = {
    flow.name: flow
    for flow in (
        incident.FLOW,
        provider.FLOW,
        loss.FLOW,
        *letters.FLOWS,
        sent.FLOW,
        deadline.FLOW,
        *gates.FLOWS,
    )
}
