"""Signing in by the provider: every token that is not theirs, for us and for now is refused."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from tests.fixtures.provider import CLIENT_ID, CLIENT_SECRET, TownHall
from tests.fixtures.service import Service
from webhook.clients.bus import Bus
from webhook.clients.provider import Provider, ProviderRefused, ProviderUnavailable, Registration
from webhook.core.staff import Role, Who
from webhook.services.desk import Desk
from webhook.services.people import People
from webhook.services.provider import NotHere, Outdated, ProviderSignIn, Rules, Unproven
from webhook.services.staff import Accounts, Locked
from webhook.store import audit, staff

BACK = "http://hub.example/hub/door/provider/back"
SECRET = "a secret key of the tests, long enough"
OTHER_KEY = RSAKey.generate_key(2048)


@dataclass
class Way:
    """A browser's way to the provider and back."""

    service: Service
    hall: TownHall
    sign_in: ProviderSignIn
    accounts: Accounts

    async def account(self, login: str = "sam@hub.example", *, active: bool = True) -> int:
        """An account of the hub."""

        def add(session: Any) -> int:
            now = self.service.clock.now()
            row = staff.add(session, self.service.vault, login, "Sam", Role.ADVOCATE, now)
            row.active = active
            return row.id

        return await self.service.database.write(add)

    async def go(self, *, again: bool = False) -> tuple[str, dict[str, str]]:
        """Begin, sign in there; gives the sealed attempt and what comes back."""
        address, sealed = await self.sign_in.begin(again=again)
        async with httpx.AsyncClient(trust_env=False) as http:
            answer = await http.get(address)
        back = urlsplit(answer.headers["location"])
        return sealed, {name: values[0] for name, values in parse_qs(back.query).items()}

    async def through(self, *, again: bool = False) -> Who:
        """The whole way; gives who is signed in."""
        token = await self.sign_in.finish(*await self.go(again=again), "Chrome Linux")
        who = await self.accounts.who(token)
        assert who is not None
        return who

    async def trail(self) -> list[tuple[int | None, str, str | None, str | None]]:
        """The audit trail, the oldest first."""
        found = await self.service.database.read(audit.find, audit.Search())
        return [(e.staff_id, e.action, e.subject, e.reason) for e in reversed(found)]


def encoded(part: dict[str, Any]) -> str:
    """A part of a token."""
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def made(service: Service, hall: TownHall, rules: Rules) -> ProviderSignIn:
    registration = Registration(hall.base, CLIENT_ID, CLIENT_SECRET, BACK)
    return ProviderSignIn(service.database, service.clock, Provider(registration), rules, SECRET)


@pytest.fixture
def way(service: Service, town_hall: TownHall) -> Way:
    town_hall.now = service.clock.now
    accounts = Accounts(service.database, service.vault, service.clock)
    return Way(service, town_hall, made(service, town_hall, Rules()), accounts)


async def test_open_account_is_signed_in_and_second_step_is_still_asked(way: Way) -> None:
    account = await way.account()
    who = await way.through()
    assert (who.staff_id, who.verified) == (account, False)
    asked = way.hall.asked[0]
    assert asked["code_challenge_method"] == "S256"
    assert asked["response_type"] == "code"
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    assert "prompt" not in asked


async def test_address_that_passed_to_a_successor_opens_nothing(way: Way) -> None:
    account = await way.account()
    await way.through()
    way.hall.claims = {"sub": "2"}
    with pytest.raises(NotHere):
        await way.through()
    assert (await way.trail())[-1] == (
        account, "session.refused", "provider", "another subject",
    )  # fmt: skip
    way.hall.claims = {}
    assert (await way.through()).staff_id == account


async def test_new_link_frees_the_account_for_another_person(way: Way) -> None:
    account = await way.account()
    who = await way.through()
    desk = Desk(way.service.database, way.service.vault, way.service.clock, Bus(""))
    manager = replace(who, staff_id=account + 1, role=Role.MANAGER)
    await People(desk, way.accounts).link(manager, account)
    way.hall.claims = {"sub": "2"}
    assert (await way.through()).staff_id == account


