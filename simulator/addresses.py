"""Telephone numbers and web addresses: what the carrier takes, and what people type."""

import re
from urllib.parse import urlsplit

_E164 = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)


def is_e164(number: str) -> bool:
    """Whether the number is in international form, as +447700900123."""
    return _E164.fullmatch(number) is not None


def to_e164(typed: str) -> str | None:
    """Read a number as a person types it (07700 900123); None when it cannot be one."""
    digits = re.sub(r"[\s().-]", "", typed)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    elif digits.startswith("0"):
        digits = "+44" + digits[1:]
    elif digits and not digits.startswith("+"):
        digits = "+" + digits
    return digits if is_e164(digits) else None


def is_web_address(address: str) -> bool:
    """Whether it is an http or https address with a host."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def country_of(number: str) -> str:
    """The country the carrier reports; blank where this stand-in does not know it."""
    return "GB" if number.startswith("+44") else ""
