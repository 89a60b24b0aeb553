"""Putting the parts together, once for the web process and once for the worker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from webhook.clients.assistant import Assistant
from webhook.clients.bus import Bus
from webhook.clients.carrier import TwilioCarrier
from webhook.core.clock import Clock, ShiftedClock, SystemClock
from webhook.core.vault import Vault
from webhook.metrics import Metrics
from webhook.safety.translations import load_translations
from webhook.services.chat import Chats
from webhook.services.converse import Conversations
from webhook.services.desk import Desk
from webhook.services.inbox import Inbox
from webhook.services.outbox import Outbox
from webhook.services.receipts import Receipts
from webhook.services.retention import Periods, Retention
from webhook.services.staff import Accounts, Limits
from webhook.services.watch import Watch
from webhook.services.worker import Worker
from webhook.settings import Settings
from webhook.store.database import Database


@dataclass(frozen=True)
class Parts:
    """Everything that a process of the service is made of; `close` when it ends."""

    settings: Settings
    database: Database
    vault: Vault
    clock: Clock
    bus: Bus
    assistant: Assistant
    metrics: Metrics
    inbox: Inbox
    chats: Chats
    receipts: Receipts
    retention: Retention
    desk: Desk
    accounts: Accounts

    async def close(self) -> None:
        """Close every connection."""
        await self.bus.close()
        await self.assistant.close()
        self.database.close()


def build(settings: Settings) -> Parts:
    """The parts that both processes share; nothing is connected before it is used."""
    database = Database(settings.database)
    vault = Vault(settings.secret_key)
    clock = make_clock(settings)
    bus = Bus(settings.redis_url)
    assistant = Assistant(
        settings.rasa_url, settings.assistant_token, settings.rasa_timeout_seconds
    )
    return Parts(
        settings=settings,
        database=database,
        vault=vault,
        clock=clock,
        bus=bus,
        assistant=assistant,
        metrics=Metrics(),
        inbox=Inbox(database, vault, clock),
        chats=Chats(database, vault, clock, assistant),
        receipts=Receipts(database, clock),
        retention=Retention(database, clock, _periods(settings)),
        desk=Desk(database, vault, clock, bus),
        accounts=Accounts(database, vault, clock, _limits(settings)),
    )


def build_worker(parts: Parts) -> Worker:
    """The worker's loops over the shared parts."""
    settings = parts.settings
    carrier = TwilioCarrier(
        settings.twilio_account_sid,
        settings.twilio_auth_token,
        messaging_service_sid=settings.twilio_messaging_service_sid,
        number=settings.helpline_number,
        api_url=settings.twilio_api_url,
        timeout_seconds=settings.send_timeout_seconds,
    )
    outbox = Outbox(
        parts.database,
        parts.vault,
        parts.clock,
        carrier,
        parts.bus,
        parts.metrics,
        f"{settings.public_url}/twilio/status",
        settings.send_timeout_seconds,
    )
    talk = Conversations(
        parts.database,
        parts.vault,
        parts.clock,
        parts.assistant,
        parts.bus,
        parts.metrics,
        settings.area,
        outbox=outbox,
        checked_services_only=settings.production,
        translations=load_translations(settings.translations, unreviewed=not settings.production),
    )
    return Worker(
        parts.database, parts.clock, parts.bus, talk, outbox, parts.retention, Watch(parts.desk)
    )


def make_clock(settings: Settings) -> Clock:
    """The system's clock; in development one that `helpline play` can move."""
    if settings.production:
        return SystemClock()
    return ShiftedClock(settings.data / "clock-shift")


def _periods(settings: Settings) -> Periods:
    return Periods(
        idle=timedelta(hours=settings.idle_close_hours),
        keep=timedelta(hours=settings.retain_hours),
        keep_escalated=timedelta(hours=settings.retain_escalated_hours),
        audit=timedelta(days=settings.retain_audit_days),
        sessions=timedelta(days=settings.retain_sessions_days),
    )


def _limits(settings: Settings) -> Limits:
    return Limits(
        idle=timedelta(minutes=settings.hub_idle_minutes),
        absolute=timedelta(hours=settings.hub_session_hours),
    )
