"""All children together: started in order, stopped in reverse order within a time."""

from __future__ import annotations

import asyncio

from webhook.commands.supervisor.child import Child, Program, Say, Write

STOP_SECONDS = 10.0
_HEAD_START = 2.0  # seconds before the one that was started earlier is asked too


class Family:
    """The children of one supervisor."""

    def __init__(self, say: Say, write: Write) -> None:
        self._say = say
        self._write = write
        self._children: list[Child] = []

    def add(self, program: Program) -> Child:
        """Start a program and keep it running."""
        child = Child(program, self._say, self._write)
        self._children.append(child)
        child.start()
        return child

    async def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Stop all, the last started first; what is left after the time is killed."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        for child in reversed(self._children):
            child.ask_to_stop()
            await child.ended(min(_HEAD_START, deadline - loop.time()))
        await asyncio.gather(*(child.ended(deadline - loop.time()) for child in self._children))
        self.kill()
        await asyncio.gather(*(child.ended(2.0) for child in self._children))

    def kill(self) -> None:
        """End all at once."""
        for child in self._children:
            child.kill()
