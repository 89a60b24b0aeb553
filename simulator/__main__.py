"""`python -m simulator`: read the settings, refuse where it must not run, and serve on loopback."""

import logging
import os
import sys

import structlog
import uvicorn

from simulator.app import create_app
from simulator.settings import Settings, SettingsError

HOST = "127.0.0.1"


def main() -> int:
    """Serve until stopped; 2 when the settings do not allow a start."""
    try:
        settings = Settings.from_environment(os.environ)
    except SettingsError as error:
        print(f"simulator: {error}", file=sys.stderr)
        return 2
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    # Request lines carry phone numbers in their paths, so there is no access log. The client's
    # own log names every webhook address, which is noise here.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    uvicorn.run(
        create_app(settings),
        host=HOST,
        port=settings.port,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=1,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
