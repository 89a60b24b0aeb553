"""Logs of the action server that cannot hold what a person wrote.

rasa-sdk logs trackers and exceptions with their text. Of every record only level, logger and place
are written, and of an exception only its type.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import warnings
from datetime import datetime, timezone
from typing import Any


def clamp() -> None:
    """Take over every way by which this process could write a log line, from WARNING up."""
    logging.setLogRecordFactory(_safe_record)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonFormatter())
    logging.root.handlers = [handler]
    logging.root.setLevel(logging.WARNING)
    for name in ("sanic.root", "sanic.error", "sanic.access", "rasa_sdk"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True
        logger.setLevel(logging.WARNING)
    warnings.simplefilter("ignore")
    sys.excepthook = lambda kind, error, trace: logging.getLogger("actions").critical(
        "process_failed", exc_info=(kind, error, trace)
    )
    threading.excepthook = lambda lost: logging.getLogger("actions").critical(
        "thread_failed", exc_info=lost.exc_type is not None
    )
    sys.unraisablehook = lambda unraisable: None


def _safe_record(*args: Any, **kwargs: Any) -> logging.LogRecord:
    record = logging.LogRecord(*args, **kwargs)
    if isinstance(record.exc_info, tuple) and record.exc_info[0] is not None:
        record.__dict__["fault_of_record"] = record.exc_info[0].__name__
    record.msg, record.args = "actions_log", ()
    record.exc_info, record.stack_info = None, None
    return record


class _JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, timezone.utc).isoformat(),
            "level": record.levelname.lower(),
            "event": record.msg,
            "logger": record.name,
            "line": record.lineno,
            "error": record.__dict__.get("fault_of_record"),
        }
        return json.dumps({key: value for key, value in line.items() if value is not None})
