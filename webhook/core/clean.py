"""Make an inbound text safe to store and show, without changing what the person said."""

from __future__ import annotations

import re

MAX_CHARS = 1600  # The longest text that Twilio delivers.

_NEWLINES = re.compile("\r\n?|[\u0085\u2028\u2029\v\f]")
# Controls but tab and newline, lone surrogates (not storable), and the bidirectional overrides
# and isolates that can make a text read as another one. Joiners stay: emoji and Persian use them.
_UNSAFE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def clean_inbound(text: str) -> str:
    """`text` without controls, every line break a newline, at most 1,600 characters."""
    return _UNSAFE.sub("", _NEWLINES.sub("\n", text))[:MAX_CHARS]
