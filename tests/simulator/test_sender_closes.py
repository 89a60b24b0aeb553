"""Once closed, the sender of webhooks opens no connection again."""

from __future__ import annotations

from simulator.webhooks import WebhookSender


async def test_closed_sender_connects_no_more() -> None:
    sender = WebhookSender("token")
    await sender.close()
    outcome = await sender.post("http://127.0.0.1:9/twilio/status", {"SmsStatus": "sent"})
    assert (outcome.status, outcome.failure) == (None, "ct")
    assert sender._session is None
