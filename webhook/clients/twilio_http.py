"""The `twilio` client's way to its API: pooled, never retrying by itself, at an address of ours."""

from __future__ import annotations

import logging
import ssl

import aiohttp
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from twilio.http import AsyncHttpClient
from twilio.http.response import Response

_TWILIO = "https://api.twilio.com"
_CONNECT_SECONDS = 5.0
_CONNECTIONS = 64
_KEEP_SECONDS = 15.0


class TwilioHttp(AsyncHttpClient):
    """Speaks to `api_url` in place of Twilio's own address, if it is given.

    Raises aiohttp.ClientError and TimeoutError; ClientConnectorError and ConnectionTimeoutError
    say that nothing was sent.
    """

    def __init__(self, api_url: str, timeout_seconds: float) -> None:
        super().__init__(logging.getLogger("twilio.http_client"), True, timeout_seconds)
        self._api_url = api_url
        self._session: aiohttp.ClientSession | None = None
        self._closed = False
        self._time = aiohttp.ClientTimeout(
            total=timeout_seconds, sock_connect=min(_CONNECT_SECONDS, timeout_seconds)
        )

    async def request(  # type: ignore[override]  # as the library's own asynchronous one
        self,
        method: str,
        url: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 -- the library's name
        allow_redirects: bool = False,
    ) -> Response:
        """Send a request; the client gives the whole address, which is moved to ours."""
        if self._closed:
            raise aiohttp.ClientConnectionError("closed")
        if self._session is None:
            self._session = self._open()
        if self._api_url and url.startswith(_TWILIO):
            url = self._api_url + url.removeprefix(_TWILIO)
        async with self._session.request(
            method,
            url,
            params=_filled(params),
            data=_filled(data),
            headers={**(headers or {}), **_authorization(auth)},
            allow_redirects=allow_redirects,
        ) as answer:
            return Response(answer.status, await answer.text(), answer.headers)

    async def close(self) -> None:
        """Close every connection, for good."""
        self._closed = True
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        # A session belongs to the loop that is running when it is made.
        trusted = ssl.create_default_context(cafile=DEFAULT_CA_BUNDLE_PATH)
        connector = aiohttp.TCPConnector(
            limit=_CONNECTIONS, keepalive_timeout=_KEEP_SECONDS, ssl=trusted
        )
        return aiohttp.ClientSession(connector=connector, timeout=self._time)


def _authorization(auth: tuple[str, str] | None) -> dict[str, str]:
    return {"Authorization": aiohttp.encode_basic_auth(*auth)} if auth else {}


def _filled(fields: dict[str, object] | None) -> dict[str, str] | None:
    """The fields that have a value, as forms and addresses carry them."""
    if not fields:
        return None
    return {name: str(value) for name, value in fields.items() if value is not None}
