"""Whole messages that are commands to the service: stop, start, help, a person, delete."""

from __future__ import annotations

import re
from enum import StrEnum

from webhook.safety.normalise import normalise


class Keyword(StrEnum):
    """A command that a whole message means."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    PERSON = "person"
    DELETE = "delete"


# END, QUIT and CANCEL alone mean other things to people in a conversation, and YES is an answer;
# a carrier may treat them as commands, we do not. In these patterns a line break means nothing.
_ASK = (
    r"(?:please |pls |plz |can (?:yo)?u |could you |just |i want (?:yo)?u to |(?:yo)?u need to )?"
)
_NOW = r"(?: now| please| pls| plz| thanks| thank you)*"
_STOP = rf"""
stop|stopall|stop all|stp|stopp|unsub|unsubscribe|opt out|optout|remove me
|(?:remove me|take me) (?:from|off)(?: the| your)? list
|{_ASK}stop{_NOW}
|{_ASK}stop (?:texting|messaging|contacting|txting|txtin|textin|msging)
(?: me| us| this number)?{_NOW}
|{_ASK}stop sending(?: to)?(?: me| us)?(?: these| your| any)?(?: more)? (?:texts|messages|txts|msgs)
{_NOW}
|{_ASK}(?:dont|don't|do not) (?:text|message|txt|contact|msg)(?: me| this number| us)?
(?: again| any ?more| ever again){_NOW}
|{_ASK}no more (?:texts|messages|txts|msgs){_NOW}
|(?:sorry |soz |i think )*(?:(?:yo)?u(?:'?ve| have)? (?:have |got )?)?(?:the |a )?
wrong (?:number|num|no|person)(?: sorry| mate| pal| soz| m8)*
|{_ASK}(?:remove|delete|take) my number(?: off(?: your| the)? list)?{_NOW}
"""
_START = r"""
start|unstop|restart|start again|start (?:texting|messaging)(?: me)?(?: again)?|resume|resubscribe
|subscribe|opt in|optin|(?:(?:yo)?u can )?(?:text|message) me again(?: now)?
"""
_HELP = r"help|heelp|helpp|info|information|help info"
_PERSON = r"""
(?:ok |okay |yes |yeah |yeh |yh |yep |please |pls |plz |fine |go on |go on then |alright |right )*
(?:can i |could i |i want to |i need to |i would like to |id like to |i'd like to |let me )?
(?:have |get |want |need |ask for |get me |send me |find me |talk to |speak to |speak with
|talk with |put me through to |i want |i need |fetch )?
(?:a |an |the |some )?(?:real |actual |live |proper )?
(?:person|human|human being|someone|somebody|advocate|someone real|somebody real|real person)
(?: to talk to| to speak to)?(?: then| please| pls| plz| now| here| x)*
"""
_DELETE = rf"""
(?:delete|erase)(?: me| all| it all| everything)?{_NOW}|forget me
|{_ASK}(?:delete|erase|wipe|destroy|get rid of|clear|remove|forget)(?: all| everything)?(?: of)?
(?: my| our| these| this| the)?
(?: messages?| msgs?| texts?| txts?| chats?| conversation| convo| data| info| information
| history| everything| records?| what)
(?: (?:i|you|yo?u|we)(?:'?ve| have)? (?:said|told you|told u|sent|hold|have|wrote|written))?
(?: about me)?
{_NOW}
|{_ASK}(?:delete|erase|wipe|forget) (?:everything|all)(?: that)? (?:i|you|u)(?:'?ve| have)?
 (?:said|told you|told u|sent|hold|have|wrote){_NOW}
"""


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace("\n", ""))


_PATTERNS = {
    Keyword.STOP: _compile(_STOP),
    Keyword.START: _compile(_START),
    Keyword.HELP: _compile(_HELP),
    Keyword.PERSON: _compile(_PERSON),
    Keyword.DELETE: _compile(_DELETE),
}


def keyword(text: str) -> Keyword | None:
    """The command that the whole of `text` is, if it is one; "HELP ME" is none, it is a cry."""
    plain = re.sub(r"[^\w\s']|_", " ", normalise(text).lower())
    words = " ".join(plain.split()).removesuffix(" x").removesuffix(" xx")
    for found, pattern in _PATTERNS.items():
        if pattern.fullmatch(words):
            return found
    return None
