"""Whether words mean silence (P6): somebody comes, or the other one is away and they write on."""

from __future__ import annotations

import re
from typing import Final

from bot.policies.answers import plain
from bot.policies.talk_history import Heard

# "He reads all her messages so I daren't text her" is told by somebody who worries.
_WATCHES: Final = re.compile(
    r"\b(?:he|him|they|boyfriend|bf|husband|partner|bloke|fella)s? (?:\w+ ){0,2}?"
    r"(?:reads?|checks?|sees?|goes through|monitors?|watches|looks (?:at|through)|reading|checking"
    r"|going through|watching|monitoring) (?:\w+ ){0,2}?(?:her|their)"
    r" (?:\w+ )?(?:phones?|mobiles?|messages?|texts?|emails?|whatsapps?|dms)\b"
)
_NO_WORDS_TO_ME: Final = re.compile(
    r"\b(?:dont|do not|stop|cant|cannot|not safe to) (?:text|txt|reply|write|message|send|talk"
    r"|answer)(?:ing)?\b(?! (?:to )?(?:her|him|them)\b)|\bmy (?:phone|mobile|texts?|messages?)\b"
)


# Whoever writes this has the phone in a hand that is about to be seen.
_BREAKS_OFF: Final = re.compile(
    r"\b(?:(?:must|gotta|got to|have to|need to|ill have to|better|im going to have to) (?:\w+ )?"
    r"(?:stop|go|leave it|hide|put (?:this|it|the phone|my phone))"
    r"|(?:cant|cannot|cnt) (?:\w+ )?(?:text|txt|type|talk|chat|write|reply|message|now)"
    r"|(?:dont|do not) (?:text|txt|reply|write|message|answer|send)|stop (?:texting|writing|now)"
    r"|gtg|g2g|gotta dash|got to dash|(?:talk|text|speak|write) (?:later|l8r|soon)|brb|l8rs?)\b"
    r"|\b(?:bye|stop|stopping)$"
)
_PLEADS: Final = re.compile(
    r"\b(?:help|please|pls|plz|police|polis|999|ambulance|someone come|send|save|hurry|quick"
    r"|go to (?:hospital|a and e)|what do i do|get out)\b"
)

_OTHER_ONE: Final = r"(?:he|she|they|husband|wife|partner|boyfriend|bf|my \w+)"
_AWAY: Final = re.compile(
    rf"\b{_OTHER_ONE}(?:s| is| are|re)? (?:now )?"
    r"(?:not (?:here|home|in)|at (?:the )?work|work(?:ing)?|out|away|asleep|sleeping"
    r"|no (?:here|home))\b"
)
_MAY_RETURN: Final = re.compile(
    r"\b(?:can|could|may|shall) (?:i|we) (?:\w+ )?"
    r"(?:text|txt|write|message|come|chat|talk|ring|call|carry on|pick (?:this|it) up)\b"
    r"(?! (?:to )?(?:him|her|them|my)\b)(?! now\b)"
)
# Somebody who may see it is near.
_COMES: Final = re.compile(
    rf"\b(?:{_OTHER_ONE}|some ?one|some ?body)(?:s| is| are|re|ve)? (?:just |now )?"
    r"(?:come|came|coming|here|back|home|up|awake|waking|woke|near|in the room"
    r"|next to|looking|watching|walked|pulled)\b"
)


def watches_another(text: str) -> bool:
    """Whether it is another's phone that is read; the writer's own wish for silence is none."""
    words = plain(text)
    return bool(_WATCHES.search(words)) and not _NO_WORDS_TO_ME.search(words)


def breaks_off(heard: Heard, close: float) -> bool:
    """Whether even 999 stays unsent: somebody comes, so they stop, and they ask for nothing.

    The level is raised and the hub is told all the same; what the gate itself hears is answered.
    """
    words = plain(heard.text)
    unheard = heard.metadata.get("gate") != "emergency" and heard.confidence >= close
    return unheard and bool(_BREAKS_OFF.search(words)) and not _PLEADS.search(words)


def writes_on(text: str) -> bool:
    """Whether what sounds like a wish for silence is none: the other one is away, or they ask us.

    "He at work now, computer finish in 20 minutes", "il leave it tonight, can i text in the day".
    """
    words = plain(text)
    told = _AWAY.search(words) or _MAY_RETURN.search(words)
    return bool(told) and not _BREAKS_OFF.search(words) and not _COMES.search(words)
