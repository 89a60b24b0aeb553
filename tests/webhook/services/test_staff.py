"""Signing in: links work once, guessing is locked out, codes work once, sessions end."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest

from tests.fixtures.service import Service
from webhook.core.errors import BadInput, Forbidden
from webhook.core.staff import Role, Who
from webhook.core.vault import Vault
from webhook.services.factors import Factors
from webhook.services.retention import rewrap_keys
from webhook.services.staff import Accounts, Limits, Locked, Refused
from webhook.store import audit, staff

PASSWORD = "green kettle on the hill"
LOGIN = "mo@hub.example"


@pytest.fixture
def accounts(service: Service) -> Accounts:
    limits = Limits(idle=timedelta(minutes=60), absolute=timedelta(hours=12))
    return Accounts(service.database, service.vault, service.clock, limits)


@pytest.fixture
def factors(service: Service) -> Factors:
    return Factors(service.database, service.vault, service.clock, "http://localhost:8000")


async def manager(accounts: Accounts) -> None:
    link = await accounts.first_link()
    assert link is not None
    await accounts.accept_link(link, PASSWORD, LOGIN, "Mo")


async def half(accounts: Accounts) -> Who:
    who = await accounts.who(await accounts.sign_in(LOGIN, PASSWORD, "Chrome Linux"))
    assert who is not None
    return who


async def enrolled(accounts: Accounts, factors: Factors, service: Service) -> tuple[str, list[str]]:
    """The secret and the recovery codes of a manager with codes set up."""
    await manager(accounts)
    who = await half(accounts)
    secret = (await factors.begin_codes(who)).secret
    codes = await factors.confirm_codes(who, pyotp.TOTP(secret).at(service.clock.now()))
    service.clock.advance(minutes=2)
    return secret, codes


async def test_first_link_makes_a_manager_once(accounts: Accounts) -> None:
    link = await accounts.first_link()
    other = await accounts.first_link()
    assert link is not None
    assert other is not None
    await accounts.accept_link(link, PASSWORD, LOGIN, "Mo")
    for used in (link, other):
        with pytest.raises(Refused):
            await accounts.accept_link(used, PASSWORD, "eve@hub.example", "Eve")
    assert await accounts.first_link() is None


async def test_link_expires_after_two_days(accounts: Accounts, service: Service) -> None:
    link = await accounts.first_link()
    assert link is not None
    service.clock.advance(hours=49)
    with pytest.raises(Refused):
        await accounts.accept_link(link, PASSWORD, LOGIN, "Mo")


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "a" * 12,
        "ab" * 64,
        "password1234",
        "passwordpassword",
        "Liverpool2024!",
        "helplinehubhelpline",
        "qwertyuiop[]",
        "my name is mohub",
        "hub.example.hub.example",
        "x" * 129,
    ],
)
async def test_weak_password_is_refused(accounts: Accounts, password: str) -> None:
    link = await accounts.first_link()
    assert link is not None
    with pytest.raises(BadInput):
        await accounts.accept_link(link, password, "mohub@hub.example", "Mo")


async def test_long_and_unusual_password_is_taken(accounts: Accounts) -> None:
    link = await accounts.first_link()
    assert link is not None
    longest = ("copper otter jam on a tall green wall " * 4)[:128]
    await accounts.accept_link(link, longest, LOGIN, "Mo")
    assert await accounts.sign_in(LOGIN, longest, "")


async def test_wrong_password_and_unknown_name_look_alike(accounts: Accounts) -> None:
    await manager(accounts)
    for login in (LOGIN, "nobody@hub.example"):
        with pytest.raises(Refused) as refused:
            await accounts.sign_in(login, "not the password", "")
        assert str(refused.value) == "sign-in"


async def test_guessing_is_locked_out_for_longer_each_time(
    accounts: Accounts, service: Service
) -> None:
    await manager(accounts)
    for _ in range(5):
        with pytest.raises(Refused):
            await accounts.sign_in(LOGIN, "a wrong guess", "")
    with pytest.raises(Locked):
        await accounts.sign_in(LOGIN, PASSWORD, "")
    service.clock.advance(seconds=61)
    with pytest.raises(Refused):
        await accounts.sign_in(LOGIN, "another guess", "")
    service.clock.advance(seconds=61)
    with pytest.raises(Locked):
        await accounts.sign_in(LOGIN, PASSWORD, "")
    service.clock.advance(seconds=60)
    assert await accounts.sign_in(LOGIN, PASSWORD, "")


async def test_password_alone_is_not_enough(accounts: Accounts) -> None:
    await manager(accounts)
    assert not (await half(accounts)).verified


async def test_code_works_once(accounts: Accounts, factors: Factors, service: Service) -> None:
    secret, _ = await enrolled(accounts, factors, service)
    code = pyotp.TOTP(secret).at(service.clock.now())
    first, second = await half(accounts), await half(accounts)
    await factors.check_code(first, code)
    with pytest.raises(Refused):
        await factors.check_code(second, code)


async def test_recovery_code_works_once(
    accounts: Accounts, factors: Factors, service: Service
) -> None:
    _, codes = await enrolled(accounts, factors, service)
    assert len(set(codes)) == 10
    await factors.check_code(await half(accounts), codes[0].upper())
    with pytest.raises(Refused):
        await factors.check_code(await half(accounts), codes[0])


async def test_five_wrong_codes_end_the_session_and_lock(
    accounts: Accounts, factors: Factors, service: Service
) -> None:
    await enrolled(accounts, factors, service)
    token = await accounts.sign_in(LOGIN, PASSWORD, "")
    who = await accounts.who(token)
    assert who is not None
    for _ in range(5):
        with pytest.raises(Refused):
            await factors.check_code(who, "000000")
    assert await accounts.who(token) is None
    with pytest.raises(Locked):
        await accounts.sign_in(LOGIN, PASSWORD, "")


async def test_second_factor_is_not_added_past_the_first(
    accounts: Accounts, factors: Factors, service: Service
) -> None:
    await enrolled(accounts, factors, service)
    who = await half(accounts)
    with pytest.raises(Forbidden):
        await factors.begin_passkey(who)
    with pytest.raises(Forbidden):
        await factors.begin_codes(who)


async def test_session_ends_when_idle_and_at_last(
    accounts: Accounts, factors: Factors, service: Service
) -> None:
    secret, _ = await enrolled(accounts, factors, service)
    token = await accounts.sign_in(LOGIN, PASSWORD, "")
    who = await accounts.who(token)
    assert who is not None
    await factors.check_code(who, pyotp.TOTP(secret).at(service.clock.now()))
    for _ in range(14):
        service.clock.advance(minutes=50)
        assert await accounts.who(token) is not None
    service.clock.advance(minutes=50)
    assert await accounts.who(token) is None


async def test_idle_session_ends_after_an_hour(
    accounts: Accounts, factors: Factors, service: Service
) -> None:
    secret, _ = await enrolled(accounts, factors, service)
    token = await accounts.sign_in(LOGIN, PASSWORD, "")
    who = await accounts.who(token)
    assert who is not None
    await factors.check_code(who, pyotp.TOTP(secret).at(service.clock.now()))
    service.clock.advance(minutes=61)
    assert await accounts.who(token) is None


async def test_half_signed_in_session_ends_after_ten_minutes(
    accounts: Accounts, service: Service
) -> None:
    await manager(accounts)
    token = await accounts.sign_in(LOGIN, PASSWORD, "")
    service.clock.advance(minutes=11)
    assert await accounts.who(token) is None


async def test_sessions_are_listed_and_ended_one_by_one(accounts: Accounts) -> None:
    await manager(accounts)
    first = await accounts.sign_in(LOGIN, PASSWORD, "Firefox Linux")
    who = await half(accounts)
    listed = await accounts.sessions(who)
    assert {view.device for view in listed} == {"Firefox Linux", "Chrome Linux"}
    other = next(view for view in listed if view.device == "Firefox Linux")
    await accounts.end(who, other.id)
    assert await accounts.who(first) is None
    with pytest.raises(Forbidden):
        await accounts.end(who, other.id)


async def test_new_link_sets_a_password_and_ends_sessions(
    accounts: Accounts, service: Service
) -> None:
    await manager(accounts)
    who = await half(accounts)
    link = await accounts.link_for(who, who.staff_id)
    await accounts.accept_link(link, "another long passphrase")
    assert await accounts.sessions(who) == []
    with pytest.raises(Refused):
        await accounts.sign_in(LOGIN, PASSWORD, "")
    assert await accounts.sign_in(LOGIN, "another long passphrase", "")


async def test_closed_account_is_signed_out_at_once(accounts: Accounts, service: Service) -> None:
    await manager(accounts)
    token = await accounts.sign_in(LOGIN, PASSWORD, "")
    who = await accounts.who(token)
    assert who is not None

    def close(session: object) -> None:
        staff.get(session, who.staff_id).active = False  # type: ignore[arg-type]

    await service.database.write(close)
    assert await accounts.who(token) is None


async def test_sign_in_is_on_the_audit_trail(
    accounts: Accounts, factors: Factors, service: Service
) -> None:
    await enrolled(accounts, factors, service)
    with pytest.raises(Refused):
        await accounts.sign_in(LOGIN, "a wrong guess", "")
    found = await service.database.read(audit.find, audit.Search())
    actions = [entry.action for entry in found]
    assert actions[0] == "session.refused"
    assert "session.sign_in" in actions
    assert "account.factor_added" in actions


async def test_stored_secrets_are_not_readable(
    accounts: Accounts, factors: Factors, service: Service
) -> None:
    secret, _ = await enrolled(accounts, factors, service)
    row = await service.database.read(staff.by_login, LOGIN)
    assert row is not None
    assert row.role == Role.MANAGER
    assert row.password_hash is not None
    assert row.password_hash.startswith("$argon2id$")
    assert secret.encode() not in (row.totp_sealed or b"")


async def test_p7_staff_secrets_survive_a_change_of_the_secret_key(
    accounts: Accounts, factors: Factors, service: Service
) -> None:
    secret, _ = await enrolled(accounts, factors, service)
    both = Vault(["another secret key of the tests", "a secret key of the tests, long enough"])
    assert await service.database.write(rewrap_keys, both) == 1
    row = await service.database.read(staff.by_login, LOGIN)
    assert row is not None
    assert row.totp_sealed is not None
    alone = Vault(["another secret key of the tests"])
    assert staff.open_for(alone, row, row.totp_sealed, "totp") == secret
