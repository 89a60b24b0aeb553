"""One's own second step changed later: only with proof, never down to nothing, always audited."""

from __future__ import annotations

import pyotp
import pytest

from tests.fixtures.service import Service
from webhook.core.errors import BadInput, Conflict, NotFound
from webhook.core.staff import Who
from webhook.services.factors import Factors
from webhook.services.own_factors import CODES, OwnFactors
from webhook.services.staff import Accounts, Locked, Refused, Unconfirmed
from webhook.store import audit, staff
from webhook.store.hub_models import Passkey

PASSWORD = "green kettle on the hill"
LOGIN = "mo@hub.example"


class Desk:
    """A manager with codes from an app who is signed in."""

    def __init__(self, service: Service) -> None:
        parts = (service.database, service.vault, service.clock)
        self.service = service
        self.accounts = Accounts(*parts)
        self.factors = Factors(*parts, "http://localhost:8000")
        self.own = OwnFactors(service.database, service.clock)
        self.secret = ""

    def code(self, secret: str = "") -> str:
        """The code of now."""
        return pyotp.TOTP(secret or self.secret).at(self.service.clock.now())

    async def signed_in(self) -> Who:
        """A session with both steps done."""
        token = await self.accounts.sign_in(LOGIN, PASSWORD, "")
        half = await self.accounts.who(token)
        assert half is not None
        if self.secret:
            await self.factors.check_code(half, self.code())
        else:
            self.secret = (await self.factors.begin_codes(half)).secret
            await self.factors.confirm_codes(half, self.code())
        self.service.clock.advance(seconds=60)
        who = await self.accounts.who(token)
        assert who is not None
        return who

    async def passkey(self, who: Who, credential: str = "key") -> None:
        """One more passkey, put there behind the service's back."""
        now = self.service.clock.now()

        def add(session: object) -> None:
            session.add(  # type: ignore[attr-defined]
                Passkey(
                    staff_id=who.staff_id, credential_id=credential, public_key=b"k", created_at=now
                )
            )  # fmt: skip

        await self.service.database.write(add)

    async def actions(self) -> list[str]:
        """What is on the audit trail, the newest first."""
        found = await self.service.database.read(audit.find, audit.Search())
        return [entry.action for entry in found]


@pytest.fixture
async def desk(service: Service) -> Desk:
    made = Desk(service)
    link = await made.accounts.first_link()
    assert link is not None
    await made.accounts.accept_link(link, PASSWORD, LOGIN, "Mo")
    return made


async def test_every_change_needs_proof_that_is_ten_minutes_old_at_most(desk: Desk) -> None:
    who = await desk.signed_in()
    assert (await desk.own.standing(who)).recent
    desk.service.clock.advance(minutes=10)
    assert not (await desk.own.standing(who)).recent
    for change in (
        lambda: desk.own.rename(who, CODES, "Phone"),
        lambda: desk.own.remove(who, CODES),
        lambda: desk.own.recovery_codes(who),
        lambda: desk.factors.begin_codes(who),
        lambda: desk.factors.confirm_codes(who, desk.code()),
        lambda: desk.factors.begin_passkey(who),
        lambda: desk.factors.add_passkey(who, {}),
    ):
        with pytest.raises(Unconfirmed):
            await change()


async def test_password_or_code_again_opens_the_changes(desk: Desk) -> None:
    who = await desk.signed_in()
    desk.service.clock.advance(minutes=11)
    await desk.accounts.confirm(who, PASSWORD)
    await desk.own.rename(who, CODES, "  Work   phone ")
    desk.service.clock.advance(minutes=11)
    await desk.factors.check_code(who, desk.code())
    assert [f.name for f in (await desk.own.standing(who)).factors] == ["Work phone"]
    assert (await desk.actions())[:3] == [
        "session.confirmed", "account.factor_named", "session.confirmed",
    ]  # fmt: skip


async def test_guessing_the_password_in_a_session_ends_it_and_locks(desk: Desk) -> None:
    who = await desk.signed_in()
    for _ in range(5):
        with pytest.raises(Refused):
            await desk.accounts.confirm(who, "not the password")
    assert await desk.accounts.sessions(who) == []
    with pytest.raises(Locked):
        await desk.accounts.confirm(who, PASSWORD)


