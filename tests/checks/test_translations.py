"""Translations are held to their English: what each rule catches, and that ours break none."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from checks.catalogue import body
from checks.translations import REVIEW_NOTE, breaches, translation_breaches
from webhook.safety.translations import LANGUAGES, LOCALES, entries, read_catalogue

ENGLISH = "In danger, call 999 and say police. Can't speak? On a mobile press 55 when asked."
UKRAINIAN = "Небезпека? Дзвоніть 999 і скажіть: police. На мобільному натисніть 55."


def message(said: str, *, code: str = "uk", channel: str = "sms", fuzzy: bool = True) -> list[str]:
    """What is found in one translation of ENGLISH."""
    notes = ["Back: Danger? Call 999.", *([REVIEW_NOTE] if fuzzy else [])]
    flags = ["fuzzy"] if fuzzy else []
    made = Message(ENGLISH, said, flags=flags, user_comments=notes, context=f"emergency/{channel}")
    return list(breaches(code, made))


def copied(folder: Path, code: str, catalogue: Catalog | None = None) -> None:
    """A language's file in another folder, from a catalogue when one is given."""
    file = folder / code / "LC_MESSAGES" / "helpline.po"
    file.parent.mkdir(parents=True)
    given = LOCALES / code / "LC_MESSAGES" / "helpline.po"
    file.write_bytes(body(catalogue) if catalogue else given.read_bytes())


def test_our_translations_break_no_rule() -> None:
    assert list(translation_breaches()) == []


def test_good_translation_breaks_no_rule() -> None:
    assert message(UKRAINIAN) == []
    assert message(UKRAINIAN, fuzzy=False) == []


@pytest.mark.parametrize(
    ("said", "breach"),
    [
        ("", "not translated"),
        (ENGLISH, "not translated"),
        (UKRAINIAN.replace("999", "112"), "other numbers"),
        (UKRAINIAN.replace("55", ""), "names 999 and 55"),
        (UKRAINIAN.replace("55", "\u0665\u0665"), "digits of the telephone"),
        (UKRAINIAN + " {name}", "placeholders"),
        (UKRAINIAN.replace("police", "поліція"), "word to say"),
        (UKRAINIAN + " help", "Latin letters left: help"),
        ("\u200f" + UKRAINIAN, "marks of direction"),
        (UKRAINIAN + " слово" * 40, "segments, at most 3"),
    ],
)
def test_each_rule_catches_its_breach(said: str, breach: str) -> None:
    assert any(breach in found for found in message(said))


def test_length_is_counted_as_it_is_sent() -> None:
    polish = "Zadzwoń pod 999, powiedz: police. Naciśnij 55. " + "żółć " * 40
    assert message(polish, code="pl") == []
    assert message(polish, code="pl", channel="web") == []


def test_missing_text_and_missing_language_are_breaches(tmp_path: Path) -> None:
    for code in LANGUAGES[1:]:
        copied(tmp_path, code)
    assert list(translation_breaches(tmp_path)) == ["pl: cannot be read (FileNotFoundError)"]
    shorter = read_catalogue("pl")
    first = entries(shorter)[0]
    shorter.delete(first.id, first.context)
    copied(tmp_path, "pl", shorter)
    [found] = translation_breaches(tmp_path)
    assert "pl emergency/sms: there is no translation" in found


def test_text_outside_the_core_is_a_breach(tmp_path: Path) -> None:
    for code in LANGUAGES[1:]:
        copied(tmp_path, code)
    longer = read_catalogue("pl")
    notes = [REVIEW_NOTE, "Back: It was empty."]
    said = "Wiadomość była pusta."
    longer.add("It was empty.", said, context="blank/web", flags=["fuzzy"], user_comments=notes)
    copied(tmp_path, "pl", longer)
    [found] = translation_breaches(tmp_path)
    assert "pl blank/web: is not of the core" in found
