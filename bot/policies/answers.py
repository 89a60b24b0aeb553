"""What a short answer says: yes, no, skip or stop, read from its words alone.

Only what is plain counts. A no with a "but" in it is no no: whoever is unsure is never counted as
having said it.
"""

from __future__ import annotations

import re
from typing import Final, Literal

Answer = Literal["yes", "no", "skip", "stop"]

_LONGEST_NO: Final = 9  # words; a longer one tells something besides
_LONGEST_SKIP: Final = 12
_STOP: Final = re.compile(
    r"\bstop (?:asking|the questions|these|this|it|there|now)\b|^(?:ok |please )?stop\b"
    r"|\bno more\b|\benough\b|\bleave (?:it|them|that|this|the questions|out)\b"
    r"|\b(?:forget|scrap) (?:it|that|this)\b|^(?:cancel|end|quit|finish)\b|\btoo many questions\b"
    r"|\bdont want (?:to do |any |to go on|to carry on|these|the questions|this)"
    r"|\bdont ask\b|^never mind\b|^nevermind\b"
)
_SKIP: Final = re.compile(
    r"^(?:s|skip|next|pass)\b|\b(?:skip|pass|next)(?: (?:that|this|it|one|please|question|on))*$"
    r"|\b(?:rather|prefer) not\b|\b(?:dont|do not|not) (?:want|wanna|wish|like|ready) (?:to )?"
    r"(?:say|answer|talk|tell|think|go into|get into)"
    r"|\bnot (?:saying|answering|sure|certain)\b|\bunsure\b|\bno comment\b|\bno idea\b"
    r"|\b(?:dont|do not|dunno|cant|cannot) (?:really |even )?(?:know|remember|say|tell)\b"
    r"|\bdunno\b|^idk\b|\bmaybe\b|\bmight\b|\bmove on\b|\bcan we not\b|^not that one\b"
    r"|\bhard to say\b"
)
_YES: Final = re.compile(
    r"^(?:well |erm? |um |i think |sadly |kind of |god |oh |omg )*"
    r"(?:y|ye|yes+|yea|yeah+|yeh|yh|yep|yup|yus|aye|definitely|absolutely|unfortunately|afraid so"
    r"|i think so|think so|he has|she has|they have|he did|she did|they did|he does|she does"
    r"|they do|he is|she is|it is|it has|its getting"
    # "I have four children" and "I am eight" answer something else.
    r"|i (?:am|have)(?! (?:\d|one\b|two\b|three\b|four\b|five\b|six\b))"
    r"|i did|i do|we have|we did|both"
    r"|once|twice|a few times|few times|sometimes|all the time|every (?:day|time|week)|often"
    r"|a lot|loads|many times|last (?:night|week|month|year)|tried to)\b"
)
_NO: Final = re.compile(
    r"^(?:well |erm? |um |oh |god )*"
    r"(?:n|no+(?! one \w)|nope|nah|na|naw|never|none|neither|nothing like that|not (?:ever|really"
    r"|at all|yet|that|like that|pregnant|once|me|anymore|any more)|negative"
    r"|(?:he|she|they|it|i|we) (?:hasnt|havent|didnt|doesnt|dont|isnt|arent|never|wouldnt|has not"
    r"|have not|did not)|im not|ive not|ive never|hes not|hes never|shes not|shes never"
    r"|theyre not|theyve never|its not|(?:i )?dont think so)\b"
)
_BUT: Final = re.compile(
    r"\b(?:but|except|although|though|apart from|unless|yes|yeah|once|nearly|almost|tried"
    r"|sometimes)\b"
)
_GO: Final = re.compile(
    r"^(?:(?:ok|okay|k|kk|alright|right|sure|fine|of course|please|go on|go ahead|carry on"
    r"|keep going|go for it|ask away|ask me|ask|lets|can do|if you like|if you want|i dont mind"
    r"|course|you can)\b ?)+"
)
_QUESTION: Final = re.compile(
    r"\?|^(?:ok |and |but |so |wait |like |well |um |erm |then |also |just |right |lol )*"
    r"(?:how|what|whats|where|who|whos|why"
    r"|can (?:i|you|he|she|they|the|my)|could (?:i|you)|do (?:i|you)|does|did"
    r"|is (?:it|there|he|she|this)|are (?:you|there)|will"
    r"|should|would|when (?:do|can|will|is|are))\b"
)


_YES_SIGNS: Final = frozenset("\U0001f44d\U0001f44c\u2705\u2714\u2611")
_NO_SIGNS: Final = frozenset("\U0001f44e\u274c\u2716\U0001f6ab")


def plain(text: str) -> str:
    """Lower case, without apostrophes and signs; sentence ends and questions stay."""
    lowered = text.lower().replace("\u2019", "").replace("'", "")
    return " ".join(re.sub(r"[^\w?\s]", " ", lowered).split())


def short_answer(text: str) -> Answer | None:
    """The answer that a text plainly gives to a yes-or-no question, or None."""
    words = plain(text)
    if not words:
        return _by_sign(text)
    length = len(words.split())
    if length <= _LONGEST_SKIP and _STOP.search(words):
        return "stop"
    if length <= _LONGEST_SKIP and _SKIP.search(words):
        return "skip"
    refused = _NO.search(words)
    if refused:
        if _BUT.search(words[refused.end() :]):
            return "skip"
        return "no" if length <= _LONGEST_NO else None
    return "yes" if _YES.search(words) else None


def _by_sign(text: str) -> Answer | None:
    """A thumb or a tick instead of words."""
    if set(text) & _YES_SIGNS:
        return "yes"
    return "no" if set(text) & _NO_SIGNS else None


def consent(text: str) -> Answer | None:
    """The answer to an offer: an OK agrees to it as well."""
    said = short_answer(text)
    return said or ("yes" if _GO.search(plain(text)) else None)


def is_question(text: str) -> bool:
    """Whether a text asks something rather than answers."""
    return bool(_QUESTION.search(plain(text)))
