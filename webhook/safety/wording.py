"""What words sent to people must keep to; held by the service for words that a hub edits itself.

`python -m checks.words` holds the reviewed words of this repository to the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from webhook.core.sms_text import is_gsm7, segments

MOST_SEGMENTS = 2
MOST_WORDS = 26  # in a sentence; numbers and the silent call's wording count too
# On a watched phone these tell what the conversation is about (P11), in any SMS.
TELLING = ("abuse", "abuser", "violence", "violent", "domestic", "helpline")
BLAME = (
    "why didn't you", "why don't you just", "you should have", "your own fault", "provoke",
    "what did you do", "you let ",
)  # fmt: skip
PROMISES = (
    "you are safe now", "you're safe now", "i promise", "we promise", "will be fine",
    "will be all right", "everything will", "nobody will ever", "never find out", "guarantee",
)  # fmt: skip
_TEXT_55 = re.compile(r"\btext(?:ing)? (?:the )?(?:number )?55\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


def breaches(text: str, *, sms: bool) -> Iterator[str]:
    """What a text does against the rules, each as the end of a sentence about it."""
    lowered = text.lower()
    if sms:
        if not is_gsm7(text):
            yield "has a character that is not GSM-7"
        if segments(text) > MOST_SEGMENTS:
            yield f"{segments(text)} segments, at most {MOST_SEGMENTS}"
        yield from (f"tells too much: {word!r}" for word in TELLING if word in lowered)
    yield from (f"blames: {word!r}" for word in BLAME if word in lowered)
    yield from (f"promises: {word!r}" for word in PROMISES if word in lowered)
    if _TEXT_55.search(text):
        yield "55 is pressed in a call, never texted"
    if text.replace("Can't speak?", "").count("?") > 1:
        yield "asks more than one question"
    for sentence in _SENTENCE.split(text):
        if len(sentence.split()) > MOST_WORDS:
            yield f"a sentence of {len(sentence.split())} words"
