"""A word that a person and the helpline agree, so that nothing is repeated to somebody else.

Only a keyed hash of it is kept, and the text that held it is written over. It holds back what was
told, never help: whatever is no plausible word is answered like any other message.
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from typing import Final, Literal

from webhook.core.state import ContactState
from webhook.core.triage import Triage
from webhook.core.vault import Vault
from webhook.safety.gate import Assessment

Heard = Literal["taken", "which", "refused", "right", "wrong"]

NEW: Literal["code_word_new"] = "code_word_new"
CHECK: Literal["code_word_check"] = "code_word_check"
MOST_WRONG: Final = 3
WISH: Final = "code_word_agreed"
# A wrong word is left to be read, by the assistant too: it may be a cry for help instead.
MASKS: Final[dict[Heard, str]] = {"taken": "(code word agreed)", "right": "(code word given)"}
_MOST_WORDS = 3
_LENGTHS = range(3, 31)  # letters and digits
_LEAD = re.compile(
    r"^(?:(?:ok|okay|yes|yeah|um|er|hi|lets (?:use|have|say|go with)|how about|what about"
    r"|can (?:it|we) (?:be|use|have)|use|maybe|my|the|our|code|codeword|secret|safe|word|password"
    r"|is|its|it|will be|ill say|say) )+"
)
_TAIL = re.compile(r"(?: (?:please|pls|x|xx|thanks|thank you))+$")
_ASKS = re.compile(r"^(?:who|what|where|why|how|when|can|could|do|does|are|is|should|will)\b")
_TOKEN = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_MARKS = tuple(",.:;!-\u2013\u2014\n")
_BETWEEN = " " + "".join(_MARKS)
# Words that begin many sentences: agreed or not, they count only where a mark follows.
_OFTEN_FIRST = frozenset(
    "and but can could dad did does hello help here hes how mum please she shes the they this "
    "thanks text today tonight what when where why will yes".split()
)
_AGREES = frozenset("yes yeah yep yh y ok okay sure please alright word password codeword".split())
_REFUSES = re.compile(
    r"^(?:no|nope|nah|n|none|skip|pass|stop|leave it|forget it|never ?mind|dont (?:want|have|know)"
    r"|i dont|not now|cancel|i forgot|forgot|cant remember|i cant remember)\b"
)


def hear(
    vault: Vault, conversation_id: str, text: str, assessment: Assessment, state: ContactState
) -> Heard | None:
    """What a text is to the question for a code word; None when it is about something else.

    What it comes to is kept in `state`.
    """
    if state.asked not in (NEW, CHECK) or _is_about_safety(assessment):
        return None
    plain = _plain(text)
    if _REFUSES.match(plain):
        return "refused" if state.asked == NEW else "wrong"
    if plain in _AGREES:
        return "which" if state.asked == NEW else "wrong"
    word = _word(plain)
    if word is None:
        return None
    if state.asked == NEW:
        return _agree(state, vault.hashes(f"code word {conversation_id} {word}")[0])
    return _check(state, right=_is(vault, conversation_id, word, state))


def leading(
    vault: Vault, conversation_id: str, text: str, assessment: Assessment, state: ContactState
) -> str | None:
    """What is left of a text that begins with the agreed word, which then counts as given.

    Nobody need have asked for it. None when it does not begin so, or when a word is being agreed.
    The gate has read the whole text before; only the word is taken out of it.
    """
    shut = standing(state) in (None, "shut")
    if shut or state.asked == NEW or assessment.blank or assessment.keyword is not None:
        return None
    tokens = [(_plain(found[0]), found.end()) for found in _TOKEN.finditer(text)]
    led = _LEAD.match(" ".join(word for word, _ in tokens) + " ")
    first = len(led[0].split()) if led is not None else 0
    for last in range(min(first + _MOST_WORDS, len(tokens)), first, -1):
        word = "".join(part for part, _ in tokens[first:last])
        end = tokens[last - 1][1]
        if _stands_apart(word, text[end:]) and _is(vault, conversation_id, word, state):
            state.code_word_given, state.code_word_wrong = True, 0
            return text[end:].lstrip(_BETWEEN)
    return None


def standing(state: ContactState) -> str | None:
    """Whether what was told may be repeated: "given", "agreed" (not yet), "shut", or no word."""
    if state.code_word is None:
        return None
    if state.code_word_given:
        return "given"
    return "shut" if state.code_word_wrong >= MOST_WRONG else "agreed"


def _is_about_safety(assessment: Assessment) -> bool:
    raised = assessment.triage > Triage.STANDARD or assessment.quiet or assessment.coded
    return raised or assessment.blank or assessment.keyword is not None


def _stands_apart(word: str, rest: str) -> bool:
    """Whether a word at the beginning may be the agreed one, and is no part of a sentence."""
    marked = not rest.strip() or rest.lstrip(" ")[:1] in _MARKS
    return len(word) in _LENGTHS and (marked or word not in _OFTEN_FIRST)


def _is(vault: Vault, conversation_id: str, word: str, state: ContactState) -> bool:
    known = (state.code_word or "").encode()
    marks = vault.hashes(f"code word {conversation_id} {word}")
    return any(hmac.compare_digest(mark.encode(), known) for mark in marks)


def _agree(state: ContactState, mark: str) -> Heard:
    state.code_word, state.code_word_given, state.code_word_wrong = mark, True, 0
    state.wishes[WISH] = "yes"
    return "taken"


def _check(state: ContactState, *, right: bool) -> Heard:
    if right:
        state.code_word_given, state.code_word_wrong = True, 0
        return "right"
    state.code_word_wrong += 1
    if state.code_word_wrong >= MOST_WRONG:
        state.wishes[WISH] = "yes, and given wrong three times"
    return "wrong"


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold().replace("'", "").replace("\u2019", "")
    return " ".join("".join(c if c.isalnum() else " " for c in folded).split())


def _word(plain: str) -> str | None:
    """The word itself, its letters and digits joined; None for what is no plausible one."""
    bare = _TAIL.sub("", _LEAD.sub("", f"{plain} ")).strip()
    joined = bare.replace(" ", "")
    plausible = len(joined) in _LENGTHS and len(bare.split()) <= _MOST_WORDS
    return joined if plausible and not _ASKS.match(bare) else None
