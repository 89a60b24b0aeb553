"""Runs a loaded model's parts one after the other, without the scheduler that Rasa asks each time.

Rasa builds a task graph for every run and gives it to dask, which looks for what could be done at
the same time; with one processor a worker nothing is. The order is found here once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple


class _Step(NamedTuple):
    name: str
    node: Any  # rasa.engine.graph.GraphNode: takes (name, output) pairs, gives one
    needs: tuple[str, ...]


class StraightRunner:
    """Takes the place of the rasa.engine runner that loaded the model."""

    def __init__(self, loaded: Any) -> None:
        self._schema: Any = loaded._graph_schema
        self._nodes: Mapping[str, Any] = loaded._instantiated_nodes
        self._plans: dict[tuple[str, ...], list[_Step]] = {}

    def run(
        self, inputs: Mapping[str, Any] | None = None, targets: Iterable[str] | None = None
    ) -> dict[str, Any]:
        """The outputs of the targets by name, from inputs by name of their placeholders."""
        wanted = tuple(targets or self._schema.target_names)
        plan = self._plans.get(wanted)
        if plan is None:
            plan = self._plans[wanted] = self._plan(wanted)
        done: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
        for step in plan:
            # A part without what it needs is given the name alone, and says so.
            done[step.name] = step.node(*(done.get(need, need) for need in step.needs))
        return {name: done[name][1] for name in wanted}

    def _plan(self, wanted: Iterable[str]) -> list[_Step]:
        plan: dict[str, _Step] = {}

        def add(name: str) -> None:
            if name in plan or name not in self._nodes:  # placeholders are no nodes
                return
            needs = tuple(self._schema.nodes[name].needs.values())
            for need in needs:
                add(need)
            plan[name] = _Step(name, self._nodes[name], needs)

        for name in wanted:
            add(name)
        return list(plan.values())
