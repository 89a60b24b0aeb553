"""A program that is kept running: started, watched, started again, stopped."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from webhook.commands.supervisor.backoff import Backoff
from webhook.commands.supervisor.process import signal_group, spawn

Say = Callable[[str], None]
Write = Callable[[str, str], None]

_POLL_SECONDS = 0.05
_LAST_WORDS_SECONDS = 1.0  # for output that something outside the group still holds open


@dataclass(frozen=True)
class Program:
    """What to run. `ready` says whether it does its work; without it, running is enough.

    `nice` is by how much it gives way when there is more to do than processors, 0 to 19.
    """

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)
    given: bytes = field(default=b"", repr=False)
    ready: Callable[[], Awaitable[bool]] | None = None
    nice: int = 0


class Child:
    """Keeps one program running until it is told to stop."""

    def __init__(self, program: Program, say: Say, write: Write) -> None:
        self.program = program
        self._say = say
        self._write = write
        self._process: Process | None = None
        self._stopping = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to keep it running; returns at once."""
        self._keeper = asyncio.create_task(self._keep(), name=self.program.name)

    async def is_ready(self, seconds: float) -> bool:
        """Wait until it does its work; False when it does not within the time."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while not self._stopping.is_set() and loop.time() < deadline:
            if self._process is not None and await self._answers():
                return True
            await asyncio.sleep(_POLL_SECONDS)
        return False

    def ask_to_stop(self) -> None:
        """Let it end by itself (SIGTERM), and do not start it again."""
        self._stopping.set()
        if self._process is not None:
            signal_group(self._process, signal.SIGTERM)

    async def ended(self, seconds: float) -> bool:
        """Wait for its end; False when it still runs after the time."""
        if self._keeper is None:
            return True
        done, _ = await asyncio.wait([self._keeper], timeout=max(0.0, seconds))
        return bool(done)

    def kill(self) -> None:
        """End it and everything it started, now."""
        self._stopping.set()
        if self._process is not None:
            signal_group(self._process, signal.SIGKILL)

    async def _answers(self) -> bool:
        return self.program.ready is None or await self.program.ready()

    async def _keep(self) -> None:
        backoff = Backoff()
        loop = asyncio.get_running_loop()
        while not self._stopping.is_set():
            began = loop.time()
            how = await self._run()
            if self._stopping.is_set():
                return
            wait = backoff.after(loop.time() - began)
            name = self.program.name
            self._say(f"{name} {how}; it is started again in {wait:g} s (see logs/{name}.log)")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), wait)

    async def _run(self) -> str:
        """One run from start to end; says how it ended."""
        program = self.program
        try:
            run = await spawn(program.argv, program.environment, program.given, program.nice)
        except OSError as error:
            return f"could not be started ({error.strerror})"
        process = self._process = run.process
        if self._stopping.is_set():  # Told to stop while it was being started.
            signal_group(process, signal.SIGTERM)
        reading = asyncio.create_task(self._read(run.lines))
        code = await process.wait()
        # What it started may still run, and would hold its output open.
        signal_group(process, signal.SIGKILL)
        await asyncio.wait([reading], timeout=_LAST_WORDS_SECONDS)
        reading.cancel()
        run.close()
        self._process = None
        return f"ended with code {code}" if code >= 0 else f"was ended by {_name(-code)}"

    async def _read(self, lines: asyncio.StreamReader) -> None:
        while True:
            try:
                line = await lines.readline()
            except ValueError:
                continue  # A line beyond the limit is left out.
            if not line:
                return
            self._write(self.program.name, line.decode(errors="replace").rstrip("\n"))


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
