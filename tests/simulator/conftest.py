"""A running simulator and a recording helpline, both emptied before every test."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import httpx
import pytest

from simulator.app import create_app
from simulator.server import Server
from simulator.settings import Settings
from tests.simulator.carrier import ACCOUNT, TestCarrier
from tests.simulator.servers import Helpline, serve

StartCarrier = Callable[..., AbstractContextManager[TestCarrier]]


@contextmanager
def running(webhook_url: str, **settings: object) -> Iterator[TestCarrier]:
    chosen = Settings(
        account_sid=ACCOUNT,
        auth_token="a-token-for-tests",
        webhook_url=webhook_url,
        delivery_ms=5,
        **settings,  # type: ignore[arg-type]
    )
    server = Server(create_app(chosen))
    with serve(server) as base, httpx.Client(base_url=base, timeout=30, trust_env=False) as http:
        yield TestCarrier(base, chosen, http)


@pytest.fixture(scope="session")
def recorder() -> Iterator[Helpline]:
    helpline = Helpline()
    with serve(helpline.server()) as base:
        helpline.base = base
        yield helpline


@pytest.fixture
def helpline(recorder: Helpline) -> Helpline:
    recorder.forget()
    return recorder


@pytest.fixture(scope="session")
def shared_carrier(recorder: Helpline) -> Iterator[TestCarrier]:
    with running(f"{recorder.base}/twilio/sms") as carrier:
        yield carrier


@pytest.fixture
def carrier(shared_carrier: TestCarrier, helpline: Helpline) -> TestCarrier:
    shared_carrier.http.post("/simulator/reset").raise_for_status()
    helpline.forget()
    return shared_carrier


@pytest.fixture
def start_carrier(helpline: Helpline) -> StartCarrier:
    """Starts a simulator with other settings than the shared one's."""

    def start(fragment: str = "", **settings: object) -> AbstractContextManager[TestCarrier]:
        return running(f"{helpline.base}/twilio/sms{fragment}", **settings)

    return start
