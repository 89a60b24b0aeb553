"""Structured logs by allow-list: an event name and known fields, nothing that a person said.

Whatever is not on the list is dropped, so a text or a number cannot reach a log by mistake, not
even inside an exception: of an exception only its type and the places in the code are written.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

ALLOWED = frozenset(
    {
        "event", "level", "timestamp", "process", "conversation", "message", "count", "status",
        "code", "attempt", "seconds", "error", "where", "field", "path", "method", "kind",
        "setting", "child", "port", "address", "state", "triage", "channel", "staff", "reason",
    }
)  # fmt: skip

# Libraries that print addresses, query strings or bodies when they are talkative.
_QUIET = ("uvicorn.access", "httpx", "httpcore", "twilio.http_client", "sqlalchemy.engine")


def configure_logs(process: str, level: str = "INFO") -> None:
    """Send every log line of this process to standard output as JSON, through the allow-list."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _name(process),
            _exception_without_text,
            _allow,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    root.handlers = [_ForeignHandler()]
    root.setLevel(logging.WARNING)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def get_log() -> Any:
    """The service's logger: `get_log().info("event_name", conversation=…)`."""
    return structlog.get_logger()


def _name(process: str) -> structlog.typing.Processor:
    def add(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["process"] = process
        return event

    return add


def _exception_without_text(
    _: Any, __: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        event["where"] = places(error)
    return event


def places(error: BaseException) -> list[str]:
    """Where an exception passed, innermost last: "module:line", without any values."""
    found = []
    trace = error.__traceback__
    while trace is not None:
        found.append(f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}")
        trace = trace.tb_next
    return found[-8:]


def _allow(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: value for key, value in event.items() if key in ALLOWED}


class _ForeignHandler(logging.Handler):
    """Turns other libraries' records into an event that carries their origin and no message."""

    def emit(self, record: logging.LogRecord) -> None:
        log = structlog.get_logger()
        fields: dict[str, Any] = {
            "kind": record.name,
            "where": [f"{record.module}:{record.lineno}"],
        }
        if record.exc_info and record.exc_info[1] is not None:
            fields["exc_info"] = record.exc_info[1]
        log.warning("library_warning", **fields)
