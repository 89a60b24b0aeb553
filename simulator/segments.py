"""How many parts a text is sent in, counted as Twilio counts with smart encoding off.

Source of the rule and of the character table: Twilio's message-segment-calculator. A character
never straddles two parts, so parts are filled one character at a time and not by division.
"""

from dataclasses import dataclass
from typing import Literal

Encoding = Literal["GSM-7", "UCS-2"]

# Form feed is Twilio's; the table leaves out the grave accent and lower-case c-cedilla.
_GSM_EXTENDED = frozenset("\f^{}\\[~]|€")
_GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ROOM: dict[Encoding, tuple[int, int]] = {"GSM-7": (160, 153), "UCS-2": (70, 67)}


@dataclass(frozen=True)
class Parts:
    """The number of parts and the encoding they are in."""

    count: int
    encoding: Encoding


def count_parts(text: str) -> Parts:
    """Count the parts of a text; an empty text still takes one."""
    # A carriage return and line feed together are one character to Twilio, and not a GSM-7 one.
    gsm = "\r\n" not in text and all(c in _GSM_BASIC or c in _GSM_EXTENDED for c in text)
    encoding: Encoding = "GSM-7" if gsm else "UCS-2"
    widths = [_width(character, encoding) for character in text]
    whole, joined = _ROOM[encoding]
    if sum(widths) <= whole:
        return Parts(1, encoding)
    return Parts(_fill(widths, joined), encoding)


def _width(character: str, encoding: Encoding) -> int:
    """Units a character takes: 7-bit ones in GSM-7, 16-bit ones in UCS-2."""
    if encoding == "GSM-7":
        return 2 if character in _GSM_EXTENDED else 1
    return 2 if ord(character) > 0xFFFF else 1


def _fill(widths: list[int], room: int) -> int:
    count, used = 1, 0
    for width in widths:
        if used + width > room:
            count, used = count + 1, 0
        used += width
    return count
