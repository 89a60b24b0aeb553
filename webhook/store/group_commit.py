"""Group commit for SQLite: writes that queue while one runs share one transaction and one sync.

Each job has a savepoint, so one that fails undoes itself alone; nobody is answered before the
commit. PostgreSQL groups the commits of its connections by itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

Work = Callable[[Session], Any]

_MOST = 64  # jobs in one transaction
_LONGEST = 0.01  # seconds in which more are added to it, since other processes wait for the lock


class Undone(Exception):
    """The whole transaction is gone and nothing of it is stored: each job may run by itself."""


@dataclass(eq=False)
class Job:
    """One write and who waits for it."""

    work: Work
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None

    def run(self, how: Callable[[Work], Any]) -> None:
        """Keep the result or the error for later."""
        self.result, self.error = None, None
        try:
            self.result = how(self.work)
        except BaseException as error:  # the edge of a job: it is raised where it was given
            self.error = error

    def tell(self) -> None:
        """Answer the one who waits, in their loop."""
        if self.answer.done():
            return
        if self.error is not None:
            self.answer.set_exception(self.error)
        else:
            self.answer.set_result(self.result)


class GroupCommit:
    """One thread that writes; `alone` runs a job as a transaction, `together` runs several."""

    def __init__(
        self, alone: Callable[[Work], Any], together: Callable[[Iterable[Job]], None]
    ) -> None:
        self._alone = alone
        self._together = together
        self._waiting: deque[Job] = deque()
        self._guard = threading.Lock()
        self._working = False
        self._thread = ThreadPoolExecutor(1, "store-write")

    async def write(self, work: Work) -> Any:
        """Run a job with whatever else waits; returns or raises once it is committed."""
        loop = asyncio.get_running_loop()
        job = Job(work, loop, loop.create_future())
        with self._guard:
            self._waiting.append(job)
            begin = not self._working
            self._working = True
        if begin:
            self._thread.submit(self._work_off)
        return await job.answer

    def close(self) -> None:
        """Wait until everything that was given is written."""
        self._thread.shutdown()

    def _work_off(self) -> None:
        while True:
            with self._guard:
                group = [self._waiting.popleft() for _ in range(min(len(self._waiting), _MOST))]
                self._working = bool(group)
            if not group:
                return
            self._run([job for job in group if not job.answer.cancelled()])

    def _run(self, left: list[Job]) -> None:
        while left:
            done: list[Job] = []
            if len(left) > 1:
                self._run_together(left, done)
            if not done:
                done = left[:1]
                done[0].run(self._alone)
            _tell(done)
            left = left[len(done) :]

    def _run_together(self, group: list[Job], done: list[Job]) -> None:
        """Write as many as fit into the time; `done` is left empty if it could not begin."""
        try:
            self._together(within(_LONGEST, group, done))
        except Undone:
            for job in done:
                job.run(self._alone)
        except Exception as error:  # the edge of a group: each who waits is told
            for job in done:
                job.error = error


def within(seconds: float, group: list[Job], done: list[Job]) -> Iterable[Job]:
    """The jobs of a group one by one until the time is up; those given out are put in `done`."""
    end = time.monotonic() + seconds
    for job in group:
        if time.monotonic() > end:
            return
        done.append(job)
        yield job


def _tell(group: list[Job]) -> None:
    """Answer a group in as few calls as it has loops."""
    for loop in {job.loop for job in group}:
        # A loop that was closed meanwhile has nobody left who waits.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_tell_all, [job for job in group if job.loop is loop])


def _tell_all(group: list[Job]) -> None:
    for job in group:
        job.tell()


def run_in_savepoint(connection: Connection, work: Work) -> Any:
    """Run one job within the transaction of a connection; undo it alone when it raises.

    Raises Undone when SQLite gave up the whole transaction, as it does on a full disk.
    """
    try:
        with (
            Session(
                connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
            ) as session,
            session.begin(),
        ):
            return work(session)
    except Exception as error:
        # The edge of a job within others: they must know whether they still stand.
        if not _under_way(connection):
            raise Undone from error
        raise


def use_plain_savepoints(engine: Engine) -> None:
    """Let SQLite's savepoints go to the driver at once, not through SQLAlchemy's compiler."""
    dialect: Any = engine.dialect
    dialect.do_savepoint = lambda connection, name: _driver(connection).execute(f"SAVEPOINT {name}")
    dialect.do_release_savepoint = lambda connection, name: _driver(connection).execute(
        f"RELEASE {name}"
    )
    dialect.do_rollback_to_savepoint = _roll_back_to


def _roll_back_to(connection: Connection, name: str) -> None:
    if _under_way(connection):
        _driver(connection).execute(f"ROLLBACK TO {name}")


def _under_way(connection: Connection) -> bool:
    return bool(_driver(connection).in_transaction)


def _driver(connection: Connection) -> Any:
    return connection.connection.dbapi_connection
