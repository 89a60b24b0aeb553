"""The database: one transaction is one function run in a thread, with nobody else committing."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from webhook.store.group_commit import (
    GroupCommit,
    Job,
    Undone,
    run_in_savepoint,
    use_plain_savepoints,
)
from webhook.store.turnstile import Turnstile

P = ParamSpec("P")
T = TypeVar("T")

_TRIES = 4  # SQLite "locked" and PostgreSQL deadlocks pass; each try is a whole transaction


class Database:
    """Runs functions of a session as transactions; built from an address, closed at the end.

    SQLite keeps `synchronous=FULL`, so an acknowledged message survives a power cut, and
    `secure_delete`, so what is deleted is overwritten. It has one writer: writes queue in a
    single thread here, share a transaction when they can, and take turns with other processes.
    """

    def __init__(self, url: str) -> None:
        self.engine = make_engine(url)
        self.sqlite = self.engine.dialect.name == "sqlite"
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        file = self.engine.url.database if self.sqlite else None
        self._turnstile = Turnstile(file) if file and file != ":memory:" else None
        self._group = GroupCommit(self._alone, self._together) if self.sqlite else None
        self._writers = ThreadPoolExecutor(8, "store-write")
        self._readers = ThreadPoolExecutor(4, "store-read")

    async def write(
        self, work: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `work(session, …)` in a write transaction and commit it; exceptions roll back.

        It may run again if the database asks for that, and, with SQLite, in the transaction of
        others: as one that is answered after their common commit and undone without them.
        """
        if self._group is not None:
            answer: T = await self._group.write(lambda session: work(session, *args, **kwargs))
            return answer
        return await self._run(self._writers, True, work, args, kwargs)

    async def read(
        self, work: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `work(session, …)` in a read transaction."""
        return await self._run(self._readers, False, work, args, kwargs)

    def write_now(
        self, work: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """`write` for command lines and tests, without an event loop."""
        return self._transaction(True, work, args, kwargs)

    def read_now(
        self, work: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """`read` for command lines, without an event loop."""
        return self._transaction(False, work, args, kwargs)

    def ping(self) -> None:
        """Raise if the database does not answer."""
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    async def shrink_log(self) -> None:
        """Empty SQLite's write-ahead log into its file: the log still holds deleted rows."""
        if self.sqlite:
            await asyncio.to_thread(self._checkpoint)

    def _checkpoint(self) -> None:
        with self.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Wait for running transactions and close every connection."""
        if self._group is not None:
            self._group.close()
        self._writers.shutdown()
        self._readers.shutdown()
        self.engine.dispose()
        if self._turnstile is not None:
            self._turnstile.close()

    async def _run(
        self,
        pool: ThreadPoolExecutor,
        writing: bool,
        work: Callable[..., T],
        args: Any,
        kwargs: Any,
    ) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(pool, self._transaction, writing, work, args, kwargs)

    def _transaction(self, writing: bool, work: Callable[..., T], args: Any, kwargs: Any) -> T:
        for left in reversed(range(_TRIES)):
            try:
                with self._session(writing) as session:
                    return work(session, *args, **kwargs)
            except OperationalError as error:
                if not left or not _passes(error):
                    raise
        raise AssertionError("unreachable")

    def _alone(self, work: Callable[[Session], Any]) -> Any:
        return self._transaction(True, work, (), {})

    def _together(self, jobs: Iterable[Job]) -> None:
        """Run jobs in one transaction; raises Undone when nothing of it is stored."""
        with self._turn(True), self.engine.connect() as connection:
            try:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                for job in jobs:
                    job.run(partial(run_in_savepoint, connection))
                    if isinstance(job.error, Undone):
                        raise job.error
                connection.commit()
            except OperationalError as error:
                if _passes(error):
                    raise Undone from error
                raise

    def _turn(self, writing: bool) -> contextlib.AbstractContextManager[None]:
        if writing and self._turnstile is not None:
            return self._turnstile.turn()
        return contextlib.nullcontext()

    @contextlib.contextmanager
    def _session(self, writing: bool) -> Iterator[Session]:
        with self._turn(writing), self._sessions.begin() as session:
            if self.sqlite:
                # Taking the write lock at once avoids the upgrade that SQLite refuses half-way.
                session.execute(text("BEGIN IMMEDIATE" if writing else "BEGIN"))
            yield session


def make_engine(url: str) -> Engine:
    """An engine for SQLite or PostgreSQL; values of statements never appear in its errors."""
    if url.startswith(("postgres://", "postgresql://")):
        url = "postgresql+psycopg://" + url.split("://", 1)[1]
    if not url.startswith("sqlite"):
        return create_engine(url, hide_parameters=True, pool_pre_ping=True, pool_size=12)
    engine = create_engine(
        url, hide_parameters=True, pool_size=6, connect_args={"check_same_thread": False}
    )
    event.listen(engine, "connect", _prepare_sqlite)
    use_plain_savepoints(engine)
    return engine


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # transactions are begun in Database._session
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        "busy_timeout=10000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _passes(error: DBAPIError) -> bool:
    """Whether trying the transaction again may help."""
    reason = str(error.orig).lower()
    return "locked" in reason or "deadlock" in reason or "serializ" in reason
