"""Twilio's two webhooks: a text came in, and what became of one that we sent."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from webhook.channels.signature import TwilioSignature
from webhook.clients.bus import Bus
from webhook.core.errors import BadInput, Forbidden, HelplineError
from webhook.core.messages import TWILIO_STATUS, OptOut, Status
from webhook.logs import get_log
from webhook.metrics import Metrics
from webhook.services.inbox import InboundSms, Inbox
from webhook.services.receipts import Receipts
from webhook.settings import Settings

_SID = re.compile(r"(SM|MM)[0-9a-f]{32}", re.IGNORECASE)
_NUMBER = re.compile(r"\+?[0-9]{3,15}")
_MAX_MEDIA = 10  # Twilio's own limit for one MMS


class SmsEdge:
    """Verifies, reads and stores; answers 204 after the commit and rings for a worker."""

    def __init__(
        self, settings: Settings, inbox: Inbox, receipts: Receipts, bus: Bus, metrics: Metrics
    ) -> None:
        self._signature = TwilioSignature(settings)
        self._ours = _Ours(settings)
        self._inbox = inbox
        self._receipts = receipts
        self._bus = bus
        self._metrics = metrics

    def handlers(self) -> dict[str, Callable[[Request], Awaitable[Response]]]:
        """What answers each path."""
        return {
            "/twilio/sms": self._counted(self.receive),
            "/twilio/status": self._counted(self.status),
        }

    def router(self) -> APIRouter:
        """The routes `POST /twilio/sms` and `POST /twilio/status`."""
        router = APIRouter(tags=["twilio"])
        for path, handle in self.handlers().items():
            router.add_api_route(
                path,
                handle,
                methods=["POST"],
                status_code=204,
                response_class=Response,
                responses={400: {"description": "Malformed"}, 403: {"description": "Not ours"}},
            )
        return router

    async def receive(self, request: Request) -> Response:
        """Store one inbound text. A repeat changes nothing."""
        form = await self._signature.form(request)
        self._ours.check(form)
        stored = await self._inbox.receive_sms(_inbound(form))
        if stored is None:
            self._metrics.repeats.inc()
        else:
            self._metrics.inbox.labels("sms").inc()
            await self._bus.wake(stored.conversation_id)
            await self._bus.publish("hub", stored.conversation_id)
        return Response(status_code=204)

    async def status(self, request: Request) -> Response:
        """Move one outbound text's status forward."""
        form = await self._signature.form(request)
        sid = _field(form, "MessageSid", _SID)
        told = _field(form, "MessageStatus", re.compile(r"[a-z-]{1,20}"))
        if told not in TWILIO_STATUS:
            get_log().info("status_unknown", status=told)
            return Response(status_code=204)
        if TWILIO_STATUS[told] is Status.ACCEPTED:
            # The answer to our own request says so too, and if that is lost it is looked up: a
            # third of all callbacks need no transaction.
            return Response(status_code=204)
        code = _optional_number(form, "ErrorCode")
        message_id = request.query_params.get("message", "")
        conversation = await self._receipts.told(
            sid, TWILIO_STATUS[told], code, int(message_id) if message_id.isdecimal() else None
        )
        if conversation is not None:
            await self._bus.publish(f"conversation:{conversation}", "status")
        return Response(status_code=204)

    def _counted(
        self, handle: Callable[[Request], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        async def counted(request: Request) -> Response:
            try:
                return await handle(request)
            except HelplineError as error:
                self._metrics.rejected.labels(type(error).__name__).inc()
                get_log().warning(
                    "webhook_refused",
                    path=request.url.path,
                    error=type(error).__name__,
                    field=getattr(error, "field", None),
                )
                raise

        counted.__doc__ = handle.__doc__
        return counted


class _Ours:
    """Whether a text was sent to us: to our number or through our messaging service."""

    def __init__(self, settings: Settings) -> None:
        self._number = settings.helpline_number
        self._service = settings.twilio_messaging_service_sid

    def check(self, form: FormData) -> None:
        """Raise Forbidden for a text to somebody else, BadInput when it does not say to whom."""
        to, service = form.get("To"), form.get("MessagingServiceSid")
        if not to and not service:
            raise BadInput("To", "is missing")
        if (self._number and to == self._number) or (self._service and service == self._service):
            return
        raise Forbidden("to another number")


def _inbound(form: FormData) -> InboundSms:
    text = form.get("Body")
    media_count = min(_optional_number(form, "NumMedia") or 0, _MAX_MEDIA)
    if text is None and not media_count:
        raise BadInput("Body", "is missing")
    opt_out = str(form.get("OptOutType") or "").upper()
    return InboundSms(
        sid=_field(form, "MessageSid", _SID),
        number=_field(form, "From", _NUMBER),
        text=str(text or ""),
        media_count=media_count,
        opt_out=OptOut(opt_out) if opt_out in set(OptOut) else None,
    )


def _field(form: FormData, name: str, shape: re.Pattern[str]) -> str:
    value = str(form.get(name) or "")
    if not value:
        raise BadInput(name, "is missing")
    if not shape.fullmatch(value):
        raise BadInput(name, "is malformed")
    return value


def _optional_number(form: FormData, name: str) -> int | None:
    value = str(form.get(name) or "")
    if not value:
        return None
    if not value.isdecimal() or len(value) > 6:
        raise BadInput(name, "is not a number")
    return int(value)
