"""`python -m bench.stock.serve MODEL PORT`: Rasa as it comes, with its own Twilio channel.

Runs in the assistant's environment. Two things differ from `rasa run`, neither in its way of
working: Twilio's address is replaced by BENCH_API_URL, and replies that are commands to our
service, which no phone could show, are left out instead of failing.
"""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
_TWILIO = "https://api.twilio.com"


def main() -> None:
    """Serve until stopped."""
    model, port = sys.argv[1:]
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    from rasa.core.run import serve_application
    from rasa.core.utils import AvailableEndpoints

    _redirect()
    logging.disable(logging.CRITICAL)
    serve_application(
        model_path=model,
        credentials=str(HERE / "credentials.yml"),
        endpoints=AvailableEndpoints.read_endpoints(str(HERE / "endpoints.yml")),
        interface="127.0.0.1",
        port=int(port),
        enable_api=False,
    )


def _redirect() -> None:
    from rasa.core.channels.twilio import TwilioOutput
    from twilio.http.http_client import TwilioHttpClient

    request = TwilioHttpClient.request
    api = os.environ["BENCH_API_URL"]

    def elsewhere(self: Any, method: str, url: str, *rest: Any, **more: Any) -> Any:
        return request(self, method, api + url.removeprefix(_TWILIO), *rest, **more)

    async def nothing(*_: Any, **__: Any) -> None:
        return None

    TwilioHttpClient.request = elsewhere  # type: ignore[method-assign]
    TwilioOutput.send_custom_json = nothing


if __name__ == "__main__":
    main()
