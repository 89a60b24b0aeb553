"""Whole messages that are commands, as people really type them, and those that are not."""

from __future__ import annotations

import pytest

from webhook.safety.keywords import Keyword, keyword

STOP = """stop|STOP|Stop.|STOP!!|stop please|pls stop|stopp|ST0P|s t o p|unsubscribe|UNSUB|opt out
stop texting me|please stop texting me|stop messaging me|dont text me again
Don\u2019t text this number again
do not contact me again|no more texts please|wrong number|Wrong number mate|sorry wrong number
you have the wrong number|uve got the wrong number|stop sending me messages|remove me|stopall
stop contacting me|remove my number|  stop  |\u201cSTOP\u201d|please stop|stop now"""
START = "start|START|Start.|unstop|UNSTOP|start again|resume|text me again|opt in"
HELP = "help|HELP|Help!|help.|HELP!!!|help?|info|INFO|heeelp|h e l p|h\u0435lp| help "
DELETE = """delete|DELETE|delete my messages|please delete my messages|delete this conversation
erase my data
delete everything|delete all my texts|can you delete our chat|wipe my messages pls
delete everything ive said
delete what i told you|Delete my data.|get rid of my messages|delete these messages now
delete all messages
forget everything|delete the information you have about me"""
NONE = """help me|HELP ME|help me please|help!! hes here|end|END|quit|cancel|yes|YES|ok|no
he wont stop|i want it to stop|make it stop|stop him|please stop him|stop hes here
i cant stop crying
he told me to stop|start of the week|when do you start|can you help|i need help|helpful
help with housing
delete the app|he deleted my messages|he deletes my texts|he made me delete facebook
how do i delete my history
stop texting hes looking|wrong number love hes here|is this the wrong number for refuge
info on refuges
start from the beginning|||\U0001f6d1|leave me alone|stop it|stop it please|who is this
make him stop texting me"""


def listed(text: str) -> list[str]:
    return [word for line in text.splitlines() for word in line.split("|")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [(text, Keyword.STOP) for text in listed(STOP)]
    + [(text, Keyword.START) for text in listed(START)]
    + [(text, Keyword.HELP) for text in listed(HELP)]
    + [(text, Keyword.DELETE) for text in listed(DELETE)]
    + [(text, None) for text in listed(NONE)],
)
def test_only_a_whole_message_is_a_keyword(text: str, expected: Keyword | None) -> None:
    assert keyword(text) is expected


@pytest.mark.parametrize(
    "text",
    ["PERSON", "person please", "please find me someone", "fine get me a human", "alright i need an advocate",
     "can i talk to a real person", "I need somebody", "a human please"],
)  # fmt: skip
def test_person_is_asked_for_in_a_word(text: str) -> None:
    assert keyword(text) is Keyword.PERSON


@pytest.mark.parametrize(
    "text", ["i dont want a person", "there is someone here", "someone hit me", "yes", "who is he"]
)
def test_other_mentions_of_people_ask_for_nobody(text: str) -> None:
    assert keyword(text) is not Keyword.PERSON
