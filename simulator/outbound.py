"""Texts from the helpline to a phone: their statuses and the signed callbacks that tell them."""

import asyncio

from simulator.carrier import Carrier
from simulator.faults import Fault
from simulator.messages import API_VERSION, Message, now


def accept(carrier: Carrier, message: Message) -> None:
    """Take responsibility for a message: keep it, show it, and deliver it in the background."""
    carrier.store.add(message)
    carrier.phones.show(message.to, message)
    carrier.spawn(_deliver(carrier, message))


async def _deliver(carrier: Carrier, message: Message) -> None:
    """Move the message to its last status, with a callback at each."""
    if message.send_at is not None:
        await asyncio.sleep((message.send_at - now()).total_seconds())
        if message.status == "canceled":
            return
    reorder = carrier.faults.take("reorder_callbacks", message.to)
    repeat = carrier.faults.take("repeat_callbacks", message.to)
    waiting = []
    for status, fault in _path(carrier, message):
        if status != message.status:
            await asyncio.sleep(carrier.settings.delivery_ms / 1000)
            _move(carrier, message, status, fault)
        if reorder is None:
            await _call_back(carrier, message, callback_form(message), repeat)
        else:
            waiting.append(callback_form(message))
    for form in reversed(waiting):
        await _call_back(carrier, message, form, repeat)


def _path(carrier: Carrier, message: Message) -> list[tuple[str, Fault | None]]:
    """The statuses still to come, the present one first where Twilio tells of it."""
    failed = carrier.faults.take("failed", message.to)
    if failed:
        return [("queued", None), ("failed", failed)]
    undelivered = carrier.faults.take("undelivered", message.to)
    last = "undelivered" if undelivered else "delivered"
    return [("queued", None), ("sent", None), (last, undelivered)]


def _move(carrier: Carrier, message: Message, status: str, fault: Fault | None) -> None:
    if message.sender is None:
        # A messaging service picks the sender after it has accepted the message.
        message.sender = carrier.settings.helpline_number
    message.move(status, fault.error_code if fault else None)
    carrier.phones.update(message)


def callback_form(message: Message) -> dict[str, str]:
    """The parameters of Twilio's request to the status callback address, at this moment."""
    form = {
        "SmsSid": message.sid,
        "SmsStatus": message.status,
        "MessageStatus": message.status,
        "To": message.to,
        "MessageSid": message.sid,
        "AccountSid": message.account_sid,
        "From": message.sender or "",
        "ApiVersion": API_VERSION,
    }
    if message.messaging_service_sid:
        form["MessagingServiceSid"] = message.messaging_service_sid
    if message.status in ("delivered", "undelivered"):
        form["RawDlrDoneDate"] = now().strftime("%y%m%d%H%M")
    if message.error_code is not None:
        form["ErrorCode"] = str(message.error_code)
    return form


async def _call_back(
    carrier: Carrier, message: Message, form: dict[str, str], repeat: Fault | None
) -> None:
    if not message.status_callback:
        return
    forged = carrier.faults.take("forge_callbacks", message.to) is not None
    for _ in range(repeat.times if repeat else 1):
        await carrier.sender.post(message.status_callback, form, forged)
