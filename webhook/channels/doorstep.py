"""The carrier's webhooks, answered on the doorstep: before routes, their layers and their models.

Six of them come for every text that is answered, and a full machine spends more on finding the way
to a handler than a handler spends. The routes stay as they are, for documents and other methods.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from webhook.channels.headers import BASE
from webhook.core.errors import HelplineError

Handler = Callable[[Request], Awaitable[Response]]
Render = Callable[[Request, Exception], Awaitable[Response]]

_HEADERS = [(name.lower().encode(), value.encode()) for name, value in BASE.items()]


class Doorstep:
    """Answers `POST` to the paths of `handlers`; a refusal is shown by `render`.

    What goes wrong otherwise is raised, as from any handler.
    """

    def __init__(self, app: ASGIApp, handlers: Mapping[str, Handler], render: Render) -> None:
        self._app = app
        self._handlers = handlers
        self._render = render

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass the request on."""
        asked = scope["type"] == "http" and scope["method"] == "POST"
        handle = self._handlers.get(scope["path"]) if asked else None
        if handle is None:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive, send)
        try:
            response = await handle(request)
        except HelplineError as error:
            response = await self._render(request, error)
        except HTTPException as error:  # a body that is no form, or too large
            response = Response(status_code=error.status_code)
        response.raw_headers.extend(_HEADERS)
        await response(scope, receive, send)
