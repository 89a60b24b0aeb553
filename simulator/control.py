"""The simulator's own API: text the helpline, read a phone, ask for faults, start afresh."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, HTTPException, Query
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from simulator.addresses import to_e164
from simulator.carrier import Carrier, CarrierDep
from simulator.faults import Fault, FaultInForce
from simulator.inbound import receive
from simulator.phones import PhoneEvent

HEARTBEAT_SECONDS = 15.0
MOST_WAIT_SECONDS = 30.0

router = APIRouter(prefix="/simulator")


class InboundText(BaseModel):
    """A text from a phone. `message_sid` sends a known one again."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    number: Annotated[str, Field(alias="from")]
    body: str = ""
    media: Annotated[list[str], Field(max_length=10)] = []
    message_sid: Annotated[str, Field(pattern="^(SM|MM)[0-9a-fA-F]{32}$")] | None = None


@router.get("/config")
async def config(carrier: CarrierDep) -> dict[str, object]:
    """What the phone page needs to know; no secrets."""
    settings = carrier.settings
    return {
        "helpline_number": settings.helpline_number,
        "webhook_url": settings.webhook_url,
        "opt_out": settings.opt_out,
        "latency_ms": settings.latency_ms,
    }


@router.post("/inbound")
async def inbound(text: InboundText, carrier: CarrierDep) -> dict[str, object]:
    """Text the helpline and wait for its webhook to answer."""
    number = _number(text.number)
    if not text.body and not text.media:
        raise HTTPException(422, "body or media is required")
    received = await receive(carrier, number, text.body, tuple(text.media), text.message_sid)
    outcome = received.outcome
    return {
        "message": received.text.view(),
        "held": outcome is None,
        "webhook_status": outcome.status if outcome else None,
        "webhook_failure": outcome.failure if outcome else None,
        "attempts": outcome.attempts if outcome else 0,
    }


@router.get("/phones/{number}/messages")
async def phone_messages(
    number: str,
    carrier: CarrierDep,
    after: Annotated[int, Query(ge=0)] = 0,
    wait: Annotated[float, Query(ge=0, le=MOST_WAIT_SECONDS)] = 0,
) -> dict[str, object]:
    """Texts with a higher index, both ways; waits up to `wait` seconds for the first one."""
    phone = _number(number)
    loop = asyncio.get_running_loop()
    deadline = loop.time() + wait
    texts = carrier.phones.texts(phone, after)
    while not texts and (left := deadline - loop.time()) > 0 and not carrier.phones.stopped:
        await carrier.phones.changed(phone, left)
        texts = carrier.phones.texts(phone, after)
    return {"number": phone, "messages": [text.view() for text in texts]}


@router.get("/phones/{number}/events")
async def phone_events(
    number: str,
    carrier: CarrierDep,
    last_event_id: Annotated[int, Header(ge=0)] = 0,
    after: Annotated[int, Query(ge=0)] = 0,
) -> StreamingResponse:
    """Server-sent events: `message`, `status` and `reset`, after the last one seen."""
    stream = _stream(carrier, _number(number), max(after, last_event_id))
    return StreamingResponse(
        stream, media_type="text/event-stream", headers={"Cache-Control": "no-store"}
    )


@router.post("/faults", status_code=201)
async def add_fault(fault: Fault, carrier: CarrierDep) -> FaultInForce:
    """Put a fault in force."""
    try:
        return carrier.faults.add(fault)
    except ValueError as error:
        raise HTTPException(422, "number is not a telephone number") from error


@router.get("/faults")
async def list_faults(carrier: CarrierDep) -> list[FaultInForce]:
    """The faults in force."""
    return carrier.faults.all()


@router.delete("/faults", status_code=204)
async def clear_faults(carrier: CarrierDep) -> Response:
    """Lift all faults."""
    carrier.faults.clear()
    return Response(status_code=204)


@router.delete("/faults/{fault_id}", status_code=204)
async def clear_fault(fault_id: int, carrier: CarrierDep) -> Response:
    """Lift one fault."""
    carrier.faults.clear(fault_id)
    return Response(status_code=204)


@router.post("/reset", status_code=204)
async def reset(carrier: CarrierDep) -> Response:
    """Forget every message, fault and opt-out."""
    await carrier.reset()
    return Response(status_code=204)


async def _stream(carrier: Carrier, number: str, after: int) -> AsyncIterator[str]:
    yield "retry: 1000\n\n"
    async for event in carrier.phones.follow(number, after, HEARTBEAT_SECONDS):
        yield _frame(event) if event else ": still here\n\n"


def _frame(event: PhoneEvent) -> str:
    return f"id: {event.id}\nevent: {event.kind}\ndata: {json.dumps(event.view())}\n\n"


def _number(typed: str) -> str:
    number = to_e164(typed)
    if number is None:
        raise HTTPException(422, "that is not a telephone number")
    return number
