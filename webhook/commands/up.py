"""`helpline up`: start everything on this machine, keep it running, stop it without a trace."""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import sys
import time
from functools import partial

from webhook.commands.supervisor import environment as env
from webhook.commands.supervisor import programs
from webhook.commands.supervisor.child import Child
from webhook.commands.supervisor.environment import Plan
from webhook.commands.supervisor.family import Family
from webhook.commands.supervisor.preflight import open_data_folder, port_problems
from webhook.commands.supervisor.probes import free_port, has_page
from webhook.commands.supervisor.run import supervise
from webhook.commands.supervisor.terminal import say
from webhook.core.errors import SettingsError
from webhook.settings import Settings, load_settings

_START_SECONDS = 60.0
_LOAD_SECONDS = 600.0


def arguments(_: argparse.ArgumentParser) -> None:
    """It takes none: everything is in the settings."""


def run(_: argparse.Namespace) -> int:
    """Run until Ctrl-C, SIGTERM or the end of the terminal. 1 when it cannot start."""
    os.umask(0o077)  # Whatever is kept is for this user alone.
    settings = load_settings()
    environment = env.given()
    plan = env.make_plan(settings, environment)
    with open_data_folder(settings.data):
        problems = list(port_problems(settings, plan))
        for problem in problems:
            sys.stderr.write(f"helpline: {problem}\n")
        if problems:
            return 1
        return supervise(partial(_start, settings, environment, plan), settings.data / "logs")


async def _start(
    settings: Settings, environment: dict[str, str], plan: Plan, family: Family
) -> None:
    """Start all in the order that lets texts in first."""
    say("Starting the helpline")
    valkey = None if settings.redis_url else _embedded_valkey(settings)
    given = env.for_children(
        settings, environment, plan, valkey.url if valkey else settings.redis_url
    )
    redis = [family.add(valkey.program())] if valkey else []
    migrating = asyncio.create_task(_migrate(settings))
    if settings.database_url:
        await migrating  # It may take long, and until it is over nothing can be stored.
    # With SQLite it is over long before the web process has loaded its code.
    web = family.add(programs.web(plan, given))
    simulator = [family.add(programs.simulator(plan, given))] if plan.simulator else []
    await migrating
    await asyncio.gather(
        *(_working(child, "Valkey", settings) for child in redis), _working(web, "Web", settings)
    )
    worker = family.add(programs.worker(given))
    await asyncio.gather(
        *(_working(child, "Simulator", settings) for child in simulator),
        _working(worker, "Worker", settings),
    )
    await _tell_addresses(settings, plan)
    if plan.rasa:
        await _start_assistant(settings, plan, given, family)


async def _start_assistant(
    settings: Settings, plan: Plan, given: dict[str, str], family: Family
) -> None:
    """The slow part. Texts are taken in meanwhile, and the gate answers danger."""
    if not programs.BOT_PYTHON.exists() or programs.newest_model(given) is None:
        say('No trained assistant: run "make train", then start again. The gate and the fixed')
        say("answers work without it.")
        return
    say("  Assistant loading …")
    family.add(programs.actions(plan, given))
    assistant = family.add(programs.assistant(plan, given))
    await _working(assistant, "Assistant", settings, _LOAD_SECONDS)
    say("Everything is running. Ctrl-C stops it.")


def _embedded_valkey(settings: Settings) -> programs.EmbeddedValkey:
    folder = (settings.data / "valkey").absolute()
    return programs.EmbeddedValkey(free_port(), secrets.token_urlsafe(24), folder)


async def _working(
    child: Child, name: str, settings: Settings, seconds: float = _START_SECONDS
) -> None:
    """Wait until it works. If it takes too long, say so and go on: it is being kept running."""
    began = time.monotonic()
    if await child.is_ready(seconds):
        say(f"  {name} … {time.monotonic() - began:.1f} s")
    else:
        log = settings.data / "logs" / f"{child.program.name}.log"
        say(f"  {name} … not ready after {seconds:g} s: see {log}")


async def _migrate(settings: Settings) -> None:
    began = time.monotonic()
    await asyncio.to_thread(_upgrade, settings.database)
    say(f"  Database … {time.monotonic() - began:.1f} s")


def _upgrade(url: str) -> None:
    # Imported here, beside the web process that is starting: these take a good second to load.
    from sqlalchemy.exc import SQLAlchemyError

    from webhook.store.migrate import upgrade

    try:
        upgrade(url)
    except SQLAlchemyError as error:
        raise SettingsError(
            f"HELPLINE_DATABASE_URL: the database cannot be used ({type(error).__name__}): "
            "is it running, and may this user create tables?"
        ) from error


async def _tell_addresses(settings: Settings, plan: Plan) -> None:
    public = env.public_url(settings)
    say("")
    if plan.simulator:
        say(f"  Phone (simulated)  http://127.0.0.1:{plan.simulator}/")
    for name, path in (("Web chat", "/chat"), ("Hub", "/hub")):
        if await has_page(plan.web, path):
            say(f"  {name:<18} {public}{path}")
    if settings.first_link.exists():
        say(f"  First manager      {settings.first_link.read_text().strip()}")
    say(f"  Texts arrive at    {public}/twilio/sms")
    say(f"  Health             {public}/readyz")
    say(f"  Logs               {settings.data / 'logs'}")
    say("")
