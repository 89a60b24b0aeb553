"""What is asked in passing: a hello that comes twice, and answers that must not be mixed up."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from bot.policies.flows import load_flows
from bot.policies.talk import Sureness, choose
from bot.policies.talk_history import Heard, History

FLOWS = load_flows()
DETAILS = {
    detail["name"]: detail
    for path in sorted(Path("bot/details").glob("*.yml"))
    for detail in yaml.safe_load(path.read_text(encoding="utf-8"))["details"]
}
WORDS = {
    name: variants
    for path in sorted(Path("bot/domain/responses").glob("*.yml"))
    for name, variants in yaml.safe_load(path.read_text(encoding="utf-8"))["responses"].items()
}


def _turn(told: list[str], intent: str, **extra: Any) -> list[str]:
    fields: dict[str, Any] = {
        "confidence": 0.9, "triage": "standard", "danger": 0.9, "detail": None, "say": None,
        "closeness": 0.9, "for_danger": False, "metadata": {}, **extra,
    }  # fmt: skip
    heard = Heard(intent=intent, **fields)
    return choose(heard, History(before=told), FLOWS, set(WORDS), Sureness())


def _found(name: str, **extra: Any) -> dict[str, Any]:
    detail = DETAILS[name]
    danger = bool(detail.get("danger"))
    return {"detail": name, "say": detail["say"], "for_danger": danger, **extra}


def test_second_hello_is_an_easier_way_in() -> None:
    assert _turn(["utter_greet"], "greet") == ["utter_easy_start"]
    assert _turn(["utter_greet", "utter_easy_start"], "affirm") == ["utter_easy_words"]


def test_p10_tablets_taken_are_never_met_as_tablets_put_away() -> None:
    said = {name: _turn([], "suicide_self_harm", **_found(name, triage="emergency"))
            for name in ("suicide/taken", "suicide/not_taken", "suicide/moved_them")}  # fmt: skip
    assert said["suicide/taken"] == ["utter_suicide_taken"]
    for name, (utterance, *_) in said.items():
        for variant in WORDS[utterance]:
            assert "999" in variant["text"], name
            assert re.search(r"\b(?:take|taken|took)\b", variant["text"]), name


def test_role_told_first_opens_words_for_professionals() -> None:
    hello = _turn([], "request_human", **_found("role/professional"))
    assert hello == ["utter_pro_hello"]
    assert _turn(hello, "health_substance") == ["utter_health_substance_for_pro"]
    asked = _turn(hello, "out_of_scope", **_found("pro/need_fourteen"))
    assert asked == ["utter_pro_threshold"]


def test_survivor_is_never_told_to_drive_away() -> None:
    found = _found("perp/there_now", triage="emergency")
    assert "utter_perp_go_now" not in _turn([], "stalking_harassment", **found)
    assert _turn(["utter_perp_signs"], "x", **found)[0] == "utter_perp_go_now"
