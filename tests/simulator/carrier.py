"""How the tests reach a running simulator: Twilio's own client, and the control API."""

from dataclasses import dataclass
from typing import Any

import httpx
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from simulator.settings import Settings

PHONE = "+447700900123"
OTHER_PHONE = "+447700900456"
HELPLINE = "+447700900000"
ACCOUNT = "AC" + "1" * 32
SERVICE = "MG" + "2" * 32


class Rebased(TwilioHttpClient):
    """Twilio's HTTP client, with the simulator's address in place of Twilio's."""

    def __init__(self, base: str, timeout: float) -> None:
        super().__init__(timeout=timeout)
        self._base = base
        self.session.trust_env = False

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        address = url.replace("https://api.twilio.com", self._base)
        return super().request(method, address, *args, **kwargs)


@dataclass(frozen=True)
class TestCarrier:
    """A running simulator."""

    __test__ = False  # Not a test class, whatever its name.

    base: str
    settings: Settings
    http: httpx.Client

    def client(self, token: str | None = None, timeout: float = 10) -> Client:
        """The real client, signed in."""
        secret = token or self.settings.auth_token
        return Client(self.settings.account_sid, secret, http_client=Rebased(self.base, timeout))

    def send(self, to: str = PHONE, body: str = "hello", **more: Any) -> Any:
        """Send a text from the helpline with the real client."""
        return self.client().messages.create(to=to, from_=HELPLINE, body=body, **more)

    def text(self, body: str = "hi", number: str = PHONE, **more: Any) -> dict[str, Any]:
        """Text the helpline from a phone."""
        answer = self.http.post("/simulator/inbound", json={"from": number, "body": body, **more})
        answer.raise_for_status()
        result: dict[str, Any] = answer.json()
        return result

    def fault(self, kind: str, **more: Any) -> int:
        """Put a fault in force; returns its id."""
        answer = self.http.post("/simulator/faults", json={"kind": kind, **more})
        answer.raise_for_status()
        return int(answer.json()["id"])

    def screen(self, number: str = PHONE, after: int = 0, wait: float = 0) -> list[dict[str, Any]]:
        """What a phone shows."""
        address = f"/simulator/phones/{number}/messages"
        answer = self.http.get(address, params={"after": after, "wait": wait})
        answer.raise_for_status()
        shown: list[dict[str, Any]] = answer.json()["messages"]
        return shown

    def raw(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        """A request to Twilio's API by hand, signed in; `path` starts after the account."""
        settings = self.settings
        return self.http.request(
            method,
            f"/2010-04-01/Accounts/{settings.account_sid}{path}",
            auth=(settings.account_sid, settings.auth_token),
            **kwargs,
        )
