"""Who is looking: two streams of one page begin at once, and neither fails for the other."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.fixtures.hub import Hub
from webhook.store import notes
from webhook.store.hub_models import Viewing

_WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted")


@pytest.fixture
def database_url(postgres_url: str) -> str:
    """PostgreSQL alone: SQLite has one writer, so there is nothing to race."""
    return postgres_url


async def test_two_streams_that_begin_at_once_are_one_row(hub: Hub) -> None:
    conversation, sam = await hub.waiting("can I talk to a person"), await hub.staff("Sam")
    database, now = hub.service.database, hub.service.clock.now()
    noted = threading.Event()

    def first(session: Session) -> None:
        notes.look(session, conversation, sam.staff_id, now)
        session.flush()
        noted.set()
        until = time.monotonic() + 30
        while not session.execute(_WAITING).scalar_one():  # the second, for what is not committed
            assert time.monotonic() < until, "the second look did not wait for the first"
            time.sleep(0.01)

    def second(session: Session) -> None:
        assert noted.wait(30)
        notes.look(session, conversation, sam.staff_id, now, writing=True)

    await asyncio.gather(database.write(first), database.write(second))
    rows = await database.read(lambda session: session.scalars(select(Viewing)).all())
    assert [row.writing_at for row in rows] == [now]
