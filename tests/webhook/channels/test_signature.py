"""Twilio's signature: which requests are really Twilio's, and which only look like it."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.datastructures import FormData
from starlette.requests import Request

from tests.fixtures.twilio import PUBLIC, edge_settings, form_of, signature
from webhook.channels.signature import MAX_BODY, TwilioSignature
from webhook.core.errors import BadInput, Forbidden

SHARED = "a-shared-key"
SHA256 = "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"
TWILIO_URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
# Twilio's own vectors (twilio-python, tests/unit/test_request_validator.py), token "12345".
DUPLICATES = [("Sid", "CA123"), ("SidAccount", "AC123")] + [
    ("Digits", value) for value in ("5678", "1234", "1234")
]
DUPLICATES_SIGNED = "IK+Dwps556ElfBT0I3Rgjkr1wJU="


def request_of(form: dict[str, str], path: str = "/twilio/sms", **headers: str) -> Request:
    """A request as it arrives behind a proxy: plain HTTP, to an internal name."""
    body = urlencode(form).encode()
    given = {"host": "internal:8000", "content-type": "application/x-www-form-urlencoded"}
    given |= {name.replace("_", "-").lower(): value for name, value in headers.items()}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    path, _, query = path.partition("?")
    scope = {
        "type": "http", "method": "POST", "scheme": "http", "path": path,
        "query_string": query.encode(), "server": ("internal", 8000),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in given.items()],
    }  # fmt: skip
    return Request(scope, receive)


async def is_signed(folder: Path, request: Request, **settings: Any) -> bool:
    try:
        await TwilioSignature(edge_settings(folder, **settings)).form(request)
    except Forbidden:
        return False
    return True


async def test_signature_over_the_public_address_counts(tmp_path: Path) -> None:
    form = form_of()
    request = request_of(form, x_twilio_signature=signature(f"{PUBLIC}/twilio/sms", form))
    assert await is_signed(tmp_path, request)


async def test_signature_over_the_internal_address_does_not(tmp_path: Path) -> None:
    form = form_of()
    made = signature("http://internal:8000/twilio/sms", form)
    assert not await is_signed(tmp_path, request_of(form, x_twilio_signature=made))


@pytest.mark.parametrize("name", ["x-forwarded-host", "x-original-host", "host", "forwarded"])
async def test_forged_proxy_headers_change_nothing(tmp_path: Path, name: str) -> None:
    form = form_of()
    made = signature("https://attacker.example/twilio/sms", form)
    headers = {name: "attacker.example", "x-forwarded-proto": "https", "x-twilio-signature": made}
    assert not await is_signed(tmp_path, request_of(form, **headers))


async def test_blank_parameters_are_part_of_it(tmp_path: Path) -> None:
    form = form_of(FromCity="", Body="")
    made = signature(f"{PUBLIC}/twilio/sms", form)
    assert await is_signed(tmp_path, request_of(form, x_twilio_signature=made))
    without = {name: value for name, value in form.items() if value}
    made = signature(f"{PUBLIC}/twilio/sms", without)
    assert not await is_signed(tmp_path, request_of(form, x_twilio_signature=made))


@pytest.mark.parametrize(
    ("public", "signed"),
    [
        ("https://help.example", "https://help.example:443/twilio/sms"),
        ("https://help.example:443", "https://help.example/twilio/sms"),
        ("https://help.example:8443", "https://help.example:8443/twilio/sms"),
        ("https://help.example:8443", "https://help.example/twilio/sms"),
    ],
)
async def test_port_may_be_signed_or_left_out(tmp_path: Path, public: str, signed: str) -> None:
    form = form_of()
    request = request_of(form, x_twilio_signature=signature(signed, form))
    assert await is_signed(tmp_path, request, public_url=public)


async def test_connection_override_fragment_is_not_signed(tmp_path: Path) -> None:
    form = form_of()
    without = signature(f"{PUBLIC}/twilio/sms", form)
    assert await is_signed(tmp_path, request_of(form, x_twilio_signature=without))
    fragment = signature(f"{PUBLIC}/twilio/sms#rc=3&rp=ct,rt", form)
    assert not await is_signed(tmp_path, request_of(form, x_twilio_signature=fragment))


async def test_query_is_part_of_it(tmp_path: Path) -> None:
    form = form_of()
    made = signature(f"{PUBLIC}/twilio/status?message=7", form)
    path = "/twilio/status?message="
    assert await is_signed(tmp_path, request_of(form, f"{path}7", x_twilio_signature=made))
    assert not await is_signed(tmp_path, request_of(form, f"{path}8", x_twilio_signature=made))


@pytest.mark.parametrize("made", ["", "x", "ü" * 28, "a" * 28, "A" * 4000])
async def test_missing_or_strange_signature_is_refused(tmp_path: Path, made: str) -> None:
    headers = {"x-twilio-signature": made} if made else {}
    assert not await is_signed(tmp_path, request_of(form_of(), **headers))


@pytest.mark.parametrize("changed", ["Body", "From", "To", "MessageSid", "AccountSid"])
async def test_changed_parameter_is_refused(tmp_path: Path, changed: str) -> None:
    form = form_of()
    made = signature(f"{PUBLIC}/twilio/sms", form)
    request = request_of(form | {changed: "changed"}, x_twilio_signature=made)
    assert not await is_signed(tmp_path, request)


@pytest.mark.parametrize("token", ["new-token", "old-token"])
async def test_both_tokens_count_during_a_rotation(tmp_path: Path, token: str) -> None:
    form = form_of()
    request = request_of(form, x_twilio_signature=signature(f"{PUBLIC}/twilio/sms", form, token))
    settings = {"twilio_auth_token": "new-token", "twilio_auth_token_previous": "old-token"}
    assert await is_signed(tmp_path, request, **settings)


async def test_old_token_is_refused_after_the_rotation(tmp_path: Path) -> None:
    form = form_of()
    made = signature(f"{PUBLIC}/twilio/sms", form, "old-token")
    request = request_of(form, x_twilio_signature=made)
    assert not await is_signed(tmp_path, request, twilio_auth_token="new-token")


async def test_shared_key_signature_counts(tmp_path: Path) -> None:
    form = form_of()
    made = signature(f"{PUBLIC}/twilio/sms", form, SHARED, "HMAC_SHA256")
    headers = {"x-twilio-signature": made, "x-twilio-webhooks-signature-settings": SHA256}
    assert await is_signed(tmp_path, request_of(form, **headers), twilio_shared_key=SHARED)
    assert not await is_signed(tmp_path, request_of(form, **headers)), "no key is configured"


@pytest.mark.parametrize(
    ("token", "algorithm", "told"),
    [
        ("development-auth-token", None, None),  # the old way, with a valid token
        (SHARED, None, None),  # the weaker hash with the right key
        (SHARED, None, "key=k,algorithm=HMAC_SHA1"),
        (SHARED, "HMAC_SHA256", "key=k,algorithm=HMAC_SHA1"),
        (SHARED, "HMAC_SHA256", "key=k"),
        (SHARED, "HMAC_SHA256", "key=k,algorithm=NONE"),
        ("another-key", "HMAC_SHA256", SHA256),
    ],
)
async def test_downgrade_from_the_shared_key_is_refused(
    tmp_path: Path, token: str, algorithm: str | None, told: str | None
) -> None:
    form = form_of()
    made = signature(f"{PUBLIC}/twilio/sms", form, token, algorithm)
    headers = {"x-twilio-signature": made}
    if told is not None:
        headers["x-twilio-webhooks-signature-settings"] = told
    assert not await is_signed(tmp_path, request_of(form, **headers), twilio_shared_key=SHARED)


@pytest.mark.parametrize("query", ["", f"?bodySHA256={'0' * 64}"])
async def test_json_body_is_refused_and_not_an_error(tmp_path: Path, query: str) -> None:
    path = f"/twilio/sms{query}"
    headers = {
        "content-type": "application/json",
        "x-twilio-signature": signature(f"{PUBLIC}{path}", {}),
    }
    with pytest.raises((Forbidden, BadInput)):
        await TwilioSignature(edge_settings(tmp_path)).form(request_of({}, path, **headers))


async def test_uploaded_file_is_refused_and_not_an_error(tmp_path: Path) -> None:
    validator = TwilioSignature(edge_settings(tmp_path))
    form = FormData([("Body", object())])  # type: ignore[list-item]  # as a multipart body gives
    assert not validator.signed(request_of({}, x_twilio_signature="x"), form)


async def test_body_larger_than_any_webhook_is_malformed(tmp_path: Path) -> None:
    request = request_of(form_of(Body="x" * MAX_BODY), x_twilio_signature="x")
    with pytest.raises(BadInput) as refused:
        await TwilioSignature(edge_settings(tmp_path)).form(request)
    assert refused.value.field == "body"


async def test_other_account_is_refused_though_signed(tmp_path: Path) -> None:
    form = form_of(AccountSid="AC" + "9" * 32)
    request = request_of(form, x_twilio_signature=signature(f"{PUBLIC}/twilio/sms", form))
    assert not await is_signed(tmp_path, request)


def test_twilios_own_vector_with_duplicates_holds(tmp_path: Path) -> None:
    settings = edge_settings(
        tmp_path, public_url="https://mycompany.com", twilio_auth_token="12345"
    )
    request = request_of({}, "/myapp.php?foo=1&bar=2", x_twilio_signature=DUPLICATES_SIGNED)
    assert signature(TWILIO_URL, FormData(DUPLICATES), "12345") == DUPLICATES_SIGNED
    assert TwilioSignature(settings).signed(request, FormData(DUPLICATES))
    assert not TwilioSignature(settings).signed(request, FormData(DUPLICATES[:-2]))
