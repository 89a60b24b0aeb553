"""Is it really Twilio? The one check that every webhook of theirs goes through.

The signature covers the public address as Twilio was given it, so that address comes from the
settings and never from the request: behind a proxy the two differ, and headers can be forged.
https://www.twilio.com/docs/usage/webhooks/webhooks-security
"""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.requests import Request
from twilio.request_validator import (
    HMAC_SHA1,
    SIGNATURE_HEADER,
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
    get_signature_algorithm,
)

from webhook.core.errors import BadInput, Forbidden
from webhook.settings import Settings

MAX_BODY = 64 * 1024  # bytes; Twilio's largest webhook is far smaller


class TwilioSignature:
    """Verifies webhooks against the current and the previous token, or the shared key alone.

    Once a shared key is configured, requests signed the old way are refused: otherwise an
    attacker could choose the weaker algorithm.
    """

    def __init__(self, settings: Settings) -> None:
        tokens = (settings.twilio_auth_token, settings.twilio_auth_token_previous)
        self._tokens = [RequestValidator(token) for token in tokens if token]  # type: ignore[no-untyped-call]
        key = settings.twilio_shared_key
        self._shared = RequestValidator(key) if key else None  # type: ignore[no-untyped-call]
        self._public_url = settings.public_url
        self._account_sid = settings.twilio_account_sid

    async def form(self, request: Request) -> FormData:
        """The form of a request that Twilio signed for our account.

        Raises Forbidden for an unsigned or forged one and for another account, BadInput for a
        body that is too large or has no account.
        """
        if len(await request.body()) > MAX_BODY:
            raise BadInput("body", "is larger than any webhook")
        form = await request.form()
        if not self.signed(request, form):
            raise Forbidden("not signed by Twilio")
        account = form.get("AccountSid")
        if account is None:
            raise BadInput("AccountSid", "is missing")
        if account != self._account_sid:
            raise Forbidden("for another account")
        return form

    def signed(self, request: Request, form: FormData) -> bool:
        """Whether one of our secrets made the signature of this request."""
        signature = request.headers.get(SIGNATURE_HEADER)
        if not signature or any(not isinstance(value, str) for value in form.values()):
            return False
        url = self._public_url + request.url.path
        if request.url.query:
            url += f"?{request.url.query}"
        algorithm = get_signature_algorithm(request.headers.get(SIGNATURE_SETTINGS_HEADER))  # type: ignore[no-untyped-call]
        if self._shared is not None:
            return algorithm.upper() != HMAC_SHA1 and _valid(
                self._shared, url, form, signature, algorithm
            )
        return algorithm.upper() == HMAC_SHA1 and any(
            _valid(validator, url, form, signature, algorithm) for validator in self._tokens
        )


def _valid(
    validator: RequestValidator, url: str, form: FormData, signature: str, algorithm: str
) -> bool:
    return bool(validator.validate(url, form, signature, algorithm))  # type: ignore[no-untyped-call]
