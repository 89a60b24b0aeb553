"""Faults on demand: what to do wrong, to whom, and how many times."""

import itertools
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from simulator.addresses import to_e164
from simulator.errors import TwilioError, opted_out

FaultKind = Literal[
    "21610",
    "429",
    "500",
    "503",
    "timeout",
    "timeout_after_accept",
    "latency",
    "undelivered",
    "failed",
    "repeat_callbacks",
    "reorder_callbacks",
    "forge_callbacks",
    "repeat_webhook",
    "reorder_webhooks",
    "forge",
]

REFUSALS: tuple[FaultKind, ...] = ("429", "500", "503", "21610")


class Fault(BaseModel):
    """One fault. It is used up after `count` messages; without a count it stays until cleared."""

    model_config = ConfigDict(extra="forbid")

    kind: FaultKind
    number: str | None = None
    count: Annotated[int, Field(ge=1)] | None = 1
    # Refusals, timeouts and latency meet sends only, or every request to the API.
    scope: Literal["send", "api"] = "send"
    error_code: int = 30003
    latency_ms: Annotated[int, Field(ge=0, le=60_000)] = 1000
    # How often a repeated callback or webhook arrives in all.
    times: Annotated[int, Field(ge=2, le=20)] = 2


class FaultInForce(Fault):
    """A fault with the name it can be cleared by."""

    id: int


class FaultBook:
    """The faults in force, in the order they were asked for."""

    def __init__(self) -> None:
        self._faults: list[FaultInForce] = []
        self._ids = itertools.count(1)

    def add(self, fault: Fault) -> FaultInForce:
        """Put a fault in force. Raises ValueError when its number cannot be one."""
        values = fault.model_dump()
        if fault.number is not None:
            values["number"] = to_e164(fault.number)
            if values["number"] is None:
                raise ValueError("number")
        held = FaultInForce(**values, id=next(self._ids))
        self._faults.append(held)
        return held

    def all(self) -> list[FaultInForce]:
        """The faults still in force."""
        return list(self._faults)

    def clear(self, fault_id: int | None = None) -> None:
        """Lift one fault, or all of them."""
        self._faults = [f for f in self._faults if fault_id is not None and f.id != fault_id]

    def take(self, kind: FaultKind, number: str | None, sending: bool = True) -> Fault | None:
        """Use a fault of this kind once, if one meets this number."""
        for fault in self._faults:
            if fault.kind != kind or (fault.number is not None and fault.number != number):
                continue
            if not sending and fault.scope != "api":
                continue
            if fault.count is not None:
                fault.count -= 1
                if fault.count == 0:
                    self._faults.remove(fault)
            return fault
        return None


def refusal(kind: FaultKind) -> TwilioError:
    """The error answer a refusing fault gives."""
    if kind == "21610":
        return opted_out()
    if kind == "429":
        return TwilioError(429, 20429, "Too Many Requests")
    if kind == "503":
        return TwilioError(503, 20503, "Service Unavailable")
    return TwilioError(500, 20500, "Internal Server Error")
