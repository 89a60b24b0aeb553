"""Small plots as inline SVG: nothing is loaded from anywhere."""

from __future__ import annotations

from html import escape
from typing import Final

Points = list[tuple[float, float]]

_SIZE: Final = 320
_EDGE: Final = 44
_COLOURS: Final = ("#1d70b8", "#d4351c", "#00703c")


def unit_plot(
    title: str, across: str, up: str, lines: dict[str, Points], *, diagonal: bool = False
) -> str:
    """Lines over axes from 0 to 1, each named in the legend."""
    parts = [_axes(across, up)]
    if diagonal:
        parts.append(_line([(0.0, 0.0), (1.0, 1.0)], "#b1b4b6", dots=False))
    for index, (name, points) in enumerate(lines.items()):
        colour = _COLOURS[index % len(_COLOURS)]
        parts.append(_line(points, colour, dots=True))
        y = _EDGE + 14 + 15 * index
        parts.append(f'<text x="{_EDGE + 90}" y="{y}" fill="{colour}">{escape(name)}</text>')
    side = _SIZE + 2 * _EDGE
    body = "".join(parts)
    return (
        f'<figure><figcaption>{escape(title)}</figcaption><svg viewBox="0 0 {side} {side}" '
        f'width="{side}" role="img" aria-label="{escape(title)}">{body}</svg></figure>'
    )


def _axes(across: str, up: str) -> str:
    low, high, middle = _EDGE, _EDGE + _SIZE, _EDGE + _SIZE // 2
    marks = "".join(_mark(step / 5) for step in range(6))
    return (
        f'<path d="M{low} {low}V{high}H{high}" fill="none" stroke="#505a5f"/>{marks}'
        f'<text x="{middle}" y="{high + 36}" text-anchor="middle">{escape(across)}</text>'
        f'<text transform="translate(12 {middle}) rotate(-90)" text-anchor="middle">'
        f"{escape(up)}</text>"
    )


def _mark(value: float) -> str:
    x, y = _place(value, value)
    return (
        f'<path d="M{x} {_EDGE}V{_EDGE + _SIZE}M{_EDGE} {y}H{_EDGE + _SIZE}" stroke="#f0f0f0"/>'
        f'<text x="{x}" y="{_EDGE + _SIZE + 16}" text-anchor="middle">{value:.1f}</text>'
        f'<text x="{_EDGE - 5}" y="{y + 4}" text-anchor="end">{value:.1f}</text>'
    )


def _line(points: Points, colour: str, *, dots: bool) -> str:
    placed = [_place(*point) for point in points]
    path = " ".join(f"{x},{y}" for x, y in placed)
    line = f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
    circles = [f'<circle cx="{x}" cy="{y}" r="2.5" fill="{colour}"/>' for x, y in placed]
    return line + "".join(circles if dots else [])


def _place(x: float, y: float) -> tuple[float, float]:
    return round(_EDGE + x * _SIZE, 1), round(_EDGE + (1 - y) * _SIZE, 1)
