"""Which step of a topic or a plan comes next."""

from __future__ import annotations

from bot.policies.flows import Topic
from bot.policies.talk_history import History


def next_step(topic: Topic, told: History) -> list[str]:
    """The first step not yet said; after the last one what closes the topic, in turn."""
    said = told.said
    first = not any(step in said for step in topic.steps)
    hub = [topic.hub] if topic.hub and first else []
    for step in _in_order(topic, said):
        if step not in said:
            return [step, *hub]
    over = sum(told.times(name) for name in topic.then)
    return [topic.then[over % len(topic.then)]] if topic.then else ["utter_offer_person"]


def _in_order(topic: Topic, said: list[str]) -> tuple[str, ...]:
    """The steps of a topic; of a plan entered in its middle, those after that place first.

    The words that open a plan are not said once it is begun.
    """
    last = next((name for name in reversed(said) if name in topic.steps), None)
    if not topic.plan or last is None:
        return topic.steps
    place = topic.steps.index(last)
    return (*topic.steps[place + 1 :], *topic.steps[1:place])
