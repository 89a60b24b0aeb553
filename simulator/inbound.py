"""Texts from a phone to the helpline: the signed webhook, with Twilio's parameters."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from simulator import outbound
from simulator.addresses import country_of
from simulator.carrier import Carrier
from simulator.messages import API_VERSION, Message, new_sid
from simulator.optout import DEFAULT_REPLIES, Keyword
from simulator.phones import PhoneText
from simulator.segments import count_parts
from simulator.webhooks import Outcome

# A held webhook goes out after this long even when no later text came to overtake it.
HOLD_SECONDS = 5.0

IMAGE = "image/jpeg"


@dataclass(frozen=True)
class Received:
    """What became of a text; `outcome` is None while its webhook is held back."""

    text: PhoneText
    outcome: Outcome | None


async def receive(
    carrier: Carrier, number: str, body: str, media: tuple[str, ...], sid: str | None
) -> Received:
    """Take a text from a phone and tell the helpline. A known `sid` is the same text again."""
    known = carrier.phones.find(sid) if sid else None
    message = known.message if known else _message(carrier, number, body, media, sid)
    text = known or _keep(carrier, number, message)
    keyword = carrier.opt_outs.hear(number, body)
    form = webhook_form(carrier, message, text.body, keyword)
    if carrier.faults.take("reorder_webhooks", number):
        released = asyncio.Event()
        carrier.held.append(released)
        carrier.spawn(_send_when_released(carrier, number, form, released))
        return Received(text, None)
    outcome = await _send(carrier, number, form)
    for released in carrier.held:
        released.set()
    if keyword and carrier.opt_outs.mode == "default":
        outbound.accept(carrier, _automatic_reply(carrier, number, keyword))
    return Received(text, outcome)


def webhook_form(
    carrier: Carrier, message: Message, body: str, keyword: Keyword | None
) -> dict[str, str]:
    """The parameters of Twilio's request to the incoming-message address."""
    number, ours = message.sender or "", message.to
    form = {
        "ToCountry": country_of(ours),
        "ToState": "",
        "ToCity": "",
        "ToZip": "",
        "FromCountry": country_of(number),
        "FromState": "",
        "FromCity": "",
        "FromZip": "",
        "SmsMessageSid": message.sid,
        "SmsSid": message.sid,
        "MessageSid": message.sid,
        "NumMedia": str(len(message.media)),
        "NumSegments": str(count_parts(body).count),
        "SmsStatus": "received",
        "Body": body,
        "To": ours,
        "From": number,
        "AccountSid": message.account_sid,
        "ApiVersion": API_VERSION,
    }
    if message.messaging_service_sid:
        form["MessagingServiceSid"] = message.messaging_service_sid
    if keyword and carrier.opt_outs.mode == "advanced":
        form["OptOutType"] = keyword
    for place, address in enumerate(message.media):
        form[f"MediaUrl{place}"] = address
        form[f"MediaContentType{place}"] = IMAGE
    return form


def _message(
    carrier: Carrier, number: str, body: str, media: tuple[str, ...], sid: str | None
) -> Message:
    message = Message(
        account_sid=carrier.settings.account_sid,
        direction="inbound",
        sender=number,
        to=carrier.settings.helpline_number,
        body=body,
        status="received",
        sid=sid or new_sid("MM" if media else "SM"),
        media=media,
        messaging_service_sid=carrier.settings.messaging_service_sid,
    )
    message.date_sent = message.date_created
    return message


def _keep(carrier: Carrier, number: str, message: Message) -> PhoneText:
    carrier.store.add(message)
    return carrier.phones.show(number, message)


async def _send(carrier: Carrier, number: str, form: dict[str, str]) -> Outcome:
    forged = carrier.faults.take("forge", number) is not None
    repeat = carrier.faults.take("repeat_webhook", number)
    url = carrier.settings.webhook_url
    if repeat is None:
        return await carrier.sender.post(url, form, forged)
    # Together, not one after the other: the hard case is two at the same instant.
    copies = [carrier.sender.post(url, form, forged) for _ in range(repeat.times)]
    outcomes = await asyncio.gather(*copies)
    return outcomes[0]


async def _send_when_released(
    carrier: Carrier, number: str, form: dict[str, str], released: asyncio.Event
) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(released.wait(), HOLD_SECONDS)
    if released in carrier.held:
        carrier.held.remove(released)
    await _send(carrier, number, form)


def _automatic_reply(carrier: Carrier, number: str, keyword: Keyword) -> Message:
    return Message(
        account_sid=carrier.settings.account_sid,
        direction="outbound-reply",
        sender=carrier.settings.helpline_number,
        to=number,
        body=DEFAULT_REPLIES[keyword],
        status="queued",
    )