async def test_locked_account_takes_no_code_in_any_session(desk: Desk) -> None:
    who = await desk.signed_in()
    other = await desk.accounts.who(await desk.accounts.sign_in(LOGIN, PASSWORD, ""))
    assert other is not None
    for _ in range(5):
        with pytest.raises(Refused):
            await desk.factors.check_code(who, "000000")
    with pytest.raises(Locked):
        await desk.factors.check_code(other, desk.code())


async def test_last_factor_is_not_taken_away(desk: Desk) -> None:
    who = await desk.signed_in()
    with pytest.raises(Conflict):
        await desk.own.remove(who, CODES)
    await desk.passkey(who)
    await desk.own.remove(who, CODES)
    left = (await desk.own.standing(who)).factors
    assert [factor.kind for factor in left] == ["passkey"]
    with pytest.raises(Conflict):
        await desk.own.remove(who, left[0].id)
    with pytest.raises(NotFound):
        await desk.own.remove(who, CODES)
    assert "account.factor_removed" in await desk.actions()


async def test_removing_a_factor_signs_out_everywhere_else(desk: Desk) -> None:
    elsewhere, who = await desk.signed_in(), await desk.signed_in()
    await desk.passkey(who)
    await desk.own.remove(who, CODES)
    assert [view.id for view in await desk.accounts.sessions(who)] == [who.session_id]
    assert elsewhere.session_id != who.session_id


async def test_factor_of_somebody_else_is_out_of_reach(desk: Desk) -> None:
    who = await desk.signed_in()

    def other(session: object) -> int:
        row = staff.add(session, desk.service.vault, "eve", "Eve", "advocate", now)  # type: ignore[arg-type]
        key = Passkey(staff_id=row.id, credential_id="e", public_key=b"", created_at=now)
        session.add(key)  # type: ignore[attr-defined]
        session.flush()  # type: ignore[attr-defined]
        return key.id

    now = desk.service.clock.now()
    theirs = str(await desk.service.database.write(other))
    for factor in (theirs, "0", "none"):
        with pytest.raises(NotFound):
            await desk.own.remove(who, factor)
        with pytest.raises(NotFound):
            await desk.own.rename(who, factor, "mine")


async def test_another_app_takes_over_with_its_first_code(desk: Desk) -> None:
    who = await desk.signed_in()
    old = desk.secret
    new = (await desk.factors.begin_codes(who)).secret
    assert new not in ("", old)
    assert (await desk.factors.begin_codes(who)).secret == new
    # Until it is confirmed the old one works, and a code of the old does not confirm the new.
    with pytest.raises(Refused):
        await desk.factors.confirm_codes(who, desk.code(old), "New phone")
    await desk.factors.check_code(who, desk.code(old))
    # In the same half minute: no code of the new secret was used yet.
    assert await desk.factors.confirm_codes(who, desk.code(new), "New phone") == []
    desk.service.clock.advance(seconds=60)
    with pytest.raises(Refused):
        await desk.factors.check_code(who, desk.code(old))
    await desk.factors.check_code(who, desk.code(new))
    assert [f.name for f in (await desk.own.standing(who)).factors] == ["New phone"]


async def test_new_recovery_codes_take_the_place_of_the_old(desk: Desk) -> None:
    who = await desk.signed_in()
    first = await desk.own.recovery_codes(who)
    second = await desk.own.recovery_codes(who)
    assert (len(first), len(set(first) & set(second))) == (10, 0)
    with pytest.raises(Refused):
        await desk.factors.check_code(who, first[0])
    await desk.factors.check_code(who, second[0])
    assert (await desk.own.standing(who)).recovery_left == 9
    assert (await desk.actions()).count("account.recovery_made") == 2


@pytest.mark.parametrize("name", ["x" * 41, "two\u202elines"])
async def test_name_that_would_not_show_is_refused(desk: Desk, name: str) -> None:
    who = await desk.signed_in()
    with pytest.raises(BadInput):
        await desk.own.rename(who, CODES, name)


async def test_proof_in_one_session_opens_no_other(desk: Desk) -> None:
    first = await desk.signed_in()
    desk.service.clock.advance(minutes=11)
    second = await desk.signed_in()
    assert (await desk.own.standing(second)).recent
    assert not (await desk.own.standing(first)).recent
