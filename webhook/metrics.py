"""Counters and timings for Prometheus; labels never carry an id, an area or a language."""

from __future__ import annotations

from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900)


@dataclass
class Metrics:
    """The figures of one process, in a registry of its own."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)

    def __post_init__(self) -> None:
        registry = self.registry
        self.inbox = Counter("inbox", "Messages stored", ["channel"], registry=registry)
        self.repeats = Counter("inbox_repeats", "Repeated webhooks", registry=registry)
        self.rejected = Counter("webhook_rejected", "Webhooks refused", ["why"], registry=registry)
        self.handled = Counter("handled", "Messages handled", ["how"], registry=registry)
        self.dead_letters = Counter("dead_letters", "Messages set aside", registry=registry)
        self.sends = Counter("carrier_sends", "Sends by outcome", ["outcome"], registry=registry)
        self.assistant = Histogram(
            "assistant_seconds", "Asking the assistant", buckets=_SECONDS, registry=registry
        )
        self.answer = Histogram(
            "answer_seconds", "Stored to answered", buckets=_SECONDS, registry=registry
        )
        self.waiting = Gauge(
            "inbox_oldest_unhandled_seconds", "Oldest message not handled", registry=registry
        )
        self.unsent = Gauge(
            "outbox_oldest_unsent_seconds", "Oldest reply not sent", registry=registry
        )
        self.handovers = Gauge("handovers_unclaimed", "People waiting for one", registry=registry)
        self.deleted = Counter(
            "retention_deleted", "Conversations deleted", ["reason"], registry=registry
        )
