"""The console under load: one advocate with 50 conversations in Chromium, 20 texts a second.

The web process and the worker run without an assistant: every conversation is with the advocate, so
the bot would be silent anyway. Times are from the carrier's request to the painted page: in the
transcript of the open conversation, and in the list of all 50 beside it. `python -m bench.hub` runs
it by itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pyotp
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from bench.figures import Times
from bench.load import Gun, Shot, numbers, open_session
from bench.processes import answers, free_port, running, until
from bench.sides import Side, blank, valkey

CONVERSATIONS = 50
RATE = 20.0
_SECONDS = 12.0
_OPEN_EVERY = 5  # each fifth text comes to the conversation that is open
_START_SECONDS = 40.0
_GRACE_SECONDS = 5.0
_LONGEST_SECONDS = 60.0
_CHROMIUM = "/usr/bin/chromium"
_PASSWORD = "slow amber kettle beneath the stairs"  # noqa: S105 -- of an account made for a minute
_MIGRATE = "import sys; from webhook.store.migrate import upgrade; upgrade(sys.argv[1])"
# Remembers when each message of the transcript, and each row's newest place, was painted.
_WATCH = """() => {
  window.painted = {};
  const note = (what) => requestAnimationFrame(() => {
    for (const one of what) window.painted[one] ??= Date.now() / 1000;
  });
  const look = () => note([
    ...[...document.querySelectorAll("[data-log] .message.person .text")].map((e) => e.textContent),
    ...[...document.querySelectorAll("[data-rows] [data-seq]")].map(
      (e) => `${e.dataset.id} ${e.dataset.seq}`),
  ]);
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
}"""


@dataclass(frozen=True)
class Shown:
    """Milliseconds until texts were shown: in the open transcript and in the list."""

    transcript: Times
    listed: Times
    asked: int
    missing: int

    def __str__(self) -> str:
        """The table's part for the console."""
        rows = (
            ("transcript, ms p50/p95", self.transcript, "p95 <= 300"),
            (f"list of {CONVERSATIONS}, ms p50/p95", self.listed, "p95 <= 300"),
        )
        lines = [
            f"  {name:<34}{times.p50:>6.0f} / {times.p95:.0f}    aim {aim}"
            for name, times, aim in rows
        ]
        head = f"console, {CONVERSATIONS} conversations, {RATE:g} texts a second, until shown"
        return "\n".join([head, *lines, f"  never shown{self.missing:>31} of {self.asked}"])


async def console(folder: Path) -> str:
    """The console's part of the table, or why there is none."""
    if not os.access(_CHROMIUM, os.X_OK):
        return "console: not measured, there is no Chromium (make test-setup)"
    try:
        with _helpline(folder) as side:
            async with asyncio.timeout(_LONGEST_SECONDS), async_playwright() as playwright:
                browser = await playwright.chromium.launch(
                    executable_path=_CHROMIUM, args=["--no-sandbox"]
                )
                async with browser, open_session() as session:
                    return str(await _measure(side, browser, session, folder))
    except TimeoutError:
        return "console: not measured, the machine is too busy to tell"


async def _measure(
    side: Side, browser: Browser, session: aiohttp.ClientSession, folder: Path
) -> Shown:
    base = side.webhook.removesuffix("/twilio/sms")
    context = await browser.new_context(base_url=base)
    await _sign_in(context, (folder / "data" / "hub-first-link.txt").read_text().strip())
    phones = list(itertools.islice(numbers(), CONVERSATIONS))
    gun = Gun(side, session)
    ids: list[str] = []
    for phone in phones:  # One after the other, so that the list tells whose is whose.
        await gun.post(Shot(phone, "hello", time.time()))
        ids.append((await _listed(context) - set(ids)).pop())
    await asyncio.gather(
        *(
            context.request.post(f"/hub/c/{found}/claim", headers={"Origin": base}, max_redirects=0)
            for found in ids
        )
    )
    listed = await context.new_page()
    await listed.goto("/hub/?name=mine")
    # A window of its own: a page behind another is not painted.
    beside = await browser.new_context(base_url=base, storage_state=await context.storage_state())
    talk = await beside.new_page()
    await talk.goto(f"/hub/c/{ids[0]}")
    await asyncio.sleep(2.0)  # Lines that introduce the advocate go out first.
    places = {one: await _place(listed, one) for one in ids}
    for page in (listed, talk):
        await page.evaluate(_WATCH)
    shots, keys = _shots(phones, ids, places)
    await asyncio.gather(*(gun.post(shot) for shot in shots))
    return await _gather(talk, listed, shots, keys)


