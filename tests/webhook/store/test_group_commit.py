"""P1: writes that share a transaction are stored or refused one by one, and told after it."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.fixtures.clock import StandingClock
from webhook.store.database import Database
from webhook.store.migrate import upgrade
from webhook.store.models import Alert, DeletionLedger
from webhook.store.turnstile import Turnstile

ROOT = Path(__file__).parents[3]
MANY = 30


def store(session: Session, clock: StandingClock, code: int) -> int:
    """Leave a row that carries a number."""
    session.add(Alert(kind="test", code=code, created_at=clock.now()))
    session.flush()
    return code


def stored(session: Session) -> list[int]:
    """The numbers of all rows, in the order in which they were stored."""
    return [code for code in session.scalars(select(Alert.code).order_by(Alert.id)) if code]


async def together(database: Database, *jobs: Any) -> list[Any]:
    """Give jobs while the writer is held up, so that they queue; their results or errors."""
    held = threading.Event()
    holder = asyncio.ensure_future(database.write(lambda _: held.wait(10)))
    await asyncio.sleep(0)
    asked = [asyncio.ensure_future(database.write(job)) for job in jobs]
    await asyncio.sleep(0)
    held.set()
    await holder
    return await asyncio.gather(*asked, return_exceptions=True)


async def test_p1_bad_write_undoes_itself_and_no_other(
    database: Database, clock: StandingClock
) -> None:
    def bad(session: Session) -> None:
        store(session, clock, 999)
        raise LookupError("bad")

    def good(code: int) -> Any:
        return lambda session: store(session, clock, code)

    told = await together(database, good(1), good(2), bad, good(3), good(4))
    assert [type(answer) for answer in told] == [int, int, LookupError, int, int]
    assert sorted(database.read_now(stored)) == [1, 2, 3, 4]


async def test_p1_refused_row_undoes_its_own_write_alone(
    database: Database, clock: StandingClock
) -> None:
    def twice(session: Session) -> None:
        store(session, clock, 999)
        for _ in range(2):
            row = DeletionLedger(id=1, at=clock.now(), reason="test", conversations=0, messages=0)
            session.add(row)
            session.flush()
            session.expunge(row)

    def good(code: int) -> Any:
        return lambda session: store(session, clock, code)

    told = await together(database, good(1), twice, good(2))
    assert told[0] == 1
    assert isinstance(told[1], IntegrityError)
    assert told[2] == 2
    assert sorted(database.read_now(stored)) == [1, 2]
    assert database.read_now(lambda s: s.scalar(select(func.count(DeletionLedger.id)))) == 0


async def test_writes_of_one_database_keep_their_order(
    tmp_path: Path, clock: StandingClock
) -> None:
    database = sqlite(tmp_path)
    jobs = [lambda session, code=code: store(session, clock, code) for code in range(1, MANY)]
    assert await together(database, *jobs) == list(range(1, MANY))
    assert database.read_now(stored) == list(range(1, MANY))
    database.close()


async def test_queued_writes_share_one_transaction(tmp_path: Path) -> None:
    database = sqlite(tmp_path)
    connections: list[int] = []

    def look(session: Session) -> None:
        connections.append(id(session.connection().get_transaction()))

    await together(database, *[look] * MANY)
    assert len(connections) == MANY
    assert len(set(connections)) < MANY / 2
    database.close()


async def test_p1_lost_transaction_is_done_again_one_by_one(
    tmp_path: Path, clock: StandingClock
) -> None:
    database = sqlite(tmp_path)
    tries = []

    def lose(session: Session) -> None:
        tries.append(1)
        if len(tries) == 1:  # as SQLite does by itself on a full disk
            driver: Any = session.connection().connection.dbapi_connection
            driver.execute("ROLLBACK")
            raise OSError("disk full")

    def good(code: int) -> Any:
        return lambda session: store(session, clock, code)

    told = await together(database, good(1), lose, good(2))
    assert told == [1, None, 2]
    assert database.read_now(stored) == [1, 2]
    database.close()


CRASH = """
import asyncio, os, sys, threading
from datetime import UTC, datetime
from webhook.store.database import Database
from webhook.store.models import Alert

database = Database(sys.argv[1])

def store(session, code):
    session.add(Alert(kind="test", code=code, created_at=datetime.now(UTC)))
    session.flush()
    if code == 5:
        os._exit(9)

async def ask(code):
    await database.write(store, code)
    print(code, flush=True)

async def main():
    held = threading.Event()
    holder = asyncio.ensure_future(database.write(lambda _: held.wait(10)))
    await asyncio.sleep(0)
    asked = [asyncio.ensure_future(ask(code)) for code in range(1, 9)]
    await asyncio.sleep(0)
    held.set()
    await asyncio.gather(holder, *asked)

asyncio.run(main())
"""


def test_p1_crash_within_a_group_told_nobody_of_what_is_lost(
    database: Database, database_url: str
) -> None:
    command = [sys.executable, "-c", CRASH, database_url]
    died = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert died.returncode == 9
    told = {int(line) for line in died.stdout.split()}
    kept = set(database.read_now(stored))
    assert told <= kept
    assert 5 not in kept


async def test_two_processes_take_turns_at_writing(tmp_path: Path, clock: StandingClock) -> None:
    one, other = sqlite(tmp_path), sqlite(tmp_path)
    writes = [
        database.write(store, clock, code) for code in range(1, MANY) for database in (one, other)
    ]
    assert len(await asyncio.gather(*writes)) == 2 * (MANY - 1)
    assert len(one.read_now(stored)) == 2 * (MANY - 1)
    one.close()
    other.close()


HOLD = """
import sys, time
from webhook.store.turnstile import Turnstile
with Turnstile(sys.argv[1]).turn():
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_turn_of_a_dead_process_is_free(tmp_path: Path, how: signal.Signals) -> None:
    path = str(tmp_path / "store")
    command = [sys.executable, "-c", HOLD, path]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        free = threading.Event()
        threading.Thread(target=lambda: _pass(path, free), daemon=True).start()
        assert not free.is_set()
        holder.send_signal(how)
        assert free.wait(10)


def _pass(path: str, free: threading.Event) -> None:
    turnstile = Turnstile(path)
    with turnstile.turn():
        free.set()
    turnstile.close()


def sqlite(folder: Path) -> Database:
    """A migrated SQLite database."""
    url = f"sqlite:///{folder / 'helpline.sqlite3'}"
    upgrade(url)
    return Database(url)
