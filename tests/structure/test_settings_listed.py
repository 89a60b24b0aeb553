"""`.env.example` explains every setting there is, and none that is not."""

from __future__ import annotations

import re
from pathlib import Path

from webhook.settings import Settings

ROOT = Path(__file__).parents[2]
NAME = re.compile(r"\b(?:HELPLINE|SIMULATOR|TWILIO)_[A-Z][A-Z_]*[A-Z]\b")
LINE = re.compile(r"^((?:HELPLINE|SIMULATOR|TWILIO)_[A-Z_]+)=", re.MULTILINE)
# Read as part of names in the simulator's answers and of Python's constants, not settings.
NOT_SETTINGS = {"TWILIO_STATUS"}


def listed() -> list[str]:
    return LINE.findall((ROOT / ".env.example").read_text())


def named_in_code() -> set[str]:
    files = [ROOT / "Makefile"]
    for folder in ("webhook", "bot", "actions", "simulator"):
        files += [*(ROOT / folder).rglob("*.py"), *(ROOT / folder).glob("*.yml")]
    return {name for file in files for name in NAME.findall(file.read_text())} - NOT_SETTINGS


def test_every_setting_of_the_service_is_listed() -> None:
    aliases = {field.alias for field in Settings.model_fields.values()}
    assert aliases <= set(listed())


def test_settings_listed_are_those_the_code_names() -> None:
    assert set(listed()) == named_in_code()


def test_no_setting_is_listed_twice_or_unexplained() -> None:
    assert len(listed()) == len(set(listed()))
    for block in (ROOT / ".env.example").read_text().split("\n\n"):
        assert block.lstrip().startswith("#")


def test_example_as_it_stands_gives_the_defaults() -> None:
    example = Settings(_env_file=ROOT / ".env.example")
    assert example == Settings(_env_file=None)
