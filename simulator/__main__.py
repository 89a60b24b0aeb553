"""`python -m simulator`: read the settings, refuse where it must not run, and serve on loopback."""

import logging
import os
import sys

import structlog

from simulator.app import create_app
from simulator.server import listen, serve
from simulator.settings import Settings, SettingsError


def main() -> int:
    """Serve until stopped; 2 when the settings do not allow a start, or the port is taken."""
    try:
        settings = Settings.from_environment(os.environ)
    except SettingsError as error:
        return _refuse(str(error))
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    try:
        listening = listen(settings.port)
    except OSError:
        return _refuse(f"port {settings.port} is taken. Free it or set SIMULATOR_PORT.")
    serve(create_app(settings), listening)
    return 0


def _refuse(reason: str) -> int:
    print(f"simulator: {reason}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
