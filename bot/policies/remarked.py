"""Which remark a message is, by its words and by what was said before it."""

from __future__ import annotations

from typing import Final

from bot.policies.answers import plain, short_answer
from bot.policies.flows import Flows
from bot.policies.reach import OTHERS, role
from bot.policies.talk_history import Heard, History

_RECENT: Final = 8  # utterances
_ALARMS: Final = (
    "emergency", "danger_", "immediate_danger", "after_", "worried_danger", "young_hitting",
    "injury", "threat_heard", "night_danger",
)  # fmt: skip
# The line about 999 beside an answer: the models took it for danger and were not sure.
_BESIDE: Final = ("999",)
_JUST_NOW: Final = 4  # utterances
# Words for after an alarm, which must not keep themselves going.
_ECHO: Final = "utter_danger_heard"
_OPENING: Final = frozenset(
    {"utter_greet", "utter_safe_go_on", "utter_check_safe", "utter_not_understood"}
)
_ABOUT: Final = "about_"  # said once each, and to adults
_SUICIDE: Final = ("suicide_", "selfharm_")


def answer_to(heard: Heard, told: History, flows: Flows, *, late: bool = False) -> str | None:
    """What is said to a remark; `late`: among those that wait until nothing else fits."""
    words = _words(heard.text)
    round_it = _circumstances(heard, told)
    other = role(told) in OTHERS
    last = told.last_plain
    grows_up = heard.under_18 or role(told) == "young"
    answers = told.last in flows.asks and short_answer(heard.text) in ("yes", "no")
    for one in flows.remarks:
        if one.late is not late or (other and not one.anyone) or not one.among <= round_it:
            continue
        if one.yields and answers:
            continue
        if one.say.removeprefix("utter_").startswith(_ABOUT) and (grows_up or one.say in told.said):
            continue
        if one.after and last not in one.after:
            continue
        if len(words.split()) > one.words or not one.when.search(words):
            continue
        if one.unless is None or not one.unless.search(words):
            return one.say
    return None


def in_danger(heard: Heard, told: History) -> bool:
    """Whether danger was answered lately, or is known and was never answered here.

    The level that a conversation holds never falls, but who speaks of the school again, four turns
    after the alarm, is answered about the school.
    """
    alarms = [name for name in told.said[-_RECENT:] if name != _ECHO]
    if _starts(alarms, _ALARMS) or _starts(told.said[-_JUST_NOW:], _BESIDE):
        return True
    told_now = heard.metadata.get("gate") == "emergency"
    held = heard.metadata.get("triage") == "emergency" and not told_now and bool(told.before)
    return held and not _starts(told.said, _ALARMS + _BESIDE)


def _circumstances(heard: Heard, told: History) -> frozenset[str]:
    asked = heard.metadata.get("mode") == "waiting"
    holds = {
        "danger": in_danger(heard, told),
        "waiting": asked,
        "asked": asked and _starts(told.said, ("request_human", "person_", "human_")),
        "begun": any(name not in _OPENING for name in told.said),
        "suicide": _starts(told.said[-4:], _SUICIDE),
        "young": heard.under_18 or role(told) == "young",
        "worried": role(told) == "worried",
        "area": bool(told.said) and heard.metadata.get("area_now") is not None,
        "harms": role(told) == "perp" and _starts(told.said, ("perp",)),
        "urgent": {heard.triage, heard.metadata.get("triage") or "standard"} != {"standard"},
        "raised": heard.triage != "standard",
        "fresh": not _starts(told.said, ("disclose_", "told_", "home_", "emergency", "worried_")),
        "expecting": _starts(told.said, ("pregnant_", "health_pregnant")),
        "neck": _starts(told.said, ("neck_", "health_throat", "note_neck_yes")),
    }
    return frozenset(name for name, true in holds.items() if true)


def _starts(said: list[str], with_one_of: tuple[str, ...]) -> bool:
    return any(name.removeprefix("utter_").startswith(with_one_of) for name in said)


def _words(text: str) -> str:
    """Plain words in one line, signs and laughs dropped, questions without their mark."""
    return " ".join(plain(text).replace("?", " ").split())
