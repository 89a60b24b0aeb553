"""The organisation's own sign-in provider (OpenID Connect): discovery, code flow, checked tokens.

Sources: OpenID Connect Core 1.0 §3.1, Discovery 1.0 §4, PKCE (RFC 7636), `iss` (RFC 9207).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import ClaimError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from pydantic import BaseModel, ValidationError

from webhook.core.errors import OutsideError

_TIMEOUT_SECONDS = 5.0
_KNOWN_SECONDS = 600.0  # how long what discovery said is believed
_LEEWAY_SECONDS = 60  # between their clock and ours
_LARGEST = 256 * 1024  # bytes of an answer
# Signatures by a key of theirs only: with HS256 whoever knows our secret could sign, with none all.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "Ed25519")


class ProviderUnavailable(OutsideError):
    """The provider did not answer in time, or answered nonsense."""


class ProviderRefused(OutsideError):
    """What came from the provider cannot be trusted, or it says no; `why` is a short code."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Registration:
    """What the provider and we agreed on."""

    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str


class Metadata(BaseModel):
    """What we use of the provider's discovery document."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    id_token_signing_alg_values_supported: list[str] = ["RS256"]
    token_endpoint_auth_methods_supported: list[str] = ["client_secret_basic"]
    authorization_response_iss_parameter_supported: bool = False


class Provider:
    """One provider. Nothing is asked of it before somebody presses the button."""

    def __init__(self, registration: Registration) -> None:
        self._ours = registration
        self._known: tuple[float, Metadata] | None = None

    async def address(self, state: str, nonce: str, verifier: str, *, again: bool) -> str:
        """Where the browser goes to sign in; `again` asks for it even of who is signed in."""
        found = await self._metadata()
        more = {"prompt": "login", "max_age": "0"} if again else {}
        client = OAuth2Client(
            session=None,
            client_id=self._ours.client_id,
            scope="openid email profile",
            redirect_uri=self._ours.redirect_uri,
            code_challenge_method="S256",
        )
        address, _ = client.create_authorization_url(
            found.authorization_endpoint, state=state, code_verifier=verifier, nonce=nonce, **more
        )
        return str(address)

    async def claims(
        self, answer: Mapping[str, str], verifier: str, nonce: str, now: datetime
    ) -> dict[str, Any]:
        """What the signed token says of the person who came back with this answer."""
        found = await self._metadata()
        named = answer.get("iss")
        if named != found.issuer and (
            named is not None or found.authorization_response_iss_parameter_supported
        ):
            raise ProviderRefused("iss of answer")
        if "error" in answer or not answer.get("code"):
            denied = answer.get("error") == "access_denied"
            raise ProviderRefused("denied" if denied else "error of answer")
        async with self._http() as http:
            token = await self._exchange(http, found, answer["code"], verifier)
            keys = _json(await _get(http, found.jwks_uri))
        return self._checked(found, token, keys, nonce, now)

    def _http(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(timeout=_TIMEOUT_SECONDS, follow_redirects=False)

    async def _metadata(self) -> Metadata:
        if self._known is not None and time.monotonic() - self._known[0] < _KNOWN_SECONDS:
            return self._known[1]
        address = f"{self._ours.issuer.rstrip('/')}/.well-known/openid-configuration"
        async with self._http() as http:
            said = _json(await _get(http, address))
        try:
            found = Metadata.model_validate(said)
        except ValidationError as error:
            raise ProviderUnavailable("discovery is malformed") from error
        if found.issuer != self._ours.issuer:
            raise ProviderRefused("issuer of discovery")
        self._check_encrypted(found)
        self._known = (time.monotonic(), found)
        return found

    def _check_encrypted(self, found: Metadata) -> None:
        """Whoever signs in over https must not be sent on without it."""
        places = (found.authorization_endpoint, found.token_endpoint, found.jwks_uri)
        plain = [place for place in places if not place.startswith("https://")]
        if found.issuer.startswith("https://") and plain:
            raise ProviderRefused("discovery without https")

    async def _exchange(
        self, http: httpx.AsyncClient, found: Metadata, code: str, verifier: str
    ) -> dict[str, Any]:
        body = httpx.QueryParams(
            grant_type="authorization_code",
            code=code,
            redirect_uri=self._ours.redirect_uri,
            code_verifier=verifier,
        )
        # In the body where that is allowed: in the header, odd characters are read in two ways.
        methods = found.token_endpoint_auth_methods_supported
        method = "client_secret_post" if "client_secret_post" in methods else "client_secret_basic"
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        auth = ClientAuth(self._ours.client_id, self._ours.client_secret, method)
        place, headers, content = auth.prepare("POST", found.token_endpoint, headers, str(body))
        try:
            answer = await http.post(place, content=content, headers=headers)
        except httpx.HTTPError as error:
            raise ProviderUnavailable(type(error).__name__) from error
        if answer.is_client_error:
            raise ProviderRefused("code")
        return _json(answer)

    def _checked(
        self, found: Metadata, token: dict[str, Any], keys: Any, nonce: str, now: datetime
    ) -> dict[str, Any]:
        """The claims of a token: signed by them, for us, for this sign-in, and not run out."""
        offered = set(found.id_token_signing_alg_values_supported)
        registry = JWSRegistry(
            algorithms=[name for name in _ALGORITHMS if name in offered], strict_check_header=False
        )
        given = {"nonce": nonce, "client_id": self._ours.client_id}
        given |= {"access_token": token["access_token"]} if "access_token" in token else {}
        options = {
            "iss": {"essential": True, "values": [found.issuer]},
            "aud": {"essential": True, "values": [self._ours.client_id]},
        }
        try:
            read = jwt.decode(
                str(token.get("id_token", "")), KeySet.import_key_set(keys), registry=registry
            )
            claims = CodeIDToken(read.claims, read.header, options, given)
            claims.validate(now=int(now.timestamp()), leeway=_LEEWAY_SECONDS)
        except ClaimError as error:
            raise ProviderRefused(f"claim {error.claim}"[:32]) from error
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise ProviderRefused("token") from error
        return dict(claims)


async def _get(http: httpx.AsyncClient, address: str) -> httpx.Response:
    try:
        return await http.get(address, headers={"Accept": "application/json"})
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ProviderUnavailable(type(error).__name__) from error


def _json(answer: httpx.Response) -> dict[str, Any]:
    """The object in an answer; raises ProviderUnavailable when there is none."""
    if not answer.is_success or len(answer.content) > _LARGEST:
        raise ProviderUnavailable(f"status {answer.status_code}")
    try:
        found = answer.json()
    except ValueError as error:
        raise ProviderUnavailable("not JSON") from error
    if not isinstance(found, dict):
        raise ProviderUnavailable("not an object")
    return found
