"""Parts are counted as Twilio's message-segment-calculator counts them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.segments import count_parts
from webhook.core.sms_text import encoding, segments

# What replies and texts are mostly made of; the helpline's own count is held to Twilio's.
EVERYDAY = st.text(st.sampled_from("aZ 9.,!?@£éà\n\r|€[]~’…ç😀👍🏽"), max_size=480)


@pytest.mark.parametrize(
    ("text", "parts", "encoding"),
    [
        ("", 1, "GSM-7"),
        ("a" * 160, 1, "GSM-7"),
        ("a" * 161, 2, "GSM-7"),
        ("a" * 306, 2, "GSM-7"),
        ("a" * 307, 3, "GSM-7"),
        ("€" * 80, 1, "GSM-7"),
        ("€" * 81, 2, "GSM-7"),
        ("’" + "a" * 69, 1, "UCS-2"),
        ("’" + "a" * 70, 2, "UCS-2"),
        ("ç", 1, "UCS-2"),
        ("\r\n", 1, "GSM-7"),
        ("\U0001f1ec\U0001f1e7" * 17 + "ab", 1, "UCS-2"),
        ("a" * 67 + "\U0001f1ec\U0001f1e7", 2, "UCS-2"),
        ("😀" * 35, 1, "UCS-2"),
        ("😀" * 36, 2, "UCS-2"),
    ],
)
def test_parts_at_the_edges_of_each_encoding(text: str, parts: int, encoding: str) -> None:
    counted = count_parts(text)
    assert (counted.count, counted.encoding) == (parts, encoding)


def test_wide_character_never_straddles_two_parts() -> None:
    # 152 and a two-unit character do not fit 153, so a unit is lost at each join.
    text = ("a" * 152 + "€") * 2 + "a"
    assert count_parts(text).count == 3
    # 67 units hold 33 emoji, not 33 and a half: 67 emoji need a third part.
    assert count_parts("😀" * 66).count == 2
    assert count_parts("😀" * 67).count == 3


@given(EVERYDAY)
def test_parts_agree_with_the_helplines_own_count(text: str) -> None:
    counted = count_parts(text)
    assert (counted.count, counted.encoding) == (segments(text), encoding(text).value)
