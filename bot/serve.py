"""`python -m bot.serve`: run the assistant for the service on this machine.

Environment: HELPLINE_BOT_TOKEN and HELPLINE_TRACKER_KEY (required), HELPLINE_REDIS_URL,
HELPLINE_TRACKER_TTL (seconds, 2 days), HELPLINE_ACTIONS_URL, HELPLINE_RASA_PORT (5005),
HELPLINE_RASA_HOST (127.0.0.1), HELPLINE_MODELS (models), HELPLINE_LOG_LEVEL (INFO).
"""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

from bot.environment import prepare
from bot.fingerprint import newest
from bot.quiet_logs import clamp

DEFAULTS = {
    "HELPLINE_REDIS_URL": "redis://127.0.0.1:6379/0",
    "HELPLINE_TRACKER_TTL": str(2 * 24 * 3600),
    "HELPLINE_ACTIONS_URL": "http://127.0.0.1:5055/webhook",
    "HELPLINE_RASA_PORT": "5005",
    "HELPLINE_RASA_HOST": "127.0.0.1",
    "HELPLINE_MODELS": "models",
    "HELPLINE_LOG_LEVEL": "INFO",
}
REQUIRED = ("HELPLINE_BOT_TOKEN", "HELPLINE_TRACKER_KEY")
HERE = Path(__file__).parent

logger = logging.getLogger("bot.serve")


def main() -> int:
    """Run until stopped; 2 when a setting or the model is missing."""
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
    missing = [name for name in REQUIRED if not os.environ.get(name)]
    if missing:
        sys.stderr.write(f"bot: set {' and '.join(missing)}\n")
        return 2
    try:
        model = newest(Path(os.environ["HELPLINE_MODELS"]))
    except FileNotFoundError as error:
        sys.stderr.write(f"bot: {error}\n")
        return 2
    prepare(threads=1)
    clamp(_level(os.environ["HELPLINE_LOG_LEVEL"]))
    _serve(model, os.environ["HELPLINE_RASA_HOST"], int(os.environ["HELPLINE_RASA_PORT"]))
    return 0


def _serve(model: Path, host: str, port: int) -> None:
    # Rasa takes seconds to import and reads the environment as it does.
    from rasa.core.run import serve_application
    from rasa.core.utils import AvailableEndpoints

    from bot import quick_domain

    quick_domain.use()
    # Importing Rasa may have set up logging of its own.
    clamp(_level(os.environ["HELPLINE_LOG_LEVEL"]))
    logger.info("starting", extra={"host": host, "port": port, "model": model.name})
    serve_application(
        model_path=str(model),
        credentials=str(HERE / "credentials.yml"),
        endpoints=AvailableEndpoints.read_endpoints(str(HERE / "endpoints.yml")),
        interface=host,
        port=port,
        enable_api=False,
    )


def _level(name: str) -> int:
    level = logging.getLevelName(name.upper())
    return level if isinstance(level, int) else logging.INFO


if __name__ == "__main__":
    sys.exit(main())
