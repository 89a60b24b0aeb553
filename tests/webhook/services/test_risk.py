"""The risk sheet counts what is known, is never played down, and routes as the papers say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fixtures.hub import Hub
from webhook.core.errors import BadInput, Conflict
from webhook.core.state import ContactState
from webhook.core.triage import Triage
from webhook.services import risk
from webhook.services.closing import Closing, Disposition
from webhook.services.referral import Referrals, Request, recommend
from webhook.services.risk import Answer, RiskSheets, Sheet, prefilled, result

PLAIN = [topic.id for topic in risk.topics() if not topic.critical]


def sheet(yes: int, no: int = 0, *, raised: bool = False) -> Sheet:
    answers = {name: Answer("yes", "told_me") for name in PLAIN[:yes]}
    answers |= {name: Answer("no", "told_me") for name in PLAIN[yes : yes + no]}
    return Sheet(answers, raised, "my judgement" if raised else "")


def test_sheet_has_the_24_topics_in_two_wordings() -> None:
    found = risk.topics()
    assert len(found) == 24
    assert len({topic.id for topic in found}) == 24
    assert all(topic.adult.endswith("?") and topic.young.endswith("?") for topic in found)


def test_unknown_is_not_counted_as_no() -> None:
    found = result(sheet(3, 2), 14, None)
    assert (found.count, found.unknown) == (3, 19)


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("if i leave", "unknown"),
        ("im going to leave him", "unknown"),
        ("scared to leave him", "unknown"),
        ("I left him", "yes"),
        ("my ex", "yes"),
    ],
)
def test_thinking_of_leaving_is_not_having_left(words: str, value: str) -> None:
    answers = prefilled(Sheet(), {"separation": words}).answers
    assert answers.get("separation", Answer()).answer == value


@pytest.mark.parametrize(("yes", "high"), [(13, False), (14, True), (20, True)])
def test_threshold_refers(yes: int, high: bool) -> None:
    assert result(sheet(yes), 14, None).high is high


@pytest.mark.parametrize("topic", [t for t in risk.topics() if t.critical])
def test_critical_factor_alone_refers(topic: risk.Topic) -> None:
    found = result(Sheet({topic.id: Answer("yes", "told_me")}), 14, None)
    assert found.high
    assert found.reasons == [topic.critical]


@given(st.integers(0, 20), st.integers(1, 24))
def test_judgement_raises_and_never_lowers(yes: int, threshold: int) -> None:
    without = result(sheet(yes), threshold, None)
    judged = result(sheet(yes, raised=True), threshold, None)
    assert judged.high
    assert judged.count == without.count


def test_signs_fill_in_with_the_quote_and_replace_no_answer() -> None:
    answered = Sheet({"strangulation": Answer("no", "told_me")})
    found = prefilled(answered, {"strangulation": "hands on my neck", "fear": "im terrified"})
    assert found.answers["strangulation"].answer == "no"
    assert found.answers["fear"] == Answer("yes", "inferred", "im terrified")


@pytest.mark.parametrize(
    ("state", "sheet_", "age", "routes"),
    [
        (ContactState(), sheet(14), None, ["marac_idva"]),
        (ContactState(), sheet(3), None, ["commissioned"]),
        (ContactState(needs=["refuge_housing"]), sheet(14), None, ["marac_idva", "commissioned"]),
        (ContactState(), sheet(14), "13-15", ["children_safeguarding"]),
        (ContactState(), sheet(14), "16-17", ["marac_idva"]),
        (ContactState(needs=["child_harm"]), sheet(3), None, ["children_safeguarding"]),
        (ContactState(audience="person_who_harms"), sheet(3), None, ["behaviour_change"]),
    ],
)  # fmt: skip
def test_routes_follow_the_papers(
    state: ContactState, sheet_: Sheet, age: str | None, routes: list[str]
) -> None:
    assert recommend(result(sheet_, 14, age), state, Triage.STANDARD) == routes


async def test_sheet_is_kept_and_a_stale_save_is_refused(hub: Hub) -> None:
    conversation, sam = await hub.waiting("he strangled me last week"), await hub.staff("Sam")
    sheets = RiskSheets(hub.desk)
    view = await sheets.open(sam, conversation)
    assert view.result.critical == ["Strangulation or choking"]
    await sheets.save(sam, conversation, sheet(5))
    kept = (await sheets.open(sam, conversation)).sheet
    assert (kept.version, kept.answers[PLAIN[0]].answer) == (1, "yes")
    with pytest.raises(Conflict):
        await sheets.save(sam, conversation, sheet(6))


async def test_pack_needs_consent_or_a_lawful_reason(hub: Hub) -> None:
    conversation, sam = await hub.waiting("he strangled me last week"), await hub.staff("Sam")
    await hub.handovers.claim(sam, conversation)
    referrals = Referrals(hub.desk)
    with pytest.raises(BadInput):
        await referrals.make(sam, conversation, Request("marac_idva", consent=False))
    pack = await referrals.make(
        sam, conversation, Request("marac_idva", consent=False, lawful="vital", not_to="his mum")
    )
    assert (pack.number, pack.request.not_to) == ("+447700900123", "his mum")
    state = ContactState.load((await hub.service.row(conversation)).state)
    assert state.referrals == ["marac_idva:vital"]


async def test_other_route_than_recommended_needs_a_reason(hub: Hub) -> None:
    conversation, sam = await hub.waiting("he strangled me last week"), await hub.staff("Sam")
    await hub.handovers.claim(sam, conversation)
    closing = Closing(hub.desk)
    how = Disposition("informed", "no_referral", "yes", "does not want it")
    with pytest.raises(BadInput):
        await closing.close(sam, conversation, how)
    how = Disposition("informed", "no_referral", "yes", "does not want it", "not_wanted")
    assert not await closing.close(sam, conversation, how)
    assert (await hub.service.row(conversation)).closed_at is not None


@pytest.mark.parametrize(
    "missing",
    [
        Disposition("", "commissioned", "yes", "all said"),
        Disposition("informed", "", "yes", "all said"),
        Disposition("informed", "commissioned", "maybe", "all said"),  # type: ignore[arg-type]
        Disposition("informed", "commissioned", "yes", ""),
    ],
)
async def test_closing_needs_outcome_route_safety_and_a_line(
    hub: Hub, missing: Disposition
) -> None:
    conversation, sam = await hub.waiting("can I talk to a person"), await hub.staff("Sam")
    await hub.handovers.claim(sam, conversation)
    with pytest.raises(BadInput):
        await Closing(hub.desk).close(sam, conversation, missing)


async def test_closing_an_emergency_asks_how_the_advocate_is(hub: Hub) -> None:
    conversation = await hub.waiting("hes got a knife hes coming at me")
    sam = await hub.staff("Sam")
    await hub.handovers.claim(sam, conversation)
    how = Disposition("emergency_passed_on", "marac_idva", "yes", "police with her")
    assert await Closing(hub.desk).close(sam, conversation, how)
