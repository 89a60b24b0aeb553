"""Logs that cannot hold what a person wrote.

Rasa, Sanic and other libraries put message text into log records, warnings and exceptions. Every
record is therefore rewritten as it is made: of a library's record only logger, level and place are
kept, of an exception only its type and the lines it passed. Our own records are a constant event
name with fields from an allow-list.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import traceback
import warnings
from datetime import datetime, timezone
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import structlog

OWN: Final = ("bot",)
FIELDS: Final = frozenset(
    {
        "stage",
        "seconds",
        "port",
        "host",
        "status",
        "field",
        "count",
        "model",
        "error",
        "trace",
        "operation",
    }
)
# What the assistant itself says; anything else, a text passed by mistake too, is not written.
EVENTS: Final = frozenset(
    {
        "starting",
        "turn_failed",
        "tracker_store_away",
        "tracker_unreadable",
        "process_failed",
        "train_stage",
    }
)
_FAULT: Final = "fault_of_record"
LIBRARY_EVENT: Final = "library_log"


def clamp(level: int = logging.INFO) -> None:
    """Take over every way by which this process could write a log line.

    Own records are written from `level` up; libraries from WARNING up, whatever level is set.
    """
    logging.setLogRecordFactory(_safe_record)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonFormatter())
    handler.addFilter(_worth_writing)
    logging.root.handlers = [handler]
    logging.root.setLevel(min(level, logging.WARNING))
    structlog.configure(
        processors=[_keep_level_only],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    # Warnings of libraries quote what they warn about; none of them needs a person at night.
    warnings.simplefilter("ignore")
    warnings.showwarning = lambda *_, **__: None  # type: ignore[assignment]
    sys.excepthook = _last_words
    threading.excepthook = lambda lost: _last_words(
        lost.exc_type, lost.exc_value or lost.exc_type(), lost.exc_traceback
    )
    sys.unraisablehook = lambda unraisable: None


def _is_own(name: str) -> bool:
    return name.split(".")[0] in OWN


def _safe_record(*args: Any, **kwargs: Any) -> logging.LogRecord:
    record = logging.LogRecord(*args, **kwargs)
    if not (_is_own(record.name) and isinstance(record.msg, str) and record.msg in EVENTS):
        record.msg = LIBRARY_EVENT
    record.args = ()
    record.stack_info = None
    if isinstance(record.exc_info, tuple) and record.exc_info[0] is not None:
        kind, _, trace = record.exc_info
        record.__dict__[_FAULT] = _described(kind, trace)
    record.exc_info = None
    return record


def _described(kind: type[BaseException], trace: TracebackType | None) -> dict[str, Any]:
    """Type of an exception and the lines it passed, without its message."""
    frames = traceback.extract_tb(trace)[-12:]
    lines = [f"{Path(f.filename).name}:{f.lineno}:{f.name}" for f in frames]
    return {"error": kind.__name__, "trace": lines}


def _worth_writing(record: logging.LogRecord) -> bool:
    return _is_own(record.name) or record.levelno >= logging.WARNING


class _JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, timezone.utc).isoformat(),
            "level": record.levelname.lower(),
            "event": record.msg,
            "logger": record.name,
            "line": record.lineno,
        }
        if _is_own(record.name):
            line.update({k: v for k, v in record.__dict__.items() if k in FIELDS})
        line.update(record.__dict__.get(_FAULT, {}))
        return json.dumps(line, default=lambda value: type(value).__name__)


def _keep_level_only(_: Any, method: str, __: dict[str, Any]) -> str:
    """Structlog's only processor: events of libraries carry text in their fields."""
    if method not in ("warning", "error", "critical", "exception"):
        raise structlog.DropEvent
    return LIBRARY_EVENT


def _last_words(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    logging.getLogger("bot").critical("process_failed", exc_info=(kind, error, trace))
