"""Says in plain words where understanding is still weak."""

from __future__ import annotations

from typing import Any, Final

TARGETS: Final = {
    "recall": (0.97, "danger recognised as danger"),
    "false_raises": (0.08, "standard messages raised"),
    "emergency_as_emergency": (0.92, "emergencies recognised as emergencies"),
    "intent": (0.88, "intent right"),
}
_FEW_MESSAGES: Final = 15


def weaknesses(section: dict[str, Any]) -> list[str]:
    """Sentences about one section of the report, the gravest first."""
    return [
        *_missed_targets(section["figures"]),
        *_groups(section["by_voice"], "recall", 0.9, "danger is missed most in", lowest=True),
        *_groups(section["by_voice"], "false_raises", 0.12, "calm is raised most in", lowest=False),
        *_groups(section["by_length"], "recall", 0.9, "danger is missed in", lowest=True),
        *_intents(section["intents"]),
    ]


def _missed_targets(figures: dict[str, float]) -> list[str]:
    said = []
    for name, (target, what) in TARGETS.items():
        value = figures[name]
        fine = value <= target if name == "false_raises" else value >= target
        if not fine:
            sign = "at most" if name == "false_raises" else "at least"
            said.append(f"{what}: {value:.1%}, where {sign} {target:.0%} is wanted")
    return said


def _groups(
    rows: list[dict[str, Any]], measure: str, limit: float, words: str, *, lowest: bool
) -> list[str]:
    known = [r for r in rows if r[measure] is not None and r["messages"] >= _FEW_MESSAGES]
    bad = [r for r in known if (r[measure] < limit) == lowest and r[measure] != limit]
    worst = sorted(bad, key=lambda row: row[measure], reverse=not lowest)[:4]
    if not worst:
        return []
    return [f"{words} " + ", ".join(f"{r['group']} ({r[measure]:.0%})" for r in worst)]


def _intents(rows: list[dict[str, Any]]) -> list[str]:
    said = []
    for row in [r for r in rows if r["messages"] >= _FEW_MESSAGES][:5]:
        taken = ", ".join(name for name, _ in row["taken_for"][:2])
        if row["recall"] < TARGETS["intent"][0]:
            said.append(
                f"{row['intent']} is found {row['recall']:.0%} of the time; read as {taken}"
            )
    return said
