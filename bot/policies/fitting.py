"""Whether a yes or a no is only that, or its other words say something else.

Whoever answers "are you on your own?" with "no, I haven't got a plan" has not said that somebody is
there. What calms (bot/flows/sure.yml) is said only to a yes or a no with nothing beside it that
does not fit; a `question` names what its own answers look like in words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final, Literal

from bot.policies.answers import plain, short_answer

Answer = Literal["affirm", "deny"]
_ANSWERS: Final[dict[str | None, Answer]] = {"yes": "affirm", "no": "deny"}

# Words that add nothing to a yes or a no. What is in neither list says something of its own.
_BARE: Final = frozenset(
    """
    y ye yes yess yea yeah yeahh yeh yh yep yup yus aye n no noo nope nah na naw ok okay okey k
    kk fine good great sure alright right course of definitely absolutely certainly probably
    actually honestly really truly just only even still now today tonight currently moment mo
    minute min bit little least guess think thinking so far very quite pretty much hope suppose
    erm er um oh ah hmm god omg lol x xx xxx thanks thank thankyou thx ta cheers please pls you
    for that to the a an at in on with and is it its im i ive id me my am are was were be been
    being do does did have has had can could will would should there theres here then thats this
    these those one ones any anything something like them they theyre their someone somebody
    feel feeling safe ish safely reckon both yourself myself as from by or we us our if all too
    alot lot who more well fairly try trying tried able manage want wanna get got go going goin
    gonna
    """.split()
)
# Who may be there and where one may go: the usual answers to "is there a person or a place?". He
# and she are missing: where the other person is told of, a place is no refuge.
_PEOPLE: Final = frozenset(
    """
    mum mums mam mams mom moms mummy dad dads daddy sister sisters sis brother brothers bro
    parents nan nans nana gran grans grandma grandmas grandad grandads auntie aunties aunt aunts
    uncle uncles cousin cousins family friend friends mate mates bestie neighbour neighbours
    neighbor neighbors flatmate housemate teacher teachers tutor nurse doctor gp midwife
    counsellor staff manager boss colleague colleagues worker person people adult grown grownup
    up lady woman girl police officer officers ambulance paramedic paramedics her hers
    """.split()
)
_PLACES: Final = frozenset(
    """
    room rooms bedroom bathroom toilet loo kitchen lounge living garage shed garden outside out
    upstairs downstairs door next house houses home flat place places car van street road corner
    round across near nearby close library school college uni work office shop shops cafe pub
    gym station hospital surgery church mosque temple hotel park town city village somewhere
    elsewhere know knows else away other another different new live lives stay staying stays
    sleep sitting sat break lunch bus train come comes over went gone left call ring phone text
    tell ask talk write later soon tomorrow morning evening afternoon weekend need help
    """.split()
)
_TURNS: Final = re.compile(r"\b(?:but|except|although|though|apart from|unless|until|till)\b")
_NEGATED: Final = re.compile(
    r"\b(?:not|never|cant|cannot|dont|doesnt|didnt|isnt|arent|wasnt|aint|wont|couldnt|wouldnt"
    r"|havent|hasnt|no ?one|nobody|nowhere|nothing|no)\b"
)
_REPEATED: Final = re.compile(r"(.)\1+")
_SAID: Final = re.compile(
    r"\b(?:y|ye+s*|yea+h*|ye[hp]+|yh|yu[ps]|aye|ok(?:ay)?|k+|sure|definitely|absolutely"
    r"|course|fine|right|alright|correct|true|safe|think so|i am|i can|i could|i do"
    r"|i have|i will|it is)\b"
)
_NOT_WELL: Final = re.compile(
    r"\b(?:not|aint|isnt|never|dont feel) (?:\w+ )?"
    r"(?:ok|okay|fine|good|great|alright|right|well|safe)\b"
)


@dataclass(frozen=True)
class Question:
    """A kind of yes-or-no question: what asks it, which answer calms, which words answer it too.

    `again` asks it in other words. `aside` is said instead of the answer to a yes with `beside` in
    it: "yes, but he's in the next room".
    """

    asked_by: frozenset[str]
    calm: str = ""
    affirm: re.Pattern[str] | None = None
    deny: re.Pattern[str] | None = None
    again: str | None = None
    beside: re.Pattern[str] | None = None
    aside: str | None = None

    def says(self, words: str) -> tuple[Answer | None, str]:
        """The answer that the words hold, None for none or for both, and what is left of them."""
        found: dict[Answer, str] = {}
        both: tuple[tuple[Answer, re.Pattern[str] | None], ...]
        both = (("deny", self.deny), ("affirm", self.affirm))
        for answer, by in both:
            if by is not None and by.search(words):
                found[answer] = by.sub(" ", words)
        if len(found) != 1:
            return None, words
        answer, rest = found.popitem()
        return answer, " ".join(rest.split())


def question(entry: dict[str, Any]) -> Question:
    """A question from its entry in bot/flows."""
    return Question(
        asked_by=frozenset(entry["asked_by"]),
        calm=entry.get("calm", ""),
        affirm=_pattern(entry.get("affirm")),
        deny=_pattern(entry.get("deny")),
        again=entry.get("again"),
        beside=_pattern(entry.get("beside")),
        aside=entry.get("aside"),
    )


def by_words(text: str, asked: Question | None) -> Answer | None:
    """The answer that the words give by themselves ("nobody's here"), with nothing against it."""
    if asked is None:
        return None
    said, rest = asked.says(_words(text))
    agrees = _ANSWERS.get(short_answer(rest)) in (None, said)
    return said if agrees and _adds_nothing(rest) else None


def contradicts(text: str, answer: str, asked: Question | None) -> bool:
    """Whether the words give another answer than the yes or no: "no, I'm by myself"."""
    if asked is None:
        return False
    said, rest = asked.says(_words(text))
    return said is not None and said != answer and _ANSWERS.get(short_answer(rest)) == answer


def said_aside(text: str, answer: str, asked: Question | None) -> str | None:
    """What is said instead to a yes that names something which must not be passed over."""
    if asked is None or asked.beside is None or answer != "affirm":
        return None
    return asked.aside if asked.beside.search(_words(text)) else None


def turns(text: str) -> bool:
    """Whether a "but" takes back a part of what was said."""
    return bool(_TURNS.search(_words(text)))


def fits(text: str, answer: str, asked: Question | None) -> bool:
    """Whether nothing stands beside the yes or no that could be about something else."""
    words = _words(text)
    said, rest = asked.says(words) if asked is not None else (None, words)
    if (said is not None and said != answer) or _NOT_WELL.search(rest):
        return False
    if said is None and answer == "affirm" and _NEGATED.search(rest):
        return False
    return _adds_nothing(rest, places=said is not None or answer == "affirm")


def is_said(text: str, answer: str) -> bool:
    """Whether a yes, or a no, stands in the words themselves; signs without words may be one."""
    words = _words(text)
    by = _SAID if answer == "affirm" else _NEGATED
    return not words or bool(by.search(words)) or _ANSWERS.get(short_answer(text)) == answer


def names_a_place(text: str) -> bool:
    """Whether a few words are nothing but a yes or a no, a place or a person to go to."""
    words = _words(text).split()
    known = _BARE | _PEOPLE | _PLACES
    return bool(words) and set(words) <= known


def _adds_nothing(words: str, *, places: bool = True) -> bool:
    known = _BARE | (_PEOPLE | _PLACES if places else frozenset())
    left = _NEGATED.sub(" ", words).split()
    drawn = {_REPEATED.sub(r"\1", word) for word in known}  # "yesss", "yeahhh"
    return all(
        word in known or word.isdecimal() or _REPEATED.sub(r"\1", word) in drawn for word in left
    )


def _words(text: str) -> str:
    return plain(text).replace("?", " ")


def _pattern(written: str | None) -> re.Pattern[str] | None:
    return re.compile(rf"\b(?:{written})\b") if written else None
