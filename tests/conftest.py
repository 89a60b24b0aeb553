"""What holds for every test: on CI nothing may be skipped, so that green means all of it ran."""

from __future__ import annotations

import os

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> pytest.TestReport:
    """Turn a skip into a failure when CI=true."""
    report: pytest.TestReport = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"skipped on CI: {report.longrepr}"
    return report


pytest_plugins = [
    "tests.fixtures.clock",
    "tests.fixtures.database",
    "tests.fixtures.service",
    "tests.fixtures.web",
    "tests.fixtures.provider",
    "tests.fixtures.person",
    "tests.fixtures.hub",
    "tests.fixtures.console",
    "tests.fixtures.twilio",
    "tests.fixtures.whole",
]
