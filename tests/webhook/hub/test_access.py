"""The console denies by default: every operation, for nobody and for the wrong role."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from starlette.routing import Mount

from tests.fixtures.database import migrated
from tests.fixtures.web import SECRET
from webhook.core.staff import Role
from webhook.main import create_app
from webhook.settings import Settings
from webhook.store import staff
from webhook.store.hub_models import StaffSession

# What every role may do, for it shows and changes nothing but one's own account.
OPEN_TO_ALL = {
    ("GET", "/account"),
    ("POST", "/account/sign-out"),
    ("POST", "/account/sessions/{session}/end"),
    ("POST", "/account/choices"),
    ("POST", "/account/break"),
    ("GET", "/account/confirm"),
    ("POST", "/account/confirm"),
    ("POST", "/account/confirm/passkey/ask"),
    ("POST", "/account/confirm/passkey/use"),
    ("GET", "/account/second-step"),
    *(
        CHANGES_OF_SIGN_IN := {
            ("GET", "/account/second-step/codes"),
            ("POST", "/account/second-step/codes"),
            ("POST", "/account/second-step/passkey/new"),
            ("POST", "/account/second-step/passkey/add"),
            ("POST", "/account/second-step/recovery"),
            ("POST", "/account/second-step/{factor}/name"),
            ("POST", "/account/second-step/{factor}/remove"),
        }
    ),
}
# What is open to whoever comes: signing in, and nothing else.
DOOR = {
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
    ("GET", "/link"),
    ("POST", "/link"),
    ("GET", "/second-step"),
    ("POST", "/second-step"),
    ("POST", "/codes"),
    ("POST", "/passkey/new"),
    ("POST", "/passkey/add"),
    ("POST", "/passkey/ask"),
    ("POST", "/passkey/use"),
    ("GET", "/provider"),
    ("GET", "/provider/back"),
}
BASE = "http://testserver"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[FastAPI]:
    settings = Settings(
        _env_file=None,
        env="test",
        data=tmp_path,
        public_url=BASE,
        secret_key=SECRET,
        oidc_issuer="http://127.0.0.1:9",
        oidc_client_id="hub",
        oidc_client_secret="secret",
    )
    migrated(settings.database)
    made = create_app(settings)
    yield made
    made.state.parts.database.close()


def console_of(app: FastAPI, path: str = "/hub") -> FastAPI:
    mount = next(r for r in app.routes if isinstance(r, Mount) and r.path == path)
    console = mount.app._app._app
    assert isinstance(console, FastAPI)
    return console


def operations(app: FastAPI, at: str = "/hub") -> list[tuple[str, str]]:
    paths = console_of(app, at).openapi()["paths"]
    return [(method.upper(), path) for path, methods in paths.items() for method in methods]


def signed_in(app: FastAPI, role: Role, *, verified: bool = True) -> dict[str, str]:
    """Cookies of somebody new of a role."""
    parts = app.state.parts
    now, token = parts.clock.now(), f"token of {role} {verified}"

    def add(session: object) -> None:
        from webhook.services.staff import hash_token

        name = f"{role}.{verified}".lower()
        row = staff.add(session, parts.vault, name, "Sam", role, now)  # type: ignore[arg-type]
        session.add(  # type: ignore[attr-defined]
            StaffSession(
                id=name, token_hash=hash_token(token), staff_id=row.id, device="",
                verified=verified, created_at=now, used_at=now,
            )
        )  # fmt: skip

    parts.database.write_now(add)
    return {"hub": token}


async def call(
    app: FastAPI, method: str, path: str, cookies: dict[str, str], body: str = "", **headers: str
) -> httpx.Response:
    filled = path.replace("{conversation}", "0" * 32).replace("{session}", "none")
    filled = (
        filled.replace("{name}", "waiting")
        .replace("{staff}", "999")
        .replace("{id}", "1")
        .replace("{service}", "none")
        .replace("{factor}", "1")
    )
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    given = {"Origin": BASE} | headers
    async with httpx.AsyncClient(
        transport=transport, base_url=BASE, cookies=cookies, headers=given
    ) as client:
        return await client.request(method, f"/hub{filled}", content=body)


def test_console_has_operations_and_hides_none(app: FastAPI) -> None:
    found = operations(app)
    assert len(found) > 20
    routes = console_of(app).openapi()
    assert routes["paths"]
    for file in Path("webhook/hub").glob("*.py"):
        assert "include_in_schema" not in file.read_text()


async def test_every_operation_refuses_the_anonymous(app: FastAPI) -> None:
    for method, path in operations(app):
        answer = await call(app, method, path, {})
        assert answer.status_code == 401, (method, path)


async def test_every_operation_refuses_a_session_without_second_step(app: FastAPI) -> None:
    half = signed_in(app, Role.MANAGER, verified=False)
    for method, path in operations(app):
        answer = await call(app, method, path, half)
        assert answer.status_code == 401, (method, path)


async def test_every_operation_refuses_a_role_without_permission(app: FastAPI) -> None:
    roles = [signed_in(app, role) for role in (Role.ADVOCATE, Role.ADMINISTRATOR)]
    for method, path in operations(app):
        if (method, path) in OPEN_TO_ALL:
            continue
        if path == "/live":  # streams for whom it is allowed
            answers = [await call(app, method, path, roles[1])]
        else:
            answers = [await call(app, method, path, cookies) for cookies in roles]
        assert 403 in [answer.status_code for answer in answers], (method, path)


def test_what_is_open_to_all_roles_exists(app: FastAPI) -> None:
    assert set(operations(app)) >= OPEN_TO_ALL


async def test_how_one_signs_in_is_not_changed_without_proof(app: FastAPI) -> None:
    """Neither an old session nor one whose second step is to come is enough."""
    full = signed_in(app, Role.MANAGER)
    for method, path in sorted(CHANGES_OF_SIGN_IN):
        answer = await call(app, method, path, full, "{}", Accept="application/json")
        sent_on = answer.headers.get("location") == "/hub/account/confirm"
        assert answer.status_code == 403 or sent_on, (method, path, answer.text)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for path in ("new", "add"):
        answer = await call(app, "POST", f"/door/passkey/{path}", full, "{}")
        assert answer.status_code == 403, path
    answer = await call(app, "POST", "/door/codes", full, "code=123456", **form)
    assert answer.status_code == 403


def test_door_opens_for_signing_in_and_nothing_else(app: FastAPI) -> None:
    assert set(operations(app, "/hub/door")) == DOOR


async def test_door_shows_nobody_anything_and_keeps_the_policy(app: FastAPI) -> None:
    for method, path in operations(app, "/hub/door"):
        answer = await call(app, method, f"/door{path}", {})
        allowed = {200} if method == "GET" and path in ("/sign-in", "/link") else {400, 401, 502}
        assert answer.status_code in allowed, (method, path)
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        if method == "POST":
            other = await call(app, method, f"/door{path}", {}, **{"Sec-Fetch-Site": "cross-site"})
            assert other.status_code == 403, path


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Origin": BASE}, True),
        ({"Origin": "https://elsewhere.example"}, False),
        ({"Origin": "null"}, False),
        ({}, False),
    ],
)
async def test_changes_come_from_our_own_pages_only(
    app: FastAPI, headers: dict[str, str], allowed: bool
) -> None:
    cookies = signed_in(app, Role.ADVOCATE)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=BASE, cookies=cookies) as client:
        answer = await client.post("/hub/account/choices", headers=headers)
    assert (answer.status_code == 303) is allowed


async def test_pages_carry_a_strict_policy_and_are_not_cached(app: FastAPI) -> None:
    answer = await call(app, "GET", "/", signed_in(app, Role.ADVOCATE))
    policy = answer.headers["content-security-policy"]
    nonce = policy.split("'nonce-")[1].split("'")[0]
    assert f'nonce="{nonce}"' in answer.text
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'; script-src 'nonce-")
    assert answer.headers["cache-control"] == "no-store"
    assert "style=" not in answer.text
    other = await call(app, "GET", "/", {})
    assert nonce not in other.headers["content-security-policy"]
