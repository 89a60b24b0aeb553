"""Checks of a request to send, in Twilio's order and with Twilio's codes."""

from datetime import UTC, datetime, timedelta

from starlette.datastructures import FormData

from simulator.addresses import is_e164, is_web_address
from simulator.carrier import Carrier
from simulator.errors import bad_request, opted_out
from simulator.messages import Message, new_sid, now

MOST_CHARACTERS = 1600
MOST_MEDIA = 10
SOONEST, LATEST = timedelta(seconds=300), timedelta(days=35)


def message_from(form: FormData, carrier: Carrier) -> Message:
    """The message a request asks to send. Raises TwilioError."""
    to = _to(form)
    sender, service = _origin(form, carrier)
    media = tuple(str(address) for address in form.getlist("MediaUrl"))
    body = _body(form, media)
    if sender == to:
        raise bad_request(21266, "'To' and 'From' number cannot be the same")
    callback = _callback(form)
    if carrier.opt_outs.is_stopped(to):
        raise opted_out()
    send_at = _send_at(form, service)
    status = "accepted" if sender is None else "queued"
    return Message(
        account_sid=carrier.settings.account_sid,
        direction="outbound-api",
        sender=sender,
        to=to,
        body=body,
        status="scheduled" if send_at else status,
        sid=new_sid("MM" if media else "SM"),
        media=media,
        messaging_service_sid=service,
        status_callback=callback,
        send_at=send_at,
    )


def _text(form: FormData, name: str) -> str:
    return str(form.get(name) or "")


def _to(form: FormData) -> str:
    to = _text(form, "To")
    if not to:
        raise bad_request(21604, "A 'To' phone number is required.")
    if not is_e164(to):
        raise bad_request(21211, f"Invalid 'To' Phone Number: {_masked(to)}")
    return to


def _origin(form: FormData, carrier: Carrier) -> tuple[str | None, str | None]:
    """The sender and the messaging service; with a service alone the sender is picked later."""
    sender, service = _text(form, "From"), _text(form, "MessagingServiceSid")
    if not sender and not service:
        raise bad_request(21603, "A 'From' phone number is required.")
    if service and service != carrier.settings.messaging_service_sid:
        raise bad_request(21705, f"The Messaging Service Sid {service} is invalid.")
    if sender and not is_e164(sender):
        raise bad_request(21212, f"Invalid 'From' Phone Number: {_masked(sender)}")
    if sender and sender != carrier.settings.helpline_number:
        raise bad_request(
            21606,
            f"The 'From' phone number {_masked(sender)} is not a valid, message-capable "
            "Twilio phone number for this destination.",
        )
    return sender or None, service or None


def _body(form: FormData, media: tuple[str, ...]) -> str:
    body = _text(form, "Body")
    if not body and not media:
        raise bad_request(21602, "Message body is required.")
    if len(body) > MOST_CHARACTERS:
        raise bad_request(21617, "The concatenated message body exceeds the 1600 character limit")
    if len(media) > MOST_MEDIA:
        raise bad_request(21623, "Number of media files exceeds allowed limit")
    return body


def _callback(form: FormData) -> str | None:
    address = _text(form, "StatusCallback")
    if not address:
        return None
    if not is_web_address(address):
        raise bad_request(21609, f"The StatusCallback URL {address} is not a valid URL.")
    return address


def _send_at(form: FormData, service: str | None) -> datetime | None:
    """When a scheduled message goes out; None for one that goes at once."""
    if not _text(form, "ScheduleType"):
        return None
    if not service:
        raise bad_request(35118, "MessagingServiceSid is required to schedule a message")
    try:
        moment = datetime.fromisoformat(_text(form, "SendAt"))
    except ValueError as error:
        raise bad_request(35111, "SendAt must be a time in ISO 8601 form") from error
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if not SOONEST <= moment - now() <= LATEST:
        raise bad_request(35114, "SendAt must be between 300 seconds and 35 days from now")
    return moment


def _masked(number: str) -> str:
    """Twilio's own messages hide the end of a number."""
    return number[:-4] + "XXXX" if len(number) > 4 else number
