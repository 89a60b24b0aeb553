"""Mask what identifies a person, for places where words of a message might end up.

Patterns find numbers, codes and addresses; names in free text they cannot find, so a redacted
text is still personal data.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_EMAIL = re.compile(r"[\w.+-]+\s?@\s?[\w-]+(?:\s?\.\s?[a-z]{2,})+", re.IGNORECASE)
_HANDLE = re.compile(r"(?<![\w@\[])@[A-Za-z0-9_.]{2,30}")
_ACCOUNT = re.compile(
    r"\b((?:insta(?:gram)?|snap(?:chat)?|tiktok|facebook|fb|twitter|username|handle)\s*(?:is|:|=)\s*)"
    r"(?!\[)[\w.@-]{3,30}",
    re.IGNORECASE,
)
# UK numbers with spaces, dots, dashes or brackets between digits and the letter O or l typed for
# one. Short helpline numbers (999, 101, 116 123) are nobody's and stay.
_PHONE = re.compile(r"(?<![\w])(?:\+?\s?44|0044|[0oO])(?:[\s.\-()]*[\doOlI]){9,10}(?![\w])")
_LONG_NUMBER = re.compile(r"(?<![\w])\d(?:[ -]?\d){9,18}(?![\w])")
_SORT_CODE = re.compile(r"(?<![\w-])\d{2}[- ]\d{2}[- ]\d{2}(?![\w-])")
_ACCOUNT_NUMBER = re.compile(
    r"\b((?:acc(?:ount)?|a/c)\s*(?:no|number|num)?\.?\s*(?:is|:)?\s*)\d{6,8}\b", re.I
)
_POSTCODE = re.compile(r"\b(?:[A-Z]{1,2}\d[A-Z\d]?|GIR)\s?\d[ABD-HJLNP-UW-Z]{2}\b", re.IGNORECASE)
_NINO = re.compile(
    r"\b(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\s?(?:\d\s?){6}[A-D]\b",
    re.IGNORECASE,
)
# Current style (AB12 CDE) in any case; older ones only in capitals, they look like words.
_PLATE = re.compile(
    r"\b(?:(?i:[A-HJ-PR-Y]{2}\d{2}\s?[A-HJ-PR-Z]{3})|[A-HJ-NPR-TV-Y]\d{1,3}\s?[A-Z]{3})\b"
)
_STREET = re.compile(
    r"\b(?:(?:flat|apartment|apt|unit|room)\s*\d+\w?,?\s*)?\d{1,4}[a-z]?,?\s+(?:[A-Za-z']+\s+){1,3}"
    r"(?:street|st|road|rd|avenue|ave|lane|ln|drive|close|court|crescent|terrace|grove|gardens|"
    r"place|square|hill|mews|row|walk|parade|green|view|rise)\b(?!\s+(?:to|of|away))\.?",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"\b((?i:my (?:full |real |first )?name(?:'?s| is)|i'?m called|i am called|call me|"
    r"(?:his|her|their) name(?:'?s| is)|(?:he|she)'?s called|named|name:)\s+)"
    r"(?!\[)(?!(?i:back|later|now|when|if|at|on|in|please|not|a|an|the|names)\b)"
    r"[A-Za-z][\w'-]+(?:\s+[A-Z][\w'-]+){0,2}"
)
_BIRTH = re.compile(
    r"\b((?:dob|d\.o\.b\.?|born(?: on)?|date of birth|birthday)\s*(?:is|:|on)?\s*)"
    r"\d{1,2}(?:st|nd|rd|th)?[\s./-]+(?:\d{1,2}|[a-z]{3,9})[\s./,-]+\d{2,4}",
    re.IGNORECASE,
)
_MIN_CARD_DIGITS = 13
_MAX_ROUNDS = 8


def redact(text: str) -> str:
    """`text` with identifiers replaced by a word in brackets; doing it twice changes nothing."""
    for _ in range(_MAX_ROUNDS):
        masked = text
        for pattern, mask in _RULES:
            masked = pattern.sub(mask, masked)
        if masked == text:
            break
        text = masked  # A mask may have freed what stood next to it.
    return text


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _mask_long_number(match: re.Match[str]) -> str:
    """A card by Luhn's check, an NHS number by its check digit; others stay."""
    digits = _digits(match[0])
    if len(digits) >= _MIN_CARD_DIGITS and _luhn(digits):
        return "[card]"
    return "[nhs number]" if len(digits) == 10 and _nhs(digits) else match[0]


def _luhn(digits: str) -> bool:
    doubled = [sum(divmod(2 * int(d), 10)) for d in digits[-2::-2]]
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def _nhs(digits: str) -> bool:
    total = sum(int(d) * weight for d, weight in zip(digits, range(10, 1, -1), strict=False))
    return (11 - total % 11) % 11 == int(digits[9])


def _mask_phone(match: re.Match[str]) -> str:
    """Mask unless it is mostly letters, or a free helpline number that we give ourselves."""
    digits = _digits(match[0])
    if len(digits) < 7 or digits.startswith(("0800", "0808", "44800", "44808")):
        return match[0]
    return "[phone]"


def _keep_lead(mask: str) -> Callable[[re.Match[str]], str]:
    return lambda match: match[1] + mask


_RULES: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (_EMAIL, "[email]"),
    (_ACCOUNT, _keep_lead("[handle]")),
    (_HANDLE, "[handle]"),
    (_BIRTH, _keep_lead("[date]")),
    (_NINO, "[ni number]"),
    (_LONG_NUMBER, _mask_long_number),
    (_PHONE, _mask_phone),
    (_SORT_CODE, "[sort code]"),
    (_ACCOUNT_NUMBER, _keep_lead("[account]")),
    (_STREET, "[address]"),
    (_POSTCODE, "[postcode]"),
    (_PLATE, "[plate]"),
    (_NAME, _keep_lead("[name]")),
)
