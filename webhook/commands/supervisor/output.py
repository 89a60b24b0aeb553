"""What children print: kept in small log files as JSON lines, warnings shown to whoever watches.

Our programs print JSON events that hold no words of a person. Anything else (a traceback, a
library's own words) could, so only its harmless parts are kept: places in the code, the type of an
exception, and the messages of the few types that speak of the installation alone.
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

_BYTES, _FILES = 1_000_000, 3
_SHOWN = frozenset({"warning", "error", "critical"})
_DETAILS = ("kind", "error", "reason", "code", "status", "setting", "count")
_REST_SECONDS = 30.0  # the same warning of one program is shown once in this time

_PLACE = re.compile(r'^\s*File "[^"]+", line \d+, in [\w<>]+$')
_TYPE = re.compile(r"^(?:\w+\.)*(\w+(?:Error|Exception|Exit|Interrupt))\b(?::.*)?$")
_HARMLESS = re.compile(
    r"^(?:(?:\w+\.)*(?:ImportError|ModuleNotFoundError|SyntaxError|SettingsError): .*"
    r"|(?:actions|bot|helpline|simulator): .*)$"
)


def without_words(line: str) -> str | None:
    """What may be kept of a line that is not an event; None for nothing."""
    if _PLACE.match(line) or _HARMLESS.match(line):
        return line.strip()
    found = _TYPE.match(line)
    return found.group(1) if found else None


class Output:
    """Writes every child's lines to `<folder>/<name>.log` and shows what is worth seeing."""

    def __init__(self, folder: Path, show: Callable[[str], None]) -> None:
        self._folder = folder
        self._show = show
        self._files: dict[str, _File] = {}
        self._shown: dict[str, float] = {}

    def write(self, name: str, line: str) -> None:
        """Take one line of one child."""
        event = _event(line)
        if event is None:
            kept = without_words(line)
            if kept is None:
                return
            event = {"event": "output", "level": "info", "line": kept}
            if _HARMLESS.match(line):
                self._show_once(f"{name}: {kept}")
        elif event.get("level") in _SHOWN:
            self._show_once(_sentence(name, event))
        self._file(name).keep(json.dumps(event | {"process": name}))

    def close(self) -> None:
        """Close the files."""
        for file in self._files.values():
            file.close()

    def _show_once(self, words: str) -> None:
        now = time.monotonic()
        if now - self._shown.get(words, -_REST_SECONDS) >= _REST_SECONDS:
            self._shown[words] = now
            self._show(words)

    def _file(self, name: str) -> _File:
        if name not in self._files:
            self._files[name] = _File(self._folder / f"{name}.log")
        return self._files[name]


class _File(RotatingFileHandler):
    """A log file that is rotated while small, and whose failure stops nothing."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=_BYTES, backupCount=_FILES, encoding="utf-8", delay=True)

    def keep(self, line: str) -> None:
        """Append one line."""
        self.handle(logging.makeLogRecord({"msg": line}))

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 -- logging's name
        """A full disk must not take the helpline down."""


def _event(line: str) -> dict[str, Any] | None:
    if not line.startswith("{"):
        return None
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) and isinstance(event.get("event"), str) else None


def _sentence(name: str, event: dict[str, Any]) -> str:
    details = [f"{key} {event[key]}" for key in _DETAILS if event.get(key) not in (None, "")]
    return f"{name}: {event['event']}" + (f" ({', '.join(details)})" if details else "")
