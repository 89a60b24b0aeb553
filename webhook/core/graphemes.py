"""Split text into what a reader sees as one character, as Twilio's segment calculator does.

A port of grapheme-splitter 1.0.4 (UAX #29, Unicode 10), its deviations included: a newer table
would count the segments of newer emoji otherwise than the carrier's tool.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cache
from pathlib import Path

_HANGUL_FIRST, _HANGUL_LAST, _HANGUL_T = 0xAC00, 0xD7A3, 28


def graphemes(text: str) -> list[str]:
    """The grapheme clusters of `text`, in order; joined they are `text` again."""
    found: list[str] = []
    start = 0
    while start < len(text):
        end = _next_break(text, start)
        found.append(text[start:end])
        start = end
    return found


def _next_break(text: str, start: int) -> int:
    seen = [_kind(text[start])]
    for i in range(start + 1, len(text)):
        seen.append(_kind(text[i]))
        if _breaks(seen):
            return i
    return len(text)


def _breaks(seen: list[str]) -> bool:
    """Whether there is a break before the last of the classes `seen` since the last break."""
    first, middle, previous, following = seen[0], seen[1:-1], seen[-2], seen[-1]
    if _odd_modifier(seen, first) or _odd_regional(seen, previous):
        return True
    if previous in ("CR", "LF", "Control"):
        return not (previous == "CR" and following == "LF")
    if following in ("CR", "LF", "Control"):
        return True
    if _hangul(previous, following) or following in ("Extend", "ZWJ", "SpacingMark"):
        return False
    if previous == "Prepend" or _modifies(seen):
        return False
    if previous == "ZWJ" and following in ("Glue", "E_Base_GAZ"):
        return False
    pair = previous == following == "Regional"
    return not pair or "Regional" in middle


def _odd_modifier(seen: list[str], first: str) -> bool:
    last = _last(seen, "E_Modifier")
    only_extended = all(kind == "Extend" for kind in seen[1:last]) if last > 1 else False
    return only_extended and first not in ("Extend", "E_Base", "E_Base_GAZ")


def _odd_regional(seen: list[str], previous: str) -> bool:
    last = _last(seen, "Regional")
    if last <= 0 or previous in ("Prepend", "Regional"):
        return False
    return all(kind == "Regional" for kind in seen[1:last])


def _hangul(previous: str, following: str) -> bool:
    if previous == "L":
        return following in ("L", "V", "LV", "LVT")
    if previous in ("LV", "V"):
        return following in ("V", "T")
    return previous in ("LVT", "T") and following == "T"


def _modifies(seen: list[str]) -> bool:
    """A skin tone after an emoji that takes one, with only extending marks between."""
    if seen[-1] != "E_Modifier":
        return False
    base = _last(seen, "Extend") - 1 if "Extend" in seen else len(seen) - 2
    if base < 0 or seen[base] not in ("E_Base", "E_Base_GAZ"):
        return False
    return all(kind == "Extend" for kind in seen[base + 1 : -1])


def _last(seen: list[str], kind: str) -> int:
    return len(seen) - 1 - seen[::-1].index(kind) if kind in seen else -1


def _kind(char: str) -> str:
    point = ord(char)
    if _HANGUL_FIRST <= point <= _HANGUL_LAST:
        return "LV" if (point - _HANGUL_FIRST) % _HANGUL_T == 0 else "LVT"
    starts, ends, kinds = _ranges()
    at = bisect_right(starts, point) - 1
    return kinds[at] if at >= 0 and point <= ends[at] else "Other"


@cache
def _ranges() -> tuple[list[int], list[int], list[str]]:
    rows: list[tuple[int, int, str]] = []
    kind = ""
    text = Path(__file__).with_name("graphemes.txt").read_text(encoding="ascii")
    for word in (w for line in text.splitlines() if line[:1] != "#" for w in line.split()):
        if word.endswith(":"):
            kind = word[:-1]
            continue
        first, _, last = word.partition("-")
        rows.append((int(first, 16), int(last or first, 16), kind))
    rows.sort()
    return [r[0] for r in rows], [r[1] for r in rows], [r[2] for r in rows]
