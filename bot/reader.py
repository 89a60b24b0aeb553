"""Reads messages that arrive together in one pass of the models.

The models read eight messages in little more time than two, because most of that time goes into
fetching their weights.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Any, Final

from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.shared.core.trackers import DialogueStateTracker

Parse = dict[str, Any]


# A message that comes while others are being answered is read with those that come meanwhile, at
# the latest after this many seconds; one that comes alone only lets its companions arrive.
_COMPANY_SECONDS: Final = 0.03
_ARRIVAL_SECONDS: Final = 0.001


class Reader:
    """One for the channel; used from its event loop only."""

    def __init__(self) -> None:
        self._waiting: list[tuple[UserMessage, asyncio.Future[Parse]]] = []
        self._answering = 0
        self._next: asyncio.TimerHandle | None = None

    async def read(self, processor: MessageProcessor, message: UserMessage) -> Parse:
        """What the models read in a message, as `processor.parse_message` gives it."""
        parse: asyncio.Future[Parse] = asyncio.get_running_loop().create_future()
        self._waiting.append((message, parse))
        if self._next is None:
            self._plan(processor, _COMPANY_SECONDS if self._answering else _ARRIVAL_SECONDS)
        return await parse

    @contextlib.contextmanager
    def answering(self, processor: MessageProcessor) -> Iterator[None]:
        """Say that a message which was read is being answered, until the end of the block."""
        self._answering += 1
        try:
            yield
        finally:
            self._answering -= 1
            if not self._answering and self._waiting:
                self._plan(processor, _ARRIVAL_SECONDS)

    def _plan(self, processor: MessageProcessor, seconds: float) -> None:
        if self._next is not None:
            self._next.cancel()
        self._next = asyncio.get_running_loop().call_later(seconds, self._read_all, processor)

    def _read_all(self, processor: MessageProcessor) -> None:
        waiting, self._waiting, self._next = self._waiting, [], None
        try:
            self._tell(waiting, read_together(processor, [message for message, _ in waiting]))
        except Exception:
            # The edge of a pass: a message that cannot be read fails alone.
            for one in waiting:
                self._read_alone(processor, *one)

    def _read_alone(
        self, processor: MessageProcessor, message: UserMessage, parse: asyncio.Future[Parse]
    ) -> None:
        try:
            self._tell([(message, parse)], read_together(processor, [message]))
        except Exception as error:
            # The edge of one reading: it is raised where it was asked for.
            if not parse.done():
                parse.set_exception(error)

    @staticmethod
    def _tell(waiting: list[tuple[UserMessage, asyncio.Future[Parse]]], read: list[Parse]) -> None:
        for (_, parse), given in zip(waiting, read, strict=True):
            if not parse.done():
                parse.set_result(given)


def read_together(processor: MessageProcessor, messages: list[UserMessage]) -> list[Parse]:
    """What the models read in each of some messages."""
    target = processor.model_metadata.nlu_target
    tracker = DialogueStateTracker.from_events(messages[0].sender_id, [])
    inputs = {PLACEHOLDER_MESSAGE: messages, PLACEHOLDER_TRACKER: tracker}
    read = processor.graph_runner.run(inputs=inputs, targets=[target])[target]
    nothing: Parse = {"text": "", "intent": {"name": None, "confidence": 0.0}, "entities": []}
    return [{**nothing, **message.as_dict(only_output_properties=True)} for message in read]
