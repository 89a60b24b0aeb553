"""A model's parts run each once, after what they need, with the outputs that were asked for."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from bot.straight_runner import StraightRunner

NEEDS = {
    "words": {"messages": "__message__"},
    "places": {"messages": "words"},
    "intent": {"first": "words", "second": "places"},
    "policy": {"tracker": "__tracker__"},
}


def loaded(ran: list[str]) -> Any:
    """What Rasa's runner holds once a model is loaded; each part gives what it was given."""

    def node(name: str) -> Any:
        def run(*given: Any) -> tuple[str, Any]:
            ran.append(name)
            return name, given

        return run

    schema = SimpleNamespace(
        target_names=["intent"],
        nodes={name: SimpleNamespace(needs=needs) for name, needs in NEEDS.items()},
    )
    nodes = {name: node(name) for name in NEEDS}
    return SimpleNamespace(_graph_schema=schema, _instantiated_nodes=nodes)


def test_each_part_runs_once_after_what_it_needs() -> None:
    ran: list[str] = []
    runner = StraightRunner(loaded(ran))
    found = runner.run({"__message__": "hello"}, ["intent"])
    assert ran == ["words", "places", "intent"]
    words = ("words", (("__message__", "hello"),))
    assert found == {"intent": (words, ("places", (words,)))}


def test_only_what_is_asked_for_runs_each_time() -> None:
    ran: list[str] = []
    runner = StraightRunner(loaded(ran))
    assert runner.run({"__tracker__": 1}, ["policy"]) == {"policy": (("__tracker__", 1),)}
    assert runner.run({"__tracker__": 2}, ["policy"]) == {"policy": (("__tracker__", 2),)}
    assert list(runner.run({"__message__": "hello"})) == ["intent"]
    assert ran == ["policy", "policy", "words", "places", "intent"]


def test_missing_input_is_given_as_its_name() -> None:
    assert StraightRunner(loaded([])).run({}, ["policy"]) == {"policy": ("__tracker__",)}
