"""Twilio's Messages API: create, fetch, list, redact, cancel and delete."""

import asyncio
import base64
import hmac
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from simulator import outbound
from simulator.carrier import Carrier, CarrierDep
from simulator.create import message_from
from simulator.errors import TwilioError, bad_request, not_found
from simulator.faults import REFUSALS, refusal
from simulator.listing import list_messages
from simulator.messages import API_VERSION, COMPLETE, Message

# A client that never gives up is let go after this long.
HANG_SECONDS = 120.0


async def authenticate(request: Request, account_sid: str, carrier: CarrierDep) -> None:
    """Basic auth with the account's identifier and token, for that account only."""
    settings = carrier.settings
    wanted = f"{settings.account_sid}:{settings.auth_token}".encode()
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    try:
        given = base64.b64decode(encoded, validate=True)
    except ValueError:
        given = b""
    known = scheme.lower() == "basic" and hmac.compare_digest(given, wanted)
    if not known or account_sid != settings.account_sid:
        raise TwilioError(401, 20003, "Authenticate")


async def meet_api_faults(request: Request, carrier: CarrierDep) -> None:
    """Be slow or refuse, where a fault set for the whole API says so."""
    await asyncio.sleep(carrier.settings.latency_ms / 1000)
    if request.method != "POST" or not request.url.path.endswith("/Messages.json"):
        await _misbehave(request, carrier, None, sending=False)


router = APIRouter(
    prefix=f"/{API_VERSION}/Accounts/{{account_sid}}",
    dependencies=[Depends(authenticate), Depends(meet_api_faults)],
)


async def find_message(sid: str, request: Request, carrier: CarrierDep) -> Message:
    """The message an address names, or Twilio's 404."""
    message = carrier.store.get(sid)
    if message is None:
        raise not_found(request.url.path)
    return message


Found = Annotated[Message, Depends(find_message)]


@router.post("/Messages.json")
async def create(request: Request, carrier: CarrierDep) -> Response:
    """Send a message."""
    form = await request.form()
    await _misbehave(request, carrier, str(form.get("To") or ""), sending=True)
    message = message_from(form, carrier)
    # The answer shows the message as accepted, before anything else has happened to it.
    answer = JSONResponse(message.resource(), 201)
    outbound.accept(carrier, message)
    if carrier.faults.take("timeout_after_accept", message.to):
        await _hang(request, carrier)
    return answer


@router.get("/Messages.json")
async def list_all(request: Request, carrier: CarrierDep) -> dict[str, object]:
    """One page of messages, newest first."""
    return list_messages(carrier, request.query_params)


@router.get("/Messages/{sid}.json")
async def fetch(message: Found) -> dict[str, object]:
    """One message as it is now."""
    return message.resource()


@router.post("/Messages/{sid}.json")
async def update(request: Request, message: Found, carrier: CarrierDep) -> dict[str, object]:
    """Cancel a scheduled message, or blank the body of one that is complete."""
    form = await request.form()
    if status := form.get("Status"):
        _cancel(message, str(status))
        carrier.phones.update(message)
    if "Body" in form:
        if form["Body"]:
            raise bad_request(20001, "Body can only be updated to an empty string")
        _require_complete(message)
        message.body = ""
        message.move(message.status)
    return message.resource()


@router.delete("/Messages/{sid}.json", status_code=204)
async def delete(message: Found, carrier: CarrierDep) -> Response:
    """Delete a message that is complete."""
    _require_complete(message)
    carrier.store.delete(message.sid)
    return Response(status_code=204)


def _cancel(message: Message, status: str) -> None:
    if status != "canceled":
        raise bad_request(20001, "Status can only be updated to canceled")
    if message.status != "scheduled":
        raise TwilioError(409, 30409, "Message cannot be canceled in its present status")
    message.move("canceled")


def _require_complete(message: Message) -> None:
    if message.status not in COMPLETE:
        raise TwilioError(409, 20009, "Cannot update or delete this resource before it is complete")


async def _misbehave(request: Request, carrier: Carrier, to: str | None, sending: bool) -> None:
    """Latency, silence or a refusal, as the faults in force ask."""
    faults, resets = carrier.faults, carrier.resets
    if slow := faults.take("latency", to, sending):
        await asyncio.sleep(slow.latency_ms / 1000)
    if faults.take("timeout", to, sending):
        await _hang(request, carrier)
        raise refusal("503")
    for kind in REFUSALS:
        if faults.take(kind, to, sending):
            raise refusal(kind)
    if carrier.resets != resets:
        raise refusal("503")


async def _hang(request: Request, carrier: Carrier) -> None:
    """Say nothing until the client has gone."""
    ends = [asyncio.create_task(_gone(request)), asyncio.create_task(carrier.stopping.wait())]
    await asyncio.wait(ends, timeout=HANG_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    for end in ends:
        end.cancel()


async def _gone(request: Request) -> None:
    # The body has been read, so all that can still come is the disconnection.
    while (await request.receive())["type"] != "http.disconnect":
        pass
