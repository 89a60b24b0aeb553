"""`helpline up`: start everything on this machine, keep it running, stop it without a trace."""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import signal
import sys

from sqlalchemy.exc import SQLAlchemyError

from webhook.commands.supervisor import environment as env
from webhook.commands.supervisor import programs
from webhook.commands.supervisor.child import Child
from webhook.commands.supervisor.environment import Plan
from webhook.commands.supervisor.family import Family
from webhook.commands.supervisor.output import Output
from webhook.commands.supervisor.preflight import open_data_folder, port_problems
from webhook.commands.supervisor.probes import free_port
from webhook.commands.supervisor.terminal import say, stage
from webhook.core.errors import SettingsError
from webhook.settings import Settings, load_settings
from webhook.store.migrate import upgrade

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
        return asyncio.run(_supervise(settings, environment, plan))


async def _supervise(settings: Settings, environment: dict[str, str], plan: Plan) -> int:
    output = Output(settings.data / "logs", say)
    family = Family(say, output.write)
    stopping = _stop_on_signals(family)
    starting = asyncio.create_task(_start(settings, environment, plan, family))
    stopped = asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait({starting, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            starting.result()  # Raises what kept it from starting.
            await stopped
        say("Stopping …")
        return 0
    finally:
        starting.cancel()
        await family.stop()
        output.close()


def _stop_on_signals(family: Family) -> asyncio.Event:
    """An event for the first request to stop; a second one kills at once."""
    stopping = asyncio.Event()

    def stop() -> None:
        if stopping.is_set():
            family.kill()
        stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    return stopping


async def _start(
    settings: Settings, environment: dict[str, str], plan: Plan, family: Family
) -> None:
    """Start all in the order that lets texts in first."""
    say("Starting the helpline")
    valkey = None
    if not settings.redis_url:
        folder = (settings.data / "valkey").absolute()
        valkey = programs.EmbeddedValkey(free_port(), secrets.token_urlsafe(24), folder)
        with stage("Valkey"):
            await _must(family.add(valkey.program()), settings)
    with stage("Database"):
        await _migrate(settings)
    redis_url = valkey.url if valkey else settings.redis_url
    given = env.for_children(settings, environment, plan, redis_url)
    with stage("Web"):
        web = family.add(programs.web(plan, given))
        simulator = family.add(programs.simulator(plan, given)) if plan.simulator else None
        await _must(web, settings)
    with stage("Worker"):
        await _must(family.add(programs.worker(given)), settings)
    if simulator is not None:
        with stage("Simulator"):
            await _must(simulator, settings)
    _tell_addresses(settings, plan)
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
    say("  Assistant loading … (texts are taken in already)")
    with stage("Assistant ready"):
        family.add(programs.actions(plan, given))
        await _must(family.add(programs.assistant(plan, given)), settings, _LOAD_SECONDS)
    say("Everything is running. Ctrl-C stops it.")


async def _must(child: Child, settings: Settings, seconds: float = _START_SECONDS) -> None:
    """Wait until it works. If it takes too long, say so and go on: it is being kept running."""
    if not await child.is_ready(seconds):
        name = child.program.name
        say(f"{name} is not ready after {seconds:g} s: see {settings.data}/logs/{name}.log")


async def _migrate(settings: Settings) -> None:
    try:
        await asyncio.to_thread(upgrade, settings.database)
    except SQLAlchemyError as error:
        raise SettingsError(
            f"HELPLINE_DATABASE_URL: the database cannot be used ({type(error).__name__}): "
            "is it running, and may this user create tables?"
        ) from error


def _tell_addresses(settings: Settings, plan: Plan) -> None:
    public = env.public_url(settings)
    say("")
    if plan.simulator:
        say(f"  Phone (simulated)  http://127.0.0.1:{plan.simulator}/")
    say(f"  Texts arrive at    {public}/twilio/sms")
    say(f"  Health             {public}/readyz")
    say(f"  Logs               {settings.data / 'logs'}")
    say("")