def _shots(
    phones: list[str], ids: list[str], places: dict[str, int]
) -> tuple[list[Shot], list[str]]:
    """The texts, and for each the row and place in which the list shows it."""
    began, others = time.time() + 0.2, itertools.cycle(range(1, CONVERSATIONS))
    shots, keys = [], []
    for at in range(int(RATE * _SECONDS)):
        which = 0 if at % _OPEN_EVERY == 0 else next(others)
        places[ids[which]] += 1
        shots.append(Shot(phones[which], f"text number {at}", began + at / RATE))
        keys.append(f"{ids[which]} {places[ids[which]]}")
    return shots, keys


async def _gather(talk: Page, listed: Page, shots: list[Shot], keys: list[str]) -> Shown:
    deadline = time.time() + _GRACE_SECONDS
    opened = [shot for at, shot in enumerate(shots) if at % _OPEN_EVERY == 0]
    while True:
        said: dict[str, float] = await talk.evaluate("window.painted")
        rows = _reached(await listed.evaluate("window.painted"))
        in_talk = [said[s.text] - s.due for s in opened if s.text in said]
        in_list = [rows[key] - s.due for s, key in zip(shots, keys, strict=True) if key in rows]
        missing = len(opened) - len(in_talk) + len(shots) - len(in_list)
        if not missing or time.time() > deadline:
            asked = len(opened) + len(shots)
            return Shown(Times.of(in_talk), Times.of(in_list), asked, missing)
        await asyncio.sleep(0.2)


def _reached(painted: dict[str, float]) -> dict[str, float]:
    """When each place of each row was reached: a later place shows the earlier ones too."""
    found: dict[str, float] = {}
    for key, moment in painted.items():
        if match := re.fullmatch(r"(\w{32}) (\d+)", key):
            for place in range(1, int(match[2]) + 1):
                earlier = f"{match[1]} {place}"
                found[earlier] = min(found.get(earlier, moment), moment)
    return found


async def _sign_in(context: BrowserContext, link: str) -> None:
    """The first manager's way in, as the console shows it."""
    page = await context.new_page()
    await page.goto(link)
    await page.get_by_label("Sign-in name").fill("lee@hub.example")
    await page.get_by_label("Name that people are told").fill("Lee")
    await page.get_by_label("New password").fill(_PASSWORD)
    await page.get_by_role("button", name="Save and sign in").click()
    await page.get_by_label("Sign-in name").fill("lee@hub.example")
    await page.get_by_label("Password").fill(_PASSWORD)
    await page.get_by_role("button", name="Continue").click()
    secret = await page.get_by_label("Key").input_value()
    await page.get_by_label("Code", exact=True).fill(pyotp.TOTP(secret).now())
    await page.get_by_role("button", name="Confirm").click()
    await page.get_by_role("link", name="Go to the hub").click()
    await page.close()


async def _listed(context: BrowserContext) -> set[str]:
    """The conversations of the list of all."""
    answer = await context.request.get("/hub/lists/all")
    return set(re.findall(r'data-id="(\w{32})"', await answer.text()))


async def _place(page: Page, conversation: str) -> int:
    row = page.locator(f'.row[data-id="{conversation}"]')
    return int(await row.get_attribute("data-seq") or 0)


@contextlib.contextmanager
def _helpline(folder: Path) -> Iterator[Side]:
    """A web process and a worker with their stores and a carrier; no assistant."""
    web, carrier, redis, nothing = _ports(4)
    data, base = folder / "data", f"http://127.0.0.1:{web}"
    data.mkdir()
    environment = blank() | {
        "HELPLINE_DATA": str(data),
        "HELPLINE_PORT": str(web),
        "HELPLINE_PUBLIC_URL": base,
        "HELPLINE_REDIS_URL": f"redis://127.0.0.1:{redis}/0",
        "HELPLINE_RASA_URL": f"http://127.0.0.1:{nothing}",
        "TWILIO_API_URL": f"http://127.0.0.1:{carrier}",
        "SIMULATOR_PORT": str(carrier),
        "SIMULATOR_WEBHOOK_URL": f"{base}/twilio/sms",
    }
    migrate = (sys.executable, "-c", _MIGRATE, f"sqlite:///{data / 'helpline.sqlite3'}")
    with running(migrate, environment, folder, "migrate") as migrating:
        migrating.wait(_START_SECONDS)
    module = (sys.executable, "-m")
    with (
        valkey(redis, folder),
        running((*module, "simulator"), environment, folder, "simulator"),
        running((*module, "webhook.main"), environment, folder, "web") as serving,
        running((*module, "webhook.worker"), environment, folder, "worker"),
    ):
        link = data / "hub-first-link.txt"
        until(lambda: answers(f"{base}/livez") and link.exists(), _START_SECONDS, serving)
        yield Side("console", f"{base}/twilio/sms", f"http://127.0.0.1:{carrier}", (serving.pid,))


def _ports(count: int) -> list[int]:
    found: list[int] = []
    while len(found) < count:
        found.append(free_port(found[-1] + 1 if found else 9350, 9399))
    return found


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="bench") as made:
        print(asyncio.run(console(Path(made))))
