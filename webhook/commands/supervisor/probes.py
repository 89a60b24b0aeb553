"""Asking a program on this machine whether it does its work; every failure is a plain no."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from collections.abc import Awaitable, Callable

_SECONDS = 1.0
_TAKEN = (errno.EADDRINUSE, errno.EACCES)


def answers_http(port: int, path: str, host: str = "127.0.0.1") -> Callable[[], Awaitable[bool]]:
    """A question to a web server on this machine: does this path answer 200?"""
    request = f"GET {path} HTTP/1.0\r\nHost: {host}\r\n\r\n".encode()

    async def ask() -> bool:
        return b" 200 " in (await _exchange(host, port, request)).split(b"\r\n", 1)[0]

    return ask


async def has_page(port: int, path: str, host: str = "127.0.0.1") -> bool:
    """Whether a web server on this machine has anything at this path."""
    request = f"GET {path} HTTP/1.0\r\nHost: {host}\r\n\r\n".encode()
    status = (await _exchange(host, port, request)).split(b"\r\n", 1)[0].split()[1:2]
    return bool(status) and status[0] != b"404"


def answers_redis(port: int, password: str) -> Callable[[], Awaitable[bool]]:
    """A question to Redis or Valkey on loopback: does it take the password?"""
    request = f"AUTH {password}\r\nPING\r\nQUIT\r\n".encode()

    async def ask() -> bool:
        return b"+PONG" in await _exchange("127.0.0.1", port, request)

    return ask


def free_port(host: str = "127.0.0.1") -> int:
    """A port that nobody listens on now."""
    with socket.socket() as found:
        found.bind((host, 0))
        return int(found.getsockname()[1])


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there; raises OSError for an address that is not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except OSError as error:
            if error.errno in _TAKEN:
                return False
            raise
        return True


async def _exchange(host: str, port: int, request: bytes) -> bytes:
    """Send, and read until the other side closes."""
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(_SECONDS):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(request)
                return await reader.read(4096)
            finally:
                writer.close()
    return b""
