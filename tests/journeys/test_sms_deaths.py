"""Parts of the path die or stand still: nothing is lost, nothing is said twice, danger is answered.

Workers are killed at random moments, between taking, committing and sending; the seed is fixed,
the moments are the machine's.
"""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fixtures.web import until
from tests.fixtures.whole import Helpline, Shared, installation, new_number

pytestmark = [pytest.mark.assistant, pytest.mark.slow]

FALLBACK_SECONDS = 5.0  # the promise; the rest of the path and a busy machine are given as much
ROUNDS = 7
# Nothing that could be read as "not safe": silence withdraws what still waits (P6).
SAID = ("hello there", "how do i make a safety plan", "can men use this too", "is this free")


@pytest.fixture(params=["sqlite", "postgresql"])
def killable(request: pytest.FixtureRequest, shared: Shared, tmp_path: Path) -> Iterator[Helpline]:
    """An installation of its own over each kind of database."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    with installation(shared, tmp_path, url) as made:
        yield made


def test_p2_stopped_rasa_gives_danger_and_fallback_in_time(whole: Helpline) -> None:
    asking, danger = new_number(), new_number()
    whole.shared.rasa.signal(signal.SIGSTOP)
    try:
        whole.text(asking, "he takes my wages every month")
        whole.text(danger, "he's outside with a hammer")
        said = whole.replies(danger, seconds=2 * FALLBACK_SECONDS)[0]
        assert "999" in said
        assert "55" in said
        fixed = whole.replies(asking, seconds=2 * FALLBACK_SECONDS)[0]
        assert "999" in fixed
    finally:
        whole.shared.rasa.signal(signal.SIGCONT)
    _until_normal(whole, fixed)


def test_p2_loading_rasa_gives_danger_and_fallback_in_time(whole: Helpline) -> None:
    asking, danger = new_number(), new_number()
    whole.shared.rasa.kill()
    whole.shared.rasa.start()  # it takes far longer to load than all of this
    whole.text(asking, "he takes my wages every month")
    whole.text(danger, "he's going to kill me he's got a knife")
    assert "999" in whole.replies(danger, seconds=2 * FALLBACK_SECONDS)[0]
    fixed = whole.replies(asking, seconds=2 * FALLBACK_SECONDS)[0]
    assert "999" in fixed
    until(whole.shared.rasa_answers, 150)
    _until_normal(whole, fixed)


def _until_normal(whole: Helpline, fixed: str) -> None:
    def is_normal() -> bool:
        number = new_number()
        whole.text(number, "how do I get into a refuge")
        return whole.replies(number)[0] != fixed

    until(is_normal, 60)


def test_p1_redis_away_loses_nothing_and_answers_go_out(whole: Helpline) -> None:
    before, during = new_number(), new_number()
    whole.shared.valkey.kill()
    try:
        whole.text(during, "how do I make a safety plan")
        whole.replies(during)
        assert whole.settled(during) == whole.said(during, "bot")
    finally:
        whole.shared.valkey.start()
    whole.text(before, "how do I make a safety plan")
    whole.replies(before)
    assert whole.settled(before) == whole.said(before, "bot")


def test_p1_killed_worker_loses_repeats_and_reorders_nothing(killable: Helpline) -> None:
    chance = random.Random(7)
    numbers = [new_number() for _ in range(3)]
    written: dict[str, list[str]] = {number: [] for number in numbers}
    for round_ in range(ROUNDS):
        until(lambda: _starts(killable) > round_, 60)  # noqa: B023 -- called within the round
        for number in numbers:
            body = f"{chance.choice(SAID)} {round_}"
            assert killable.text(number, body)["webhook_status"] == 204
            written[number].append(body)
        # Not a wait for something to happen: the moment of death, which is to be any.
        time.sleep(chance.uniform(0.0, 0.4))
        killable.worker.kill()  # what it held runs out by itself, within seconds
        killable.worker.start()
    until(lambda: all(killable.is_settled(number) for number in numbers), 90)
    for number in numbers:
        _check(killable, number, written[number])


def _starts(killable: Helpline) -> int:
    return killable.worker.log.read_text().count("worker_started")


def _check(killable: Helpline, number: str, written: list[str]) -> None:
    """Everything was handled once and in order, and the phone shows what was said, once."""
    assert killable.said(number, "person") == written
    rows = killable.rows(number)
    asked = [row for row in rows if row.author == "person"]
    assert {row.status for row in asked} == {"handled"}
    answered = [row.in_reply_to for row in rows if row.author == "bot"]
    assert answered == sorted(answered, key=lambda seq: seq or 0), "answers in order"
    sids = Counter(row.provider_sid for row in rows if row.author == "bot")
    assert max(sids.values(), default=1) == 1
    shown = [message["body"] for message in killable.shown(number)]
    assert shown == killable.said(number, "bot")


def test_p1_killed_web_process_loses_no_acknowledged_text(killable: Helpline) -> None:
    number, kept = new_number(), []
    for round_ in range(3):
        for part in range(2):
            body = f"can you hear me {round_} {part}"
            if killable.text(number, body)["webhook_status"] == 204:
                kept.append(body)
        killable.web.kill()
        killable.web.start()
    until(lambda: killable.is_settled(number), 60)
    stored = killable.said(number, "person")
    assert [body for body in kept if body not in stored] == []
    assert [message["body"] for message in killable.shown(number)] == killable.said(number, "bot")