async def test_provider_is_the_second_step_only_if_the_settings_say_so(way: Way) -> None:
    account = await way.account()
    way.sign_in = made(way.service, way.hall, Rules(second_factor=True))
    assert (await way.through()).verified
    assert await way.trail() == [(account, "session.sign_in", "provider", None)]
    way.hall.claims = {"amr": ["pwd"]}
    assert not (await way.through()).verified


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"nonce": "another"}, "claim nonce"),
        ({"nonce": None}, "claim nonce"),
        ({"aud": "another client"}, "claim aud"),
        ({"aud": [CLIENT_ID, "another client"]}, "claim azp"),
        ({"azp": "another client"}, "claim azp"),
        ({"iss": "https://elsewhere.example"}, "claim iss"),
        ({"iss": None}, "claim iss"),
        ({"exp": 1}, "claim exp"),
        ({"exp": None}, "claim exp"),
        ({"iat": 4102444800}, "claim iat"),
    ],
)
async def test_wrong_token_signs_nobody_in(way: Way, claims: dict[str, Any], why: str) -> None:
    await way.account()
    way.hall.claims = claims
    with pytest.raises(ProviderRefused) as refused:
        await way.through()
    assert refused.value.why == why
    assert await way.trail() == [(None, "session.refused", "provider", why)]


async def test_token_expires_a_minute_after_its_time_and_not_sooner(way: Way) -> None:
    await way.account()
    at = int(way.service.clock.now().timestamp())
    way.hall.claims = {"iat": at - 400, "exp": at - 59}
    await way.through()
    way.hall.claims = {"iat": at - 400, "exp": at - 61}
    with pytest.raises(ProviderRefused):
        await way.through()


@pytest.mark.parametrize("how", ["another key", "our secret", "none"])
async def test_token_signed_by_another_is_refused(way: Way, how: str) -> None:
    await way.account()
    signs = {
        "another key": lambda claims: jwt.encode({"alg": "RS256"}, claims, OTHER_KEY),
        "our secret": lambda claims: jwt.encode(
            {"alg": "HS256"}, claims, OctKey.import_key(CLIENT_SECRET)
        ),
        "none": lambda claims: f"{encoded({'alg': 'none'})}.{encoded(claims)}.",
    }
    way.hall.sign = signs[how]
    with pytest.raises(ProviderRefused) as refused:
        await way.through()
    assert refused.value.why == "token"


async def test_person_without_account_is_let_in_nowhere(way: Way) -> None:
    with pytest.raises(NotHere):
        await way.through()
    assert await way.service.database.read(staff.everyone) == []
    assert await way.trail() == [(None, "session.refused", "provider", "unknown")]


async def test_closed_account_is_refused_like_an_unknown_one(way: Way) -> None:
    account = await way.account(active=False)
    with pytest.raises(NotHere) as closed:
        await way.through()
    assert str(closed.value) == "no open account"
    assert await way.trail() == [(account, "session.refused", "provider", "closed")]


@pytest.mark.parametrize("verified", [False, "true", None])
async def test_address_that_is_not_verified_is_refused(way: Way, verified: object) -> None:
    await way.account()
    way.hall.claims = {"email_verified": verified}
    with pytest.raises(Unproven):
        await way.through()


async def test_claim_of_the_settings_names_the_account(way: Way) -> None:
    account = await way.account("sam.l")
    way.sign_in = made(way.service, way.hall, Rules(claim="staff_name"))
    with pytest.raises(Unproven):
        await way.through()
    way.hall.claims = {"staff_name": "Sam.L"}
    assert (await way.through()).staff_id == account


async def test_answer_used_again_is_refused(way: Way) -> None:
    await way.account()
    sealed, answer = await way.go()
    await way.sign_in.finish(sealed, answer, "")
    with pytest.raises(Outdated):
        await way.sign_in.finish(sealed, answer, "")


