"""Questions that lean on what was said before, as data: bot.policies.follow answers them.

Under `leaning` bot/flows hold `subjects` (`said`: beginnings of utterances, `named`: words),
`questions` (`kind`, the words that it `opens` and goes on `with`, what it `says` for each subject,
once more in `again`; not where the subject in hand is in `unless`; `young` where
children are answered with it too) and `terms`, words of the police
and the courts that people ask the meaning of.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

_ANYTHING: Final = "*"  # whatever follows
_PICTURE: Final = "picture"  # what was sent; a person tells of it whatever the danger
_MOST_WORDS: Final = 14
_MOST_FREE: Final = 26
_STRANGE: Final = 1  # words of their own that a question may hold: "who do I tell at uni"
_HARM: Final = re.compile(
    r"\b(?:kill\w*|die|dead|dying|suicid\w*|hurt\w*|hit\w*|punch\w*|kick\w*|chok\w*|strang\w*|knife"
    r"|rap(?:e|ed|es|ing)|blood|bleed\w*|live like this|put up|cope|go on|carry on|survive|alive)\b"
)
EMPTY: Final = frozenset(
    """
    it its that this one ones they them these those the a an all be is are was were i im we me my
    you
    u your he his him she her hers get gets got to do does did will would can could should have has
    had and or of on in at for with from up out about there then tho though please pls mate love
    really actually even ever exactly roughly usually normally anyway like ish just now today
    tonight
    yet so if when back go going gonna take takes taken need want us any some more not no thing
    things
    bit lot sort kind people someone anyone somebody anybody properly again else either still dont
    doesnt isnt not wont owt nowt summat anything something everything it im if what whats how who
    where as by too only right mean think know sure both
    until till til after before thats theyre theyll hes shes
    """.split()
)
_ASKS_MEANING: Final = (
    r"^(?:what(?:s|ve)?|wot|wtf|who|whos)(?: (?:does|do|is|are|did|was|were|even|actually|the|a"
    r"|an|on"
    r"|earth|hell|that|this|word|exactly|s))* {term}(?: (?:mean\w*|actually|even|in|plain|simple"
    r"|normal"
    r"|english|words|then|please|exactly|do|does|for|they|it|is|are|thing|stuff|anyway|tho|order"
    r"|though|when its at home|supposed to be|solicitor|police|court|letter|said|says|say|the|my|he"
    r"|she|they|them|council))*$"
    r"|\b{term}\b(?: \w+){{0,4}} (?:mean|means|meaning|plain english|in english|normal words"
    r"|what is"
    r" (?:that|it)|whats (?:that|it)|what are (?:they|those)|no idea what)\b"
    r"|\b(?:mean|means|meant by|meaning of|explain|understand|heard of|know what)(?: \w+){{0,3}}"
    r" {term}\b"
)


@dataclass(frozen=True)
class Subject:
    """Something that is talked of: what was `said` (beginnings) then, and words that name it.

    Where nothing that was said tells it, `intents` of their earlier messages do.
    """

    name: str
    said: tuple[str, ...]
    named: re.Pattern[str] | None
    intents: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lean:
    """One kind of question, and what is said to it for each subject."""

    kind: str
    opens: re.Pattern[str]
    words: frozenset[str]
    says: dict[str, str]
    again: str | None
    unless: frozenset[str]
    needs: re.Pattern[str] | None
    below: float = 1.1  # a confidence in the intent from which it is that instead
    young: bool = False  # whether children are answered with it too

    @property
    def is_free(self) -> bool:
        """Whether anything may follow its first words."""
        return _ANYTHING in self.words

    def is_asked(self, words: str, *, calm: bool, again: bool = False) -> bool:
        """Whether the words are this question and nothing else; free ones count where it is calm.

        Asked `again`, louder, other words may stand before it.
        """
        found = self.opens.search(words) if again else self.opens.match(words)
        if found is None or (self.needs is not None and not self.needs.search(words)):
            return False
        if self.is_free:
            return (calm or _PICTURE in self.says) and len(words.split()) <= _MOST_FREE
        rest = [word for word in words[found.end() :].split() if word not in self.words | EMPTY]
        if len(words.split()) > _MOST_WORDS or _HARM.search(words):
            return False
        return len(rest) <= (_STRANGE if calm else 0)


@dataclass(frozen=True)
class Leaning:
    """All that can be asked in so few words."""

    subjects: tuple[Subject, ...] = ()
    questions: tuple[Lean, ...] = ()
    terms: tuple[tuple[re.Pattern[str], str], ...] = ()
    unknown: dict[str, str] = field(default_factory=dict)

    def names(self) -> set[str]:
        """Every utterance that may be said."""
        says = {name for one in self.questions for name in one.says.values()}
        says |= {one.again for one in self.questions if one.again}
        return says | {say for _, say in self.terms} | set(self.unknown.values())


def leaning(entries: list[dict[str, Any]]) -> Leaning:
    """What bot/flows hold under `leaning`, of all files."""
    return Leaning(
        tuple(
            Subject(
                name,
                tuple(one["said"]),
                _pattern(one.get("named")),
                tuple(one.get("intents") or ()),
            )
            for entry in entries
            for name, one in (entry.get("subjects") or {}).items()
        ),
        tuple(_lean(one) for entry in entries for one in entry.get("questions") or ()),
        tuple(
            (re.compile(_ASKS_MEANING.format(term=f"(?:{one['named']})")), one["say"])
            for entry in entries
            for one in entry.get("terms") or ()
        ),
        {
            subject: say
            for entry in entries
            for subject, say in (entry.get("unknown") or {}).items()
        },
    )


def _lean(entry: dict[str, Any]) -> Lean:
    opens = entry["opens"].strip()
    ahead = opens.startswith(("(?=", ".*"))
    return Lean(
        kind=entry["kind"],
        opens=re.compile(opens if ahead else rf"(?:{opens})(?!\w)"),
        words=frozenset(entry["with"].split()),
        says=entry["says"],
        again=entry.get("again"),
        unless=frozenset(entry.get("unless") or ()),
        needs=_pattern(entry.get("needs")),
        below=entry.get("below", 1.1),
        young=bool(entry.get("young")),
    )


def _pattern(source: str | None) -> re.Pattern[str] | None:
    return re.compile(rf"\b(?:{source})\b") if source else None
