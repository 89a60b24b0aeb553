"""Real servers on loopback for these tests, and a helpline that records what it is sent."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

import uvicorn
from fastapi import FastAPI, Request, Response
from starlette.datastructures import FormData, Headers

from simulator.server import listen

T = TypeVar("T")

DEADLINE_SECONDS = 10.0


@contextmanager
def serve(server: uvicorn.Server) -> Iterator[str]:
    """Run a server on a free port; yields its base address."""
    listening = listen(0)
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    until(lambda: server.started)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def until(condition: Callable[[], T]) -> T:
    """Poll until the condition gives something true, and return that."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not (result := condition()):
        assert time.monotonic() < deadline, "the condition did not come true in time"
        time.sleep(0.01)
    return result


@dataclass(frozen=True)
class Received:
    """One request the helpline got."""

    form: FormData
    headers: Headers


@dataclass
class Helpline:
    """Records webhooks and callbacks, and answers the webhooks as it is told to."""

    base: str = ""
    texts: list[Received] = field(default_factory=list)
    callbacks: list[Received] = field(default_factory=list)
    answers: deque[int] = field(default_factory=deque)

    def forget(self) -> None:
        """Be as new."""
        for record in (self.texts, self.callbacks, self.answers):
            record.clear()

    @property
    def statuses(self) -> list[str]:
        """The statuses told so far, in the order they arrived."""
        return [str(callback.form["MessageStatus"]) for callback in self.callbacks]

    def server(self) -> uvicorn.Server:
        """A server of the application that records."""
        return uvicorn.Server(uvicorn.Config(self._app(), log_level="warning", access_log=False))

    def _app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/twilio/sms")
        async def sms(request: Request) -> Response:
            self.texts.append(Received(await request.form(), request.headers))
            return Response(status_code=self.answers.popleft() if self.answers else 204)

        @app.post("/twilio/status")
        async def status(request: Request) -> Response:
            self.callbacks.append(Received(await request.form(), request.headers))
            return Response(status_code=204)

        return app
