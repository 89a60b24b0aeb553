"""The evaluation as one HTML page that loads nothing."""

from __future__ import annotations

from html import escape
from typing import Any, Final

from bot.components.understanding import LEVELS
from bot.evaluation.plots import unit_plot
from bot.evaluation.weaknesses import TARGETS

_STYLE: Final = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 1100px; margin: 2em auto; padding: 0 1em }
table { border-collapse: collapse; margin: 1em 0 }
td, th { padding: .25em .7em; border-bottom: 1px solid #b1b4b6; text-align: left }
td, th { vertical-align: top }
figure { display: inline-block; margin: 1em 1em 1em 0 }
svg { font: 12px system-ui, sans-serif }
figcaption { font-weight: 600 }
"""


def page(report: dict[str, Any]) -> str:
    """The whole page for what `measure_all` gives."""
    sections = "".join(_section(section) for section in report["sections"])
    latency = _table(["", "value"], [[k, v] for k, v in report["latency"].items()])
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Understanding: how well'
        f" danger and need are read</title><style>{_STYLE}</style></head><body>"
        f"<h1>How well danger and need are read</h1><p>{escape(report['about'])}</p>{sections}"
        f"<h2>Time for one message, one core</h2>{latency}</body></html>"
    )


def _section(section: dict[str, Any]) -> str:
    weak = "".join(f"<li>{escape(text)}</li>" for text in section["weak"])
    return "".join(
        [
            f"<h2>{escape(section['name'])}</h2><p>{escape(section['about'])}</p>",
            _figures(section["figures"]),
            f"<h3>Where it is weak</h3><ul>{weak}</ul>",
            _plots(section),
            "<h3>Triage: labelled (down), given (across)</h3>",
            _table(["", *LEVELS], _named(section["confusion"])),
            "<h3>Answering only when sure of the intent</h3>",
            _rows(section["coverage"]),
            "<h3>By voice</h3>",
            _rows(section["by_voice"]),
            "<h3>By length</h3>",
            _rows(section["by_length"]),
            _rows(section["by_channel"]),
            "<h3>Intents, weakest first</h3>",
            _rows(section["intents"]),
            "<h3>Worst confused pairs</h3>",
            _rows(section["pairs"]),
        ]
    )


def _named(confusion: list[list[int]]) -> list[list[Any]]:
    return [[level, *row] for level, row in zip(LEVELS, confusion, strict=True)]


def _figures(figures: dict[str, float]) -> str:
    wanted = {name: target for name, (target, _) in TARGETS.items()}
    rows = [[name, _shown(value), wanted.get(name, "")] for name, value in figures.items()]
    return _table(["figure", "measured", "target"], rows)


def _plots(section: dict[str, Any]) -> str:
    curve, reliability = section["curve"], section["calibration"]["danger"]["table"]
    return unit_plot(
        "Recall against false raises, gate and model together",
        "standard messages raised",
        "recall",
        {
            "danger": [(p["false_raises"], p["recall"]) for p in curve],
            "emergency": [(p["false_emergencies"], p["emergency_recall"]) for p in curve],
        },
    ) + unit_plot(
        f"Probability of danger; calibration error {section['calibration']['danger']['error']:.3f}",
        "said",
        "held",
        {"danger": [(row["said"], row["held"]) for row in reliability]},
        diagonal=True,
    )


def _rows(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return ""
    return _table(list(rows[0]), [list(row.values()) for row in rows])


def _table(head: list[str], rows: list[list[Any]]) -> str:
    top = "".join(f"<th>{escape(str(name))}</th>" for name in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(_shown(cell))}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    return f"<table><tr>{top}</tr>{body}</table>"


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, list):
        return " · ".join(_shown(part) for part in value)
    return " ".join(map(str, value)) if isinstance(value, tuple) else str(value)
