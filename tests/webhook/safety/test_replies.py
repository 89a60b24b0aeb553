"""The fixed words: short enough, in GSM-7, discreet, and right about 999."""

from __future__ import annotations

import re

import pytest
import textstat

from webhook.core.sms_text import is_gsm7, segments
from webhook.safety.phrases import load
from webhook.safety.replies import names, reply

CHANNELS = ("sms", "web")
# P11: nothing in a text may name the service or what it is about.
TELLING = re.compile(
    r"abus|violen|domestic|refuge|helpline|victim|perpetrat|partner|husband|women|counsel|charity",
    re.IGNORECASE,
)
TEXTS = [
    pytest.param(name, channel, text, id=f"{name}-{channel}-{child}-{at}")
    for name in names()
    for channel in CHANNELS
    for child in (False, True)
    for at in range(4)
    if (text := reply(name, channel, variant=at, child=child))
]
SMS = [param for param in TEXTS if param.values[1] == "sms"]
EMERGENCY = [param for param in TEXTS if str(param.values[0]).startswith("emergency")]


@pytest.mark.parametrize(("name", "channel", "text"), SMS)
def test_sms_is_gsm7_and_two_segments(name: str, channel: str, text: str) -> None:
    assert is_gsm7(text)
    assert segments(text) <= 2


@pytest.mark.parametrize(("name", "channel", "text"), EMERGENCY)
def test_p10_emergency_names_999_and_silent_call(name: str, channel: str, text: str) -> None:
    assert "999" in text
    assert re.search(r"on a mobile,? press 55 when asked", text, re.IGNORECASE)


@pytest.mark.parametrize(("name", "channel", "text"), TEXTS)
def test_55_is_never_offered_as_text(name: str, channel: str, text: str) -> None:
    assert not re.search(r"(text|reply|send|dial|call|write)\s+55", text, re.IGNORECASE)
    assert "55" not in text or "999" in text


@pytest.mark.parametrize(("name", "channel", "text"), SMS)
def test_p11_sms_names_no_service_and_no_abuse(name: str, channel: str, text: str) -> None:
    assert not TELLING.search(text)


@pytest.mark.parametrize(("name", "channel", "text"), TEXTS)
def test_words_are_plain_and_ask_one_thing(name: str, channel: str, text: str) -> None:
    assert text.count("?") <= 2
    assert not re.search(
        r"\bwhy\b|you should|you must|promise|you are safe now|[\u2018-\u201f]", text
    )
    assert max(len(part.split()) for part in re.split(r"[.?!]", text)) <= 24


def test_reading_age_of_all_words_is_low() -> None:
    together = " ".join(str(param.values[2]) for param in TEXTS)
    # Counted in letters, not syllables: the syllable dictionary would have to be downloaded.
    assert textstat.automated_readability_index(together) <= 5


def test_repeated_emergency_is_not_word_for_word() -> None:
    said = [reply("emergency", "sms")]
    said += [reply("emergency_again", "sms", variant=at) for at in range(3)]
    assert len(set(said)) == 4


def test_variants_beyond_the_last_repeat_it() -> None:
    assert reply("media", "sms", variant=9) == reply("media", "sms", variant=1)


def test_young_people_get_their_own_words() -> None:
    assert reply("emergency", "web", child=True) != reply("emergency", "web")
    assert reply("media", "web", child=True) == reply("media", "web")


def test_unknown_reply_or_channel_is_refused() -> None:
    with pytest.raises(KeyError):
        reply("nonsense", "sms")
    with pytest.raises(KeyError):
        reply("media", "fax")


def test_all_replies_are_lists_of_text() -> None:
    for entry in load("replies.yml")["replies"].values():
        assert all(isinstance(text, str) for channel in CHANNELS for text in entry[channel])
