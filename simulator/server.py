"""The web server of the simulator: on loopback only, and quick and quiet to stop."""

import socket
from contextlib import suppress

import uvicorn
from fastapi import FastAPI

from simulator.carrier import Carrier

HOST = "127.0.0.1"


class Server(uvicorn.Server):
    """Ends open streams when it stops; else each page left open would hold it up."""

    def __init__(self, app: FastAPI) -> None:
        # Request lines carry phone numbers in their paths, so there is no access log.
        config = uvicorn.Config(
            app, access_log=False, log_level="warning", timeout_graceful_shutdown=1
        )
        super().__init__(config)
        self._carrier: Carrier = app.state.carrier

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let streams and hanging answers go, then stop as usual."""
        self._carrier.let_go()
        await super().shutdown(sockets)


def listen(port: int) -> socket.socket:
    """A socket on loopback. Raises OSError when the port is taken."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
    except OSError:
        listening.close()
        raise
    return listening


def serve(app: FastAPI, listening: socket.socket) -> None:
    """Serve until a signal to stop."""
    # The server raises Ctrl-C again once it has stopped; by then it has been heeded.
    with suppress(KeyboardInterrupt):
        Server(app).run(sockets=[listening])
