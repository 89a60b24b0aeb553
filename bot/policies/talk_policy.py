"""The policy that holds a conversation together; what it leaves open goes to the rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from rasa.core.policies.policy import Policy, PolicyPrediction
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, UserUttered
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from bot.policies.flows import load_flows
from bot.policies.persons import said_to_be
from bot.policies.talk import Sureness, choose
from bot.policies.talk_history import UNDER_18, Heard, History, Near

_SURE = 0.6  # confidence from which an earlier message tells who somebody is


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True
)
class TalkPolicy(Policy):
    """Learns nothing: what to say follows from bot/flows, the tracker and the reading."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._flows = load_flows()
        self._sure = Sureness(**{name: self.config[name] for name in asdict(Sureness())})

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The numbers are explained by bot.policies.talk.Sureness."""
        return {"priority": 7, **asdict(Sureness())}

    def train(
        self, training_trackers: list[TrackerWithCachedStates], domain: Domain, **kwargs: Any
    ) -> Resource:
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> TalkPolicy:
        return cls(config, model_storage, resource, execution_context)

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        scores = self._default_predictions(domain)
        action = self._next(tracker, domain)
        if action is not None:
            scores[domain.index_for_action(action)] = 1.0
        return self._prediction(scores)

    def _next(self, tracker: DialogueStateTracker, domain: Domain) -> str | None:
        """The action due now, or None to leave it to the rules."""
        message = tracker.latest_message
        if message is None or not message.text:
            return None
        told = history(tracker.events)
        fixed = f"fixed_{(message.metadata or {}).get('fixed')}"
        if fixed in self._flows.asks:
            told.before.append(fixed)  # the service asked this itself, and it is what is answered
        turn = choose(heard(message), told, self._flows, domain.action_names_or_texts, self._sure)
        done = _done(tracker)
        if not turn or done != turn[: len(done)]:
            return None
        return turn[len(done)] if len(done) < len(turn) else ACTION_LISTEN_NAME


def history(events: Iterable[Event]) -> History:
    """The utterances of a conversation, from its tracker's events."""
    told = History()
    sure: str | None = None
    for event in events:
        if isinstance(event, UserUttered):
            told.before += told.now
            told.now = []
            told.intents += [sure] if sure else []
            who = told.who
            young = (event.metadata or {}).get("age_band") in UNDER_18
            told.who = None if young else said_to_be(event.text or "", who)
            told.who_now = told.who is not None and told.who != who
            read = event.intent or {}
            sure = read.get("name") if float(read.get("confidence") or 0) >= _SURE else None
        elif isinstance(event, ActionExecuted) and (event.action_name or "").startswith("utter_"):
            told.now.append(event.action_name)
    return told


def heard(message: UserUttered) -> Heard:
    """The reading of a message, from the tracker."""
    parse = message.parse_data or {}
    detail = parse.get("detail") or {}
    return Heard(
        intent=message.intent.get("name"),
        confidence=float(message.intent.get("confidence") or 0.0),
        triage=_triage(message),
        danger=_danger(message),
        detail=detail.get("name"),
        say=detail.get("say"),
        closeness=float(detail.get("confidence") or 0.0),
        for_danger=bool(detail.get("danger")),
        metadata=message.metadata or {},
        text=message.text or "",
        near=tuple(
            Near(one["name"], one.get("say"), float(one["confidence"]), bool(one.get("danger")))
            for one in parse.get("near_details") or ()
        ),
    )


def _triage(message: UserUttered) -> str:
    """The level of a message: emergency when the model or the service's own gate says so."""
    if (message.metadata or {}).get("gate") == "emergency":
        return "emergency"
    return str(((message.parse_data or {}).get("triage") or {}).get("level") or "standard")


def _danger(message: UserUttered) -> float:
    """How likely an emergency is; what the service's gate calls one is certain."""
    if (message.metadata or {}).get("gate") == "emergency":
        return 1.0
    read = (message.parse_data or {}).get("triage") or {}
    return float((read.get("probabilities") or {}).get("emergency") or 0.0)


def _done(tracker: DialogueStateTracker) -> list[str]:
    """The actions since the person's latest message."""
    done: list[str] = []
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, ActionExecuted) and event.action_name:
            done.insert(0, event.action_name)
    return done
