"""Decides before the rules do: danger first, silence only when sure, and honesty when unsure."""

from __future__ import annotations

from typing import Any

from rasa.core.policies.policy import Policy, PolicyPrediction
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

DANGER = ("utter_emergency", "utter_ask_hub_danger")
UNSURE = ("utter_not_understood",)
UNSURE_AGAIN = ("utter_offer_person",)
# What is said to these already names 999 and the silent call, in words that fit.
ANSWERS_DANGER = frozenset(
    {
        "immediate_danger",
        "suicide_self_harm",
        "sexual_violence",
        "child_harm",
        "unsafe_to_talk",
        "home_worry_young_person",
        "worried_about_someone",
        "perpetrator_help",
    }
)
SILENT = frozenset({"unsafe_to_talk", "stop_messages"})


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True
)
class CarefulPolicy(Policy):
    """Learns nothing; overrules the rules for emergencies and for readings that are not sure."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`sure` and `sure_of_silence` are confidences in the intent, from 0 to 1."""
        return {"priority": 7, "sure": 0.25, "sure_of_silence": 0.5}

    def train(
        self, training_trackers: list[TrackerWithCachedStates], domain: Domain, **kwargs: Any
    ) -> Resource:
        """Nothing is learnt."""
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> CarefulPolicy:
        """Made from its configuration alone."""
        return cls(config, model_storage, resource, execution_context)

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """All the weight on the action due now, or none on any."""
        scores = self._default_predictions(domain)
        action = self._next(tracker)
        if action is not None:
            scores[domain.index_for_action(action)] = 1.0
        return self._prediction(scores)

    def _next(self, tracker: DialogueStateTracker) -> str | None:
        """The action due now, or None to leave it to the rules."""
        if tracker.latest_message is None or tracker.latest_message.text is None:
            return None
        plan = self._plan(tracker)
        done = _done_since_user(tracker)
        if plan is None or done != list(plan[: len(done)]):
            return None
        return plan[len(done)] if len(done) < len(plan) else ACTION_LISTEN_NAME

    def _plan(self, tracker: DialogueStateTracker) -> tuple[str, ...] | None:
        """What to say in this turn, or None when the rules know better."""
        message = tracker.latest_message
        intent, confidence = message.intent.get("name"), message.intent.get("confidence", 0.0)
        level = (message.parse_data.get("triage") or {}).get("level")
        if level == "emergency" and intent not in ANSWERS_DANGER:
            return DANGER
        wanted = self.config["sure_of_silence" if intent in SILENT else "sure"]
        if confidence >= wanted or tracker.active_loop_name:
            return None
        return UNSURE_AGAIN if _was_unsure(tracker) else UNSURE


def _done_since_user(tracker: DialogueStateTracker) -> list[str]:
    done: list[str] = []
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, ActionExecuted) and event.action_name:
            done.insert(0, event.action_name)
    return done


def _was_unsure(tracker: DialogueStateTracker) -> bool:
    """Whether the turn before this one ended without understanding."""
    turns = 0
    for event in reversed(tracker.events):
        turns += isinstance(event, UserUttered)
        if turns == 2:
            return False
        if isinstance(event, ActionExecuted) and event.action_name in (*UNSURE, *UNSURE_AGAIN):
            return turns == 1
    return False
