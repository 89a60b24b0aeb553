"""Words and rules of the assistant, read from its files: what may be sent and what is due."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
import yaml

from actions import commands
from bot.policies.flows import load_flows
from tests.bot.assistant import ROOT
from webhook.core.sms_text import is_gsm7, segments
from webhook.services import commands as service
from webhook.services.commands import parse_commands

BOT = ROOT / "bot"
SAYS_ABUSE_OR_NAME = ("abuse", "helpline.", "refuge.org")
OPENING = ("utter_greet", "utter_request_human", "utter_bot_challenge", "utter_language_request")


def _merged(folder: Path, key: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for file in sorted(folder.rglob("*.yml")):
        found.update(yaml.safe_load(file.read_text()).get(key) or {})
    return found


RESPONSES: dict[str, list[dict[str, Any]]] = _merged(BOT / "domain", "responses")
INTENTS: list[str] = yaml.safe_load((BOT / "domain/intents.yml").read_text())["intents"]
RULES: list[dict[str, Any]] = [
    rule
    for file in sorted((ROOT / "nlu_data/rules").glob("*.yml"))
    for rule in yaml.safe_load(file.read_text()).get("rules") or []
]
SPOKEN = sorted(name for name, said in RESPONSES.items() if any("text" in one for one in said))
BY_TEXT = [
    (name, one["text"])
    for name in SPOKEN
    for one in RESPONSES[name]
    if one.get("channel") == "sms" and "text" in one
]


@pytest.mark.parametrize("name", SPOKEN)
def test_every_reply_has_words_for_sms_and_web(name: str) -> None:
    channels = {one.get("channel", "web") for one in RESPONSES[name] if "text" in one}
    assert channels == {"sms", "web"}


@pytest.mark.parametrize(("name", "text"), BY_TEXT)
def test_sms_words_fit_two_plain_segments(name: str, text: str) -> None:
    assert is_gsm7(text), name
    assert segments(text) <= 2, (name, len(text))


@pytest.mark.parametrize("name", SPOKEN)
def test_p10_words_that_name_999_name_the_silent_call_or_are_for_others(name: str) -> None:
    for one in RESPONSES[name]:
        text = one.get("text", "")
        assert "text 55" not in text.lower()
        if name in {"utter_emergency", "utter_immediate_danger", "utter_suicide_self_harm"}:
            assert "999" in text, name
            assert "press 55 when asked" in text, name


@pytest.mark.parametrize("name", OPENING)
def test_p11_words_that_may_come_first_by_sms_are_discreet(name: str) -> None:
    for one in RESPONSES[name]:
        if one.get("channel") == "sms":
            assert not any(word in one["text"].lower() for word in SAYS_ABUSE_OR_NAME)


@pytest.mark.parametrize("intent", INTENTS)
def test_every_intent_has_a_rule_or_a_topic_and_its_replies(intent: str) -> None:
    rules = [rule["steps"] for rule in RULES if rule["steps"][0].get("intent") == intent]
    topic = load_flows().for_intent(intent, young=False)
    due = [step["action"] for step in rules[0][1:]] if rules else []
    due += [*topic.steps, *topic.then] if topic else []
    assert due, intent
    assert all(name in RESPONSES for name in due)


def test_every_intent_has_at_least_a_dozen_examples() -> None:
    counts = dict.fromkeys(INTENTS, 0)
    for file in (ROOT / "nlu_data/nlu").glob("*.yml"):
        for block in yaml.load(file.read_text(), Loader=yaml.CSafeLoader)["nlu"]:
            counts[block["intent"].split("/")[0]] += len(block["examples"])
    assert {intent: count for intent, count in counts.items() if count < 12} == {}


def test_every_command_of_a_response_is_one_the_service_accepts() -> None:
    given = [one["custom"] for said in RESPONSES.values() for one in said if "custom" in one]
    assert given
    assert [command for command in given if not parse_commands([command])] == []


def test_closed_list_of_commands_is_that_of_the_service() -> None:
    def named(kind: Any) -> str:
        hint = get_type_hints(kind)["command"]
        return str(get_args(hint)[0])

    ours = {named(kind): kind for kind in get_args(commands.Command)}
    theirs = {named(kind): kind for kind in get_args(service.Command)}
    assert ours.keys() == theirs.keys()
    for name, kind in ours.items():
        assert set(get_type_hints(kind)) == set(theirs[name].model_fields), name


def test_silence_has_no_words() -> None:
    for name in ("utter_unsafe_to_talk", "utter_stop_messages"):
        assert all("text" not in one for one in RESPONSES[name])


def test_only_variables_stand_for_secrets_and_addresses() -> None:
    endpoints = yaml.safe_load((BOT / "endpoints.yml").read_text())
    store = endpoints["tracker_store"]
    values = [store["url"], store["key"], store["ttl"], endpoints["action_endpoint"]["url"]]
    credentials = yaml.safe_load((BOT / "credentials.yml").read_text())
    assert list(credentials) == ["bot.channel.HelplineInput"]
    values.append(credentials["bot.channel.HelplineInput"]["token"])
    assert all(value.startswith("${HELPLINE_") and value.endswith("}") for value in values)
