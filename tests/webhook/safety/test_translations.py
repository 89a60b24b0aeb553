"""The translated core: off unless reviewed, complete for danger, and sent as people text."""

from __future__ import annotations

from pathlib import Path

import pytest

from webhook.core.sms_text import is_gsm7, segments
from webhook.safety import translations
from webhook.safety.language import language
from webhook.safety.replies import reply
from webhook.safety.translations import (
    CORE,
    LANGUAGES,
    direction,
    load_translations,
    unreviewed_entries,
)

ALL = load_translations((), unreviewed=True)
EVERY = [(code, channel) for code in LANGUAGES for channel in ("sms", "web")]


def test_nothing_is_spoken_until_it_is_reviewed() -> None:
    assert load_translations(()).texts == {}
    assert set(load_translations(("pl", "xx")).texts) == {"pl"}


@pytest.mark.parametrize(("code", "channel"), EVERY)
def test_every_core_reply_has_its_translation(code: str, channel: str) -> None:
    for name in CORE:
        for variant in range(3):
            assert ALL.of(code, channel, reply(name, channel, variant=variant)), name


@pytest.mark.parametrize(("code", "channel"), EVERY)
def test_p10_translated_emergency_names_999_and_55(code: str, channel: str) -> None:
    said = [ALL.of(code, channel, reply("emergency", channel)), ALL.of_emergency(code, channel)]
    said += [ALL.of(code, channel, reply("emergency_again", channel, variant=n)) for n in range(3)]
    assert all(text and "999" in text and "55" in text for text in said)


@pytest.mark.parametrize("code", LANGUAGES)
def test_translated_danger_fits_two_segments(code: str) -> None:
    for name in ("emergency", "emergency_again", "first_safe", "first_safe_question"):
        for variant in range(3):
            said = ALL.of(code, "sms", reply(name, "sms", variant=variant))
            assert said
            assert segments(said) <= 2


@pytest.mark.parametrize("code", LANGUAGES)
def test_translation_is_in_the_language_it_says(code: str) -> None:
    for name in CORE:
        found = language(ALL.of(code, "web", reply(name, "web")) or "")
        assert found is not None
        assert found.code == code, name


def test_polish_and_romanian_go_without_accents_by_text() -> None:
    for code in ("pl", "ro"):
        english = reply("emergency", "sms")
        assert is_gsm7(ALL.of(code, "sms", english) or "\u0142")
    assert "ż" in (ALL.of("pl", "web", reply("emergency", "web")) or "")


def test_other_words_and_languages_have_no_translation() -> None:
    assert ALL.of("pl", "sms", reply("media", "sms")) is None
    assert ALL.of("fr", "sms", reply("emergency", "sms")) is None
    assert ALL.of_emergency("", "web") is None


def test_unreadable_catalogue_leaves_english(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(translations, "LOCALES", tmp_path)
    assert load_translations((), unreviewed=True).texts == {}


def test_every_language_still_waits_for_its_reader() -> None:
    assert all(unreviewed_entries(code) for code in LANGUAGES)


def test_scripts_run_in_their_direction() -> None:
    shown = {code: direction(code) for code in LANGUAGES}
    assert shown == {"pl": "ltr", "ur": "rtl", "ro": "ltr", "uk": "ltr", "ar": "rtl"}
