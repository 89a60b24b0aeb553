"""The template for translators: all reviewed replies, always alike, and stale when words change."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import yaml
from babel.messages.pofile import read_po

from checks import catalogue
from checks.catalogue import extracted, main, template
from checks.files import FIXED
from checks.words import fixed_replies, responses


def test_every_reviewed_reply_is_in_the_template() -> None:
    sent = {said.text for said in [*fixed_replies(), *responses()]}
    assert sent <= {str(message.id) for message in read_po(io.BytesIO(template()))}


def test_context_tells_replies_and_channels_apart() -> None:
    contexts = {(entry.context, entry.text) for entry in extracted()}
    assert len(contexts) == len(extracted())
    assert {"emergency/sms", "emergency/web", "emergency/sms/child"} <= {c for c, _ in contexts}


def test_translator_is_told_limits_and_what_must_stay() -> None:
    said = {entry.context: " ".join(entry.comments) for entry in extracted()}
    assert "at most 2 segments" in said["emergency/sms"]
    assert "Keep, in these digits: 999, 55." in said["emergency/sms"]
    assert "never texted" in said["emergency/sms"]
    assert "under 16" in said["emergency/sms/child"]
    assert "Keep the English word police" in said["language/sms"]


def test_same_words_give_the_same_file_without_dates() -> None:
    assert template() == template()
    assert b"-Date" not in template()


def test_changed_words_make_the_template_stale(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = tmp_path / "replies.yml"
    data = yaml.safe_load(FIXED.read_text(encoding="utf-8"))
    monkeypatch.setattr(catalogue, "TEMPLATE", tmp_path / "helpline.pot")
    assert main([]) == 0
    assert main(["--check"]) == 0
    data["replies"]["blank"]["sms"][0] = "Your text was empty."
    changed.write_text(yaml.safe_dump(data), encoding="utf-8")
    monkeypatch.setattr(catalogue, "FIXED", changed)
    assert main(["--check"]) == 1
    assert "stale" in capsys.readouterr().out
