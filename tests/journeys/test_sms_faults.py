"""The carrier misbehaves: refusals, silence, lost answers. Each reply arrives once, in order."""

from __future__ import annotations

import pytest

from tests.fixtures.web import until
from tests.fixtures.whole import Helpline, new_number
from webhook.core.messages import Status

pytestmark = [pytest.mark.assistant, pytest.mark.slow]


@pytest.mark.parametrize("kind", ["429", "503", "500"])
def test_refusal_for_now_is_tried_again(whole: Helpline, kind: str) -> None:
    number = new_number()
    whole.fault(kind, number, count=2)
    whole.text(number, "my ex keeps turning up at my work")
    whole.replies(number)
    assert whole.settled(number) == whole.said(number, "bot")


def test_p1_lost_answer_of_the_carrier_is_not_sent_twice(whole: Helpline) -> None:
    number = new_number()
    whole.fault("timeout_after_accept", number)
    whole.text(number, "my ex keeps turning up at my work")
    whole.replies(number)
    assert whole.settled(number) == whole.said(number, "bot")


def test_silent_carrier_is_tried_again(whole: Helpline) -> None:
    number = new_number()
    whole.fault("timeout", number)
    whole.text(number, "he checks my phone every night")
    whole.replies(number)
    assert whole.settled(number) == whole.said(number, "bot")


def test_opted_out_number_is_written_to_no_more(whole: Helpline) -> None:
    number = new_number()
    whole.fault("21610", number)
    whole.text(number, "he checks my phone every night")
    until(lambda: (found := whole.conversation(number)) is not None and found.stopped)
    until(lambda: whole.is_settled(number))
    assert whole.shown(number) == []
    statuses = {row.status for row in whole.rows(number) if row.author == "bot"}
    assert Status.FAILED in statuses
    assert statuses <= {Status.FAILED, Status.WITHDRAWN}


@pytest.mark.parametrize("kind", ["repeat_callbacks", "reorder_callbacks"])
def test_receipts_in_any_order_end_as_delivered(whole: Helpline, kind: str) -> None:
    number = new_number()
    whole.fault(kind, number, count=None)
    whole.text(number, "thank you")
    whole.replies(number)
    until(lambda: {r.status for r in whole.rows(number) if r.author == "bot"} == {"delivered"})


def test_undelivered_text_is_told_to_the_hub(whole: Helpline) -> None:
    number = new_number()
    whole.fault("undelivered", number, count=None)
    whole.text(number, "thank you")
    until(lambda: any(row.status == Status.UNDELIVERED for row in whole.rows(number)))
    failed = [row for row in whole.rows(number) if row.status == Status.UNDELIVERED]
    assert failed[0].error_code == 30003
