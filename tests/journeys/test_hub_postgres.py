"""The hub's journeys that depend on the database, over PostgreSQL as well."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.fixtures.console import Console
from tests.journeys import test_hub_talk as talk

pytestmark = [pytest.mark.browser, pytest.mark.slow]

JOURNEYS = [
    talk.test_person_is_joined_talked_with_and_handed_back,
    talk.test_p5_bot_is_silent_while_sam_is_there,
    talk.test_two_advocates_race_and_one_is_told_who_won,
    talk.test_reconnecting_misses_nothing_and_doubles_nothing,
    talk.test_p6_quiet_conversation_needs_an_override_with_a_reason,
    talk.test_transfer_keeps_both_for_a_moment_and_tells_the_person,
    talk.test_emergency_nobody_claims_pages_the_manager_and_tells_the_person,
    talk.test_sheet_pack_and_closing_play_through,
]


@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.__name__[5:])
def test_journey_over_postgres(
    console_on_postgres: Console, journey: Callable[[Console], None]
) -> None:
    journey(console_on_postgres)
