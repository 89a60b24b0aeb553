"""`python -m actions.serve`: run the actions for the assistant on this machine.

Environment: HELPLINE_BOT_TOKEN (required; the assistant sends it), HELPLINE_ACTIONS_PORT (5055),
HELPLINE_ACTIONS_HOST (127.0.0.1).
"""

from __future__ import annotations

import hmac
import os
import sys

from actions.quiet_logs import clamp


def main() -> int:
    """Run until stopped; 2 when the token is missing."""
    token = os.environ.get("HELPLINE_BOT_TOKEN", "")
    if not token:
        sys.stderr.write("actions: set HELPLINE_BOT_TOKEN\n")
        return 2
    host = os.environ.get("HELPLINE_ACTIONS_HOST", "127.0.0.1")
    port = int(os.environ.get("HELPLINE_ACTIONS_PORT", "5055"))
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    clamp()
    _serve(token, host, port)
    return 0


def _serve(token: str, host: str, port: int) -> None:
    # rasa-sdk sets up logging as it is imported.
    from rasa_sdk.endpoint import create_app
    from sanic.request import Request
    from sanic.response import HTTPResponse, json

    clamp()
    app = create_app("actions", cors_origins=[])
    expected = f"Bearer {token}".encode()

    @app.on_request
    async def check(request: Request) -> HTTPResponse | None:
        # Sanic leaves bytes that are no UTF-8 as surrogates; they must compare, not fail.
        given = request.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
        if request.path == "/health" or hmac.compare_digest(given, expected):
            return None
        return json({"error": "unauthorised"}, status=401)

    app.run(host=host, port=port, workers=1, access_log=False)


if __name__ == "__main__":
    sys.exit(main())