async def test_failed_answer_is_used_up_too(way: Way) -> None:
    await way.account()
    way.hall.claims = {"nonce": "another"}
    sealed, answer = await way.go()
    with pytest.raises(ProviderRefused):
        await way.sign_in.finish(sealed, answer, "")
    with pytest.raises(Outdated):
        await way.sign_in.finish(sealed, answer, "")


async def test_answer_of_another_browser_is_refused(way: Way) -> None:
    await way.account()
    _, answer = await way.go()
    theirs, _ = await way.go()
    for sealed in (theirs, "", "bm90IHNlYWxlZA", "\u00e9", theirs[:-4]):
        with pytest.raises(Outdated):
            await way.sign_in.finish(sealed, answer, "")


async def test_answer_after_ten_minutes_is_refused(way: Way) -> None:
    await way.account()
    sealed, answer = await way.go()
    way.service.clock.advance(minutes=10, seconds=1)
    with pytest.raises(Outdated):
        await way.sign_in.finish(sealed, answer, "")


async def test_wrong_code_is_refused(way: Way) -> None:
    await way.account()
    sealed, answer = await way.go()
    with pytest.raises(ProviderRefused) as refused:
        await way.sign_in.finish(sealed, {**answer, "code": "guessed"}, "")
    assert refused.value.why == "code"


async def test_answer_that_names_another_issuer_is_refused(way: Way) -> None:
    await way.account()
    sealed, answer = await way.go()
    with pytest.raises(ProviderRefused):
        await way.sign_in.finish(sealed, {**answer, "iss": "https://elsewhere.example"}, "")


async def test_no_from_the_provider_is_a_no(way: Way) -> None:
    way.hall.denies = True
    with pytest.raises(ProviderRefused) as refused:
        await way.through()
    assert refused.value.why == "denied"


async def test_provider_that_is_away_is_said_to_be_away(way: Way) -> None:
    way.hall.away = True
    with pytest.raises(ProviderUnavailable):
        await way.sign_in.begin(again=False)


async def test_discovery_of_another_issuer_is_refused(way: Way) -> None:
    way.hall.document = {"issuer": "https://elsewhere.example"}
    with pytest.raises(ProviderRefused):
        await way.sign_in.begin(again=False)


async def test_secret_goes_the_way_that_the_provider_takes(way: Way) -> None:
    await way.account()
    await way.through()
    way.hall.auth_methods = ("client_secret_basic",)
    way.sign_in = made(way.service, way.hall, Rules())
    await way.through()
    assert way.hall.used == ["client_secret_post", "client_secret_basic"]


async def test_locked_account_stays_locked_unless_the_provider_is_both_steps(way: Way) -> None:
    account = await way.account()

    def lock(session: Any) -> None:
        row = staff.get(session, account)
        row.locked_until = way.service.clock.now().replace(year=2030)

    await way.service.database.write(lock)
    with pytest.raises(Locked):
        await way.through()
    way.sign_in = made(way.service, way.hall, Rules(second_factor=True))
    assert (await way.through()).verified


async def test_signing_in_anew_needs_to_have_happened_now(way: Way) -> None:
    await way.account()
    assert await way.through(again=True)
    assert way.hall.asked[0]["prompt"] == "login"
    at = int(way.service.clock.now().timestamp())
    for signed_in in (at - 3600, None, "now"):
        way.hall.claims = {"auth_time": signed_in}
        with pytest.raises(ProviderRefused):
            await way.through(again=True)


async def test_sessions_by_the_provider_end_like_the_others(way: Way) -> None:
    await way.account()
    way.sign_in = made(way.service, way.hall, Rules(second_factor=True))
    token = await way.sign_in.finish(*await way.go(), "")
    way.service.clock.advance(minutes=61)
    assert await way.accounts.who(token) is None
    token = await way.sign_in.finish(*await way.go(), "")
    for _ in range(14):
        way.service.clock.advance(minutes=50)
        assert await way.accounts.who(token) is not None
    way.service.clock.advance(minutes=50)
    assert await way.accounts.who(token) is None
