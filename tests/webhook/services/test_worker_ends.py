"""A worker ends whenever it is told to, also in its first moments."""

from __future__ import annotations

import time

from tests.fixtures.web import Web, working


def test_worker_ends_whenever_it_is_told_to(web: Web) -> None:
    for moment in range(30):
        # `working` fails when what it started has not ended.
        with working(web.settings):
            time.sleep(moment * 0.003)
