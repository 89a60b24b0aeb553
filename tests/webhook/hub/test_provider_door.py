"""The door by the provider: a button only when set, and a calm page for whatever fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.fixtures.database import migrated
from tests.fixtures.provider import CLIENT_ID, CLIENT_SECRET, TownHall
from tests.fixtures.web import SECRET
from webhook.core.staff import Role
from webhook.main import create_app
from webhook.settings import Settings
from webhook.store import staff

BASE = "http://testserver"
BACK = f"{BASE}/hub/door/provider/back"


@contextmanager
def made(folder: Path, **given: Any) -> Iterator[FastAPI]:
    settings = Settings(
        _env_file=None,
        **{"env": "test", "data": folder, "public_url": BASE, "secret_key": SECRET} | given,
    )
    migrated(settings.database)
    app = create_app(settings)
    yield app
    app.state.parts.database.close()


def of(town_hall: TownHall) -> dict[str, str]:
    return {
        "oidc_issuer": town_hall.base,
        "oidc_client_id": CLIENT_ID,
        "oidc_client_secret": CLIENT_SECRET,
        "oidc_name": "the Town Hall",
    }


@pytest.fixture
def app(tmp_path: Path, town_hall: TownHall) -> Iterator[FastAPI]:
    with made(tmp_path, **of(town_hall)) as app:
        yield app


def add(app: FastAPI, login: str = "sam@hub.example", *, active: bool = True) -> None:
    parts = app.state.parts

    def work(session: Any) -> None:
        row = staff.add(session, parts.vault, login, "Sam", Role.ADVOCATE, parts.clock.now())
        row.active = active

    parts.database.write_now(work)


def browser(app: FastAPI, base: str = BASE) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=base)


async def through(client: httpx.AsyncClient, path: str = "/hub/door/provider") -> httpx.Response:
    """The whole way to the provider and back."""
    begun = await client.get(path)
    assert begun.status_code == 303, begun.text
    async with httpx.AsyncClient(trust_env=False) as http:
        sent = await http.get(begun.headers["location"])
    assert sent.headers["location"].startswith(f"{BACK}?")
    return await client.get(sent.headers["location"])


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"oidc_issuer": "http://127.0.0.1:9"},
        {"oidc_issuer": "http://127.0.0.1:9", "oidc_client_id": "hub"},
    ],
)
async def test_no_button_and_no_way_unless_wholly_set(
    tmp_path: Path, given: dict[str, str]
) -> None:
    with made(tmp_path, **given) as app:
        async with browser(app) as client:
            assert "Sign in with" not in (await client.get("/hub/door/sign-in")).text
            assert (await client.get("/hub/door/provider")).status_code == 404


async def test_button_says_whose_sign_in_it_is(app: FastAPI) -> None:
    async with browser(app) as client:
        page = (await client.get("/hub/door/sign-in")).text
    assert 'href="/hub/door/provider">Sign in with the Town Hall<' in page


async def test_p8_provider_is_asked_nothing_before_the_button(
    app: FastAPI, town_hall: TownHall
) -> None:
    add(app)
    async with browser(app) as client:
        for path in ("/hub/", "/hub/door/sign-in", "/hub/door/link", "/readyz"):
            await client.get(path)
        await app.state.parts.assistant.close()  # asked for its health, by a loop that ends here
        assert (town_hall.looked_up, town_hall.asked) == (0, [])
        await through(client)
        await through(client)
    assert town_hall.looked_up == 1  # and then believed for some minutes


async def test_session_by_the_provider_still_needs_the_second_step(app: FastAPI) -> None:
    add(app)
    async with browser(app) as client:
        back = await through(client)
        assert back.headers["location"] == "/hub/door/second-step"
        assert (await client.get("/hub/account")).status_code == 401
        step = await client.get("/hub/door/second-step")
        assert "Set up the second step" in step.text


async def test_session_is_whole_when_the_provider_asks_for_both(
    tmp_path: Path, town_hall: TownHall
) -> None:
    with made(tmp_path, oidc_second_factor=True, **of(town_hall)) as app:
        add(app)
        async with browser(app) as client:
            back = await through(client)
            assert back.headers["location"] == "/hub/"
            assert (await client.get("/hub/account")).status_code == 200
            # Whoever has neither password nor factor here signs in anew to change something.
            confirm = (await client.get("/hub/account/confirm")).text
            assert "Sign in again with the Town Hall" in confirm
            assert "Your password" not in confirm
            assert (await client.get("/hub/account/second-step/codes")).status_code == 303
            again = await through(client, "/hub/door/provider?again=true")
            assert again.headers["location"] == "/hub/account/second-step"
            page = await client.get("/hub/account/second-step/codes")
            assert "authenticator app" in page.text
            sessions = (await client.get("/hub/account")).text
            assert sessions.count("<td>Browser") == 1


async def test_attempt_is_kept_where_no_script_and_no_other_site_sees_it(
    tmp_path: Path, town_hall: TownHall
) -> None:
    public = "https://hub.example"
    with made(tmp_path, **{**of(town_hall), "public_url": public}) as app:
        async with browser(app, public) as client:
            kept = (await client.get("/hub/door/provider")).headers["set-cookie"]
    assert kept.startswith("__Host-hub-provider=")
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/", "Max-Age=600"} <= set(kept.split("; "))
    assert town_hall.base not in kept


def _nobody(hall: TownHall) -> None:
    hall.person = {"email": "nobody@hub.example", "email_verified": True}


def _unverified(hall: TownHall) -> None:
    hall.person = {"email": "sam@hub.example"}


def _denied(hall: TownHall) -> None:
    hall.denies = True


def _forged(hall: TownHall) -> None:
    hall.claims = {"nonce": "another"}


@pytest.mark.parametrize(
    ("wrong", "status", "words"),
    [
        (_nobody, 403, "The Town Hall knows you, but there is no open account"),
        (_unverified, 403, "has not confirmed who you are"),
        (_denied, 401, "You stopped at the Town Hall"),
        (_forged, 401, "could not be trusted, so nobody was signed in"),
    ],
)
async def test_every_failure_ends_on_a_page_that_helps(
    app: FastAPI,
    town_hall: TownHall,
    wrong: Callable[[TownHall], None],
    status: int,
    words: str,
) -> None:
    add(app)
    wrong(town_hall)
    async with browser(app) as client:
        page = await through(client)
        assert page.status_code == status
        assert words in page.text
        assert 'href="/hub/door/sign-in"' in page.text
        assert "hub" not in client.cookies
        assert "hub-provider" not in client.cookies
        assert page.headers["referrer-policy"] == "no-referrer"
        assert (await client.get("/hub/account")).status_code == 401


async def test_closed_account_gets_the_page_of_an_unknown_one(
    app: FastAPI, town_hall: TownHall
) -> None:
    add(app, active=False)
    async with browser(app) as client:
        closed = await through(client)
        _nobody(town_hall)
        unknown = await through(client)
    assert _main(closed) == _main(unknown)


async def test_answer_used_again_or_never_begun_is_explained(app: FastAPI) -> None:
    add(app)
    async with browser(app) as client:
        begun = await client.get("/hub/door/provider")
        kept = {"hub-provider": client.cookies["hub-provider"]}
        async with httpx.AsyncClient(trust_env=False) as http:
            address = (await http.get(begun.headers["location"])).headers["location"]
        assert (await client.get(address)).status_code == 303
    for cookies in ({}, kept):
        async with browser(app) as client:
            client.cookies.update(cookies)
            page = await client.get(address)
        assert page.status_code == 400
        assert "Begin again from the sign-in page" in page.text


async def test_provider_that_is_away_leaves_the_password(app: FastAPI, town_hall: TownHall) -> None:
    town_hall.away = True
    async with browser(app) as client:
        page = await client.get("/hub/door/provider")
    assert page.status_code == 502
    assert "If you have a password here, you can use it now." in page.text


def _main(answer: httpx.Response) -> str:
    return answer.text.split("<main", 1)[1]
