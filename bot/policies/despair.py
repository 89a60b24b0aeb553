"""Whether words are of suicide or self-harm, beyond what a model reads in them."""

from __future__ import annotations

import re
from typing import Final

_WORDS: Final = re.compile(
    r"\b(?:di(?:e|ed|es|ying)|dead|kill\w*|suicid\w*|end (?:it|my|everything)|ending|pills?"
    r"|tablets?"
    r"|overdos\w*|cut\w*|myself|harm|hurt me|not be here|be here|anymore|any more|point|go on"
    r"|carry on"
    r"|without me|better off|gone|rope|bridge|jump\w*|train|letters?|goodbye|blade\w*|razor"
    r"|knife|liv(?:e|ing)"
    r"|wake|forever|stop|took|taken|tonight probably|never see|worthless|sleep)\b"
)


# "The wife would kill me" speaks of no wish to die.
_OTHERS: Final = re.compile(r"\b(?:would|will|shed|hed|theyd|shell|hell|gonna|going to) kill me\b")


def names_despair(text: str) -> bool:
    """Whether a word of it could be of dying, of hurting oneself or of what that is done with."""
    words = text.lower().replace("'", "").replace("\u2019", "")
    return bool(_WORDS.search(_OTHERS.sub(" ", words)))
