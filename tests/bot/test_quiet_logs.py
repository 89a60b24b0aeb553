"""Nothing that a library is made to log can carry a person's words out of the process."""

from __future__ import annotations

import json
import subprocess

import pytest

from tests.bot.assistant import BOT_PYTHON, ROOT

CANARY = "zanzibarcanary"
SPEAK = f"""
import asyncio, logging, sys, threading, warnings
import structlog
from bot.quiet_logs import clamp
clamp(logging.DEBUG)
canary = "{CANARY}"
library, own, stray = map(logging.getLogger, ("rasa.core", "bot.channel", "stray"))
for logger in (library, own, stray, logging.getLogger()):
    for level in (10, 20, 30, 40, 50):
        logger.log(level, canary)
        logger.log(level, "%s said", canary)
        logger.log(level, f"text {{canary}}", extra={{"text": canary}})
library.error("x", extra={{"error": canary, "trace": canary}})
library.error({{"a": canary}})
library.error(ValueError(canary))
own.error({{"a": canary}})
extra = logging.StreamHandler(sys.stdout)
library.addHandler(extra)
logging.basicConfig(level=10, format="%(message)s", force=False)
try:
    raise ValueError(canary)
except ValueError as error:
    library.exception("failed: %s", error)
    own.exception("turn_failed")
    library.error("x", stack_info=True)
log = structlog.get_logger()
for method in ("debug", "info", "warning", "error"):
    getattr(log, method)("processor.message.parse", text=canary)
try:
    raise KeyError(canary)
except KeyError:
    log.exception("rest.message.received.failure", text=canary)
warnings.warn(canary)
async def lost():
    raise RuntimeError(canary)
async def main():
    task = asyncio.get_running_loop().create_task(lost())
    await asyncio.sleep(0)
    del task
    import gc; gc.collect()
asyncio.run(main())
class Bad:
    def __del__(self): raise ValueError(canary)
b = Bad(); del b
def fall(): raise ValueError(canary)
t = threading.Thread(target=fall); t.start(); t.join()
raise SystemError(canary)
"""


@pytest.mark.assistant
def test_p7_no_way_of_logging_lets_words_out() -> None:
    run = subprocess.run(
        [BOT_PYTHON, "-c", SPEAK], capture_output=True, text=True, cwd=ROOT, check=False
    )
    written = run.stdout + run.stderr
    assert CANARY not in written
    events = [json.loads(line)["event"] for line in run.stderr.splitlines() if line[:1] == "{"]
    assert {"library_log", "turn_failed", "process_failed"} <= set(events)
    assert '"error": "ValueError"' in run.stderr
