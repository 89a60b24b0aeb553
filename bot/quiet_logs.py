"""Logs that cannot hold what a person wrote.

Rasa, Sanic and other libraries put message text into log records, warnings and exceptions. Every
record is therefore rewritten as it is made: of a library's record only logger, level and place are
kept, of an exception only its type and the lines it passed. Our own records are a constant event
name with fields from an allow-list.
"""

from __future__ import annotations

import json
import logging
import re
import sys
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
LIBRARY_EVENT: Final = "library_log"
_EVENT: Final = re.compile(r"\A[a-z][a-z0-9_]{2,60}\Z")


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
    sys.unraisablehook = lambda unraisable: None


def _is_own(name: str) -> bool:
    return name.split(".")[0] in OWN


def _safe_record(*args: Any, **kwargs: Any) -> logging.LogRecord:
    record = logging.LogRecord(*args, **kwargs)
    if not (_is_own(record.name) and not record.args and _EVENT.match(str(record.msg))):
        record.msg = LIBRARY_EVENT
    record.args = ()
    record.stack_info = None
    if isinstance(record.exc_info, tuple) and record.exc_info[0] is not None:
        kind, _, trace = record.exc_info
        record.__dict__["error"], record.__dict__["trace"] = _described(kind, trace)
    record.exc_info = None
    return record


def _described(kind: type[BaseException], trace: TracebackType | None) -> tuple[str, list[str]]:
    """Type of an exception and the lines it passed, without its message."""
    frames = traceback.extract_tb(trace)[-12:]
    return kind.__name__, [f"{Path(f.filename).name}:{f.lineno}:{f.name}" for f in frames]


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
        line.update({k: v for k, v in record.__dict__.items() if k in FIELDS})
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
