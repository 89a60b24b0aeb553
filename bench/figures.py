"""What was measured, and the table that shows it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bench.load import Shot

_WORTH_SHOWING = 0.05  # milliseconds a message


@dataclass(frozen=True)
class Times:
    """Percentiles of a series, in milliseconds; NaN when there were none."""

    p50: float
    p95: float
    p99: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Times:
        """Nearest-rank percentiles."""
        ordered = sorted(seconds)

        def rank(share: float) -> float:
            if not ordered:
                return math.nan
            return ordered[max(0, math.ceil(share * len(ordered)) - 1)] * 1000

        return cls(rank(0.50), rank(0.95), rank(0.99))

    def __str__(self) -> str:
        return " / ".join(_number(value) for value in (self.p50, self.p95, self.p99))


@dataclass(frozen=True)
class Figures:
    """One side: rates in messages a second, memory in megabytes.

    `cpu` is processor time by program, in milliseconds a message, under the greatest load.
    """

    name: str
    sustained: float
    paced: float
    acknowledged: Times
    sent: Times
    asked: int
    unanswered: int
    fixed: int
    memory: float
    cpu: Mapping[str, float] = field(default_factory=dict)


def rate_of(shots: Sequence[Shot], seconds: float) -> float:
    """Messages answered a second, of those that were answered within the time."""
    if not shots:
        return 0.0
    began = min(shot.due for shot in shots)
    return sum(shot.sent is not None and shot.sent <= began + seconds for shot in shots) / seconds


def acknowledgements(shots: Sequence[Shot]) -> Times:
    """From the webhook to its answer."""
    return Times.of([s.acknowledged - s.due for s in shots if s.acknowledged is not None])


def sends(shots: Sequence[Shot]) -> Times:
    """From the webhook to the first reply's acceptance by the carrier."""
    return Times.of([s.sent - s.due for s in shots if s.sent is not None])


def table(ours: Figures, stock: Figures) -> str:
    """The comparison, with the aims beside it."""
    factor = ours.sustained / stock.sustained if stock.sustained else math.inf
    rows = [
        ("", ours.name, stock.name, "aim"),
        ("sustained, messages a second", _rate(ours.sustained), _rate(stock.sustained), ""),
        ("  times stock", _number(factor), "1", ">= 10"),
        ("latencies at, messages a second", _rate(ours.paced), _rate(stock.paced), "50"),
        ("  acknowledged, ms p50/p95/p99", str(ours.acknowledged), str(stock.acknowledged),
         "p99 <= 25"),
        ("  first reply sent, ms p50/p95/p99", str(ours.sent), str(stock.sent), ""),
        ("texts without an answer", _share(ours.unanswered, ours), _share(stock.unanswered, stock),
         "0"),
        ("answered by the fixed fallback", _share(ours.fixed, ours), "-", "0"),
        ("memory of everything, MB", _number(ours.memory), _number(stock.memory), "<= 1600"),
        ("processor time a message, ms", _milliseconds(sum(ours.cpu.values())),
         _milliseconds(sum(stock.cpu.values())), ""),
        *_by_program(ours, stock),
    ]  # fmt: skip
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        f"{row[0]:<{widths[0]}}  "
        + "  ".join(f"{cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True))
        for row in rows
    ]
    lines.insert(1, "-" * len(lines[0]))
    return "\n".join(line.rstrip() for line in lines)


def _by_program(ours: Figures, stock: Figures) -> list[tuple[str, str, str, str]]:
    """Where the processor time goes, the dearest first."""
    worth = {n: ours.cpu.get(n, 0.0) + stock.cpu.get(n, 0.0) for n in {*ours.cpu, *stock.cpu}}
    dearest = sorted(worth, key=worth.__getitem__, reverse=True)
    return [
        (
            f"  {name}",
            _milliseconds(ours.cpu.get(name, 0.0)),
            _milliseconds(stock.cpu.get(name, 0.0)),
            "",
        )
        for name in dearest
        if worth[name] >= _WORTH_SHOWING
    ]


def _milliseconds(value: float) -> str:
    return f"{value:.1f}" if value else "-"


def _number(value: float) -> str:
    if not math.isfinite(value):
        return "-"
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}"


def _rate(value: float) -> str:
    return f"{value:.1f}"


def _share(count: int, side: Figures) -> str:
    return f"{count} of {side.asked}"
