"""The gate as a whole: levels, silence, kinds, and that it can neither fail nor dawdle."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webhook.core.triage import Triage
from webhook.safety import gate
from webhook.safety.gate import GATE_FAILED, Assessment, assess
from webhook.safety.keywords import Keyword

EMERGENCIES = """he's outside with a hammer|HELP ME HES HERE|h3lp me hes here|hes got a kn\u0456fe
k n i f e hes got a knife
call the police for me|hes strangling my mum|ive taken all my tablets
\U0001f52a\U0001f3e0\U0001f621|im hiding in the wardrobe
my dad is hitting my mum|hes locked me in|hes going to kill me|he stabbed me
\u202ehes hitting me\u202c
theyre taking me to the airport now to get married|hes kicking the door in
im not safe right now""".replace("\n", "|").split("|")
EVERYDAY = """running late be there in 10|can u get milk on the way home|happy birthday hun xx
lol you killed me with that
this traffic is killing me|hes outside waiting in the taxi|shoot me an email|im dead 😂
break a leg tonight
got a stabbing pain in my knee|the kids are killing it at football|i could murder a curry
hit me up later
he smashed his exam|we smashed it|its bleeding freezing|call me when you get in
can you help me move house saturday
chop the onions with the big knife|that film had so much blood|my phone died
he beat me at fifa again|dying for a wee
knocked out by that match|been to the gym my legs are killing me|dads outside cutting the grass
baby kicking loads today
going to crash early tonight|pick me up at the airport tomorrow|cant breathe with this cold
stuck in traffic send help lol
whos bringing the drinks|hes coming over for tea|shes having a baby|see you at the wedding
police cars everywhere on the m6
fire alarm at work again|dont forget the parcel|my back is broken from lifting boxes
i hate mondays shoot me
ring the doctors for me please|need help with my homework|help yourself to tea
hes hiding your present
did you see who got killed off in corrie|been hit with a massive bill
my boss will kill me if im late|good shot mate
choked on my coffee reading that|what a strangled cat that singer is|locked out again lol
i left him a voicemail
get me a pizza with my wings|gun show at the gym|knife and fork|blood test tomorrow 9am
burnt the toast again
fight night on sky tonight|who won the fight|hammered last night never again
axe throwing for jos birthday""".replace("\n", "|").split("|")


@pytest.mark.parametrize("text", EMERGENCIES)
def test_danger_is_an_emergency_whatever_its_spelling(text: str) -> None:
    assert assess(text).triage is Triage.EMERGENCY


@pytest.mark.parametrize("text", EVERYDAY)
def test_everyday_message_raises_nothing(text: str) -> None:
    assert assess(text).triage is Triage.STANDARD


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("hes shaking the baby", "child"),
        ("ive just taken all my tablets", "suicide"),
        ("i can hear her screaming next door", "other"),
        ("im going to kill her", "harmer"),
        ("theres blood everywhere", "medical"),
        ("hes got a knife", ""),
    ],
)
def test_kind_of_emergency_chooses_the_reply(text: str, kind: str) -> None:
    assert assess(text).kind == kind


def test_p6_emergency_is_silent_only_when_asked() -> None:
    asked = assess("dont text back hes here with a knife")
    assert (asked.triage, asked.quiet) == (Triage.EMERGENCY, True)
    signalled = assess("cant talk now im hiding in the bathroom hes got a knife")
    assert (signalled.triage, signalled.quiet) == (Triage.EMERGENCY, False)
    assert assess("gtg hes back").quiet


def test_ordering_pizza_is_coded_not_an_emergency() -> None:
    found = assess("can i order a pizza")
    assert (found.coded, found.triage) == (True, Triage.STANDARD)


def test_cry_for_help_is_no_keyword() -> None:
    assert assess("HELP").keyword is Keyword.HELP
    assert assess("HELP ME HES HERE").keyword is None


def test_blank_and_emoji_only_are_told_apart() -> None:
    assert assess(" \n\u200b ").blank
    assert assess("\U0001f62d\U0001f62d").emoji_only
    assert not assess("ok \U0001f62d").emoji_only
    assert not assess("?").blank


def test_other_language_is_named() -> None:
    found = assess("\u043f\u043e\u043c\u043e\u0433\u0438\u0442\u0435").language
    assert found is not None
    assert found.name == "Russian"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("on ma nóż", "pl"),
        ("مدد کرو", "ur"),
        ("socorro", "pt"),
        ("police bulao", "ur"),
        ("wuu i garaacayaa", "so"),
    ],
)
def test_words_of_danger_name_their_language(text: str, code: str) -> None:
    found = assess(text)
    assert found.triage >= Triage.URGENT
    assert found.language is not None
    assert found.language.code == code


def test_words_of_an_indicator_are_the_writers() -> None:
    [found] = [
        i for i in assess("He Strangled me on Sunday").indicators if i.name == "strangulation"
    ]
    assert found.words == "Strangled me"


def test_p2_failing_part_degrades_to_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: str) -> Assessment:
        raise RuntimeError("he has a knife")

    monkeypatch.setattr(gate, "_assess", broken)
    assert assess("hello") == Assessment(triage=Triage.URGENT, reasons=(GATE_FAILED,))


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_no_text_makes_the_gate_fail(text: str) -> None:
    assert GATE_FAILED not in assess(text).reasons


@pytest.mark.parametrize(
    "unit",
    ["he ", "my dad is ", "he said he will ", "hes got a ", ". ", "going to ", "kill me ", "a.", "\U0001f52a ",
     "help me ", "im hiding ", "1", "the kids ", "cant breathe "],
)  # fmt: skip
def test_longest_text_takes_no_endless_time(unit: str) -> None:
    started = time.process_time()
    assess(unit * 1600)
    # A pattern that backtracks without end takes minutes; this is far from any machine's noise.
    assert time.process_time() - started < 2
